"""Words are tested with the catalogues compiled."""

import pytest
from django.utils import formats, translation
from django.utils.translation import trans_real

from config import catalogues


@pytest.fixture(scope="package", autouse=True)
def compiled_catalogues():
    """Fresh .mo files, and no memory of those that were missing a moment ago."""
    if catalogues.compile_all():
        trans_real._translations.clear()
        trans_real.check_for_language.cache_clear()
        formats.reset_format_cache()


@pytest.fixture(params=["uz", "uz-cyrl", "ru", "en"])
def language(request):
    """Each of the four languages in turn, switched on."""
    with translation.override(request.param):
        yield request.param
