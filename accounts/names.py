"""Names in every language a thing has one in: stored as a small map of language tags, read in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.spelling import UNSAFE, UnsafeText, hygiene_of_line, search_key, to_cyrillic

TAGS = ("uz", "uz-Cyrl", "ru", "en")  # as the API and files write them
GENERATED = {"uz-Cyrl": "uz"}  # a script made from another when nobody gave it
_CODES = {tag.lower(): tag for tag in TAGS}


def tag_of(language: str | None) -> str:
    """The language tag of the API for a code of Django, a header or a tag: `uz-cyrl` is `uz-Cyrl`."""
    code = (language or "").replace("_", "-").lower()
    return _CODES.get(code) or _CODES.get(code.split("-")[0]) or TAGS[0]


def code_of(tag: str) -> str:
    """The code Django knows the language by."""
    return tag_of(tag).lower()


def _said(names: Mapping[str, str], tag: str) -> str:
    """The name in exactly this language, generated where one script is made from another; empty if there is none."""
    name = names.get(tag) or ""
    if not name and tag in GENERATED and (source := names.get(GENERATED[tag])):
        return to_cyrillic(source)
    return name


def name_in(names: Mapping[str, str], language: str | None) -> str:
    """The name in the reader's language, else in the nearest language it has."""
    asked = tag_of(language)
    for tag in (asked, "uz", "en", "ru"):
        if name := _said(names, tag):
            return name
    return next((name for name in names.values() if name), "")


def name_now(names: Mapping[str, str]) -> str:
    """The name in the language of the page or request at hand."""
    return name_in(names, get_language())


def all_names(names: Mapping[str, str]) -> dict[str, str]:
    """The name in all four languages, each filled by the rule of `name_in`."""
    return {tag: name_in(names, tag) for tag in TAGS}


def search_text(names: Mapping[str, str]) -> str:
    """The search keys of every language the name is given in, each once."""
    return " ".join(dict.fromkeys(key for name in names.values() if name and (key := search_key(name))))


def clean_names(names: Any) -> dict[str, str]:
    """Names after hygiene, in the order of the languages; raises ValidationError for another shape."""
    if not isinstance(names, Mapping) or not set(names) <= set(TAGS):
        raise ValidationError(_("Give the names as a list of languages: %(tags)s."), "names", {"tags": ", ".join(TAGS)})
    kept: dict[str, str] = {}
    for tag in TAGS:
        name = names.get(tag, "")
        if not isinstance(name, str):
            raise ValidationError(_("Each name is text."), "names")
        try:
            name = hygiene_of_line(name)
        except UnsafeText as unsafe:
            raise ValidationError(UNSAFE, code="unsafe") from unsafe
        if name:
            kept[tag] = name
    if not kept:
        raise ValidationError(_("Give the name in at least one language."), "blank")
    return kept


class NamesField(models.JSONField):
    """A name in several languages: {"uz": …, "uz-Cyrl": …, "ru": …, "en": …}, any of them left out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Takes what a JSONField takes; empty by default."""
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def clean(self, value: Any, model_instance: models.Model | None) -> dict[str, str]:
        """Names after hygiene; raises ValidationError."""
        if self.blank and value in (None, {}):
            return {}
        return clean_names(super().clean(value, model_instance))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Clean names also where a row is written without a form."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, Mapping) and value:
            value = clean_names(value)
            setattr(model_instance, self.attname, value)
        return value
