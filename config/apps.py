"""The switchboard: wires the apps, decides nothing."""

from django.apps import AppConfig

from config.logs import use_plain_logging


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Everything that is logged takes one road."""
        use_plain_logging()
