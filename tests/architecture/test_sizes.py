"""Caps that keep modules and functions readable."""

import ast

from tests.architecture.project import PACKAGE, modules, name, tree

MODULE_CAP, FUNCTION_CAP, WINDOW_CAP = 500, 60, 300


def functions(path):
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [node for node in ast.walk(tree(path)) if isinstance(node, kinds)]


def length(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_module_is_too_long():
    assert len(modules()) > 50
    assert {name(p): length(p) for p in modules() if length(p) > MODULE_CAP} == {}


def test_no_function_is_too_long():
    found = {
        f"{name(path)}:{node.name}": node.end_lineno - node.lineno + 1
        for path in modules()
        for node in functions(path)
    }
    assert len(found) > 500
    assert {key: lines for key, lines in found.items() if lines > FUNCTION_CAP} == {}


def test_the_main_window_stays_small():
    assert length(PACKAGE / "ui" / "shell" / "window.py") < WINDOW_CAP


def test_only_the_command_line_prints():
    printing = {
        name(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "print"
    }
    assert printing == set()


def test_nothing_is_evaluated_from_text():
    calls = {
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"eval", "exec"}
    }
    assert calls == set()
