"""Sections of the radiology report on spread: nodes, peritoneum, lungs, liver, bones, response.

An organ is called free of metastases only where distant metastases were stated absent and the
images that show it are recorded as done, as the metastatic status asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tumorboard.annotations.kinds import SPECS
from tumorboard.annotations.measure import measure
from tumorboard.case.dates import iso_date
from tumorboard.case.definitions import AtLeast, definition
from tumorboard.case.facts import FactSheet
from tumorboard.case.ivc_report import fact_origin, fact_sentence, organ_sentence
from tumorboard.case.lesions import LesionRow, lesion_table
from tumorboard.case.model import Case, Lesion
from tumorboard.case.report_text import MISSING, Origin, Section, Sentence
from tumorboard.case.response_rows import response_rows
from tumorboard.case.sites import site_named, site_words
from tumorboard.language import _, inside
from tumorboard.quantity import length_words

_READ: Final = "distant_metastasis_read"
_SITES: Final = "metastasis_sites"
#: Which images have to be recorded as done before an organ can be called free.
_SEEN_ON: Final = {
    "lung": ("chest_ct",),
    "liver": ("abdomen_pelvis_ct",),
    "bone": ("chest_ct", "abdomen_pelvis_ct"),
}
_OWN_SECTION: Final = ("lung", "liver", "bone", "peritoneum")


def nodes_section(case: Case, facts: FactSheet) -> Section:
    """Return the lymph nodes: the reader's statement and each node that was measured."""
    found = [fact_sentence(facts, "regional_nodes"), *_lesions(case, _is_node)]
    return Section(_("Lymph nodes"), tuple(found))


def peritoneum_section(case: Case, facts: FactSheet) -> Section:
    """Return the peritoneum: implants as stated, and lesions drawn there."""
    name = "peritoneal_implants"
    stated = fact_sentence(facts, name)
    said = _("implants {finding}", finding=stated.words)
    found = [Sentence(_("Peritoneum"), said, stated.origin)]
    if "peritoneum" in (facts.value(_SITES) or ()):
        origin = fact_origin(facts, _SITES)
        found.append(Sentence(_("Peritoneum among the sites of metastases"), _("yes"), origin))
    found += _lesions(case, _lies_in("peritoneum"))
    return Section(_("Peritoneum"), tuple(found))


def lungs_section(case: Case, facts: FactSheet) -> Section:
    """Return the lungs."""
    return Section(_("Lungs"), tuple(_organ(case, facts, "lung", _("Lung metastases"))))


def liver_section(case: Case, facts: FactSheet) -> Section:
    """Return the liver: metastases; what the mass does to it stands with the organs."""
    return Section(_("Liver"), tuple(_organ(case, facts, "liver", _("Liver metastases"))))


def bones_section(case: Case, facts: FactSheet) -> Section:
    """Return the bones, and what the mass does to the spine."""
    spine = organ_sentence(case.remarks, "organ|spine")
    relation = Sentence(_("Mass and spine"), spine.words, spine.origin)
    found = _organ(case, facts, "bone", _("Bone metastases"))
    return Section(_("Bones"), (relation, *found))


def elsewhere_section(case: Case, facts: FactSheet) -> Section:
    """Return metastases at other sites, their number, and lesions without a section."""
    found = [distant_sentence(facts)]
    sites = facts.value(_SITES) or ()
    labels = [inside(definition(_SITES).choice_label(s)) for s in sites if s not in _OWN_SECTION]
    if labels:
        origin = fact_origin(facts, _SITES)
        found.append(Sentence(_("Other sites of metastases"), ", ".join(labels), origin))
    count = facts.value("metastasis_count")
    if count is not None:
        words = (
            _("at least {count}", count=count.count) if isinstance(count, AtLeast) else str(count)
        )
        found.append(
            Sentence(_("Number of metastases"), words, fact_origin(facts, "metastasis_count"))
        )
    if facts.value("metastases_resectable") is not None:
        found.append(fact_sentence(facts, "metastases_resectable"))
    found += _lesions(case, lambda x: not _is_node(x) and _category(x) not in _OWN_SECTION)
    return Section(_("Elsewhere"), tuple(found))


def distant_sentence(facts: FactSheet) -> Sentence:
    """Return the reader's statement on distant metastases, and what contradicts it."""
    stated = fact_sentence(facts, _READ)
    sites = [s for s in facts.value(_SITES) or () if s != "peritoneum"]
    if facts.value(_READ) != "absent" or not sites:
        return stated
    named = ", ".join(inside(definition(_SITES).choice_label(s)) for s in sites)
    return Sentence(
        stated.label,
        _("{finding}, yet sites are named: {sites}", finding=stated.words, sites=named),
        stated.origin,
    )


def response_section(case: Case, facts: FactSheet) -> Section:
    """Return the response by RECIST 1.1, as far as two dates were measured."""
    rows = response_rows(case)
    found = []
    if rows is None:
        why = _("there are no two dates on which lesions that count were measured")
        found.append(Sentence(_("Response (RECIST 1.1)"), f"{MISSING}; {why}"))
    else:
        newest = rows.rows[-1]
        counted = {lesion.uid for lesion in case.lesions if lesion.role}
        drawn = [a.uid for a in case.annotations if a.lesion_uid in counted and not a.proposed]
        origin = Origin("", tuple(reversed(drawn)))
        found.append(Sentence(_("Response (RECIST 1.1)"), rows.title.partition(": ")[2], origin))
        parts = (newest.date, newest.total, newest.change, newest.why)
        found.append(Sentence(_("Targets"), "; ".join(part for part in parts if part), origin))
        if rows.doubts:
            found.append(Sentence(_("Choice of targets"), " ".join(rows.doubts), origin))
    found.append(fact_sentence(facts, "new_lesion"))
    return Section(_("Response"), tuple(found))


def _organ(case: Case, facts: FactSheet, site: str, label: str) -> Iterator[Sentence]:
    """Yield what is known of metastases in an organ, and the lesions drawn there."""
    named = site in (facts.value(_SITES) or ())
    yield Sentence(label, _status(facts, site), fact_origin(facts, _SITES if named else _READ))
    yield from _lesions(case, _lies_in(site))


def _status(facts: FactSheet, site: str) -> str:
    read = facts.value(_READ)
    if site in (facts.value(_SITES) or ()):
        return _("named among the sites of metastases")
    if read == "present":
        return _("not assessed by themselves; distant metastases are stated present")
    if read != "absent":
        return MISSING
    lacking = [name for name in _SEEN_ON[site] if facts.value(name) != "done"]
    if lacking:
        return _(
            "not assessed; distant metastases are stated absent, but not recorded as done: "
            "{images}",
            images=_(" and ").join(definition(name).label for name in lacking),
        )
    return _("none; distant metastases are stated absent")


def _is_node(lesion: Lesion) -> bool:
    site = site_named(lesion.site)
    return lesion.is_node or (site is not None and site.node)


def _category(lesion: Lesion) -> str:
    """Return the word of the fact on sites for where a lesion is; "other" where none fits.

    A place that a person typed is taken by its name.
    """
    site = site_named(lesion.site)
    if site is not None:
        return site.metastasis
    typed = lesion.site.strip().casefold()
    named = (c.value for c in definition(_SITES).choices if c.label.casefold() == typed)
    return str(next(named, "other"))


def _place(lesion: Lesion) -> str:
    """Return "right kidney"."""
    site = site_words(lesion.site.strip().lower())
    if lesion.laterality == "right":
        return _("right {site}", site=site)
    return _("left {site}", site=site) if lesion.laterality == "left" else site


def _lies_in(category: str) -> Callable[[Lesion], bool]:
    return lambda lesion: not _is_node(lesion) and _category(lesion) == category


def _lesions(case: Case, wanted: Callable[[Lesion], bool]) -> list[Sentence]:
    """Return the lesions besides the index mass that fit, each with its newest size."""
    table = lesion_table(case)
    days = tuple(iso_date(t.date) for t in table.timepoints)
    rows = [r for r in table.rows if not r.lesion.is_index and wanted(r.lesion)]
    return [_lesion(case, row, days) for row in rows]


def _lesion(case: Case, row: LesionRow, days: tuple[str, ...]) -> Sentence:
    lesion = row.lesion
    drawn = [
        a
        for a in case.annotations
        if a.lesion_uid == lesion.uid and not a.proposed and SPECS[a.kind].is_measurement
    ]
    sized = [(day, size) for day, size in zip(days, row.sizes, strict=True) if size is not None]
    uids = tuple(a.uid for a in drawn)
    limits: list[str] = []
    if not sized:
        pixels = "; ".join(text for a in drawn if (text := measure(a).text))
        words = _("{pixels}, no size in cm", pixels=pixels) if pixels else _("size not measured")
    else:
        day, size = max(sized, key=lambda pair: pair[0])
        length = length_words(size.mm)
        if not size.annotation_uid and size.mm == 0:
            words = _("stated to be gone")
        elif lesion.is_node:
            words = _("short axis {length}", length=length)
        else:
            words = _("longest diameter {length}", length=length)
        words = f"{words}, {day}" if day else _("{value}, day not known", value=words)
        if day and (newest := max(days)) > day:
            limits.append(_("not measured on the images of {day}", day=newest))
        source = case.annotation(size.annotation_uid)
        if source is not None:
            limits += [c.text.rstrip(".") for c in measure(source).caveats]
            uids = (source.uid, *(uid for uid in uids if uid != source.uid))
    place = _place(lesion) if lesion.site else _("site not stated")
    parts = [place, words, *dict.fromkeys(limits)]
    if lesion.is_metastasis:
        parts.insert(1, _("marked as a distant metastasis"))
    return Sentence(_("Lesion {name}", name=lesion.name), "; ".join(parts), Origin("", uids))
