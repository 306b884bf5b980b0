"""Addresses of this app's things in the API: `routes` are viewsets by prefix, `paths` single views."""

from typing import Any

from django.urls import path

from cooperation.activities.api import ActivityViewSet
from cooperation.adoptions.api import AdoptionViewSet
from cooperation.agreements.api import AgreementViewSet
from cooperation.entries.api import ActivityPhotoDoor
from cooperation.ewp import api as ewp
from cooperation.obligations.api import ObligationViewSet
from cooperation.practices.api import PracticeViewSet
from cooperation.programmes.api import ProgrammeViewSet
from cooperation.projects.api import ProjectViewSet
from cooperation.protocols.api import ActivityProtocolDoor, ProtocolViewSet
from cooperation.register import api as register
from cooperation.resources.api import ResourceFileDoor, ResourceViewSet
from cooperation.trainings import api as trainings

routes: list[tuple[str, Any]] = [
    ("agreements", AgreementViewSet),
    ("obligations", ObligationViewSet),
    ("activities", ActivityViewSet),
    ("projects", ProjectViewSet),
    ("programmes", ProgrammeViewSet),
    ("adoptions", AdoptionViewSet),
    ("practices", PracticeViewSet),
    ("resources", ResourceViewSet),
    ("certificates", trainings.CertificateViewSet),
    ("protocols", ProtocolViewSet),
]
ACTIVITY = "activities/<str:public_id>"
paths: list[Any] = [
    path(f"{ACTIVITY}/photo/", ActivityPhotoDoor.as_view(), name="api-activities-photo"),
    path(f"{ACTIVITY}/people/", trainings.ActivityPeopleDoor.as_view(), name="api-activities-people"),
    path(f"{ACTIVITY}/people/<str:person>/", trainings.ActivityPersonDoor.as_view(), name="api-activities-person"),
    path(f"{ACTIVITY}/certificates/", trainings.ActivityCertificatesDoor.as_view(), name="api-activities-certificates"),
    path(f"{ACTIVITY}/protocol/", ActivityProtocolDoor.as_view(), name="api-activities-protocol"),
    path("agreements/<str:public_id>/ewp/", ewp.AgreementEwpDoor.as_view(), name="api-agreements-ewp"),
    path("ewp/", ewp.EwpIntakeDoor.as_view(), name="api-ewp"),
    path("ewp/stats/", ewp.EwpStatsDoor.as_view(), name="api-ewp-stats"),
    path("ledger/", register.LedgerDoor.as_view(), name="api-ledger"),
    path("ledger/heads/", register.HeadsDoor.as_view(), name="api-ledger-heads"),
    path("ledger/consistency/", register.ConsistencyDoor.as_view(), name="api-ledger-consistency"),
    path(
        "ledger/proofs/<slug:kind>/<str:public_id>/<int:number>/", register.ProofDoor.as_view(), name="api-ledger-proof"
    ),
    path("resources/<str:public_id>/file/", ResourceFileDoor.as_view(), name="api-resources-file"),
]
