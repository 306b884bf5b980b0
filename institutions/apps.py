"""The participants: territory, registry, people."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class InstitutionsConfig(AppConfig):
    name = "institutions"

    def ready(self) -> None:
        """Opens the hook `panels`: each app may put a block on the page of an institution or a territory."""
        autodiscover_modules("panels")
