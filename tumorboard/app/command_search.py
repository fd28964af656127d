"""Which commands words that somebody typed mean: by name, by menu, and by other words for them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from tumorboard.app.menus import path_of
from tumorboard.resources import shipped_yaml


@cache
def other_words() -> Mapping[str, tuple[str, ...]]:
    """Return the words of ``resources/terms/commands.yaml`` by the name of the command."""
    entries = shipped_yaml("terms", "commands.yaml")["words"]
    return {str(name): tuple(map(str, words)) for name, words in entries.items()}


def matches(text: str, wanted: str) -> bool:
    """Whether every word that was typed begins or stands in a word of a text."""
    held = text.casefold()
    return all(word in held for word in wanted.casefold().split())


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
        known = " ".join((label, path_of(name).casefold(), *more))
        if not all(word in known for word in typed):
            return None
        return 2 if any(word.startswith(whole) for word in more) else 3

    found = {name: place for name in labels if (place := rank(name)) is not None}
    return sorted(found, key=lambda name: found[name])
