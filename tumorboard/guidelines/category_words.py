"""The category of an assessment with what is printed behind it, from its stored JSON.

Wherever a category stands, it stands with these words: that it is provisional, or contradicted
by another recorded value, is half of what it says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tumorboard.language import _

#: Printed before a category that something qualifies, where there is no room for the words.
SIGN: Final = "▲"
PROVISIONAL: Final = _("provisional: the histology is not confirmed")
#: Begins the qualifiers of a guideline that name a contradiction.
_CONTRADICTED: Final = "contradicted by"


def qualifiers(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what is printed behind the category of a result as `Assessment.to_json` gives it.

    A result without words of its own, as older versions stored it, has those of its names.
    """
    words = result.get("category_words")
    if not isinstance(words, Sequence) or isinstance(words, str):
        words = result.get("qualifiers")
    told = [str(w) for w in words] if isinstance(words, Sequence) and words else []
    told = [w for w in told if w != "provisional"]
    return tuple([PROVISIONAL, *told] if result.get("provisional") else told)


def qualified_category(result: Mapping[str, Any], words: Mapping[str, str] | None = None) -> str:
    """Return "Resectable, provisional: …; contradicted by R-ALT-47: …".

    ``words`` are the words of categories by name for a result that has none; empty without an
    assessment.
    """
    title, told = category_title(result, words), qualifiers(result)
    return f"{title}, {'; '.join(told)}" if title and told else title


def reading_words(result: Mapping[str, Any], words: Mapping[str, str] | None = None) -> str:
    """Return the category with what qualifies it and the guideline; empty without a category."""
    parts = (qualified_category(result, words), guideline_words(result))
    return f"{parts[0]} ({parts[1]})" if all(parts) else parts[0]


def category_title(result: Mapping[str, Any], words: Mapping[str, str] | None = None) -> str:
    """Return the bare category, for who prints what qualifies it beside it."""
    name = str(result.get("category") or "")
    return str(result.get("category_text") or (words or {}).get(name) or name)


def short_category(result: Mapping[str, Any], words: Mapping[str, str] | None = None) -> str:
    """Return "▲ Resectable, contradicted", where the whole has no room: the sign comes first."""
    title, told = category_title(result, words), qualifiers(result)
    if not title or not told:
        return title
    short = [
        _("contradicted") if text.startswith(_CONTRADICTED) else text.partition(":")[0]
        for text in told
    ]
    return f"{SIGN} {title}, {', '.join(dict.fromkeys(short))}"


def guideline_words(result: Mapping[str, Any]) -> str:
    """Return "rps 1.1.0", the guideline that a result came from; empty where it is not told."""
    named = result.get("guideline")
    if not isinstance(named, Mapping):
        return ""
    parts = (str(named.get(key) or "") for key in ("id", "version"))
    return " ".join(part for part in parts if part)
