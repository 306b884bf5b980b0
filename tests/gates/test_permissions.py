"""The permission gate: every address, method, person and relation gives exactly the declared answer."""

import re
import zlib

import pytest

from tests.conftest import CAST, NIGHTLY
from tests.gates.addresses import addresses, with_moves
from tests.gates.calling import NOBODY, callers, missing_methods, paths_of
from tests.gates.declared import PERMISSIONS

pytestmark = pytest.mark.django_db
EVERYBODY = (NOBODY, *CAST)
VARIES = {"Date", "X-Request-ID", "RateLimit", "Content-Security-Policy", "Set-Cookie"}
TOKEN = re.compile(rb"[A-Za-z0-9_+/=-]{20,}")  # nonces, CSRF tokens, and the id in the page's own address
ACHIEVED = re.compile(rb'<div id="messages">.*?(?=<h1)', re.DOTALL)
BELL = re.compile(rb'<a class="bell".*?</a>', re.DOTALL)  # counts what was told since
OWN = [address for address in with_moves(addresses()) if address.is_own]


def expected(row, name, relation):
    """The declared answer: a number for all relations, or one for each."""
    said = row.get(name, row.get("others"))
    return said if isinstance(said, int) else said[relation]


def asked(row, key):
    """Whom to ask: at night everybody; else one of those who shall get the same, another one at each address."""
    if NIGHTLY:
        return EVERYBODY
    alike = {}
    for name in EVERYBODY:
        alike.setdefault(repr(row.get(name, row.get("others"))), []).append(name)
    return [names[zlib.crc32(key.encode()) % len(names)] for names in alike.values()]


@pytest.fixture(scope="module")
def cast_of_callers(seeded):
    return {caller.name: caller for caller in callers(seeded)}


@pytest.mark.parametrize("address", OWN, ids=lambda address: address.name)
def test_each_person_gets_the_declared_answer_and_the_unseen_is_the_unknown(address, seeded, cast_of_callers):
    """Every status as declared; body and headers of a 404 are those of an id that never was."""
    table = PERMISSIONS[address.name]
    assert set(table) - {"object"} == set(address.methods), f"{address.name}: {address.methods}"
    paths = paths_of(address, table.get("object", "none"), seeded)
    wrong = []
    everybody = [(method, name) for method in address.methods for name in asked(table[method], address.name + method)]
    for method, name in everybody:
        found = {relation: cast_of_callers[name].call(address, method, path) for relation, path in paths.items()}
        for relation, answer in found.items():
            said = expected(table[method], name, relation)
            if answer.status_code != said:
                wrong.append(f"{method} {paths[relation]} as {name} ({relation}): {answer.status_code}, not {said}")
            elif said == 404 and "unknown" in found:
                unknown = shown(found["unknown"], paths["unknown"])
                if shown(answer, paths[relation]) != unknown:
                    wrong.append(
                        f"{method} {paths[relation]} as {name} ({relation}): another 404 than of an unknown id"
                    )
    assert not wrong, "\n".join(wrong)


def shown(answer, path):
    """A page repeats the address its reader typed, what their last act achieved and what was told since; no more."""
    headers = {name: value for name, value in answer.headers.items() if name not in VARIES}
    if answer["Content-Type"].startswith("application/"):
        return answer.content, headers
    headers.pop("Content-Length", None)
    own = path.split("/", 2)[-1].encode()
    return TOKEN.sub(b"", BELL.sub(b"", ACHIEVED.sub(b"", answer.content.replace(own, b"")))), headers


@pytest.mark.parametrize("address", [each for each in OWN if each.is_api], ids=lambda address: address.name)
def test_methods_that_are_not_offered_are_405(address, seeded, cast_of_callers):
    path = next(iter(paths_of(address, PERMISSIONS[address.name].get("object", "none"), seeded).values()))
    for method in missing_methods(address):
        assert cast_of_callers["ministry_officer"].call(address, method, path).status_code == 405, method
