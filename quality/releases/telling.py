"""The hook `public`: what other things tell everybody of an organisation, frozen into a release with its figures."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Any

from quality.catalogue.declared import Span

Names = Mapping[str, str]
Lines = Mapping[int, list[dict[str, Any]]]  # by organisation, each line as plain data in a fixed order


@dataclass(frozen=True)
class Story:
    """Lines under one heading: `lines` gives them for all organisations, of a period.

    A line has `names`; what else it has is said behind them: `day`, `number`, `with` (other lines). With `house` it opens
    the page of that organisation, with `code` it is a word of the country's vocabularies.
    """

    code: str
    title: Any
    lines: Callable[[Span], Lines]


STORIES: dict[str, Story] = {}


def tells(story: Story) -> Story:
    """Registers a story under its code."""
    return STORIES.setdefault(story.code, story)


def stories_of(span: Span) -> dict[int, dict[str, Any]]:
    """By organisation the lines of every story that has any."""
    found: dict[int, dict[str, Any]] = {}
    for code, story in sorted(STORIES.items()):
        for house, lines in story.lines(span).items():
            found.setdefault(house, {})[code] = lines
    return found


def shortened(line: Mapping[str, Any], published: Container[str], words: dict[str, Names]) -> dict[str, Any]:
    """A line without names that a release has elsewhere: of its own organisations, and of words, which are put into `words`."""
    kept = dict(line)
    if "code" in line:
        words[line["code"]] = kept.pop("names")
    elif line.get("house") in published:
        del kept["names"]
    if "with" in line:
        kept["with"] = [shortened(other, published, words) for other in line["with"]]
    return kept
