"""Making a world: its institutions, its people, its agreements, its figures; small, or as large as the country."""

import datetime
import random
from collections.abc import Callable
from typing import Any

from django.db.models import Q

from config.packs.participants import Participant, register
from config.packs.tally import Tally
from config.worlds.cast import Cast, engage, parts_of
from config.worlds.chance import dice, seeded_ids
from config.worlds.everyday import write_activities
from config.worlds.figures import observe_completion, set_targets
from config.worlds.ground import SINCE, Ground
from config.worlds.handed import hand_in
from config.worlds.heads import count_heads
from config.worlds.houses import Houses, country_houses, small_houses
from config.worlds.laboratories import play_laboratories
from config.worlds.naming import Namer
from config.worlds.owed import write_obligations
from config.worlds.papers import write_papers
from config.worlds.pilots import play_pilots
from config.worlds.plans import HABITS, HORIZON, Neighbours, Plan, Planner
from config.worlds.printed import note, printed_of
from config.worlds.programmes import play_programmes
from config.worlds.projects import play_projects
from config.worlds.shared import play_shared
from config.worlds.signed import Register
from config.worlds.talks import TALKS, Stage
from cooperation.activities.models import Activity
from cooperation.agreements.calendar import start_and_end
from cooperation.agreements.models import Agreement
from cooperation.obligations.models import Obligation
from institutions.registry.models import Institution
from quality.observations.models import Observation

SMALL_AGREEMENTS = 640
SMALL_ACTIVITIES = 2_400
Everyone = dict[tuple[str, str], Institution]


def make_small(here: Ground) -> dict[str, Any]:
    """Some hundred institutions of all kinds; returns what is printed."""
    return _make(here, "small", small_houses, lambda namer: (SMALL_AGREEMENTS, SMALL_ACTIVITIES))


def make_country(here: Ground) -> dict[str, Any]:
    """As many institutions as the country has, and its agreements; returns what is printed."""
    return _make(here, "country", country_houses, _sizes)


def _sizes(namer: Namer) -> tuple[int, int]:
    return namer.data["country"]["agreements"], namer.data["country"]["activities"]


def _make(
    here: Ground,
    scale: str,
    crowd: Callable[[Houses, Ground], list[Participant]],
    sizes: Callable[[Namer], tuple[int, int]],
) -> dict[str, Any]:
    with seeded_ids(here.seed):
        namer = Namer(here.pack, dice(here.seed, "names"))
        stage = stage_houses(here, namer)
        others = crowd(Houses(namer, dice(here.seed, "houses"), here.today, here.pack.country), here)
        everyone = register([*stage.values(), *others], here.now - SINCE, here.today, Tally())
        houses = {key: everyone[participant.key] for key, participant in stage.items()}
        places = {
            "root": here.root,
            "home": here.places[namer.data["home_region"]],
            "other": here.places[namer.data["other_region"]],
        }
        cast = Cast(namer, here.seed)
        engage(parts_of(houses, places), cast, here.today - SINCE, here.now)
        agreements, activities = sizes(namer)
        write_agreements(here, namer, houses, cast, agreements)
        play_talks(here, namer, houses, cast)
        write_activities(here, namer, houses, cast, activities)
        words = namer.data["agreements"]
        write_obligations(here, namer.data["cast"]["email_domain"], houses, cast.users, words["withdraw_reason"])
        write_papers(here, namer.data, houses, cast.users)
        play_projects(here, namer.data, houses, cast.users)
        play_shared(here, namer.data, houses, cast.users)
        play_programmes(here, namer.data, houses, cast.users)
        play_laboratories(here, namer.data, houses, cast.users)
        play_pilots(here, namer.data, houses, cast.users)
        _figures(here, list(everyone.values()), cast)
        hand_in(here, houses, cast.users, namer.data["figures"])
        return _finish(here, namer, cast, houses, scale)


def stage_houses(here: Ground, namer: Namer) -> dict[str, Participant]:
    """The institutions the cast belongs to: `a` and `b` in one region, `c` in another."""
    houses = Houses(namer, dice(here.seed, "stage"), here.today, here.pack.country)
    near, town = (here.places[code] for code in namer.data["home_districts"])
    home, away = here.places[namer.data["home_region"]], here.districts[namer.data["other_region"]][0]
    kinds = {
        "a": ("technikum", near), "b": ("hei", town), "c": ("school", away), "employer": ("employer", near),
        "school": ("school", near), "preschool": ("preschool", near), "mastery": ("mastery_center", home),
        "cpd": ("cpd_institute", home), "authority": ("local_authority", near), "other": ("lyceum", away),
        "research": ("research_org", here.root),
    }  # fmt: skip
    return {key: houses.make(kind, place, number=f"stage-{key}") for key, (kind, place) in kinds.items()}


def write_agreements(here: Ground, namer: Namer, houses: dict[str, Institution], cast: Cast, count: int) -> None:
    """Two years of agreements of institutions outside the cast, and what no move of the cast leads to yet."""
    chance = dice(here.seed, "agreements")
    staged = [house.pk for house in houses.values()]
    ready = Institution.objects.filter(Q(is_demo=True) | Q(country=here.pack.country), status="verified").exclude(
        pk__in=staged
    )
    able = list(ready.select_related("kind").defer("languages").order_by("pk"))
    planner = Planner(namer.data, Neighbours(able, here.region_of), chance, here.today)
    plans = [*drawn_plans(planner, able, count, chance, here), *cast_plans(planner, houses, cast, here)]
    book = Register(here.today, namer.title, namer.data["mark"])
    for plan in sorted(plans, key=lambda plan: plan.proposed_at):
        book.write(plan)
    book.finish()


def drawn_plans(
    planner: Planner, houses: list[Institution], count: int, chance: random.Random, here: Ground
) -> list[Plan]:
    """So many plans over two years: more of them and quicker ones as time goes on, and not as many in every region."""
    eager = {region.pk: chance.uniform(0.35, 1.0) for region in here.regions}
    slow = {region.pk: chance.uniform(0.7, 1.6) for region in here.regions}
    able = [house for house in houses if house.kind.code in HABITS]
    regions = [here.region_of.get(house.territory_id, 0) for house in able]
    plans: list[Plan] = []
    while len(plans) < count:
        for at in chance.choices(
            range(len(able)), [eager.get(region, 0.8) for region in regions], k=count - len(plans)
        ):
            ago = int(HORIZON * (1 - chance.random() ** 0.75))
            pace = (6 + 18 * ago / HORIZON) * slow.get(regions[at], 1.0)
            plan = planner.plan(able[at], here.today - datetime.timedelta(days=ago + 1), pace)
            if plan:
                plans.append(plan)
    return plans


def cast_plans(planner: Planner, houses: dict[str, Institution], cast: Cast, here: Ground) -> list[Plan]:
    """Agreements of the cast that were suspended or ended early."""
    made = []
    for fate, ago in (("suspended", 330), ("terminated", 420), ("terminated", 500)):
        plan = planner.agree("integrative", [houses["b"], houses["a"]], here.today - datetime.timedelta(days=ago), 6)
        plan.fate, plan.fate_on = fate, here.today - datetime.timedelta(days=ago // 4)
        plan.ends_on = max(plan.ends_on, here.today + datetime.timedelta(days=90))
        plan.signers = [cast.users["partner_admin"], cast.users["institution_admin"]]
        made.append(plan)
    return made


def play_talks(here: Ground, namer: Namer, houses: dict[str, Institution], cast: Cast) -> None:
    """The agreements of the cast, by the product's own actions; those whose day has come start or end."""
    speakers = {key: cast.users[f"{key}_admin"] for key in houses if f"{key}_admin" in cast.users}
    speakers |= {"a": cast.users["institution_admin"], "b": cast.users["partner_admin"], "c": cast.users["other_admin"]}
    fresh = Institution.objects.select_related("kind", "territory").in_bulk([house.pk for house in houses.values()])
    stage = Stage({key: fresh[house.pk] for key, house in houses.items()}, speakers, namer.data, here.now)
    for number, talk in enumerate(sorted(TALKS, key=lambda talk: -talk.ago)):
        stage.play(talk, number)
    start_and_end(here.today, at=here.now)


def _figures(here: Ground, houses: list[Institution], cast: Cast) -> None:
    chance = dice(here.seed, "figures")
    cohorts = [house for house in houses if house.kind.code in ("technikum", "lyceum") and house.status == "verified"]
    here.counts["observed"] = observe_completion(cohorts, here.today, chance, "Demonstration", here.now)
    teaching = [house for house in houses if "E" in house.kind.data.get("flags", ()) and house.status == "verified"]
    here.counts["headcounts"] = count_heads(teaching, here.today, dice(here.seed, "heads"), "Demonstration", here.now)
    here.counts["targets"] = set_targets([here.root, *here.regions], here.today, chance, here.now, cast.users)


def _finish(here: Ground, namer: Namer, cast: Cast, houses: dict[str, Institution], scale: str) -> dict[str, Any]:
    """Count what there is, leave the note, and say what is printed."""
    counted = {
        "institutions": Institution,
        "agreements": Agreement,
        "activities": Activity,
        "obligations": Obligation,
        "observations": Observation,
    }
    here.counts |= {name: model._default_manager.count() for name, model in counted.items()}
    territories = {"country": here.root.code, "home": namer.data["home_region"], "other": namer.data["other_region"]}
    territories |= {key: houses[key].territory.code for key in ("a", "b", "c")}
    ids = {key: house.public_id for key, house in houses.items()}
    printed = printed_of(scale, cast, institutions=ids, territories=territories, counts=here.counts)
    note(printed, here.now)
    return printed
