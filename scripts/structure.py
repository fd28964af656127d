"""Measures how the house is built: what hangs on what, what is woken, what is used once.

``python scripts/structure.py [--root FOLDER] [--gestures] [--json]`` reads the code of a checkout;
``--gestures`` also opens its window offscreen, states one fact and drags the last axis of a
mass, and counts the files of the program in which a function was entered on the way.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

#: The object that features are given, by the name of its class.
HOSTS = ("Controller", "Host")

Graph = dict[str, set[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules(root: Path) -> dict[str, ast.Module]:
    """Return every module of the package by its dotted name."""
    found = {}
    for path in sorted((root / "tumorboard").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def imports(trees: dict[str, ast.Module]) -> Graph:
    """Return which modules each imports, for types only as well, wherever the line stands."""
    graph: Graph = {}
    for name, tree in trees.items():
        graph[name] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                wanted = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
            elif isinstance(node, ast.Import):
                wanted = {alias.name for alias in node.names}
            else:
                continue
            inside = {w for w in wanted if w in trees and w != name}
            deeper = {w.rpartition(".")[0] for w in inside}
            graph[name] |= inside - (deeper & {w for w in inside if _only_a_package(trees[w])})
    return graph


def _only_a_package(tree: ast.Module) -> bool:
    return not any(isinstance(n, ast.ClassDef | Function) for n in tree.body)


def cycles(graph: Graph) -> list[list[str]]:
    """Return the knots: sets of modules each of which reaches each other, the largest first."""
    order: list[str] = []
    seen: set[str] = set()
    for start in graph:
        _visit(graph, start, seen, order)
    back: Graph = defaultdict(set)
    for name, wanted in graph.items():
        for w in wanted:
            back[w].add(name)
    seen, knots = set(), []
    for start in reversed(order):
        knot: list[str] = []
        _visit(back, start, seen, knot)
        if len(knot) > 1:
            knots.append(sorted(knot))
    return sorted(knots, key=len, reverse=True)


def _visit(graph: Graph, start: str, seen: set[str], order: list[str]) -> None:
    """Walk in depth from a module, and add each when all that it reaches was added."""
    if start in seen:
        return
    seen.add(start)
    stack = [(start, iter(sorted(graph.get(start, ()))))]
    while stack:
        name, rest = stack[-1]
        child = next((c for c in rest if c not in seen), None)
        if child is None:
            order.append(name)
            stack.pop()
        else:
            seen.add(child)
            stack.append((child, iter(sorted(graph.get(child, ())))))


def functions(tree: ast.Module) -> Iterator[Function]:
    """Return the functions and methods of a module."""
    return (n for n in ast.walk(tree) if isinstance(n, Function))


def names_used(trees: Iterable[ast.Module]) -> Counter[str]:
    """Return how often each name is read, as a name, an attribute or in an import."""
    used: Counter[str] = Counter()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                used[node.id] += 1
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                used[node.attr] += 1
    return used


def used_once(trees: dict[str, ast.Module]) -> tuple[int, int, int]:
    """Return how many functions there are, and how many private and public ones are used once.

    A private one is counted within its module, a public one in the whole program.
    """
    everywhere = names_used(trees.values())
    total = private = public = 0
    for tree in trees.values():
        here = names_used([tree])
        for function in functions(tree):
            name = function.name
            total += 1
            if name.startswith("__"):
                continue
            if name.startswith("_"):
                private += here[name] == 1
            else:
                public += everywhere[name] == 1
    return total, private, public


def forwarders(trees: dict[str, ast.Module]) -> int:
    """Return how many functions only hand their own arguments to another one."""
    return sum(_forwards(f) for tree in trees.values() for f in functions(tree))


def _forwards(function: Function) -> bool:
    body = [n for n in function.body if not _is_docstring(n)]
    if len(body) != 1 or not isinstance(body[0], ast.Return | ast.Expr):
        return False
    call = body[0].value
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute | ast.Name):
        return False
    own = [a.arg for a in (*function.args.args, *function.args.kwonlyargs) if a.arg != "self"]
    given = [*call.args, *(k.value for k in call.keywords)]
    plain = [a.value if isinstance(a, ast.Starred) else a for a in given]
    return bool(given) and all(isinstance(a, ast.Name) and a.id in own for a in plain)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def whole_hosts(trees: dict[str, ast.Module]) -> list[str]:
    """Return the modules of the window that name the whole controller as what they are given."""
    return [
        name
        for name, tree in trees.items()
        if name.startswith("tumorboard.ui.")
        and any(isinstance(n, ast.Name) and n.id == "Controller" for n in ast.walk(tree))
        and not any(isinstance(n, ast.ClassDef) and n.name == "Controller" for n in tree.body)
    ]


def reaches(trees: dict[str, ast.Module], part: str) -> int:
    """Return how often the window's modules reach through what they are given into a part of it."""
    holders = {"controller", "_controller", "host", "_host"}

    def is_holder(node: ast.expr) -> bool:
        return (isinstance(node, ast.Name) and node.id in holders) or (
            isinstance(node, ast.Attribute) and node.attr in holders
        )

    return sum(
        isinstance(n, ast.Attribute) and n.attr == part and is_holder(n.value)
        for name, tree in trees.items()
        if name.startswith("tumorboard.ui")
        for n in ast.walk(tree)
    )


def measures(root: Path) -> dict[str, int]:
    """Return everything that can be read off the code."""
    trees = modules(root)
    graph = imports(trees)
    knots = cycles(graph)
    total, private, public = used_once(trees)
    kinds = [
        (name, n)
        for name, tree in trees.items()
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "Kind"
    ]
    app = {n: w for n, w in graph.items() if n.startswith("tumorboard.app")}
    connections = sum(
        isinstance(n, ast.Attribute) and n.attr == "connection"
        for name in app
        for n in ast.walk(trees[name])
    )
    lines = {
        name: len((root / name).read_text(encoding="utf-8").splitlines())
        for name in _tracked(root)
        if name.endswith(".py")
    }
    return {
        "modules of the window that take the whole controller": len(whole_hosts(trees)),
        "reaches through it into the window": reaches(trees, "window"),
        "reaches through it into the session": reaches(trees, "session"),
        "knots of imports, for types too": len(knots),
        "files in them": sum(map(len, knots)),
        "files in the largest": len(knots[0]) if knots else 0,
        "functions": total,
        "private ones used once": private,
        "public ones used once": public,
        "functions that only forward": forwarders(trees),
        "mentions of Kind.X": len(kinds),
        "files with them": len({name for name, _ in kinds}),
        "modules of app that import the store": sum(
            any(w.startswith("tumorboard.store") for w in wanted) for wanted in app.values()
        ),
        "mentions of .connection in app": connections,
        "lines of the program": sum(v for k, v in lines.items() if k.startswith("tumorboard/")),
        "lines of the window": sum(v for k, v in lines.items() if k.startswith("tumorboard/ui/")),
        "lines of the tests": sum(v for k, v in lines.items() if k.startswith("tests/")),
    }


def _tracked(root: Path) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(root), "ls-files"], check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()


def gestures(root: Path) -> dict[str, int]:
    """Return how many files of the program each of two gestures wakes, as their test prints it."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-s", "tests/ui/shell/test_woken.py"],
        capture_output=True,
        text=True,
        cwd=root,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    lines = [line.partition("woken by ")[2] for line in done.stdout.splitlines()]
    found = dict(line.rsplit(": ", 1) for line in lines if line)
    if not found:
        raise SystemExit(done.stdout)
    return {f"files woken by {words}": int(count) for words, count in found.items()}


def main() -> int:
    """Print the measures, one a line."""
    parser = argparse.ArgumentParser(description="Measures how the house is built.")
    parser.add_argument("--root", type=Path, default=HERE, help="the checkout, this one by default")
    parser.add_argument("--gestures", action="store_true", help="also open the window")
    parser.add_argument("--knots", action="store_true", help="name the files of each knot")
    parser.add_argument("--json", action="store_true", help="print as JSON")
    options = parser.parse_args()
    found = measures(options.root)
    if options.gestures:
        found |= gestures(options.root)
    if options.json:
        print(json.dumps(found, indent=2))
        return 0
    for words, value in found.items():
        print(f"{value:8,d}  {words}")
    if options.knots:
        for knot in cycles(imports(modules(options.root))):
            print(f"\n{len(knot)} files:", *knot, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
