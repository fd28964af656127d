"""A case goes from one installation to another whole, or not at all, and tells no name unasked."""

import json
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.app import bundles
from tests.app.bundles import FRIEDA, NAMED, SECRETS, changed, forged, members_of, planted
from tests.planted import HOSTILE as HOSTILE_TEXT
from tests.store import samples
from tumorboard.app import edits
from tumorboard.app.bundle_format import ASSESSMENT, CASE, DATA, FACTS, MANIFEST
from tumorboard.app.bundle_identity import digest_of_record
from tumorboard.app.bundle_intake import AlreadyThereError, arrived_words, take_in_bundle
from tumorboard.app.bundle_reader import _bundle, is_bundle, read_bundle
from tumorboard.app.guidance import Guidance
from tumorboard.app.imports import Found, other_patient, take_in
from tumorboard.case.model import Lesion, Patient
from tumorboard.errors import CancelledError, UserError
from tumorboard.imaging.mask_codec import unpack_grid, unpack_mask
from tumorboard.progress import Reporter
from tumorboard.store.arrival import CAME_FROM
from tumorboard.store.database import Store
from tumorboard.store.verify import verify
from tumorboard.text import all_lines, is_inert


@pytest.fixture(scope="module")
def guidance(tmp_path_factory):
    return Guidance(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def source(tmp_path_factory, guidance):
    """A folder with a store, the UID of the planted case, and its two bundles."""
    folder = tmp_path_factory.mktemp("source")
    with Store(folder / "store") as store:
        uid = planted(bundles.session_on(store, guidance))
    paths = {
        told: bundles.written(
            folder / "store", guidance, uid, folder / f"{told}.zip", with_identity=told
        )
        for told in (False, True)
    }
    return folder / "store", uid, paths


@pytest.fixture
def target(tmp_path, guidance):
    with Store(tmp_path / "target") as store:
        yield bundles.session_on(store, guidance)
        report = verify(store)
        assert report.ok, report.problems


def state_of(store):
    """The head of the audit chain stands for every row but voxels."""
    return store.head, store.connection.execute("SELECT count(*) FROM mask_voxels").fetchone()[0]


def loaded(store, uid):
    return store.cases.load(uid), store.cases.load_derived(uid)


def test_with_identity_everything_arrives_as_it_was(source, target):
    folder, uid, paths = source
    arrived = take_in_bundle(target, read_bundle(paths[True]))
    with Store(folder) as store:
        before, derived = loaded(store, uid)
        signed = store.decisions.of_case(uid)
        voxels = {d: store.masks.body_of(d) for d in before.segmentations[0].digests}
    after, derived_after = loaded(target.store, arrived.case_uid)
    told = after.remark(CAME_FROM)
    assert told is not None
    assert "written" in told.value
    same = replace(
        after,
        patient=before.patient,
        created_utc=before.created_utc,
        remarks=tuple(r for r in after.remarks if r.key != CAME_FROM),
    )
    assert same == before
    assert derived_after == derived
    assert replace(after.patient, uid="") == FRIEDA
    found = target.store.decisions.of_case(uid)
    assert [(d.decision, d.record, d.author, d.utc, d.signed) for d in found] == [
        (d.decision, d.record, d.author, d.utc, d.signed) for d in signed
    ]
    assert all(d.record["digest"] == digest_of_record(d.record) for d in found)
    for digest, body in voxels.items():
        assert target.store.masks.body_of(digest) == body
    segmentation = after.segmentations[0]
    stack = unpack_grid(target.store.masks.body_of(segmentation.grid_digest))
    mask = unpack_mask(target.store.masks.body_of(segmentation.digest), stack)
    assert (mask.voxels == samples.blob().voxels).all()


def test_the_assessment_of_what_arrived_is_the_same(source, target, guidance):
    folder, uid, paths = source
    take_in_bundle(target, read_bundle(paths[True]))
    target.open_case(uid)
    with Store(folder) as store:
        there = bundles.session_on(store, guidance)
        there.open_case(uid)
        assert target.assessment.to_json() == there.assessment.to_json()


def test_without_identity_no_file_tells_who_it_is(source, target):
    _, _, paths = source
    for name, data in members_of(paths[False]).items():
        text = data.decode("utf-8", "replace").lower()
        assert not [s for s in SECRETS if s in text], name
    whole = paths[False].read_bytes().lower()
    assert not [s for s in SECRETS if s.encode() in whole]
    assert any(
        "quixfict" in data.decode("utf-8", "replace").lower()
        for data in members_of(paths[True]).values()
    )


def test_without_identity_it_is_a_patient_of_its_own(source, target):
    _, uid, paths = source
    known = target.new_case("OTHER", FRIEDA).patient.uid
    bundle = read_bundle(paths[False])
    arrived = take_in_bundle(target, bundle)
    case, _ = loaded(target.store, uid)
    assert case.patient.uid != known
    assert (case.patient.name, case.patient.patient_id, case.patient.birth_date) == ("", "", "")
    assert "[withheld]" in case.question
    assert [a.points for a in case.annotations] == [
        samples.annotation("a1").points,
        samples.annotation("a2", 7.25).points,
    ]
    assert case.remark("alignment|1.2.9|1.2.10").value == "1.000 -2.500 3.000"
    assert "patient of its own" in arrived_words(arrived, bundle)


def test_a_blanked_record_names_the_signed_one_and_still_verifies(source, target):
    folder, uid, paths = source
    take_in_bundle(target, read_bundle(paths[False]))
    with Store(folder) as store:
        signed = store.decisions.of_case(uid)
    found = target.store.decisions.of_case(uid)
    for there, here in zip(signed, found, strict=True):
        assert here.record["digest"] == digest_of_record(here.record)
        assert here.record["withheld_from"] == there.record["digest"]
    assert found[1].record["follows"]["digest"] == found[0].record["digest"]


def test_a_record_without_names_stays_as_it_was_signed(tmp_path, guidance, target):
    with Store(tmp_path / "plain") as store:
        uid = planted(bundles.session_on(store, guidance), "nobody")
        signed = store.decisions.of_case(uid)
    path = bundles.written(
        tmp_path / "plain", guidance, uid, tmp_path / "b.zip", with_identity=False
    )
    take_in_bundle(target, read_bundle(path))
    found = target.store.decisions.of_case(uid)
    assert [d.record for d in found] == [d.record for d in signed]


def test_the_same_case_twice_is_said_and_never_written_over(source, target):
    _, uid, paths = source
    take_in_bundle(target, read_bundle(paths[True]))
    target.open_case(uid)
    target.set_detail("question", "Changed here")
    before = state_of(target.store)
    for told in (True, False):
        with pytest.raises(AlreadyThereError, match="in the store already"):
            take_in_bundle(target, read_bundle(paths[told]))
    assert state_of(target.store) == before
    second = take_in_bundle(target, read_bundle(paths[True]), beside=True)
    assert second.case_uid != uid
    assert second.label.endswith("(2)")
    assert loaded(target.store, uid)[0].question == "Changed here"


# -- images ------------------------------------------------------------------------------


def found_images(patient):
    return Found(tuple(samples.incoming(n, patient, 3) for n in (4, 6)), ())


def test_images_are_found_again_when_they_are_imported(source, target):
    _, uid, paths = source
    bundle = read_bundle(paths[True])
    arrived = take_in_bundle(target, bundle)
    assert arrived.awaited == 2
    assert "not here yet" in arrived_words(arrived, bundle)
    outcome = take_in(target, found_images(FRIEDA))
    assert outcome.cases == (uid,)
    assert not outcome.refused
    assert target.store.series.body_of("1.2.3.4")["files"]


def test_images_of_a_nameless_case_come_only_when_a_person_says_so(source, target):
    _, uid, paths = source
    take_in_bundle(target, read_bundle(paths[False]))
    outcome = take_in(target, found_images(FRIEDA))
    assert [r.reason for r in outcome.refused]
    assert "waits for these images" in outcome.refused[0].reason
    target.open_case(uid)
    assert other_patient(target, found_images(FRIEDA)) is not None
    outcome = take_in(target, found_images(FRIEDA), uid, hand_over=True)
    assert not outcome.refused
    case, _ = loaded(target.store, uid)
    assert case.patient.name == FRIEDA.name
    assert target.store.series.body_of("1.2.3.4")["files"]


def test_images_that_are_here_already_serve_a_nameless_case_that_stays_apart(source, target):
    _, uid, paths = source
    take_in(target, found_images(FRIEDA))
    bundle = read_bundle(paths[False])
    arrived = take_in_bundle(target, bundle)
    assert (arrived.awaited, arrived.apart) == (0, True)
    assert "both stay apart" in arrived_words(arrived, bundle)
    assert loaded(target.store, uid)[0].patient.name == ""


def test_a_study_of_another_patient_stops_everything(source, target):
    _, _, paths = source
    take_in(target, found_images(Patient("", "OTHER^ONE", "77", "19700101", "M")))
    before = state_of(target.store)
    with pytest.raises(UserError, match="for another patient"):
        take_in_bundle(target, read_bundle(paths[True]))
    assert state_of(target.store) == before


# -- hostile bundles -----------------------------------------------------------------------


def put_json(name, change):
    return lambda members: changed(members, name, change)


def first_voxels(members):
    return next(name for name in members if name.startswith("voxels/"))


#: A block of 10 cm far from everything that was drawn.
SPACE = {"corner": [200, 0, 0], "edges": [[100, 0, 0], [0, 100, 0], [0, 0, 100]]}

HOSTILE = {
    "a path that leaves the folder": (
        lambda m: m.update({"../../evil.png": b"x"}),
        "do not belong",
    ),
    "an absolute path": (lambda m: m.update({"/etc/cron.d/x": b"x"}), "do not belong"),
    "a script": (lambda m: m.update({"images/run.sh": b"x"}), "do not belong"),
    "no case": (lambda m: m.pop(CASE), "a part of the case is missing"),
    "no JSON": (lambda m: m.update({CASE: b"{nope"}), "cannot be read"),
    "deep JSON": (lambda m: m.update({CASE: b"[" * 100_000}), "cannot be read"),
    "not finite": (
        lambda m: m.update({FACTS: m[FACTS].replace(b'"stated"', b'"x": NaN, "stated"')}),
        "cannot be read",
    ),
    "another kind of thing": (put_json(CASE, lambda c: c.update(label=7)), "at label"),
    "a point in two dimensions": (
        put_json(CASE, lambda c: c["annotations"][0]["points"][0].pop()),
        "annotations/0/points/0",
    ),
    "an unknown kind": (
        put_json(CASE, lambda c: c["annotations"][0].update(kind="spell")),
        "annotation in it cannot be read",
    ),
    "a later annotation": (
        put_json(CASE, lambda c: c["annotations"][0].update(version=99)),
        "annotation in it cannot be read",
    ),
    "the same thing twice": (
        put_json(CASE, lambda c: c["lesions"].append(c["lesions"][0])),
        "stands in it twice",
    ),
    "an unknown fact": (
        put_json(FACTS, lambda f: f["stated"][0].update(name="luck")),
        "not known here",
    ),
    "an impossible value": (
        put_json(FACTS, lambda f: f["stated"][0].update(value="everywhere")),
        "not known here",
    ),
    "a changed decision": (
        put_json(CASE, lambda c: c["decisions"][0]["record"].update(question="Other?")),
        "signed decision in it was changed",
    ),
    "missing voxels": (lambda m: m.pop(first_voxels(m)), "voxels of an outline"),
    "other voxels": (
        lambda m: m.update({first_voxels(m): b"mask1" + b"\x01" * 60}),
        "voxels of an outline",
    ),
    "voxels of nothing": (
        lambda m: m.update({f"voxels/{'0' * 64}.bin": b"mask1"}),
        "belong to no outline",
    ),
    "a box outside its grid": (
        put_json(CASE, lambda c: c["segmentations"][0].update(grid_shape=[1, 1, 1])),
        "voxels of an outline",
    ),
    "an infinite place": (
        lambda m: m.update({CASE: m[CASE].replace(b"7.25", b"1e999", 1)}),
        "cannot be read",
    ),
    "a place beyond every image": (
        put_json(CASE, lambda c: c["annotations"][0]["points"].append([0.0, 1e7, 0.0])),
        "annotation 1, a length, lies where no image can be",
    ),
    "a place outside the outlined grid": (
        put_json(CASE, lambda c: c["annotations"][1]["points"].append([0.0, 0.0, 90.0])),
        "annotation 2, a length, lies 7[0-9] mm outside the images",
    ),
    "a place outside the space of its series": (
        put_json(CASE, lambda c: c["series"][0].update(space=SPACE)),
        "annotation 1, a length, lies 200 mm outside",
    ),
    "a space of nothing": (
        put_json(CASE, lambda c: c["series"][0].update(space={**SPACE, "edges": "none"})),
        "series/0/space/edges",
    ),
    "a vessel outside": (
        put_json(CASE, lambda c: c["vessels"][0]["anchors"].append([0.0, 0.0, -70.0])),
        "vessel 1 lies [67][0-9] mm outside",
    ),
    "a key image outside": (
        put_json(CASE, lambda c: c["views"][0]["pictures"][0].update(point=[900.0, 0.0, 0.0])),
        "key image 1 lies",
    ),
    "another frame of reference": (
        put_json(CASE, lambda c: c["annotations"][0]["image"].update(frame_of_reference_uid="1.7")),
        "annotation 1, a length, is in another frame of reference",
    ),
    "another study": (
        put_json(CASE, lambda c: c["annotations"][0]["image"].update(study_instance_uid="1.7")),
        "names a study that its series is not of",
    ),
    "a name where none is told": (
        put_json(CASE, lambda c: c.update(patient=None)),
        "whether it names the patient",
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_bundle_is_refused_in_one_sentence(kind, source, target, tmp_path):
    _, _, paths = source
    change, words = HOSTILE[kind]
    path = forged(paths[True], tmp_path / "b.zip", change)
    before = state_of(target.store)
    with pytest.raises(UserError, match=words) as told:
        take_in_bundle(target, read_bundle(path))
    assert told.value.message.count(". ") == 0
    assert not [s for s in SECRETS if s in str(told.value).lower()]
    assert state_of(target.store) == before


#: Where an identifier stands in the data of a case.
IDENTIFIERS = {
    "case": lambda c, uid: c.update(uid=uid),
    "series 1": lambda c, uid: c["series"][0].update(series_instance_uid=uid),
    "series 2": lambda c, uid: c["series"][1].update(study_instance_uid=uid),
    "lesion 1": lambda c, uid: c["lesions"][0].update(uid=uid),
    "annotation 1": lambda c, uid: c["annotations"][0].update(uid=uid),
    "annotation 2": lambda c, uid: c["annotations"][1]["image"].update(sop_instance_uids=[uid]),
    "view 1": lambda c, uid: c["views"][0]["pictures"][0].update(series_key=uid),
    "segmentation 1": lambda c, uid: c["segmentations"][0].update(frame_of_reference_uid=uid),
    "vessel 1": lambda c, uid: c["vessels"][0].update(mass_uids=["1.2", uid]),
    "decision 1": lambda c, uid: c["decisions"][0].update(meeting_uid=uid),
}


@pytest.mark.parametrize("place", IDENTIFIERS)
@pytest.mark.parametrize(
    "uid",
    ["1.02.3", "1..2", "1.2.", "../1", "1.2 ", "1.2\n", "1.\u0662", "a1", "1." + "2" * 63],
)
def test_a_malformed_identifier_is_refused_and_named(place, uid, source, tmp_path):
    _, _, paths = source
    change = put_json(CASE, lambda c: IDENTIFIERS[place](c, uid))
    with pytest.raises(UserError, match=f"its {place} has an identifier that is none") as told:
        read_bundle(forged(paths[True], tmp_path / "b.zip", change))
    assert uid not in told.value.message


def test_a_case_with_a_malformed_identifier_is_not_written(tmp_path, guidance):
    with Store(tmp_path / "s") as store:
        session = bundles.session_on(store, guidance)
        uid = session.new_case("X", FRIEDA).uid
        session.put_annotation(samples.annotation("1.2.03"))
    with pytest.raises(UserError, match="cannot be written as a bundle: its annotation 1"):
        bundles.written(tmp_path / "s", guidance, uid, tmp_path / "b.zip", with_identity=True)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.7, 0.99])
def test_a_truncated_bundle_is_refused(share, source, tmp_path):
    _, _, paths = source
    data = paths[True].read_bytes()
    path = tmp_path / "b.zip"
    path.write_bytes(data[: int(len(data) * share)])
    assert is_bundle(path)
    with pytest.raises(UserError, match="not complete"):
        read_bundle(path)


def test_a_flipped_bit_anywhere_is_noticed_or_does_nothing(source, tmp_path):
    _, _, paths = source
    data = paths[True].read_bytes()
    whole = read_bundle(paths[True])
    path = tmp_path / "b.zip"
    for at in range(7, len(data), len(data) // 60):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
        try:
            assert read_bundle(path) == whole
        except UserError:
            continue


def test_a_changed_file_is_named(source, tmp_path):
    _, _, paths = source
    members = members_of(paths[True])
    manifest = json.loads(members.pop(MANIFEST))
    members[CASE] = members[CASE].replace(b"Dr Bone", b"Dr Bane")
    with pytest.raises(UserError, match=r"case\.json was changed"):
        read_bundle(bundles.packed(tmp_path / "b.zip", manifest, members))


def test_a_newer_version_says_so(source, tmp_path):
    _, _, paths = source
    members = members_of(paths[True])
    manifest = json.loads(members.pop(MANIFEST))
    manifest.update(version=2, more="things")
    with pytest.raises(UserError, match="newer version"):
        read_bundle(bundles.packed(tmp_path / "b.zip", manifest, members))


def test_a_file_beside_the_list_is_refused(source, tmp_path):
    _, _, paths = source
    members = members_of(paths[True])
    manifest = json.loads(members.pop(MANIFEST))
    members["images/01.png"] = b"unlisted"
    with pytest.raises(UserError, match="not those of its list"):
        read_bundle(bundles.packed(tmp_path / "b.zip", manifest, members))


def test_a_bomb_is_refused_before_it_is_unpacked(source, tmp_path):
    _, _, paths = source
    path = forged(paths[True], tmp_path / "b.zip", lambda m: m.update({CASE: b" " * (65 << 20)}))
    assert path.stat().st_size < 1 << 20
    with pytest.raises(UserError, match="too large"):
        read_bundle(path)


def test_a_file_twice_is_refused(source, tmp_path):
    _, _, paths = source
    path = tmp_path / "b.zip"
    path.write_bytes(paths[True].read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(CASE, b"{}")
    with pytest.raises(UserError, match="twice"):
        read_bundle(path)


def test_other_files_are_no_bundle(tmp_path):
    path = tmp_path / "images.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.dcm", b"x")
    (tmp_path / "text").write_text("hello")
    assert not is_bundle(path)
    assert not is_bundle(tmp_path / "text")
    assert not is_bundle(tmp_path)


def test_reading_can_be_cancelled(source):
    _, _, paths = source
    reporter = Reporter()
    reporter.cancel()
    with pytest.raises(CancelledError):
        read_bundle(paths[True], reporter)


# -- any case ------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    label=TEXT.filter(str.strip),
    words=TEXT,
    xs=st.lists(st.floats(-1e4, 1e4), max_size=3),
)
def test_any_words_and_points_arrive_as_they_were(label, words, xs, guidance, tmp_path):
    folder = Path(tempfile.mkdtemp(dir=tmp_path))
    with Store(folder / "from") as store:
        session = bundles.session_on(store, guidance)
        uid = session.new_case(label.strip(), FRIEDA, words, words).uid
        session.put_lesion(Lesion(bundles.L1, words))
        for n, x in enumerate(xs):
            session.put_annotation(samples.annotation(f"2.25.{n}", x, label=words))
        session.apply(edits.put_view(session.case, samples.view(bundles.V1, caption=words)))
        before, _ = loaded(store, uid)
    path = bundles.written(folder / "from", guidance, uid, folder / "b.zip", with_identity=True)
    with Store(folder / "to") as store:
        take_in_bundle(bundles.session_on(store, guidance), read_bundle(path))
        after, _ = loaded(store, uid)
    assert all_lines(before) == before
    for name in ("label", "question", "summary", "lesions", "annotations", "views"):
        assert getattr(after, name) == getattr(before, name)


def test_the_planted_words_are_really_there(source):
    folder, uid, _ = source
    with Store(folder) as store:
        case, _ = loaded(store, uid)
    assert NAMED in case.question
    assert all("Frieda" in x.caption for x in case.views)


def leaves(value, path=()):
    """Every text in JSON values with the way to it."""
    if isinstance(value, str):
        yield path
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))


def put_at(value, path, words):
    for step in path[:-1]:
        value = value[step]
    value[path[-1]] = words


@pytest.mark.parametrize("name", [CASE, FACTS, ASSESSMENT, MANIFEST])
def test_hostile_text_in_any_field_is_shown_or_refused(name, source):
    """One field after the other: taken in as text that acts nowhere, or refused in one sentence."""
    _, _, paths = source
    members = members_of(paths[True])
    manifest = json.loads(members[MANIFEST])
    told, taken, refusals = json.loads(members[name]), 0, []
    few = 5 if name == ASSESSMENT else 1  # its fields are alike
    for path in list(leaves(told))[::few]:
        if "record" in path:  # signed: a change is noticed
            continue
        changed_value = json.loads(members[name])
        put_at(changed_value, path, HOSTILE_TEXT)
        data = {n: json.dumps(changed_value).encode() if n == name else members[n] for n in DATA}
        data |= {n: d for n, d in members.items() if n.startswith("voxels/")}
        try:
            bundle = _bundle(changed_value if name == MANIFEST else manifest, data)
        except UserError as error:
            refusals.append(str(error))
            continue
        taken += 1
        arrival = replace(
            bundle.arrival,
            decisions=tuple(replace(d, record=None) for d in bundle.arrival.decisions),
            voxels=(),
        )
        assert all_lines(arrival) == arrival, path
    assert all(map(is_inert, refusals))
    assert taken or name == MANIFEST
