"""How long an agreement lasts, as lists say it: a day, so many years, "renewed by itself", without an end, or unclear.

Every word must be understood, else the wording is asked: "renewable" and "was prolonged" are not "renewed by itself".
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.folding import latin
from cooperation.agreements.calendar import DAY, months_later
from cooperation.intakes.days import DASHES, NotADay, Question, Side, is_plain, key_of, plain, read_side

# whole words after intakes.days.plain, in the languages of the interface
YEARS = {"yil", "yilga", "yillik", "god", "goda", "godov", "let", "year", "years", "yr", "yrs"}
MONTHS = {"oy", "oyga", "oylik", "mes", "mesyats", "mesyatsa", "mesyatsev", "month", "months"}
# by itself, and what it then does; one of them alone leaves open who decides
BY_ITSELF = re.compile(r"(?:avtomati(?:k|che)|automati)[a-z]*\Z|auto\Z|avto\Z")
GOES_ON = re.compile(
    r"(?:avto|auto)?(?:prolongats|prolongation|prolongiruyets|prodleni|prodlevayets|prodlyayets|renewal|extension"
    r"|uzaytirish|uzaytirilish)[a-z]*\Z|(?:avto|auto)?(?:renew(?:ed|s|able)?|extend(?:ed|s|able)?|prolonged)\Z"
    r"|uzay(?:tirilad|ad)i\Z"
)
BOTH = re.compile(r"(?:avto|auto)(?:prolong|prodl|renew|ext)")
NO_END = ("bessrochn", "muddatsiz", "indefinit", "unlimit", "perpet", "permanent", "neogranich", "cheklanmagan")
OPEN_ENDED = {
    "open ended", "no end", "without end", "ne ogranichen", "srok ne ogranichen", "bez ogranicheniya sroka",
    "muddati cheklanmagan",
}  # fmt: skip
IN_WORDS = {
    "bir": 1, "odin": 1, "one": 1, "ikki": 2, "dva": 2, "two": 2, "uch": 3, "tri": 3, "three": 3,
    "tort": 4, "chetire": 4, "four": 4, "besh": 5, "pyat": 5, "five": 5, "on": 10, "desyat": 10, "ten": 10,
}  # fmt: skip
FILLING = {
    "va", "and", "i", "s", "with", "for", "na", "a", "an", "of", "da", "ga", "full", "kalendar", "muddat", "muddatga",
    "muddati", "srok", "srokom", "ravishda", "period", "tarzda", "holda", "keyin", "obraz", "obrazom", "deystviya", "davomida",
}  # fmt: skip
LONGEST_MONTHS = 600
LASTING = re.compile(r"months:(\d{1,3})(:auto)?\Z")
BROKEN = re.compile(r"\A\s*-|\d\s*[.,/+-]\s*\d")  # -5, 3.5, 3-5: not so many whole years
DATE, AFTER_IT = r"\d{1,2}\.\d{1,2}\.\d{4}", r"\s*(?:g|y|-?\s*yil)?\.?\s*"
FROM_TO = re.compile(rf"(?:(?:s|from)\s+)?({DATE}){AFTER_IT}(-|dan|po|do|to|until|till)\s*({DATE}){AFTER_IT}(gacha)?\Z")
YEAR_TO_YEAR = re.compile(r"(\d{4})\s*-\s*(\d{4})\s*-?\s*(?:yy?|gg?|yil(?:lar)?|god[ia])?\.?\Z")
UNTIL_BEFORE = re.compile(r"(?:(?:valid|deystvuyet|amal qiladi)\s+)?(do|po|until|till|through)\s+(?=\d|[a-z])")
UNTIL_AFTER = re.compile(r"[\s-]*(?:(?:ga\s*)?qadar|gacha)(?:\s+amal qiladi)?\Z")
INCLUSIVE = re.compile(r"[\s,(]*(?:vklyuchitelno|inclusive)\)?\Z")


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
    key = key_of("until", text)
    if (answered := answers.get(key)) is not None:
        return _answered(answered, starts_on)
    if (lasting := lasting_of(text)) is not None:
        return _after(*lasting, starts_on)
    words = plain(text)
    if is_plain(text) and (words in OPEN_ENDED or _has_no_end(words.split())):
        return Until()
    side = Side(answers, ends=True, starts_on=starts_on)
    found = _between(text, side) or _up_to(text, side)
    if found is None:
        read = read_side(text, side)
        found = Until(read.day, question=read.question, note=read.note)
    if found.question is not None and not found.question.rule:
        return Until(question=Question(key, "", text))
    return found


def _has_no_end(words: list[str]) -> bool:
    """Whether they say so and nothing else: "not without end" is another thing."""
    left = [word for word in words if not word.startswith(NO_END)]
    return len(left) < len(words) and all(word in FILLING for word in left)


def lasting_of(text: str) -> tuple[int, bool] | None:
    """Months, and whether it renews itself, where every word is understood; else nothing."""
    if not is_plain(text) or BROKEN.search(DASHES.sub("-", text)):
        return None
    amounts: list[tuple[int, bool]] = []
    units, by_itself, goes_on = [], False, False
    for word in plain(text).split():
        if (amount := int(word) if word.isdigit() else IN_WORDS.get(word)) is not None:
            amounts.append((amount, word.isdigit()))
        elif word in YEARS or word in MONTHS:
            units.append(12 if word in YEARS else 1)
        elif BY_ITSELF.match(word) or GOES_ON.match(word):
            by_itself |= bool(BY_ITSELF.match(word) or BOTH.match(word))
            goes_on |= bool(GOES_ON.match(word))
        elif word not in FILLING:
            return None
    if len(units) == 1 and len(amounts) == 2 and amounts[0][0] == amounts[1][0] and amounts[0][1] != amounts[1][1]:
        amounts = amounts[:1]  # 5 (five) years says it twice
    months = sum(amount * unit for (amount, _f), unit in zip(amounts, units, strict=False))
    sound = 0 < len(amounts) == len(units) == len(set(units)) and 0 < months <= LONGEST_MONTHS
    return (months, goes_on) if sound and by_itself == goes_on else None


def hinted(text: str) -> int | None:
    """The months that a wording speaks of beside words that are not understood, to be offered and never taken."""
    if BROKEN.search(DASHES.sub("-", text)):
        return None
    known = [word for word in plain(text).split() if word.isdigit() or word in IN_WORDS or word in YEARS | MONTHS]
    found = lasting_of(" ".join(known))
    return found[0] if found else None


def as_answer(months: int, *, renews: bool = False) -> str:
    """A length as an answer is kept."""
    return f"months:{months}{':auto' if renews else ''}"


def _between(text: str, side: Side) -> Until | None:
    """From a day to a day, or from a year to a year, where the beginning is that of the row; else it is asked."""
    said = DASHES.sub("-", " ".join(latin(text).split()))
    if found := FROM_TO.match(said):
        began, last = read_side(found[1], side).day, found[3]
        if side.starts_on is None:
            return Until()
        if began != side.starts_on:
            return Until(question=Question("until", "", text))
        is_last = found[2] in ("-", "po", "to") and not found[4]
        return _last(text, read_side(last, side).day, side, is_last=is_last)
    if found := YEAR_TO_YEAR.match(said):
        first, over = int(found[1]), int(found[2])
        began_then = side.starts_on is None or side.starts_on.year == first
        if over - first < 2 or not began_then:  # 2021-2022 may be a year of study
            return Until(question=Question("until", "", text))
        read = read_side(found[2], side)
        question = read.question and Question(read.question.key, read.question.rule, text)
        return Until(read.day, question=question)
    return None


def _up_to(text: str, side: Side) -> Until | None:
    """Up to a day: whether the day itself belongs to it is one question for the whole list."""
    said = " ".join(latin(text).split()).strip(" .,")
    is_last = bool(INCLUSIVE.search(said))
    said = INCLUSIVE.sub("", said)
    before, after = UNTIL_BEFORE.match(said), UNTIL_AFTER.search(said)
    if not before and not after:
        return None
    rest = UNTIL_AFTER.sub("", said[before.end() if before else 0 :])
    # up to a month or a year may mean its first day or its last: no rule of those settles it
    answers = {rule: side.answers[rule] for rule in ("order", "figures") if rule in side.answers}
    read = read_side(rest, Side(answers, ends=True))
    if read.day:
        return _last(text, read.day, side, is_last=is_last or bool(before and before[1] in ("po", "through")))
    rule = read.question.rule if read.question and read.question.rule in ("order", "figures") else ""
    return Until(question=Question(rule or "until", rule, text))


def _last(text: str, day: datetime.date | None, side: Side, *, is_last: bool) -> Until:
    """The last day; nobody ends an agreement on the last but one of a month."""
    if day is None or is_last or (day + DAY).day == 1:
        return Until(day)
    rule = side.answers.get("until")
    if rule is None:
        return Until(question=Question("until", "until", text))
    return Until(day if rule == "inclusive" else day - DAY)


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
