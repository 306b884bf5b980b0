"""Statuses, allowed moves, the log of every action, whose turn it is, what was frozen and signed."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LifecycleConfig(AppConfig):
    name = "lifecycle"

    def ready(self) -> None:
        """Opens the hook `inbox`: each app says what waits for a person."""
        autodiscover_modules("inbox")
