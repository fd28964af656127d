"""A condition as its author would write it: `expression.parse` gives the same tree again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tumorboard.guidelines.tree import (
    About,
    AboutEntries,
    AboutRun,
    AboutSetting,
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


def condition_text(node: Node, lists: Mapping[str, tuple[str, ...]]) -> str:
    """Return a condition in its language; ``lists`` are the named lists of the guideline.

    >>> condition_text(About(("egfr",), "", Comparison("<", Constant(30))), {})
    'egfr < 30'
    """
    if isinstance(node, Connective):
        parts = (_part(part, node, lists) for part in node.parts)
        return f" {node.word} ".join(parts)
    if isinstance(node, Not):
        return f"not ({condition_text(node.part, lists)})"
    if isinstance(node, AboutRun):
        asked = f"{node.question}({node.target})"
        return f"{asked} = {node.answer}" if node.answer else asked
    if isinstance(node, About):
        name = node.subjects[0]
        if node.quantifier:
            name = next(key for key, members in lists.items() if members == node.subjects)
        return _asked(name, node.quantifier, (), node.predicate)
    if isinstance(node, AboutEntries):
        return _asked(node.name, node.quantifier, node.among, node.predicate)
    if isinstance(node, AboutSetting):
        return _asked(node.reference, "", (), node.predicate)
    return "always"


def _part(part: Node, around: Connective, lists: Mapping[str, tuple[str, ...]]) -> str:
    said = condition_text(part, lists)
    return f"({said})" if isinstance(part, Connective) and part.word != around.word else said


def _asked(name: str, quantifier: str, among: tuple[Operand, ...], predicate: Predicate) -> str:
    subject = f"{quantifier} of {name}" if quantifier else name
    if among:
        subject += f" among {_members(among)}"
    return f"{subject} {_predicate(predicate)}"


def _predicate(predicate: Predicate) -> str:
    if isinstance(predicate, Comparison):
        return f"{predicate.sign} {_operand(predicate.operand)}"
    if isinstance(predicate, Membership):
        return f"{'in' if predicate.inside else 'not in'} {_members(predicate.operands)}"
    if isinstance(predicate, Within):
        ends = f"{_operand(predicate.low)}, {_operand(predicate.high)}"
        return f"in {'[' if predicate.low_closed else '('}{ends}{']' if predicate.closed else ')'}"
    if isinstance(predicate, Includes):
        return f"includes {_members(predicate.operands)}"
    if isinstance(predicate, Known):
        return "is known" if predicate.known else "is unknown"
    # The grammar has no other question.
    return "is empty" if isinstance(predicate, Empty) and predicate.empty else "is not empty"


def _members(operands: tuple[Operand, ...]) -> str:
    if len(operands) == 1 and isinstance(operands[0], SettingOperand):
        return operands[0].reference
    return "{" + ", ".join(map(_operand, operands)) + "}"


def _operand(operand: Operand) -> str:
    if isinstance(operand, SettingOperand):
        return operand.reference
    if isinstance(operand, NameOperand):
        return operand.name
    return _constant(operand.value) if isinstance(operand, Constant) else ""


def _constant(value: Any) -> str:
    if isinstance(value, str):
        word = value.replace("_", "a")
        plain = word.isascii() and word.isalnum() and not value[0].isdigit()
        return value if plain else f'"{value}"'
    return f"{value:g}" if isinstance(value, float) else str(value)
