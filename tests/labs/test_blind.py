"""Blind on both sides: what each receives of a project that goes through two rounds names nobody of the other (LAB-7)."""

import io
import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from config.logs import Json
from config.navigation import bare
from exchange.notices.models import Sending
from labs.examinations import actions, writing
from labs.models import Examination
from tests.factories import a_member, a_token, an_institution
from tests.gates.addresses import Address, addresses, with_moves
from tests.gates.calling import Caller
from tests.gates.declared import PARAMETERS
from tests.labs.examining import a_review, a_submitted, an_open, lines
from tests.notices.conftest import mail, send, tell

__all__ = ["mail", "send", "tell"]
pytestmark = pytest.mark.django_db
OURS = ("labs/", "api/v1/pilots", "api/v1/reviews", "api/v1/examinations", "inbox", "notices", "api/v1/notices", "api/v1/events",
        "api/v1/inbox")  # fmt: skip
KNOWN = [each for each in with_moves(addresses()) if each.is_own]


def named(cast: SimpleNamespace) -> None:
    """A name that stands nowhere else for everybody and everything that must stay unknown."""
    for place, user in enumerate([*(each.user for each in cast.group), cast.coordinator]):
        rename(user, f"Zzauthor{place}")
    for place, user in enumerate(cast.experts):
        rename(user, f"Zzexpert{place}")
        for house in {each.institution for each in user.memberships.select_related("institution")}:
            type(house).objects.filter(pk=house.pk).update(
                names={"en": f"Zzexperthouse{place}", "uz": f"Zzexperthouse{place}"}
            )
    for word, house in (("Zzhost", cast.lab.host), ("Zzsite", cast.lab.site), ("Zzmember", cast.group[0].institution)):
        type(house).objects.filter(pk=house.pk).update(names={"en": word, "uz": word}, short_name=word)
    type(cast.project).objects.filter(pk=cast.project.pk).update(title="Zztitle")
    cast.project.refresh_from_db()


def rename(user: Any, word: str) -> None:
    type(user).objects.filter(pk=user.pk).update(name=word, email=f"{word.lower()}@example.org")
    user.refresh_from_db()


@pytest.fixture
def cast(world: SimpleNamespace) -> SimpleNamespace:
    made = a_submitted(world)
    named(made)
    return made


def of_experts(cast: SimpleNamespace, but: Any = None) -> set[str]:
    """What would tell of an expert, anywhere; `but` is who reads."""
    found = {word for each in cast.experts if each != but for word in (each.name, each.public_id)}
    rows = cast.project.examinations.values_list("reviews__public_id", "reviews__expert")
    return found | {key for key, user in rows if key and (but is None or user != but.pk)}


def of_authors(cast: SimpleNamespace) -> set[str]:
    """What would tell of the authors, anywhere: people, title and every id of the project."""
    people = {word for each in cast.group for word in (each.user.name, each.user.public_id, each.public_id)}
    versions = set(cast.project.versions.values_list("public_id", flat=True))
    rounds = set(cast.project.examinations.values_list("public_id", flat=True))
    return people | versions | rounds | {"Zzauthor", "Zztitle", cast.project.public_id}


def houses_of_authors(cast: SimpleNamespace) -> set[str]:
    """The register names institutions to everybody; where the work of an expert is shown it must not."""
    houses = (cast.lab.host, cast.lab.site, cast.group[0].institution)
    return {"Zzhost", "Zzsite", "Zzmember", cast.lab.public_id, *(each.public_id for each in houses)}


def a_caller(user: Any) -> Caller:
    return Caller(user.name, user, a_token(user))


def plain(answer: Any) -> str:
    """Everything that was sent: headers, text, and every part of a workbook with its properties."""
    content = b"" if answer.streaming else bytes(answer.content)
    if content[:2] == b"PK":
        parts = zipfile.ZipFile(io.BytesIO(content))
        content = b"\n".join(parts.read(name) for name in parts.namelist())
    return f"{dict(answer.headers)}{content.decode('utf-8', 'replace')}".casefold()


def route_of(address: Address) -> str:
    """Where it lies, without the language and the signs of regular expressions."""
    return bare(f"/{address.route.replace('^', '')}")


def asked_paths(address: Address, cast: SimpleNamespace) -> Iterator[str]:
    """The address for every id of its kind; those of other things for none."""
    fixed = {**PARAMETERS.get(address.name, {}), **address.fixed}
    open_ones = [each for each in address.parameters if each not in fixed]
    if not open_ones:
        yield address.path(**fixed)
        return
    rounds = cast.project.examinations.order_by("pk")
    kinds = {
        "/examinations/": [each.public_id for each in rounds],
        "/reviews/": list(rounds.order_by("reviews__pk").values_list("reviews__public_id", flat=True)),
        "labs/": [cast.project.public_id, cast.lab.public_id], "/pilots/": [cast.project.public_id],
        "/laboratories/": [cast.lab.public_id],
    }  # fmt: skip
    keys = next((found for part, found in kinds.items() if part in route_of(address)), [])
    for key in filter(None, keys):
        yield address.path(**fixed, **{name: "0" if name in ("place", "number") else key for name in open_ones})


def received(  # noqa: C901 - one walk over doors, ids, methods and files
    cast: SimpleNamespace, user: Any, whole: bool = False, acts: bool = True
) -> Iterator[tuple[str, str, bool]]:
    """(where, what, whether it is one of our own doors) of what this person can ask for: our own doors, or the whole site;
    without `acts` what they can read.
    """
    rounds = list(cast.project.examinations.order_by("pk"))
    reviews = [review for each in rounds for review in each.reviews.all()]
    things = (cast.project, cast.lab, cast.blind, *rounds, *reviews)
    keys, caller = [each.public_id for each in things], a_caller(user)
    for address in KNOWN:
        ours = any(route_of(address).startswith(f"/{part}") for part in OURS)
        if not (ours or whole):
            continue
        for path in asked_paths(address, cast):
            methods = address.methods if acts and ours and ("labs/" in path or "/api/v1/" in path) else ("GET",)
            for method in methods:
                if method in address.methods:
                    answer = caller.call(address, method, path)
                    assert answer.status_code < 500, path
                    told = plain(answer)
                    for key in (each for each in keys if each in path):  # whoever asks knows what they asked for
                        told = told.replace(key.casefold(), "")
                    yield f"{method} {path} {answer.status_code}", told, ours
        if address.name.endswith("-list") and not address.is_api:
            for form in ("xlsx", "csv"):
                yield (
                    f"{form} of {address.name}",
                    plain(caller.page.get(f"{address.path()}?format={form}&view=all")),
                    ours,
                )
    search = caller.page.get("/en/search/?q=Zz")
    yield "search", plain(search).replace("zz", "", 0), False


def leaks(cast: SimpleNamespace, user: Any, anywhere: set[str], ours: set[str], **how: bool) -> list[str]:
    """Where something stands that this person must not read."""
    return [
        f"{user.name}: {word} in {where}"
        for where, told, own in received(cast, user, **how)
        for word in anywhere | (ours if own else set())
        if word.casefold() in told
    ]


def everybody(cast: SimpleNamespace, admin: Any, last: bool = False) -> list[str]:
    """What leaks to an author, to an administrator of a member institution, and to every expert; in the `last` look all
    acts are tried too, and an author and an expert read the whole site.
    """
    experthouses = {f"Zzexperthouse{place}" for place in range(3)}
    found = leaks(cast, cast.author, of_experts(cast), experthouses, whole=last, acts=last)
    found += leaks(cast, admin, of_experts(cast), experthouses, acts=last)
    for place, expert in enumerate(cast.experts):
        anywhere = of_authors(cast) | of_experts(cast, but=expert)
        found += leaks(cast, expert, anywhere, houses_of_authors(cast), whole=last and not place, acts=last)
    return found


def a_round(cast: SimpleNamespace, examination: Examination, experts: list[Any]) -> None:
    """These experts accept and submit; each says what only they say."""
    for expert in experts:
        a_review(cast, examination, expert)
    actions.start_examination(examination, by=cast.coordinator, at=timezone.now())
    for place, review in enumerate(examination.reviews.order_by("pk")):
        writing.submit_review(review, by=review.expert, at=timezone.now(), scores=lines(3), comment=f"Said {place}")


@pytest.mark.slow
def test_nothing_that_either_side_receives_names_the_other(cast: SimpleNamespace, tell: Any, caplog: Any) -> None:
    admin = a_member("institution_admin", cast.lab.host, name="Admin of a member")
    caplog.set_level(logging.INFO)
    first = an_open(cast)
    a_round(cast, first, cast.experts[:2])
    tell()
    assert everybody(cast, admin) == []
    actions.void_examination(first, by=cast.coordinator, at=timezone.now(), reason="Zzexpert0 knows Zzauthor1.")
    second = Examination.objects.get(project=cast.project, status="open")
    a_round(cast, second, [cast.experts[0], cast.experts[2]])
    actions.decide_examination(second, by=cast.coordinator, at=timezone.now(), decision="changes_required")
    tell()
    assert everybody(cast, admin, last=True) == []
    logged = "\n".join(Json().format(each) for each in caplog.records).casefold()
    assert not [word for word in ("zzauthor", "zzexpert", "zztitle", "zzhost") if word in logged]


def test_letters_name_nobody_of_the_other_side(cast: SimpleNamespace, tell: Any, send: Any, mail: Any) -> None:
    examination = an_open(cast)
    for expert in cast.experts[:2]:
        a_review(cast, examination, expert, accepted=False)
    tell()
    Sending.objects.update(next_at=timezone.now())
    send()
    assert any("To: zzexpert0@" in each and cast.blind.code in each for each in mail())
    for review in examination.reviews.order_by("pk"):
        writing.accept_review(review, by=review.expert, at=timezone.now())
        writing.submit_review(review, by=review.expert, at=timezone.now(), scores=lines(3))
    actions.start_examination(examination, by=cast.coordinator, at=timezone.now())
    actions.decide_examination(examination, by=cast.coordinator, at=timezone.now(), decision="accepted")
    tell()
    send()
    with time_machine.travel(Sending.objects.latest("next_at").next_at, tick=False):  # these wait for the digest
        send()
    assert any("To: zzauthor0@" in each for each in mail())
    assert len({each.partition("To: ")[2].partition("@")[0] for each in mail()}) >= 4  # experts, authors, coordinator
    assert [each for each in mail() if leaks_by_mail(each)] == []


def leaks_by_mail(letter: str) -> bool:
    """Whether a letter names the other side."""
    head, _line, text = letter.partition("\n\n")
    told = (text + "\n".join(each for each in head.splitlines() if not each.startswith("To:"))).casefold()
    foreign = ("zzauthor", "zztitle", "zzhost", "zzsite", "zzmember") if "zzexpert" in head else ("zzexpert",)
    return any(word in told for word in foreign)


def test_the_walk_reaches_what_it_has_to(cast: SimpleNamespace) -> None:
    """It would tell nothing if it met closed doors only."""
    examination = an_open(cast)
    a_review(cast, examination, cast.experts[0])
    told = [where for where, text, own in received(cast, cast.experts[0]) if own and cast.blind.code.casefold() in text]
    assert any("/labs/reviews/" in where for where in told) and any("/api/v1/reviews/" in where for where in told)
    told = [where for where, text, own in received(cast, cast.author) if own and "zztitle" in text]
    assert any("/labs/pilots/" in where for where in told)


def test_numbers_are_drawn_by_lot(cast: SimpleNamespace, world: SimpleNamespace) -> None:
    orders = set()
    examination = an_open(cast)
    for _each in range(12):
        cast.experts = [a_member("expert", an_institution(world.far)) for _two in range(2)]
        pair = [a_review(cast, examination, expert, accepted=False).number for expert in cast.experts]
        orders.add(pair[0] < pair[1])
    assert orders == {True, False}


def test_files_of_an_examination_carry_no_name_of_who_made_them(
    cast: SimpleNamespace, tmp_path: Path, page_of: Any
) -> None:
    an_open(cast)
    answer = page_of(cast.coordinator).get("/en/labs/examinations/?view=all&format=xlsx")
    assert answer.status_code == 200
    told = plain(answer)
    assert "zztitle" in told and "zzauthor" not in told and "zzexpert" not in told
