"""An agreement of the public register can be commented: its initiator answers, and the offices above."""

from django.utils.translation import gettext as _

from cooperation.register.showing import registered
from quality.comments.subjects import About, Commentable, Given


def of_agreement(given: Given) -> About | None:
    agreement = registered().filter(number=given["number"].upper()).select_related("initiator__territory").first()
    if agreement is None:
        return None
    return About(_("Agreement %(number)s") % {"number": agreement.number}, institution=agreement.initiator)


AGREEMENT = Commentable("public-agreement", of_agreement)
