"""A paper as a PDF: a typst template and the words that travel beside it, never in it."""

import json
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import typst
from django.http import HttpResponse

FONTS = Path(fontpkg_noto_sans.__file__).parent / "files"


def as_pdf(template: Path, sheet: dict[str, Any]) -> bytes:
    """PDF/A with selectable text."""
    told = json.dumps(sheet, ensure_ascii=False, default=str)
    return typst.compile(
        template, font_paths=[FONTS], ignore_system_fonts=True, pdf_standards="a-2b", sys_inputs={"sheet": told}
    )


def handed_out(template: Path, sheet: dict[str, Any], name: str) -> HttpResponse:
    """The paper as an answer to a browser, kept by nobody on the way."""
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(as_pdf(template, sheet), content_type="application/pdf", headers=told)
