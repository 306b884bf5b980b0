"""What the engine is asked to do: count what changed, count everything."""

from lifecycle.outbox import consume
from quality.rollups.checked import EVERYTHING
from quality.rollups.counting import Moment, alone
from quality.rollups.engine import count_due, count_everything, is_due
from quality.rollups.heeding import heed
from quality.rollups.models import Run

CHANGED, PERIOD = "changed", "period"


def recount_changed(moment: Moment) -> Run | None:
    """Read the new Events, then make every count that is due; None when another process is counting.

    A night's run that was stopped half way is taken up again once nothing else is due.
    """
    while consume("recount", heed, at=moment.at):
        pass
    with alone() as mine:
        if not mine:
            return None
        run = _begun(moment)
        night = Run.objects.filter(kind=EVERYTHING, finished_at=None).order_by("pk").first()
        if _counted(run, moment) and night:
            _carry_on(night, moment)
        return run


def recount_everything(moment: Moment, period: str = "") -> Run | None:
    """Count what is due, then everything (or one period) from its rows: a cell that differs is a fault."""
    while consume("recount", heed, at=moment.at):
        pass
    with alone() as mine:
        if not mine:
            return None
        _counted(_begun(moment), moment)
        kind = PERIOD if period else EVERYTHING
        stopped = Run.objects.filter(kind=kind, note=period, finished_at=None).order_by("pk").first()
        return _carry_on(stopped or Run.objects.create(kind=kind, started_at=moment.at, note=period), moment)


def _carry_on(run: Run, moment: Moment) -> Run:
    finished = count_everything(moment, run, period=run.note)
    run.differing = run.cells
    run.save(update_fields=["differing"])
    return _finish(run, moment) if finished else run


def _begun(moment: Moment) -> Run:
    """A run of what is due; one that finds nothing to do is never stored."""
    run = Run(kind=CHANGED, started_at=moment.at)
    if is_due(moment):
        run.save()
    return run


def _counted(run: Run, moment: Moment) -> bool:
    """Make the counts that are due; False when time ran out."""
    if run.pk is None:
        return True
    finished = count_due(moment, run)
    _finish(run, moment)
    return finished


def _finish(run: Run, moment: Moment) -> Run:
    run.finished_at = moment.at
    run.save()
    return run
