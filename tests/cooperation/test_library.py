"""Templates and clauses: filled in without a question, in several languages, and the rest stays for people to say."""

import json
import string
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts.clock import now
from config.packs.reading import Pack
from config.packs.tally import Tally
from config.packs.words import install_terms
from cooperation.agreements import actions
from cooperation.agreements import content as wording
from cooperation.agreements.conditions import before_proposing
from cooperation.agreements.filling import BLANKS
from cooperation.agreements.models import Agreement
from cooperation.clauses import library
from cooperation.clauses.actions import add_clause, use_template
from institutions.territory.models import Term
from lifecycle.canonical import canonical_json
from tests.cooperation.concluded import START
from tests.factories import a_member, a_territory, an_institution

pytestmark = pytest.mark.django_db
WHO = {"E": "school", "V": "technikum", "W": "employer", "P": "preschool", "": "school"}
MOST = 8  # required fields of a new agreement from a template


@pytest.fixture
def pack(db: None) -> Pack:
    found = Pack.named("uz")
    install_terms(found, Tally())
    return found


def kinds() -> list[str]:
    return [row["code"] for row in Pack.named("uz").rows("terms/agreement_kind")]


def parties_for(template: Term) -> list[Any]:
    """An institution for each role, of the first kind that fits."""
    place = a_territory("9")
    flags = {flag: kind.code for kind in Term.objects.of("participant_kind") for flag in kind.data.get("flags") or []}
    named = [flags.get(fits[0], fits[0]) if fits else "school" for _role, fits in library.roles_of(template)]
    abroad = template.data["kind"] == "international"
    return [an_institution(place, kind=kind, country="NZ" if abroad and at else "UZ") for at, kind in enumerate(named)]


def drafted(template: Term) -> SimpleNamespace:
    """A draft as the first step of the wizard leaves it: the kind and the parties."""
    houses = parties_for(template)
    person = a_member("institution_admin", houses[0])
    draft = actions.draft_agreement(
        by=person, at=timezone.now(), kind=Term.objects.of("agreement_kind").get(code=template.data["kind"]),
        parties=[{"institution": house} for house in houses],
    )  # fmt: skip
    return SimpleNamespace(agreement=draft, person=person, houses=houses)


def put_in(made: SimpleNamespace, template: Term, *languages: str) -> Agreement:
    use_template(made.agreement, template, languages=languages or ("uz",), by=made.person, at=timezone.now())
    return Agreement.objects.get(pk=made.agreement.pk)


@pytest.mark.parametrize("kind", kinds())
def test_every_kind_has_a_template_that_leaves_few_fields_to_fill(pack: Pack, kind: str) -> None:
    template = library.templates(kind)[0]
    made = drafted(template)
    before = len(conditions(made.agreement))
    agreement = put_in(made, template, "uz", "ru")
    left = conditions(agreement)
    chosen = 1 + (len(made.houses) - 1)  # by hand until now: the kind and the partners
    open_terms = agreement.latest.terms.filter(not_yet_defined=True).count()
    assert len(left) < before and left == ["start_missing"]
    assert chosen + len(left) + open_terms <= MOST
    roles = [row.role.code for row in agreement.latest.parties.order_by("position")]
    assert roles == [role for role, _fits in library.roles_of(template)]
    actions.save_draft(agreement, by=made.person, at=timezone.now(), starts_on=START)
    actions.propose_agreement(agreement, by=made.person, at=timezone.now())
    agreement.refresh_from_db()
    said = wording.read(agreement.shown)
    for text in (said["text"], said["texts"]["ru"]):
        assert "{" not in text and agreement.number in text
    assert made.houses[1].names["ru"] in said["texts"]["ru"] and made.houses[1].names["uz"] in said["text"]


def conditions(agreement: Agreement) -> list[str]:
    return [each.code for each in before_proposing(agreement.latest, timezone.localdate())]


def test_every_text_stands_in_three_languages_with_blanks_the_product_knows(pack: Pack) -> None:
    rows = [*library.templates(), *library.clauses()]
    assert len(rows) >= 24
    for row in rows:
        for language in library.LANGUAGES:
            text = row.data[f"text_{language}"]
            blanks = {f"{{{name}}}" for _text, name, _form, _conversion in string.Formatter().parse(text) if name}
            assert text and row.names[language] and blanks <= set(BLANKS), (row.code, language)
    known = set(Term.objects.of("clause").values_list("code", flat=True))
    words = {name: set(Term.objects.of(name).values_list("code", flat=True))
             for name in ("obligation_kind", "cooperation_form", "party_role", "agreement_kind")}  # fmt: skip
    for row in library.templates():
        roles = {role for role, _fits in library.roles_of(row)}
        assert set(row.data["clauses"]) <= known and row.data["kind"] in words["agreement_kind"]
        assert roles <= words["party_role"]
        for said in library.promises_of(row):
            assert said.kind in words["obligation_kind"] and said.form in words["cooperation_form"]
            assert {said.giver, said.taker} - {""} <= roles


def test_what_is_written_stays_when_a_template_is_put_in(pack: Pack) -> None:
    template = library.templates("practice")[0]
    made = drafted(template)
    actions.save_draft(made.agreement, by=made.person, at=timezone.now(), title="Ours", text="Our own words")
    agreement = put_in(made, template)
    assert (agreement.latest.title, agreement.latest.text) == ("Ours", "Our own words")
    assert agreement.latest.terms.exists()


def test_a_clause_is_put_at_the_end_of_every_language_under_the_next_number(pack: Pack) -> None:
    made = drafted(library.templates("practice")[0])
    texts = {"text": "1. One\nx\n\n2. Two\ny", "texts": {"ru": "1. Один\nx"}}
    actions.save_draft(made.agreement, by=made.person, at=timezone.now(), **texts)
    clause = library.by_code(library.clauses())["data"]
    add_clause(made.agreement, clause, languages=["uz"], by=made.person, at=timezone.now())
    revision = Agreement.objects.get(pk=made.agreement.pk).latest
    assert revision.text.endswith(f"\n\n3. Shaxsga doir maʼlumotlar\n{clause.data['text_uz']}")
    assert revision.texts == {"ru": f"1. Один\nx\n\n2. Персональные данные\n{clause.data['text_ru']}"}


def test_a_text_without_further_languages_has_the_content_it_always_had(pack: Pack) -> None:
    made = drafted(library.templates("practice")[0])
    plain = wording.content_of(made.agreement.latest)
    assert "texts" not in plain
    actions.save_draft(made.agreement, by=made.person, at=timezone.now(), texts={"ru": "", "en": "Words"})
    said = wording.content_of(Agreement.objects.get(pk=made.agreement.pk).latest)
    assert said["texts"] == {"en": "Words"}
    assert json.loads(canonical_json({**said, "texts": None})) == json.loads(canonical_json({**plain, "texts": None}))


def test_another_language_is_refused(pack: Pack) -> None:
    made = drafted(library.templates("practice")[0])
    with pytest.raises(ValidationError):
        actions.save_draft(made.agreement, by=made.person, at=timezone.now(), texts={"fr": "Mots"})


def test_a_changed_translation_is_a_changed_clause(pack: Pack) -> None:
    template = library.templates("practice")[0]
    made = drafted(template)
    agreement = put_in(made, template, "uz", "ru")
    actions.save_draft(agreement, by=made.person, at=timezone.now(), starts_on=START)
    actions.propose_agreement(agreement, by=made.person, at=timezone.now())
    old = wording.read(agreement.shown)
    actions.change_agreement(agreement, by=made.person, at=timezone.now(), texts={"ru": "Иначе"})
    agreement.refresh_from_db()
    new = wording.read(agreement.shown)
    assert [change.clause for change in wording.differences(old, new)] == ["texts/ru"]
    assert new["text"] == old["text"]


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_the_step_of_the_text_offers_the_templates_of_the_kind_and_keeps_what_was_typed(pack: Pack) -> None:
    made = drafted(library.templates("dual")[0])
    client, address = signed_in(made.person), f"/en/agreements/{made.agreement.public_id}/edit/subject/"
    page = client.get(address).content.decode()
    assert 'value="dual"' in page and 'value="practice"' not in page
    asked = {"title": "Typed", "text": "", "template": "dual", "language": ["ru", "en"], "once_key": "a" * 20}
    answer = client.post(address, asked)
    assert (answer.status_code, answer["Location"]) == (302, address)
    revision = Agreement.objects.get(pk=made.agreement.pk).latest
    assert (revision.title, revision.text, sorted(revision.texts)) == ("Typed", "", ["en", "ru"])
    again = {
        **asked,
        "text": "",
        "text_ru": "Слова",
        "template": "",
        "clause": "safety",
        "language": ["ru"],
        "once_key": "b" * 20,
    }
    client.post(address, again)
    assert Agreement.objects.get(pk=made.agreement.pk).latest.texts["ru"].startswith("Слова\n\n1. Безопасность")
    assert client.post(address, {**again, "clause": "nowhere", "once_key": "c" * 20}).status_code == 404


def test_the_library_is_read_by_kind(pack: Pack) -> None:
    client = signed_in(drafted(library.templates("dual")[0]).person)
    page = client.get("/ru/agreements/library/?kind=dual").content.decode()
    assert 'id="template-dual"' in page and 'id="template-research"' not in page and 'id="clause-mentors"' in page
    assert 'id="clause-mentors"' not in client.get("/ru/agreements/library/?kind=research").content.decode()
    assert client.get("/ru/agreements/library/?kind=nothing").status_code == 400


def test_a_second_agreement_like_the_first_is_said_and_can_be_sent(pack: Pack) -> None:
    template = library.templates("practice")[0]
    made = drafted(template)
    agreement = put_in(made, template)
    actions.save_draft(agreement, by=made.person, at=timezone.now(), starts_on=now().date())
    actions.propose_agreement(agreement, by=made.person, at=timezone.now())
    client = signed_in(made.person)
    other = actions.draft_agreement(
        by=made.person, at=timezone.now(), kind=agreement.kind, starts_on=now().date(), title="Once more",
        parties=[{"institution": house} for house in made.houses], terms=[{"kind": Term.objects.of("obligation_kind")[0]}],
    )  # fmt: skip
    check = f"/en/agreements/{other.public_id}/check/"
    assert agreement.number in said_again(client, check)
    alone = {"before": {"ends_on": START, "starts_on": START.replace(year=2020)},
             "another kind": {"kind": Term.objects.of("agreement_kind").get(code="memorandum")},
             "one more party": {"parties": [{"institution": each} for each in [*made.houses, an_institution(made.houses[0].territory)]]}}  # fmt: skip
    for name, content in alone.items():
        kept = {"starts_on": other.starts_on, "ends_on": None, "kind": agreement.kind,
                "parties": [{"institution": house} for house in made.houses]}  # fmt: skip
        actions.save_draft(other, by=made.person, at=timezone.now(), **{**kept, **content})
        assert said_again(client, check) == "", name
    actions.save_draft(other, by=made.person, at=timezone.now(), **kept)
    assert client.post(check, {"once_key": "a" * 20}).status_code == 302
    assert Agreement.objects.get(pk=other.pk).status == "proposed"


def said_again(client: Client, address: str) -> str:
    """The warning of the page, empty where there is none."""
    page = client.get(address).content.decode()
    return page.partition('data-part="repeated"')[2].partition("</section>")[0]
