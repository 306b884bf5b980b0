"""Dated vocabularies and the tree of territories, whose parents are dated too."""

import datetime
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.disclosure import Disclosure
from accounts.names import NamesField, name_in
from institutions.territory.ranking import padded, rank
from institutions.territory.words import Asked

if TYPE_CHECKING:
    from accounts.models import User


class TermQuerySet(models.QuerySet["Term"]):
    def visible_to(self, user: "User") -> "TermQuerySet":
        """Vocabularies are for whoever is signed in."""
        return self if user.is_authenticated else self.none()

    def of(self, vocabulary: str) -> "TermQuerySet":
        return self.filter(vocabulary=vocabulary)

    def valid_on(self, day: datetime.date) -> "TermQuerySet":
        return self.filter(valid__contains=day)


class Term(models.Model):
    """A word of a vocabulary: a kind of participant, a form of cooperation, a reason. Dated data of a country pack.

    A closed term stays on old rows and is not offered for new ones. `data` holds flags and requirements by vocabulary.
    """

    vocabulary = models.CharField(max_length=32)
    code = models.CharField(max_length=48)
    names = NamesField()
    valid = DateRangeField()
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    data = models.JSONField(default=dict)
    pack = models.CharField(max_length=8)
    position = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["Term"]] = TermQuerySet.as_manager()
    disclosure = Disclosure(
        public=("id", "vocabulary", "code", "names", "valid", "replaced_by", "data", "pack", "position")
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "code"], name="term_code_once"),
        ]

    def __str__(self) -> str:
        return f"{self.vocabulary}:{self.code}"

    def name(self, language: str) -> str:
        return name_in(self.names, language)


class TerritoryQuerySet(models.QuerySet["Territory"]):
    def visible_to(self, user: "User") -> "TerritoryQuerySet":
        """The map is for whoever is signed in: who registers must say where."""
        return self if user.is_authenticated else self.none()

    def search(self, text: str) -> "TerritoryQuerySet":
        """Places meant by a text in any writing, with `search_rank`: as typed, else with typing errors corrected."""
        asked = Asked(text, by_place=False)
        for stage in (asked.exactly, asked.nearly, asked.mostly):
            found = self.filter(stage())
            if found.exists():
                return found.annotate(search_rank=rank(asked))
        return self.none().annotate(search_rank=rank(asked))

    def within(self, territory: "Territory", on: datetime.date) -> "TerritoryQuerySet":
        """The territory itself and everything below it on that day."""
        return self.filter(pk__in=descendant_ids(territory.pk, on))


class Territory(models.Model):
    """A place of the tree: country, region, district. `level` is a word of the pack, `depth` its number from the top.

    `lineage` is today's path of ids from the country down to the place itself: it decides who may see what now, and is
    written by the actions that write TerritoryParent. Figures read the dated rows.
    """

    code = models.CharField(max_length=32, unique=True)
    level = models.CharField(max_length=16)
    depth = models.PositiveSmallIntegerField()
    names = NamesField()
    search_key = models.TextField()
    search_padded = models.GeneratedField(expression=padded(), output_field=models.TextField(), db_persist=True)
    sort_key = models.CharField(max_length=400)
    valid = DateRangeField()
    lineage = ArrayField(models.BigIntegerField(), default=list)
    pack = models.CharField(max_length=8)
    data = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["Territory"]] = TerritoryQuerySet.as_manager()
    disclosure = Disclosure(
        public=(
            "id",
            "code",
            "level",
            "depth",
            "names",
            "search_key",
            "search_padded",
            "sort_key",
            "valid",
            "lineage",
            "pack",
            "data",
        )
    )

    class Meta:
        indexes = [
            # one search box over names in every writing
            GinIndex(OpClass("search_padded", name="gin_trgm_ops"), name="territory_search"),
            # everything below a place, and the scope of officers
            GinIndex(fields=["lineage"], name="territory_lineage"),
        ]

    def __str__(self) -> str:
        return self.code

    def name(self, language: str) -> str:
        return name_in(self.names, language)


class TerritoryParent(models.Model):
    """Under which place a place lay, and when. No day has two parents; a trigger refuses a cycle on any day."""

    child = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Territory, on_delete=models.PROTECT, related_name="children")
    valid = DateRangeField()
    document = models.CharField(max_length=300, blank=True)

    disclosure = Disclosure(public=("id", "child", "parent", "valid", "document"))

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="territory_one_parent_a_day",
                expressions=[("child", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                violation_error_message=_("On some day this territory would have two parents."),
            ),
            models.CheckConstraint(
                condition=~models.Q(child=models.F("parent")),
                name="territory_not_its_own_parent",
                violation_error_message=_("A territory cannot lie within itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.child_id} in {self.parent_id}"


class SearchWord(models.Model):
    """A word of the name of an institution or a place; written by triggers, read to correct typing errors."""

    word = models.TextField(unique=True)

    disclosure = Disclosure(public=("id", "word"))

    class Meta:
        indexes = [
            # the nearest words to one that was mistyped
            GinIndex(OpClass("word", name="gin_trgm_ops"), name="search_word_near"),
        ]

    def __str__(self) -> str:
        return self.word


def descendant_ids(territory_id: int, on: datetime.date) -> list[int]:
    """Ids of a place and of everything below it on that day; one query, the tree is a few hundred places."""
    children: dict[int, list[int]] = {}
    for child, parent in TerritoryParent.objects.filter(valid__contains=on).values_list("child_id", "parent_id"):
        children.setdefault(parent, []).append(child)
    found, waiting = [], [territory_id]
    while waiting:
        place = waiting.pop()
        found.append(place)
        waiting.extend(children.get(place, ()))
    return found


def path_of(territory: Territory, on: datetime.date) -> list[Territory]:
    """From the country down to the place itself on that day."""
    parents = dict(TerritoryParent.objects.filter(valid__contains=on).values_list("child_id", "parent_id"))
    ids = [territory.pk]
    while ids[-1] in parents:
        ids.append(parents[ids[-1]])
    places = Territory.objects.in_bulk(ids)
    return [places[pk] for pk in reversed(ids)]
