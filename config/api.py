"""The whole API on one screen: every app lists its viewsets and views, here they get their addresses."""

from typing import Any

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularYAMLAPIView
from rest_framework.routers import DynamicRoute, Route, SimpleRouter

from accounts.doors import Door
from config.apidocs import Reference, SchemaByForm, TryOut
from cooperation import api as cooperation
from exchange import api as exchange
from exchange.moving import Moving
from institutions import api as institutions
from labs import api as labs
from quality import api as quality

APPS = (institutions, quality, cooperation, labs, exchange)
LIST = Route(
    r"^{prefix}/$", {"get": "list", "post": "create", "put": "replace"}, "{basename}-list", False, {"detail": False}
)
ONE = Route(
    r"^{prefix}/{lookup}/$",
    {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"},
    "{basename}-detail",
    True,
    {"detail": True},
)
MOVE = Route(
    r"^{prefix}/{lookup}/moves/(?P<move>[a-z_]+)/$", {"post": "move"}, "{basename}-move", True, {"detail": True}
)
LIST_EXTRA = DynamicRoute(r"^{prefix}/{url_path}/$", "{basename}-{url_name}", False, {"detail": False})
ONE_EXTRA = DynamicRoute(r"^{prefix}/{lookup}/{url_path}/$", "{basename}-{url_name}", True, {"detail": True})


class Router(SimpleRouter):
    """Lists, objects and moves; addresses are under the names in api.md."""

    routes = [LIST, LIST_EXTRA, ONE, MOVE, ONE_EXTRA]

    def get_lookup_regex(self, viewset: Any, lookup_prefix: str = "") -> str:
        name = viewset.lookup_url_kwarg or viewset.lookup_field
        return f"(?P<{name}>{getattr(viewset, 'lookup_value_regex', '[^/]+')})"

    def get_method_map(self, viewset: Any, method_map: dict[str, str]) -> dict[str, str]:
        if "post" in method_map and method_map["post"] == "move" and not issubclass(viewset, Moving):
            return {}
        return {method: name for method, name in method_map.items() if getattr(viewset, name, None) is not None}


router = Router()
for app in APPS:
    for prefix, viewset in app.routes:
        router.register(prefix, viewset, basename=f"api-{prefix.replace('/', '-')}")


class Root(Door):
    """The addresses of the API's lists."""

    public = True

    def get(self, request: Any) -> Any:
        """Where everything is."""
        return self.reply(
            {prefix: request.build_absolute_uri(f"{prefix}/") for app in APPS for prefix, _viewset in app.routes}
        )


urlpatterns = [
    path("", Root.as_view(), name="api-root"),
    path("schema/", SchemaByForm.as_view(), name="api-schema"),
    path("schema.json", SpectacularJSONAPIView.as_view(), name="api-schema-json"),
    path("schema.yaml", SpectacularYAMLAPIView.as_view(), name="api-schema-yaml"),
    path("docs/", TryOut.as_view(), name="api-docs"),
    path("reference/", Reference.as_view(), name="api-reference"),
    *[each for app in APPS for each in app.paths],
    *router.urls,
]
