"""The heads of files in any language, templates, and the same file sent back with what is wrong with it."""

import io
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from accounts.spelling import search_key
from exchange.jobs.handlers import Column, Fault, Importer, Row
from exchange.sheets import MARK, MAX_CELL
from exchange.tables import BOOK_OPTIONS

ERRORS = _("What is wrong")
RETURNED_ROWS = 100_000
TOP = 12  # lines in which heads are looked for
# how lists end: "Jami: 45 ta", "Итого 45"
TOTALS = {"jami", "hammasi", "itogo", "vsego", "total"}
COUNTED = {"ta", "dona", "sht", "bo", "lib", "ed"}
Line = tuple[int, list[str]]


def words_of(label: Any) -> set[str]:
    """A label folded in every language of the interface."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.add(search_key(str(label)))
    return found


def heads(columns: Sequence[Column]) -> dict[str, str]:
    """Folded head → column name; the plain name wins over words that another column shares, and those over other heads."""
    others = {search_key(word): column.name for column in reversed(columns) if column.also for word in column.also()}
    by_words = others | {word: column.name for column in reversed(columns) for word in words_of(column.label)}
    return by_words | {search_key(column.name): column.name for column in columns}


@dataclass
class Taken:
    """What was read of a file: rows that can be understood, those that cannot, and heads that no column knows."""

    rows: list[Row] = field(default_factory=list)
    beside: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_rows(raw: Iterable[list[str]], importer: Importer) -> Taken:
    """Rows under known columns, with the faults of the heads and of cells that cannot be read at all."""
    lines, taken = enumerate(raw, start=1), Taken()
    known, ours = heads(importer.columns), words_of(ERRORS)
    at, first, below = heads_of(lines, known)
    places: dict[int, str] = {}
    for place, head in enumerate(first):
        folded = search_key(head)
        name = known.get(folded)
        if name is None:
            taken.ignored += [head] if folded and folded not in ours else []
        elif name in places.values():
            before = next(first[other] for other, given in places.items() if given == name)
            twice = f"{gettext('This column stands twice.')} “{before[:60]}”, “{head[:60]}”"
            taken.faults.append(Fault(at, name, "duplicate_column", twice))
        else:
            places[place] = name
    taken.faults += [
        Fault(at, column.name, "missing_column", _missing(column, taken.ignored))
        for column in importer.columns
        if column.required and column.name not in places.values()
    ]
    if not taken.faults:
        _take(itertools.chain(below, lines), places, len(first), taken)
    return taken


def heads_of(lines: Iterator[Line], known: Mapping[str, str]) -> tuple[int, list[str], list[Line]]:
    """The line of the heads with its number, and what was read below it: the first of those near the top with the
    most known heads, so that a title above them is passed over.
    """
    near = [line for line in itertools.islice(lines, TOP) if any(line[1])]
    while not near and (line := next(lines, None)):
        near = [line] if any(line[1]) else []
    if not near:
        return 1, [], []
    counts = [len({known[key] for head in line if (key := search_key(head)) in known}) for _at, line in near]
    best = counts.index(max(counts))
    at, heads_there = near[best]
    end = best + 1
    for beside in (best - 1, best + 1):  # heads of two lines, one of them joined over several columns
        if 0 <= beside < len(near) and (both := _joined(heads_there, near[beside][1], known)):
            heads_there, end = both, max(end, beside + 1)
    return at, heads_there, near[end:]


def _joined(heads_there: Sequence[str], others: Sequence[str], known: Mapping[str, str]) -> list[str]:
    """Heads completed from the line above or below, where that line holds nothing but heads; else nothing."""
    theirs = [known.get(search_key(head)) for head in others if head]
    ours = {known.get(search_key(head)) for head in heads_there}
    if not theirs or None in theirs or ours & set(theirs):
        return []
    pairs = itertools.zip_longest(heads_there, others, fillvalue="")
    return [other or head for head, other in pairs]


def _missing(column: Column, others: Sequence[str]) -> str:
    """Which column is to be added, and which heads stand there that nothing is known by."""
    message = gettext("Add the column: %(name)s.") % {"name": f"{column.label} ({column.name})"}
    if not others:
        return message
    said = {"names": ", ".join(f"“{head[:60]}”" for head in others[:12])}
    return f"{message} {gettext('If one of these is meant, give it that name: %(names)s.') % said}"


def says_nothing(line: Sequence[str]) -> bool:
    """A line that counts the columns (1, 2, 3) or the rows ("Total: 45"), as lists have them under heads and rows."""
    cells = [cell for cell in line if cell]
    if len(cells) > 2 and cells == [str(place) for place in range(1, len(cells) + 1)]:
        return True
    words = search_key(" ".join(cells)).split() if len(cells) <= 2 else []
    return len(words) > 1 and words[0] in TOTALS and all(word.isdigit() or word in COUNTED for word in words[1:])


def _take(lines: Iterator[tuple[int, list[str]]], places: dict[int, str], width: int, taken: Taken) -> None:
    for number, line in lines:
        if says_nothing(line):
            continue
        cells = {name: line[place] for place, name in places.items() if place < len(line) and line[place]}
        faults = list(_unreadable(number, cells, line[width:]))
        if faults:
            taken.beside.append(Row(number, {name: cell[:300] for name, cell in cells.items()}))
            taken.faults += faults
        elif cells:
            taken.rows.append(Row(number, cells))


def _unreadable(number: int, cells: dict[str, str], beyond: list[str]) -> Iterator[Fault]:
    """What no column can take, whatever it is for."""
    for name, cell in cells.items():
        if MARK in cell:
            message = gettext("Remove the characters that cannot be shown and type the cell again.")
            yield Fault(number, name, "unsafe", message)
        elif len(cell) > MAX_CELL:
            message = gettext("A cell has at most %(most)s characters.") % {"most": MAX_CELL}
            yield Fault(number, name, "too_long", message)
    if any(beyond):
        message = gettext(
            "The row has more cells than the file has heads: put a cell that holds a “,” or “;” in quotes."
        )
        yield Fault(number, "", "extra_cells", message)


def returned(raw: Iterable[list[str]], faults: Sequence[Fault], importer: Importer) -> bytes:
    """The same sheet with the faulty cells in red and one more column that says everything wrong with each row."""
    by_row: dict[int, list[Fault]] = {}
    for fault in faults:
        by_row.setdefault(fault.row, []).append(fault)
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, BOOK_OPTIONS) as book:
        bad = book.add_format({"bg_color": "#FDECEB", "font_color": "#B42318", "text_wrap": True})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        lines = iter(raw)
        top = list(itertools.islice(lines, TOP))
        ours, known = words_of(ERRORS), heads(importer.columns)
        at, first, _below = heads_of(iter(enumerate(top, start=1)), known)
        head = at - 1
        kept = [place for place, words in enumerate(first) if search_key(words) not in ours]
        names = [known.get(search_key(first[place]), "") for place in kept]
        for number, line in enumerate(itertools.chain(top, lines)):
            said = by_row.get(number + 1, [])
            wrong = {fault.column for fault in said}
            last = str(ERRORS) if number == head and not said else _all_said(said)
            cells = [line[source] if source < len(line) else "" for source in kept]
            red = {place for place, name in enumerate(names) if name in wrong} | ({len(names)} if said else set())
            # what stands beyond the heads stays beyond them, so that a corrected file is not taken for a shorter one
            _write_line(sheet, number, [*cells, last, *line[len(first) :]], red, bad)
    return out.getvalue()


def _write_line(sheet: Any, number: int, cells: list[str], red: set[int], bad: Any) -> None:
    """A line of the returned sheet, with the cells at these places in red."""
    for place, cell in enumerate(cells):
        if cell:
            sheet.write_string(number, place, cell[:32_000], bad if place in red else None)
        elif place in red:
            sheet.write_blank(number, place, None, bad)


def _all_said(faults: Iterable[Fault]) -> str:
    return "\n".join(f"{fault.column}: {fault.message}" if fault.column else str(fault.message) for fault in faults)[
        :32_000
    ]


def template(importer: Importer) -> bytes:
    """An empty workbook with heads, an example row, drop-downs, and a sheet of the allowed codes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {**BOOK_OPTIONS, "constant_memory": False}) as book:
        bold, hint = (
            book.add_format({"bold": True, "text_wrap": True}),
            book.add_format({"italic": True, "font_color": "#57606A"}),
        )
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(gettext("Data")[:31])
        codes = book.add_worksheet(gettext("Allowed codes")[:31])
        about = book.add_worksheet(gettext("About the columns")[:31])
        sheet.freeze_panes(1, 0)
        used = 0
        for place, column in enumerate(importer.columns):
            sheet.set_column(place, place, 22, text)
            sheet.write_string(0, place, str(column.label), bold)
            if column.example:
                sheet.write_string(1, place, column.example, hint)
            about.write_row(place, 0, [column.name, str(column.label), str(column.hint)])
            if column.choices:
                used += _write_choices(sheet, codes, place, used, column)
        about.set_column(0, 2, 32)
        book.set_custom_property("template", f"{importer.code}:1")
    return out.getvalue()


def _write_choices(sheet: Any, codes: Any, place: int, used: int, column: Column) -> int:
    """The allowed codes of a column on their own sheet, and a drop-down that points there; returns the columns used."""
    choices = list(column.choices()) if column.choices else []
    if not choices:
        return 0
    codes.set_column(used, used + 1, 24)
    codes.write_row(0, used, [column.name, str(column.label)])
    for number, (code, words) in enumerate(choices, start=1):
        codes.write_string(number, used, code)
        codes.write_string(number, used + 1, words)
    letter = chr(ord("A") + used)
    source = f"='{codes.get_name()}'!${letter}$2:${letter}${len(choices) + 1}"
    sheet.data_validation(1, place, 10_000, place, {"validate": "list", "source": source, "error_type": "warning"})
    return 2
