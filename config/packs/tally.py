"""What an installation did, table by table."""

from dataclasses import dataclass, field


@dataclass
class Tally:
    """Counts of rows created, changed and left alone, by table; `notes` tell what the source says twice."""

    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, table: str, created: int = 0, changed: int = 0, unchanged: int = 0) -> None:
        found = self.tables.setdefault(table, {"created": 0, "changed": 0, "unchanged": 0})
        for name, count in (("created", created), ("changed", changed), ("unchanged", unchanged)):
            found[name] += count

    @property
    def touched(self) -> int:
        """Rows created or changed in all tables."""
        return sum(table["created"] + table["changed"] for table in self.tables.values())

    def lines(self) -> list[str]:
        """One line a table, then what the source says twice, for people."""
        counted = [
            f"{name}: {count['created']} created, {count['changed']} changed, {count['unchanged']} unchanged"
            for name, count in self.tables.items()
        ]
        return [*counted, *self.notes]
