"""The public list of results as a file."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from accounts.names import name_now
from exchange.tables import Head, Table
from labs.pilots.models import PilotStatus
from labs.spread import public
from labs.verdicts.models import Verdict

VERDICT = "verdict"
MOST = 5_000


def narrowed(rows: Any, value: str) -> Any:
    """Those whose latest standing verdict, as far as it is published, is this one; all where none is asked for."""
    if not value:
        return rows
    latest = Verdict.objects.filter(trial__project=OuterRef("pk"), decided_at__isnull=False).order_by("-trial__pk")
    open_now = rows.filter(published_at__isnull=False).exclude(status=PilotStatus.STOPPED)
    return open_now.annotate(latest=Subquery(latest.values("value")[:1])).filter(latest=value)


def results_table(chosen: str) -> Table:
    """Each project with its result, a failure like a success; the latest where there are very many."""
    found = list(narrowed(public.told_projects(), chosen).order_by("-modified_at", "-pk")[:MOST])
    verdicts = public.latest_verdicts(found)

    def lines() -> Any:
        for project in found:
            verdict = verdicts.get(project.pk)
            yield (
                project.title, name_now(project.laboratory.site.names),
                name_now(project.direction.names) if project.direction else "",
                public.result_of(project, verdict)["text"], verdict.decided_at if verdict else None,
            )  # fmt: skip

    heads = [Head(_("Project")), Head(_("Laboratory")), Head(_("Direction")), Head(_("Result")),
             Head(_("Verdict of"), "date")]  # fmt: skip
    notes = [(str(_("Result")), public.words_of(chosen))] if chosen else []
    return Table(_("What laboratories tried"), "pilot_results", heads, lines(), len(found), notes)
