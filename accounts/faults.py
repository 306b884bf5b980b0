"""Fault points: places where a test may kill, break or slow a process, chosen by the environment when it starts.

FAULT_POINTS=after_commit:kill,before_cursor_move:sleep — actions are kill, raise and sleep (two seconds). Unset, a
point costs one dictionary look-up. With DEBUG off FAULT_KEY must be given too, so that none is switched on by accident.
"""

import os
import signal
import time
from typing import Any

from django.core.checks import Warning as CheckWarning
from django.core.checks import register
from django.core.exceptions import ImproperlyConfigured

POINTS = frozenset(
    {
        "before_commit",
        "after_commit",
        "before_cursor_move",
        "after_send_before_mark",
        "mid_import",
        "mid_rollup_chunk",
        "before_seal",
    }
)
ACTIONS = frozenset({"kill", "raise", "sleep"})
PAUSE = 2.0


class InjectedFault(RuntimeError):
    """What the action `raise` raises."""


def chosen(text: str) -> dict[str, str]:
    """The actions by point that the environment asks for; raises ImproperlyConfigured for an unknown word."""
    pairs = dict(part.strip().partition(":")[::2] for part in text.split(",") if part.strip())
    for point, action in pairs.items():
        if point not in POINTS or action not in ACTIONS:
            raise ImproperlyConfigured(f"FAULT_POINTS: {point}:{action} is not known; see accounts/faults.py")
    return pairs


ACTIVE = chosen(os.environ.get("FAULT_POINTS", ""))
if ACTIVE and not (os.environ.get("FAULT_KEY") or os.environ.get("HK_DEBUG")):
    raise ImproperlyConfigured("FAULT_POINTS is set: give FAULT_KEY too, or unset it")


def fault(point: str) -> None:
    """Do here what the environment asks for; nothing in normal operation."""
    action = ACTIVE.get(point)
    if action is None:
        return
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if action == "raise":
        raise InjectedFault(point)
    time.sleep(PAUSE)


@register(deploy=True)
def no_faults_in_service(**_options: Any) -> list[CheckWarning]:
    """A site that serves has no fault points switched on."""
    warning = CheckWarning("FAULT_POINTS is set", hint="Unset it: it kills processes.", id="faults.W001")
    return [warning] if ACTIVE else []
