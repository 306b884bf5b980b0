"""Is this paper genuine? What anybody may learn of a number or the beginning of a hash: never contacts or drafts."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.statuses import RevisionStatus
from cooperation.trainings.models import Certificate

PREFIX = re.compile(r"[0-9a-f]{8,64}")
GENUINE, SUPERSEDED = "genuine", "superseded"
MOST = 20


@dataclass(frozen=True)
class Finding:
    """One wording that exists: whether it is the one that holds, and the content everybody may see of it."""

    state: str
    agreement: Agreement
    revision: Revision


def by_number(number: str) -> list[Finding]:
    """The wording that was concluded under a number; nothing for what was never concluded."""
    rows = Agreement.objects.filter(number=number.strip().upper(), concluded__isnull=False)
    return [
        Finding(GENUINE, each, each.concluded) for each in rows.select_related("concluded__frozen") if each.concluded
    ]


def by_hash(prefix: str) -> list[Finding]:
    """Wordings whose hash begins so, of agreements that were concluded."""
    wanted = prefix.strip().lower()
    if not PREFIX.fullmatch(wanted):
        return []
    known = (RevisionStatus.CONCLUDED, RevisionStatus.SUPERSEDED, RevisionStatus.REPLACED)
    rows = Revision.objects.filter(
        content_hash__startswith=wanted, status__in=known, agreement__concluded__isnull=False
    )
    found = rows.select_related("agreement", "frozen").order_by("content_hash", "pk")[:MOST]
    return [Finding(state_of(each), each.agreement, each) for each in found]


def certificates(asked: str) -> list[Certificate]:
    """The certificate of a number, or those whose code begins so."""
    rows = Certificate.objects.select_related("place__activity")
    wanted = asked.strip()
    if PREFIX.fullmatch(wanted.lower()):
        return list(rows.filter(content_hash__startswith=wanted.lower()).order_by("content_hash", "pk")[:MOST])
    return list(rows.filter(number=wanted.upper()))


Finder = Callable[[str], list[dict[str, Any]]]
ALSO: list[tuple[str, Finder]] = []


def also(template: str, find: Finder) -> None:
    """Something else with a code: `find` gives what anybody may learn of those that begin so, `template` shows one."""
    if all(known != template for known, _find in ALSO):
        ALSO.append((template, find))


def others(asked: str) -> list[dict[str, Any]]:
    """What things above have under a code that begins so."""
    wanted = asked.strip().lower()
    if not PREFIX.fullmatch(wanted):
        return []
    return [{**facts, "template": template} for template, find in ALSO for facts in find(wanted)]


def state_of(revision: Revision) -> str:
    return GENUINE if revision.status == RevisionStatus.CONCLUDED else SUPERSEDED


def public_facts(finding: Finding, document: dict[str, Any]) -> dict[str, Any]:
    """Parties, dates, forms and hash: all that a stranger learns."""
    return {
        "state": finding.state,
        "number": document["number"],
        "revision": document["revision"],
        "kind": document["kind"],
        "period": document["period"],
        "parties": [party["name"] for party in document["parties"]],
        "forms": list(dict.fromkeys(term["form"] for term in document["terms"] if term["form"])),
        "status": finding.agreement.status,
        "concluded_at": finding.revision.concluded_at,
        "hash": finding.revision.content_hash,
    }
