"""Figures handed in by the cast, by the product's own actions: a submission in every state, and a place with its gap."""

import datetime
from decimal import Decimal

from accounts.models import User
from config.worlds.ground import Ground
from institutions.registry.models import Institution
from quality.catalogue.models import DefinitionVersion, Period
from quality.checks.actions import submit_figures
from quality.checks.finding import breaches_of
from quality.observations.actions import put_observations
from quality.observations.intake import Given
from quality.submissions import actions
from quality.submissions.models import Submission

DAY = datetime.timedelta(days=1)
ADMINS = {"a": "institution_admin", "b": "partner_admin", "c": "other_admin"}
FIGURES = {"RES.04": (171, 204), "RES.07": (131, 198)}
COMMENT = "RES.04"


def hand_in(here: Ground, houses: dict[str, Institution], users: dict[str, User], words: dict[str, str]) -> None:
    """The last year: returned, submitted, approved and reopened; the year before: approved with a gap, then final."""
    fresh = Institution.objects.select_related("territory", "kind").in_bulk([house.pk for house in houses.values()])
    desk = Desk(here, {key: fresh[houses[key].pk] for key in ADMINS}, users, words)
    years = Period.objects.filter(kind="A", pack=here.pack.code, ends_on__lt=here.today).order_by("-ends_on")[:2]
    if len(years) == 2:
        desk.last_year(years[0])
        desk.year_before(years[1])
        actions.lock_closed(years[0].closes_on, at=here.now)


class Desk:
    """Plays both sides: who hands in, and the office."""

    def __init__(
        self, here: Ground, houses: dict[str, Institution], users: dict[str, User], words: dict[str, str]
    ) -> None:
        self.here, self.houses, self.users, self.words = here, houses, users, words
        found = DefinitionVersion.objects.filter(indicator__code__in=FIGURES).select_related("indicator")
        self.versions = {version.indicator.code: version for version in found}

    def submitted(self, key: str, period: Period, at: datetime.datetime, shift: int = 0) -> Submission:
        """Figures put and handed in by the administrator."""
        by, house = self.users[ADMINS[key]], self.houses[key]
        given = [
            Given(self.versions[code], period, house, Decimal(top - shift), Decimal(base), "value")
            for code, (top, base) in FIGURES.items()
        ]
        put_observations(given, by=by, at=at)
        found = actions.open_submission(institution=house, period=period, by=by, at=at)
        told = {each.key: self.words["explanation"] for each in breaches_of(house, period)}
        return submit_figures(found, by=by, at=at, explanations=told)

    def last_year(self, period: Period) -> None:
        """Returned to `a` with a comment, waiting from `b` for the office, reopened for `c` by the ministry."""
        regional, ministry = self.users["regional_officer"], self.users["ministry_officer"]
        in_time = self.here.now - 80 * DAY
        report = self.submitted("a", period, in_time)
        comments = [(self.versions[COMMENT], self.words["comment"])]
        actions.return_submission(
            report, by=regional, at=self.here.now - 3 * DAY, reason=self.words["return_reason"], comments=comments
        )
        self.submitted("b", period, self.here.now - 2 * DAY, 6)
        report = self.submitted("c", period, in_time, 11)
        actions.approve_submission(report, by=ministry, at=in_time + 9 * DAY)
        actions.reopen_submission(report, by=ministry, at=self.here.now - 5 * DAY, reason=self.words["reopen_reason"])

    def year_before(self, period: Period) -> None:
        """All three approved; the region of `a` and `b` as a whole, whoever was missing; then all final."""
        regional, ministry = self.users["regional_officer"], self.users["ministry_officer"]
        at = self.here.now - 430 * DAY
        for shift, key in enumerate(ADMINS):
            report = self.submitted(key, period, at, shift * 5)
            actions.approve_submission(report, by=ministry if key == "c" else regional, at=at + 10 * DAY)
        region = next(place for place in self.here.regions if place.pk in self.houses["a"].territory.lineage)
        whole = actions.open_submission(territory=region, period=period, by=regional, at=at + 12 * DAY)
        gaps = [house.public_id for house in actions.gaps_of(whole)]
        actions.approve_submission(whole, by=regional, at=at + 20 * DAY, gaps=gaps)
