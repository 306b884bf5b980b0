"""A practice as something that other institutions may say they use too."""

from django.utils.translation import gettext_lazy as _

from cooperation.adoptions.subjects import Adoptable
from cooperation.practices.models import Practice
from cooperation.reviewing.models import ReviewStatus
from cooperation.reviewing.presenting import page

SUBJECT = Adoptable(
    code=Practice.subject_type,
    label=_("Good practice"),
    rows=Practice.objects.select_related("institution"),
    seen=Practice.objects.visible_to,
    sourced=lambda houses: Practice.objects.filter(institution__in=houses),
    title=lambda practice: str(practice.title),
    page=page,
    sources=lambda practice: [practice.institution],
    is_open=lambda practice: practice.status == ReviewStatus.PUBLISHED,
)
