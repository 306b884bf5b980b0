"""What is told of agreements: whose turn it is, and what a partner did. Never to who did it."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.agreements import alerting
from cooperation.agreements.alerting import due_day, is_decided
from cooperation.agreements.models import Agreement, Signature
from cooperation.agreements.rules import is_open, party_houses, waiting_houses
from cooperation.agreements.statuses import RUNNING, PartyState
from cooperation.pages.telling import administrators, names_of
from exchange.notices.models import Notice, NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.models import Membership, Position
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, Role
from lifecycle.models import Event, SignedLink


def subject_of(event: Event) -> Agreement | None:
    """The agreement of an act, unless it was erased since."""
    return Agreement.objects.filter(public_id=event.subject_id).select_related("shown", "latest").first()


def answering(houses: Collection[int], event: Event) -> set[int]:
    """Accounts that answer for these institutions on the day of the act: administrators, and who may sign there."""
    on = timezone.localdate(event.happened_at)
    members = Membership.objects.held_on(on).filter(institution__in=houses, role__in=HOUSE_ROLES)
    signing = Position.objects.may_sign_on(on).filter(institution__in=houses, person__user__isnull=False)
    pairs = set(signing.values_list("person__user_id", "institution_id"))
    return {
        user
        for user, house, role in members.values_list("user_id", "institution_id", "role")
        if role == Role.INSTITUTION_ADMIN or (user, house) in pairs
    } - {event.actor_id}


def told(users: Iterable[int], agreement: Agreement, **more: Any) -> list[Told]:
    return [Told(user, {"number": agreement.number, **more}) for user in sorted(users)]


def house_of_actor(event: Event, agreement: Agreement) -> set[int]:
    """The party in whose name the act was done, by an account or by a personal link."""
    if event.actor_id is None:
        named = Institution.objects.filter(public_id=event.institution, pk__in=party_houses(agreement))
        return set(named.values_list("pk", flat=True)) if "link" in event.detail else set()
    on = timezone.localdate(event.happened_at)
    held = Membership.objects.held_on(on).filter(user=event.actor_id, institution__in=party_houses(agreement))
    return set(held.values_list("institution_id", flat=True))


def whose_turn(event: Event) -> list[Told]:
    """Those who answer for parties that have yet to sign."""
    agreement = subject_of(event)
    if agreement is None or not is_open(agreement):
        return []
    return told(answering(waiting_houses(agreement), event), agreement)


def still_waits(notice: Notice) -> bool:
    """Whether a party of this person has yet to sign."""
    agreement = Agreement.objects.filter(public_id=notice.subject_id).select_related("shown").first()
    if agreement is None or not is_open(agreement):
        return False
    waiting = Membership.objects.filter(user=notice.recipient_id, institution__in=waiting_houses(agreement))
    return waiting.exists()


def partners(event: Event) -> list[Told]:
    """Those who answer for the other parties."""
    agreement = subject_of(event)
    if agreement is None:
        return []
    own = house_of_actor(event, agreement)
    names = names_of_house(own, agreement)
    return told(answering(party_houses(agreement) - own, event), agreement, partner=names)


def names_of_house(houses: set[int], agreement: Agreement) -> dict[str, str]:
    """The names of the acting party; of none the initiator's."""
    key = min(houses) if houses else agreement.initiator_id
    return dict(Institution.objects.values_list("names", flat=True).get(pk=key))


def signed_before(event: Event) -> list[Told]:
    """After a signature that is not the last: the parties that signed already; the others know it is their turn."""
    agreement = subject_of(event)
    if agreement is None or not is_open(agreement):
        return []
    own = Institution.objects.filter(public_id=event.institution).values_list("pk", flat=True)
    signed = party_houses(agreement, state=PartyState.APPROVED) - set(own)
    return told(answering(signed, event), agreement, partner=names_of(event.institution))


def all_parties(event: Event) -> list[Told]:
    """After the last signature everybody but who gave it."""
    agreement = subject_of(event)
    if agreement is None:
        return []
    last = Signature.objects.filter(revision=agreement.concluded_id).order_by("-signed_at", "-pk").first()
    users = answering(party_houses(agreement), event)
    return told(users - {last.person_id if last else None}, agreement)


def everybody(event: Event) -> list[Told]:
    """What the calendar or the last signature did: every party."""
    agreement = subject_of(event)
    return [] if agreement is None else told(answering(party_houses(agreement), event), agreement)


def who_asked(event: Event) -> list[Told]:
    """Whoever asked for a signature by the link that was renewed."""
    agreement = subject_of(event)
    link = SignedLink.objects.filter(public_id=event.detail.get("link", "")).first()
    if agreement is None or link is None:
        return []
    return told([link.created_by_id], agreement, partner=names_of(link.institution))


PAGE = "agreement-detail"


def reminded(event: Event) -> list[Told]:
    """Those who answer for the parties that were asked and have yet to sign."""
    agreement = subject_of(event)
    if agreement is None or not is_open(agreement):
        return []
    asked = set(Institution.objects.filter(public_id__in=event.detail["asked"]).values_list("pk", flat=True))
    return told(answering(waiting_houses(agreement) & asked, event), agreement)


def of_the_end(what: str) -> Callable[[Event], list[Told]]:
    """The administrators of every party, where that is what comes near."""

    def who(event: Event) -> list[Told]:
        agreement = subject_of(event)
        if agreement is None or event.detail["what"] != what:
            return []
        return told(administrators(party_houses(agreement), event), agreement, day=event.detail["due"])

    return who


def still_comes(notice: Notice) -> bool:
    """Whether that day is still the one that counts, and nobody has decided about it."""
    agreement = Agreement.objects.filter(public_id=notice.subject_id).select_related("concluded").first()
    if agreement is None or agreement.status not in RUNNING or is_decided(agreement):
        return False
    return str(due_day(agreement)) == notice.values["day"]


PAGE, BRIEF = "agreement-detail", "agreement-renewal"
TURN = Telling(
    "agreement.turn", NoticeKind.YOUR_TURN, _("Agreement %(number)s waits for your signature"), _("Read and answer"),
    PAGE, whose_turn, stands=still_waits,
)  # fmt: skip
SIGNED = Telling(
    "agreement.signed", NoticeKind.PARTNER_ACTED, _("Agreement %(number)s was signed by a partner: %(partner)s"),
    _("Open the agreement"), PAGE, signed_before,
)  # fmt: skip
CONCLUDED = Telling(
    "agreement.concluded", NoticeKind.PARTNER_ACTED, _("Agreement %(number)s is concluded: everybody has signed"),
    _("Open the agreement"), PAGE, all_parties,
)  # fmt: skip
DECLINED = Telling(
    "agreement.declined", NoticeKind.PARTNER_ACTED, _("Agreement %(number)s was declined by a partner: %(partner)s"),
    _("See why"), PAGE, partners,
)  # fmt: skip
WITHDRAWN = Telling(
    "agreement.withdrawn", NoticeKind.PARTNER_ACTED, _("Agreement %(number)s was withdrawn by a partner: %(partner)s"),
    _("See why"), PAGE, partners,
)  # fmt: skip
REMINDED = Telling(
    "agreement.remind", NoticeKind.YOUR_TURN, _("A reminder: agreement %(number)s waits for your signature"),
    _("Read and answer"), PAGE, reminded, stands=still_waits,
)  # fmt: skip
ENDS, RENEWS, REVIEW = (
    Telling(
        f"agreement.{what}", NoticeKind.DEADLINE, line, _("Read the brief"), BRIEF, of_the_end(what), stands=still_comes
    )
    for what, line in (
        (alerting.ENDS, _("Agreement %(number)s ends on %(day)s: decide what comes next")),
        (alerting.RENEWS, _("Agreement %(number)s is renewed by itself on %(day)s unless a party gives notice")),
        (alerting.REVIEW, _("Agreement %(number)s is to be reviewed by %(day)s")),
    )
)
ASKED = (
    "amend", "renew", "propose_suspension", "propose_resumption", "propose_termination", "propose_annulment",
    "propose_reinstatement",
)  # fmt: skip
NOTICE_GIVEN = Telling(
    "agreement.notice_given", NoticeKind.PARTNER_ACTED, _("A partner leaves agreement %(number)s: %(partner)s"),
    _("See why"), PAGE, partners, urgent=True,
)  # fmt: skip
NOTICE_BACK = Telling(
    "agreement.notice_back", NoticeKind.PARTNER_ACTED, _("A partner stays in agreement %(number)s after all: %(partner)s"),
    _("Open the agreement"), PAGE, partners,
)  # fmt: skip
REVERTED = Telling(
    "agreement.reverted", NoticeKind.PARTNER_ACTED, _("A proposal about agreement %(number)s was taken back: %(partner)s"),
    _("Open the agreement"), PAGE, partners,
)  # fmt: skip
RENEWED = Telling(
    "agreement.renew_link", NoticeKind.PARTNER_ACTED,
    _("A fresh link to sign agreement %(number)s was sent, as the partner asked: %(partner)s"),
    _("Open the agreement"), PAGE, who_asked,
)  # fmt: skip
DECIDED = Telling(
    "agreement.decided", NoticeKind.PARTNER_ACTED, _("A partner has decided about the end of agreement %(number)s: %(partner)s"),
    _("Open the agreement"), PAGE, partners,
)  # fmt: skip
HAPPENED = {
    "decide": DECIDED,
    "give_notice": NOTICE_GIVEN,
    "take_back_notice": NOTICE_BACK,
    "revert": REVERTED,
    "renew_link": RENEWED,
    **{
        name: Telling(
            f"agreement.{name}", NoticeKind.PARTNER_ACTED, line, _("Open the agreement"), PAGE, everybody
        )
        for name, line in (
            ("suspend", _("Agreement %(number)s is suspended")),
            ("resume", _("Agreement %(number)s is in force again")),
            ("reinstate", _("Agreement %(number)s is in force again")),
            ("renew_auto", _("Agreement %(number)s was renewed by itself")),
            ("leave", _("A party has left agreement %(number)s")),
            ("terminate", _("Agreement %(number)s was ended early")),
            ("annul", _("Agreement %(number)s was annulled")),
            ("lapse", _("A proposal about agreement %(number)s lapsed without an answer")),
        )
    },
}  # fmt: skip
