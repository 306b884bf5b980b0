"""Addresses of protocols."""

from django.urls import path

from cooperation.protocols import views

PROTOCOL = "activities/<str:public_id>/protocol/"

urlpatterns = [
    path(PROTOCOL, views.ProtocolPage.as_view(), name="activity-protocol"),
    path(f"{PROTOCOL}write/", views.WriteProtocol.as_view(), name="activity-protocol-write"),
    path(f"{PROTOCOL}people/", views.ProtocolPeople.as_view(), name="activity-protocol-people"),
    path(f"{PROTOCOL}sign/", views.SignProtocol.as_view(), name="activity-protocol-sign"),
    path("protocols/<str:public_id>.pdf", views.ProtocolPaper.as_view(), name="protocol-paper"),
]
