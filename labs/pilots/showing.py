"""The hook of the page of a pilot project: blocks that the things above it (examinations, trials, verdicts) put there."""

from collections.abc import Callable
from typing import Any

from labs.pilots.models import PilotProject

Build = Callable[[PilotProject, Any], dict[str, Any] | None]
BLOCKS: dict[int, Build] = {}


def pilot_block(position: int) -> Callable[[Build], Build]:
    """Puts a block on the page: {"title", "template", …context} for its reader, or None; lower positions stand first."""

    def put(build: Build) -> Build:
        if BLOCKS.setdefault(position, build) is not build:
            raise ValueError(f"two blocks of a project stand at {position}")
        return build

    return put


def blocks_of(project: PilotProject, user: Any) -> list[dict[str, Any]]:
    """What the things above say of a project to this reader, in order."""
    found = (build(project, user) for _position, build in sorted(BLOCKS.items()))
    return [block for block in found if block is not None]
