"""What the state of each number of a sheet is: saved, waiting, a problem, commented, locked, and who gave it."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import moment, number
from institutions.people.models import Membership
from institutions.registry.models import Institution
from quality.catalogue.figures import plain
from quality.observations.models import FormerFigure, Observation, ValueState
from quality.reports.forms import PARTS, QUOTIENTS, SheetForm
from quality.reports.sheet import Sheet, stamp
from quality.rollups.models import Change, Dirty, Tally
from quality.submissions.models import SubmissionStatus


def cells_of(sheet: Sheet, form: SheetForm, only: str = "") -> list[dict[str, Any]]:
    """The lines of a sheet, in the order of the catalogue; or that of one indicator."""
    rows = [sheet.stored[code] for code in sheet.stored if not only or code == only]
    waiting, names = waiting_among(rows), names_of(rows, sheet.house)
    remarks = remarks_of(sheet)
    return [
        {
            "code": version.indicator.code, "name": name_now(version.indicator.names),
            "numerator": name_now(version.numerator), "denominator": name_now(version.denominator),
            "unit": name_now(version.unit), "is_quotient": version.method in QUOTIENTS,
            **{f"{part}_field": form[f"{version.indicator.code}-{part}"] if f"{version.indicator.code}-{part}" in
               form.fields else None for part in PARTS},
            **state_of(sheet, form, version.indicator.code, version.pk in waiting),
            **shown(sheet.stored.get(version.indicator.code)), "remark": remarks.get(version.pk, ""),
            "text": text_of(sheet.stored.get(version.indicator.code)),
            "who": names.get(version.pk, ""), "was": stamp(sheet.stored.get(version.indicator.code)),
            "url": reverse("observation", args=[sheet.house.public_id, sheet.period.code, version.indicator.code]),
        }
        for version in sheet.versions
        if not only or version.indicator.code == only
    ]  # fmt: skip


def state_of(sheet: Sheet, form: SheetForm, code: str, is_waiting: bool) -> dict[str, Any]:
    """The badges of a cell, the gravest first, and what is to be said of it."""
    row = sheet.stored.get(code)
    errors = [error for part in PARTS if f"{code}-{part}" in form.fields for error in form[f"{code}-{part}"].errors]
    said = [each.said for each in sheet.found if code in each.codes]
    badges: list[tuple[str, str, Any]] = []
    if sheet.is_closed and sheet.submission:
        badges.append(("neutral", "lock", SubmissionStatus(sheet.submission.status).label))
    if errors or said:
        badges.append(("warn", "warning", _("Problem")))
    if row is None:
        badges.append(("neutral", "circle", _("Not entered yet")))
    elif form.is_bound and is_other(form, code, row):
        badges.append(("neutral", "pencil", _("Not saved yet")))
    elif is_waiting:
        badges.append(("waiting", "clock", _("Saved, not counted yet")))
    elif not badges:
        badges.append(("ok", "tick", _("Saved")))
    return {"badges": [{"tone": tone, "icon": icon, "text": text} for tone, icon, text in badges],
            "errors": errors, "said": said}  # fmt: skip


def is_other(form: SheetForm, code: str, row: Observation) -> bool:
    """Whether what was typed differs from what is stored."""
    typed = form.typed(code)
    if typed["state"] != row.state:
        return True
    if row.state != ValueState.VALUE:
        return False
    return [typed["numerator"], typed["denominator"]] != [plain(row.numerator) or "", plain(row.denominator) or ""]


def remarks_of(sheet: Sheet) -> dict[int, str]:
    """What the office said of numbers, by definition, while it is not settled."""
    if sheet.submission is None:
        return {}
    return {each.version_id: each.text for each in sheet.submission.remarks.filter(settled_at__isnull=True)}


def waiting_among(rows: Iterable[Observation]) -> set[int]:
    """Definitions whose figures here changed since the engine last counted."""
    found = list(rows)
    if not found:
        return set()
    period, keys = found[0].period_id, [row.version_id for row in found]
    counted = set(Tally.objects.filter(period=period, version__in=keys).values_list("version", flat=True))
    dirty = set(Dirty.objects.filter(period=period, version__in=keys).values_list("version", flat=True))
    changed = Change.objects.filter(period=period, version__in=keys, institution=found[0].institution_id)
    return (set(keys) - counted) | dirty | set(changed.values_list("version", flat=True))


def names_of(rows: Iterable[Observation | FormerFigure], house: Institution) -> dict[int, str]:
    """By definition: which office or organisation entered a figure, when; never which person."""
    found = list(rows)
    offices = offices_of({row.entered_by_id for row in found if row.entered_by_id}, house)
    return {
        row.version_id if isinstance(row, Observation) else row.pk: _("%(who)s, %(when)s")
        % {"who": offices.get(row.entered_by_id or 0) or row.source or _("From a file"), "when": moment(row.entered_at)}
        for row in found
    }


def offices_of(people: set[int], house: Institution) -> dict[int, str]:
    """For each of these people the organisation or the office in whose name they could enter figures here."""
    held = Membership.objects.filter(user__in=people).select_related("institution", "territory").order_by("pk")
    found: dict[int, str] = {}
    for each in held:
        if each.institution_id == house.pk:
            found[each.user_id or 0] = name_now(house.names)
        elif each.territory and each.territory_id in house.territory.lineage:
            found.setdefault(each.user_id or 0, _("Office of %(place)s") % {"place": name_now(each.territory.names)})
    return found


def shown(row: Observation | None) -> dict[str, str]:
    """The two parts of a figure apart, for reading."""
    if row is None or row.state != ValueState.VALUE:
        return {"figure": text_of(row), "out_of": ""}
    return {"figure": number(row.numerator), "out_of": number(row.denominator)}


def text_of(row: Observation | FormerFigure | None) -> str:
    """A figure in words: the number, the two of a quotient, or which of the kinds of nothing."""
    if row is None:
        return ""
    if row.state != ValueState.VALUE:
        return str(ValueState(row.state).label)
    return " / ".join(filter(None, (plain(row.numerator), plain(row.denominator))))


def history_of(row: Observation | None, house: Institution) -> list[dict[str, str]]:
    """What a number said over time, newest first: who, when, old → new."""
    if row is None:
        return []
    former = list(FormerFigure.objects.filter(observation=row).order_by("-pk"))
    said: list[Observation | FormerFigure] = [row, *former]
    names = {**names_of([row], house), **names_of(former, house)}
    keys = [row.version_id, *(each.pk for each in former)]
    older: list[Observation | FormerFigure | None] = [*former, None]
    return [
        {"who": names[key], "new": text_of(now), "old": text_of(before)}
        for now, before, key in zip(said, older, keys, strict=True)
    ]
