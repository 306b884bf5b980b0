"""Forms about people; they check shape and never save."""

import datetime
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.clock import today
from accounts.models import Scope
from accounts.names import name_now
from accounts.scoped import ScopedForm
from accounts.spelling import LineInput
from institutions.people.models import Person
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, OFFICE_ROLES, Role

MONTHS = (("30", _("30 days")), ("90", _("90 days")), ("180", _("Half a year")), ("365", _("A year")))


class Houses(forms.ModelChoiceField):
    """An institution by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return name_now(obj.names)


def administered(user: Any) -> Any:
    """Institutions whose members the person may manage, as far as a drop-down goes."""
    return Institution.objects.all().overseen_by(user, Role.INSTITUTION_ADMIN).order_by("sort_key", "pk")  # type: ignore[attr-defined]


class InviteForm(ScopedForm):
    """Whom to ask in, as what, and where."""

    institution = Houses(
        queryset=Institution.objects.none(),
        to_field_name="public_id",
        label=_("Organisation"),
        error_messages={"required": _("Organisation: choose one.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        error_messages={"required": _("E-mail: type the address the invitation goes to.")},
    )
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in HOUSE_ROLES])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["institution"].queryset = administered(self.user)  # type: ignore[attr-defined]
        first = administered(self.user).first()
        if first is not None and not self.is_bound:
            self.initial.setdefault("institution", first.public_id)


class OfficeForm(ScopedForm):
    """An office of a territory."""

    territory = LineInput(label=_("Territory"), max_length=32)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"), choices=[(role.value, role.label) for role in OFFICE_ROLES if role != Role.MINISTRY_OFFICER]
    )


class AppointForm(ScopedForm):
    """A post of a member, with or without the power to sign."""

    person = forms.ModelChoiceField(
        queryset=Person.objects.none(),
        to_field_name="public_id",
        label=_("Person"),
        error_messages={"required": _("Person: choose a member of staff.")},
    )
    title = LineInput(
        label=_("Position"), max_length=200, error_messages={"required": _("Position: type what the post is called.")}
    )
    may_sign = forms.BooleanField(label=_("May sign agreements for the organisation"), required=False)

    def __init__(self, *args: Any, house: Institution | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = house.memberships.held_on(today()).values("user") if house else ()
        staff = Person.objects.filter(user__in=members).order_by("name", "pk")
        self.fields["person"].queryset = staff  # type: ignore[attr-defined]
        self.fields["person"].label_from_instance = lambda person: person.name  # type: ignore[attr-defined]


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password; what does not fit is said at the field, and the address stays typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["required"] = _("E-mail: type the address of your account.")
        self.fields["password"].error_messages["required"] = _("Password: type the password of your account.")

    def clean(self) -> dict[str, Any]:
        """allauth's check; its refusal belongs to the password, which alone is typed again."""
        try:
            super().clean()
        except ValidationError as refusal:
            self.add_error("password", refusal)
        return dict(self.cleaned_data)


class JoinForm(forms.Form):
    """The account of an invited person: a name and a password."""

    name = LineInput(
        label=_("Your name"), max_length=200, error_messages={"required": _("Your name: type how colleagues know you.")}
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 8 characters"),
        error_messages={"required": _("Password: choose one of at least 8 characters.")},
    )

    def clean_password(self) -> str:
        """Held against the rules for passwords."""
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class TokenForm(forms.Form):
    """A new token."""

    name = LineInput(
        label=_("What it is for"),
        max_length=100,
        error_messages={"required": _("What it is for: type a name that tells it apart.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("What it may do: choose at least one.")},
    )
    lasts = forms.ChoiceField(label=_("How long it lives"), choices=MONTHS, initial="90")

    def expires(self, at: datetime.datetime) -> datetime.datetime:
        """When it ends."""
        try:
            return at + datetime.timedelta(days=int(self.cleaned_data["lasts"]))
        except KeyError as missing:
            raise ValidationError(_("How long it lives: choose one.")) from missing
