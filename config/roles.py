"""Database roles: what each kind of process may do, and how long it may take."""

from dataclasses import dataclass

OWNER = "hk_owner"


@dataclass(frozen=True)
class Role:
    """A serving role. Its time-outs travel with the connection, since a role's own settings do not follow SET ROLE."""

    name: str
    statement: str
    lock: str
    idle: str
    read_only: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """What a process gets in order to serve under this role."""
        limits = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
        }
        if self.read_only:
            limits["default_transaction_read_only"] = "on"
        options = " ".join(f"-c {name}={value}" for name, value in limits.items())
        return {"HK_ROLE": self.name, "HK_DB_OPTIONS": options}


# inner limits stay shorter than outer ones: lock < statement < proxy (30 s); statement < task soft (210 s) < hard
WEB = Role("hk_web", statement="5s", lock="3s", idle="15s")
WORKER = Role("hk_worker", statement="200s", lock="10s", idle="60s")
PUBLIC = Role("hk_public", statement="2s", lock="1s", idle="5s", read_only=True)
SERVING = (WEB, WORKER, PUBLIC)

ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
# the record: said once, never changed; and what only migrations may change
RIGHTS: dict[str, frozenset[str]] = {
    "lifecycle_event": frozenset({"SELECT", "INSERT"}),
    "lifecycle_frozencontent": frozenset({"SELECT", "INSERT"}),
    "lifecycle_ledgerentry": frozenset({"SELECT", "INSERT"}),
    "lifecycle_ledgernode": frozenset({"SELECT"}),
    "lifecycle_ledgerhead": frozenset({"SELECT", "INSERT"}),
    "lifecycle_seal": frozenset({"SELECT", "INSERT"}),
    "quality_releasecell": frozenset({"SELECT", "INSERT"}),
    "quality_publishedhouse": frozenset({"SELECT", "INSERT"}),
    "quality_releasefile": frozenset({"SELECT", "INSERT"}),
    "django_migrations": frozenset({"SELECT"}),
    "django_content_type": frozenset({"SELECT"}),
    "auth_permission": frozenset({"SELECT"}),
}
# snapshots made for everybody, the only tables hk_public may read
PUBLISHED = frozenset({"quality_permalink", "quality_releasecell", "quality_publishedhouse", "quality_releasefile"})


def rights(role: str, table: str) -> frozenset[str]:
    """What a serving role may do with a table."""
    if role == PUBLIC.name:
        return frozenset({"SELECT"}) if table in PUBLISHED else frozenset()
    return RIGHTS.get(table, ALL)
