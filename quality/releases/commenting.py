"""Published pages that can be commented: what each speaks of, and who answers for it."""

from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import period_name
from institutions.registry.models import Institution
from institutions.territory.models import Territory
from quality.catalogue.models import Indicator
from quality.comments.subjects import About, Commentable, Given, country
from quality.releases.models import Permalink, PublishedHouse


def place_of(code: str) -> Territory | None:
    """The place of a code, the country without one."""
    return Territory.objects.filter(code=code).order_by("pk").first() if code else country()


def of_indicator(given: Given) -> About | None:
    indicator = Indicator.objects.filter(code=given["code"]).order_by("pk").first()
    place = place_of(given["territory"])
    if indicator is None or place is None:
        return None
    return About(f"{name_now(indicator.names)}, {name_now(place.names)}", territory=place)


def of_place(given: Given) -> About | None:
    place = place_of(given["code"])
    return About(name_now(place.names), territory=place) if place else None


def of_house(given: Given) -> About | None:
    """An organisation that a release names."""
    house = Institution.objects.filter(public_id=given["public_id"]).select_related("territory").first()
    if house is None or not PublishedHouse.objects.filter(house=house.public_id).exists():
        return None
    return About(name_now(house.names), institution=house)


def of_release(given: Given) -> About | None:
    link = Permalink.objects.filter(pk=given["number"]).defer("about").first()
    place = place_of(given["territory"])
    if link is None or place is None:
        return None
    return About(_("Figures for %(period)s") % {"period": period_name(link.period)}, territory=place)


INDICATOR = Commentable("public-indicator", of_indicator)
PLACE = Commentable("public-territory", of_place)
HOUSE = Commentable("public-institution", of_house)
RELEASE = Commentable("public-snapshot", of_release)
