"""The hook `public`: what other things tell everybody of an organisation, frozen into a release with its figures."""

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Lines = Mapping[int, list[dict[str, Any]]]  # by organisation, each line as plain data in a fixed order


@dataclass(frozen=True)
class Story:
    """Lines under one heading: `lines` gives them for all organisations, of a period by its first and last day.

    A line has `names` in four languages; what else it has is said behind them: `day`, `number`, `with` (other lines).
    With `house` it opens the page of that organisation.
    """

    code: str
    title: Any
    lines: Callable[[datetime.date, datetime.date], Lines]


STORIES: dict[str, Story] = {}


def tells(story: Story) -> Story:
    """Registers a story under its code."""
    return STORIES.setdefault(story.code, story)


def stories_of(starts_on: datetime.date, ends_on: datetime.date) -> dict[int, dict[str, Any]]:
    """By organisation the lines of every story that has any."""
    found: dict[int, dict[str, Any]] = {}
    for code, story in sorted(STORIES.items()):
        for house, lines in story.lines(starts_on, ends_on).items():
            found.setdefault(house, {})[code] = lines
    return found
