"""The demonstration cases as their data files describe them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tumorboard import __version__
from tumorboard.case.terms import read_yaml
from tumorboard.demo.phantom.spec import PhantomSpec, from_mapping
from tumorboard.resources import resource_path


@dataclass(frozen=True)
class Study:
    """One time point: its images, and which lesion the mass on them is."""

    spec: PhantomSpec
    lesion: str
    is_index: bool

    @property
    def folder(self) -> str:
        """Name of the folder of its images."""
        return self.spec.identity.accession


@dataclass(frozen=True)
class Demonstration:
    """One case as its data file describes it; the newest study comes last.

    ``events`` are (kind, ISO date, words) of what happened besides the images; ``is_read``
    tells that a reader confirmed the reading.
    """

    label: str
    question: str
    summary: str
    site: str
    facts: Mapping[str, Any]
    studies: tuple[Study, ...]
    notes: str = ""
    events: tuple[tuple[str, str, str], ...] = ()
    is_read: bool = True


@lru_cache(maxsize=1)
def demonstrations() -> tuple[Demonstration, ...]:
    """Return the cases described under ``resources/demonstration``, in the order of labels."""
    files = sorted(resource_path("demonstration").glob("*.yaml"))
    return tuple(_described(read_yaml(file).data) for file in files)


def _described(data: Mapping[str, Any]) -> Demonstration:
    studies = []
    for number, study in enumerate(data["studies"], 1):
        identity = {**data["patient"], **study["identity"]}
        spec = from_mapping(PhantomSpec, {**study["phantom"], "identity": identity})
        lesion = study.get("lesion", data["lesion"]["name"])
        studies.append(Study(spec, lesion, number == len(data["studies"])))
    return Demonstration(
        data["label"],
        data["question"],
        " ".join(data["summary"].split()),
        data["lesion"]["site"],
        data["facts"],
        tuple(studies),
        " ".join(data.get("notes", "").split()),
        tuple((e["kind"], e["day"], e["words"]) for e in data.get("events", ())),
        bool(data.get("read", True)),
    )


def content_version(cases: Sequence[Demonstration]) -> str:
    """Return what names this content: program version and the start of a hash."""
    text = repr([(c, [s.spec.content_hash for s in c.studies]) for c in cases])
    return f"{__version__}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
