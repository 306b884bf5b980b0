"""Values in words: with their unit, their change to a named period, their trend and their category."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import wording
from accounts.names import name_now
from quality.catalogue.declared import ENTRIES
from quality.catalogue.models import DefinitionVersion, Method
from quality.values.shown import Value

RISE, FALL, LEVEL = "rise", "fall", "level"
GREEN, YELLOW, RED = "green", "yellow", "red"
NEAR = Decimal("0.9")


def is_percentage(version: DefinitionVersion) -> bool:
    """Shares are said in per cent, their differences in percentage points."""
    return bool(version.method == Method.SHARE and version.factor == 100)


def said(version: DefinitionVersion, number: Decimal | None) -> str:
    """A number as the reader writes it; the unit of a percentage belongs to the number."""
    if number is None:
        return ""
    if is_percentage(version):
        return str(wording.percent(number, version.decimals))
    return str(wording.number(number, version.decimals))


def unit_of(version: DefinitionVersion) -> str:
    """The word after the number, where it is not part of it."""
    return "" if is_percentage(version) else name_now(version.unit)


def changed(version: DefinitionVersion, now: Value, before: Value) -> tuple[str, str, Decimal | None]:
    """(words, direction, difference) against the previous period; nothing where one of them is no value or too thin."""
    if not (now.is_comparable and before.is_comparable) or now.value is None or before.value is None:
        return "", LEVEL, None
    difference = now.value - before.value
    direction = LEVEL if not is_certain(version, now, before) else RISE if difference > 0 else FALL
    if is_percentage(version):
        return wording.points(difference, version.decimals), direction, difference
    if before.value == 0:
        return "", direction, difference
    return wording.change(100 * difference / before.value, 1), direction, difference


def is_certain(version: DefinitionVersion, now: Value, before: Value) -> bool:
    """Two shares differ where the interval of the difference (Newcombe) leaves out zero, others where they do."""
    if now.value is None or before.value is None or now.value == before.value:
        return False
    if None in (now.low, now.high, before.low, before.high) or version.method != Method.SHARE:
        return True
    difference = now.value - before.value
    down = ((now.value - now.low) ** 2 + (before.high - before.value) ** 2).sqrt()  # type: ignore[operator]
    up = ((now.high - now.value) ** 2 + (before.value - before.low) ** 2).sqrt()  # type: ignore[operator]
    return bool(difference - down > 0 or difference + up < 0)


def trend(values: Sequence[Decimal | None]) -> str:
    """What the last periods did, in words."""
    steps = 0
    direction = 0
    for newer, older in zip(reversed(values), list(reversed(values))[1:], strict=False):
        if newer is None or older is None:
            break
        sign = (newer > older) - (newer < older)
        if steps and sign != direction:
            break
        direction, steps = sign, steps + 1
    if not steps:
        return _("Too few periods for a trend")
    if direction > 0:
        return ngettext("Rising for %(n)s period", "Rising for %(n)s periods", steps) % {"n": steps}
    if direction < 0:
        return ngettext("Falling for %(n)s period", "Falling for %(n)s periods", steps) % {"n": steps}
    return ngettext("Unchanged for %(n)s period", "Unchanged for %(n)s periods", steps) % {"n": steps}


def reached(version: DefinitionVersion, value: Value, target: Decimal | None) -> Decimal | None:
    """How much of the target is reached, in per cent; where less is better, the other way round."""
    if target is None or value.value is None:
        return None
    over, under = (value.value, target) if version.indicator.more_is_better else (target, value.value)
    return 100 * over / under if under > 0 else None


def category(value: Value, part: Decimal | None) -> str:
    """Green where the target is reached, yellow from 90 % of it, else red; no colour on thin data."""
    if part is None or not value.is_comparable:
        return ""
    return GREEN if part >= 100 else YELLOW if part >= 100 * NEAR else RED


def category_word(code: str) -> str:
    """The word beside the colour."""
    words = {GREEN: _("On target"), YELLOW: _("Close to the target"), RED: _("Below the target")}
    return words.get(code, "")


def explained(version: DefinitionVersion, value: Value) -> list[dict[str, Any]]:
    """How a value is calculated: what everyone may ask of a number, in one place."""
    facts = [(_("Numerator"), name_now(version.numerator))]
    if name_now(version.denominator):
        facts.append((_("Denominator"), name_now(version.denominator)))
    if value.numerator is not None and value.denominator is not None:
        shown = f"{wording.number(value.numerator)} / {wording.number(value.denominator)}"
        facts.append((_("Calculation"), shown))
    if value.low is not None and value.high is not None:
        between = {"low": said(version, value.low), "high": said(version, value.high)}
        facts.append((_("By chance alone"), _("could be between %(low)s and %(high)s") % between))
    if value.participations is not None:
        facts += shares(version, value)
    if value.expected and says_completeness(version, value):
        facts.append((_("Completeness"), _("from %(reporting)s of %(expected)s") % _counts(value)))
    if value.internal:
        facts.append((_("Shown to"), _("internal: small numbers are not hidden from you")))
    facts.append((_("Definition version"), f"{version.indicator.code} · {version.version}"))
    return [{"label": label, "text": text} for label, text in facts]


def is_divided(version: DefinitionVersion) -> bool:
    """Whether shared rows are divided by other rows, of which some may be missing."""
    entry = ENTRIES.get(version.indicator.code)
    return entry is not None and entry.base is not None


def says_completeness(version: DefinitionVersion, value: Value) -> bool:
    """Shared rows that are there are all there are; what they are divided by may be missing somewhere."""
    return value.participations is None or is_divided(version)


def distinct(version: DefinitionVersion, value: Value) -> int:
    """How many different rows were counted."""
    return int(value.numerator or 0) if is_divided(version) else value.reporting


def shares(version: DefinitionVersion, value: Value) -> list[tuple[str, str]]:
    """Distinct rows beside participations, and why there are more of these."""
    rows = distinct(version, value)
    facts = [(_("Distinct"), wording.number(rows)), (_("Participations"), wording.number(value.participations))]
    if more := (value.participations or 0) - rows:
        text = _(
            "What several organisations share is counted once in every place where one of them lies. Participations"
            " count it once for each of them: %(more)s more."
        )
        facts.append((_("Why they differ"), text % {"more": wording.number(more)}))
    return facts


def shared_words(version: DefinitionVersion, value: Value) -> str:
    """Both in one line, for a card; empty where rows are not shared."""
    if value.participations is None or value.state != "value":
        return ""
    counts = {"rows": wording.number(distinct(version, value)), "shares": wording.number(value.participations)}
    return _("Distinct: %(rows)s, participations: %(shares)s.") % counts


def _counts(value: Value) -> dict[str, str]:
    return {"reporting": wording.number(value.reporting), "expected": wording.number(value.expected)}
