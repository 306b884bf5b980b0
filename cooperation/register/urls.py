"""Addresses of the public register and of the record."""

from django.urls import path

from cooperation.register import views

urlpatterns = [
    path("public/agreements/", views.PublicAgreements.as_view(), name="public-agreements"),
    path("public/agreements/<str:number>/", views.PublicAgreement.as_view(), name="public-agreement"),
    path("public/agreements/<str:number>.pdf", views.PublicPaper.as_view(), name="public-agreement-paper"),
    path("public/record/", views.PublicRecord.as_view(), name="public-record"),
]
plain_urlpatterns = [
    path("public/record/verify_audit.py", views.Verifier.as_view(), name="public-verifier"),
    path("public/record/certificate.pem", views.PaperCertificate.as_view(), name="public-certificate"),
]
