"""What in an institution's figures of a period breaks a rule or stands out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from accounts.names import name_now
from accounts.wording import number
from institutions.registry.models import Institution
from quality.catalogue.models import DefinitionVersion, Method, Period
from quality.checks.expressions import Comparison, read
from quality.checks.models import Operator, Severity, ValidationRule
from quality.checks.outliers import ENOUGH, Unlike, stands_out
from quality.observations.models import Observation, ValueState
from quality.submissions.expecting import required_of

REMEMBERED = 24  # periods before this one
QUOTIENTS = (Method.SHARE, Method.RATIO)


@dataclass(frozen=True)
class Found:
    """One breach: of a rule, or a number that stands out."""

    left: Decimal
    right: Decimal
    rule: ValidationRule | None = None
    version: DefinitionVersion | None = None
    unlike: Unlike | None = None
    codes: tuple[str, ...] = ()  # the indicators it speaks of

    @property
    def key(self) -> str:
        return self.rule.code if self.rule else self.version.indicator.code if self.version else ""

    @property
    def weight(self) -> str:
        """How grave it is, in a word."""
        return str(Severity(self.rule.severity).label) if self.rule else _("Stands out")

    @property
    def said(self) -> str:
        """The breach in words, with the figures it stands on."""
        if self.rule:
            words = {
                "rule": name_now(self.rule.names), "left": number(self.left), "right": number(self.right),
                "operator": Operator(self.rule.operator).label,
            }  # fmt: skip
            return _("%(rule)s: the figures give %(left)s, the rule expects %(operator)s %(right)s.") % words
        return _said(self.version, self.unlike, self.left) if self.version and self.unlike else ""


def _said(version: DefinitionVersion, unlike: Unlike, value: Decimal) -> str:
    """A number that stands out, in words."""
    words = {
        "name": name_now(version.indicator.names), "value": number(value), "usual": number(unlike.usual),
        "count": number(unlike.count),
    }  # fmt: skip
    if unlike.against == "history":
        return _("%(name)s: %(value)s is far from the %(count)s periods before (middle: %(usual)s).") % words
    if unlike.against == "peers":
        return _("%(name)s: %(value)s is far from %(count)s organisations of this kind (middle: %(usual)s).") % words
    return _("%(name)s: %(value)s is far outside the %(count)s periods before (nearest: %(usual)s).") % words


def breaches_of(house: Institution, period: Period) -> list[Found]:
    """Everything to be explained or corrected, contradictions of rules first."""
    rows = list(
        Observation.objects.filter(institution=house, period=period).select_related("version__indicator").order_by("pk")
    )
    versions = required_of(house, period)
    return [*_broken(rows, versions), *_odd(rows, house, period)]


def _broken(rows: Sequence[Observation], versions: Sequence[DefinitionVersion]) -> list[Found]:
    """Rules all of whose indicators are asked of this institution, or were given."""
    figures: dict[str, Decimal | None] = {}
    for row in rows:
        code = row.version.indicator.code
        figures |= {f"{code}.numerator": row.numerator, f"{code}.denominator": row.denominator}
    known = {row.version.indicator.code for row in rows} | {version.indicator.code for version in versions}
    found = []
    for rule in ValidationRule.objects.order_by("position", "pk"):
        comparison = Comparison(read(rule.left), Operator(rule.operator), read(rule.right), rule.missing)
        codes = tuple(sorted({name.rpartition(".")[0] for name in comparison.operands}))
        sides = comparison.broken_by(figures) if known.issuperset(codes) else None
        if sides:
            found.append(Found(*sides, rule=rule, codes=codes))
    return found


def worth(numerator: Decimal | None, denominator: Decimal | None, version: DefinitionVersion) -> Decimal | None:
    """The figure a reader compares: the quotient where there is one."""
    if numerator is None or version.method not in QUOTIENTS:
        return numerator
    return numerator * version.factor / denominator if denominator else None


def _odd(rows: Sequence[Observation], house: Institution, period: Period) -> list[Found]:
    """Numbers that stand out from the institution's own history, or from institutions of its kind in its region."""
    found = []
    for row in rows:
        value = worth(row.numerator, row.denominator, row.version)
        if value is None:
            continue
        history = _worths(_history(row.version, house, period), row.version)
        peers = _worths(_peers(row.version, house, period), row.version) if len(history) < ENOUGH else []
        if unlike := stands_out(value, history, peers):
            code = row.version.indicator.code
            found.append(Found(value, unlike.usual, version=row.version, unlike=unlike, codes=(code,)))
    return found


def _worths(pairs: Sequence[tuple[Decimal | None, Decimal | None]], version: DefinitionVersion) -> list[Decimal]:
    return [value for pair in pairs if (value := worth(*pair, version)) is not None]


def _history(
    version: DefinitionVersion, house: Institution, period: Period
) -> list[tuple[Decimal | None, Decimal | None]]:
    before = Observation.objects.filter(
        version=version, institution=house, state=ValueState.VALUE, period__kind=period.kind,
        period__ends_on__lt=period.ends_on,
    )  # fmt: skip
    return list(before.order_by("-period__ends_on").values_list("numerator", "denominator")[:REMEMBERED])


def _peers(
    version: DefinitionVersion, house: Institution, period: Period
) -> list[tuple[Decimal | None, Decimal | None]]:
    """Only quotients are compared: counts differ with the size of a house."""
    if version.method not in QUOTIENTS:
        return []
    region = house.territory.lineage[:2][-1]
    others = Observation.objects.filter(
        version=version, period=period, state=ValueState.VALUE, institution__kind=house.kind_id,
        institution__territory__lineage__contains=[region],
    ).exclude(institution=house)  # fmt: skip
    return list(others.order_by("pk").values_list("numerator", "denominator"))
