"""The switchboard: wires the apps, decides nothing."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
