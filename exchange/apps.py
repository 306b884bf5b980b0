"""What comes in and goes out: jobs, imports, exports, repeated requests."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "exchange"
