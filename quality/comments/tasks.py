"""Answers to remarks, in the background."""

from celery import shared_task

from accounts.clock import now
from quality.comments.actions import forget_contacts
from quality.comments.emails import mail_answers


@shared_task(name="quality.comments.mail_answers")
def mail() -> None:
    """Sends answers that wait to be sent."""
    mail_answers(now())


@shared_task(name="quality.comments.forget_contacts")
def forget() -> None:
    """Forgets addresses of writers whose answer was sent three months ago."""
    forget_contacts(now())
