"""Values in words: with their unit, their change to a named period, their trend and their category."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import wording
from accounts.names import name_now
from quality.catalogue.declared import ENTRIES
from quality.catalogue.models import DefinitionVersion, Method
from quality.rollups.bases import Asked
from quality.rollups.intervals import is_rate
from quality.values.decomposing import REST, shared_out
from quality.values.series import Change
from quality.values.shown import Value
from quality.values.whatmoved import REASONS, by_part

RISE, FALL, LEVEL = "rise", "fall", "level"
GREEN, YELLOW, RED = "green", "yellow", "red"
NEAR = Decimal("0.9")
TONES = {GREEN: ("ok", "tick"), YELLOW: ("warn", "warning"), RED: ("bad", "cross")}  # of the badge, with its icon


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
    """Two shares, or two rates, differ where the interval of their difference (Newcombe: from the intervals of the two)
    leaves out zero, others where they do."""
    if now.value is None or before.value is None or now.value == before.value:
        return False
    if None in (now.low, now.high, before.low, before.high) or not has_chance(version):
        return True
    difference = now.value - before.value
    down = ((now.value - now.low) ** 2 + (before.high - before.value) ** 2).sqrt()  # type: ignore[operator]
    up = ((now.high - now.value) ** 2 + (before.value - before.low) ** 2).sqrt()  # type: ignore[operator]
    return bool(difference - down > 0 or difference + up < 0)


def has_chance(version: DefinitionVersion) -> bool:
    """Whether chance alone may explain a difference: of shares and of rates of events."""
    return bool(version.method == Method.SHARE or is_rate(version))


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
    """How much of the target is reached, in per cent; where less is better, the other way round. Thin data reach nothing."""
    if target is None or value.value is None or not value.is_comparable:
        return None
    over, under = (value.value, target) if version.indicator.more_is_better else (target, value.value)
    return 100 * over / under if under > 0 else None


def category(value: Value, part: Decimal | None, near: Decimal = NEAR) -> str:
    """Green where the target is reached, yellow where nearly (from 90 % of it), else red; no colour on thin data."""
    if part is None or not value.is_comparable:
        return ""
    return GREEN if part >= 100 else YELLOW if part >= 100 * near else RED


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


def basis_words(asked: Asked) -> str:
    """By which boundaries the figures are, where not by those of each period."""
    if asked.day is None:
        return ""
    return _(
        "By the boundaries of %(day)s: everything lies where its organisation lies on that day, and what has closed"
        " where its successors lie."
    ) % {"day": wording.day(asked.day)}


def change_facts(version: DefinitionVersion, change: Change) -> dict[str, Any] | None:
    """What changed since the period before, and how much of it only the boundaries; nothing where a part is hidden."""
    if change.whole is None or change.boundary is None or change.real is None:
        return None
    said = wording.points if is_percentage(version) else wording.difference
    facts = {"whole": change.whole, "real": change.real, "boundary": change.boundary}
    reasons: dict[str, Decimal] = {}
    if change.apart:  # what is shown adds up to what is shown
        facts["whole"] = change.whole.quantize(Decimal(1).scaleb(-version.decimals), ROUND_HALF_UP)
        exact = [Fraction(change.boundary), *(getattr(change.apart.whole, reason) for reason in REASONS)]
        facts["boundary"], *parts = shared_out(exact, facts["whole"], version.decimals)
        facts["real"], reasons = facts["whole"] - facts["boundary"], dict(zip(REASONS, parts, strict=True))
    words = {"whole": _("In all"), "real": _("Real"), "boundary": _("By boundaries alone")}
    return {
        "since": wording.period_name(change.since),
        "facts": [{"label": words[name], "text": said(part, version.decimals)} for name, part in facts.items()],
        "reasons": [
            {"label": label, "text": said(reasons[name], version.decimals), "words": why}
            for name, label, why in (reason_words() if reasons else ())
        ],
        "parts": _parts_table(version, change, reasons, said) if reasons else None,
        "comparable": change.is_comparable,
        "thin": version.method in (Method.SHARE, Method.RATIO)
        and not (change.rebased.is_comparable and change.after.is_comparable),
        "redefined": change.redefined,
    }


def reason_words() -> list[tuple[str, str, str]]:
    """What each reason means."""
    return [
        ("rate", _("Rate"), _("the parts themselves became better or worse")),
        ("mix", _("Mix"), _("parts with high or low values became larger or smaller")),
        ("coverage", _("Coverage"), _("parts have figures in one of the two periods only")),
    ]


def _parts_table(version: DefinitionVersion, change: Change, reasons: dict[str, Decimal], said: Any) -> dict[str, Any]:
    """Which parts moved it, the largest first; what no part holds comes last."""
    assert change.apart is not None  # noqa: S101
    told = by_part(change.apart, reasons, version.decimals)
    order = sorted(told, key=lambda key: (key is REST, -abs(_sum(told[key])), str(key)))
    heads = [(reason, label) for reason, label, _why in reason_words()]
    rows = []
    for key in order:
        part = change.parts.get(key) if isinstance(key, int) else None
        name = name_now(part.names) if part else _("Outside the parts, shared, or not shown apart")
        together = {"text": said(_sum(told[key]), version.decimals), "figure": True, "label": _("Together")}
        cells = [{"text": said(told[key][r], version.decimals), "figure": True, "label": label} for r, label in heads]
        rows.append({"cells": [{"text": name}, *cells, together]})
    columns = [{"label": _("Part")}, *({"label": label, "figure": True} for _r, label in heads)]
    return {"columns": [*columns, {"label": _("Together"), "figure": True}], "rows": rows}


def _sum(told: Mapping[str, Decimal]) -> Decimal:
    return sum(told.values(), Decimal(0))


def _counts(value: Value) -> dict[str, str]:
    return {"reporting": wording.number(value.reporting), "expected": wording.number(value.expected)}
