"""Acts upon agreements of the cast, told by the site's own table; mail in files of the test's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.clock import now
from exchange.notices.actions import note_events
from exchange.notices.emails import send_email
from exchange.notices.models import Channel
from exchange.notices.sending import send_due
from exchange.notices.telling import the_book
from lifecycle.models import Event
from tests.cooperation.conftest import concluded, content, draft, make, proposed, words

__all__ = ["concluded", "content", "draft", "make", "proposed", "words"]


@pytest.fixture
def tell(db: None) -> Callable[[], None]:
    """Turns every act that was not told yet into notices, as the consumer does."""
    seen: set[int] = set()

    def note() -> None:
        fresh = list(Event.objects.exclude(pk__in=seen).order_by("pk"))
        seen.update(event.pk for event in fresh)
        note_events(fresh, at=now(), book=the_book())

    return note


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Callable[[], list[str]]:
    """The mail in files, as texts."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")

    def read() -> list[str]:
        folder = tmp_path / "mail"
        return [path.read_text("utf-8") for path in sorted(folder.glob("*"))] if folder.exists() else []

    return read


@pytest.fixture
def send(mail: Callable[[], list[str]]) -> Callable[[], int]:
    """What the tick does: sends what is due by e-mail."""
    return lambda: send_due({Channel.EMAIL: send_email}, now, the_book())
