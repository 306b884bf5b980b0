"""The life cycles are tested on agreements, the richest of them."""

from tests.cooperation.conftest import concluded, content, draft, make, proposed, words

__all__ = ["concluded", "content", "draft", "make", "proposed", "words"]
