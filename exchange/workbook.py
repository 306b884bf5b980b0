"""A program of its own: prints the rows of a workbook's first sheet as JSON lines, under limits of memory and time.

Run as `python workbook.py FILE`; knows nothing of the site, so that a hostile file can hurt nothing but this process.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineWorkbook

MEMORY, SECONDS, WIDTH = 768 * 1024 * 1024, 60, 200


def plain(value: Any) -> Any:
    """A cell as JSON: whole numbers without a point, dates in ISO, text as it stands."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else value


def main(path: str) -> int:
    """Rows on standard output; 3 for a file that is no workbook, 4 for one that is too wide."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        book = CalamineWorkbook.from_path(path)
        sheet = book.get_sheet_by_index(0)
        if sheet.total_width > WIDTH:
            return 4
        for row in sheet.iter_rows():  # from the first row of the sheet on, whatever stands in it
            sys.stdout.write(json.dumps([plain(cell) for cell in row], ensure_ascii=False) + "\n")
    except MemoryError:
        return 4
    except Exception:  # whatever the parser says of a broken file: it is not a workbook
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
