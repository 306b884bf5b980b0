"""Addresses of the quick log: they stand before `activities/<id>/`."""

from django.urls import path

from cooperation.entries import views

urlpatterns = [
    path("activities/new/", views.NewActivity.as_view(), name="activity-new"),
    path("activities/mine/", views.MyActivities.as_view(), name="activity-mine"),
    path("activities/mine/<str:month>.pdf", views.Portfolio.as_view(), name="activity-portfolio"),
    path("activities/photos/<str:public_id>/", views.PhotoFile.as_view(), name="activity-photo"),
    path("me/contribution/", views.MyContribution.as_view(), name="my-contribution"),
    path("public/burden/", views.Burden.as_view(), name="burden"),
    path("activities/<str:public_id>/correct/", views.CorrectActivity.as_view(), name="activity-correct"),
]
plain_urlpatterns = [
    path("sw.js", views.Worker.as_view(), name="worker"),
    path("manifest.webmanifest", views.Manifest.as_view(), name="manifest"),
]
