"""What is told of jobs: the file is ready, or why there is none."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from exchange.jobs.models import Job
from exchange.notices.models import NoticeKind
from exchange.notices.telling import Telling, Told
from lifecycle.models import Event


def owner_of(kind: str) -> Callable[[Event], Iterable[Told]]:
    """Tells whoever asked for a job whose kind begins so."""

    def who(event: Event) -> Iterable[Told]:
        jobs = Job.objects.filter(public_id=event.subject_id, kind__startswith=kind)
        return [Told(owner) for owner in jobs.values_list("owner_id", flat=True)]

    return who


EXPORTED = Telling(
    "job.exported", NoticeKind.FILE_READY, _("The file you asked for is ready"), _("Open my files"), "file-list",
    owner_of("export."), named=False,
)  # fmt: skip
IMPORTED = Telling(
    "job.imported", NoticeKind.FILE_READY, _("Your file has been worked through"), _("See the result"),
    "import-detail", owner_of("import."),
)  # fmt: skip
NOT_EXPORTED = Telling(
    "job.not_exported", NoticeKind.FILE_READY, _("The file you asked for could not be made"), _("See why"), "file-list",
    owner_of("export."), named=False,
)  # fmt: skip
NOT_IMPORTED = Telling(
    "job.not_imported", NoticeKind.FILE_READY, _("Your file was not taken"), _("See why"), "import-detail",
    owner_of("import."),
)  # fmt: skip
