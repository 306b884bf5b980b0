"""The messages that bring a personal link, or its code: what is asked, by which institution, and one address.

Nothing is known of the receiver's language, so that it speaks as the person does who asked for the answer.
"""

import datetime
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.names import name_now
from accounts.wording import day, moment
from cooperation.activities import links
from cooperation.activities.models import Activity
from cooperation.agreements import links as signing
from cooperation.agreements.models import Agreement
from cooperation.agreements.rules import SIGNS
from cooperation.confirmations import claims
from cooperation.obligations import links as acceptance
from cooperation.obligations.presenting import unit_of
from cooperation.obligations.rules import ACCEPTS
from cooperation.obligations.showing import amount, what
from exchange.notices.wording import language_of
from institutions.registry.models import Institution
from lifecycle.links import OPEN, hash_of, token_of
from lifecycle.models import SignedLink

AT_ONCE = 50
Letter = tuple[str, str, dict[str, Any]]  # subject, template, what it tells


def tell_asked(at: datetime.datetime) -> int:
    """Sends every link that waits to be sent; what the mail server refuses is tried again by the next tick."""
    waiting = SignedLink.objects.filter(
        purpose__in=LETTERS, told_at__isnull=True, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    ).exclude(addressee_email="")
    sent = 0
    for link in waiting.select_related("created_by").order_by("pk")[:AT_ONCE]:
        try:
            sent += _send(link, at)
        except OSError:
            break
        SignedLink.objects.filter(pk=link.pk).update(told_at=at)
    return sent


def _send(link: SignedLink, at: datetime.datetime) -> int:
    """One message; none for a link that no longer answers, or whose token another key made."""
    token = token_of(link)
    if hash_of(token) != link.token_hash:
        return 0
    with override(language_of(link.created_by)):
        letter = LETTERS[link.purpose](link, at)
        if letter is None:
            return 0
        subject, template, told = letter
        body = render_to_string(f"emails/{template}.txt", {
            **told, "address": settings.SITE_URL + reverse("link-answer", args=[token]),
        })  # fmt: skip
        return send_mail(subject, body, None, [link.addressee_email])


def house_of(link: SignedLink) -> str:
    """For whom the bearer answers."""
    return name_now(Institution.objects.get(public_id=link.institution).names)


def _about_an_activity(link: SignedLink, at: datetime.datetime) -> Letter | None:
    activity = Activity.objects.select_related("type", "organiser").get(public_id=link.subject_id)
    if links.standing_of(link, activity, at) != OPEN:
        return None
    return _("Did this take place? One tap to answer"), "activity_link", {
        "what": name_now(activity.type.names), "day": day(activity.starts_on), "until": day(link.expires_at),
        "organiser": name_now(activity.organiser.names), "house": claims.side_of(link, activity),
    }  # fmt: skip


def _about_an_agreement(link: SignedLink, at: datetime.datetime) -> Letter | None:
    agreement = signing.agreement_of(link)
    if signing.standing_of(link, agreement, at) != OPEN:
        return None
    return _("An agreement waits for your signature"), "agreement_link", {
        "number": agreement.number, "title": agreement.title, "initiator": name_now(agreement.initiator.names),
        "house": house_of(link), "until": moment(link.expires_at),
    }  # fmt: skip


def _about_an_obligation(link: SignedLink, at: datetime.datetime) -> Letter | None:
    obligation = acceptance.obligation_of(link)
    if acceptance.standing_of(link, obligation, at) != OPEN:
        return None
    return _("Was this done for you? One tap to answer"), "obligation_link", {
        "what": what(obligation), "amount": amount(obligation.quantity, unit_of(obligation)),
        "number": obligation.agreement.number, "title": obligation.agreement.title, "house": house_of(link),
        "organiser": name_now(obligation.responsible.names), "until": day(link.expires_at),
    }  # fmt: skip


LETTERS: dict[str, Callable[[SignedLink, datetime.datetime], Letter | None]] = {
    links.PURPOSE: _about_an_activity, SIGNS: _about_an_agreement, ACCEPTS: _about_an_obligation,
}  # fmt: skip


def send_code(link: SignedLink, agreement: Agreement, code: str) -> None:
    """The one-time code, in the language of the page; at once, for somebody waits. Raises OSError."""
    told = {"number": agreement.number, "code": f"{code[:3]} {code[3:]}"}
    body = render_to_string("emails/agreement_code.txt", told)
    send_mail(_("Code for signing: %(code)s") % told, body, None, [link.addressee_email])
