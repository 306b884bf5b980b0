"""Addresses of shared resources."""

from django.urls import path

from cooperation.resources import views

ONE = "resources/<str:public_id>/"
urlpatterns = [
    path("resources/", views.ResourceList.as_view(), name="resource-list"),
    path("resources/new/", views.NewResource.as_view(), name="resource-new"),
    path("resources/uses/", views.UseList.as_view(), name="resource-uses"),
    path(ONE, views.ResourceDetail.as_view(), name="resource-detail"),
    path(f"{ONE}edit/", views.EditResource.as_view(), name="resource-edit"),
    path(f"{ONE}open/", views.OpenResource.as_view(), name="resource-open"),
    path(f"{ONE}file/", views.ResourceFile.as_view(), name="resource-file"),
    path(f"{ONE}submit/", views.Move.as_view(move="submit"), name="resource-submit"),
    path(f"{ONE}publish/", views.Move.as_view(move="publish"), name="resource-publish"),
    path(f"{ONE}return/", views.ReasonedMove.as_view(move="return"), name="resource-return"),
    path(f"{ONE}withdraw/", views.ReasonedMove.as_view(move="withdraw"), name="resource-withdraw"),
]
