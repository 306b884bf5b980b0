"""Figures of the seeded world: releases, submissions, observations, head counts."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.models import DefinitionVersion, Period
from quality.checks.actions import submit_figures
from quality.checks.finding import breaches_of
from quality.observations.actions import put_observations
from quality.observations.intake import Given
from quality.observations.models import Observation
from quality.releases.actions import draft_release, submit_release
from quality.releases.models import Release
from quality.rollups.models import Tally
from quality.submissions.actions import open_submission
from tests.conftest import NOW
from tests.gates.together import UNKNOWN, speaker


def releases(world: dict[str, Any]) -> dict[str, str]:
    """A draft of the officer who calls, one that another has sent, and one that is published."""
    first, second = (
        User.objects.get(email=world["users"][key]["username"]) for key in ("ministry_officer", "second_officer")
    )
    open_now = Tally.objects.exclude(period__releases__isnull=False).order_by("-period__ends_on", "period")
    free = list(
        Period.objects.filter(pk__in=open_now.values("period"), ends_on__lt=NOW.date()).order_by("-ends_on", "pk")[:2]
    )
    draft = draft_release(by=first, at=NOW, period=free[0])
    sent = submit_release(draft_release(by=second, at=NOW, period=free[1]), by=second, at=NOW)
    published = Release.objects.filter(status="published").order_by("pk")[0]
    return {
        "own": draft.public_id, "partner": sent.public_id, "published": published.public_id, "unknown": UNKNOWN,
    }  # fmt: skip


def submissions(world: dict[str, Any], a: Institution, b: Institution, c: Institution) -> dict[str, str]:
    """One of a that is open, of b, of the region and of c submitted; and the region of a as a whole."""
    period = Period.objects.get(code="2023-2024", pack=a.territory.pack)
    version = DefinitionVersion.objects.get(indicator__code="RES.04")
    near = Institution.objects.filter(territory__lineage__contains=[a.territory.lineage[1]], kind=b.kind)
    houses = {"own": a, "partner": b, "region": near.exclude(pk=b.pk).order_by("pk")[0], "elsewhere": c}
    made = {}
    for relation, house in houses.items():
        by = speaker(world, house, a, b, c)
        found = open_submission(institution=house, period=period, by=by, at=NOW)
        if relation != "own":
            put_observations([Given(version, period, house, Decimal(8), Decimal(10), "value")], by=by, at=NOW)
            told = {each.key: "So it is." for each in breaches_of(house, period)}
            submit_figures(found, by=by, at=NOW, explanations=told)
        made[relation] = found.public_id
    officer = User.objects.get(email=world["users"]["ministry_officer"]["username"])
    region = Territory.objects.get(pk=a.territory.lineage[1])
    place = open_submission(territory=region, period=period, by=officer, at=NOW)
    return {**made, "place": place.public_id, "unknown": UNKNOWN}


def observations(a: Institution, c: Institution) -> dict[str, str]:
    """Figures of a and of c, and a published total."""
    version, period = DefinitionVersion.objects.order_by("pk")[0], Period.objects.order_by("-code")[0]
    made = {}
    for relation, house in (("own", a), ("elsewhere", c)):
        row, _new = Observation.objects.get_or_create(
            version=version,
            period=period,
            institution=house,
            defaults={"numerator": 3, "denominator": 4, "entered_at": NOW},
        )
        made[relation] = str(row.pk)
    total = Observation.objects.filter(territory__isnull=False).order_by("pk")[0]
    return {**made, "total": str(total.pk), "unknown": "999999999999"}


def headcounts(a: Institution, c: Institution) -> dict[str, str]:
    """The newest head counts of a and of c."""
    found = {own: house.headcounts.order_by("-on_date", "pk")[0] for own, house in (("own", a), ("elsewhere", c))}
    return {**{own: str(row.pk) for own, row in found.items()}, "unknown": "999999999999"}
