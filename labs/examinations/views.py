"""Pages of the coordinator (list, new round, one examination and its moves) and of the expert (one review)."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from cooperation.pages.listpage import ReadyList, Words
from cooperation.pages.records import Asked, AskedMove, AtOnce, RecordPage
from exchange.once import Once
from labs.examinations import actions, listing, presenting, reviewing, writing
from labs.examinations.forms import AcceptForm, DecideForm, InviteForm, OpenForm, RubricForm
from labs.examinations.models import Examination, Review
from labs.examinations.records import COORDINATORS, Record
from labs.examinations.rubric import criteria_on
from labs.examinations.rules import EXAMINATION, REVIEW, experts_on, to_examine
from labs.pilots.models import PilotProject
from labs.pilots.rules import PILOT
from lifecycle.transitions import Unmet


class ExaminationList(ReadyList):
    """Which projects are examined, and where is the coordinator's word missing?"""

    allowed_roles = COORDINATORS
    scope = Examination
    related = presenting.RELATED
    prefetch = presenting.ROW_PREFETCH
    listing = listing
    table, icon, new_page, heads = "labs/_examination_table.html", "lab", "examination-new", ("opened_at", "decided_at")
    words = Words(
        _l("Examinations"), "examination", _l("No examination fits these filters"), _l("All examinations"),
        _l("There are no examinations yet"),
        _l("A submitted project is read by two experts who do not know whose it is; its authors never learn who they are."),
        _l("Take up a project"),
    )  # fmt: skip

    def shown(self, rows: Any, user: Any, on: Any, view: str) -> Any:
        return presenting.rows_of(rows)

    def may_add(self, user: Any) -> bool:
        return bool(to_examine(user).exists())


class NewExamination(Once, Scoped, View):
    """Which submitted project is taken up?"""

    allowed_roles = COORDINATORS
    scope = PilotProject

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(self.form(initial={"project": request.GET.get("project", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.page(form, 422)
        try:
            made = actions.open_examination(form.known[form.cleaned_data["project"]], by=request.user, at=now())
        except Unmet as unmet:
            for each in unmet.conditions:
                form.add_error("project", str(each.message))
            return self.page(form, 422)
        messages.success(request, _("The examination is open: invite experts."))
        return redirect(presenting.page(made))

    def form(self, data: Any = None, **more: Any) -> OpenForm:
        return OpenForm(data, projects=list(to_examine(self.request.user).order_by("-modified_at", "-pk")), **more)

    def page(self, form: OpenForm, status: int = 200) -> HttpResponse:
        title = _("Take up a project")
        return render(self.request, "labs/examination_new.html", {
            "form": form, "title": title, "crumbs": Record.crumbs({"text": title}), "page_errors": status == 422,
            "back": reverse("examination-list"),
        }, status=status)  # fmt: skip


class ExaminationDetail(Record, View):
    """Who was asked, what do they say, what is decided?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, errors: Any = (), **bound: Any) -> HttpResponse:
        """The page; with a refused form in its place, or with what a move still lacks on top."""
        examination, user = self.examination, self.request.user
        open_now = EXAMINATION.available(examination, user)
        candidates = self.candidates() if "invite" in open_now else []
        form = next(iter(bound.values()), None)
        return render(self.request, "labs/examination_detail.html", {
            "examination": examination, "title": self.called(), "crumbs": self.crumbs({"text": examination.blind.code}),
            "errors": errors, "bound": form, "page_errors": status == 422, "badge": presenting.badge_of(examination),
            "facts": presenting.facts_of(examination), "experts": presenting.experts_of(examination, open_now),
            "reviews": presenting.side_by_side(examination.reviews.all()), "moves": open_now,
            "starts": "examine" in PILOT.available(examination.project, user),
            "barred": [each for each in candidates if not each.is_free],
            "invite": bound.get("invite") or InviteForm(candidates=candidates),
            "decide": bound.get("decide") or DecideForm(),
            "others": presenting.buttons_of(examination, open_now), "timeline": presenting.history_of(examination),
        }, status=status)  # fmt: skip

    def candidates(self) -> list[presenting.Candidate]:
        return presenting.candidates_of(self.examination, experts_on(today()), today())


class Start(AtOnce, ExaminationDetail):
    """Two experts have accepted."""

    at_once = {"start": (actions.start_examination, _l("The project is in examination."))}
    move = "start"

    def permit(self, move: str) -> None:
        """It is a move of the project."""
        PILOT.permit("examine", self.examination.project, self.request.user)

    def place_of(self, condition: Any) -> str:
        """What the move lacks is on this page."""
        return "#experts"


class InviteExpert(Once, ExaminationDetail):
    """An expert is asked."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("invite")
        form = InviteForm(request.POST, candidates=self.candidates())
        if form.is_valid():
            asked = {**form.cleaned_data, "expert": form.known[form.cleaned_data["expert"]].expert}
            try:
                actions.invite_expert(self.examination, by=request.user, at=now(), **asked)
            except ValidationError as error:
                for name, told in error.message_dict.items():
                    form.add_error(name, told)
        if not form.is_valid():
            self.again()
            return self.page(422, invite=form)
        messages.success(request, _("The expert is invited."))
        return redirect(presenting.page(self.examination))


class Decide(Once, ExaminationDetail):
    """What comes of the project."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("decide")
        form = DecideForm(request.POST)
        if not form.is_valid():
            return self.page(422, decide=form)
        try:
            actions.decide_examination(self.examination, by=request.user, at=now(), **form.cleaned_data)
        except Unmet as unmet:
            self.again()
            for each in unmet.conditions:
                form.add_error("decision", str(each.message))
            return self.page(422, decide=form)
        messages.success(request, _("Decided: the authors read the reviews without names."))
        return redirect(presenting.page(self.examination))


def take_back(examination: Examination, *, place: int, **told: Any) -> Examination:
    """The review at this place, in the order of invitations."""
    reviews = list(examination.reviews.order_by("pk"))
    return actions.take_back_review(examination, review=reviews[place], **told)


class AskExamination(Record, AskedMove):
    """A move that says why, on a page of its own."""

    moves = {
        "void": Asked(
            actions.void_examination, _l("Void the examination"),
            _l("No review of this round counts, and a new round is opened. Only you and other coordinators read your reason."),
            _l("Void the examination"), _l("The round is void; a new one is open."),
        ),
        "take_back": Asked(
            take_back, _l("Take a review back"),
            _l("The review does not count, and the expert sees it no more. Only coordinators read your reason."),
            _l("Take a review back"), _l("The review is taken back."),
        ),
    }  # fmt: skip

    def about(self, **place: int) -> str:
        if not place:
            return ""
        reviews = list(self.examination.reviews.all())
        if place["place"] >= len(reviews):
            raise Http404
        return str(reviews[place["place"]].expert.name)


class ReviewRecord(RecordPage):
    """A page of one review: its expert alone comes in, and nothing on it tells whose project it is."""

    allowed_roles = None
    scope = Review
    related = reviewing.RELATED
    prefetch = ("scores__criterion",)
    machine, word, plural = REVIEW, "review", _l("My work")

    @property
    def review(self) -> Review:
        found: Review = self.get_object()
        return found

    def called(self) -> str:
        return self.review.examination.blind.code

    @classmethod
    def crumbs(cls, *more: dict[str, str]) -> list[dict[str, str]]:
        return [{"text": cls.plural, "url": reverse("inbox")}, *more]


class ReviewDetail(ReviewRecord, View):
    """What am I asked to read, and what do I say of it?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page()

    def page(self, status: int = 200, **bound: Any) -> HttpResponse:
        review, user = self.review, self.request.user
        open_now = REVIEW.available(review, user)
        rubric = bound.get("rubric") or (self.rubric() if "submit" in open_now else None)
        return render(self.request, "labs/review_detail.html", {
            **reviewing.told_of(review), "crumbs": self.crumbs({"text": self.called()}), "moves": open_now,
            "accept": bound.get("accept") or AcceptForm(), "rubric": rubric, "bound": next(iter(bound.values()), None),
            "page_errors": status == 422,
        }, status=status)  # fmt: skip

    def rubric(self, data: Any = None) -> RubricForm:
        return RubricForm(data, review=self.review, criteria=criteria_on(today()), on=today())


class AcceptReview(Once, ReviewDetail):
    """The expert takes it on."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("accept")
        form = AcceptForm(request.POST)
        if not form.is_valid():
            return self.page(422, accept=form)
        writing.accept_review(self.review, by=request.user, at=now(), **form.cleaned_data)
        messages.success(request, _("You have accepted: the material is open."))
        return redirect(self.address)


class DeclineReview(ReviewRecord, AskedMove):
    """The expert does not examine it."""

    moves = {
        "decline": Asked(
            writing.decline_review, _l("Decline the review"),
            _l("Somebody else is asked. Only the coordinator reads your reason."), _l("Decline"), _l("You have declined."),
        )
    }  # fmt: skip


class WriteReview(Once, ReviewDetail):
    """Kept as a draft, or submitted for good."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        self.permit("submit")
        form, sends = self.rubric(request.POST), "send" in request.POST
        if not form.is_valid():
            return self.page(422, rubric=form)
        act = writing.submit_review if sends else writing.save_review
        try:
            act(self.review, by=request.user, at=now(), scores=form.scores(), comment=form.cleaned_data["comment"])
        except Unmet as unmet:
            self.again()
            for each in unmet.conditions:
                form.add_error(each.pointer.strip("/") or None, str(each.message))
            return self.page(422, rubric=form)
        messages.success(request, _("The review is submitted.") if sends else _("The draft is saved."))
        return redirect(self.address)
