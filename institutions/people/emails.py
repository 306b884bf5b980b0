"""Messages about membership, one line and one link, in no particular person's name; and what is told of credentials."""

import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.names import name_now
from exchange.notices.models import NoticeKind
from exchange.notices.telling import Telling, Told
from institutions.people.inviting import link_of
from institutions.people.models import Membership, MembershipStatus
from lifecycle.models import Event


def tell_invited(at: datetime.datetime) -> int:
    """Sends every invitation that was not told yet; what the mail server refuses is tried again by the next tick."""
    waiting = Membership.objects.filter(status=MembershipStatus.INVITED, told_at__isnull=True).select_related(
        "institution", "territory"
    )
    sent = 0
    for membership in waiting.order_by("pk")[:50]:
        with override(settings.LANGUAGE_CODE):
            place = membership.institution or membership.territory
            address = settings.SITE_URL + reverse("invitation", kwargs={"secret": link_of(membership)})
            body = render_to_string(
                "emails/invitation.txt", {"place": name_now(place.names) if place else "", "address": address}
            )
            subject = _("Invitation to Hamkorlik")
        try:
            send_mail(subject, body, None, [membership.email])
        except OSError:
            break
        Membership.objects.filter(pk=membership.pk).update(told_at=at)
        sent += 1
    return sent


def oneself(event: Event) -> list[Told]:
    """Whose credential it is: were it not them, they should know."""
    return [Told(event.actor_id)] if event.actor_id else []


TOKEN_MADE = Telling(
    "people.token_made", NoticeKind.SECURITY, gettext_lazy("An access token was made in your name"),
    gettext_lazy("See your tokens"), "tokens", oneself, named=False,
)  # fmt: skip
PASSWORD_CHANGED = Telling(
    "people.password_changed", NoticeKind.SECURITY, gettext_lazy("Your password was changed"),
    gettext_lazy("Open the settings"), "settings", oneself, named=False,
)  # fmt: skip
