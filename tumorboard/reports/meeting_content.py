"""What the papers of a meeting say; every text is ready to show."""

from __future__ import annotations

from dataclasses import dataclass, field

from tumorboard.language import _


@dataclass(frozen=True)
class Readiness:
    """One light of a case in words; ``state`` True there, False missing, None not known.

    What is not ``expected`` keeps no case from being ready.
    """

    label: str
    state: bool | None
    words: str
    expected: bool = True


@dataclass(frozen=True)
class Rejected:
    """An option that was considered, and why it was not taken."""

    title: str
    reason: str


@dataclass(frozen=True)
class Signature:
    """Who signed a decision and when; the digests are those of the frozen record.

    ``corrects`` says which version it replaces, empty for the first.
    """

    author: str
    time: str
    version: int
    digest: str
    audit_head: str
    corrects: str = ""

    @property
    def text(self) -> str:
        """Return "Signed by Dr A · 27 Nov 2026 14:05 · version 2 · record 0123456789ab"."""
        parts = (
            _("Signed by {author}", author=self.author) if self.author else _("Signed"),
            self.time,
            _("version {version}", version=self.version),
            self.corrects,
            _("record {digest}", digest=self.digest[:12]),
            _("audit head {audit_head}", audit_head=self.audit_head[:12]),
        )
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class Decided:
    """A decision in words; empty texts were not stated.

    ``recommendation`` are the titles of the catalogue and the free words, one each.
    ``due`` is an ISO date.
    ``signature`` is None for a draft.
    """

    recommendation: tuple[str, ...]
    intent: str
    rejected: tuple[Rejected, ...]
    agreement: str
    stage: str
    histology: str
    trial: str
    responsible: str
    due: str
    deferred_because: str
    outcome: str
    signature: Signature | None


@dataclass(frozen=True)
class Reading:
    """The category of a case with all that qualifies it, and the guideline that it came from.

    ``frozen`` when it is the one that a signed decision rests on; else it is the newest of the
    case, which may have changed since the meeting.
    """

    category: str
    qualifiers: tuple[str, ...]
    guideline: str
    frozen: bool

    @property
    def source(self) -> str:
        """Return by which guideline, and as of when."""
        by = (
            _("guideline {guideline}", guideline=self.guideline)
            if self.guideline
            else _("guideline not told")
        )
        when = (
            _("as it stood when the decision was signed") if self.frozen else _("as last assessed")
        )
        return f"{by}, {when}"


@dataclass(frozen=True)
class Identity:
    """Who a case is about, in words; all empty where it is withheld."""

    name: str = ""
    identifier: str = ""
    born: str = ""

    @property
    def text(self) -> str:
        """Return "DOE, JANE · 4711 · born 12 Apr 1959", as far as known."""
        born = _("born {born}", born=self.born) if self.born else ""
        return " · ".join(part for part in (self.name, self.identifier, born) if part)


@dataclass(frozen=True)
class MeetingCase:
    """A case on the agenda. ``starts`` is a clock time or the distance from the start.

    ``reading`` is what the guideline says, None while the case was never assessed.
    """

    number: int
    starts: str
    minutes: int
    label: str
    question: str
    presenter: str
    readiness: tuple[Readiness, ...] = ()
    decided: Decided | None = None
    reading: Reading | None = None
    identity: Identity = field(default_factory=Identity)


@dataclass(frozen=True)
class MeetingPapers:
    """A meeting with its cases in order.

    ``attendees`` reads "Dr A (surgeon)", ``date`` is ISO, ``day`` the same in words.
    ``with_identity`` says whether the cases tell who they are about.
    """

    date: str
    day: str
    start: str
    place: str
    attendees: tuple[str, ...]
    minutes: int
    cases: tuple[MeetingCase, ...]
    author: str
    created: str
    program_version: str
    audit_head: str
    with_identity: bool

    @property
    def when_and_where(self) -> str:
        """Return "Friday, 27 Nov 2026 · 14:30 · Room 3"."""
        return " · ".join(part for part in (self.day, self.start, self.place) if part)

    @property
    def decided(self) -> int:
        """How many cases have a signed recommendation."""
        return sum(d is not None and not d.deferred_because for d in self._signed())

    @property
    def deferred(self) -> int:
        """How many cases were put off, signed."""
        return sum(d is not None and bool(d.deferred_because) for d in self._signed())

    def _signed(self) -> list[Decided | None]:
        found = [case.decided for case in self.cases]
        return [d if d is not None and d.signature is not None else None for d in found]
