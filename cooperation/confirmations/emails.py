"""The message that brings a personal link: what is asked, by which institution, and one address.

Nothing is known of the receiver's language, so that it speaks as the person does who asked for the answer.
"""

import datetime

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.names import name_now
from accounts.wording import day
from cooperation.activities.links import PURPOSE, standing_of
from cooperation.activities.models import Activity
from exchange.notices.wording import language_of
from lifecycle.links import OPEN, hash_of, token_of
from lifecycle.models import SignedLink

AT_ONCE = 50


def tell_asked(at: datetime.datetime) -> int:
    """Sends every link that waits to be sent; what the mail server refuses is tried again by the next tick."""
    waiting = SignedLink.objects.filter(
        purpose=PURPOSE, told_at__isnull=True, used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at
    ).exclude(addressee_email="")
    sent = 0
    for link in waiting.select_related("created_by").order_by("pk")[:AT_ONCE]:
        activity = Activity.objects.select_related("type", "organiser").get(public_id=link.subject_id)
        try:
            sent += _send(link, activity, at)
        except OSError:
            break
        SignedLink.objects.filter(pk=link.pk).update(told_at=at)
    return sent


def _send(link: SignedLink, activity: Activity, at: datetime.datetime) -> int:
    """One message; none for a link that no longer answers, or whose token another key made."""
    token = token_of(link)
    if standing_of(link, activity, at) != OPEN or hash_of(token) != link.token_hash:
        return 0
    with override(language_of(link.created_by)):
        body = render_to_string("emails/activity_link.txt", {
            "what": name_now(activity.type.names), "day": day(activity.starts_on), "until": day(link.expires_at),
            "organiser": name_now(activity.organiser.names),
            "address": settings.SITE_URL + reverse("link-answer", args=[token]),
        })  # fmt: skip
        return send_mail(_("Did this take place? One tap to answer"), body, None, [link.addressee_email])
