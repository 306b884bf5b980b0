"""Runs every ratio in a process of its own and prints one JSON object; what each has to reach stands beside it."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TARGETS = {
    "rollup_full_vs_sql": 1.25,
    "rollup_refresh_share": 0.02,
    "rollup_growth": 12.0,
    "rollup_worker_mb": 500.0,
    "bulk_put_vs_copy": 6.0,
    "api_list_vs_stock": 0.6,
    "api_list_vs_raw": 6.0,
    "dashboard_flatness": 1.2,
    "import_vs_copy": 25.0,
    "distinct_vs_sql": 1.5,
    "distinct_refresh_share": 0.02,
    "log_write_vs_insert": 5.0,
    "conflict_check_ms_at_1e6": 1000.0,
    "pilot_board_flatness": 1.5,
    "pilot_page_flatness": 1.5,
    "register_proof_growth": 3.0,
}
# one file may measure two ratios on the same data
FILES = {
    "rollups": ("rollup_full_vs_sql", "rollup_refresh_share", "rollup_growth", "rollup_worker_mb"),
    "figures": ("bulk_put_vs_copy",),
    "api_list": ("api_list_vs_stock", "api_list_vs_raw"),
    "dashboard": ("dashboard_flatness",),
    "imports": ("import_vs_copy",),
    "activities": ("distinct_vs_sql", "distinct_refresh_share"),
    "entries": ("log_write_vs_insert",),
    "conflicts": ("conflict_check_ms_at_1e6",),
    "pilots": ("pilot_board_flatness", "pilot_page_flatness"),
    "register": ("register_proof_growth",),
    "approvals": ("approve_p95_ms_under_load",),
}


def measured(name: str, *flags: str) -> dict[str, Any]:
    """What one file prints, as it prints it last; an error under its own name."""
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", *flags], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        found: dict[str, Any] = json.loads(ran.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        found = {f"{name}_error": (ran.stderr or ran.stdout)[-2000:]}
    found[f"{name}_seconds"] = round(time.monotonic() - began, 1)
    return found


def main(words: list[str]) -> int:
    """Print all ratios; 1 if one could not be measured. `--country` measures counting on 25 million figures."""
    found: dict[str, Any] = {}
    flags = [word for word in words if word.startswith("--")]
    for name in [word for word in words if word not in flags] or FILES:
        found |= measured(name, *flags)
    found["targets"] = {ratio: most for ratio, most in TARGETS.items() if ratio in found}
    print(json.dumps(found, indent=1))
    return int(any(name.endswith("_error") for name in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
