"""No act of a named teacher is demanded (M10): not by a field, not by a deadline, not by a line of a notice."""

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from django import forms
from django.apps import apps
from rest_framework import serializers
from rest_framework.relations import RelatedField

import cooperation
import exchange
import institutions
import labs
import quality
from accounts.models import User
from accounts.scoped import ScopedChoiceField, ScopedMultipleChoiceField
from exchange.notices.models import NoticeKind
from exchange.notices.telling import the_book
from institutions.people.models import Membership, MembershipStatus, Person
from institutions.registry.scope import Role
from lifecycle.models import Event
from lifecycle.waiting import QUEUES
from tests.source import APPS

SHAPES = (forms.BaseForm, serializers.Serializer)
PEOPLE = (User, Membership, Person)
# words by which a form or a body would name somebody as free text or by an id of another kind
NAMING = {
    "teacher", "person", "people", "member", "members", "user", "on_behalf_of", "responsible", "assignee", "assigned_to",
    "accountable", "owner", "executor", "attendee", "attendees", "participant", "mentor", "supervisor",
}  # fmt: skip
# who is named here is given something or has chosen it; each with its ground
GIVEN = {
    "institutions.people.forms.AppointForm.person": "a post with the power to sign, not a task",
    "cooperation.protocols.api.OfficeFields.member": "whoever chaired or kept a protocol; the office itself may be left out",
    "labs.verdicts.api.PanelFields.people": "a seat among those who judge; nothing happens to who does not speak",
    "labs.pilots.api.PilotMemberFields.member": "a place in a group that a person takes by agreeing, or declines",
}
ASKING = {NoticeKind.YOUR_TURN, NoticeKind.TO_CONFIRM, NoticeKind.DEADLINE, NoticeKind.OVERDUE, NoticeKind.ASSIGNMENT}
DUE = ("due_on", "due_at", "deadline", "answer_by", "expected_on")
SEND_TIMES = {"Notice.due_at", "Sending.due_at"}  # when a message may leave, nobody's deadline
OF_EACH = 5
# days that a thing has to be ready, in a row that also says who wrote it down
OF_THE_THING = {
    "PilotProject.deadline": "of the project, agreed by its group; `opened_by` only opened it",
    "Review.due_on": "of a review that an expert has taken on; who is silent is not asked again",
}


def modules() -> Iterator[str]:
    for app in (institutions, quality, cooperation, labs, exchange):
        for found in pkgutil.walk_packages(app.__path__, f"{app.__name__}."):
            if found.name.rsplit(".", 1)[-1] in ("forms", "api", "filters", "views"):
                yield found.name


def shapes() -> list[type]:
    """Every form and every body of the site."""
    found = {}
    for name in modules():
        module = importlib.import_module(name)
        own = [each for each in vars(module).values() if isinstance(each, type) and each.__module__ == name]
        found |= {f"{name}.{each.__qualname__}": each for each in own if issubclass(each, SHAPES)}
    return list(found.values())


def fields_of(shape: type) -> dict[str, object]:
    return dict(shape._declared_fields) if issubclass(shape, serializers.Serializer) else dict(shape.base_fields)


def names_a_person(name: str, field: object) -> bool:
    if isinstance(field, ScopedChoiceField | ScopedMultipleChoiceField):
        return field.scope in PEOPLE
    if isinstance(field, serializers.ManyRelatedField):
        field = field.child_relation
    if isinstance(field, RelatedField):
        return getattr(field, "scope", None) in PEOPLE
    if isinstance(field, forms.ModelChoiceField) and field.queryset is not None:
        return field.queryset.model in PEOPLE
    return name in NAMING


def demanded(shapes_: list[type]) -> set[str]:
    """Required fields that name a person."""
    return {
        f"{shape.__module__}.{shape.__name__}.{name}"
        for shape in shapes_
        for name, field in fields_of(shape).items()
        if field.required and not getattr(field, "read_only", False) and names_a_person(name, field)
    }


def test_there_are_shapes_to_look_at() -> None:
    assert len(shapes()) > 60


def test_no_required_field_names_a_person_but_those_that_are_given_something() -> None:
    assert demanded(shapes()) == set(GIVEN)


def test_a_form_or_a_body_that_demands_a_teacher_is_found() -> None:
    class TaskForm(forms.Form):
        teacher = forms.CharField()
        note = forms.CharField(required=False)

    class TaskFields(serializers.Serializer):
        who = serializers.SlugRelatedField(slug_field="public_id", queryset=Membership.objects.none())
        who.scope = Membership
        responsible = serializers.CharField(required=False)

    assert {each.rsplit(".", 1)[-1] for each in demanded([TaskForm, TaskFields])} == {"teacher", "who"}


def test_no_row_holds_a_person_to_a_deadline() -> None:
    wrong = []
    for model in apps.get_models():
        if model._meta.app_label not in APPS:
            continue
        fields = [field for field in model._meta.get_fields() if not field.auto_created]
        holds_person = any(field.is_relation and field.related_model in PEOPLE for field in fields)
        wrong += [f"{model.__name__}.{field.name}" for field in fields if holds_person and field.name in DUE]
    assert set(wrong) <= SEND_TIMES | set(OF_THE_THING)


@pytest.mark.django_db
def test_no_line_that_asks_for_an_act_is_told_to_somebody_who_is_only_a_teacher(seeded) -> None:
    """Over every act the demonstration world knows; what is told to teachers tells what others did."""
    other_roles = Membership.objects.filter(status=MembershipStatus.ACTIVE).exclude(role=Role.TEACHER)
    busy = set(other_roles.values_list("user_id", flat=True))
    teachers = set(Membership.objects.filter(role=Role.TEACHER).values_list("user_id", flat=True)) - busy
    looked_at, wrong = 0, []
    for (subject_type, name), tellings in the_book().table.items():
        for event in Event.objects.filter(subject_type=subject_type, name=name).order_by("-id")[:OF_EACH]:
            for telling in tellings:
                looked_at += 1
                told = {each.user_id for each in telling.who(event)}
                if telling.kind in ASKING and told & teachers:
                    wrong.append(f"{telling.code}: {subject_type} {name}")
    assert looked_at > 20
    assert wrong == []


@pytest.mark.django_db
def test_no_queue_waits_for_one_teacher_by_name(seeded) -> None:
    """What waits in an inbox waits for an institution: a colleague of the same role finds the same."""
    teacher = seeded["people"]["teacher"]
    house = teacher.memberships.get(status=MembershipStatus.ACTIVE).institution
    colleague = User.objects.create_user("colleague@example.org", "a good long passphrase", name="Colleague")
    held = {"role": Role.TEACHER, "status": MembershipStatus.ACTIVE, "valid": "[2000-01-01,)", "institution": house}
    Membership.objects.create(user=colleague, **held)
    for queue in QUEUES:
        only_mine = set(queue.rows(teacher).values_list("pk", flat=True)) - set(
            queue.rows(colleague).values_list("pk", flat=True)
        )
        assert not only_mine, queue.code
