"""Educational-scientific complex laboratories."""

from django.apps import AppConfig


class LabsConfig(AppConfig):
    name = "labs"
