"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

from cooperation.activities import urls as activities
from cooperation.adoptions import urls as adoptions
from cooperation.agreements import urls as agreements
from cooperation.audit import urls as audit
from cooperation.clauses import urls as clauses
from cooperation.confirmations import urls as confirmations
from cooperation.drafts import urls as drafts
from cooperation.entries import urls as entries
from cooperation.ewp import urls as ewp
from cooperation.intakes import urls as intakes
from cooperation.obligations import urls as obligations
from cooperation.plans import urls as plans
from cooperation.practices import urls as practices
from cooperation.programmes import urls as programmes
from cooperation.projects import urls as projects
from cooperation.protocols import urls as protocols
from cooperation.register import urls as register
from cooperation.renewals import urls as renewals
from cooperation.resources import urls as resources
from cooperation.revisions import urls as revisions
from cooperation.trainings import urls as trainings
from cooperation.verification import urls as verification

urlpatterns: list[Any] = [
    *audit.urlpatterns,
    *entries.urlpatterns,
    *trainings.urlpatterns,
    *protocols.urlpatterns,
    *activities.urlpatterns,
    *confirmations.urlpatterns,
    *obligations.urlpatterns,
    *adoptions.urlpatterns,
    *programmes.urlpatterns,
    *plans.urlpatterns,
    *projects.urlpatterns,
    *practices.urlpatterns,
    *resources.urlpatterns,
    *clauses.urlpatterns,
    *intakes.urlpatterns,
    *ewp.urlpatterns,
    *drafts.urlpatterns,
    *revisions.urlpatterns,
    *renewals.urlpatterns,
    *agreements.urlpatterns,
    *verification.urlpatterns,
    *register.urlpatterns,
]
plain_urlpatterns: list[Any] = [
    *entries.plain_urlpatterns,
    *verification.plain_urlpatterns,
    *register.plain_urlpatterns,
    *confirmations.plain_urlpatterns,
]
