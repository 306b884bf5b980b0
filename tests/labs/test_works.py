"""Research works, manuals and publications: entered in one act, linked to laboratory, project and authors, blind before."""

import json

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from cooperation.resources.models import Resource
from cooperation.reviewing.actions import publish_reviewed, submit_for_review
from labs.models import Work
from labs.works.actions import enter_work, save_work
from labs.works.citing import cited
from lifecycle.models import Event
from tests.factories import a_member
from tests.labs.making import a_coordinator, a_group, a_laboratory, a_project, put

pytestmark = pytest.mark.django_db
BIBTEX = """@article{x2026,
  title = {Reading {Aloud} in Pairs}, author = "Karimova, Nodira and Olim Saidov",
  journal = {Journal of Reading}, year = 2026, doi = {https://doi.org/10.1000/ABC.182}
}"""
RIS = "TY  - JOUR\nTI  - Reading Aloud in Pairs\nAU  - Karimova, Nodira\nPY  - 2026/03/01\nJO  - Journal of Reading\nER  - \n"


def now():
    return timezone.now()


@pytest.fixture
def lab(world):
    return a_laboratory(world.b, world.a)


@pytest.fixture
def writer(world):
    return a_member("teacher", world.a, name="Olim Saidov")


@pytest.fixture
def work(lab, writer):
    return enter_work(by=writer, at=now(), laboratory=lab, kind="publication", citation=BIBTEX)


def published(work, world):
    made = submit_for_review(_described(work.resource), by=work.entered_by, at=now())
    publish_reviewed(made, by=a_member("institution_admin", made.institution), at=now())
    return work


def _described(resource):
    Resource.objects.filter(pk=resource.pk).update(description="What came of it.", link="https://example.org/w.pdf")
    resource.refresh_from_db()
    return resource


@pytest.mark.parametrize("text", [BIBTEX, RIS])
def test_a_record_of_a_library_is_read(text):
    read = cited(text)
    assert (read.title, read.year, read.published_in) == ("Reading Aloud in Pairs", 2026, "Journal of Reading")
    assert read.authors[0] == "Nodira Karimova"


@pytest.mark.parametrize(
    ("text", "doi"),
    [("https://doi.org/10.1000/Abc.182.", "10.1000/abc.182"), ("10.5555/x(1)y", "10.5555/x(1)y"), ("nothing", ""),
     ("@", ""), ("@article{x, title = {never closed", ""), ('@a{b, title = "open', "")],
)  # fmt: skip
def test_whatever_is_pasted_is_read_without_failing(text, doi):
    assert cited(text).doi == doi


def test_one_act_enters_a_work_from_its_record_alone(work, writer, lab):
    assert (work.doi, work.year, work.resource.title) == ("10.1000/abc.182", 2026, "Reading Aloud in Pairs")
    assert [(each.name, each.user) for each in work.authors.order_by("position")] == [
        ("Nodira Karimova", None), ("Olim Saidov", writer),
    ]  # fmt: skip
    assert (work.resource.status, work.resource.link) == ("draft", "https://doi.org/10.1000/abc.182")
    assert Event.objects.about("work", work.public_id).get().name == "enter"


def test_another_laboratory_enters_it_by_the_doi_alone_and_the_resource_stays_one(work, world, lab):
    published(work, world)
    other = a_laboratory(world.c)
    again = enter_work(
        by=a_member("teacher", world.c), at=now(), laboratory=other, kind="publication", citation="10.1000/ABC.182"
    )
    assert again.resource == work.resource
    assert [each.name for each in again.authors.order_by("position")] == ["Nodira Karimova", "Olim Saidov"]
    assert Resource.objects.count() == 1


def test_what_is_typed_stands_before_what_the_record_says(lab, writer):
    made = enter_work(
        by=writer,
        at=now(),
        laboratory=lab,
        kind="manual",
        citation=BIBTEX,
        title="Our manual",
        authors=["A. Group"],
        year=2025,
    )
    assert (made.resource.title, made.year, made.authors.get().name) == ("Our manual", 2025, "A. Group")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"citation": "nothing"}, "title"),
        ({"title": "x", "year": 26}, "year"),
        ({"citation": BIBTEX}, "doi"),
    ],
)
def test_what_cannot_be_entered_is_refused_at_its_field(work, lab, writer, said, field):
    with pytest.raises(ValidationError) as refused:
        enter_work(by=writer, at=now(), laboratory=lab, kind="manual", **said)
    assert set(refused.value.message_dict) == {field}
    assert Work.objects.count() == 1


def test_a_project_of_another_laboratory_and_a_resource_twice_are_refused(work, lab, writer, world):
    elsewhere = a_project(a_laboratory(world.c))
    for said, field in (({"title": "x", "project": elsewhere}, "project"), ({"resource": work.resource}, "resource")):
        with pytest.raises(ValidationError) as refused:
            enter_work(by=writer, at=now(), laboratory=lab, kind="manual", **said)
        assert set(refused.value.message_dict) == {field}


def test_only_who_works_there_enters_and_only_they_or_the_coordinator_correct(work, lab, world):
    stranger, colleague = a_member("teacher", world.c), a_member("teacher", world.a)
    with pytest.raises(PermissionDenied):
        enter_work(by=stranger, at=now(), laboratory=lab, kind="manual", title="x")
    for person in (stranger, colleague):
        with pytest.raises(PermissionDenied):
            save_work(work, by=person, at=now(), year=2024)
    save_work(work, by=a_coordinator(lab), at=now(), year=2024, authors=["One"], doi="")
    assert (work.year, work.doi, work.authors.get().name) == (2024, "", "One")


def test_a_work_of_a_project_is_seen_by_who_sees_the_project_alone(lab, writer, world, client):
    project = put(a_project(lab), "in_development")
    a_group(project, world.a, world.b)
    made = published(
        enter_work(by=writer, at=now(), laboratory=lab, kind="manual", title="Pairs", project=project), world
    )
    outside, expert = a_member("teacher", world.c), a_member("expert", world.c)
    assert not Work.objects.visible_to(outside).exists() and not Work.objects.visible_to(expert).exists()
    assert not Work.objects.told().exists()
    assert "Pairs" not in client.get(f"/en/public/laboratories/{lab.public_id}/").content.decode()
    client.force_login(outside)
    assert client.get(f"/en/labs/works/{made.public_id}/").status_code == 404
    put(project, "disseminated")
    assert Work.objects.visible_to(outside).get() == made
    assert Work.objects.told().get() == made


def test_the_pages_of_laboratory_project_and_problem_show_and_link_it(lab, writer, world, client):
    project = a_project(lab)
    made = enter_work(by=writer, at=now(), laboratory=lab, kind="manual", title="Reading in pairs", project=project)
    client.force_login(writer)
    problem = project.problems.get()
    for address in (
        f"/en/labs/{lab.public_id}/", f"/en/labs/pilots/{project.public_id}/", f"/en/labs/problems/{problem.public_id}/",
    ):  # fmt: skip
        shown = client.get(address).content.decode()
        assert f'href="/en/labs/works/{made.public_id}/">Reading in pairs</a>' in shown, address
    assert (
        f"/labs/works/new/?project={project.public_id}"
        in client.get(f"/en/labs/pilots/{project.public_id}/").content.decode()
    )
    assert made.public_id in client.get("/en/search/?q=pairs").content.decode()


def test_the_form_takes_a_record_alone_and_says_what_is_missing(lab, writer, client):
    client.force_login(writer)
    refused = client.post("/en/labs/works/new/", {"citation": "kept", "doi": "x", "year": "26", "once_key": "1"})
    told = refused.content.decode()
    assert refused.status_code == 422 and "kept" in told
    for message in (
        "Laboratory: choose one.",
        "Kind: choose what it is.",
        "Year: four digits",
        "DOI: it begins with 10.",
    ):
        assert told.count(message) >= 2, message
    sent = {"laboratory": lab.public_id, "kind": "publication", "citation": RIS}
    made = client.post("/en/labs/works/new/", {**sent, "once_key": "2"})
    assert made.status_code == 302, made.content.decode()
    shown = client.get(made["Location"]).content.decode()
    assert (
        "Reading Aloud in Pairs" in shown and "Nodira Karimova" in shown and "Add the file and send for review" in shown
    )
    edit = f"{made['Location']}edit/"
    assert "Nodira Karimova" in client.get(edit).content.decode()
    fields = {"kind": "manual", "authors": "One\nTwo", "year": "2020", "once_key": "3"}
    assert client.post(edit, fields).status_code == 302
    work = Work.objects.get()
    assert (work.kind, work.year, [each.name for each in work.authors.order_by("position")]) == (
        "manual",
        2020,
        ["One", "Two"],
    )


def test_the_list_filters_sorts_and_comes_as_a_file(work, lab, writer, world, client):
    enter_work(by=writer, at=now(), laboratory=lab, kind="manual", title="Alphabet", year=2020)
    client.force_login(writer)
    shown = client.get("/en/labs/works/?view=mine&ordering=year").content.decode()
    assert shown.index("Alphabet") < shown.index("Reading Aloud")
    assert "Reading Aloud" not in client.get("/en/labs/works/?kind=manual").content.decode()
    assert "Alphabet" not in client.get("/en/labs/works/?year=2026").content.decode()
    assert "Alphabet" not in client.get("/en/labs/works/?search=aloud").content.decode()
    assert "Nodira Karimova, Olim Saidov" in client.get("/en/labs/works/?format=csv").content.decode()


def test_everybody_reads_a_published_work_with_the_laboratory(work, lab, world, client):
    address = f"/en/public/laboratories/{lab.public_id}/"
    assert "Reading Aloud" not in client.get(address).content.decode()
    published(work, world)
    shown = client.get(address).content.decode()
    assert 'href="https://doi.org/10.1000/abc.182">Reading Aloud in Pairs</a>' in shown and "Nodira Karimova" in shown


def test_the_api_enters_reads_filters_and_corrects(lab, writer, world, client):
    client.force_login(writer)

    def send(method, address, **body):
        return getattr(client, method)(
            address,
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": f"{method}-{len(body)}"},
        )

    made = send("post", "/api/v1/works/", laboratory=lab.public_id, kind="publication", citation=BIBTEX)
    assert made.status_code == 201, made.content
    told = made.json()
    assert told["authors"] == ["Nodira Karimova", "Olim Saidov"]
    assert (told["doi"], told["status"], told["laboratory"]) == ("10.1000/abc.182", "draft", lab.public_id)
    refused = send("post", "/api/v1/works/", laboratory=lab.public_id, kind="manual")
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (
        400,
        "/title",
    ) or refused.status_code == 422
    one = f"/api/v1/works/{told['id']}/"
    assert send("patch", one, year=2025).json()["year"] == 2025
    found = client.get(f"/api/v1/works/?laboratory={lab.public_id}&kind=publication").json()
    assert [each["id"] for each in found["results"]] == [told["id"]]
    client.force_login(a_member("teacher", world.c))
    assert client.get(one).status_code == 404
