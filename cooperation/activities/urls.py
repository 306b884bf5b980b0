"""Addresses of activities."""

from django.urls import path

from cooperation.activities import views

urlpatterns = [
    path("activities/", views.ActivityList.as_view(), name="activity-list"),
    path("activities/confirm/", views.ConfirmActivities.as_view(), name="activity-confirm-many"),
    path("activities/<str:public_id>/", views.ActivityDetail.as_view(), name="activity-detail"),
    path("activities/<str:public_id>/confirm/", views.ConfirmActivity.as_view(), name="activity-confirm"),
    path("activities/<str:public_id>/dispute/", views.AskActivity.as_view(move="dispute"), name="activity-dispute"),
    path("activities/<str:public_id>/refuse/", views.AskActivity.as_view(move="refuse"), name="activity-refuse"),
    path("activities/<str:public_id>/lift/", views.AskActivity.as_view(move="lift"), name="activity-lift"),
    path("activities/<str:public_id>/withdraw/", views.AskActivity.as_view(move="withdraw"), name="activity-withdraw"),
]
