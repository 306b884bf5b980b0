"""Pages of this app's things: `urlpatterns` get the language prefix, `plain_urlpatterns` do not."""

from typing import Any

urlpatterns: list[Any] = []
plain_urlpatterns: list[Any] = []
