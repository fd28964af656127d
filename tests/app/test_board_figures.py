"""What a board did, counted from a store of which every count was made by hand."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.app.board_store import BLEEDING, FRIEDA, MARCH, OPTIONS, Hands, chosen, of_a_spring, said
from tumorboard import cli
from tumorboard.app.board_figures import board_figures
from tumorboard.app.board_reader import Period
from tumorboard.app.board_record import (
    BoardRecord,
    Decided,
    Planned,
    Stance,
    alerts_standing,
    asked_for,
    stance,
)
from tumorboard.app.board_report import (
    Catalogue,
    board_report,
    last_twelve_months,
    period_of,
)
from tumorboard.case.decision import Agreement, Decision
from tumorboard.case.facts import FactSheet
from tumorboard.case.model import Remark
from tumorboard.errors import CancelledError, UserError
from tumorboard.progress import Reporter
from tumorboard.reports.figures import Figure, figures_csv, figures_words
from tumorboard.store.database import Store
from tumorboard.store.verify import verify

TODAY = date(2022, 6, 1)
CATALOGUE = Catalogue({}, {"grade": "Grade"})
YEAR = Period(date(2021, 6, 2), TODAY, TODAY)


@pytest.fixture
def store(tmp_path):
    with Store(tmp_path / "store") as opened:
        yield opened
        assert verify(opened).problems == ()


def read(store, period=YEAR):
    return board_report(store, period, CATALOGUE, Reporter()).figures


def counts(figures, part) -> dict[str, tuple[int, int | None, int]]:
    (found,) = (p for p in figures.parts if p.title == part)
    return {f.name: (f.count, f.of, f.not_known) for f in found.figures}


def lines(figures, part) -> list[tuple[str, str, str, str]]:
    (found,) = (p for p in figures.parts if p.title == part)
    return [(x.day, x.case, x.what, x.words) for x in found.lines]


def test_every_count_of_a_spring(store):
    of_a_spring(store)
    found = read(store)
    assert counts(found, "Cases") == {
        "Meetings held": (2, None, 0),
        "Recommendation signed": (7, 10, 0),  # RP-1 2 3 4 7 8 in March, 5 in May
        "Deferred": (1, 10, 0),
        "Draft, not signed": (1, 10, 0),
        "No decision": (1, 10, 0),
        "Signed beside these agendas": (0, 8, 0),
    }
    assert counts(found, "Agreement with the assessment") == {
        "In agreement": (1, 4, 3),  # RP-1
        "Deviating": (3, 4, 3),  # RP-2, RP-3, RP-5 as corrected
        "Not to be compared: no assessment": (1, 7, 0),
        "Not to be compared: own words": (1, 7, 0),
        "Not to be compared: nothing offered": (1, 7, 0),
        "The board states: agrees": (1, 7, 0),
        "The board states: differs": (1, 7, 0),
        "The board states: nothing": (5, 7, 0),
        "States that it differs, though all was offered": (0, 1, 0),
    }
    assert counts(found, "Reasons for deviation") == {"With a reason": (1, 3, 0)}
    assert lines(found, "Reasons for deviation") == [
        ("2022-03-10", "RP-2", "Radiotherapy (Discouraged)", "=[withheld] wishes so"),
        ("2022-03-10", "RP-3", "O-SILENT (not mentioned)", "no reason stated"),
        ("2022-05-05", "RP-5", "Radiotherapy (Discouraged)", "no reason stated"),
    ]
    assert counts(found, "Completeness at presentation") == {
        "Complete": (3, 7, 1),  # RP-1, RP-4, RP-8; RP-7 has no assessment
        "Asked for: Grade": (4, 7, 1),  # RP-2, RP-3, RP-5 twice
        "Asked for: aorta": (2, 7, 1),  # not assessed in RP-2, asked for in RP-3
    }
    assert counts(found, "Alerts") == {
        "Decisions whose alerts are known": (7, 8, 0),
        "Overridden, critical": (1, 2, 0),
        "Overridden, warning": (0, 3, 0),
        "Overridden, information": (0, 0, 0),
        "Overridden, all": (1, 5, 0),
        "Acknowledgements made": (0, None, 0),  # made now, which is after the period
    }
    assert lines(found, "Alerts") == [
        ("2022-03-10", "RP-1", "critical: It bleeds", "Embolised yesterday")
    ]
    (times,) = (p for p in found.parts if p.title == "Time per case")
    assert [(f.name, f.count, f.of, f.not_known, f.value) for f in times.figures] == [
        ("Median", 2, 10, 8, "4.0"),  # 2 min and 6 min
        ("Shortest", 2, 10, 8, "2.0"),
        ("Longest", 2, 10, 8, "6.0"),
        ("Spent in all", 2, 10, 8, "8.0"),
        ("Planned for the same cases", 2, 10, 8, "8.0"),
    ]
    assert "since 10 Mar 2022" in times.note


def test_acknowledgements_count_on_their_day_and_once_whatever_became_of_them(store):
    hands = Hands(store)
    hands.case("RP-1")
    today = date.today()
    hands.acknowledge("RP-1", "R-1", "critical: It bleeds", "Seen")
    hands.session.undo()
    hands.session.redo()
    hands.acknowledge("RP-1", "R-2", "warning: Old", "Seen")
    hands.session.clear_remark("alert:R-2")
    hands.session.set_remark("status", "ready")
    around = Period(today - timedelta(days=1), today + timedelta(days=1), today)
    assert counts(read(store, around), "Alerts")["Acknowledgements made"] == (2, None, 0)


def test_a_signature_without_a_meeting_counts_on_its_own_day(store):
    hands = Hands(store)
    hands.case("RP-1")
    hands.sign("RP-1", "", chosen("O-A"), said())
    hands.sign("RP-1", "", chosen("O-A", stage="II"), said(("grade",)))
    today = date.today()
    found = read(store, Period(today - timedelta(days=1), today + timedelta(days=1), today))
    assert counts(found, "Cases")["Signed beside these agendas"] == (1, 1, 0)
    assert counts(found, "Completeness at presentation") == {"Complete": (1, 1, 0)}
    assert read(store, YEAR).is_empty


def test_other_words_and_an_outcome_do_not_move_a_decision_to_a_later_assessment(store):
    hands = Hands(store)
    hands.case("RP-1")
    march = hands.meeting(MARCH, "RP-1").uid
    hands.acknowledge("RP-1", "R-1", "critical: It bleeds", "Embolised")
    hands.sign("RP-1", march, chosen("O-A", "O-EQ"), said(("grade",), **{"R-1": BLEEDING}))
    later = {key: {**option, "status": "discourage"} for key, option in OPTIONS.items()}
    hands.sign("RP-1", march, chosen("O-EQ", "O-A", stage="II"), said(options=later))
    hands.sign("RP-1", march, chosen("O-EQ", "O-A", outcome="Done"), said(options=later))
    found = read(store)
    assert counts(found, "Agreement with the assessment")["In agreement"] == (1, 1, 0)
    assert counts(found, "Alerts")["Overridden, critical"] == (1, 1, 0)
    hands.sign("RP-1", march, chosen("O-A"), said(options=later))
    found = read(store)
    assert counts(found, "Agreement with the assessment")["In agreement"] == (0, 1, 0)
    assert counts(found, "Alerts")["Overridden, critical"] == (0, 0, 0)
    assert counts(found, "Completeness at presentation")["Complete"] == (0, 1, 0)


def test_a_signature_on_what_counts_on_another_day_is_said(store):
    hands = of_a_spring(store)
    hands.sign("RP-10", "", chosen("O-A"), said())
    today = date.today()
    found = read(store, Period(today - timedelta(days=1), today + timedelta(days=1), today))
    assert counts(found, "Cases")["Signed beside these agendas"] == (0, 0, 0)
    # Eleven signatures of the spring and one more, all made now.
    assert "on another day: 12." in found.notes[1]


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        ("2022-03-10", "2022-03-10", 1),
        ("2022-03-11", "2022-05-04", 0),
        ("2022-03-10", "2022-05-05", 2),
        ("2020-01-10", "2020-01-10", 1),
        ("2022-12-24", "2022-12-24", 0),  # not yet
    ],
)
def test_both_days_of_a_period_belong_to_it(store, first, last, held):
    of_a_spring(store)
    period = Period(date.fromisoformat(first), date.fromisoformat(last), TODAY)
    assert counts(read(store, period), "Cases")["Meetings held"] == (held, None, 0)


def test_decisions_that_came_with_a_bundle_are_nobodys_here(store, tmp_path):
    hands = Hands(store)
    hands.case("RP-1")
    march = hands.meeting(MARCH, "RP-1")
    hands.sign("RP-1", march.uid, chosen("O-B"), said())
    (made,) = store.decisions.of_case(hands.uids["RP-1"])
    from tumorboard.app.case_repository import Arrival, ArrivingDecision, Stamp

    brought = ArrivingDecision(march.uid, made.decision, made.record, made.author, made.utc)
    arrival = Arrival("2.25.7", "RP-9", "", "", None, {}, decisions=(brought,))
    today = date.today()
    span = Period(date(2022, 1, 1), today + timedelta(days=1), today)
    with Store(tmp_path / "other") as other:
        other.arrivals.receive(Stamp("Dr Sample", made.utc), arrival)  # in the same second
        found = read(other, span)
        assert found.notes[1].startswith("Signed decisions that came with case bundles: 1.")
        assert counts(found, "Cases")["Signed beside these agendas"] == (0, 0, 0)
    store.arrivals.receive(Stamp("Dr Other", "2022-07-01T00:00:00Z"), arrival)
    found = read(store, span)
    assert counts(found, "Agreement with the assessment")["Deviating"] == (1, 1, 0)
    assert "bundles: 1." in found.notes[1]


# -- how one decision is judged ---------------------------------------------------------------


def decided(decision, assessment, **more) -> Decided:
    held = {"held": {}, "first": assessment, **more}
    return Decided("1", "RP-1", TODAY, "M", decision, assessment, **held)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("O-A",), Stance.AGREES),
        (("O-EQ",), Stance.AGREES),
        (("O-A", "O-EQ"), Stance.AGREES),
        (("O-A", "O-B"), Stance.DEVIATES),
        (("O-LATER",), Stance.DEVIATES),
        (("O-SILENT", "O-A"), Stance.DEVIATES),
        ((), Stance.OWN_WORDS),
    ],
)
def test_agreement_is_about_every_option(options, expected):
    assert stance(decided(Decision(options), said().to_json())) is expected


@pytest.mark.parametrize(
    ("offered", "option", "expected"),
    [
        ({"O-LATER": OPTIONS["O-LATER"]}, "O-LATER", Stance.NOTHING_OFFERED),
        ({"O-B": OPTIONS["O-B"]}, "O-B", Stance.DEVIATES),
        ({}, "O-B", Stance.NOTHING_OFFERED),
        ({"O-X": {"status": "consider", "equal_with": "O-Y"}}, "O-Y", Stance.AGREES),
    ],
)
def test_where_nothing_was_offered_nobody_agrees(offered, option, expected):
    assert stance(decided(Decision((option,)), said(options=offered).to_json())) is expected


@pytest.mark.parametrize("record", [{}, {"options": [1]}, {"options": None, "alerts": None}])
def test_what_a_record_does_not_say_is_not_known(record):
    made = decided(Decision(("O-A",)), record)
    assert stance(made) is Stance.NO_ASSESSMENT
    assert asked_for(made) is None
    assert alerts_standing(made) is None


def test_an_acknowledgement_of_a_contradiction_counts_for_its_values_alone():
    from tests.guidelines.cases import vignette
    from tumorboard.guidelines.acknowledgement import remark_key

    found = vignette("V-26")
    (alert,) = found.contradictions
    key = remark_key(alert.rule)
    for value, reason in ((alert.stands_for, "Seen"), (f"{alert.severity}: {alert.text}", "")):
        held = {key: Remark(key, value, "Seen", "Dr Two", "2026-01-06")}
        made = decided(Decision(), found.to_json(), held=held)
        assert [a.reason for a in alerts_standing(made) or () if a.rule == alert.rule] == [reason]


def test_an_alert_without_its_words_is_neither_overridden_nor_not():
    made = decided(Decision(("O-A",)), {**said().to_json(), "alerts": ["R-9"]})
    record = BoardRecord(YEAR.first, YEAR.last, 0, (), (made,))
    found = counts(board_figures(record), "Alerts")
    assert found["Overridden, all"] == (0, 0, 1)


_STATUSES = st.sampled_from(["suggest", "consider", "discourage", "not_offered", "deferred", ""])
_OPTIONS = st.dictionaries(
    st.sampled_from("ABC"),
    st.fixed_dictionaries({"status": _STATUSES}, optional={"equal_with": st.sampled_from("ABC")}),
)
_ASSESSMENTS = st.one_of(
    st.just({}),
    st.builds(
        lambda options, missing, states, alerts: said(
            missing, dict(zip("xyz", states, strict=False)), options, **alerts
        ).to_json(),
        _OPTIONS,
        st.lists(st.sampled_from("xyzw"), unique=True),
        st.lists(st.sampled_from(["present", "absent", "not_assessed"]), min_size=1, max_size=3),
        st.dictionaries(
            st.sampled_from(["R-1", "R-2"]),
            st.fixed_dictionaries({"severity": st.sampled_from("CWIX"), "text": st.just("t")}),
        ),
    ),
)
_DECISIONS = st.builds(
    Decision,
    options=st.lists(st.sampled_from("ABCD"), max_size=2).map(tuple),
    agreement=st.sampled_from(Agreement),
    deferred_because=st.sampled_from(["", "", "no CT"]),
    dissent_reason=st.sampled_from(["", "so"]),
)


@st.composite
def records(draw) -> BoardRecord:
    made = tuple(
        replace(decided(decision, assessment), case_uid=str(n))
        for n, (decision, assessment) in enumerate(
            draw(st.lists(st.tuples(_DECISIONS, _ASSESSMENTS), max_size=30))
        )
    )
    planned = tuple(
        Planned(str(n), "M", 3, seconds)
        for n, seconds in enumerate(draw(st.lists(st.none() | st.integers(5, 900), max_size=30)))
    )
    drafted = frozenset((str(n), "M") for n in draw(st.sets(st.integers(0, 30))))
    return BoardRecord(YEAR.first, YEAR.last, 1, planned, made, drafted=drafted)


@given(records())
def test_parts_add_up_to_the_whole(record):
    found = board_figures(record)
    cases = counts(found, "Cases")
    states = ("Recommendation signed", "Deferred", "Draft, not signed", "No decision")
    assert sum(cases[name][0] for name in states) == len(record.planned)
    assert {cases[name][1] for name in states} == {len(record.planned)}
    agreement = counts(found, "Agreement with the assessment")
    advised = sum(not d.decision.is_deferred for d in record.decided)
    compared = agreement["In agreement"][1]
    assert compared is not None
    assert agreement["In agreement"][0] + agreement["Deviating"][0] == compared
    assert compared + agreement["In agreement"][2] == advised
    apart = sum(v[0] for k, v in agreement.items() if k.startswith("Not to be compared"))
    assert apart == agreement["In agreement"][2]
    assert sum(v[0] for k, v in agreement.items() if k.startswith("The board states")) == advised
    for part in found.parts:
        for figure in part.figures:
            assert figure.counted
            assert figure.of is None or (0 <= figure.count <= figure.of and figure.among)
    for _, of, unknown in counts(found, "Completeness at presentation").values():
        assert (of or 0) + unknown == len(record.decided)
    alerts = counts(found, "Alerts")
    by_severity = [alerts[f"Overridden, {s}"] for s in ("critical", "warning", "information")]
    assert sum(count for count, _, _ in by_severity) == alerts["Overridden, all"][0]
    assert sum(of or 0 for _, of, _ in by_severity) == alerts["Overridden, all"][1]
    for count, of, unknown in counts(found, "Time per case").values():
        assert count + unknown == of == len(record.planned)


@given(st.integers(0, 500), st.integers(0, 500))
def test_no_share_stands_without_its_counts(one, other):
    count, of = sorted((one, other))
    text = Figure("", count, of, "a", "b").text
    assert ("%" in text) == (of >= 20)
    assert text.startswith(f"{count} of {of}") or of == 0


# -- the table, the command ------------------------------------------------------------------


def test_the_table_says_the_same_and_nothing_in_it_computes(store):
    of_a_spring(store)
    found = read(store)
    data = figures_csv(found)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    told = {
        (row["Part"], row["Line"]): (row["Count"], row["Of"], row["Not known"], row["Value"])
        for row in rows
        if row["Count"]
    }
    expected = {
        (part.title, f.name): (
            *(str(f.count), "" if f.of is None else str(f.of)),
            *(str(f.not_known), f.value),
        )
        for part in found.parts
        for f in part.figures
    }
    assert told == expected
    reasons = [(row["Case"], row["Words"]) for row in rows if row["Line"] == "Reason"]
    assert reasons[0] == ("RP-2", "'=[withheld] wishes so")
    for row in rows:
        assert not any(cell.lstrip()[:1] in tuple("=+-@") for cell in row.values() if cell)
    everything = (data.decode() + figures_words(found)).lower()
    for secret in ("quixfict", "frieda", FRIEDA.patient_id.lower(), "19590412"):
        assert secret not in everything


def test_the_command_prints_words_or_writes_the_table(tmp_path, capsys):
    folder = tmp_path / "store"
    with Store(folder) as store:
        of_a_spring(store)
    asked = ["--store", str(folder), "figures", "--from", "2022-03-01", "--to", "31.5.2022"]
    assert cli.main(asked) == cli.DONE
    printed = capsys.readouterr().out
    assert "  In agreement: 1 of 4 · not known: 3\n" in printed
    assert "  Median: 4.0 min · 2 of 10 · not known: 8\n" in printed
    table = tmp_path / "figures.csv"
    assert cli.main([*asked, "--csv", str(table)]) == cli.DONE
    assert "Written:" in capsys.readouterr().out
    assert b'"In agreement","1","4","3"' in table.read_bytes()
    named = tmp_path / "Quixfict.csv"
    assert cli.main([*asked, "--csv", str(named)]) == cli.FAILED
    assert "name of the file" in capsys.readouterr().err
    assert not named.exists()


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (["--from", "yesterday"], "“yesterday” is not a date."),
        (["--from", "2022-03-02", "--to", "2022-03-01"], "before it begins"),
    ],
)
def test_a_period_that_is_none_is_refused_in_a_sentence(tmp_path, capsys, more, sentence):
    Store(tmp_path / "store").close()
    assert cli.main(["--store", str(tmp_path / "store"), "figures", *more]) == cli.FAILED
    assert sentence in capsys.readouterr().err


def test_a_period_without_anything_says_what_to_do(tmp_path, capsys):
    assert cli.main(["--store", str(tmp_path / "none"), "figures"]) == cli.FAILED
    assert not (tmp_path / "none").exists()
    Store(tmp_path / "store").close()
    assert cli.main(["--store", str(tmp_path / "store"), "figures"]) == cli.DONE
    assert "plan a meeting (F4)" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("today", "first"),
    [("2026-11-30", "2025-12-01"), ("2028-02-29", "2027-03-01"), ("2026-01-01", "2025-01-02")],
)
def test_the_usual_period_is_twelve_months(today, first):
    usual = last_twelve_months(date.fromisoformat(today))
    assert (usual.first.isoformat(), usual.last.isoformat()) == (first, today)
    assert period_of("", " ", date.fromisoformat(today)) == usual


def test_a_period_ends_after_it_begins():
    with pytest.raises(UserError, match="before it begins"):
        period_of("2026-03-02", "2026-03-01", TODAY)


def test_reading_stops_when_it_is_asked_to(store):
    of_a_spring(store)
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        board_report(store, YEAR, CATALOGUE, reporter)


def test_every_input_that_an_assessment_may_miss_has_a_label():
    from tumorboard.guidelines.evaluate import assess
    from tumorboard.guidelines.loader import load_guideline

    guideline = load_guideline()
    known = Catalogue.of(guideline)
    assessment = assess(FactSheet({}), guideline)
    missing = (*assessment.missing, *assessment.also_missing)
    assert missing
    assert {m.name: known.inputs[m.name] for m in missing} == {m.name: m.label for m in missing}
    assert {c.name for c in assessment.criteria} <= known.inputs.keys()
    made = decided(Decision(), assessment.to_json())
    assert set(asked_for(made) or ()) == {m.name for m in missing} | {
        c.name for c in assessment.criteria
    }
    alerts = alerts_standing(made)
    assert [a.severity for a in alerts or ()]
    assert {(a.rule, a.severity, a.text) for a in alerts or ()} == {
        (a.rule, a.severity, a.text) for a in assessment.alerts
    }
