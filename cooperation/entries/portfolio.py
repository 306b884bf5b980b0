"""One month of a person's own record as a PDF for their portfolio; the data travels beside the template, never in it."""

import json
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import typst
from django.utils.translation import gettext as _

from accounts.names import tag_of

TEMPLATE = Path(__file__).with_name("portfolio.typ")
FONTS = Path(fontpkg_noto_sans.__file__).parent / "files"


def sheet_of(record: dict[str, Any], owner: str, source: str, language: str | None) -> dict[str, Any]:
    """The sheet in words: what was logged, with whom, how many took part, and whether the other side stands by it."""
    facts = [
        (_("Logged"), record["logged"]),
        (_("Confirmed by the other side"), record["confirmed"]),
        (_("Took part in the confirmed ones"), record["people"]),
    ]
    heads = [_("Date"), _("What"), _("Organisations"), _("How many took part"), _("Status")]
    rows = [
        [row["day"], row["title"], ", ".join([row["organiser"], *row["partners"]]), row["counts"], row["status"]]
        for row in record["rows"]
    ]
    return {
        "title": _("My joint work: %(month)s") % {"month": record["name"]}, "owner": owner, "source": source,
        "facts": facts, "heads": heads, "rows": rows, "lang": tag_of(language)[:2],
        "note": _("Made by its owner from their own log. Only confirmed activities are counted."),
    }  # fmt: skip


def as_pdf(sheet: dict[str, Any]) -> bytes:
    """PDF/A with selectable text."""
    told = json.dumps(sheet, ensure_ascii=False, default=str)
    return typst.compile(
        TEMPLATE, font_paths=[FONTS], ignore_system_fonts=True, pdf_standards="a-2b", sys_inputs={"sheet": told}
    )
