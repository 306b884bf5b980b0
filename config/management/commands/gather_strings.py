"""Bring the catalogues in step with the code: new words enter them empty, unsaid ones leave.

Example: python manage.py gather_strings
"""

import json
from argparse import ArgumentParser
from typing import Any

import polib
from django.core.management.base import BaseCommand

from config import catalogues
from config.catalogues import Message


def _entry(message: Message, old: polib.POEntry | None, forms: int, locale: str) -> polib.POEntry:
    """The catalogue's entry for a message, with the translation it had; English says itself."""
    entry = polib.POEntry(msgid=message.words, msgctxt=message.context, msgid_plural=message.plural or "")
    if any("%(" in words or "%s" in words for words in (message.words, message.plural or "")):
        entry.flags = ["python-format"]
    own = [message.words, message.plural or ""] if locale == "en" else [""] * forms
    if message.plural:
        kept = old.msgstr_plural if old is not None and old.msgid_plural else {}
        entry.msgstr_plural = {at: kept.get(at) or own[at] for at in range(forms)}
    else:
        entry.msgstr = (old.msgstr if old is not None else "") or own[0]
    return entry


class Command(BaseCommand):
    requires_system_checks: list[str] = []
    help = "Gather every translatable string of code and templates into locale/*/LC_MESSAGES/django.po."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        messages = catalogues.said()
        facts: dict[str, dict[str, int]] = {}
        for locale in catalogues.languages():
            old = {(entry.msgctxt, entry.msgid): entry for entry in catalogues.read(locale)}
            fresh = catalogues.empty_catalogue(locale)
            forms = int(catalogues.plural_rule(locale).split("nplurals=")[1][0])
            for message in messages:
                fresh.append(_entry(message, old.get((message.context, message.words)), forms, locale))
            catalogues.write(fresh, locale)
            facts[locale] = {"strings": len(fresh), "untranslated": len(fresh.untranslated_entries())}
        if options["json"]:
            self.stdout.write(json.dumps(facts))
            return
        for locale, fact in facts.items():
            self.stdout.write(f"{locale}: {fact['strings']} strings, {fact['untranslated']} untranslated")
