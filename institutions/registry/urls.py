"""Pages of the register."""

from django.urls import path

from institutions.registry import views

urlpatterns = [
    path("institutions/", views.InstitutionList.as_view(), name="institution-list"),
    path("institutions/options/", views.InstitutionOptions.as_view(), name="institution-options"),
    path("institutions/places/", views.SearchPlaces.as_view(), name="place-options"),
    path("institutions/register/", views.RegisterInstitution.as_view(), name="institution-register"),
    path("institutions/<str:public_id>/", views.InstitutionDetailPage.as_view(), name="institution-detail"),
    path("institutions/<str:public_id>/moves/<str:move>/", views.MoveInstitution.as_view(), name="institution-move"),
]
