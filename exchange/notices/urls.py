"""Pages of notices."""

from django.urls import path

from exchange.notices import views

urlpatterns = [
    path("notices/", views.NoticeList.as_view(), name="notice-list"),
    path("notices/read/", views.ReadNotices.as_view(), name="notices-read"),
    path("notices/<str:public_id>/read/", views.ReadNotice.as_view(), name="notice-read"),
    path("settings/notices/", views.NoticeWishes.as_view(), name="notice-settings"),
    path("settings/telegram/", views.Telegram.as_view(), name="telegram"),
]
