"""Text in its four forms (shown, canonical, key, skeleton) and the model fields that keep it clean."""

import csv
import re
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.cyrillic import to_cyrillic
from accounts.folding import apostrophes, search_key, skeleton, sort_key

__all__ = [
    "Line",
    "Spelling",
    "Text",
    "UnsafeText",
    "canonical",
    "expand",
    "hygiene",
    "search_key",
    "skeleton",
    "sort_key",
    "spell",
    "to_cyrillic",
]

# NUL and the other controls (a tab and line ends are text), lone surrogates, and code points that are no characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_ZERO_WIDTH = (
    "\u00ad\u034f\u115f\u1160\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
)
_UNSEEN = re.compile(f"[{_BIDI}{_ZERO_WIDTH}\U000e0000-\U000e0fff]")
_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_IN_EMOJI = re.compile(
    f"(?<=[{_EMOJI}])\ufe0f|(?<=[0-9#*])\ufe0f(?=\u20e3)"  # the coloured form
    f"|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])"  # the joiner of a family
    "|(?<=[\U0001f3f4\U000e0020-\U000e007e])[\U000e0020-\U000e007f]"  # the flag of a region
)
_LINE_BREAKS = re.compile("[\t\n\r\u2028\u2029]+")
_EDGES = "\u2800 "


class UnsafeText(ValueError):
    """Text with characters that no honest name or sentence holds."""


class Spelling(NamedTuple):
    """One text in its four forms."""

    shown: str
    canonical: str
    key: str
    skeleton: str


def hygiene(text: str) -> str:
    """The text as typed, made safe: NFC, no unseen marks outside emoji, no blanks at the ends; raises UnsafeText."""
    if text.isascii() and text.isprintable():
        return text.strip()
    if _FORBIDDEN.search(text):
        raise UnsafeText("The text holds a control character, half a character or none.")
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    if _UNSEEN.search(text):
        kept = {match.start() for match in _IN_EMOJI.finditer(text)}
        text = _UNSEEN.sub(lambda unseen: unseen.group() if unseen.start() in kept else "", text)
        text = unicodedata.normalize("NFC", text)  # what a removed mark kept apart may now join
    return text.strip().strip(_EDGES).strip()


def hygiene_of_line(text: str) -> str:
    """Hygiene for a name or another single line: line ends and tabs inside become one blank."""
    return _LINE_BREAKS.sub(" ", hygiene(text))


def canonical(text: str) -> str:
    """The form for slugs, full text and exports: U+02BB in oʻ and gʻ, U+02BC elsewhere."""
    return apostrophes(hygiene(text))


def spell(text: str) -> Spelling:
    """The four forms of a text; raises UnsafeText."""
    shown = hygiene(text)
    return Spelling(shown, apostrophes(shown), search_key(shown), skeleton(shown))


@lru_cache(maxsize=4)
def _synonyms(path: Path) -> tuple[tuple[str, ...], ...]:
    """Groups of keys that mean the same, from the country pack; the first column of each line, parted by `;`."""
    if not path.exists():
        return ()
    with path.open(encoding="utf-8", newline="") as file:
        groups = [
            tuple(dict.fromkeys(search_key(term) for term in row["terms"].split(";"))) for row in csv.DictReader(file)
        ]
    return tuple(group for group in groups if len(group) > 1)


def expand(query: str) -> list[str]:
    """The search key of a query, then the same query with each synonym in place; at most twelve."""
    key = search_key(query)
    found = [key]
    padded = f" {key} "
    for group in _synonyms(settings.BASE_DIR / "config" / "packs" / settings.COUNTRY_PACK / "synonyms.csv"):
        said = max((term for term in group if f" {term} " in padded), key=len, default="")
        if said:
            found += [padded.replace(f" {said} ", f" {term} ").strip() for term in group if term != said]
    return list(dict.fromkeys(filter(None, found)))[:12]


UNSAFE = _("Remove the characters that cannot be shown and type the text again.")
BLANK = _("Type something that can be seen: the field holds only blanks.")


class _CleanInput(forms.CharField):
    """A form's text box that hands over clean text."""

    multiline = False

    def to_python(self, value: Any) -> str:
        """Clean text, or the form's word for none; raises ValidationError."""
        return super().to_python(_cleaned(value, self.multiline)) or ""


class LineInput(_CleanInput):
    """One clean line in a form."""


class TextInput(_CleanInput):
    """Several clean lines in a form."""

    multiline = True
    widget = forms.Textarea


def _cleaned(value: Any, multiline: bool) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return hygiene(value).replace("\r\n", "\n").replace("\r", "\n") if multiline else hygiene_of_line(value)
    except UnsafeText as unsafe:
        raise ValidationError(UNSAFE, code="unsafe") from unsafe


class _Clean:
    """What the two fields share: text is clean whichever way it comes in."""

    multiline = False
    blank: bool
    attname: str

    def to_python(self, value: Any) -> Any:
        """Clean text; raises ValidationError for unsafe text and for blanks posing as text."""
        cleaned = _cleaned(super().to_python(value), self.multiline)  # type: ignore[misc]
        if cleaned == "" and isinstance(value, str) and value and not self.blank:
            raise ValidationError(BLANK, code="blank")
        return cleaned

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Clean text also where a row is written without a form: imports, seeds, bulk writes."""
        value = super().pre_save(model_instance, add)  # type: ignore[misc]
        if isinstance(value, str):
            value = _cleaned(value, self.multiline)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        """Clean text in what an update writes and an exact lookup asks for."""
        return _cleaned(super().get_prep_value(value), self.multiline)  # type: ignore[misc]

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """The clean box in forms of this model."""
        form_class = TextInput if self.multiline else LineInput
        return super().formfield(**{"form_class": form_class, **kwargs})  # type: ignore[misc]


class Line(_Clean, models.CharField):
    """One line of text people typed."""


class Text(_Clean, models.TextField):
    """Several lines of text people typed."""

    multiline = True
