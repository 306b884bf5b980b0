"""Whose job it is, and the table of its life."""

from typing import Any

from exchange.jobs.models import JobStatus as S
from lifecycle.transitions import Lifecycle, Transition, by_system


def is_owner(user: Any, job: Any) -> bool:
    """A job belongs to who asked for it."""
    return user is not None and job.owner_id == user.pk


JOB = Lifecycle(
    "job",
    Transition("start", (S.QUEUED,), S.RUNNING, by_system),
    Transition("finish", (S.RUNNING,), S.DONE, by_system),
    Transition("fail", (S.QUEUED, S.RUNNING), S.FAILED, by_system),
    Transition("cancel", (S.QUEUED, S.RUNNING), S.CANCELLED, is_owner),
    Transition("retry", (S.FAILED, S.CANCELLED), S.QUEUED, is_owner),
    initial=(S.QUEUED,),
)
