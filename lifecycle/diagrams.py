"""The life cycles drawn from their tables: what docs/lifecycles.md holds, and what a test compares it with."""

from collections.abc import Iterable

from lifecycle.transitions import LIFECYCLES, Lifecycle, Transition, by_system

HEAD = """# Life cycles

Drawn from the tables in `rules.py` by `manage.py draw_lifecycles`; a test fails when this file and the tables differ.
A move in italics is made by the system. (r) = a reason is required. A move without an arrow leaves the status as it is.
"""


def document() -> str:
    """The whole file."""
    return HEAD + "".join(section(LIFECYCLES[name]) for name in sorted(LIFECYCLES))


def section(lifecycle: Lifecycle) -> str:
    """One life cycle: the diagram, and its table in words."""
    title = lifecycle.subject_type.replace("_", " ").capitalize()
    rows = "\n".join(_row(line) for line in lifecycle.transitions)
    return f"\n## {title}\n\n```mermaid\n{diagram(lifecycle)}\n```\n\n|Move|From → to|Who|\n|---|---|---|\n{rows}\n"


def diagram(lifecycle: Lifecycle) -> str:
    """A mermaid state diagram."""
    lines = ["stateDiagram-v2", *(f"    [*] --> {status}" for status in map(str, lifecycle.initial))]
    lines += [
        f"    {source} --> {line.target}: {_said(line)}"
        for line in lifecycle.transitions
        if line.target
        for source in map(str, line.sources)
    ]
    return "\n".join(lines + [f"    {status} --> [*]" for status in last(lifecycle)])


def last(lifecycle: Lifecycle) -> list[str]:
    """Statuses no move leads out of, in the order of the table."""
    left = {str(source) for line in lifecycle.transitions for source in line.sources if line.target}
    reached = [str(line.target) for line in lifecycle.transitions if line.target]
    return [status for status in dict.fromkeys(reached) if status not in left]


def _said(line: Transition) -> str:
    return f"{line.name} (r)" if line.needs_reason else line.name


def _row(line: Transition) -> str:
    name = f"*{_said(line)}*" if line.may is by_system else _said(line)
    way = f"{_either(line.sources)} → {line.target}" if line.target else f"{_either(line.sources)}, no move"
    return f"|{name}|{way}|{_first_sentence(line)}|"


def _either(statuses: Iterable[str]) -> str:
    return ", ".join(map(str, statuses))


def _first_sentence(line: Transition) -> str:
    """Who may, in the words of the rule itself; with whoever holds a personal link."""
    rules = [rule for rule in (line.may, line.by_link) if rule is not None]
    said = [(rule.__doc__ or rule.__name__.replace("_", " ")).strip() for rule in rules]
    return " ".join(word for each in said for word in each.split("\n\n", maxsplit=1)[0].split())
