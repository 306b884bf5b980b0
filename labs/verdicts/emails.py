"""What is told of assessments. Nobody of a panel was asked to examine the project, so it is told by its title."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from labs.pilots import emails as pilots
from labs.verdicts.models import PanelSeat
from lifecycle.models import Event


def seats_about(event: Event) -> Any:
    """The panel of the assessment an act was about; nobody once another panel was named."""
    rows = PanelSeat.objects.filter(verdict__public_id=event.detail.get("assessment", ""))
    return rows.select_related("verdict__trial__project").order_by("user")


def panel(*, undecided: bool = False) -> Callable[[Event], Iterable[Told]]:
    """People of the panel; on demand those who have yet to agree."""

    def told(event: Event) -> list[Told]:
        found = []
        for seat in seats_about(event):
            verdict = seat.verdict
            agreed = bool(seat.agreed_hash) and seat.agreed_hash == verdict.words_hash
            if not (undecided and agreed):
                values = {"title": verdict.trial.project.title}
                found.append(Told(seat.user_id, values, ("verdict", verdict.public_id)))
        return found

    return told


def still_to_judge(notice: Notice) -> bool:
    """Whether the panel waits for this person's word."""
    rows = PanelSeat.objects.filter(verdict__public_id=notice.subject_id, user=notice.recipient)
    seat = rows.select_related("verdict").first()
    if seat is None or seat.verdict.decided_at is not None:
        return False
    return not seat.agreed_hash or seat.agreed_hash != seat.verdict.words_hash


TURN, ACTED, PAGE = NoticeKind.YOUR_TURN, NoticeKind.PARTNER_ACTED, "verdict-detail"
READ, JUDGE = _("Read the assessment"), _("Read and answer")
SEATED = Telling(
    "verdict.seated", TURN, _("You are named to the panel that assesses a pilot project: %(title)s"), JUDGE, PAGE,
    panel(), stands=still_to_judge,
)  # fmt: skip
PROPOSED = Telling(
    "verdict.proposed", TURN, _("A verdict is proposed and waits for your word: %(title)s"), JUDGE, PAGE,
    panel(undecided=True), stands=still_to_judge,
)  # fmt: skip
PROPOSED_TO = Telling(
    "verdict.proposed_to", ACTED, _("The panel has a proposal for the verdict on a pilot project: %(title)s"),
    pilots.OPEN, pilots.PAGE, pilots.those(pilots.group, pilots.coordinators),
)  # fmt: skip
ASSESSED_PANEL = Telling(
    "verdict.assessed_panel", ACTED, _("The verdict your panel agreed to stands: %(title)s"), READ, PAGE,
    panel(),
)  # fmt: skip
ASSESSED = Telling(
    "verdict.assessed", ACTED, _("The verdict on a pilot project stands: %(title)s"), _("Read the verdict"), pilots.PAGE,
    pilots.those(pilots.group, pilots.coordinators),
)  # fmt: skip
PUBLISHED = Telling(
    "verdict.published", ACTED, _("The result of a pilot project is open to everybody: %(title)s"), pilots.OPEN,
    pilots.PAGE, pilots.those(pilots.group, pilots.coordinators),
)  # fmt: skip
