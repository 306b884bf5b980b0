"""Pages of people."""

from django.urls import path

from institutions.people import views

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path("search/", views.Search.as_view(), name="search"),
    path("people/", views.People.as_view(), name="people"),
    path("people/options/", views.PeopleOptions.as_view(), name="people-options"),
    path("people/<str:public_id>/end/", views.EndMembership.as_view(), name="membership-end"),
    path("people/<str:public_id>/appoint/", views.Appoint.as_view(), name="appoint"),
    path("positions/<str:public_id>/relieve/", views.Relieve.as_view(), name="relieve"),
    path("invitations/<str:secret>/", views.Invitation.as_view(), name="invitation"),
    path("settings/tokens/", views.Tokens.as_view(), name="tokens"),
    path("settings/tokens/<str:public_id>/revoke/", views.RevokeToken.as_view(), name="token-revoke"),
]
