"""The words of the program for translators: collected, merged into each catalogue, compiled.

    python scripts/words.py            collect, merge and compile; say what is not translated
    python scripts/words.py --check    change nothing; exit 1 where that would change something

Words stand in the code and in the templates as arguments of `_`, `ngettext`, `pgettext` and
`N_`, and in the data files of ``resources`` under the keys that `WORDS_OF` names.
"""

from __future__ import annotations

import argparse
import ast
import io
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import yaml
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).parent.parent
DOMAIN: Final = "tumorboard"
FOLDER: Final = ROOT / "resources" / "language"
KEYWORDS: Final = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}

#: Where the words of code and templates are.
SOURCES: Final = ("tumorboard", "resources/report")

#: The data files that hold words of the program, and under which keys.
WORDS_OF: Final[dict[str, frozenset[str]]] = {
    "settings.yaml": frozenset({"help", "choices"}),
    "terms/facts.yaml": frozenset({"label", "help", "definition", "groups", "choices", "unit"}),
    "terms/organs.yaml": frozenset({"organ"}),
    "terms/sites.yaml": frozenset({"site"}),
    "hanging.yaml": frozenset({"name"}),
}

#: Keys of the data files under which codes stand, and their meanings in the words of the standard.
_CODES: Final = frozenset({"code", "radlex"})

#: A file that is made again differs only where words do.
_NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)


def collected() -> Catalog:
    """Return all words of the program, each with the files that it stands in."""
    found = Catalog(project=DOMAIN, fuzzy=False)
    for folder in SOURCES:
        for name, _line, message, comments, context in extract_from_dir(
            ROOT / folder, [("**.py", of_code), ("**.j2", "jinja2")], keywords=KEYWORDS
        ):
            place = [(f"{folder}/{name}", 1)]
            found.add(message, None, place, context=context, auto_comments=comments)
    for name, keys in WORDS_OF.items():
        content = yaml.safe_load((ROOT / "resources" / name).read_text(encoding="utf-8"))
        for words in _under(content, keys):
            found.add(words, None, [(f"resources/{name}", 1)])
    return found


def of_code(
    file: BinaryIO, keywords: Collection[str], _tags: object, options: object
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Yield the messages of a module as babel wants them, also those inside strings with fields."""
    del options
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            said = tuple(_said(argument) for argument in node.args)
            if node.func.id in keywords and said:
                yield node.lineno, node.func.id, said, []


def _said(argument: ast.expr) -> str | None:
    value = argument.value if isinstance(argument, ast.Constant) else None
    return value if isinstance(value, str) else None


def merged(language: str, words: Catalog) -> Catalog:
    """Return the catalogue of a language with just these words; what it had is kept."""
    file = FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalogue = Catalog(language, domain=DOMAIN, project=DOMAIN, fuzzy=False)
    if file.exists():
        with file.open("rb") as opened:
            catalogue = read_po(opened, locale=language, domain=DOMAIN)
    catalogue.update(words, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = f"# Words of the program: {language}. See scripts/words.py."
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    return catalogue


def written(catalogue: Catalog) -> tuple[bytes, bytes]:
    """Return a catalogue as its file of text and its compiled file."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalogue, width=100, sort_output=True, omit_header=False, include_lineno=False)
    write_mo(compiled, catalogue)
    return text.getvalue(), compiled.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the words that a catalogue does not say, in English."""
    # What became one form a number, or one form of many, is kept as a guess and is not spoken.
    return [_forms(m.id)[0] for m in catalogue if m.id and (m.fuzzy or not all(_forms(m.string)))]


def _forms(words: object) -> list[str]:
    """Return the forms of a message: one, or one a number."""
    if isinstance(words, list | tuple):
        return [str(form) for form in words]
    return [str(words or "")]


def languages() -> list[str]:
    """Return the codes of the languages that have a catalogue."""
    return sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir())


def _under(content: Any, keys: frozenset[str]) -> Iterator[str]:
    """Yield the texts under some keys of a data file, however deep.

    Where choices are named that stand elsewhere, the name is no word.
    """
    if isinstance(content, dict):
        for key, value in content.items():
            if key in keys and not (key == "choices" and isinstance(value, str)):
                yield from _texts(value)
            else:
                yield from _under(value, keys)
    elif isinstance(content, list):
        for part in content:
            yield from _under(part, keys)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if any(letter.isalpha() for letter in value):
            yield value
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if key not in _CODES:
                yield from _texts(part)


def main() -> int:
    """Collect, merge and compile, or check that this is done."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    words, failed = collected(), False
    for language in languages():
        catalogue = merged(language, words)
        lacking = untranslated(catalogue)
        failed |= bool(lacking)
        print(f"{language}: {len(catalogue)} messages, {len(lacking)} not translated")
        for words_lacking in lacking:
            print(f"  {words_lacking!r}")
        folder = FOLDER / language / "LC_MESSAGES"
        for ending, content in zip((".po", ".mo"), written(catalogue), strict=True):
            file = folder / f"{DOMAIN}{ending}"
            if check:
                changed = not file.exists() or file.read_bytes() != content
                failed |= changed
                if changed:
                    print(f"{file.name} is not up to date: run python scripts/words.py")
            else:
                file.write_bytes(content)
    return int(failed and check)


if __name__ == "__main__":
    sys.exit(main())
