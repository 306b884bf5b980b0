"""Reading the API: its OpenAPI document, Swagger UI to try it, Redoc to read it."""

from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView


class SchemaByForm(SpectacularAPIView):
    """The OpenAPI document, as JSON or YAML by `Accept` or `?format=`."""

    public = True


class TryOut(TemplateView):
    """Swagger UI."""

    public = True
    template_name = "config/api_docs.html"


class Reference(TemplateView):
    """Redoc."""

    public = True
    template_name = "config/api_reference.html"
