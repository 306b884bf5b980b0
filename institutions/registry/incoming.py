"""Rows of a file as institutions: every cell is checked, every fault of a row is named, nothing is guessed."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from accounts.spelling import search_key
from exchange.jobs.handlers import Fault, Plan, Progress, Row
from exchange.jobs.models import RowState
from institutions.registry import histories
from institutions.registry.checking import Check
from institutions.registry.known import Key, Register, namesakes, number_of
from institutions.registry.loading import Arrival, differences, write_changed, write_new

Numbered = tuple[int, Arrival]
Found = list[tuple[list[int], Arrival]]


def plan_institutions(rows: list[Row], *, by: Any, at: datetime.datetime, progress: Progress) -> Plan:
    """Checks every row against the register and the reader's offices; reads only."""
    plan, today = Plan(), timezone.localdate(at)
    new, changed = _sorted_out(rows, Register.read(rows, by), plan, today, progress)
    _warn_of_namesakes(new, plan)

    def write(progress: Progress) -> None:
        write_new([arrival for _rows, arrival in new], by=by, at=at, today=today)
        progress(len(new))
        write_changed([arrival for _rows, arrival in changed], by=by, at=at, today=today)
        histories.write((a.was.public_id if a.was else a.public_id, a.history) for _r, a in new + changed if a.history)
        progress(len(rows))

    plan.write = write
    return plan


def _sorted_out(
    rows: list[Row], register: Register, plan: Plan, today: datetime.date, progress: Progress
) -> tuple[Found, Found]:
    """New and changed institutions of a file; faults, warnings and the state of every row go into the plan."""
    found: tuple[Found, Found] = [], []
    dated = {(register.scheme_of(row), number_of(row)) for row in rows if row["valid_from"] or row["valid_to"]}
    seen: dict[Key, int] = {}
    named: dict[Key, list[Numbered]] = {key: [] for key in dated}
    lost: dict[Key, int] = {}
    for count, row in enumerate(rows, start=1):
        arrival, faults = Check(row, register, today).result()
        key = register.scheme_of(row), number_of(row)
        faults += _again(row, named[key], arrival) if key in dated else _twice(row, seen.get(key))
        plan.faults += faults
        if key in dated and arrival is not None and not faults:
            named[key].append((row.number, arrival))
        elif key in dated and any(fault.code != "duplicate" for fault in faults):
            lost.setdefault(key, row.number)
        elif arrival is not None and not faults:
            seen[key] = row.number
            _settle([row.number], arrival, differences(arrival), plan, found)
        if count % 500 == 0:
            progress(count)
    plan.faults += [fault for key, row in lost.items() for fault in _incomplete(named.pop(key), row)]
    wholes = [_whole(group, plan, today) for group in named.values() if group]
    standing = histories.stored([arrival.was.pk for _rows, arrival in wholes if arrival.was])
    for numbers, arrival in wholes:
        different = differences(arrival)
        if arrival.was and standing[arrival.was.pk] != arrival.history:
            different.setdefault("history", ("", ""))
        _settle(numbers, arrival, different, plan, found)
    return found


def _twice(row: Row, first: int | None) -> list[Fault]:
    """A number that stands in the file already."""
    if first is None:
        return []
    message = gettext("This organisation stands in the file already, in row %(row)s.") % {"row": first}
    return [Fault(row.number, "external_id", "duplicate", message)]


def _again(row: Row, before: list[Numbered], arrival: Arrival | None) -> list[Fault]:
    """Rows that say from when to when they hold may repeat a number, each from a day of its own."""
    if not row["valid_from"] and not row["valid_to"]:
        message = gettext("Other rows of this organisation say from when they hold: give the day here too.")
        return [Fault(row.number, "valid_from", "required", message)]
    since = arrival.since if arrival else None
    return _twice(row, next((number for number, other in before if since and other.since == since), None))


def _incomplete(group: list[Numbered], lost: int) -> Iterator[Fault]:
    """The other rows of a history of which one was refused."""
    for row, _arrival in group:
        message = gettext("Another row of this organisation is refused, row %(row)s: its history would have a gap.")
        yield Fault(row, "external_id", "incomplete", message % {"row": lost})


def _whole(group: list[Numbered], plan: Plan, today: datetime.date) -> tuple[list[int], Arrival]:
    """The rows of one number, each with its period, as one institution with its history."""
    said = [(each, each[1].since or datetime.date.min, each[1].until) for each in group]
    plan.warnings += _overlaps(said)
    spells = [(arrival, start, end) for (_row, arrival), start, end in histories.apart(said)]
    last, first_day, last_day = spells[-1][0], spells[0][1], spells[-1][2]
    last.history = (
        histories.merged((arrival.kind, start, end) for arrival, start, end in spells),
        histories.merged((arrival.territory, start, end) for arrival, start, end in spells),
    )
    now = next((each[0] for each in spells if each[1] <= today and (each[2] is None or each[2] > today)), last)
    last.kind, last.territory = now.kind, now.territory
    last.opened_on = min(filter(None, (arrival.opened_on for _row, arrival in group)), default=first_day)
    last.closed_on = max(filter(None, (arrival.closed_on for _row, arrival in group)), default=last_day)
    return [row for row, _arrival in group], last


def _overlaps(said: list[histories.Spell]) -> Iterator[Fault]:
    """Both rows of each pair of periods that claim the same day."""
    for before, after in histories.overlapping(said):
        for one, other in ((before, after), (after, before)):
            message = gettext(
                "This period and that of row %(row)s overlap (%(one)s, %(other)s): of each day the one that starts"
                " later tells."
            )
            words = {"row": other[0][0], "one": _period(one), "other": _period(other)}
            yield Fault(one[0][0], "valid_from", "overlap", message % words)


def _period(spell: histories.Spell) -> str:
    return f"{spell[1].isoformat()} – {spell[2].isoformat() if spell[2] else '…'}"


def _settle(
    rows: list[int], arrival: Arrival, different: dict[str, tuple[Any, Any]], plan: Plan, found: tuple[Found, Found]
) -> None:
    """Whether an institution is new, changed or as it stands."""
    new, changed = found
    state = RowState.UNCHANGED
    if arrival.was is None:
        state = RowState.CREATED
        new.append((rows, arrival))
    elif different:
        state = RowState.CHANGED
        changed.append((rows, arrival))
        plan.changes[rows[-1]] = (
            {name: _plain(pair[0]) for name, pair in different.items()},
            {name: _plain(pair[1]) for name, pair in different.items()},
        )
    plan.states |= dict.fromkeys(rows, state)


def _warn_of_namesakes(new: Found, plan: Plan) -> None:
    """New institutions called like another one of the same place: perhaps the same under another number."""
    first: dict[tuple[int, str], int] = {}
    keys = {
        rows[-1]: [(arrival.territory, search_key(name)) for name in set(arrival.names.values())]
        for rows, arrival in new
    }
    for row, pairs in keys.items():
        for pair in pairs:
            first.setdefault(pair, row)
    known = namesakes(first, {place for place, _name in first}) if first else set()
    for row, pairs in keys.items():
        twin = min((first[pair] for pair in pairs), default=row)
        if twin != row:
            message = gettext("Another organisation of this place has the same name: row %(row)s of the file.")
            plan.warnings.append(Fault(row, "name_uz", "namesake", message % {"row": twin}))
        elif not known.isdisjoint(pairs):
            message = gettext("Another organisation of this place has the same name in the register.")
            plan.warnings.append(Fault(row, "name_uz", "namesake", message))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.date) else value
