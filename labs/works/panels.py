"""Works on the page of the project they came from."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from labs.pilots.models import PilotProject
from labs.pilots.showing import pilot_block
from labs.works.presenting import works_of
from labs.works.rules import speaking_houses


@pilot_block(90)
def works(project: PilotProject, user: Any) -> dict[str, Any] | None:
    """Its research works, manuals and publications; who works there adds one."""
    found = works_of(project, user)
    new = f"{reverse('work-new')}?project={project.public_id}" if speaking_houses(user, project.laboratory) else ""
    if not found and not new:
        return None
    return {"title": _("Research works and manuals"), "template": "labs/_works.html", "works": found, "new": new}
