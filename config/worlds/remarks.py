"""What readers of a world said of its public pages, and what was answered."""

import datetime
from typing import Any

from accounts.models import User
from config.worlds.ground import Ground
from cooperation.agreements.models import Agreement
from institutions.registry.models import Institution
from quality.comments import actions

DAY = datetime.timedelta(days=1)
ANSWERS = {"answer": actions.answer_comment, "correct": actions.correct_comment, "decline": actions.decline_comment}


def write_remarks(here: Ground, data: dict[str, Any], houses: dict[str, Institution], users: dict[str, User]) -> None:
    """What the pack's list tells; a page `agreement` is one that `a` began and all have signed."""
    own = Agreement.objects.filter(initiator=houses["a"], concluded__isnull=False).order_by("number").first()
    pages = {"agreement": f"public/agreements/{own.number}/"} if own else {}
    for place, told in enumerate(data.get("remarks", ())):
        at = here.now - told["ago"] * DAY
        comment = actions.receive_comment(
            at=at, address=pages.get(told["page"], told["page"]), text=told["text"], form_key=f"{here.seed}-{place}",
            language="uz",
        )  # fmt: skip
        if "move" in told:
            person = users["institution_admin"] if comment.institution_id else users["ministry_officer"]
            ANSWERS[told["move"]](comment, by=person, at=at + told["after"] * DAY, reason=told["answer"])
