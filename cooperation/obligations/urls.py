"""Addresses of obligations."""

from django.urls import path

from cooperation.obligations import views

ONE, PROOF = "obligations/<str:public_id>/", "obligations/evidence/<str:public_id>/"
urlpatterns = [
    path("obligations/", views.ObligationList.as_view(), name="obligation-list"),
    path(f"{PROOF}file/", views.EvidenceFile.as_view(), name="evidence-file"),
    path(f"{PROOF}drop/", views.DropEvidence.as_view(), name="evidence-drop"),
    path(ONE, views.ObligationDetail.as_view(), name="obligation-detail"),
    path(f"{ONE}evidence/", views.AddEvidence.as_view(), name="obligation-evidence"),
    path(f"{ONE}submit/", views.MoveObligation.as_view(move="submit"), name="obligation-submit"),
    path(f"{ONE}accept/", views.MoveObligation.as_view(move="accept"), name="obligation-accept"),
    path(f"{ONE}return/", views.AskObligation.as_view(move="return"), name="obligation-return"),
    path(f"{ONE}waive/", views.AskObligation.as_view(move="waive"), name="obligation-waive"),
]
