"""What the pages of one record share: who may come in, the frame around it, and moves that need a page of their own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from accounts.clock import now
from accounts.scoped import Scoped
from cooperation.pages.forms import ReasonForm
from exchange.once import Once
from institutions.registry.scope import Role
from lifecycle.transitions import Condition, Lifecycle, Unmet

READERS = {role.value for role in Role} - {Role.EXPERT.value}


class RecordPage(Scoped):
    """A page of one record; a thing says which machine moves it, how it is called and where it is listed."""

    allowed_roles = READERS
    machine: Lifecycle
    word = ""  # what templates call it, and what its addresses begin with
    plural: Any = ""
    request: Any
    kwargs: Any
    subject: Any

    def called(self) -> str:
        """Its name in the reader's language."""
        raise NotImplementedError

    def page_of(self, name: str) -> str:
        """The address of one of its pages."""
        return reverse(f"{self.word}-{name}", kwargs={"public_id": self.get_object().public_id})

    @property
    def address(self) -> str:
        return self.page_of("detail")

    @classmethod
    def crumbs(cls, *more: dict[str, str]) -> list[dict[str, str]]:
        """The way from the list."""
        return [{"text": cls.plural, "url": reverse(f"{cls.word}-list")}, *more]

    def again(self) -> None:
        """After a refused act: what it wrote in memory was taken back in the database."""
        self.subject = None

    def permit(self, move: str) -> None:
        """403 or 409 before a page asks for something the move will refuse."""
        self.machine.permit(move, self.get_object(), self.request.user, reason="asked later")

    def frame(self, title: Any) -> dict[str, Any]:
        """What is around a page that does one thing with the record."""
        name, back = self.called(), self.address
        return {
            self.word: self.get_object(), "name": name, "title": title, "back": back,
            "crumbs": self.crumbs({"text": name, "url": back}, {"text": title}),
        }  # fmt: skip


class AtOnce(Once):
    """A move that needs no words, before the page of a record: one button; what it still lacks is said on that page."""

    http_method_names = ["post"]
    at_once: Mapping[str, tuple[Callable[..., Any], Any]]  # what makes the move, and what is said afterwards
    move = ""

    def post(self, request: Any, public_id: str) -> Any:
        act, said = self.at_once[self.move]
        self.permit(self.move)  # type: ignore[attr-defined]
        try:
            act(self.get_object(), by=request.user, at=now())  # type: ignore[attr-defined]
        except Unmet as unmet:
            self.again()  # type: ignore[attr-defined]
            lacking = [{"text": str(each.message), "url": self.place_of(each)} for each in unmet.conditions]
            return self.page(422, lacking)  # type: ignore[attr-defined]
        messages.success(request, said)
        return redirect(self.address)  # type: ignore[attr-defined]

    def place_of(self, condition: Condition) -> str:
        """Where what is missing is given: a field of the form of the record."""
        name = condition.pointer.strip("/")
        return f"{self.page_of('edit')}#id_{name}"  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Asked:
    """A move that is asked about first: what makes it, its title, what it means, its verb, and what is said afterwards."""

    act: Callable[..., Any]
    title: Any
    consequence: Any
    verb: Any
    done: Any
    asks_why: bool = True


class AskedMove(RecordPage, Once, View):
    """The page of such a move, beside a thing's own RecordPage; it asks why where others read the reason."""

    moves: Mapping[str, Asked]
    move = ""

    def get(self, request: HttpRequest, public_id: str, **place: int) -> HttpResponse:
        self.permit(self.move)
        return self.page(ReasonForm(), **place)

    def post(self, request: HttpRequest, public_id: str, **place: int) -> HttpResponse:
        self.permit(self.move)
        asked, form = self.moves[self.move], ReasonForm(request.POST)
        if asked.asks_why and not form.is_valid():
            return self.page(form, 422, **place)
        self.about(**place)
        told = {"reason": form.cleaned_data["reason"]} if asked.asks_why else {}
        asked.act(self.get_object(), by=request.user, at=now(), **told, **place)
        messages.success(request, asked.done)
        return redirect(self.address)

    def about(self, **place: int) -> str:
        """The part of the record that it is about, if it is about one; 404 for one that is not there."""
        return ""

    def page(self, form: ReasonForm, status: int = 200, **place: int) -> HttpResponse:
        asked = self.moves[self.move]
        context = {
            **self.frame(asked.title), "form": form, "about": self.about(**place), "consequence": asked.consequence,
            "verb": asked.verb, "asks_why": asked.asks_why, "page_errors": status == 422,
        }  # fmt: skip
        return render(self.request, "cooperation/asked.html", context, status=status)
