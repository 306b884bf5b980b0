"""Static files: hashed names, compressed, cached for a year; plain names where nothing was collected yet."""

from pathlib import Path

import xstatic.pkg.bootstrap
from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

BOOTSTRAP = ("bootstrap", str(Path(xstatic.pkg.bootstrap.BASE_DIR) / "css"))


class StaticFiles(StaticFilesConfig):
    """Leaves out what packages bring along and no page asks for."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.map", "*.rtl.*", "bootstrap.css", "bootstrap.min.css", "bootstrap-*[!n].css", "bootstrap-utilities*"),
        *("htmx-4*", "htmax-*", "htmx-2.js", "ext", "docs", "*.scss", "rest_framework"),
    ]


def is_map(rule: str | tuple[str, str]) -> bool:
    """Whether a rule rewrites the address of a source map."""
    return "sourceMappingURL" in (rule[0] if isinstance(rule, tuple) else rule)


class Assets(CompressedManifestStaticFilesStorage):
    """Does not insist on source maps that were left behind, nor on a manifest before the first `collectstatic`."""

    manifest_strict = False
    patterns = tuple(
        (glob, tuple(rule for rule in rules if not is_map(rule)))
        for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )

    def stored_name(self, name: str) -> str:
        """The hashed name, once there is one."""
        hashed: str = super().stored_name(name) if self.hashed_files else name
        return hashed
