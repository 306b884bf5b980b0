"""Models of this app's things, for Django."""

from exchange.jobs.models import Job, JobRow, JobRun, JobStatus, RowState
from exchange.notices.models import BotPlace, Notice, NoticeSetting, Sending, TelegramLink
from exchange.replies.models import StoredReply

__all__ = [
    "BotPlace",
    "Job",
    "JobRow",
    "JobRun",
    "JobStatus",
    "Notice",
    "NoticeSetting",
    "RowState",
    "Sending",
    "StoredReply",
    "TelegramLink",
]
