"""Public pages of laboratories and of their results can be commented: the host answers, and the offices above."""

from labs.laboratories import outside
from labs.laboratories.presenting import title_of
from labs.spread.public import told_projects
from quality.comments.subjects import About, Commentable, Given


def of_laboratory(given: Given) -> About | None:
    rows = outside.open_to_all().filter(public_id=given["public_id"])
    found = rows.select_related("host__territory", "site", "cluster").first()
    return About(title_of(found), institution=found.host) if found else None


def of_pilot(given: Given) -> About | None:
    found = told_projects().filter(public_id=given["public_id"]).first()
    return About(found.title, institution=found.laboratory.host) if found else None


LABORATORY = Commentable("public-laboratory", of_laboratory)
PILOT = Commentable("public-pilot", of_pilot)
