"""How long an agreement lasts, as lists say it: a day, so many years, "renewed by itself", without an end, or unclear."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cooperation.agreements.calendar import DAY, months_later
from cooperation.intakes.days import NotADay, Question, plain, read_day

# beginnings of words after intakes.days.plain, in the languages of the interface
YEARS = ("yil", "god", "let", "year", "yr")
MONTHS = ("oy", "mes", "month")
BY_ITSELF = ("avtomat", "automat", "prolong", "uzay", "prodl", "auto", "renew", "extend")
NO_END = ("bessrochn", "muddatsiz", "indefinit", "unlimit", "perpet", "neogranich", "cheklanmagan")
OPEN_ENDED = {
    "open ended",
    "no end",
    "without end",
    "ochiq",
    "ne ogranichen",
    "without term",
    "no term",
    "muddati cheklanmagan",
}
IN_WORDS = {
    "bir": 1, "odin": 1, "one": 1, "ikki": 2, "dva": 2, "two": 2, "uch": 3, "tri": 3, "three": 3,
    "tort": 4, "chetire": 4, "four": 4, "besh": 5, "pyat": 5, "five": 5, "on": 10, "desyat": 10, "ten": 10,
}  # fmt: skip
FILLING = {
    "va", "and", "i", "s", "with", "for", "na", "a", "of", "da", "ga", "full", "kalendar", "muddat", "muddatga",
    "muddati", "srok", "srokom", "ravishda", "period", "tarzda", "holda", "keyin", "obraz", "obrazom", "deystviya", "davomida",
}  # fmt: skip
LONGEST_MONTHS = 600
LASTING = re.compile(r"months:(\d{1,3})(:auto)?\Z")


@dataclass(frozen=True)
class Until:
    """Until when: a last day, or none; and whether it renews itself, by how many months."""

    ends_on: datetime.date | None = None
    renewal: str = "none"
    renewal_months: int | None = None
    question: Question | None = None
    note: str = ""


def read_until(text: str, starts_on: datetime.date | None, answers: Mapping[str, str]) -> Until:
    """The end of an agreement that begins on `starts_on`. Raises NotADay."""
    if not text:
        return Until()
    key = plain(text)
    answered = answers.get(f"until:{key}"[:200])
    if answered is not None:
        return _answered(answered, starts_on)
    lasting = _lasting(key)
    if lasting is not None:
        return _after(*lasting, starts_on)
    if key in OPEN_ENDED or _has_no_end(key.split()):
        return Until()
    read = read_day(text, answers)
    if read.question is not None and not read.question.rule:
        return Until(question=Question(f"until:{key}"[:200], "", text))
    return Until(read.day, question=read.question, note=read.note)


def _has_no_end(words: list[str]) -> bool:
    """Whether they say so and nothing else: "not without end" is another thing."""
    left = [word for word in words if not word.startswith(NO_END)]
    return len(left) < len(words) and all(word in FILLING for word in left)


def _lasting(key: str) -> tuple[int, bool] | None:
    """Months, and whether it renews itself, where every word is understood; else nothing."""
    amounts, units, renews = [], [], False
    for word in key.split():
        if (amount := int(word) if word.isdigit() else IN_WORDS.get(word)) is not None:
            amounts.append(amount)
        elif word.startswith((*YEARS, *MONTHS)):
            units.append(12 if word.startswith(YEARS) else 1)
        elif word.startswith(BY_ITSELF):
            renews = True
        elif word not in FILLING:
            return None
    if len(units) == 1 and len(set(amounts)) == 1:  # 5 (five) years says it twice
        amounts = amounts[:1]
    months = sum(amount * unit for amount, unit in zip(amounts, units, strict=False))
    sound = 0 < len(amounts) == len(units) == len(set(units)) and 0 < months <= LONGEST_MONTHS
    return (months, renews) if sound else None


def _after(months: int, renews: bool, starts_on: datetime.date | None) -> Until:
    """So many months from the first day; without a first day there is nothing to count from."""
    if starts_on is None:
        return Until()
    ends_on = months_later(starts_on, months) - DAY
    return Until(ends_on, "automatic", months) if renews else Until(ends_on)


def _answered(answer: str, starts_on: datetime.date | None) -> Until:
    """An answer as it is kept: `none`, `months:36`, `months:36:auto`, or a day."""
    if answer == "none":
        return Until()
    if found := LASTING.match(answer):
        return _after(int(found[1]), bool(found[2]), starts_on)
    try:
        return Until(datetime.date.fromisoformat(answer))
    except ValueError:
        raise NotADay(answer) from None
