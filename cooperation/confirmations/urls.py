"""Addresses of personal links: the answering page has no language of its own, it speaks that of the phone."""

from django.urls import path

from cooperation.confirmations import views

urlpatterns = [
    path("activities/<str:public_id>/links/", views.ActivityLinks.as_view(), name="activity-links"),
    path(
        "activities/<str:public_id>/links/<str:link>/withdraw/", views.WithdrawLink.as_view(), name="link-withdraw"
    ),
    path("obligations/<str:public_id>/links/", views.ObligationLinks.as_view(), name="obligation-links"),
    path(
        "obligations/<str:public_id>/links/<str:link>/withdraw/", views.WithdrawObligationLink.as_view(),
        name="obligation-link-withdraw",
    ),
    path("agreements/<str:public_id>/links/", views.AgreementLinks.as_view(), name="agreement-links"),
    path(
        "agreements/<str:public_id>/links/<str:link>/withdraw/", views.WithdrawSignLink.as_view(),
        name="agreement-link-withdraw",
    ),
]  # fmt: skip
plain_urlpatterns = [
    path("i/<str:token>/", views.AnswerLink.as_view(), name="link-answer"),
    path("i/<str:token>/<str:public_id>/", views.LinkFile.as_view(), name="link-file"),
]
