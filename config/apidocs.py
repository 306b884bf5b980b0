"""Reading the API: its OpenAPI document, Swagger UI to try it, Redoc to read it."""

from csp.constants import UNSAFE_INLINE
from csp.decorators import csp_update
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView

# The two readers write styles as they draw and start a worker from memory; no other page may.
readers_own = method_decorator(csp_update({"style-src": [UNSAFE_INLINE], "worker-src": ["blob:"]}), name="dispatch")


class SchemaByForm(SpectacularAPIView):
    """The OpenAPI document, as JSON or YAML by `Accept` or `?format=`."""

    public = True


@readers_own
class TryOut(TemplateView):
    """Swagger UI."""

    public = True
    template_name = "config/api_docs.html"


@readers_own
class Reference(TemplateView):
    """Redoc."""

    public = True
    template_name = "config/api_reference.html"
