"""What leaves the program holds the text of strangers as text: terminal, pages, tables, bundles."""

import contextlib
import csv
import io
import json
from html.parser import HTMLParser

import pytest
from pypdf import PdfReader

from tests.app.bundles import members_of
from tests.dicom.make import write_slices
from tests.planted import DAY, HOSTILE, ROOMS, acting, all_inert, stores_in, texts, write_study
from tumorboard import cli
from tumorboard.store.database import Store
from tumorboard.text import line

pytestmark = pytest.mark.usefixtures("qapp")

#: What a file may be called, as far as a file system lets it.
NAME = "<b>x\x1b[31m\x9b1m\u202ecod\u2067\n&lt;.dcm"


@pytest.fixture(scope="module")
def rooms(tmp_path_factory):
    return stores_in(tmp_path_factory.mktemp("planted"))


class Page(HTMLParser):
    """The elements and the texts of a page."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.found: list[str] = []
        self.sources: list[str] = []
        self.words: list[str] = []
        self.feed(data.decode("utf-8"))

    def handle_starttag(self, tag, attrs):
        self.found.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("src", "href")]
        self.words += [value or "" for _, value in attrs]

    def handle_data(self, data):
        self.words.append(data)


def check_page(data: bytes) -> None:
    page = Page(data)
    assert any("x.png" in words for words in page.words), "the text is really there"
    assert not [s for s in page.sources if "x.png" in s]
    assert "script" not in page.found
    assert all_inert(page.words) == []
    assert all_inert([data.decode("utf-8")]) == []


def check_paper(path) -> None:
    reader = PdfReader(path)
    words = "".join(page.extract_text() for page in reader.pages)
    told = "".join(words.split())
    assert "file:///x.png" in told, "the text is really there"
    assert "[U+202E]" in told
    assert all_inert([words, *map(str, dict(reader.metadata).values())]) == []
    assert not any("/URI" in str(page.get("/Annots", "")) for page in reader.pages)


def said(capfd, store, *arguments) -> str:
    """Run a command; what it prints is inert in both streams."""
    capfd.readouterr()
    before = ["--store", str(store)] if store is not None else []
    with contextlib.suppress(SystemExit):
        cli.main([*before, *(str(a) for a in arguments)])
    out, err = capfd.readouterr()
    assert acting(out) == "", (arguments[0], out[:400])
    assert acting(err) == "", (arguments[0], err[:400])
    return out + err


@pytest.mark.parametrize("room", ROOMS)
def test_papers_tables_and_bundles(room, rooms, tmp_path, capfd):
    store = rooms[room]
    with Store(store) as opened:
        (label,) = [
            row["label"] for row in opened.connection.execute("SELECT label FROM board_case")
        ]
    case = line(label)
    assert "Written" in said(
        *(capfd, store, "report", case, "--html", tmp_path / "r.html", "--pdf", tmp_path / "r.pdf"),
        "--identity",
    )
    check_page((tmp_path / "r.html").read_bytes())
    check_paper(tmp_path / "r.pdf")
    assert "Written" in said(
        *(capfd, store, "slides", case, "--pdf", tmp_path / "s.pdf", "--identity")
    )
    check_paper(tmp_path / "s.pdf")
    assert "Written" in said(
        *(capfd, store, "bundle", case, "--out", tmp_path / "b.zip", "--identity")
    )
    check_members(members_of(tmp_path / "b.zip"))
    if room == "a case bundle":
        return  # meetings do not travel
    paths = [tmp_path / name for name in ("m.pdf", "a.pdf", "m.csv")]
    minutes = (capfd, store, "minutes", DAY, "--identity", "--pdf", paths[0], "--agenda", paths[1])
    assert "Written" in said(*minutes, "--csv", paths[2])
    check_paper(paths[0])
    check_paper(paths[1])
    table = csv.reader(io.StringIO(paths[2].read_bytes().decode("utf-8-sig")))
    cells = [cell for row in table for cell in row]
    assert any("x.png" in cell for cell in cells)
    assert all_inert(cells) == []
    assert not [c for c in cells if c.lstrip("\u2068")[:1] in tuple("=+-@")]


def check_members(members) -> None:
    for name, data in members.items():
        if name.endswith(".json") and "schema" not in name:
            assert all_inert([data.decode()]) == [], name
            told = json.loads(data)
            for made in told.get("decisions", ()):
                made.pop("record")  # signed as it is
            assert all_inert(texts(told)) == [], name
        elif name.endswith(".html"):
            check_page(data)


@pytest.mark.parametrize("room", ROOMS)
def test_commands_on_a_store(room, rooms, capfd):
    store = rooms[room]
    for arguments in (("verify",), ("reassess",), ("reassess", "--keep"), ("report", HOSTILE)):
        said(capfd, store, *arguments)
    said(capfd, store, "report", HOSTILE, "--pdf", f"{HOSTILE.replace('/', '')}.pdf")
    said(capfd, store, "minutes", HOSTILE, "--pdf", "x.pdf")
    said(capfd, store, "slides", HOSTILE, "--pdf", "x.pdf")


def test_commands_on_files(tmp_path, capfd):
    folder = write_study(tmp_path / "study", HOSTILE)
    ct, seg = folder / "ct", folder / "seg" / "seg.dcm"
    (folder / NAME).write_bytes(b"no image")
    (folder / f"{NAME}.zip").write_bytes(b"PK\x03\x04 no archive")
    write_slices(folder / f"{NAME}ct", 2, study_uid="1.2.5", series_uid="1.2.5.1")
    points = tmp_path / "p.json"
    points.write_text(json.dumps({"lines": {HOSTILE: [[0, 0, 30], [9, 0, 30]]}}))
    facts = tmp_path / "f.json"
    facts.write_text(json.dumps({"site": HOSTILE}))
    lines = tmp_path / "l.json"
    lines.write_text(json.dumps({HOSTILE: "x", "site": HOSTILE}, ensure_ascii=False) + "\n")
    store = tmp_path / "store"
    told = ""
    for arguments in (
        *(("scan", folder), ("scan", folder, "--json"), ("import", folder), ("import", folder)),
        *(("probe", folder, "--at", "1,1,2,2"), ("probe", folder, "--at", "1,1,2,2", "--json")),
        *(("measure", ct, "--mask", seg), ("measure", ct, "--mask", seg, "--json")),
        *(("measure", ct, "--points", points), ("measure", ct, "--points", points, "--json")),
        *(("measure", ct, "--series", HOSTILE), ("measure", ct, "--mask", folder / NAME)),
        *(("assess", facts), ("assess", "--lines", lines), ("assess", tmp_path / NAME)),
        *(("lint", folder), ("lint", tmp_path / NAME), ("scan", tmp_path / NAME)),
        *(("import", folder / NAME), ("restore",), (HOSTILE,), ("scan", f"--{HOSTILE}")),
        *(("probe", folder, "--at", HOSTILE), ("verify", HOSTILE)),
    ):
        told += said(capfd, store, *arguments)
    assert "x.png" in told
    assert "[U+202E]" in told
    # A line end in a name makes no line of its own.
    assert not [row for row in told.splitlines() if row.startswith("&lt;.dcm")]
