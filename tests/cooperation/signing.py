"""What tests of signing without an account share: a partner with nobody here, asking it, and answering its link."""

import re
from types import SimpleNamespace
from typing import Any

from django.core import mail
from django.test import Client

from accounts.clock import now
from cooperation.agreements import actions, links
from cooperation.agreements.models import Agreement
from cooperation.confirmations.emails import tell_asked
from lifecycle.models import SignedLink
from tests.cooperation.links import SEAL
from tests.factories import a_member, a_signatory, a_term, a_territory, an_institution

SIGNER = {"name": "Vali Aliyev", "position": "Director", "email": "director@firm.example"}


def stage(count: int = 2, *, alone: int = 1) -> SimpleNamespace:
    """So many institutions of which the last ones have nobody with an account; a proposal among all of them."""
    place = a_territory("9")
    houses = [an_institution(place) for _house in range(count)]
    people = [a_member("institution_admin", house) for house in houses[: count - alone]]
    for person, house in zip(people, houses, strict=False):
        a_signatory(person, house)
    kind, promise = a_term("agreement_kind", "cluster", min_parties=2), a_term("obligation_kind", "events")
    draft = actions.draft_agreement(
        by=people[0], at=now(), title="Together", kind=kind, starts_on=now().date(),
        parties=[{"institution": house} for house in houses], text="The parties hold open lessons.",
        terms=[{"kind": promise, "quantity": 1}],
    )  # fmt: skip
    agreement = actions.propose_agreement(draft, by=people[0], at=now())
    return SimpleNamespace(houses=houses, people=people, agreement=agreement, promise=promise)


def asked(story: SimpleNamespace, house: int = -1, who: int = 0, **fields: Any) -> tuple[SignedLink, str]:
    """A link to sign for one of the houses, and its address."""
    given = {**SIGNER, **fields}
    link, token = links.ask_to_sign(
        fresh(story), by=story.people[who], at=now(), institution=story.houses[house], **given
    )
    return link, f"/i/{token}/"


def fresh(story: SimpleNamespace) -> Agreement:
    return Agreement.objects.get(pk=story.agreement.pk)


def opened(address: str, client: Client | None = None) -> tuple[Any, str]:
    """The page and its seal, where it carries one."""
    page = (client or Client(headers={"accept-language": "en"})).get(address)
    found = SEAL.search(page.content.decode())
    return page, found.group(1) if found else ""


def post(address: str, answer: str, **fields: str) -> Any:
    """An answer from a browser without cookies."""
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    return client.post(address, {"answer": answer, **fields})


def code_of(address: str) -> str:
    """Asks for a code; what the letter says."""
    page = post(address, "code")
    assert page.status_code == 200, page.content.decode()
    found = re.search(r"^(\d{3}) (\d{3})$", mail.outbox[-1].body, re.MULTILINE)
    return "".join(found.groups()) if found else ""


def answered(address: str, answer: str = "sign", **fields: str) -> Any:
    """The whole way: a code, the page, the answer."""
    code = code_of(address)
    _page, seal = opened(address)
    return post(address, answer, seal=seal, code=code, **fields)


def sent_address() -> str:
    """The address in the last letter, after the tick has sent it."""
    tell_asked(now())
    found = re.search(r"/i/[\w-]{43}/", mail.outbox[-1].body)
    return found.group() if found else ""
