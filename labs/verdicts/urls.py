"""Addresses of the assessment."""

from django.urls import path

from labs.verdicts import views

ONE = "labs/verdicts/<str:public_id>/"
urlpatterns = [
    path("labs/pilots/<str:public_id>/panel/", views.NamePanel.as_view(), name="verdict-panel"),
    path(ONE, views.VerdictDetail.as_view(), name="verdict-detail"),
    path(f"{ONE}words/", views.ProposeWords.as_view(), name="verdict-words"),
    path(f"{ONE}agree/", views.AgreeToWords.as_view(), name="verdict-agree"),
]
