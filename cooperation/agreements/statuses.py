"""The words an agreement, its revisions and their parties can be in, and what a revision is for."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    PARTLY_APPROVED = "partly_approved", _("Partly approved")
    CONCLUDED = "concluded", _("Concluded")
    IN_FORCE = "in_force", _("In force")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")
    TERMINATED = "terminated", _("Terminated")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RevisionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    PARTLY_APPROVED = "partly_approved", _("Partly approved")
    CONCLUDED = "concluded", _("Concluded")
    SUPERSEDED = "superseded", _("Superseded")
    REPLACED = "replaced", _("Replaced")
    DECLINED = "declined", _("Declined")
    REVERTED = "reverted", _("Reverted")
    LAPSED = "lapsed", _("Lapsed")


class Decision(models.TextChoices):
    """What the parties mean to do when an agreement ends; the first word that is recorded stops the alerts."""

    RENEW = "renew", _("Renew it")
    AMEND = "amend", _("Change it")
    END = "end", _("Let it end")


class Purpose(models.TextChoices):
    """What a revision does when everybody has signed it; all but the first three leave the terms as they are."""

    CONCLUDE = "conclude", _("Conclude")
    AMEND = "amend", _("Change the agreement")
    RENEW = "renew", _("Renew the agreement")
    SUSPEND = "suspend", _("Suspend the agreement")
    RESUME = "resume", _("Resume the agreement")
    TERMINATE = "terminate", _("End the agreement early")
    ANNUL = "annul", _("Annul the agreement")
    REINSTATE = "reinstate", _("Put the agreement back in force")


FURTHER = ("ru", "en")  # languages in which a text may stand beside that in the language of the state
OPEN_REVISIONS = (RevisionStatus.DRAFT, RevisionStatus.PROPOSED, RevisionStatus.PARTLY_APPROVED)
PROPOSED_REVISIONS = (RevisionStatus.PROPOSED, RevisionStatus.PARTLY_APPROVED)
AGREED = (AgreementStatus.CONCLUDED, AgreementStatus.IN_FORCE, AgreementStatus.SUSPENDED)
RUNNING = (AgreementStatus.IN_FORCE, AgreementStatus.SUSPENDED)
TERMS = (Purpose.CONCLUDE, Purpose.AMEND, Purpose.RENEW)  # purposes that may change what was agreed


class PartyState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class SignatureMethod(models.TextChoices):
    ACCOUNT = "account", _("With the account")
    LINK = "link", _("By a personal link")
    PAPER = "paper", _("On paper")
    EIMZO = "eimzo", _("With a key")
