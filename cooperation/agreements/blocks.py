"""The page of an agreement has blocks that the things above it put there."""

from collections.abc import Callable
from typing import Any

from cooperation.agreements.models import Agreement

Build = Callable[[Agreement, Any], dict[str, Any] | None]
BLOCKS: dict[int, Build] = {}


def agreement_block(position: int) -> Callable[[Build], Build]:
    """Puts a block on the page: {"template", …context} for its reader, or None; lower positions stand first."""

    def put(build: Build) -> Build:
        if BLOCKS.setdefault(position, build) is not build:
            raise ValueError(f"two blocks of an agreement stand at {position}")
        return build

    return put


def blocks_of(agreement: Agreement, user: Any) -> list[dict[str, Any]]:
    """What the things above say of an agreement to this reader, in order."""
    found = (build(agreement, user) for _position, build in sorted(BLOCKS.items()))
    return [block for block in found if block is not None]
