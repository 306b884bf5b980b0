"""The catalogues of words: what the code and the templates say, and the .po files that translate it."""

import ast
import os
import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import polib
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

# For each function: where the context, the message and its plural stand among the arguments.
_SAYS = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_SPEAKERS = {f"{name}{ending}": at for name, at in _SAYS.items() for ending in ("", "_lazy", "_noop")} | {
    "_": _SAYS["gettext"],
    "__": _SAYS["gettext"],
}
_SPOKEN = re.compile(r"\b((?:np|n|p)?gettext)\(")
_PLURALS = {
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);",
    "en": "nplurals=2; plural=(n != 1);",
}
# The parts of packages whose words a person can meet here; our catalogues translate them again, completely.
BORROWED = (
    "django.forms",
    "django.core.validators",
    "django.core.exceptions",
    "django.db.models",
    "django.contrib.auth.forms",
    "django.contrib.auth.password_validation",
    "django.contrib.postgres.forms",
    "django.utils.dates",
    "django.utils.timesince",
    "django_filters",
    "rest_framework",
    "allauth.account.adapter",
    "allauth.account.fields",
    "allauth.account.forms",
    "allauth.account.internal",
    "allauth.core",
    "allauth.mfa",
)

BORROWED_TEMPLATES = {"allauth": ("account", "mfa")}
_ASIDE = re.compile("/(?:tests|migrations|authtoken|management)/")  # words of packages nobody meets here


class Message(NamedTuple):
    """One thing said: its context (or None), its words and their plural (or None)."""

    context: str | None
    words: str
    plural: str | None


def _constant(call: ast.Call, at: int | None) -> str | None:
    if at is None or at >= len(call.args):
        return None
    argument = call.args[at]
    return argument.value if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _renamed(tree: ast.Module) -> Iterator[tuple[str, tuple[int | None, int, int | None]]]:
    """The names under which a file brings the functions of gettext in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            yield from (
                (each.asname, _SPEAKERS[each.name]) for each in node.names if each.asname and each.name in _SPEAKERS
            )


def in_python(source: str) -> Iterator[Message]:
    """Every message a Python file says through gettext."""
    tree = ast.parse(source)
    called = _SPEAKERS | dict(_renamed(tree))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in called:
            continue
        context_at, words_at, plural_at = called[name]
        if words := _constant(node, words_at):
            yield Message(_constant(node, context_at), words, _constant(node, plural_at))


def _call(text: str, start: int) -> str:
    """The call that starts here, to its closing bracket, quotes minded."""
    depth, quote, at = 0, "", start
    while at < len(text):
        letter = text[at]
        if quote:
            if letter == "\\":
                at += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter == "(") - (letter == ")")
            if depth == 0 and letter == ")":
                return text[start : at + 1]
        at += 1
    return ""


def in_template(source: str, origin: str = "") -> Iterator[Message]:
    """Every message a template says through trans, blocktrans and _()."""
    said = templatize(source, origin=origin)
    for found in _SPOKEN.finditer(said):
        call = _call(said, found.start())
        try:
            yield from in_python(call)
        except SyntaxError:  # a word of the page that only looks like a call
            continue
    for found in re.finditer(r"\b_\(((?:'[^']*')|(?:\"[^\"]*\"))\)", said):
        yield Message(None, ast.literal_eval(found.group(1)), None)


def _files_of(module: str) -> Iterator[Path]:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return
    origin = Path(spec.origin)
    yield from sorted(origin.parent.rglob("*.py")) if origin.name == "__init__.py" else [origin]


def _borrowed(base: Path) -> Iterator[Message]:
    for package, folders in BORROWED_TEMPLATES.items():
        root = next(_files_of(package)).parent / "templates"
        for path in sorted(path for folder in folders for path in (root / folder).rglob("*")):
            # A page of ours in its place says its own words.
            if path.suffix in {".html", ".txt"} and not (base / "templates" / path.relative_to(root)).exists():
                yield from in_template(path.read_text(encoding="utf-8"), str(path))
    for module in BORROWED:
        for path in _files_of(module):
            if not _ASIDE.search(path.as_posix()):
                yield from in_python(path.read_text(encoding="utf-8"))


def _ours(base: Path) -> Iterator[Message]:
    for app in settings.INSTALLED_APPS:
        for path in sorted((base / app).rglob("*.py")):
            if "/migrations/" not in path.as_posix():
                yield from in_python(path.read_text(encoding="utf-8"))
    for path in sorted((base / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml"}:
            yield from in_template(path.read_text(encoding="utf-8"), str(path))


def said(base: Path | None = None) -> list[Message]:
    """Every message of the project and of the borrowed parts of packages, each once."""
    base = base or settings.BASE_DIR
    found = dict.fromkeys([*_borrowed(base), *_ours(base)])
    plural = {(message.context, message.words) for message in found if message.plural}
    # Catalogues key the same words with and without a plural as one.
    return [message for message in found if message.plural or (message.context, message.words) not in plural]


def languages() -> list[str]:
    """The locale names of the product's languages."""
    return [to_locale(code) for code, _ in settings.LANGUAGES]


def catalogue_path(locale: str, base: Path | None = None) -> Path:
    """Where a language's catalogue lies."""
    return (base or settings.BASE_DIR) / "locale" / locale / "LC_MESSAGES" / "django.po"


def plural_rule(locale: str) -> str:
    """The language's plural forms; one form where nothing is said."""
    return _PLURALS.get(locale, "nplurals=1; plural=0;")


def empty_catalogue(locale: str) -> polib.POFile:
    """A catalogue without entries and without dates, so that a difference shows words only."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_rule(locale),
    }
    return catalogue


def read(locale: str, base: Path | None = None) -> polib.POFile:
    """The language's catalogue as it lies there; an empty one if it does not."""
    path = catalogue_path(locale, base)
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else empty_catalogue(locale)


def write(catalogue: polib.POFile, locale: str, base: Path | None = None) -> bool:
    """Store the catalogue, sorted by words and context; True if the file changed."""
    catalogue.sort(key=lambda entry: (entry.msgid.casefold(), entry.msgid, entry.msgctxt or ""))
    path = catalogue_path(locale, base)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = str(catalogue).rstrip("\n") + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.write_text(text, encoding="utf-8")
    return True


def compile_all(base: Path | None = None, *, force: bool = False) -> list[str]:
    """Write the .mo beside each .po that is newer; the names of the languages compiled."""
    done = []
    for locale in languages():
        source = catalogue_path(locale, base)
        target = source.with_suffix(".mo")
        if not source.exists() or (not force and target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        partial = target.with_suffix(f".{os.getpid()}.tmp")  # another process may compile at the same moment
        read(locale, base).save_as_mofile(str(partial))
        partial.replace(target)
        done.append(locale)
    return done
