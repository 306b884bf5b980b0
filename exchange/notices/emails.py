"""The channel of last resort: e-mail, one line for each notice and one link, under a Message-ID that stays."""

import datetime
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import override

from exchange.notices.sending import NotSent, Parcel, Shut
from exchange.notices.wording import language_of


def send_email(parcel: Parcel, at: datetime.datetime) -> None:
    """Hands the message to the mail server. Raises NotSent; Shut where the server refuses the address for good."""
    with override(language_of(parcel.user)):
        body = render_to_string("emails/notice.txt", {"message": parcel.message})
    host = urlsplit(settings.SITE_URL).hostname
    headers = {"Message-ID": f"<{parcel.bundle}@{host}>", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(parcel.message.title, body, None, [parcel.user.email], headers=headers).send()
    except smtplib.SMTPRecipientsRefused as error:
        raise Shut("the address is refused") from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(type(error).__name__) from error
