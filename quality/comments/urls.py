"""Addresses of remarks: open ones, and those of the people who answer."""

from django.urls import path

from quality.comments import public, views

ONE = "comments/<str:public_id>/"
urlpatterns = [
    path("public/comments/", public.PublicComments.as_view(), name="public-comments"),
    path("public/comments/new/", public.NewComment.as_view(), name="public-comment-new"),
    path("public/comments/<str:public_id>/", public.PublicCommentPage.as_view(), name="public-comment"),
    path("comments/", views.CommentList.as_view(), name="comment-list"),
    path(ONE, views.CommentDetail.as_view(), name="comment-detail"),
    path(f"{ONE}acknowledge/", views.AcknowledgeComment.as_view(), name="comment-acknowledge"),
    *(path(f"{ONE}{move}/", views.CloseComment.as_view(move=move), name=f"comment-{move}") for move in views.ASKED),
]
