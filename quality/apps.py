"""How well it goes: the counting engine."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class QualityConfig(AppConfig):
    name = "quality"

    def ready(self) -> None:
        """Opens the hooks: each app says what it lets be counted, and what it tells everybody."""
        autodiscover_modules("indicators", "public")
