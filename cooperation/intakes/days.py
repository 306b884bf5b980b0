"""Days and terms as people write them in lists of agreements: what is sure is read, what is not becomes a question.

Nothing is guessed. A shape that means two things (01/09/2023, 01.09.23, 09/2023, 2023) is one question for the whole
file, answered once by a rule; words that name no day ("until the parties agree otherwise") are one question for each
wording.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from accounts.folding import APOSTROPHES, latin
from cooperation.agreements.calendar import DAY, months_later

EPOCH = datetime.date(1899, 12, 30)  # day 0 of spreadsheets
SERIAL = (20_000, 80_000)  # 1954 to 2119: five figures that can be nothing else in a column of days
ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?\Z")
DOTTED = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})(?:[T ]00:00(?::00)?)?\Z")
SHORT = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2})\Z")
MONTH = re.compile(r"(?:(\d{1,2})[./-](\d{4})|(\d{4})[./-](\d{1,2}))\Z")
YEAR = re.compile(r"(\d{4})\Z")
SERIAL_SHAPE = re.compile(r"(\d{5})(?:\.0+)?\Z")
# what may follow a year: 2023 y., 2023-yil, 2023 г., 2023 года
YEAR_WORD = re.compile(
    r"(?<=\d{4})\s*-?\s*(?:yil(?:ning|dan|gacha|da)?|y|й|йил(?:нинг)?|г(?:од(?:а|у)?)?|year)\b\.?", re.IGNORECASE
)
MONTHS = (
    ("yanv", "jan"), ("fev", "feb"), ("mart", "mar"), ("apr",), ("may", "maya"), ("iyun", "jun"), ("iyul", "jul"),
    ("avg", "aug"), ("sent", "sep"), ("okt", "oct"), ("noya", "noy", "nov"), ("dek", "dec"),
)  # fmt: skip
WORD = re.compile(r"[a-z]+|[0-9]+")
NO_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, ""))
NUMBER = re.compile(r"\d+")
RULES: Mapping[str, tuple[str, ...]] = {
    "order": ("day_first", "month_first"),
    "century": ("2000", "1900"),
    "month": ("first_day", "last_day"),
    "year": ("first_day", "last_day"),
}


@dataclass(frozen=True)
class Question:
    """What somebody must say: `rule` names a shape (a key of RULES) or is empty where the words themselves are asked.

    `key` is equal for all cells that one answer settles; `said` is one of them.
    """

    key: str
    rule: str
    said: str


@dataclass(frozen=True)
class Read:
    """A cell as it was understood: a day, or what has to be asked; `note` where a reading deserves a look."""

    day: datetime.date | None = None
    question: Question | None = None
    note: str = ""


class NotADay(ValueError):
    """Figures that make no day of the calendar: 31.02.2023."""


def read_day(text: str, answers: Mapping[str, str]) -> Read:
    """A day in one of the writings of people and spreadsheets. Raises NotADay for a day that never was."""
    said = _bare(text)
    for shape, reader in SHAPES:
        if (found := shape.match(said)) and (read := reader(said, found, answers)):
            return read
    return _in_words(said, answers) or _asked(said, answers)


def plain(text: str) -> str:
    """Words and figures in Latin letters, nothing dropped: unlike a search key it keeps "6 oy" and "6" apart."""
    return " ".join(WORD.findall(latin(text).translate(NO_APOSTROPHES)))


def _bare(text: str) -> str:
    """Without quotes, what is written around a year, and the dot or comma at the end."""
    said = re.sub('[«»“”„"]', "", " ".join(text.split()))
    return YEAR_WORD.sub(" ", said).strip(" .,").replace(" .", ".")


def _day(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise NotADay(f"{year}-{month}-{day}") from None


def _dotted(said: str, found: re.Match[str], answers: Mapping[str, str]) -> Read:
    one, other, year = int(found[1]), int(found[3]), int(found[4])
    if found[2] == "/" and one != other and one <= 12 and other <= 12:
        rule = answers.get("order")
        if rule is None:
            return Read(question=Question("order", "order", said))
        return Read(_day(year, other, one) if rule == "day_first" else _day(year, one, other))
    if found[2] == "/" and other > 12 >= one:  # 09/21/2023 can only be the 21st of September
        one, other = other, one
    return Read(_day(year, other, one))


def _short(said: str, found: re.Match[str], answers: Mapping[str, str]) -> Read:
    century = answers.get("century")
    if century is None:
        return Read(question=Question("century", "century", said))
    return Read(_day(int(century) + int(found[3]), int(found[2]), int(found[1])))


def _part(said: str, rule: str, year: int, month: int | None, answers: Mapping[str, str]) -> Read:
    """A month or a year without its day."""
    answer = answers.get(rule)
    first = _day(year, month or 1, 1)
    if answer is None:
        return Read(question=Question(rule, rule, said))
    return Read(first if answer == "first_day" else months_later(first, 1 if month else 12) - DAY)


def _in_words(said: str, answers: Mapping[str, str]) -> Read | None:
    """1 September 2023, 2023-yil 1-sentabr, «01» сентября 2023 г.; without its day a month like any other."""
    key = plain(said)
    month = next(
        (at for at, stems in enumerate(MONTHS, start=1) for word in key.split() if word.startswith(stems)), None
    )
    figures = [int(each) for each in NUMBER.findall(key)]
    words = [word for word in key.split() if not word.isdigit()]
    if month is None or len(words) > 2:
        return None
    years = [each for each in figures if each >= 1000]
    days = [each for each in figures if each < 1000]
    if len(years) != 1 or len(days) > 1:
        return None
    return Read(_day(years[0], month, days[0])) if days else _part(said, "month", years[0], month, answers)


def _asked(said: str, answers: Mapping[str, str]) -> Read:
    key = f"day:{plain(said)}"[:200]
    if key in answers:
        return Read(datetime.date.fromisoformat(answers[key]))
    return Read(question=Question(key, "", said))


def _iso(said: str, found: re.Match[str], answers: Mapping[str, str]) -> Read:
    return Read(_day(int(found[1]), int(found[2]), int(found[3])))


def _month(said: str, found: re.Match[str], answers: Mapping[str, str]) -> Read:
    month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
    return _part(said, "month", int(year), int(month), answers)


def _year(said: str, found: re.Match[str], answers: Mapping[str, str]) -> Read:
    return _part(said, "year", int(found[1]), None, answers)


def _serial(said: str, found: re.Match[str], answers: Mapping[str, str]) -> Read | None:
    number = int(found[1])
    in_range = SERIAL[0] <= number <= SERIAL[1]
    return Read(EPOCH + datetime.timedelta(days=number), note="serial") if in_range else None


SHAPES: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str], Mapping[str, str]], Read | None]], ...] = (
    (ISO, _iso), (DOTTED, _dotted), (SHORT, _short), (MONTH, _month), (YEAR, _year), (SERIAL_SHAPE, _serial),
)  # fmt: skip
