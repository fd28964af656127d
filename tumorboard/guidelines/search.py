"""Searching in the evidence by words: whole words and their stems, in both spellings.

The words go into a full-text index (SQLite FTS5, with the stemmer of Porter) as they stand,
so that a hit can be shown in its place. What a person may type for them is spread at the
question: an abbreviation for its words and the other way round, the other spelling, the
other form of a noun from Latin or Greek.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: An abbreviation and all that stands for it; words joined by a space stand in one row.
_MEANINGS: tuple[tuple[str, ...], ...] = (
    ("lms", "leiomyosarcoma", "leiomyosarcomas"),
    ("lps", "liposarcoma", "liposarcomas"),
    ("wdlps", "well differentiated + liposarcoma"),
    ("ddlps", "dedifferentiated + liposarcoma"),
    ("ups", "undifferentiated pleomorphic sarcoma"),
    ("mpnst", "nerve sheath"),
    ("sft", "solitary fibrous"),
    ("sts", "soft tissue sarcoma"),
    ("rps", "retroperitoneal sarcoma", "retroperitoneum"),
    ("ivc", "inferior vena cava", "vena cava", "cava", "caval"),
    ("sma", "superior mesenteric artery"),
    ("smv", "superior mesenteric vein"),
    ("rt", "radiotherapy", "radiation", "radiation therapy"),
    ("chemo", "chemotherapy"),
    ("crt", "chemoradiation"),
    ("lr", "local recurrence"),
    ("dm", "distant metastasis", "distant recurrence"),
    ("os", "overall survival"),
    ("dfs", "disease free survival"),
    ("arfs", "abdominal recurrence free survival"),
    ("pe", "pulmonary embolism"),
    ("dvt", "deep vein thrombosis", "thromboembolism"),
    ("vte", "venous thromboembolism", "thromboembolism"),
    ("hr", "hazard ratio"),
    ("mdt", "multidisciplinary team"),
    ("gist", "gastrointestinal stromal"),
    ("bso", "ovaries"),
    ("lnd", "lymph node dissection"),
    ("wd", "well differentiated"),
    ("metastasis", "metastases", "metastatic", "metastasise", "mets"),
    ("diagnosis", "diagnoses"),
    ("thrombosis", "thrombus", "thrombi", "clot"),
    ("anticoagulation", "anticoagulate", "anticoagulant", "blood thinner"),
    ("vein", "venous", "veins"),
    ("kidney", "kidneys", "renal"),
    ("liver", "hepatic"),
    ("swelling", "oedema", "edema"),
)
#: British and American spelling, as parts of words.
_SPELLINGS = (
    ("tumour", "tumor"),
    ("oedema", "edema"),
    ("haem", "hem"),
    ("anaem", "anem"),
    ("paed", "ped"),
    ("coeliac", "celiac"),
    ("oesoph", "esoph"),
    ("centre", "center"),
    ("randomis", "randomiz"),
    ("organis", "organiz"),
    ("ischaem", "ischem"),
    ("leuk", "leuc"),
    ("grey", "gray"),
    ("colour", "color"),
    ("programme", "program"),
    ("therapie", "therapy"),
)
#: Words of the longest term in the list of meanings.
_LONGEST = max(term.count(" ") + 1 for group in _MEANINGS for term in group)
_WORD = re.compile(r"[^\W_]+(?:-\d+)?", re.UNICODE)
_FROM, _TO = "\x02", "\x03"
#: Weight of a hit in the identifier, the title, the text and the source.
_WEIGHTS = "8.0, 4.0, 1.0, 0.5"


@dataclass(frozen=True)
class Piece:
    """A part of a text; ``hit`` says that it was searched for."""

    text: str
    hit: bool


@dataclass(frozen=True)
class Hit:
    """An entry that was found, with its title and text in pieces."""

    id: str
    title: tuple[Piece, ...]
    text: tuple[Piece, ...]


class EvidenceIndex:
    """An index over rows of identifier, title, text and source. Safe from any thread."""

    def __init__(self, rows: Iterable[tuple[str, str, str, str]]) -> None:
        import sqlite3  # here: everything else of the guideline works without it

        self._lock = threading.Lock()
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE evidence USING fts5(id, title, text, source, "
            "tokenize = 'porter unicode61 remove_diacritics 2')"
        )
        self._index.executemany("INSERT INTO evidence VALUES (?, ?, ?, ?)", rows)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Return the rows that hold every word, the best first; nothing for no word.

        Words are whole words or their stems. When nothing holds the last word, which may
        still be being typed, its beginning counts.
        """
        # The words typed, those together that have a meaning together.
        typed = _WORD.findall(text.casefold())
        together = {term for group in _MEANINGS for term in group if " " in term}
        terms: list[str] = []
        while typed:
            lengths = range(min(len(typed), _LONGEST), 1, -1)
            length = next((n for n in lengths if " ".join(typed[:n]) in together), 1)
            terms.append(" ".join(typed[:length]))
            typed = typed[length:]
        if not terms:
            return ()
        asked = [_asked(term) for term in terms]
        found = self._rows(" AND ".join(asked))
        if not found:
            found = self._rows(" AND ".join((*asked[:-1], f"{_quoted(terms[-1])}*")))
        return found

    def _rows(self, query: str) -> tuple[Hit, ...]:
        columns = ", ".join(f"highlight(evidence, {n}, ?, ?)" for n in (1, 2))
        with self._lock:
            rows = self._index.execute(
                f"SELECT id, {columns} FROM evidence WHERE evidence MATCH ? "  # noqa: S608
                f"ORDER BY bm25(evidence, {_WEIGHTS}), rowid",
                (_FROM, _TO, _FROM, _TO, query),
            ).fetchall()
        return tuple(Hit(row[0], _pieces(row[1]), _pieces(row[2])) for row in rows)


def _pieces(marked: str) -> tuple[Piece, ...]:
    found = []
    for part in re.split(f"({_FROM}[^{_TO}]*{_TO})", marked):
        if part:
            found.append(Piece(part.strip(_FROM + _TO), part.startswith(_FROM)))
    return tuple(found)


def _asked(word: str) -> str:
    """Return the question for a word, with everything that stands for it."""
    alternatives = dict.fromkeys((word, *_other_spellings(word), *_meanings(word)))
    return "(" + " OR ".join(_phrase(a) for a in alternatives) + ")"


def _meanings(word: str) -> Iterator[str]:
    for group in _MEANINGS:
        if word in group:
            for other in group:
                yield other
                yield from _other_spellings(other)


def _other_spellings(word: str) -> Iterator[str]:
    for british, american in _SPELLINGS:
        if british in word:
            yield word.replace(british, american)
        elif american in word:
            yield word.replace(american, british)


def _phrase(words: str) -> str:
    """Return words that stand in one row; parts joined by + stand anywhere in the entry."""
    parts = [_quoted(part.strip()) for part in words.split("+")]
    return parts[0] if len(parts) == 1 else "(" + " AND ".join(parts) + ")"


def _quoted(words: str) -> str:
    return '"' + words.replace('"', '""') + '"'
