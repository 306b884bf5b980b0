"""Addresses of the people of an activity and of their certificates."""

from django.urls import path

from cooperation.trainings import views

PEOPLE = "activities/<str:public_id>/people/"

urlpatterns = [
    path(PEOPLE, views.ActivityPeople.as_view(), name="activity-people"),
    path(f"{PEOPLE}certificates/", views.IssueCertificates.as_view(), name="certificates-issue"),
    path(f"{PEOPLE}<str:person>/remove/", views.DropPerson.as_view(), name="activity-person-drop"),
    path("certificates/<str:public_id>.pdf", views.CertificatePaper.as_view(), name="certificate-paper"),
    path("certificates/<str:public_id>/revoke/", views.RevokeCertificate.as_view(), name="certificate-revoke"),
]
