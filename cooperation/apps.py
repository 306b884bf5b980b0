"""What institutions do together."""

from django.apps import AppConfig


class CooperationConfig(AppConfig):
    name = "cooperation"
