"""Addresses of works."""

from django.urls import path

from labs.works import views

ONE = "labs/works/<str:public_id>/"
urlpatterns = [
    path("labs/works/", views.WorkList.as_view(), name="work-list"),
    path("labs/works/new/", views.NewWork.as_view(), name="work-new"),
    path(ONE, views.WorkDetail.as_view(), name="work-detail"),
    path(f"{ONE}edit/", views.EditWork.as_view(), name="work-edit"),
]
