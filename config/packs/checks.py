"""Validation rules of a pack."""

from config.packs.reading import Pack, names_of
from config.packs.tally import Tally
from quality.checks.expressions import read
from quality.checks.models import ValidationRule

FIELDS = ("left", "operator", "right", "missing", "severity")


def install_checks(pack: Pack, tally: Tally) -> None:
    """Create missing rules; one that is known stays as people left it. Raises NotUnderstood for what is no expression."""
    rows = pack.rows("checks")
    known = set(ValidationRule.objects.values_list("code", flat=True))
    fresh = [
        ValidationRule(code=row["code"], names=names_of(row), position=at, **{name: row[name] for name in FIELDS})
        for at, row in enumerate(rows, 1)
        if row["code"] not in known
    ]
    for rule in fresh:
        read(rule.left), read(rule.right)
    ValidationRule.objects.bulk_create(fresh)
    tally.add("checks", len(fresh), 0, len(rows) - len(fresh))
