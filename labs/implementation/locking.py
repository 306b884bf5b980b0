"""The lock of a pre-registration: its canonical text, the code over it, and whether both are still what they were."""

import json
from collections.abc import Mapping
from typing import Any

from labs.implementation.models import Preregistration
from lifecycle.canonical import canonical_json, content_hash


def text_of(project_id: str, number: int, plan: Mapping[str, Any]) -> str:
    """What is locked, in its one spelling. Raises TypeError for what has none."""
    return canonical_json({"project": project_id, "number": number, "plan": plan})


def spelled(plan: Mapping[str, Any]) -> dict[str, Any]:
    """A plan in its one spelling. Raises TypeError for what has none."""
    found: dict[str, Any] = json.loads(canonical_json(plan))
    return found


def code_of(preregistration: Preregistration) -> str:
    """The code over what it says now; what is read and locked is named by it."""
    return content_hash(text_of(preregistration.project.public_id, preregistration.number, preregistration.plan))


def verify(preregistration: Preregistration) -> bool:
    """Whether what is locked is to the byte what was locked: the frozen text, its code and the plan beside it agree."""
    frozen = preregistration.frozen
    if preregistration.locked_at is None or frozen is None:
        return False
    try:
        said = json.loads(frozen.content)
        same = frozen.content == text_of(
            preregistration.project.public_id, preregistration.number, preregistration.plan
        )
    except (TypeError, ValueError):
        return False
    codes = {content_hash(frozen.content), frozen.sha256, preregistration.content_hash}
    return same and said.get("plan") == preregistration.plan and len(codes) == 1
