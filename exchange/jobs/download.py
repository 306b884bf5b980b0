"""A file of a job on its way to its owner."""

import datetime

from django.http import FileResponse, Http404

from exchange.jobs.models import Job


def handed_over(job: Job, at: datetime.datetime) -> FileResponse:
    """The report of a job as a download that no browser opens by itself."""
    name = job.report.name
    if not name or (job.expires_at and job.expires_at < at) or not job.report.storage.exists(name):
        raise Http404
    answer = FileResponse(job.report.open("rb"), as_attachment=True, filename=job.report_name)
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "sandbox"
    return answer
