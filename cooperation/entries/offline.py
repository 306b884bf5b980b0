"""What the quick log needs without a network: its files, their version, and how it is installed."""

import hashlib
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.utils.translation import override

STYLES = (
    "bootstrap/bootstrap-reboot.min.css", "bootstrap/bootstrap-grid.min.css", "css/tokens.css", "css/components.css",
    "css/pages.css", "css/entry.css",
)  # fmt: skip
SCRIPTS = (
    "js/frame.js", "js/combobox.js", "js/entry-store.js", "js/entry-post.js", "js/entry-send.js", "js/entry-list.js", "js/entry-photo.js",
    "js/quick-log.js",
)  # fmt: skip

SENDING = ("js/entry-store.js", "js/entry-post.js")  # what the worker needs to send by itself


def sending() -> list[str]:
    """Addresses of what the worker sends with."""
    return [static(name) for name in SENDING]


def shell() -> list[str]:
    """Addresses of the files around the page; their names change with their content."""
    return [static(name) for name in (*STYLES, *SCRIPTS, "img/mark.svg")]


def words() -> dict[str, list[str]]:
    """What a page says that cannot be fetched, by the language of its address."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            text = _("The page could not be fetched. What you have written stays on this device.")
            found[code] = [_("No internet"), text, _("Try again"), _("Add an activity")]
    return found


def version_of(addresses: list[str]) -> str:
    """A new version as soon as one of the files is another."""
    return hashlib.sha256("\n".join(addresses).encode()).hexdigest()[:12]


def manifest(language: str | None) -> dict[str, Any]:
    """The quick log as an app of the phone."""
    return {
        "name": "Hamkorlik",
        "short_name": "Hamkorlik",
        "description": _("Log joint work in half a minute, with or without a network"),
        "id": "/activities/new/",
        "start_url": f"/{language}/activities/new/",
        "scope": "/",
        "display": "standalone",
        "lang": language or "uz",
        "icons": [{"src": static("img/mark.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }
