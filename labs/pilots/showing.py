"""The hook of the page of a pilot project: blocks that the things above it (examinations, trials, verdicts) put there."""

from collections.abc import Callable
from typing import Any

from labs.pilots.models import PilotProject

Build = Callable[[PilotProject, Any], dict[str, Any] | None]
BLOCKS: dict[int, Build] = {}


def pilot_block(position: int) -> Callable[[Build], Build]:
    """Puts a block on the page: {"title", "template", …context} for its reader, or None; lower positions stand first.

    A block whose thing waits for this reader says so in `next`, a step as `step_on` makes it: it stands in the head.
    """

    def put(build: Build) -> Build:
        if BLOCKS.setdefault(position, build) is not build:
            raise ValueError(f"two blocks of a project stand at {position}")
        return build

    return put


def blocks_of(project: PilotProject, user: Any) -> list[dict[str, Any]]:
    """What the things above say of a project to this reader, in order."""
    found = (build(project, user) for _position, build in sorted(BLOCKS.items()))
    return [block for block in found if block is not None]


def step_on(text: str, url: str, icon: str, ask: bool = True) -> dict[str, Any]:
    """The next step of this reader as a button: a page to go to, or an act that is done at once."""
    return {"text": text, "url": url, "icon": icon, "kind": "main", "ask": ask}


def next_of(blocks: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What leads on: of several the one furthest along."""
    return next((block["next"] for block in reversed(blocks) if block.get("next")), None)
