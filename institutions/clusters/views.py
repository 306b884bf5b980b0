"""Pages of clusters: the list, one cluster with its dated members, and the way out for a member."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from accounts.clock import now, today
from accounts.scoped import Scoped
from accounts.wording import counted
from exchange.jobs.handing import file_of
from exchange.once import Once
from institutions.clusters import actions, showing
from institutions.clusters.filters import ClusterPageFilters, chosen
from institutions.clusters.forms import LeaveForm
from institutions.clusters.models import Cluster
from institutions.clusters.rules import may_leave
from institutions.clusters.sheets import FILE
from institutions.registry.listpage import ListPage, Query
from institutions.registry.models import Institution
from institutions.registry.scope import HOUSE_ROLES, houses
from lifecycle.transitions import Unmet

PARAMETERS = tuple(ClusterPageFilters.base_filters)


class OfCluster(Scoped, View):
    """What the pages of clusters share."""

    scope = Cluster
    related = showing.RELATED
    prefetch = (showing.MEMBERS,)
    request: Any
    kwargs: Any

    @staticmethod
    def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
        return [{"text": _("Clusters"), "url": reverse("cluster-list")}, *more]


class ClusterList(OfCluster):
    """Who works together around whom?"""

    def get(self, request: HttpRequest) -> HttpResponse:
        query = Query(request, PARAMETERS)
        params = {name: query.query_params.get(name, "") for name in PARAMETERS}
        form = request.GET.get("format", "")
        if form in ("csv", "xlsx"):
            return file_of(request, FILE, {name: value for name, value in params.items() if value}, form)
        filters = chosen(self.get_queryset(), params, request)
        listed = ListPage(query, filters.qs, ("coordinator__sort_key", "modified_at"), "-modified_at")
        labels = {name: (field.label, self.word(name, params[name])) for name, field in filters.form.fields.items()}
        total = counted(listed.total, "cluster")
        return render(request, "institutions/cluster_list.html", {
            "title": _("Clusters"), "crumbs": [{"text": _("Clusters")}], "filter_form": filters.form,
            "chips": listed.chips({name: words for name, words in labels.items() if params[name]}),
            "clear": query.path, "columns": showing.columns_of(listed),
            "rows": showing.rows_of(listed.rows, today()), "total": total, "pagination": listed.pagination(total),
            "csv": query.address(format="csv"), "xlsx": query.address(format="xlsx"),
        })  # fmt: skip

    def word(self, name: str, value: str) -> str:
        """A filter's value in words."""
        if name == "institution":
            found = Institution.objects.visible_to(self.request.user).filter(public_id=value).first()  # type: ignore[attr-defined]
            return str(found) if found else value
        return showing.place_words(value) if name == "territory" else value


class ClusterDetail(OfCluster):
    """Who belongs to it, in which role, since when?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        cluster, user = self.get_object(), request.user
        inside = {each.institution_id for each in cluster.members.all()} & houses(user, *HOUSE_ROLES)
        name = showing.name_now(cluster.names)
        return render(request, "institutions/cluster_detail.html", {
            "cluster": cluster, "name": name, "crumbs": self.crumbs({"text": name}),
            "facts": showing.facts_of(cluster, today()), "members": showing.member_rows(cluster),
            "timeline": showing.timeline_of(cluster, bool(inside)), "leave": leaving(cluster, user) is not None,
        })  # fmt: skip


def leaving(cluster: Cluster, user: Any) -> Institution | None:
    """The member in whose name the person may leave now."""
    day = today()
    rows = [each for each in cluster.members.all() if each.valid.upper is None or each.valid.upper > day]
    return next((each.institution for each in rows if may_leave(user, each)), None)


class LeaveCluster(Once, OfCluster):
    """Does our organisation go?"""

    def get(self, request: HttpRequest, public_id: str) -> HttpResponse:
        return self.page(LeaveForm())

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form, house = LeaveForm(request.POST), self.house()
        if not form.is_valid():
            return self.page(form, 422)
        try:
            actions.leave_cluster(self.get_object(), house, by=request.user, at=now(), **form.cleaned_data)
        except Unmet as unmet:
            for condition in unmet.conditions:
                form.add_error(None, str(condition.message))
            return self.page(form, 422)
        messages.success(request, _("Your organisation has left the cluster."))
        return redirect(showing.page(self.get_object()))

    def house(self) -> Institution:
        """403 for whoever speaks for no member."""
        found = leaving(self.get_object(), self.request.user)
        if found is None:
            raise PermissionDenied
        return found

    def page(self, form: LeaveForm, status: int = 200) -> HttpResponse:
        cluster, house = self.get_object(), self.house()
        name, title, back = showing.name_now(cluster.names), _("Leave the cluster"), showing.page(cluster)
        return render(self.request, "institutions/cluster_leave.html", {
            "title": title, "name": name, "form": form, "house": showing.name_now(house.names), "back": back,
            "crumbs": self.crumbs({"text": name, "url": back}, {"text": title}), "page_errors": status == 422,
        }, status=status)  # fmt: skip
