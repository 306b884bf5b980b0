"""Models of this app's things, for Django."""

from exchange.jobs.models import Job, JobRow, JobRun, JobStatus, RowState
from exchange.replies.models import StoredReply

__all__ = ["Job", "JobRow", "JobRun", "JobStatus", "RowState", "StoredReply"]
