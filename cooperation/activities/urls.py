"""Addresses of activities."""

from django.urls import path

from cooperation.activities import views

urlpatterns = [
    path("activities/", views.ActivityList.as_view(), name="activity-list"),
    path("activities/confirm/", views.ConfirmActivities.as_view(), name="activity-confirm-many"),
    path("activities/<str:public_id>/", views.ActivityDetail.as_view(), name="activity-detail"),
    path("activities/<str:public_id>/confirm/", views.ConfirmActivity.as_view(), name="activity-confirm"),
    path("activities/<str:public_id>/dispute/", views.DisputeActivity.as_view(), name="activity-dispute"),
    path("activities/<str:public_id>/refuse/", views.RefuseActivity.as_view(), name="activity-refuse"),
    path("activities/<str:public_id>/lift/", views.LiftDispute.as_view(), name="activity-lift"),
    path("activities/<str:public_id>/withdraw/", views.WithdrawActivity.as_view(), name="activity-withdraw"),
]
