"""A paper as a PDF: a typst template and the words that travel beside it, never in it."""

import hashlib
import json
from pathlib import Path
from typing import Any

import fontpkg_noto_sans
import typst
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.module_loading import import_string

from exchange.certifying import signing
from exchange.glyphs import drawable

FONTS = Path(fontpkg_noto_sans.__file__).parent / "files"
REGULAR = FONTS / "NotoSans[wdth,wght].ttf"
STAMP = "exchange.stamping.certified"  # read with the first paper: it takes half a second that no start has to wait for
KEPT_SECONDS = 24 * 60 * 60


def as_pdf(template: Path, sheet: dict[str, Any]) -> bytes:
    """PDF/A with selectable text; a character that the font lacks becomes a square."""
    told = json.dumps(drawable(sheet, REGULAR), ensure_ascii=False, default=str)
    return typst.compile(
        template, font_paths=[FONTS], ignore_system_fonts=True, pdf_standards="a-2b", sys_inputs={"sheet": told}
    )


def as_signed_pdf(template: Path, sheet: dict[str, Any]) -> bytes:
    """The same with the platform's signature, where it has one; kept for a day by all that stands on it."""
    by = signing()
    told = json.dumps(sheet, ensure_ascii=False, default=str, sort_keys=True)
    parts = (template.read_text(encoding="utf-8"), told, by.fingerprint if by else "")
    key = "paper:" + hashlib.sha256("\0".join(parts).encode()).hexdigest()
    if (kept := cache.get(key)) is not None:
        return bytes(kept)
    paper = as_pdf(template, sheet)
    if by:
        paper = import_string(STAMP)(paper, by)
    cache.set(key, paper, KEPT_SECONDS)
    return paper


def handed_out(template: Path, sheet: dict[str, Any], name: str) -> HttpResponse:
    """The paper as an answer to a browser, kept by nobody on the way."""
    return pdf_answer(as_pdf(template, sheet), name)


def signed_out(template: Path, sheet: dict[str, Any], name: str) -> HttpResponse:
    """The same, signed by the platform."""
    return pdf_answer(as_signed_pdf(template, sheet), name)


def pdf_answer(paper: bytes, name: str) -> HttpResponse:
    """A file to save, kept by nobody on the way."""
    told = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return HttpResponse(paper, content_type="application/pdf", headers=told)
