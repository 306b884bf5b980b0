"""The house stays a house: imports and relations point down, rooms keep their size and their names."""

import ast
import re
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from tests.source import APPS, ROOT, doors, files, functions, name, templates, tree

FLOORS = {app: height for height, app in enumerate(APPS)}
JUNK = {"utils", "helpers", "services", "core", "common", "misc", "util", "helper", "lib", "tools"}
KEEPERS_OF_A_WORD = {"config/services.py"}  # the processes the supervisor runs are called services by everybody


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def test_there_is_a_house_to_look_at():
    assert len(files()) > 60
    assert len(own_models()) > 20
    assert len(templates()) > 20


def test_the_import_contract_holds_without_exceptions():
    lint = Path(sys.executable).with_name("lint-imports")
    ran = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "ignore_imports" not in (ROOT / "pyproject.toml").read_text()


def test_relations_point_down_or_stay_on_the_floor():
    for model in own_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model:
                other = field.related_model._meta.app_label
                assert FLOORS.get(other, 0) <= FLOORS[model._meta.app_label], f"{model.__name__}.{field.name} points up"


def test_relations_name_the_class():
    for path in files():
        if path.stem != "models" and "models" not in path.parts:
            continue
        own = {node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in (
                "ForeignKey",
                "OneToOneField",
                "ManyToManyField",
            ):
                target = node.args[0]
                if isinstance(target, ast.Constant):
                    assert target.value in {"self", *own}, f"{name(path)}:{node.lineno} names {target.value!r} as text"


def test_nothing_is_deleted_by_cascade():
    for model in own_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert field.remote_field.on_delete is models.PROTECT, f"{model.__name__}.{field.name}"


def test_no_model_overrides_save_or_orders_itself():
    for path in files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                for item in node.body:
                    assert getattr(item, "name", "") != "save", f"{name(path)}:{item.lineno} overrides save"
                    if node.name == "Meta" and isinstance(item, ast.Assign):
                        assert getattr(item.targets[0], "id", "") != "ordering", f"{name(path)}:{item.lineno} orders"


def test_there_are_no_signals():
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert "@receiver" not in text, name(path)
        assert "django.db.models.signals" not in text, name(path)


def test_no_import_hides_in_a_function():
    for path in files():
        for function in functions(path):
            for node in ast.walk(function):
                assert not isinstance(node, ast.Import | ast.ImportFrom), f"{name(path)}:{node.lineno}"


def test_files_functions_and_templates_keep_their_size():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files()}
    assert not {place: length for place, length in lengths.items() if length > 400}
    told = sorted(length for length in lengths.values() if length > 1)
    assert statistics.median(told) <= 100
    assert told[int(len(told) * 0.9)] <= 300
    bodies = {
        f"{name(path)}:{each.name}": each.end_lineno - each.lineno + 1 for path in files() for each in functions(path)
    }
    assert not {place: length for place, length in bodies.items() if length > 50}
    assert sorted(bodies.values())[int(len(bodies) * 0.9)] <= 25
    pages = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in templates()}
    assert not {place: length for place, length in pages.items() if length > 200}


def test_every_file_says_what_it_is_for():
    for path in files():
        if path.read_text(encoding="utf-8").strip():
            assert ast.get_docstring(tree(path)), name(path)


def test_there_are_no_todo_marks():
    mark = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    for path in [*files(), *templates()]:
        assert not mark.search(path.read_text(encoding="utf-8")), name(path)


def test_no_file_is_a_junk_drawer():
    for path in files(migrations=True):
        assert path.stem not in JUNK or name(path) in KEEPERS_OF_A_WORD, name(path)


def test_country_words_stand_in_packs_only():
    word = re.compile(
        r"(?<!in )uzbek|soato|tashkent|toshkent|o.?zbek|hemis|emaktab|hokimlik|viloyat|zealand", re.IGNORECASE
    )
    allowed = ("config/packs/", "config/settings.py", "config/formats/")
    for path in [*files(), *templates()]:
        if not name(path).startswith(allowed):
            found = word.search(path.read_text(encoding="utf-8"))
            assert not found, f"{name(path)}: {found.group()}"


def test_no_clock_is_read_outside_the_doors():
    clock = re.compile(
        r"timezone\.(now\(|localdate\(\)|localtime\(\))|date\.today\(|datetime\.(now|utcnow)\(|time\.time\("
    )
    doors_too = {*map(name, doors()), "accounts/clock.py"}
    for path in files():
        place = name(path)
        if place in doors_too or place.startswith("config/"):
            continue
        found = clock.search(path.read_text(encoding="utf-8"))
        assert not found, f"{place}: {found.group()}"


def test_strict_scoped_and_once_are_for_doors():
    tools = {
        "accounts.strict",
        "accounts.scoped",
        "accounts.listing",
        "accounts.doors",
        "exchange.once",
        "exchange.moving",
    }
    tool_files = {f"{module.replace('.', '/')}.py" for module in tools}
    # lists of doors, the form tag, how the API knows its caller, a list as a page or a file, what pages of a record share
    others = {"urls", "once", "tokens", "listpage", "records", "handing"}
    for path in files():
        if path.stem in {*others} or path in doors() or name(path) in tool_files or name(path).startswith("config/"):
            continue
        for node in ast.walk(tree(path)):
            module = getattr(node, "module", None) if isinstance(node, ast.ImportFrom) else None
            assert module not in tools, f"{name(path)} imports {module}"


def blocks(path: Path) -> list[tuple[str, ...]]:
    """Every run of eight lines that say something."""
    text = path.read_text(encoding="utf-8").splitlines()
    said = [
        line.strip() for line in text if line.strip() and not line.strip().startswith(("#", "from ", "import ", '"""'))
    ]
    return [tuple(said[start : start + 8]) for start in range(len(said) - 7)]


def test_less_than_one_percent_is_said_twice():
    counted = Counter(block for path in files() for block in blocks(path))
    repeated = sum(times - 1 for times in counted.values() if times > 1)
    assert repeated / max(sum(counted.values()), 1) < 0.01, [block for block, times in counted.most_common(3)]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model.__name__)
def test_each_model_says_what_its_fields_are(model):
    told = model.disclosure
    listed = [*told.public, *told.institution, *told.personal, *told.secret]
    real = {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}
    assert sorted(listed) == sorted(real), f"{model.__name__}: {set(listed) ^ real}"
    assert not told.personal or told.subject
