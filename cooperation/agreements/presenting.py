"""An agreement in words for pages: facts, clauses, signatures, timeline, rows of the list."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.names import name_now
from accounts.wording import counted, day_short, moment, number
from cooperation.agreements import content as wording
from cooperation.agreements.models import Agreement, AgreementParty, Revision, RevisionParty, Signature
from cooperation.agreements.rules import is_open
from cooperation.agreements.standing import (
    LIVING_WORDS,
    Standing,
    living_status,
    parties_of,
    read_parts,
    standing_for,
)
from cooperation.agreements.statuses import (
    AGREED,
    FURTHER,
    Decision,
    PartyState,
    Purpose,
    RevisionStatus,
    SignatureMethod,
)
from cooperation.pages.showing import house_page
from institutions.registry.models import Institution
from institutions.territory.models import Term

LANGUAGE_WORDS = {"uz": gettext_lazy("In Uzbek"), "ru": gettext_lazy("In Russian"), "en": gettext_lazy("In English")}
RENEWAL_WORDS: dict[str, Callable[[], str]] = {
    "none": lambda: _("Ends on its last day"),
    "by_decision": lambda: _("May be renewed by a joint decision"),
    "automatic": lambda: _("Is renewed by itself unless a party gives notice"),
}


def status_words(standing: Standing) -> str:
    """The badge of an agreement: whose turn it is and since how many days."""
    if standing.days is None:
        return str(standing.words)
    if standing.days == 0:
        return _("%(status)s, since today") % {"status": standing.words}
    return _("%(status)s for %(days)s") % {"status": standing.words, "days": counted(standing.days, "day")}


def signed_words(standing: Standing) -> str:
    """How far the signing has come."""
    values = {"signed": standing.signed, "all": standing.signing}
    return ngettext("%(signed)s of %(all)s signed", "%(signed)s of %(all)s signed", standing.signed) % values


def living_words(agreement: Agreement, on: datetime.date) -> dict[str, Any]:
    """How much joint work it leads to, as a badge; nothing for one that is not in force."""
    code = living_status(agreement, on)
    return {"code": code, "text": LIVING_WORDS[code]} if code else {}


def period_words(starts_on: Any, ends_on: Any) -> str:
    """From when to when."""
    if not starts_on:
        return ""
    if not ends_on:
        return _("from %(start)s, without an end") % {"start": day_short(starts_on)}
    return f"{day_short(starts_on)} – {day_short(ends_on)}"


def renewal_words(renewal: str, months: int | None = None) -> str:
    """What happens after the last day, and by how long it is renewed."""
    text = RENEWAL_WORDS[renewal]() if renewal in RENEWAL_WORDS else renewal
    if renewal != "automatic" or not months:
        return text
    return f"{text} ({counted(months, 'month')})"


def exit_words(survives: bool) -> str:
    """What happens when one party gives notice."""
    return _("The others go on, if at least two stay") if survives else _("The agreement ends as a whole")


class Words:
    """Names behind the codes and ids of a content, each vocabulary and all institutions read once."""

    def __init__(self, *contents: Mapping[str, Any]) -> None:
        parties = [party for content in contents for party in content["parties"]]
        terms = [term for content in contents for term in content["terms"]]
        keys = {party["institution"] for party in parties} | {term[side] for term in terms for side in ("from", "to")}
        self.houses = {house.public_id: house for house in Institution.objects.filter(public_id__in=keys - {None})}
        codes = {content["kind"] for content in contents} | {party["role"] for party in parties}
        codes |= {term[name] for term in terms for name in ("kind", "form", "unit")}
        vocabularies = ("agreement_kind", "party_role", "obligation_kind", "cooperation_form", "unit")
        found = Term.objects.filter(vocabulary__in=vocabularies, code__in=codes - {None, ""})
        self.terms = {(term.vocabulary, term.code): name_now(term.names) for term in found}

    def term(self, vocabulary: str, code: str | None) -> str:
        return self.terms.get((vocabulary, code), code) if code else ""

    def house(self, key: str | None) -> str:
        return name_now(self.houses[key].names) if key in self.houses else (key or "")

    def page(self, key: str) -> str:
        """The address of an institution's page."""
        return house_page(key) if key in self.houses else ""

    def party(self, party: Mapping[str, Any] | None) -> str:
        """A party in one line: its official name then, and its role."""
        if party is None:
            return ""
        role = self.term("party_role", party["role"])
        name = party["official_name"]
        return f"{name} ({role})" if role else str(name)

    def promise(self, term: Mapping[str, Any] | None) -> str:
        """An obligation in lines."""
        if term is None:
            return ""
        amount = f"{number(term['quantity'])} {self.term('unit', term['unit'])}".strip() if term["quantity"] else ""
        lines = [
            self.term("obligation_kind", term["kind"]) + (f": {amount}" if amount else ""),
            self.term("cooperation_form", term["form"]),
            f"{self.house(term['from'])} → {self.house(term['to'])}" if term["from"] or term["to"] else "",
            _("Until: %(day)s") % {"day": day_short(term["due_on"])} if term["due_on"] else "",
            term["text"],
            _("Not yet defined") if term["not_yet_defined"] else "",
        ]
        return "\n".join(filter(None, lines))


def clause_words(change: wording.Change, words: Words) -> dict[str, Any]:
    """A changed clause for the component `diff`: both sides in words."""
    show = _shower(change.clause, words)
    return {"label": change.label, "before": show(change.before), "after": show(change.after)}


def _shower(clause: str, words: Words) -> Callable[[Any], str]:
    part = clause.partition("/")[0]
    special: dict[str, Callable[[Any], str]] = {
        "parties": words.party,
        "terms": words.promise,
        "kind": lambda value: words.term("agreement_kind", value),
        "renewal": lambda value: RENEWAL_WORDS[value]() if value in RENEWAL_WORDS else str(value or ""),
        "purpose": lambda value: str(Purpose(value).label) if value else "",
        "survives_exit": lambda value: exit_words(bool(value)),
        **dict.fromkeys(
            ("starts_on", "ends_on", "review_on", "effective_on"), lambda value: day_short(value) if value else ""
        ),
    }
    return special.get(part, lambda value: "" if value is None else str(value))


def changed_clauses(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What differs between two contents, in words."""
    words = Words(before, after)
    return [clause_words(change, words) for change in wording.differences(dict(before), dict(after))]


def document(revision: Revision) -> dict[str, Any]:
    """The whole content in words, from what was frozen: what a signer reads."""
    content = wording.read(revision)
    words = Words(content)
    return {
        "number": content["number"],
        "revision": content["revision"],
        "title": content["title"],
        "kind": words.term("agreement_kind", content["kind"]),
        "period": period_words(content["starts_on"], content["ends_on"]),
        "notice": counted(content["notice_days"], "day"),
        "renewal": renewal_words(content["renewal"], content.get("renewal_months")),
        "exit": exit_words(bool(content.get("survives_exit"))),
        "decision": decision_of(content),
        "texts": texts_of(content),
        "parties": [
            {"name": party["official_name"], "role": words.term("party_role", party["role"]), "signs": party["signs"],
             "url": words.page(party["institution"])}
            for party in content["parties"]
        ],
        "terms": [_row_of(term, words) for term in content["terms"]],
        "hash": revision.content_hash,
        "code": revision.content_hash[: wording.SHORT],
    }  # fmt: skip


def texts_of(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """The text in each language it stands in, that of the state first; `lang` is empty where there is only one."""
    found = [("uz", content["text"]), *((tag, content.get("texts", {}).get(tag, "")) for tag in FURTHER)]
    said = [(tag, text) for tag, text in found if text]
    return [
        {"lang": tag, "language": str(LANGUAGE_WORDS[tag]), "text": text}
        if len(said) > 1 or tag != "uz"
        else {"lang": "", "language": "", "text": text}
        for tag, text in said
    ]


def changed_from_concluded(agreement: Agreement, revision: Revision) -> list[dict[str, Any]]:
    """Clause by clause what an open revision changes of the concluded one."""
    if agreement.concluded is None or revision.pk == agreement.concluded_id:
        return []
    return changed_clauses(wording.read(agreement.concluded), wording.read(revision))


def notices_of(agreement: Agreement) -> list[str]:
    """Who leaves and when, and an early end that was agreed, as lines."""
    early = []
    if agreement.terminated_on is not None and agreement.status in AGREED:
        early.append(
            _("The parties have agreed to end it early, on %(day)s.") % {"day": day_short(agreement.terminated_on)}
        )
    if agreement.concluded is not None and agreement.concluded.decided_on is not None and agreement.status in AGREED:
        values = {
            "decision": Decision(agreement.concluded.decision).label,
            "day": day_short(agreement.concluded.decided_on),
        }
        early.append(_("Decision about the end: %(decision)s (%(day)s).") % values)
    if agreement.leaves_on is None:
        return early
    rows = AgreementParty.objects.filter(agreement=agreement, leaves_on__isnull=False).select_related("institution")
    said = _("%(party)s leaves on %(day)s.")
    lines = [
        said % {"party": name_now(row.institution.names), "day": day_short(row.leaves_on)}
        for row in rows.order_by("leaves_on", "pk") if row.leaves_on
    ]  # fmt: skip
    return [*early, *dict.fromkeys(lines)]


def decision_of(content: Mapping[str, Any]) -> dict[str, Any]:
    """What a revision does beside the terms it repeats, with its reason and day; nothing for a wording of terms."""
    if "purpose" not in content:
        return {}
    return {
        "what": Purpose(content["purpose"]).label,
        "reason": content.get("reason", ""),
        "document": content.get("document", ""),
        "from": day_short(content["effective_on"]) if content.get("effective_on") else "",
    }


def _row_of(term: Mapping[str, Any], words: Words) -> dict[str, Any]:
    unit = words.term("unit", term["unit"])
    return {
        "what": words.term("obligation_kind", term["kind"]),
        "form": words.term("cooperation_form", term["form"]),
        "who": words.house(term["from"]),
        "whom": words.house(term["to"]),
        "amount": f"{number(term['quantity'])} {unit}".strip() if term["quantity"] else "",
        "until": day_short(term["due_on"]) if term["due_on"] else "",
        "text": term["text"],
        "open": term["not_yet_defined"],
    }


GIVEN_UP = (RevisionStatus.DECLINED, RevisionStatus.REPLACED, RevisionStatus.REVERTED, RevisionStatus.LAPSED)


def signatures(revision: Revision, *, scans: bool = False) -> list[dict[str, Any]]:
    """Who has signed, who has declined and who has not answered; an office, never a person; scans for the parties."""
    signed = {signature.party_id: signature for signature in revision.signatures.select_related("proof")}
    rows = []
    for party in parties_of(revision):
        if not party.signs:
            continue
        signature = signed.get(party.pk)
        rows.append({
            "party": party.official_name or name_now(party.institution.names),
            "signed": party.state == PartyState.APPROVED,
            "declined": party.state == PartyState.DECLINED,
            "void": revision.status in GIVEN_UP,
            "office": signature.position if signature else "",
            "when": moment(party.approved_at) if party.approved_at else "",
            "code": signature.sha256[: wording.SHORT] if signature else "",
            **(_how(signature, party.institution.public_id, revision, scans) if signature else {}),
        })  # fmt: skip
    return rows


def _how(signature: Signature, house: str, revision: Revision, scans: bool) -> dict[str, str]:
    """In which way it was signed, where it was not with the account: by which mailbox, on which day, and the scan."""
    proof = getattr(signature, "proof", None)
    if signature.method == SignatureMethod.ACCOUNT or proof is None:
        return {}
    said = [str(SignatureMethod(signature.method).label), proof.shown]
    if proof.signed_on:
        said.append(day_short(proof.signed_on))
    place = [revision.agreement.public_id, revision.number, house]
    scan = reverse("agreement-scan", args=place) if proof.file and scans else ""
    return {"how": ", ".join(filter(None, said)), "scan": scan}


RELATED = ("kind", "initiator", "latest", "shown")
PREFETCH = tuple(
    f"{revision}__{part}" for revision in ("shown", "latest") for part in ("parties__institution", "terms__form")
)


def as_rows(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """The columns a row of the list shows; `rows_of` reads the rest for the rows of one page."""
    return rows.select_related("kind", "latest", "shown").defer(
        "search_key", "shown__text", "latest__text", "shown__texts", "latest__texts"
    )


def with_parts(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """What a row shows beside its own columns, read once for all rows."""
    return rows.select_related(*RELATED).prefetch_related(*PREFETCH)


def rows_of(
    agreements: Iterable[Agreement], acting: Collection[int], on: datetime.date, asking: Collection[int] = ()
) -> list[dict[str, Any]]:
    """Rows of the list: number, parties, status from the reader's side, end, and the one thing to do.

    `asking` are the houses in whose name the reader may remind others.
    """
    rows = []
    for agreement in read_parts(agreements):
        standing = standing_for(agreement, acting, on)
        shown = agreement.shown or agreement.latest
        parties = parties_of(shown)
        rows.append({
            "agreement": agreement,
            "url": page(agreement),
            "title": agreement.title or _("Without a subject yet"),
            "kind": name_now(agreement.kind.names) if agreement.kind else "",
            "parties": [name_now(party.institution.names) for party in parties],
            "standing": standing,
            "status": status_words(standing),
            "living": living_words(agreement, on),
            "signed": signed_words(standing) if standing.code in ("your_turn", "their_turn") else "",
            "waiting": [name_now(house.names) for house in standing.waiting],
            "forms": forms_of(shown) if shown else [],
            "ends": day_short(agreement.ends_on) if agreement.ends_on else "",
            "action": next_step(agreement, standing),
            "remind": is_open(agreement) and can_ask_others(parties, standing, asking),
        })  # fmt: skip
    return rows


def can_ask_others(parties: Iterable[RevisionParty], standing: Standing, own: Collection[int]) -> bool:
    """Whether one of the parties is of these houses, and another one has yet to sign."""
    return any(party.institution_id in own for party in parties) and any(
        house.pk not in own for house in standing.waiting
    )


def forms_of(revision: Revision) -> list[str]:
    """The forms of cooperation its obligations name, each once."""
    return list(dict.fromkeys(name_now(term.form.names) for term in revision.terms.all() if term.form))


def page(agreement: Agreement, name: str = "detail") -> str:
    """The address of one of the agreement's pages."""
    return reverse(f"agreement-{name}", args=[agreement.public_id])


def next_step(agreement: Agreement, standing: Standing) -> dict[str, str]:
    """The one thing to do in a row of the list."""
    if standing.code == "your_turn":
        return {"url": page(agreement), "text": pgettext("button", "Open")}
    if agreement.status == "draft" and agreement.shown_id is None:
        return {"url": page(agreement, "edit"), "text": _("Go on")}
    return {}
