"""All small changes of a module that its tests ought to notice.

Each is a replacement of a stretch of the text, so that the lines before it keep their numbers.
Left alone: docstrings and all other text, annotations, what is logged, decorators, `__all__`,
what stands under `if TYPE_CHECKING`, declarations without a value, and `strict=` of zip, which
like an assertion says what never fails.

Left alone as well is what nobody can tell from the program, by four rules that need no look at
the place:

- ``copy=False`` dropped: numpy never promises a view for it, so that no right program rests on one.
- ``name=`` of a thread dropped: a word for debuggers.
- ``return False`` as ``return None`` in a function that is declared to return a bool: both are as
  false, and the check of types, which goes before the tests, refuses the second.
- the boundary of a comparison with a guard against rounding (a number up to a millionth, or a
  constant of the module that is one): the guard is there because nothing is known to that digit.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Mutant:
    """One change: in which file (a path in the checkout), what was there and what stands instead.

    ``start`` and ``end`` are offsets into the UTF-8 bytes of the file; ``line`` counts from one,
    ``scope`` names the functions and classes around it; ``header`` says that it only runs when
    the module is imported.
    """

    path: str
    line: int
    scope: str
    kind: str
    start: int
    end: int
    before: str
    after: str
    header: bool

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same when lines above come or go."""
        return self.path, self.scope, self.before, self.after

    def applied(self, source: bytes) -> bytes:
        """Return the file with the change made."""
        return source[: self.start] + self.after.encode() + source[self.end :]


_COMPARED: Final[dict[type[ast.cmpop], tuple[tuple[type[ast.cmpop], str], ...]]] = {
    ast.Lt: ((ast.LtE, "boundary"), (ast.GtE, "comparison")),
    ast.LtE: ((ast.Lt, "boundary"), (ast.Gt, "comparison")),
    ast.Gt: ((ast.GtE, "boundary"), (ast.LtE, "comparison")),
    ast.GtE: ((ast.Gt, "boundary"), (ast.Lt, "comparison")),
    ast.Eq: ((ast.NotEq, "comparison"),),
    ast.NotEq: ((ast.Eq, "comparison"),),
    ast.Is: ((ast.IsNot, "comparison"),),
    ast.IsNot: ((ast.Is, "comparison"),),
    ast.In: ((ast.NotIn, "comparison"),),
    ast.NotIn: ((ast.In, "comparison"),),
}
_ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
#: Numbers up to this are guards against rounding.
_ROUNDING: Final = 1e-6
_PAIRS: Final = {
    a: b
    for pair in (("min", "max"), ("minimum", "maximum"), ("any", "all"), ("floor", "ceil"))
    for a, b in (pair, pair[::-1])
}
#: What is left out by a rule: no kind of change.
_SAME: Final = "same"
_Change = tuple[str, ast.AST]
_Functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def mutants(path: str, text: str) -> list[Mutant]:
    """Return all mutants of a module in the order of its text."""
    return sorted(_Search(path, text).found(), key=lambda m: (m.start, m.end, m.kind, m.after))


def left_out(path: str, text: str) -> int:
    """Return how many changes of a module are left alone by the rules above."""
    search = _Search(path, text)
    list(search.found())
    return search.left_out


def _edited(node: ast.AST, edit: Callable[..., None]) -> ast.AST:
    changed = copy.deepcopy(node)
    edit(changed)
    return changed


def _negated(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return node.operand
    return ast.UnaryOp(ast.Not(), node)


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    text = isinstance(node, ast.Constant) and isinstance(node.value, str | bytes)
    return text or isinstance(node, ast.JoinedStr)


def _is_log(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    owner = called.value if isinstance(called, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id in {"_log", "log", "logger", "logging"}


def _of_compare(node: ast.Compare) -> Iterator[_Change]:
    for place, operator in enumerate(node.ops):
        for other, kind in _COMPARED[type(operator)]:
            yield kind, _edited(node, lambda n, p=place, o=other: n.ops.__setitem__(p, o()))


def _of_arithmetic(node: ast.BinOp | ast.AugAssign) -> Iterator[_Change]:
    other = _ARITHMETIC.get(type(node.op))
    texts = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    if other is not None and not any(map(_is_text, texts)):
        yield "arithmetic", _edited(node, lambda n: setattr(n, "op", other()))


def _of_constant(node: ast.Constant) -> Iterator[_Change]:
    value = node.value
    if isinstance(value, bool):
        yield "boolean", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
        yield "constant", ast.Constant(value - 1)
    elif isinstance(value, float):
        # Twice a guard against rounding is another guard; nothing could tell the two apart.
        scaled = value * 2.0 if abs(value) > _ROUNDING else value + 1.0
        yield "constant", ast.Constant(scaled)


def _of_call(node: ast.Call) -> Iterator[_Change]:
    for place, keyword in enumerate(node.keywords):
        if keyword.arg not in {None, "strict"}:
            kind = _SAME if _means_nothing(node, keyword) else "dropped keyword"
            yield kind, _edited(node, lambda n, p=place: n.keywords.pop(p))
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in _PAIRS:
        field = "attr" if isinstance(called, ast.Attribute) else "id"
        yield "other function", _edited(node, lambda n: setattr(n.func, field, _PAIRS[name]))


def _means_nothing(call: ast.Call, keyword: ast.keyword) -> bool:
    """Whether a call does the same without a keyword, by the rules of the module's text."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if called == "Thread":
        return keyword.arg == "name"
    value = keyword.value
    return keyword.arg == "copy" and isinstance(value, ast.Constant) and value.value is False


def _guards(module: ast.Module) -> frozenset[str]:
    """Return the names of the constants of a module that are guards against rounding."""
    found = set[str]()
    for node in module.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign):
            found |= {target.id} if node.value is not None and _is_guard(node.value) else set()
    return frozenset(found)


def _is_guard(node: ast.AST, names: frozenset[str] = frozenset()) -> bool:
    if isinstance(node, ast.Name):
        return node.id in names
    value = node.value if isinstance(node, ast.Constant) else None
    return isinstance(value, float) and 0.0 < value <= _ROUNDING


def _of_expression(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Compare():
            yield from _of_compare(node)
        case ast.BinOp():
            yield from _of_arithmetic(node)
        case ast.Constant():
            yield from _of_constant(node)
        case ast.Call():
            yield from _of_call(node)
        case ast.BoolOp():
            other = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield "and/or", _edited(node, lambda n: setattr(n, "op", other()))
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield "removed sign", node.operand
        case ast.IfExp():
            yield "condition", _edited(node, lambda n: setattr(n, "test", _negated(n.test)))


def _of_statement(node: ast.AST, in_function: bool) -> Iterator[_Change]:
    match node:
        case ast.AugAssign():
            yield from _of_arithmetic(node)
        case ast.Return(value=ast.expr() as value):
            if not (isinstance(value, ast.Constant) and value.value is None):
                yield "return None", ast.Return(ast.Constant(None))
        case ast.Break():
            yield "break/continue", ast.Continue()
        case ast.Continue():
            yield "break/continue", ast.Break()
    assigned = isinstance(node, ast.Assign | ast.AugAssign | ast.Raise)
    assigned |= isinstance(node, ast.AnnAssign) and node.value is not None
    called = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    if in_function and (assigned or called):
        yield "removed statement", ast.Pass()


class _Search:
    """One walk through a module."""

    def __init__(self, path: str, text: str) -> None:
        self._path, self._text = path, text
        self._module = ast.parse(text)
        self._guards = _guards(self._module)
        self._of_bool = set[int]()
        self.left_out = 0
        for node in ast.walk(self._module):  # outer functions before those inside
            if isinstance(node, ast.FunctionDef):
                inside = {id(inner) for inner in ast.walk(node)}
                is_bool = node.returns is not None and ast.unparse(node.returns) == "bool"
                self._of_bool = self._of_bool | inside if is_bool else self._of_bool - inside
        lines = text.encode().splitlines(keepends=True)
        self._starts = [0]
        for line in lines:
            self._starts.append(self._starts[-1] + len(line))

    def found(self) -> Iterator[Mutant]:
        yield from self._inside(self._module, (), False)

    def _inside(self, node: ast.AST, scope: tuple[str, ...], running: bool) -> Iterator[Mutant]:
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "decorator_list", "type_comment", "type_params"}:
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    body = isinstance(node, _Functions) and name == "body"
                    yield from self._at(child, scope, running or body)

    def _at(self, node: ast.AST, scope: tuple[str, ...], running: bool) -> Iterator[Mutant]:
        if self._left_alone(node):
            return
        if isinstance(node, ast.JoinedStr):
            yield from self._in_text(node, scope, running)
            return
        for kind, changed in (*_of_expression(node), *_of_statement(node, running)):
            if self._is_same(node, kind):
                self.left_out += 1
            else:
                yield from self._made(node, kind, node, changed, scope, running)
        if isinstance(node, ast.If | ast.While):
            test = node.test
            # What is a comparison or a "not" already has its own mutants.
            if not isinstance(test, ast.Compare | ast.UnaryOp | ast.Constant):
                yield from self._made(test, "condition", test, _negated(test), scope, running)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            scope = (*scope, node.name)
        yield from self._inside(node, scope, running)

    def _is_same(self, node: ast.AST, kind: str) -> bool:
        """Whether a change can be told by nobody, by the rules of the module's text."""
        if kind == _SAME:
            return True
        if kind == "boundary":
            return any(_is_guard(inner, self._guards) for inner in ast.walk(node))
        if kind == "return None" and isinstance(node, ast.Return):
            value = node.value
            is_false = isinstance(value, ast.Constant) and value.value is False
            return is_false and id(node) in self._of_bool
        return False

    @staticmethod
    def _left_alone(node: ast.AST) -> bool:
        match node:
            case ast.Expr(value=ast.Constant()):
                return True
            case ast.Expr(value=ast.Call() as call):
                return _is_log(call)
            case ast.keyword(arg="strict") | ast.If(test=ast.Name(id="TYPE_CHECKING")):
                return True
            case ast.Assign(targets=[ast.Name(id="__all__")]):
                return True
        return False

    def _in_text(self, node: ast.JoinedStr, scope: tuple[str, ...], run: bool) -> Iterator[Mutant]:
        """Find changes inside a formatted text, whose parts have no place before Python 3.12."""
        inner = [n for n in ast.walk(node) if not isinstance(n, ast.JoinedStr)]
        for place, part in enumerate(inner):
            for kind, changed in _of_expression(part):
                whole = copy.deepcopy(node)
                twins = [n for n in ast.walk(whole) if not isinstance(n, ast.JoinedStr)]
                _Exchange(twins[place], changed).visit(whole)
                yield from self._made(node, kind, node, whole, scope, run)

    def _made(
        self,
        place: ast.AST,
        kind: str,
        before: ast.AST,
        after: ast.AST,
        scope: tuple[str, ...],
        running: bool,
    ) -> Iterator[Mutant]:
        start = self._offset(place, "lineno", "col_offset")
        end = self._offset(place, "end_lineno", "end_col_offset")
        try:
            new = ast.unparse(ast.fix_missing_locations(after))
        except ValueError:  # quotes within quotes, which older Pythons cannot write
            return
        if isinstance(after, ast.expr) and not isinstance(after, ast.Constant | ast.JoinedStr):
            new = f"({new})"
        old = ast.unparse(before)
        line: int = getattr(place, "lineno", 0)
        mutant = (self._path, line, ".".join(scope), kind, start, end, old, new, not running)
        yield Mutant(*mutant)

    def _offset(self, node: ast.AST, line: str, column: str) -> int:
        return self._starts[getattr(node, line) - 1] + int(getattr(node, column))


class _Exchange(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)
