"""Address of one's own contribution."""

from django.urls import path

from cooperation.contribution import views

urlpatterns = [path("me/contribution/", views.MyContribution.as_view(), name="my-contribution")]
