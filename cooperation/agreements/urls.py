"""Addresses of agreements."""

from django.urls import path

from cooperation.agreements import views

urlpatterns = [
    path("agreements/", views.AgreementList.as_view(), name="agreement-list"),
    path("agreements/remind/", views.RemindAgreements.as_view(), name="agreement-remind-all"),
    path("agreements/<str:public_id>/", views.AgreementDetail.as_view(), name="agreement-detail"),
    path("agreements/<str:public_id>.pdf", views.AgreementPaper.as_view(), name="agreement-paper"),
    path("agreements/<str:public_id>/sign/", views.SignAgreement.as_view(), name="agreement-sign"),
    path("agreements/<str:public_id>/decline/", views.AskAgreement.as_view(move="decline"), name="agreement-decline"),
    path(
        "agreements/<str:public_id>/withdraw/", views.AskAgreement.as_view(move="withdraw"), name="agreement-withdraw"
    ),
    path("agreements/<str:public_id>/paper/", views.PrintAgreement.as_view(), name="agreement-print"),
    path("agreements/<str:public_id>/paper/file/", views.FilePaper.as_view(), name="agreement-paper-file"),
    path(
        "agreements/<str:public_id>/revisions/<int:number>/scans/<str:party>/", views.SignedScan.as_view(),
        name="agreement-scan",
    ),
    path("agreements/<str:public_id>/remind/", views.RemindAgreement.as_view(), name="agreement-remind"),
    path("agreements/<str:public_id>/redraft/", views.RedraftAgreement.as_view(), name="agreement-redraft"),
    path("agreements/<str:public_id>/revisions/<int:number>/", views.ReadRevision.as_view(), name="agreement-revision"),
]  # fmt: skip
