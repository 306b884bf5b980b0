"""Days as people write them in lists of agreements: what is sure is read, what is not becomes a question.

Nothing is guessed. A shape that means two things (01/09/2023, 12-Mar-21, 09/2023, 2023) is one question for the whole
file, answered once by a rule, for beginnings and for ends apart; words that name no day ("when the parties have
agreed") are one question for each wording.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from accounts.folding import APOSTROPHES, latin
from cooperation.agreements.calendar import DAY, months_later

EPOCH = datetime.date(1899, 12, 30)  # day 0 of spreadsheets
SERIAL = (20_000, 80_000)  # 1954 to 2119: five figures that can be nothing else in a column of days
EARLIEST = datetime.date(1991, 1, 1)  # no agreement is older, so of two figures only one century can be meant
TIME = r"(?:[T ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?)?\Z"  # spreadsheets write the hour behind a day
ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})" + TIME)
DOTTED = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{4})" + TIME)
SHORT = re.compile(r"(\d{1,2})([./-])(\d{1,2})[./-](\d{2})\Z")
MONTH = re.compile(r"(?:(\d{1,2})[./-](\d{4})|(\d{4})[./-](\d{1,2}))\Z")
YEAR = re.compile(r"(\d{4})\Z")
SERIAL_SHAPE = re.compile(r"(\d{5})(?:\.\d+)?\Z")
ROMAN = re.compile(r"(\d{1,2})[./-] ?([ivx]+)[./-] ?(\d{4})\Z")
# what may follow a year: 2023 y., 2023-yil, 2023 г., 2023 года
YEAR_WORD = re.compile(
    r"(?<=\d{4})\s*-?\s*(?:yil(?:ning|dan|da)?|y|й|йил(?:нинг|дан|да)?|г(?:од(?:а|у)?)?|g(?:oda?)?|year)\b\.?",
    re.IGNORECASE,
)
AROUND_DOT = re.compile(r"(?<=\d) ?([.,]) ?(?=\d{1,4}\b)")  # 12 .03. 2021, 12,03,2021
# whole words after `plain`, so that neither "mayor" nor "decision" is a month
MONTHS = tuple(
    re.compile(rf"(?:{words})(?:da|dan|ning|dagi|ga)?\Z")
    for words in (
        "yanvar(?:ya)?|yanv|jan(?:uary)?", "fevral(?:ya)?|fevr?|feb(?:ruary)?", "marta?|mar(?:ch)?",
        "aprel(?:ya)?|apr(?:il)?", "maya?", "iyun(?:ya)?|june?", "iyul(?:ya)?|july?", "avgusta?|avg|aug(?:ust)?",
        "senty?abr(?:ya)?|sent?|sept?(?:ember)?", "okty?abr(?:ya)?|okt|oct(?:ober)?", "noyabr(?:ya)?|noya?|nov(?:ember)?",
        "dekabr(?:ya)?|dek|dec(?:ember)?",
    )
)  # fmt: skip
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
BESIDE_A_DAY = {"st", "nd", "rd", "th", "of", "kun", "kuni", "oyi"}
WORD = re.compile(r"[a-z]+|[0-9]+")
NO_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, ""))
QUOTES = re.compile('[«»“”„"]')
DASHES = re.compile("[‐‑‒–—−]")
STRANGE = re.compile(r"[^a-z0-9\s.,;:()«»“”„\"-]")  # a sign that may turn the meaning: ?, ~, <, +, other writings
LONGEST_KEY = 200
RULES: Mapping[str, tuple[str, ...]] = {
    "order": ("day_first", "month_first"),
    "figures": ("day_before", "year_before"),
    "month": ("first_day", "last_day"),
    "year": ("first_day", "last_day"),
    "month_end": ("last_day", "first_day"),
    "year_end": ("last_day", "same_day", "first_day"),
    "until": ("inclusive", "exclusive"),
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


@dataclass(frozen=True)
class Side:
    """What a day is read with: the answers given, and whether it ends something that began on `starts_on`."""

    answers: Mapping[str, str]
    ends: bool = False
    starts_on: datetime.date | None = None


class NotADay(ValueError):
    """Figures that make no day of the calendar: 31.02.2023."""


def read_day(text: str, answers: Mapping[str, str]) -> Read:
    """A day in one of the writings of people and spreadsheets. Raises NotADay for a day that never was."""
    return read_side(text, Side(answers))


def read_side(text: str, side: Side) -> Read:
    """The day a cell names as a beginning or as an end. Raises NotADay."""
    read = _read(_bare(text), side)
    if read is None:
        return _asked(text, side)
    if read.question is not None:
        return Read(question=replace(read.question, said=" ".join(text.split())))
    return read


def _read(said: str, side: Side) -> Read | None:
    for shape, reader in SHAPES:
        if (found := shape.match(said)) and (read := reader(said, found, side)):
            return read
    return _in_words(said, side)


def plain(text: str) -> str:
    """Words and figures in Latin letters: unlike a search key it keeps "6 oy" and "6" apart."""
    return " ".join(WORD.findall(latin(text).translate(NO_APOSTROPHES)))


def is_plain(text: str) -> bool:
    """Whether `plain` leaves nothing out that could turn the meaning: "5 yil?" and "~5 yil" are not five years."""
    return not STRANGE.search(DASHES.sub("-", latin(text).translate(NO_APOSTROPHES)))


def key_of(about: str, text: str) -> str:
    """The key of a wording: equal for all alphabets, apostrophes, blanks and dots at the end, and for nothing else."""
    said = DASHES.sub("-", QUOTES.sub("", latin(text).translate(NO_APOSTROPHES)))
    key = f"{about}:{' '.join(said.split()).strip(' .,;:') or text.strip()}"
    if len(key) <= LONGEST_KEY:
        return key
    return f"{key[: LONGEST_KEY - 17]} {sha256(key.encode()).hexdigest()[:16]}"


def _bare(text: str) -> str:
    """Without quotes, what is written around a year, blanks around dots, and the dot or comma at the end."""
    said = DASHES.sub("-", QUOTES.sub("", " ".join(text.split())))
    said = YEAR_WORD.sub(" ", said).strip(" .,").replace(" .", ".")
    return AROUND_DOT.sub(".", said) if len(AROUND_DOT.findall(said)) == 2 else said


def _day(year: int, month: int, day: int) -> datetime.date:
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise NotADay(f"{year}-{month}-{day}") from None


def _year_of(figures: int) -> int:
    """The only century two figures can mean."""
    return 1900 + figures if figures >= EARLIEST.year % 100 else 2000 + figures


def _dotted(said: str, found: re.Match[str], side: Side) -> Read:
    return _in_order(said, (int(found[1]), int(found[3]), int(found[4])), found[2], side)


def _short(said: str, found: re.Match[str], side: Side) -> Read:
    if found[2] == "-":
        return _of_figures(said, int(found[1]), int(found[3]), int(found[4]), side)
    read = _in_order(said, (int(found[1]), int(found[3]), _year_of(int(found[4]))), found[2], side)
    return Read(read.day, read.question, "century" if read.day else "")


def _in_order(said: str, figures: tuple[int, int, int], sign: str, side: Side) -> Read:
    """Day and month, between slashes in either order: 09/21/2023 can only be the 21st of September."""
    one, other, year = figures
    if sign == "/" and one != other and 0 < one <= 12 and 0 < other <= 12:
        rule = side.answers.get("order")
        if rule is None:
            return Read(question=Question("order", "order", said))
        return Read(_day(year, other, one) if rule == "day_first" else _day(year, one, other))
    if sign == "/" and other > 12 >= one:
        one, other = other, one
    return Read(_day(year, other, one))


def _part(said: str, rule: str, year: int, month: int | None, side: Side) -> Read:
    """A month or a year without its day; where an end is meant it may be the day the agreement began on."""
    rule = f"{rule}_end" if side.ends else rule
    answer = side.answers.get(rule)
    first = _day(year, month or 1, 1)
    if answer is None:
        return Read(question=Question(rule, rule, said))
    if answer == "same_day":
        began = side.starts_on
        return Read(months_later(began, 12 * (year - began.year)) - DAY) if began else Read()
    return Read(first if answer == "first_day" else months_later(first, 1 if month else 12) - DAY)


def _in_words(said: str, side: Side) -> Read | None:
    """1 September 2023, 2023-yil 1-sentabr, «01» сентября 2023 г.; without its day a month like any other."""
    roman = ROMAN.match(latin(said))
    if not roman and not is_plain(said):
        return None
    key = plain(said).split()
    words = [word for word in key if not word.isdigit() and word not in BESIDE_A_DAY]
    figures = [word for word in key if word.isdigit()]
    if roman:
        month = ROMANS.index(roman[2]) + 1 if roman[2] in ROMANS else None
    else:
        month = next(
            (at for at, names in enumerate(MONTHS, start=1) if len(words) == 1 and names.match(words[0])), None
        )
    if month is None:
        return None
    years = [int(each) for each in figures if len(each) == 4]
    days = [int(each) for each in figures if len(each) <= 2]
    if len(years) + len(days) != len(figures):
        return None
    if len(years) == 1 and len(days) == 1:
        return Read(_day(years[0], month, days[0]))
    if len(years) == 1 and not days:
        return _part(said, "month", years[0], month, side)
    is_between = len(days) == 2 and not years and key[0].isdigit() and key[-1].isdigit()
    return _of_figures(said, days[0], month, days[1], side) if is_between else None


def _of_figures(said: str, one: int, month: int, other: int, side: Side) -> Read:
    """12-Mar-21, 12-03-21: the day and two figures of the year, in either order."""
    rule = side.answers.get("figures")
    if one > 31 or not one:
        rule = "year_before"
    elif other > 31 or not other:
        rule = "day_before"
    if rule is None and one != other:
        return Read(question=Question("figures", "figures", said))
    year, day = (one, other) if rule == "year_before" else (other, one)
    return Read(_day(_year_of(year), month, day), note="century")


def _asked(said: str, side: Side) -> Read:
    key = key_of("day", said)
    if key in side.answers:
        return Read(datetime.date.fromisoformat(side.answers[key]))
    return Read(question=Question(key, "", said))


def _iso(said: str, found: re.Match[str], side: Side) -> Read:
    return Read(_day(int(found[1]), int(found[2]), int(found[3])))


def _month(said: str, found: re.Match[str], side: Side) -> Read:
    month, year = (found[1], found[2]) if found[1] else (found[4], found[3])
    return _part(said, "month", int(year), int(month), side)


def _year(said: str, found: re.Match[str], side: Side) -> Read:
    return _part(said, "year", int(found[1]), None, side)


def _serial(said: str, found: re.Match[str], side: Side) -> Read | None:
    number = int(found[1])
    in_range = SERIAL[0] <= number <= SERIAL[1]
    return Read(EPOCH + datetime.timedelta(days=number), note="serial") if in_range else None


SHAPES: tuple[tuple[re.Pattern[str], Callable[[str, re.Match[str], Side], Read | None]], ...] = (
    (ISO, _iso), (DOTTED, _dotted), (SHORT, _short), (MONTH, _month), (YEAR, _year), (SERIAL_SHAPE, _serial),
)  # fmt: skip
