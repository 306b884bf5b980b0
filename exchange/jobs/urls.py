"""Pages of jobs."""

from django.urls import path

from exchange.jobs import views

urlpatterns = [
    path("imports/", views.ImportList.as_view(), name="import-list"),
    path("imports/template/<slug:kind>/", views.ImportTemplate.as_view(), name="import-template"),
    path("imports/<str:public_id>/", views.ImportDetail.as_view(), name="import-detail"),
    path("imports/<str:public_id>/apply/", views.ApplyImport.as_view(), name="import-apply"),
    path("files/", views.FileList.as_view(), name="file-list"),
    path("files/<str:public_id>/", views.FileDownload.as_view(), name="file-download"),
    path("files/<str:public_id>/cancel/", views.CancelJob.as_view(), name="job-cancel"),
]
