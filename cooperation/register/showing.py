"""What everybody may read of a concluded agreement: parties, dates, forms, code. Never its text, contacts or refusals."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.names import code_of, name_now
from accounts.wording import day_short, moment, number
from cooperation.agreements import paper
from cooperation.agreements.models import Agreement, AgreementTerm, Revision, RevisionParty
from cooperation.agreements.presenting import period_words
from cooperation.agreements.statuses import AGREED, AgreementStatus, RevisionStatus
from exchange.tables import Head, Table
from lifecycle import ledger
from lifecycle.models import LedgerEntry, LedgerHead

SORTS = ("number", "concluded_at", "in_force_from", "in_force_until")
OVER = (AgreementStatus.ENDED, AgreementStatus.TERMINATED)
STATUSES = [(status.value, status.label) for status in (*AGREED, *OVER)]
TONES = {"concluded": ("waiting", "clock"), "in_force": ("ok", "tick"), "suspended": ("warn", "warning")}
DAY = datetime.timedelta(days=1)


def registered() -> QuerySet[Agreement]:
    """Every agreement that was ever concluded, with what is public of its concluded wording."""
    parties = RevisionParty.objects.select_related("institution").order_by("position", "pk")
    terms = AgreementTerm.objects.select_related("form").order_by("position", "pk")
    return (
        Agreement.objects.filter(concluded__isnull=False)
        .select_related("kind", "concluded")
        .prefetch_related(Prefetch("concluded__parties", parties), Prefetch("concluded__terms", terms))
    )


def page_of(number: str) -> str:
    """The public page of an agreement."""
    return reverse("public-agreement", args=[number])


def facts_of(agreement: Agreement) -> dict[str, Any]:
    """The public facts, each with words for the reader; the same everywhere the register speaks."""
    revision = agreement.concluded
    assert revision is not None  # noqa: S101
    until = agreement.in_force_until
    tone, icon = TONES.get(agreement.status, ("ended", "stop"))
    forms = {each.form.code: name_now(each.form.names) for each in revision.terms.all() if each.form}
    return {
        "number": agreement.number,
        "url": page_of(agreement.number),
        "parties": [each.official_name or name_now(each.institution.names) for each in revision.parties.all()],
        "kind": name_now(agreement.kind.names) if agreement.kind else "",
        "forms": list(forms.values()),
        "period": period_words(agreement.in_force_from, until - DAY if until else None),
        "starts_on": agreement.in_force_from,
        "ends_on": until - DAY if until else None,
        "concluded": day_short(agreement.concluded_at),
        "status": {"code": agreement.status, "text": agreement.get_status_display(), "tone": tone, "icon": icon},
        "hash": revision.content_hash,
    }


def sheet_of(agreement: Agreement, languages: Sequence[str]) -> dict[str, Any]:
    """What is public of it as a paper: neither text nor obligations, nobody's office."""
    revision = agreement.concluded
    assert revision is not None  # noqa: S101
    said = []
    for tag in languages:
        with translation.override(code_of(tag)):
            told = facts_of(agreement)
            facts = [
                (_("Kind of agreement"), told["kind"]), (_("Form of cooperation"), ", ".join(told["forms"])),
                (_("Concluded"), told["concluded"]), (_("Period of validity"), told["period"]),
            ]  # fmt: skip
            said.append({
                **paper.proof_words(tag), "title": _("Agreement № %(number)s") % {"number": agreement.number},
                "edition": _("Extract from the public register"), "facts": [fact for fact in facts if fact[1]],
                "parties_head": _("Parties"), "roles": ["" for _party in told["parties"]], "terms": [], "signed": [],
            })  # fmt: skip
    return {**paper.frame(agreement.number, revision), "languages": said, "parties": told["parties"]}


def rows_of(agreements: Iterable[Agreement]) -> list[dict[str, Any]]:
    """Rows of the list, for the component `table`."""
    rows = []
    for each in agreements:
        told = facts_of(each)
        rows.append({"cells": [
            {"text": told["number"], "url": told["url"]},
            {"text": "; ".join(told["parties"]), "label": _("Parties")},
            {"text": ", ".join(told["forms"]) or told["kind"], "label": _("Form of cooperation")},
            {**told["status"], "label": _("Status")},
            {"text": told["concluded"], "label": _("Concluded")},
            {"text": told["period"], "label": _("Period of validity")},
        ]})  # fmt: skip
    return rows


def revisions_of(agreement: Agreement) -> list[dict[str, Any]]:
    """Every wording that was concluded, newest first, with where it stands in the record."""
    known = (RevisionStatus.CONCLUDED, RevisionStatus.SUPERSEDED)
    rows = Revision.objects.filter(agreement=agreement, status__in=known).order_by("-number")
    entries = {each.number: each for each in entries_of("agreement", agreement.public_id)}
    return [
        {
            "number": each.number, "hash": each.content_hash, "holds": each.pk == agreement.concluded_id,
            "concluded": day_short(each.concluded_at) if each.concluded_at else "",
            "entry": entries.get(each.number),
            "proof": reverse("api-ledger-proof", args=["agreement", agreement.public_id, each.number]),
        }
        for each in rows
    ]  # fmt: skip


def entries_of(kind: str, subject_id: str) -> QuerySet[LedgerEntry]:
    """What the record holds of a thing."""
    return LedgerEntry.objects.filter(kind=kind, subject_id=subject_id).order_by("number")


def table_of(rows: QuerySet[Agreement], notes: list[tuple[Any, Any]]) -> Table:
    """The register as a file."""

    def lines() -> Any:
        for each in rows.iterator(chunk_size=500):
            told: Mapping[str, Any] = facts_of(each)
            yield (
                told["number"], "; ".join(told["parties"]), told["kind"], "; ".join(told["forms"]),
                told["status"]["text"], told["concluded"], told["starts_on"], told["ends_on"], told["hash"],
            )  # fmt: skip

    heads = [
        Head(_("Agreement number")), Head(_("Parties")), Head(_("Kind of agreement")), Head(_("Form of cooperation")),
        Head(_("Status")), Head(_("Concluded")), Head(_("Starts"), "date"), Head(_("Ends"), "date"),
        Head(_("Code of this text")),
    ]  # fmt: skip
    return Table(_("Register of agreements"), "register", heads, lines(), rows.count(), notes)


def record_facts() -> dict[str, Any]:
    """How far the record has come."""
    size = ledger.length()
    return {"size": size, "root": ledger.root(size).hex()}


def heads_table(heads: Iterable[LedgerHead]) -> dict[str, Any]:
    """Signed heads, newest first, for the component `table`."""
    heading = [_("Signed"), _("Entries"), _("Root"), _("Seal of the acts")]
    rows = [
        {"cells": [
            {"text": moment(each.signed_at)},
            {"text": number(each.size), "label": heading[1], "figure": True},
            {"text": f"{each.root[:16]}…", "label": heading[2]},
            {"text": number(each.seal), "label": heading[3], "figure": True},
        ]}
        for each in heads
    ]  # fmt: skip
    columns = [{"label": words, "figure": place in (1, 3)} for place, words in enumerate(heading)]
    return {"heads_title": _("Signed heads"), "columns": columns, "rows": rows}
