"""Addresses of the audit; they stand before those of an activity, whose id they would otherwise be."""

from django.urls import path

from cooperation.audit import views

urlpatterns = [
    path("activities/audit/", views.AuditPage.as_view(), name="audit"),
    path("activities/audit/<str:public_id>/note/", views.NoteCall.as_view(), name="audit-note"),
]
