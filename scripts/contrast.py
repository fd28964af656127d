"""Computes the contrast of every look of the window, as WCAG 2.2 defines it.

``python scripts/contrast.py [LOOK ...]`` prints each pair of colours with its ratio and ends with 1
when one has too little: 4.5:1 for words (success criterion 1.4.3), 3:1 for what shows where a
control is, that it has the focus or is chosen (1.4.11). Pairs come from the style sheet, rule by
rule with what the rule inherits, and from the palette: what the code paints is written in any
colour of words on any ground. What cannot be used at the moment is printed and not judged, as
WCAG has it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

TEXT, PARTS = 4.5, 3.0
#: The parts of a control in which words stand; "" is the control itself.
WORDED = ("", "item", "tab", "section")
#: States in which a border tells something that words do not.
TELLING = frozenset({"focus", "selected", "checked"})
#: On what a control, a button or a list stands: the window and its cards.
OUTSIDE = ("panel", "raised")


@dataclass(frozen=True)
class Selector:
    """A selector of the sheet: its last part, which says what is styled."""

    kind: str
    attributes: frozenset[str]
    part: str
    states: frozenset[str]

    def text(self) -> str:
        """Return it as it stands in the sheet."""
        ends = [f"::{self.part}"] if self.part else []
        return "".join((self.kind, *sorted(self.attributes), *ends, *sorted(self.states)))


@dataclass(frozen=True)
class Pair:
    """Two colours that lie beside each other, by the names of the palette, and what they need."""

    what: str
    ink: str
    ground: str
    least: float
    inactive: bool = False
    over_images: bool = False


def contrast(one: str, other: str) -> float:
    """Return the ratio of two colours "#rrggbb", from the relative luminance of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        red, green, blue = (
            p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def rules(sheet: str) -> list[tuple[Selector, dict[str, str]]]:
    """Return each selector of a style sheet with its declarations, in their order."""
    found = []
    for heads, body in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", sheet)):
        pairs = (part.split(":", 1) for part in body.split(";") if ":" in part)
        values = {name.strip(): value.strip() for name, value in pairs}
        found += [(_selector(head), values) for head in heads.split(",")]
    return found


def _selector(head: str) -> Selector:
    last = head.strip().split()[-1]
    attributes = frozenset(re.findall(r"\[[^\]]*\]|#\w+", last))
    bare = re.sub(r"\[[^\]]*\]|#\w+", "", last)
    states, _, part = bare.partition("::")
    whole = f"{states}:{part}" if not part else states
    kind = whole.split(":")[0]
    named = part.split(":")
    marks = [*states.split(":")[1:], *named[1:]]
    return Selector(kind, attributes, named[0], frozenset(f":{m}" for m in marks if m))


def effective(sheet: list[tuple[Selector, dict[str, str]]], wanted: Selector) -> dict[str, str]:
    """Return all declarations that hold for what a selector names, the nearer ones first."""
    holding = [
        (len(s.attributes) + len(s.states), n, values)
        for n, (s, values) in enumerate(sheet)
        if s.part == wanted.part
        and s.attributes <= wanted.attributes
        and s.states <= wanted.states
        and _is_kind(wanted.kind, s.kind)
    ]
    found: dict[str, str] = {}
    for _, _, values in sorted(holding, key=lambda rule: rule[:2]):
        for name, value in values.items():
            found[name] = value
            if name == "border":
                found.pop("border-color", None)
    return found


def _is_kind(kind: str, base: str) -> bool:
    from PySide6 import QtWidgets

    if base in ("*", kind):
        return True
    one, other = getattr(QtWidgets, kind, None), getattr(QtWidgets, base, None)
    return bool(one and other and issubclass(one, other))


def _name(value: str) -> str:
    """Return the colour in a declaration by its name in the palette, "" where it has none."""
    found = re.search(r"\$(\w+)", value)
    return found[1] if found else ""


def _grounds(sheet: list[tuple[Selector, dict[str, str]]], selector: Selector) -> tuple[str, ...]:
    """Return on what the words of a selector stand: its own ground, or any where it has none."""
    from tumorboard.ui.shell.theme import GROUNDS

    own = _name(effective(sheet, selector).get("background", ""))
    if not own and selector.part:
        own = _name(
            effective(sheet, replace(selector, part="", states=frozenset())).get("background", "")
        )
    return (own,) if own else GROUNDS


def text_pairs(sheet: list[tuple[Selector, dict[str, str]]]) -> Iterator[Pair]:
    """Return the words of each rule on the ground that the rule gives or lets through."""
    for selector, _ in sheet:
        if selector.kind == "*" or selector.part not in WORDED:
            continue
        values = effective(sheet, selector)
        main = effective(sheet, replace(selector, part="", states=frozenset()))
        ink = _name(values.get("color", "") or main.get("color", "")) or "text"
        inactive = ":disabled" in selector.states
        for ground in _grounds(sheet, selector):
            yield Pair(selector.text(), ink, ground, TEXT, inactive)
        for mark, words in (
            ("selection-background-color", "selection-color"),
            ("background", "placeholder-text-color"),
        ):
            if values.get(mark) and values.get(words):
                yield Pair(
                    f"{selector.text()} {words}", _name(values[words]), _name(values[mark]), TEXT
                )


def border_pairs(sheet: list[tuple[Selector, dict[str, str]]]) -> Iterator[Pair]:
    """Return what shows a control, or that it has the focus or is chosen, beside its grounds."""
    for selector, values in sheet:
        ends = [v for n, v in values.items() if n.startswith("border") and _name(v)]
        states = {state.lstrip(":") for state in selector.states}
        if not (_is_control(selector) or states & TELLING) or not ends:
            continue
        own = _name(effective(sheet, selector).get("background", ""))
        inside = (own,) if own and states & TELLING else ()
        for ground in dict.fromkeys((*OUTSIDE, *inside)):
            for end in dict.fromkeys(map(_name, ends)):
                inactive = "disabled" in states
                yield Pair(f"{selector.text()} border", end, ground, PARTS, inactive)
    for selector, values in sheet:
        if selector.kind == "QScrollBar" and selector.part == "handle":
            for ground in OUTSIDE:
                yield Pair(selector.text(), _name(values["background"]), ground, PARTS)


def _is_control(selector: Selector) -> bool:
    controls = ("QAbstractButton", "QLineEdit", "QComboBox", "QAbstractSpinBox", "QPlainTextEdit")
    is_handle = '[role="handle"]' in selector.attributes  # its mark is an icon; the line parts
    return not is_handle and any(_is_kind(selector.kind, base) for base in controls)


def painted_pairs(palette: dict[str, str]) -> Iterator[Pair]:
    """Return each colour of words on each ground, and over images on their black."""
    from tumorboard.ui.shell.theme import GROUNDS, LINES

    for name in palette:
        if name in GROUNDS or name in LINES:
            continue
        for ground in GROUNDS:
            yield Pair("painted", name, ground, TEXT)
        yield Pair("over images", name, "#000000", TEXT, over_images=True)
    for ground in ("bg", *OUTSIDE):
        yield Pair("painted line", "control", ground, PARTS)


def picture_pairs() -> Iterator[Pair]:
    """Return the fixed inks of the small pictures that the sheet names, in a field or a button."""
    for name in ("check", "chevron-down", "chevron-up"):
        drawing = (ROOT / "resources" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
        for ink in re.findall(r'stroke="(#[0-9a-f]{6})"', drawing):
            for ground in ("bg", "raised"):
                yield Pair(f"{name}.svg", ink, ground, PARTS)


def pairs() -> list[Pair]:
    """Return all pairs of the window, the same in every look."""
    from tumorboard.ui.shell.theme import COLOURS

    text = (ROOT / "resources" / "styles" / "window.qss").read_text(encoding="utf-8")
    sheet = rules(text)
    found = (
        *text_pairs(sheet),
        *border_pairs(sheet),
        *painted_pairs(COLOURS),
        *picture_pairs(),
    )
    return list(dict.fromkeys(found))


def judged(look: str) -> list[tuple[Pair, float]]:
    """Return all pairs with their ratios in a look."""
    from tumorboard.ui.shell.theme import image_palette_of, palette_of

    window, images = palette_of(look), image_palette_of(look)
    found = []
    for pair in pairs():
        palette = images if pair.over_images else window
        ink, ground = (palette.get(name, name) for name in (pair.ink, pair.ground))
        found.append((pair, contrast(ink, ground)))
    return found


def too_low(look: str) -> list[str]:
    """Return a line for each pair of a look that has less than it needs."""
    return [
        f"{look}: {pair.what}: {pair.ink} on {pair.ground} {ratio:.2f} of {pair.least}"
        for pair, ratio in judged(look)
        if ratio < pair.least and not pair.inactive
    ]


def main() -> int:
    """Print the pairs of the looks that are named, of all without a name."""
    from tumorboard.ui.shell.theme import LOOKS

    failures: list[str] = []
    for look in sys.argv[1:] or LOOKS:
        print(f"\n{look}")
        for pair, ratio in judged(look):
            told = "inactive" if pair.inactive else "ok" if ratio >= pair.least else "TOO LOW"
            two = f"{pair.ink} on {pair.ground}"
            print(f"  {ratio:5.2f} of {pair.least}  {told:8}  {two}: {pair.what}")
        failures += too_low(look)
    print(f"\n{len(failures)} too low")
    print("\n".join(failures))
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
