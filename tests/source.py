"""The house's own source, read as text and as syntax trees."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
APPS = ("accounts", "lifecycle", "exchange", "institutions", "quality", "cooperation", "labs", "config")
DOORS = ("views", "api", "tasks", "admin", "forms", "filters")


@cache
def files(*, migrations: bool = False) -> tuple[Path, ...]:
    """Every Python file of the eight apps."""
    found = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
    return tuple(path for path in found if migrations or "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def doors() -> list[Path]:
    """Ways in: views, API, tasks, admin, forms, filters of the things."""
    return [path for path in files() if path.stem in DOORS]


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))


def chain(node: ast.AST) -> list[str]:
    """The names in a chain of attributes and calls: Model.objects.filter(…).update → Model, objects, filter, update."""
    found: list[str] = []
    while True:
        if isinstance(node, ast.Attribute):
            found.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            return [*([node.id] if isinstance(node, ast.Name) else []), *reversed(found)]
