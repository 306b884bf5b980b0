"""The copy of a version that experts read: no name of the group, of their institutions or of the laboratory in it."""

import datetime
import secrets
from collections.abc import Iterable

from accounts.names import TAGS, name_in
from accounts.spelling import search_key
from institutions.registry.models import Institution, InstitutionName
from institutions.territory.models import Term
from labs.pilots.masking import Markers, mask
from labs.pilots.models import PARTS, BlindCopy, PilotProject, PilotVersion

ALPHABET, LENGTH = "ACDEFHJKLMNPRTUVWXY34679", 9  # no two signs that look alike  # pragma: allowlist secret
RARE = 3  # so many other institutions may bear a word that still gives one away


def blind(version: PilotVersion, *, at: datetime.datetime) -> BlindCopy:
    """The blind copy of a version, under a code that tells nothing of who wrote it or when."""
    markers = markers_of(version.project)
    title, masked = mask(version.project.title, markers)
    content = {}
    for name in PARTS:
        content[name], struck = mask(getattr(version, name), markers)
        masked += struck
    return BlindCopy.objects.create(
        source=version, code=a_code(), title=title, content=content, masked=masked, made_at=at
    )


def a_code() -> str:
    """Drawn by lot."""
    return "".join(secrets.choice(ALPHABET) for _sign in range(LENGTH))


def markers_of(project: PilotProject) -> Markers:
    """Everything that would tell an expert whose project it is."""
    lab = project.laboratory
    members = list(project.members.select_related("user"))
    authors = project.versions.select_related("written_by")
    people = {*(each.user.name for each in members), *(each.written_by.name for each in authors)}
    people |= {project.opened_by.name, lab.proposed_by.name}
    ids = {each.institution_id for each in members} | {lab.host_id, lab.site_id, lab.cluster.coordinator_id}
    ids |= set(lab.members.values_list("institution_id", flat=True))
    houses = list(Institution.objects.filter(pk__in=ids))
    names = {each for house in houses for each in _all(house.names)} | {house.short_name for house in houses}
    names |= {each for old in InstitutionName.objects.filter(institution__in=ids) for each in _all(old.names)}
    names |= set(_all(lab.cluster.names))
    names.discard("")
    generic = _generic()
    return Markers(people=people, houses=names, generic=generic, rare=_rare(names, generic, ids))


def _all(names: dict[str, str]) -> Iterable[str]:
    """A name in every language it has, and in the scripts made from them."""
    return [*names.values(), *(name_in(names, tag) for tag in TAGS)]


def _generic() -> set[str]:
    """Words that stand in the names of kinds of institutions."""
    kinds = Term.objects.filter(vocabulary="participant_kind")
    return {word for kind in kinds for name in kind.names.values() for word in search_key(name).split()}


def _rare(names: Iterable[str], generic: set[str], own: set[int]) -> set[str]:
    """Proper words of these names that hardly another institution bears."""
    others = Institution.objects.exclude(pk__in=own)
    proper = {search_key(word) for name in names for word in name.split() if word[:1].isupper()}
    telling = {word for word in proper - generic if len(word) > 2 and " " not in word}
    return {
        word for word in telling if others.filter(search_key__contains=word)[:RARE].count() < RARE
    }  # fmt: skip
