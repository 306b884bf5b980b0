"""The site map: pages under a language, machines and short links without."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from config import api, errors, health, views
from cooperation import urls as cooperation
from exchange import urls as exchange
from institutions import urls as institutions
from labs import urls as labs
from quality import urls as quality

APPS = (institutions, quality, cooperation, labs, exchange)

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include(api.urlpatterns)),
    path("api/errors/<slug:slug>/", errors.error_type, name="error-type"),
    *[each for app in APPS for each in app.plain_urlpatterns],
    *i18n_patterns(
        path("", views.Home.as_view(), name="home"),
        path("settings/", views.Settings.as_view(), name="settings"),
        path("settings/components/", views.Components.as_view(), name="settings-components"),
        path("accounts/", include("allauth.urls")),
        *[each for app in APPS for each in app.urlpatterns],
    ),
]
handler400, handler403, handler404, handler500 = (
    errors.handler400,
    errors.handler403,
    errors.handler404,
    errors.handler500,
)
