"""Addresses of the pages on which targets are set and approved."""

from django.urls import path

from quality.targets import views

ONE = "targets/<str:public_id>/"
urlpatterns = [
    path("targets/", views.TargetList.as_view(), name="target-list"),
    path("targets/new/", views.NewTarget.as_view(), name="target-new"),
    path(ONE, views.TargetDetail.as_view(), name="target-detail"),
    path(f"{ONE}approve/", views.ApproveTarget.as_view(), name="target-approve"),
    path(f"{ONE}decline/", views.DeclineTarget.as_view(), name="target-decline"),
]
