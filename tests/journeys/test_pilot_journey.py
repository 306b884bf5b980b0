"""A whole pilot by its pages alone, from a named problem to a practice that spreads, every next step found in one's work."""

import html
import re
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from institutions.people.models import Membership
from labs.models import PilotProject
from tests.factories import a_member, a_term, an_institution
from tests.labs.examining import CRITERIA, the_rubric
from tests.labs.making import a_coordinator, a_laboratory
from tests.labs.walking import LOST, NOTHING, Walk

pytestmark = pytest.mark.django_db
MOST_ACTS = 46  # of all people together, from the problem to the confirmed adoption
AIM, TITLE = "Children who read in pairs read more fluently.", "Reading in pairs"


class Forms(HTMLParser):
    """The forms of a page as a person sees them: where they go, what stands in the fields, what the buttons say."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.form: dict[str, Any] | None = None
        self.area = self.button = self.select = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        said = dict(attrs)
        if tag == "form":
            self.form = {"action": said.get("action") or "", "fields": {}, "buttons": {}}
            self.found.append(self.form)
        if self.form is None:
            return
        fields, name = self.form["fields"], said.get("name")
        if tag == "input" and name and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            fields[name] = said.get("value") or ""
        elif tag == "textarea":
            self.area = name
            fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in said:
            fields[self.select] = said.get("value") or ""
        elif tag == "button":
            self.button = (said.get("name"), said.get("value"))
            self.form["buttons"][self.button] = ""

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.area:
            self.form["fields"][self.area] += data.removeprefix("\n")
        if self.form is not None and self.button:
            self.form["buttons"][self.button] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        self.area = None if tag == "textarea" else self.area
        self.button = None if tag == "button" else self.button
        self.select = None if tag == "select" else self.select


class Person:
    """Somebody with a browser, who only goes where a page leads."""

    acts = 0

    def __init__(self, user: User) -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def read(self, address: str) -> str:
        answer = self.client.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    def link(self, address: str, words: str) -> str:
        """Where the link or button with these words leads."""
        page = self.read(address)
        for target, text in re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', page, re.DOTALL):
            if (
                html.unescape(re.sub(r"<svg.*?</svg>|<span class=.visually-hidden.*?</span>|<[^>]+>", "", text)).strip()
                == words
            ):
                return html.unescape(target)
        raise AssertionError(f"{words!r} is not to be found at {address}")

    def next(self, words: str) -> str:
        """Where this person's own list of work sends them for it."""
        return self.link("/en/inbox/", words)

    def press(self, address: str, button: str, **fields: Any) -> str:
        """Fills in the form of a page and sends it; where it leads."""
        for form in Forms(self.read(address)).found:
            for (name, value), words in form["buttons"].items():
                if words.strip().split(":")[0] == button:
                    sent = {**form["fields"], **({name: value} if name else {}), **fields}
                    answer = self.client.post(form["action"] or address, sent)
                    refused = re.findall(r'class="field-error"[^>]*>(.*?)<', answer.content.decode(), re.DOTALL)
                    assert answer.status_code == 302, (address, button, answer.status_code, refused)
                    Person.acts += 1
                    return str(answer["Location"]).split("#")[0]
        raise AssertionError(f"no button {button!r} at {address}")


@pytest.fixture
def cast(world: SimpleNamespace) -> SimpleNamespace:
    """The people of a laboratory, of its sites, of the examination and of the panel."""
    the_rubric()
    Person.acts = 0
    lab = a_laboratory(world.b, world.a)
    sites = [an_institution(world.near, name) for name in ("Tries it", "Goes on")]
    far = [an_institution(world.far, f"Far {number}") for number in range(5)]
    a_term("programme_direction", "quality")
    fields = [a_term("isced_f", code) for code in ("0111", "0611")]
    return SimpleNamespace(
        lab=lab, sites=sites, world=world, fields=fields,
        coordinator=Person(a_coordinator(lab)), admin=Person(a_member("institution_admin", world.a)),
        group=[Person(a_member("teacher", house)) for house in (world.b, world.a, world.a)],
        heads=[Person(a_member("institution_admin", house)) for house in sites],
        experts=[Person(a_member("expert", house)) for house in far[:2]],
        panel=[Person(a_member(role, house)) for role, house in zip(("expert", *["institution_admin"] * 2), far[1:4], strict=True)],
        reader=Person(a_member("institution_admin", far[4])),
    )  # fmt: skip


def founded(cast: SimpleNamespace) -> str:
    """From the problem to a group that has agreed; the address of the project."""
    someone, coordinator = cast.group[1], cast.coordinator
    problem = someone.press(
        "/en/labs/problems/new/", "Raise a problem", laboratory=cast.lab.public_id, title="Few children read",
        statement="Reading falls behind.", evidence="Three tests in a row.",
    )  # fmt: skip
    assert coordinator.next("Accept, decline or merge").endswith(problem.removeprefix("/en"))
    coordinator.press(problem, "Accept")
    new = coordinator.link(problem, "Open a project")
    one = coordinator.press(new, "Open the project", title=TITLE)
    coordinator.press(
        coordinator.link(one, "Define the object"), "Save", object="Reading at six", object_evidence="Tests"
    )
    direction = coordinator.link(one, "Set the direction")
    coordinator.press(direction, "Save", direction="quality", compatibility="Nobody else works on it.",
                      **{"goals-0-text": "Fluent readers", "goals-0-sense": "up"})  # fmt: skip
    told: dict[str, str] = {}
    for place, person in enumerate(cast.group):
        told |= {
            f"members-{place}-person": Membership.objects.get(user=person.user).public_id,
            f"members-{place}-part": "practitioner" if place else "researcher", f"members-{place}-tasks": f"Task {place}",
            f"members-{place}-field": cast.fields[place % 2].code,
            f"members-{place}-raci": "responsible" if place else "accountable",
        }  # fmt: skip
    coordinator.press(coordinator.link(one, "Name the group"), "Save the group", **told)
    for person in cast.group:
        person.press(person.next("Agree to my tasks, or decline"), "Agree to my tasks")
    for person in (coordinator, cast.admin):
        person.press(person.next("Approve the group"), "Approve the group")
    return one


def examined(cast: SimpleNamespace, one: str) -> None:
    """Written, submitted, and examined by two who do not know whose it is."""
    lead, coordinator = cast.group[0], cast.coordinator
    assert lead.next("Start the development").endswith(one)
    lead.press(lead.link(one, "Start the development"), "Start the development", deadline="20.12.2026")
    lead.press(lead.link(one, "Save a version"), "Save as a new version", aim=AIM, method="In pairs", resources="Books",
               expected="More fluent readers")  # fmt: skip
    lead.press(one, "Submit for examination")
    round_ = coordinator.press(coordinator.next("Open the examination"), "Open the examination",
                               project=one.rstrip("/").rsplit("/", 1)[1])  # fmt: skip
    for person in cast.experts:
        coordinator.press(round_, "Invite", expert=person.user.public_id)
        review = person.next("Accept or decline")
        assert not re.search("|".join(str(each.user) for each in cast.group), person.read(review))
        person.press(review, "Accept")
    coordinator.press(coordinator.next("Invite experts or decide"), "Start the examination")
    for person in cast.experts:
        marks = {f"{part}_{code}": said for code in CRITERIA for part, said in (("level", "3"), ("reason", "Shown."))}
        person.press(person.next("Write the review"), "Submit the review", **marks)
        assert str(person.user) not in lead.read(one)
    coordinator.press(coordinator.next("Invite experts or decide"), "Decide", decision="accepted")
    assert not re.search("|".join(str(each.user) for each in cast.experts), lead.read(one))


def planned(cast: SimpleNamespace, one: str) -> str:
    """Programme, sites, and the lock; the address of the trial."""
    lead, coordinator, told = cast.group[0], cast.coordinator, {}
    for place, (house, arm) in enumerate(zip(cast.sites, ("treated", "comparison"), strict=True)):
        told |= {f"sites-{place}-institution": house.public_id, f"sites-{place}-role": arm}
    for place, title in enumerate(("Train", "Read")):
        told |= {f"steps-{place}-title": title, f"steps-{place}-institution": cast.world.a.public_id,
                 f"steps-{place}-resources": "Books", f"steps-{place}-starts_on": "1.11.2026",
                 f"steps-{place}-due_on": "30.11.2026"}  # fmt: skip
    assert coordinator.next("Prepare the implementation programme").endswith(one)
    lead.press(lead.link(one, "Prepare the implementation programme"), "Save", **told)
    assert "A site has not joined yet." in coordinator.read(one)
    for person in cast.heads:
        person.press(person.next("Say whether your organisation takes part"), "Take part in the trial")
    coordinator.press(one, "Approve the programme")
    assert lead.next("Write the pre-registration").endswith(one)
    plan = lead.link(one, "Write the pre-registration")
    assert AIM in lead.read(plan) and "Fluent readers" in lead.read(plan)
    lock = lead.press(
        plan, "Save and go on to the lock", exclusions="Nobody.", comparison_rule="matched", baseline_from="1.11.2026",
        baseline_until="15.11.2026", endline_from="20.11.2026", endline_until="20.12.2026", minimum_sample="60",
        fidelity="70", analysis_compare="change", analysis_weigh="pooled", harm_measure="difference", harm_worse_than="−2",
        **{"outcomes-0-kind": "share", "outcomes-0-unit": "pupils", "outcomes-0-instrument": "A minute aloud",
           "criteria-0-measure": "difference", "criteria-0-bound": "at_least", "criteria-0-threshold": "5"},
    )  # fmt: skip
    return lead.press(lock, "Lock the pre-registration")


def tried(cast: SimpleNamespace, trial: str) -> None:
    """Figures before and after, the steps, and the end of the pilot; each is told when it is their turn."""
    lead = cast.group[0]
    lead.press(lead.next("Open the trial"), "Open the trial")
    code = re.search(r'name="([a-z0-9_]+)-numerator"', cast.heads[0].read(cast.heads[0].next("Enter the baseline")))
    assert code
    for wave, values in (("Enter the baseline", ("100", "100")), ("Enter the endline", ("150", "100"))):
        for person, value in zip(cast.heads, values, strict=True):
            person.press(person.next(wave), "Save", **{f"{code[1]}-numerator": value, f"{code[1]}-denominator": "200"})
        if wave == "Enter the baseline":
            lead.press(lead.next("Start trying"), "Start trying")
            steps = cast.heads[0].link(trial, "What was done of the steps")
            cast.heads[0].press(
                steps, "Save", **dict.fromkeys(re.findall(r'name="(done-\d+)"', cast.heads[0].read(steps)), "done")
            )
            lead.press(lead.next("Start the endline"), "Start the endline")
    lead.press(lead.next("Close the trial"), "Close the trial")
    lead.press(lead.next("End the pilot"), "End the pilot")


def judged(cast: SimpleNamespace) -> None:
    """The panel is named and agrees."""
    expert, *others = cast.panel
    seat = cast.coordinator.next("Name the panel")
    cast.coordinator.press(seat, "Name the panel", experts=expert.user.public_id,
                           others="\n".join(each.user.email for each in others))  # fmt: skip
    others[0].press(others[0].next("Propose the verdict"), "Propose the verdict")
    for person in (expert, others[1]):
        person.press(person.next("Agree to the verdict"), "Agree to the verdict")


def test_a_success_goes_from_a_problem_to_a_confirmed_adoption_by_its_pages(cast: SimpleNamespace) -> None:
    one = founded(cast)
    examined(cast, one)
    tried(cast, planned(cast, one))
    judged(cast)
    coordinator, reader = cast.coordinator, cast.reader
    coordinator.press(coordinator.next("Spread it"), "Spread it", territory=cast.world.country.code, kinds="school",
                      window_ends_on="1.11.2027")  # fmt: skip
    reader.press(reader.link(one, "We use this too"), "We use this too")
    confirming = Person(a_member("institution_admin", cast.world.b))
    confirming.press(confirming.next("Confirm the use"), "Confirm the use")
    assert PilotProject.objects.get().status == "disseminating"
    public = Client().get(f"/en/public/pilots/{PilotProject.objects.get().public_id}/").content.decode()
    assert "Successful" in public and "75% (150 of 200)" in public
    assert Person.acts <= MOST_ACTS


def walked(world: SimpleNamespace, ending: tuple[int, int]) -> tuple[Walk, str]:
    """A project at its verdict, by its acts; the address of its page."""
    walk = Walk(world, ending)
    while step := walk.next():
        getattr(walk, step[0])(step[1])
    return walk, f"/en/labs/pilots/{walk.project.public_id}/"


def test_a_failure_is_as_public_as_a_success_and_leads_nowhere_else(world: SimpleNamespace) -> None:
    walk, one = walked(world, LOST)
    page = Person(walk.coordinator).read(one)
    assert "Only what succeeded is spread." in page
    assert "/spread/" not in page and "/try-again/" not in page
    assert "Not successful" in Client().get("/en/public/pilots/").content.decode()
    public = Client().get(f"/en/public/pilots/{walk.project.public_id}/").content.decode()
    assert all(words in public for words in ("Not successful", "Harm found", "20% (40 of 200)", "50% (100 of 200)"))


def test_what_nobody_can_tell_is_tried_again_by_a_button(world: SimpleNamespace) -> None:
    walk, one = walked(world, NOTHING)
    Person(walk.coordinator).press(one, "Try again")
    assert Person(walk.lead).next("Write the pre-registration").endswith(one)
