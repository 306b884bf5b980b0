"""Blanks in the text of an agreement that the product fills in when it is sent: number, names, days."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.names import code_of, name_in
from accounts.wording import day_short
from cooperation.agreements.models import Revision
from cooperation.agreements.presenting import period_words

STATE = "uz"  # the language of `text`


def names(revision: Revision, language: str) -> str:
    """The parties in their order, in the language of the text."""
    parties = revision.parties.select_related("institution").order_by("position", "pk")
    said = [name_in(party.institution.names, language) for party in parties]
    return ", ".join(dict.fromkeys(said))


def days(revision: Revision, language: str) -> str:
    """From when to when."""
    return period_words(revision.starts_on, revision.ends_on)


BLANKS: dict[str, Callable[[Revision, str], str]] = {
    "{number}": lambda revision, language: revision.agreement.number,
    "{parties}": names,
    "{period}": days,
    "{starts_on}": lambda revision, language: day_short(revision.starts_on) if revision.starts_on else "",
    "{ends_on}": lambda revision, language: day_short(revision.ends_on) if revision.ends_on else _("without an end"),
    "{notice_days}": lambda revision, language: str(revision.notice_days),
}


def filled(text: str, revision: Revision, language: str = STATE) -> str:
    """The text with its blanks filled in; any other braces stay."""
    with override(code_of(language)):
        for blank, fill_in in BLANKS.items():
            if blank in text:
                text = text.replace(blank, fill_in(revision, language))
    return text


def fill(revision: Revision) -> None:
    """Fills in every language of a draft that is being sent."""
    text = filled(revision.text, revision)
    texts = {language: filled(said, revision, language) for language, said in revision.texts.items()}
    if (text, texts) != (revision.text, revision.texts):
        revision.text, revision.texts = text, texts
        revision.save(update_fields=["text", "texts"])
