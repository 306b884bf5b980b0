"""Files of a test stay with the test."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_media(settings: object, tmp_path: Path) -> None:
    """Uploads go to a folder of the test's own."""
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
