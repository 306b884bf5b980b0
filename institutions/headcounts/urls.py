"""Pages of head counts."""

from django.urls import path

from institutions.headcounts import views

urlpatterns = [
    path("institutions/<str:public_id>/headcounts/new/", views.EnterHeadcount.as_view(), name="headcount-enter"),
]
