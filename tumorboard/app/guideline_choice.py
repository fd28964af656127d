"""Which guideline a store goes by: a signed choice, its history, and what holds without one.

The choice lies in the store's folder beside the settings of the institution, and is only added to:

    acts:
      - {act: choose, guideline: rps, version: 1.1.0, origin: shipped, digest: "", newest: 1.1.0,
         author: Dr Lead, date: "2026-01-05", reason: Board of 5 January}

``act`` is choose, retire or reinstate. The last choice counts; ``digest`` is that of the files when
they were chosen (empty for what ships), ``newest`` the newest version that shipped then.
"""

from __future__ import annotations

import contextlib
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from pathlib import Path
from typing import Any

from tumorboard.app.guideline_files import (
    SignedMeanwhileError,
    one_writer,
    settings_named,
    text_held,
)
from tumorboard.app.guideline_versions import (
    SHIPPED,
    GuidelineVersion,
    digest,
    loaded,
    parts,
    shipped_version,
    versions,
)
from tumorboard.errors import UserError
from tumorboard.guidelines.appended import with_more
from tumorboard.guidelines.files import read_document
from tumorboard.guidelines.loader import NEWEST
from tumorboard.guidelines.model import Guideline
from tumorboard.language import _
from tumorboard.text import changed, line
from tumorboard.whole_file import write_whole

CHOICE_NAME = "guideline-choice.yaml"
_HEADING = """Which guideline this store goes by: signed acts, the oldest first.
The last choice counts. New acts are put behind; comments stay."""
CHOOSE, RETIRE, REINSTATE = ACTS = ("choose", "retire", "reinstate")
_DID = {CHOOSE: _("chosen"), RETIRE: _("retired"), REINSTATE: _("reinstated")}


@dataclass(frozen=True)
class Signature:
    """Who did something, on which day (ISO), and why."""

    author: str
    date: str
    reason: str

    def checked(self) -> Signature:
        """Return the signature as lines of text; UserError when a part is missing."""
        signed = Signature(*(changed(str(v), line).strip() for v in asdict(self).values()))
        for name, value in asdict(signed).items():
            if not value:
                raise UserError(
                    _("The signature has no {name}.", name=name), _("Say who signs, when and why.")
                )
        try:
            date.fromisoformat(signed.date)
        except ValueError as error:
            text = _("“{date}” is not a date.", date=signed.date)
            raise UserError(text, _("Write it such as 2026-01-05.")) from error
        return signed


@dataclass(frozen=True)
class Act:
    """One signed line of the history."""

    act: str
    guideline: str
    version: str
    origin: str
    digest: str
    newest: str
    author: str
    date: str
    reason: str

    @property
    def key(self) -> tuple[str, str]:
        """Identifier and version."""
        return self.guideline, self.version

    @property
    def name(self) -> str:
        """Identifier and version, such as "rps 1.1.0"."""
        return f"{self.guideline} {self.version}"

    @property
    def text(self) -> str:
        """The act in words, such as "rps 1.1.0 chosen · Dr Lead · 2026-01-05 · Board"."""
        return f"{self.name} {_DID[self.act]} · {self.author} · {self.date} · {self.reason}"


@dataclass(frozen=True)
class Choices:
    """The history of a store, the oldest first."""

    acts: tuple[Act, ...] = ()

    @property
    def chosen(self) -> tuple[Act, ...]:
        """Every choice, the oldest first: the last counts."""
        return tuple(a for a in self.acts if a.act == CHOOSE)

    @property
    def retired(self) -> frozenset[tuple[str, str]]:
        """Identifier and version of what may not be chosen any more."""
        last = {a.key: a.act for a in self.acts if a.act != CHOOSE}
        return frozenset(key for key, act in last.items() if act == RETIRE)


@dataclass(frozen=True)
class GuidelineInForce:
    """The guideline of a store.

    ``problem`` says why another one holds than was chosen, ``newer`` that a newer one is here;
    both are empty otherwise.
    """

    guideline: Guideline = field(repr=False)
    version: GuidelineVersion
    problem: str = ""
    newer: str = ""


def choices(folder: Path) -> Choices:
    """Read the history of the store in ``folder``; empty when nothing was chosen.

    Raises
    ------
    UserError
        With file and line, when it cannot be used.

    """
    path = folder / CHOICE_NAME
    if not path.exists():
        return Choices()
    document = read_document(path)
    data, names = document.data, [f.name for f in fields(Act)]
    if not isinstance(data, dict) or set(data) != {"acts"} or not isinstance(data["acts"], list):
        raise document.error((), _("a list of acts is expected, nothing else."))
    acts = []
    for i, entry in enumerate(data["acts"]):
        if not isinstance(entry, dict) or set(entry) != set(names):
            raise document.error(
                ("acts", i), _("{names} are expected, nothing else.", names=", ".join(names))
            )
        act = Act(**{name: str(entry[name] or "") for name in names})
        if act.act not in ACTS:
            raise document.error(
                ("acts", i), _('"{act}" is none of {acts}.', act=act.act, acts=", ".join(ACTS))
            )
        try:
            Signature(act.author, act.date, act.reason).checked()
        except UserError as error:
            raise document.error(("acts", i), error.message) from error
        acts.append(act)
    return Choices(tuple(acts))


def guideline_in_force(folder: Path) -> GuidelineInForce:
    """Return the guideline that the store in ``folder`` goes by; never raises for a bad file.

    The last choice counts. One that cannot be used gives way to the choice before it; without
    any it is the shipped version that the settings of the institution name, else the newest.
    A guideline that does not ship counts only when somebody signed for it.
    """
    try:
        held, problem = choices(folder), ""
    except UserError as error:
        text = _("What was chosen here is not known until this file is put right.")
        held, problem = Choices(), f"{error.message} {text}"
    here = versions(folder)
    for act in dict.fromkeys(reversed(held.chosen)):
        if act.key in held.retired:
            continue
        try:
            version = _as_chosen(act, here)
            guideline = loaded(version)
        except UserError as error:
            said = _(
                "{name}, which was chosen here, cannot be used: {reason}",
                name=act.name,
                reason=error.message,
            )
            problem = problem or f"{said} {_('Put its files back, or choose a version again.')}"
            continue
        newer = _newer(version, here, held, act.newest)
        return _in_force(GuidelineInForce(guideline, version, problem, newer))
    named = settings_named(folder)
    shipped = (named and shipped_version(*named)) or shipped_version()
    if shipped is None:  # a broken installation
        raise FileNotFoundError(NEWEST)
    return _in_force(
        GuidelineInForce(loaded(shipped), shipped, problem, _newer(shipped, here, held))
    )


def _in_force(found: GuidelineInForce) -> GuidelineInForce:
    if not found.problem:
        return found
    said = f"{found.problem} {_('In force is {name}.', name=found.version.name)}"
    return GuidelineInForce(found.guideline, found.version, said, found.newer)


def _as_chosen(act: Act, here: tuple[GuidelineVersion, ...]) -> GuidelineVersion:
    """Return the version that was chosen, with the files that were chosen."""
    named = [v for v in here if v.key == act.key and (v.origin == SHIPPED) == (act.digest == "")]
    if not named:
        raise UserError(_("it is not there any more."))
    version = next((v for v in named if v.origin == act.origin), named[0])
    if act.digest and digest(version.folder) != act.digest:
        raise UserError(
            _(
                "its files changed after {author} chose it on {date}.",
                author=act.author,
                date=act.date,
            )
        )
    return version


def _newer(
    version: GuidelineVersion, here: tuple[GuidelineVersion, ...], held: Choices, newest: str = ""
) -> str:
    others = [
        v
        for v in here
        if v.id == version.id and parts(v.version) > parts(version.version) and not v.problem
        if v.key not in held.retired
    ]
    for best in sorted(others, key=lambda v: parts(v.version), reverse=True):
        try:
            loaded(best)
        except UserError:
            continue
        return _(
            "{newer} is here too; {name} stays in force until it is chosen.",
            newer=best.name,
            name=version.name,
        )
    if version.origin != SHIPPED and newest and parts(NEWEST) > parts(newest):
        return _(
            "The program ships rps {newest}, which is newer than what it shipped when "
            "{name} was chosen.",
            newest=NEWEST,
            name=version.name,
        )
    return ""


def retire(
    folder: Path, version: GuidelineVersion, signature: Signature, seen: Choices | None = None
) -> Choices:
    """Take a version out of the choice; its files stay, for the assessments that name it.

    ``seen`` is the history that the signer saw, None where nobody looked at one.

    Raises
    ------
    UserError
        When it is in force, retired already, not signed, or the folder cannot be written, and
        when somebody else signed since (`SignedMeanwhileError`).

    """
    with one_writer(folder):
        refuse_unseen(folder, seen)
        if guideline_in_force(folder).version.key == version.key:
            raise UserError(
                _("{name} is in force.", name=version.name), _("Choose another version first.")
            )
        if version.key in choices(folder).retired:
            raise UserError(_("{name} is retired already.", name=version.name))
        return add_act(folder, RETIRE, version, signature)


def reinstate(
    folder: Path, version: GuidelineVersion, signature: Signature, seen: Choices | None = None
) -> Choices:
    """Let a retired version be chosen again; the errors are those of `retire`."""
    with one_writer(folder):
        refuse_unseen(folder, seen)
        if version.key not in choices(folder).retired:
            raise UserError(_("{name} is not retired.", name=version.name))
        return add_act(folder, REINSTATE, version, signature)


def refuse_unseen(folder: Path, seen: Choices | None) -> None:
    """Refuse to sign over a history that the signer has not seen; inside `one_writer`.

    Raises
    ------
    SignedMeanwhileError
        When it holds other acts than ``seen``; it names them.

    """
    if seen is None:
        return
    acts = choices(folder).acts
    if acts == seen.acts:
        return
    new = acts[len(seen.acts) :]
    if acts[: len(seen.acts)] != seen.acts or not new:
        raise SignedMeanwhileError(
            _("The history in {CHOICE_NAME} was changed meanwhile.", CHOICE_NAME=CHOICE_NAME)
        )
    said = "; ".join(act.text for act in new)
    raise SignedMeanwhileError(_("Signed meanwhile in another window: {said}.", said=said))


def add_act(folder: Path, act: str, version: GuidelineVersion, signature: Signature) -> Choices:
    """Add a signed line to the history; what is there is never overwritten.

    Inside `one_writer`: between reading and writing nobody else signs.

    Raises
    ------
    UserError
        When it is not signed, the history there cannot be used or the folder not be written.

    """
    signed, held = signature.checked(), choices(folder)
    files = "" if version.origin == SHIPPED else digest(version.folder)
    new = Act(act, *version.key, version.origin, files, NEWEST, **asdict(signed))
    grown = Choices((*held.acts, new))
    data: dict[str, Any] = {"acts": [asdict(a) for a in grown.acts]}
    text = with_more(text_held(folder / CHOICE_NAME), _HEADING, data, "acts")
    with contextlib.suppress(OSError):  # the write says so
        folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / CHOICE_NAME, text.encode())
    return grown
