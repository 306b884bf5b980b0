"""Declared beside the code: open addresses, personal ones, and the answer to each of the cast at each address."""

from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
_file = HERE / "permissions.yml"
PERMISSIONS: dict[str, dict[str, Any]] = yaml.safe_load(_file.read_text(encoding="utf-8")) or {}

# open to everybody, on purpose
OPEN = {
    "livez", "readyz", "api-root", "api-schema", "api-docs", "api-reference", "error-type", "settings",
    "verify", "verify-number", "verify-hash", "verify-short", "invitation", "worker", "manifest", "link-answer", "link-file",
    "burden",
    "public-home", "public-territory", "public-institution", "public-indicators", "public-indicator", "public-data",
    "public-file", "public-snapshot", "public-laboratory", "laboratory-widget", "public-pilots",
    "public-comments", "public-comment", "public-comment-new",
    "public-pilot", "public-agreements", "public-agreement", "public-record", "public-verifier", "public-agreement-paper",
    "public-certificate",
    "api-ledger", "api-ledger-heads", "api-ledger-consistency", "api-ledger-proof",
}  # fmt: skip
# shows nothing but what belongs to whoever asks; there is no row of others to scope
PERSONAL: set[str] = {
    "home", "settings-components", "api-imports", "api-import", "me", "events", "api-tokens-list", "api-tokens-detail",
    "tokens", "token-revoke", "import-template",
}  # fmt: skip
# values of the parameters that name no object
PARAMETERS: dict[str, dict[str, str]] = {
    "error-type": {"slug": "wrong-status"},
    "api-import": {"kind": "institutions"},
    "import-template": {"kind": "institutions"},
    "api-institutions-file": {"format": "csv"},
    "api-indicators-values-file": {"format": "csv"},
    "api-indicators-changes-file": {"format": "csv"},
    "institution-move": {"move": "suspend"},
    "agreement-step": {"step": "parties"},
    "agreement-save": {"step": "parties"},
    "agreement-revision": {"number": "1"},
    "agreement-move": {"move": "renew"},
    "dashboard-file": {"form": "csv"},
    "scorecard-file": {"form": "csv"},
    "indicator-file": {"form": "csv"},
    "observation-sheet": {"period": "2025-2026"},
    "observation": {"period": "2025-2026", "code": "RES.04"},
    "submission-place": {"period": "2023-2024"},
    "project-stage": {"stage": "0"},
    "project-deliver": {"output": "0"},
    "project-drop": {"output": "0"},
    "adoption-report": {"subject_type": "programme_version"},
    "activity-portfolio": {"month": "2026-11"},
    "activity-person-drop": {"person": "0" * 26},
    "api-activities-person": {"person": "0" * 26},
    "examination-take-back": {"place": "0"},
    "trial-enter": {"site": "0" * 26},
    "trial-log": {"site": "0" * 26},
    "trial-approve": {"change": "0" * 26},
    "trial-refuse": {"change": "0" * 26},
    "verify-number": {"number": "NO-0000"},
    "verify-hash": {"prefix": "00000000"},
    "verify-short": {"prefix": "00000000"},
    "invitation": {"secret": "no-such-secret"},
    "link-answer": {"token": "no-such-token"},
    "link-file": {"token": "no-such-token", "public_id": "0" * 26},
    "link-withdraw": {"link": "0" * 26},
    "obligation-link-withdraw": {"link": "0" * 26},
    "agreement-link-withdraw": {"link": "0" * 26},
    "agreement-scan": {"number": "1", "party": "0" * 26},
    "public-territory": {"code": "nowhere"},
    "public-institution": {"public_id": "0" * 26},
    "public-indicator": {"code": "NO.99"},
    "public-file": {"number": "0", "form": "csv"},
    "public-snapshot": {"number": "0"},
    "public-laboratory": {"public_id": "0" * 26},
    "laboratory-widget": {"public_id": "0" * 26},
    "public-pilot": {"public_id": "0" * 26},
    "public-agreement": {"number": "NO-0000"},
    "public-agreement-paper": {"number": "NO-0000"},
    "api-ledger-proof": {"kind": "agreement", "public_id": "0" * 26, "number": "1"},
}
