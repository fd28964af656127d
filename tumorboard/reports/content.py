"""What stands in a board report, as plain frozen records; the layouts only place it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tumorboard.language import _


@dataclass(frozen=True)
class KeyImage:
    """A picture with its annotations burned in; ``width`` and ``height`` in points on paper.

    ``series`` says what images it shows, such as "CT · portal venous? · 12 Nov 2026";
    ``measured`` are the values that stand in it, in words. ``beside`` are further pictures of
    the same view, which stand to its right under the same caption.
    """

    png: bytes
    caption: str
    width: int
    height: int
    series: str = ""
    measured: tuple[str, ...] = ()
    beside: tuple[KeyImage, ...] = ()

    @property
    def pictures(self) -> tuple[KeyImage, ...]:
        """All pictures of the view, from left to right."""
        return (self, *self.beside)


@dataclass(frozen=True)
class FactLine:
    """A recorded or computed value in words, and where it comes from."""

    label: str
    value: str
    origin: str


@dataclass(frozen=True)
class FactGroup:
    """The values of one section of the form."""

    title: str
    lines: tuple[FactLine, ...]

    @property
    def common_origin(self) -> str:
        """The origin of most of its lines; it stands once beside the title."""
        return Counter(line.origin for line in self.lines).most_common(1)[0][0]


@dataclass(frozen=True)
class Size:
    """The dimensions of the index mass: "10.5 × 8.9 × 13.2 cm" and what the numbers are."""

    lesion: str
    value: str
    axes: str
    origin: str
    calibration: str
    caveats: tuple[str, ...]
    missing: str = ""

    @property
    def words(self) -> str:
        """The size in one line; of a part of the axes it says which ones they are."""
        return f"{self.value} ({self.axes})" if self.missing and self.axes else self.value


@dataclass(frozen=True)
class MeasurementLine:
    """A measurement besides those of the index mass."""

    name: str
    value: str
    where: str
    calibration: str
    caveats: tuple[str, ...]


@dataclass(frozen=True)
class IvcExtent:
    """How far the tumour reaches in the inferior vena cava, and the reader's occlusion."""

    extent: str
    occlusion: str
    level: str
    origin: str


@dataclass(frozen=True)
class ReasonLine:
    """One rule's conclusion.

    ``cited`` are numbers in the list of sources; ``unsourced`` says that a part of it does
    not stand in the sources; ``remarks`` hold strength, reservations, what is waited for;
    ``scopes`` name the patients that the sources are about.
    """

    rule: str
    text: str
    remarks: tuple[str, ...]
    cited: tuple[int, ...]
    unsourced: bool
    lost: bool
    scopes: tuple[str, ...] = ()

    @property
    def tail(self) -> str:
        """The rule, the numbers of its sources and the patients that these are about."""
        scopes = "; ".join(self.scopes)
        return " ".join(part for part in (self.rule, self.citation, scopes) if part)

    @property
    def citation(self) -> str:
        """The numbers as printed: "[3, 5]", with a word where the sources are silent."""
        parts = [", ".join(str(n) for n in self.cited)] if self.cited else []
        parts += [_("not stated in the sources")] if self.unsourced else []
        return f"[{'; '.join(parts)}]" if parts else ""


@dataclass(frozen=True)
class CategoryBlock:
    """The category in words; ``provisional`` is the reason, or empty."""

    category: str
    title: str
    provisional: str
    qualifiers: tuple[str, ...]
    unassessed: str
    reason: ReasonLine


@dataclass(frozen=True)
class CriterionLine:
    """One of the excluding findings: present, absent or not_assessed, in words, by whom."""

    label: str
    state: str
    words: str
    origin: str


@dataclass(frozen=True)
class NoteLine:
    """A remark of the guideline."""

    reason: ReasonLine


@dataclass(frozen=True)
class OptionLine:
    """An option with its merged status, every reason and the notes that belong to it.

    ``departures`` say who made the institution say more than the source, when and why;
    ``differs`` names the points on which the sources differ about it, ``equal`` its equal
    alternative by title.
    """

    status: str
    status_words: str
    title: str
    reasons: tuple[ReasonLine, ...]
    notes: tuple[NoteLine, ...]
    departures: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    equal: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What stands below its title besides the reasons."""
        equal = (_("Equal alternative: {equal}", equal=self.equal),) if self.equal else ()
        differs = (
            (_("Sources differ: {differs}", differs=", ".join(self.differs)),)
            if self.differs
            else ()
        )
        return (*self.departures, *equal, *differs)


@dataclass(frozen=True)
class AlertLine:
    """An alert: critical, warning or information."""

    severity: str
    severity_words: str
    reason: ReasonLine


@dataclass(frozen=True)
class ConflictLine:
    """A point on which the sources differ: its sides in words, which one governs and why."""

    id: str
    title: str
    why: str
    sides: tuple[str, ...]
    cited: tuple[int, ...]
    governs: tuple[int, ...]

    @property
    def citation(self) -> str:
        """The numbers as printed: "[3, 5; governs: 5]"."""
        governs = (
            _("; governs: {numbers}", numbers=", ".join(map(str, self.governs)))
            if self.governs
            else ""
        )
        return f"[{', '.join(map(str, self.cited))}{governs}]"


@dataclass(frozen=True)
class Plan:
    """Follow-up or prognosis: a title, lines in words, and the reasons."""

    title: str
    lines: tuple[str, ...]
    reasons: tuple[ReasonLine, ...]


@dataclass(frozen=True)
class SourceLine:
    """A place in a source with the number by which the report cites it."""

    number: int
    place: str


@dataclass(frozen=True)
class Work:
    """A source with the places cited; ``full`` is its full title where it is known."""

    title: str
    full: str
    places: tuple[SourceLine, ...]


@dataclass(frozen=True)
class SettingLine:
    """A setting that differs from what ships."""

    identifier: str
    title: str
    value: str
    origin: str


@dataclass(frozen=True)
class Colophon:
    """What the report was made with and from; enough to make it again."""

    created: str
    author: str
    guideline: str
    guideline_short: str
    program_version: str
    input_hash: str
    audit_head: str
    intended_use: str

    @property
    def audit_short(self) -> str:
        """The first twelve characters of the audit head, or a word."""
        return self.audit_head[:12] or _("none")


@dataclass(frozen=True)
class ReportContext:
    """Everything in a board report, in words; every text is one plain line.

    ``reading`` is the radiology report as the reader kept it, line by line; empty texts part its
    paragraphs, ``headings`` are the lines that are titles. Not ``with_identity`` nothing in it
    tells who the case is about.
    """

    label: str
    question: str
    summary: str
    identity: str
    about: str
    studies: str
    category: CategoryBlock
    size: Size | None
    ivc: IvcExtent
    images: tuple[KeyImage, ...]
    criteria: tuple[CriterionLine, ...]
    missing: tuple[str, ...]
    alerts: tuple[AlertLine, ...]
    options: tuple[OptionLine, ...]
    notes: tuple[NoteLine, ...]
    plans: tuple[Plan, ...]
    conflicts: tuple[ConflictLine, ...]
    measurements: tuple[MeasurementLine, ...]
    reading: tuple[str, ...]
    facts: tuple[FactGroup, ...]
    works: tuple[Work, ...]
    settings: tuple[SettingLine, ...]
    colophon: Colophon
    with_identity: bool = False
    reading_title: str = _("Reading of the vena cava")
    headings: tuple[str, ...] = ()
