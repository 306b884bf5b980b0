"""The static gate: what no door, task or query of this house may contain."""

import ast
import re

from django.apps import apps

from tests.source import APPS, chain, doors, files, name, templates, tree

WRITES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "aupdate", "asave", "acreate"}
ROW_WRITES = {"create", "update", "delete"}  # also verbs of dictionaries and forms: only on a queryset
ROWS = {"objects", "_base_manager", "_default_manager", "get_queryset", "filter", "exclude", "all", "visible_to"}
HTTP = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "pycurl"}


def calls(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]


def test_there_are_doors_to_look_at():
    assert len(doors()) >= 5


def test_doors_do_not_write():
    for path in doors():
        for call in calls(path):
            *before, verb = chain(call) or [""]
            assert verb not in WRITES, f"{name(path)}:{call.lineno} {verb}"
            assert not (verb in ROW_WRITES and ROWS & set(before)), f"{name(path)}:{call.lineno} {verb}"


def test_doors_ask_scoped_models_only_through_visible_to():
    guarded = [model for model in apps.get_models() if hasattr(model._default_manager, "visible_to")]
    told = {model: model.disclosure for model in guarded}
    scoped = {
        model.__name__ for model in guarded if told[model].institution or told[model].personal or told[model].secret
    }
    assert len(scoped) >= 3
    for path in doors():
        if path.stem == "tasks":  # a task works for the system and says so by `by=None`
            continue
        chains = [(call.lineno, chain(call)) for call in calls(path)]
        for line, names in chains:
            if len(names) < 3 or names[0] not in scoped or names[1] != "objects":
                continue
            whole = [other for _line, other in chains if other[: len(names)] == names]
            asked = any({"visible_to", "overseen_by", "none"} & set(other) for other in whole)
            assert asked, f"{name(path)}:{line} {'.'.join(names)}"


def test_sql_is_not_glued_together():
    for path in files():
        for call in calls(path):
            if getattr(call.func, "attr", "") in ("execute", "executemany", "raw", "extra") and call.args:
                first = call.args[0]
                glued = isinstance(first, ast.JoinedStr) or (
                    isinstance(first, ast.BinOp) and isinstance(first.op, ast.Mod | ast.Add)
                )
                assert not glued, f"{name(path)}:{call.lineno}"


def test_requests_publish_nothing_to_the_broker():
    for path in files():
        if path.stem == "tasks" or name(path) == "config/celery.py":
            continue
        for call in calls(path):
            assert getattr(call.func, "attr", "") not in ("delay", "apply_async", "send_task"), (
                f"{name(path)}:{call.lineno}"
            )


def test_nothing_calls_out_but_egress():
    for path in files():
        if name(path) in ("exchange/egress.py", "config/services.py"):  # the supervisor asks its own web server
            continue
        for node in ast.walk(tree(path)):
            modules = (
                [each.name for each in node.names]
                if isinstance(node, ast.Import)
                else [getattr(node, "module", None) or ""]
            )
            if isinstance(node, ast.Import | ast.ImportFrom):
                assert not HTTP & set(modules), f"{name(path)}:{node.lineno}"


def test_no_text_is_declared_safe():
    for path in files():
        for node in ast.walk(tree(path)):
            assert getattr(node, "attr", getattr(node, "id", "")) not in ("mark_safe", "SafeText"), (
                f"{name(path)}:{node.lineno}"
            )
    for path in templates():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape off|\{% load .*unsafe", text), name(path)
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)(?![^>]*nonce=)[^>]*>", text), name(path)
        assert not re.search(r"\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|javascript:", text), name(path)


def test_serializers_and_filters_list_their_fields():
    for path in doors():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and node.name == "Meta":
                for item in node.body:
                    target = getattr(item.targets[0], "id", "") if isinstance(item, ast.Assign) else ""
                    assert target != "exclude", f"{name(path)}:{item.lineno}"
                    assert not (target == "fields" and isinstance(item.value, ast.Constant)), (
                        f"{name(path)}:{item.lineno}"
                    )


def test_serializers_carry_no_floats():
    for path in doors():
        for node in ast.walk(tree(path)):
            assert getattr(node, "attr", getattr(node, "id", "")) != "FloatField", f"{name(path)}:{node.lineno}"


def test_a_status_is_set_by_a_move_only():
    for path in files():
        if name(path).startswith(("lifecycle/", "config/management/", "config/packs/", "config/worlds/")):
            continue
        for node in ast.walk(tree(path)):
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AugAssign)
                else []
            )
            for target in targets:
                holder = chain(target)
                if isinstance(target, ast.Attribute) and target.attr == "status":
                    assert holder[0] in ("response", "answer", "self"), f"{name(path)}:{node.lineno}"


def test_fake_things_are_found(tmp_path):
    """The gate proves itself: each of these would be reported."""
    seeded = ast.parse("Agreement.objects.filter(pk=1).update(x=1)\ncursor.execute(f'select {x}')\n")
    found = [chain(node) for node in ast.walk(seeded) if isinstance(node, ast.Call)]
    assert any(each[-1] == "update" and ROWS & set(each) for each in found)
    assert APPS
