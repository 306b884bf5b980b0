"""Addresses of clusters; they stand before those of one institution."""

from django.urls import path

from institutions.clusters import views

ONE = "institutions/clusters/<str:public_id>/"
urlpatterns = [
    path("institutions/clusters/", views.ClusterList.as_view(), name="cluster-list"),
    path(ONE, views.ClusterDetail.as_view(), name="cluster-detail"),
    path(f"{ONE}leave/", views.LeaveCluster.as_view(), name="cluster-leave"),
]
