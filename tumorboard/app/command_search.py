"""Which commands words that somebody typed mean: by name, by menu, and by other words for them.

Names and menus count in the language of the program and in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tumorboard.app.menus import path_of
from tumorboard.language import code, english
from tumorboard.resources import resource_path, shipped_yaml


@cache
def other_words() -> Mapping[str, tuple[str, ...]]:
    """Return the words of ``resources/terms/commands.yaml`` by the name of the command.

    Before them stand those of the language, where it has a file of its own beside that one.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name in (f"commands.{code()}.yaml", "commands.yaml"):
        if (resource_path("terms") / name).is_file():
            for command, words in shipped_yaml("terms", name)["words"].items():
                found[command] = (*found.get(command, ()), *(str(w).casefold() for w in words))
    return found


def matches(text: str, wanted: str) -> bool:
    """Whether every word that was typed begins or stands in a word of a text."""
    held = text.casefold()
    return all(word in held for word in wanted.casefold().split())


def _in_english(name: str, label: str) -> list[str]:
    """Return the English words of a label and of its menus."""
    told = (label, *path_of(name).split(" › "))
    return [words.casefold() for text in told for words in english(text)]


def ranked(labels: Mapping[str, str], wanted: str) -> list[str]:
    """Return the names of the commands that are meant, the likeliest first.

    ``labels`` are the names on the screen by the names of the commands. Every word that was typed
    has to stand in the label, in the path of its menu or in its other words. First come labels
    that begin with what was typed, then those that hold it, then those with another word that
    begins with it, then the rest; in each in the order of ``labels``.
    """
    typed = wanted.casefold().split()
    whole = " ".join(typed)

    def rank(name: str) -> int | None:
        label, more = labels[name].casefold(), other_words().get(name, ())
        if all(word in label for word in typed):
            return 0 if label.startswith(whole) else 1
        known = " ".join((label, path_of(name).casefold(), *_in_english(name, labels[name]), *more))
        if not all(word in known for word in typed):
            return None
        return 2 if any(word.startswith(whole) for word in more) else 3

    found = {name: place for name in labels if (place := rank(name)) is not None}
    return sorted(found, key=lambda name: found[name])
