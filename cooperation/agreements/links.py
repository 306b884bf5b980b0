"""Signing without an account: a party asks the signatory of a partner by a personal link, who answers once.

Who may be asked. An organisation that has people here answers through them: where somebody with an account administers
it or may sign for it, only a person whom it has itself recorded with signing power and without an account can be asked,
under the recorded name. Where nobody with an account answers for it and nobody is recorded, the bearer declares by the
signature itself which post they hold; that post is entered for this one day, and every party reads that it was signed
by a link, from which mailbox. The asking side never sees the link.
"""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from cooperation.agreements.actions import decline_agreement, held
from cooperation.agreements.codes import is_confirmed
from cooperation.agreements.methods import Signer, mailbox_key, waiting_party
from cooperation.agreements.models import Agreement, Revision
from cooperation.agreements.rules import (
    AGREEMENT,
    SIGNS,
    admin_houses,
    answers_for_a_party,
    can_remind,
    party_houses,
    waiting_houses,
)
from cooperation.agreements.signing import approve_agreement
from cooperation.agreements.statuses import SignatureMethod
from institutions.people.declaring import declare_post, has_people_of_its_own, recorded_signatories
from institutions.people.mailboxes import mailboxes_at
from institutions.registry.models import Institution
from lifecycle import links
from lifecycle.links import CHANGED, OPEN, SAID, LinkClosed, hold_link, make_link, plain_address, state_of, use_up
from lifecycle.models import SignedLink
from lifecycle.transitions import Condition, Unmet, WrongStatus

LASTS = datetime.timedelta(hours=72)
RENEWABLE = datetime.timedelta(days=30)  # so long after its end a link gives a fresh one
OPEN_LINKS = 5  # of one agreement
LINKS_A_DAY = 60  # of one person
DAY = datetime.timedelta(days=1)
SIGNED, DECLINED, RENEWED = "signed", "declined", "renewed"
OVER = "over"
SAID[OVER] = _("This organisation has answered already, or the proposal is no longer open.")


def links_of(agreement: Agreement) -> QuerySet[SignedLink]:
    """Every link about an agreement, newest first."""
    return SignedLink.objects.filter(
        purpose=SIGNS, subject_type=AGREEMENT.subject_type, subject_id=agreement.public_id
    ).order_by("-id")


def open_links(agreement: Agreement, at: datetime.datetime) -> QuerySet[SignedLink]:
    """Those that can still be answered."""
    shown = agreement.shown.content_hash if agreement.shown else ""
    return links_of(agreement).filter(
        used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at, content_hash=shown
    )


def parties_to_ask(agreement: Agreement, by: Any) -> QuerySet[Institution]:
    """Partners of this person's institutions that have yet to sign."""
    own = admin_houses(by)
    return Institution.objects.filter(pk__in=waiting_houses(agreement) - own).order_by("sort_key", "pk")


def ask_to_sign(
    agreement: Agreement, *, by: Any, at: datetime.datetime, email: str, name: str, position: str,
    institution: Institution | None = None,
) -> tuple[SignedLink, str]:  # fmt: skip
    """Asks the signatory of a partner: a link to be sent, and its token, which is for the sender of mail alone.

    Raises PermissionDenied, WrongStatus, ValidationError, Unmet.
    """
    with held(agreement, by):
        if not can_remind(by, agreement):
            if admin_houses(by) & party_houses(agreement):
                raise WrongStatus(agreement.status, AGREEMENT.available(agreement, by))
            raise PermissionDenied("ask_to_sign")
        house = _partner(agreement, institution, by)
        on = timezone.localtime(at).date()
        name, title = _office(house, name.strip(), position.strip(), on)
        email = email.strip().casefold()
        _must_be_outside(agreement, house, by, email, on)
        _must_be_few(agreement, house, by, email, at)
        shown = agreement.shown
        made = make_link(
            purpose=SIGNS, subject_type=AGREEMENT.subject_type, subject_id=agreement.public_id,
            institution=house.public_id, addressee_role="signatory", addressee_name=name, addressee_post=title,
            addressee_email=email, content_hash=shown.content_hash if shown else "", lasts=LASTS, by=by, at=at,
        )  # fmt: skip
        _tell("ask_to_sign", agreement, made[0], by=by, at=at)
    return made


def _partner(agreement: Agreement, institution: Institution | None, by: Any) -> Institution:
    sides = list(parties_to_ask(agreement, by))
    if institution is None and len(sides) == 1:
        return sides[0]
    if institution not in sides:
        message = _("Choose a partner that has not signed yet.")
        raise ValidationError({"institution": ValidationError(message, code="not_waiting")})
    return institution


def _office(house: Institution, name: str, title: str, on: datetime.date) -> tuple[str, str]:
    """The name and post a link is made for: recorded by the organisation itself, or, where it has nobody, as asked."""
    recorded = recorded_signatories(house, on)
    for post in recorded:
        if search_key(post.person.name) == search_key(name):
            return post.person.name, post.title
    if has_people_of_its_own(house, on):
        message = _("This organisation works here itself: whoever may sign for it signs with the account.")
        raise ValidationError({"institution": ValidationError(message, code="has_people")})
    if recorded:
        message = _("Give the name as this organisation has recorded it for whoever may sign.")
        raise ValidationError({"name": ValidationError(message, code="not_recorded")})
    if not name or not title:
        message = _("Say who is to sign: the name and the position.")
        raise ValidationError({"name" if not name else "position": ValidationError(message, code="required")})
    return name, title


def _must_be_outside(agreement: Agreement, house: Institution, by: Any, email: str, on: datetime.date) -> None:
    """Refuses the address of whoever asks, of everybody who works at another party, and of who signed for another."""
    taken = mailboxes_at(party_houses(agreement) - {house.pk}, on) | {plain_address(by.email)}
    used = SignedLink.objects.filter(
        purpose=SIGNS, subject_id=agreement.public_id, used_at__isnull=False, outcome=SIGNED, addressee_email=email
    ).exclude(institution=house.public_id)
    if plain_address(email) in taken or used.exists():
        message = _("Give an address of the organisation that is to sign: nobody signs for two parties.")
        raise ValidationError({"email": ValidationError(message, code="own_side")})


def _must_be_few(agreement: Agreement, house: Institution, by: Any, email: str, at: datetime.datetime) -> None:
    waiting = list(open_links(agreement, at).values_list("institution", "addressee_email"))
    if (house.public_id, email) in waiting:
        raise ValidationError({"email": ValidationError(_("This address was asked already."), code="already")})
    if len(waiting) >= OPEN_LINKS:
        message = _("Five links of this agreement are open. Take one back, or wait for an answer.")
        raise Unmet([Condition("too_many_links", message)])
    if SignedLink.objects.filter(created_by=by, created_at__gt=at - DAY).count() >= LINKS_A_DAY:
        raise Unmet([Condition("too_many_today", _("You have asked very many people today. Go on tomorrow."))])


def _tell(name: str, agreement: Agreement, link: SignedLink, *, by: Any, at: datetime.datetime) -> None:
    revision = agreement.shown.number if agreement.shown else None
    AGREEMENT.tell(
        name, agreement, by=by, at=at, detail={"link": link.public_id, "asked": link.institution, "revision": revision}
    )


def withdraw_link(agreement: Agreement, link: SignedLink, *, by: Any, at: datetime.datetime) -> None:
    """An administrator of the side that asked takes an unanswered link back; twice is once. Raises PermissionDenied."""
    if not can_withdraw_link(by, agreement, link):
        raise PermissionDenied("withdraw_link")
    with transaction.atomic():
        if links.take_back(link, at=at):
            _tell("withdraw_link", agreement, link, by=by, at=at)


def can_manage_links(user: Any, agreement: Agreement) -> bool:
    """Administrators of a party."""
    return agreement.shown is not None and bool(admin_houses(user) & party_houses(agreement))


def can_withdraw_link(user: Any, agreement: Agreement, link: SignedLink) -> bool:
    """Whoever asked, or another administrator of the same organisation."""
    same = user.pk == link.created_by_id or admin_houses(user) & admin_houses(link.created_by)
    return bool(same) and can_manage_links(user, agreement)


def standing_of(link: SignedLink, agreement: Agreement, at: datetime.datetime) -> str:
    """Whether the link can still be answered, and if not why."""
    state = state_of(link, agreement.shown.content_hash if agreement.shown else "", at)
    return OVER if state == OPEN and not answers_for_a_party(link, agreement) else state


def agreement_of(link: SignedLink) -> Agreement:
    """What a link is about."""
    rows = Agreement.objects.select_related("initiator", "shown__frozen", "shown__kind", "concluded", "latest")
    return rows.get(public_id=link.subject_id)


def may_be_renewed(link: SignedLink, agreement: Agreement, at: datetime.datetime) -> bool:
    """A link that is too old, of a revision that is still the one to be signed, gives one fresh link."""
    if standing_of(link, agreement, at) != links.EXPIRED or link.expires_at + RENEWABLE < at:
        return False
    shown = agreement.shown
    return (
        shown is not None and shown.content_hash == link.content_hash and bool(link.addressee_email)
        and answers_for_a_party(link, agreement)
    )  # fmt: skip


def renew_link(link: SignedLink, *, at: datetime.datetime) -> SignedLink:
    """A fresh link to the same address, once; who asked is told. Raises LinkClosed, PermissionDenied (it works still)."""
    with transaction.atomic():
        link = hold_link(link)
        agreement = agreement_of(link)
        if not may_be_renewed(link, agreement, at):
            state = standing_of(link, agreement, at)
            raise PermissionDenied("renew_link") if state == OPEN else LinkClosed(state)
        use_up(link, RENEWED, at=at)
        same = ("purpose", "subject_type", "subject_id", "institution", "addressee_role", "addressee_name",
                "addressee_post", "addressee_email", "content_hash")  # fmt: skip
        fresh, _token = make_link(
            lasts=LASTS, by=link.created_by, at=at, **{name: getattr(link, name) for name in same}
        )
        _tell("renew_link", agreement, fresh, by=None, at=at)
    return fresh


class ByLink:
    """The bearer of a link whose mailbox was confirmed: the recorded post, or the one they declare by signing."""

    method: str = SignatureMethod.LINK

    def __init__(self, link: SignedLink) -> None:
        self.bearer = link

    def signer(self, revision: Revision, by: Any, at: datetime.datetime) -> Signer:
        link, on = self.bearer, timezone.localtime(at).date()
        party = waiting_party(revision, link.institution)
        recorded = recorded_signatories(party.institution, on)
        key = search_key(link.addressee_name)
        post = next((each for each in recorded if search_key(each.person.name) == key), None)
        if post is None and (recorded or has_people_of_its_own(party.institution, on)):
            raise Unmet(
                [Condition("no_signing_power", _("The right to sign for this organisation does not hold today."))]
            )
        if post is None:
            post = declare_post(
                institution=party.institution, name=link.addressee_name, title=link.addressee_post, at=at, on=on,
                link=link.public_id,
            )  # fmt: skip
        return Signer(
            party, post.title, None, (link.addressee_email,),
            {"shown": masked(link.addressee_email), "address_key": mailbox_key(link.addressee_email)},
            {"link": link.public_id},
        )  # fmt: skip


def masked(email: str) -> str:
    """An address as it is shown to others: its first character and its domain."""
    local, _at, domain = email.rpartition("@")
    return f"{local[:1]}…@{domain}"


def sign_by_link(link: SignedLink, *, content_hash: str, at: datetime.datetime) -> Agreement:
    """The bearer signs exactly what stood on the page, once, with the mailbox confirmed.

    Raises LinkClosed (409), PermissionDenied (no confirmed code), OtherContent (409, with the difference), Unmet.
    """
    return _answered(link, SIGNED, content_hash, at)


def decline_by_link(link: SignedLink, *, content_hash: str, at: datetime.datetime, reason: str) -> Agreement:
    """The bearer says no for the organisation, and why. Raises as `sign_by_link`, and ValidationError (no reason)."""
    return _answered(link, DECLINED, content_hash, at, reason)


def _answered(link: SignedLink, outcome: str, content_hash: str, at: datetime.datetime, reason: str = "") -> Agreement:
    with transaction.atomic():
        link = hold_link(link)
        agreement = agreement_of(link)
        with held(agreement, None):
            state = standing_of(link, agreement, at)
            if state == OPEN and content_hash != link.content_hash:
                state = CHANGED
            if state != OPEN:
                raise LinkClosed(state)
            if not is_confirmed(link, at):
                raise PermissionDenied("unconfirmed")
            use_up(link, outcome, at=at)
            if outcome == SIGNED:
                return approve_agreement(agreement, content_hash=content_hash, by=None, at=at, way=ByLink(link))
            return decline_agreement(agreement, by=None, at=at, reason=reason, link=link)
