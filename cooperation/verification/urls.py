"""Addresses of the public check."""

from django.urls import path

from cooperation.verification import views

urlpatterns = [
    path("verify/", views.VerifyForm.as_view(), name="verify"),
    path("verify/<str:number>/", views.VerifyNumber.as_view(), name="verify-number"),
    path("v/<str:prefix>/", views.VerifyHash.as_view(), name="verify-hash"),
]
plain_urlpatterns = [path("v/<str:prefix>/", views.ShortHash.as_view(), name="verify-short")]
