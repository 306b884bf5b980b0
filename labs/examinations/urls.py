"""Addresses of examinations, and of what an expert writes."""

from django.urls import path

from labs.examinations import views

ONE, REVIEW = "labs/examinations/<str:public_id>/", "labs/reviews/<str:public_id>/"
urlpatterns = [
    path("labs/examinations/", views.ExaminationList.as_view(), name="examination-list"),
    path("labs/examinations/new/", views.NewExamination.as_view(), name="examination-new"),
    path(ONE, views.ExaminationDetail.as_view(), name="examination-detail"),
    path(f"{ONE}start/", views.Start.as_view(), name="examination-start"),
    path(f"{ONE}invite/", views.InviteExpert.as_view(), name="examination-invite"),
    path(f"{ONE}decide/", views.Decide.as_view(), name="examination-decide"),
    path(f"{ONE}void/", views.AskExamination.as_view(move="void"), name="examination-void"),
    path(f"{ONE}reviews/<int:place>/take-back/", views.AskExamination.as_view(move="take_back"),
         name="examination-take-back"),
    path(REVIEW, views.ReviewDetail.as_view(), name="review-detail"),
    path(f"{REVIEW}accept/", views.AcceptReview.as_view(), name="review-accept"),
    path(f"{REVIEW}decline/", views.DeclineReview.as_view(move="decline"), name="review-decline"),
    path(f"{REVIEW}write/", views.WriteReview.as_view(), name="review-write"),
]  # fmt: skip
