"""The language of conditions: a small closed grammar, parsed to a tree, never executed.

    site = retroperitoneum and not (ivc_involvement = absent)
    any of criteria = present            all of criteria = absent
    grade >= 2          ivc_cranial_extent in {suprahepatic, right_atrium}
    histology in S-14   any of vessel_contacts in [1, 180)    resection_status is unknown
    any of vessel_contacts among S-21 >= S-02
    ivc_span includes {infrarenal}       offered(O-PREOP-RT)  status(O-PREOP-RT) = suggest
    fired(R-GATE-01)    outcome(R-OBS-01) = T                 always

A *condition* compares what is recorded: an unrecorded value equals nothing and differs
from everything. A *test* is three-valued: a comparison with an unknown value is unknown.
Order comparisons on an unknown value are unknown in both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer, Tree
from lark.exceptions import UnexpectedInput, VisitError

from tumorboard.guidelines.tree import (
    About,
    AboutEntries,
    AboutRun,
    AboutSetting,
    Always,
    Comparison,
    Connective,
    Constant,
    Empty,
    Includes,
    Known,
    Membership,
    NameOperand,
    Node,
    Not,
    Operand,
    Predicate,
    SettingOperand,
    Within,
)
from tumorboard.language import _

_GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction ("or" conjunction)*
?conjunction: unary ("and" unary)*
?unary: "not" unary                              -> negated
    | "(" disjunction ")"
    | "always"                                   -> always
    | subject COMPARATOR operand                 -> compare
    | subject "in" members                       -> inside
    | subject "not" "in" members                 -> outside
    | subject "in" "[" operand "," operand "]"   -> closed_interval
    | subject "in" "[" operand "," operand ")"   -> half_open_interval
    | subject "in" "(" operand "," operand ")"   -> open_interval
    | subject "includes" members                 -> includes
    | subject "is" "known"                       -> known
    | subject "is" "unknown"                     -> unknown
    | subject "is" "empty"                       -> empty
    | subject "is" "not" "empty"                 -> not_empty
    | "offered" "(" OPTION ")"                   -> offered
    | "shown" "(" OPTION ")"                     -> shown
    | "status" "(" OPTION ")" COMPARATOR WORD    -> status
    | "fired" "(" RULE ")"                       -> fired
    | "outcome" "(" RULE ")" COMPARATOR WORD     -> outcome
subject: WORD                                    -> one
    | "any" "of" WORD                            -> any_of
    | "any" "of" WORD "among" members            -> any_among
    | "all" "of" WORD                            -> all_of
    | SETTING                                    -> about_setting
operand: NUMBER -> number | WORD -> word | STRING -> text | SETTING -> setting
members: "{" operand ("," operand)* "}" | SETTING -> setting_members
OPTION.3: /O-[A-Z0-9-]+/
RULE.3: /R-[A-Z0-9]+-\d+/
SETTING.3: /S-\d+(\.[a-z_]+)?/
NUMBER.2: /-?\d+(\.\d+)?(?![\w.])/
WORD: /[A-Za-z0-9_]+/
STRING: /"[^"\n]*"/
COMPARATOR: "!=" | "<=" | ">=" | "=" | "<" | ">"
%import common.WS
%ignore WS
"""


class ExpressionError(ValueError):
    """A condition that cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True)
class NameInfo:
    """What the checker knows about a name: its kind and, for choices, the values."""

    kind: str
    choices: tuple[Any, ...] = ()

    @property
    def is_ordered(self) -> bool:
        """Whether more or less can be asked of it."""
        if self.kind == "choice":
            return all(isinstance(c, int) for c in self.choices)
        return self.kind in ("number", "integer")


@dataclass(frozen=True)
class Vocabulary:
    """Everything that a condition may name."""

    names: Mapping[str, NameInfo]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Setting or entry of a setting, to its kind.
    settings: Mapping[str, str] = field(default_factory=dict)
    options: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


@lru_cache(maxsize=4096)
def _tree(text: str) -> Tree[Token]:
    """Return what the grammar makes of a text; rules of two versions are mostly the same."""
    return _parser().parse(text)


def parse(text: str, vocabulary: Vocabulary) -> Node:
    """Parse a condition and check every name and value in it.

    Raises
    ------
    ExpressionError
        When the text is outside the grammar, or names something that does not exist.

    """
    try:
        tree = _tree(text)
    except UnexpectedInput as error:
        column = getattr(error, "column", 0)
        raise ExpressionError(
            _('"{text}" cannot be read at character {column}', text=text, column=column)
        ) from error
    try:
        node: Node = _Builder(vocabulary).transform(tree)
    except VisitError as error:
        raise ExpressionError(
            _('{problem} in "{text}"', problem=error.orig_exc, text=text)
        ) from error
    return node


@dataclass(frozen=True)
class _Subject:
    name: str
    quantifier: str = ""
    is_setting: bool = False
    among: tuple[Operand, ...] = ()


def _no_value(word: object, subject: _Subject, info: NameInfo) -> ExpressionError:
    said = _('"{word}" is not a value of {name}', word=word, name=subject.name)
    known = f" ({', '.join(map(str, info.choices))})" if info.choices else ""
    return ExpressionError(f"{said}{known}")


class _Builder(Transformer[Token, Any]):
    """Builds the tree bottom-up; each method is named after a line of the grammar."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self._known = vocabulary

    # subjects and operands

    def one(self, items: list[Token]) -> _Subject:
        return self._subject(str(items[0]), "")

    def any_of(self, items: list[Token]) -> _Subject:
        return self._subject(str(items[0]), "any")

    def any_among(self, items: list[Any]) -> _Subject:
        subject = self._subject(str(items[0]), "any")
        info = self._known.names.get(subject.name)
        if info is None or info.kind != "map":
            raise ExpressionError(_('"{name}" has no entries to choose among', name=subject.name))
        keys: list[Operand] = []
        for item in items[1]:
            if isinstance(item, Token) and str(item) not in info.choices:
                raise ExpressionError(
                    _('"{item}" is not an entry of {name}', item=item, name=subject.name)
                )
            keys.append(Constant(str(item)) if isinstance(item, Token) else item)
        return replace(subject, among=tuple(keys))

    def all_of(self, items: list[Token]) -> _Subject:
        return self._subject(str(items[0]), "all")

    def about_setting(self, items: list[Token]) -> _Subject:
        return _Subject(self._setting(str(items[0])), is_setting=True)

    def number(self, items: list[Token]) -> Operand:
        value = float(items[0])
        return Constant(int(value) if value == int(value) else value)

    def word(self, items: list[Token]) -> Token:
        return items[0]

    def text(self, items: list[Token]) -> Operand:
        return Constant(str(items[0])[1:-1])

    def setting(self, items: list[Token]) -> Operand:
        return SettingOperand(self._setting(str(items[0])))

    def members(self, items: list[Any]) -> list[Any]:
        return items

    def setting_members(self, items: list[Token]) -> list[Any]:
        return [self.setting(items)]

    # connectives

    def disjunction(self, items: list[Node]) -> Node:
        return Connective("or", tuple(items))

    def conjunction(self, items: list[Node]) -> Node:
        return Connective("and", tuple(items))

    def negated(self, items: list[Node]) -> Node:
        return Not(items[0])

    def always(self, _: list[Token]) -> Node:
        return Always()

    # predicates

    def compare(self, items: list[Any]) -> Node:
        subject, sign, operand = items[0], str(items[1]), self._operand(items[0], items[2])
        if sign not in {"=", "!="}:
            self._check_order(subject, operand)
        return self._about(subject, Comparison(sign, operand))

    def inside(self, items: list[Any]) -> Node:
        return self._about(items[0], Membership(self._operands(*items), inside=True))

    def outside(self, items: list[Any]) -> Node:
        return self._about(items[0], Membership(self._operands(*items), inside=False))

    def includes(self, items: list[Any]) -> Node:
        return self._about(items[0], Includes(self._operands(*items)))

    def closed_interval(self, items: list[Any]) -> Node:
        return self._interval(items, closed=True)

    def half_open_interval(self, items: list[Any]) -> Node:
        return self._interval(items, closed=False)

    def open_interval(self, items: list[Any]) -> Node:
        return self._interval(items, closed=False, low_closed=False)

    def known(self, items: list[Any]) -> Node:
        return self._about(items[0], Known(known=True))

    def unknown(self, items: list[Any]) -> Node:
        return self._about(items[0], Known(known=False))

    def empty(self, items: list[Any]) -> Node:
        return self._about(items[0], Empty(empty=True))

    def not_empty(self, items: list[Any]) -> Node:
        return self._about(items[0], Empty(empty=False))

    # the run so far

    def offered(self, items: list[Token]) -> Node:
        return AboutRun("offered", self._option(items[0]))

    def shown(self, items: list[Token]) -> Node:
        return AboutRun("shown", self._option(items[0]))

    def status(self, items: list[Token]) -> Node:
        option, sign, status = (str(i) for i in items)
        if status not in self._known.statuses:
            raise ExpressionError(_('"{status}" is not a status of an option', status=status))
        return self._signed(AboutRun("status", self._option(option), status), sign)

    def fired(self, items: list[Token]) -> Node:
        return AboutRun("fired", self._rule(items[0]))

    def outcome(self, items: list[Token]) -> Node:
        rule, sign, letter = (str(i) for i in items)
        if letter not in {"T", "U", "F"}:
            raise ExpressionError(_('"{letter}" is not T, U or F', letter=letter))
        return self._signed(AboutRun("outcome", self._rule(rule), letter), sign)

    # checks

    def _check_order(self, subject: _Subject, *operands: Operand) -> None:
        """Refuse more-or-less of anything but numbers."""
        sides = [self._ordered_subject(subject), *map(self._ordered_operand, operands)]
        if not all(sides):
            raise ExpressionError(
                _("more or less cannot be asked of {name} here", name=subject.name)
            )

    def _ordered_subject(self, subject: _Subject) -> bool:
        if subject.is_setting:
            return self._known.settings[subject.name] == "number"
        return self._info(subject).is_ordered

    def _ordered_operand(self, operand: Operand) -> bool:
        if isinstance(operand, SettingOperand):
            return self._known.settings[operand.reference] == "number"
        if isinstance(operand, NameOperand):
            return self._known.names[operand.name].is_ordered
        return not isinstance(operand, Constant) or not isinstance(operand.value, str)

    def _signed(self, node: Node, sign: str) -> Node:
        if sign not in {"=", "!="}:
            raise ExpressionError(_('"{sign}" cannot stand here', sign=sign))
        return node if sign == "=" else Not(node)

    def _option(self, option: str) -> str:
        if option not in self._known.options:
            raise ExpressionError(_('there is no option "{option}"', option=option))
        return str(option)

    def _rule(self, rule: str) -> str:
        if rule not in self._known.rules:
            raise ExpressionError(_('there is no rule "{rule}"', rule=rule))
        return str(rule)

    def _setting(self, reference: str) -> str:
        if reference not in self._known.settings:
            raise ExpressionError(_('there is no setting "{reference}"', reference=reference))
        return reference

    def _subject(self, name: str, quantifier: str) -> _Subject:
        in_list = name in self._known.lists
        if quantifier == "" and name not in self._known.names:
            near = get_close_matches(name.lower(), self._known.names, n=3, cutoff=0.5)
            if near:
                raise ExpressionError(
                    _('unknown name "{name}" (near: {names})', name=name, names=", ".join(near))
                )
            raise ExpressionError(_('unknown name "{name}"', name=name))
        is_map = name in self._known.names and self._known.names[name].kind == "map"
        if quantifier and not in_list and not is_map:
            raise ExpressionError(_('"{name}" is not a list', name=name))
        return _Subject(name, quantifier)

    def _info(self, subject: _Subject) -> NameInfo:
        if subject.name in self._known.lists:
            return self._known.names[self._known.lists[subject.name][0]]
        info = self._known.names[subject.name]
        return NameInfo("number") if info.kind == "map" else info

    def _operands(self, subject: _Subject, items: list[Any]) -> tuple[Operand, ...]:
        return tuple(self._operand(subject, item) for item in items)

    def _operand(self, subject: _Subject, item: Any) -> Operand:
        if isinstance(item, SettingOperand) or subject.is_setting:
            return Constant(str(item)) if isinstance(item, Token) else item
        info = self._info(subject)
        if not isinstance(item, Token):
            if info.choices and item.value not in info.choices:
                raise _no_value(item.value, subject, info)
            return item  # type: ignore[no-any-return]  # an operand by the grammar
        word = str(item)
        if word in info.choices:
            return Constant(word)
        if word in self._known.names:
            return NameOperand(word)
        raise _no_value(word, subject, info)

    def _interval(self, items: list[Any], *, closed: bool, low_closed: bool = True) -> Node:
        subject, low, high = items
        bounds = self._operand(subject, low), self._operand(subject, high)
        self._check_order(subject, *bounds)
        return self._about(subject, Within(*bounds, closed=closed, low_closed=low_closed))

    def _about(self, subject: _Subject, predicate: Predicate) -> Node:
        if subject.is_setting:
            return AboutSetting(subject.name, predicate)
        if subject.name in self._known.lists:
            return About(self._known.lists[subject.name], subject.quantifier, predicate)
        if subject.quantifier:
            return AboutEntries(subject.name, subject.quantifier, predicate, subject.among)
        return About((subject.name,), "", predicate)
