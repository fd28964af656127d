"""What every file of the real data has to become: a table, made once and then reviewed.

``python -m tests.dicom.expectations`` writes it anew; the difference is to be read before
it is committed. A line a file: its path; the kind, modality, number of pictures, rows and
columns of the series it ends in; how many of its frames load; the codes of the caveats of
that series. A file that is left out has its sentence instead.
"""

from collections import defaultdict
from pathlib import Path

from tests.shared_data import DATA
from tumorboard.dicom.decoder_pool import close_decoders
from tumorboard.dicom.load import VolumeLoader
from tumorboard.dicom.scan import scan
from tumorboard.dicom.series import Series

TABLE = Path(__file__).parent / "expectations.tsv"
HEAD = "file\tkind\tmodality\tpictures\trows\tcolumns\tloaded\tcaveats"

#: Folders whose files belong together; all other files are looked at one by one.
TOGETHER = ("series/*", "odd/geometry/*", "odd/seg-sr/legacy23x38x3", "odd/misc/*/")


def units() -> dict[str, list[Path]]:
    """Return what is scanned together, by its path below the data."""
    folders = sorted({p for pattern in TOGETHER for p in DATA.glob(pattern) if p.is_dir()})
    files = sorted(p for p in (DATA / "odd").rglob("*") if p.is_file())
    alone = [f for f in files if not any(folder in f.parents for folder in folders)]
    return {p.relative_to(DATA).as_posix(): [p] for p in [*folders, *alone]}


def lines_of(unit: str) -> dict[str, str]:
    """Return the line of each file of a unit, by the path of the file."""
    root = DATA / unit
    result = scan([root])
    found: dict[str, list[str]] = defaultdict(list)
    for series in result.series:
        loaded = _loaded(series)
        for path in dict.fromkeys(i.path for i in series.instances):
            frames = [k for k, i in enumerate(series.instances) if i.path == path]
            count = sum(loaded[k] for k in frames) if loaded else 0
            found[path.relative_to(DATA).as_posix()].append(_line(series, count))
    for refusal in result.refused:
        name = f"{unit}/{refusal.file}" if root.is_dir() else unit
        found[name].append(refusal.reason)
    return {name: " | ".join(parts) for name, parts in found.items()}


def _loaded(series: Series) -> list[bool]:
    if not series.has_pixels:
        return []
    loader = VolumeLoader(series)
    loader.run()
    return [bool(v) for v in loader.volume.loaded]


def _line(series: Series, loaded: int) -> str:
    size = (series.slices, series.rows, series.columns, loaded)
    codes = ",".join(c.code for c in series.caveats)
    return "\t".join([series.kind, series.modality, *map(str, size), codes])


def committed() -> dict[str, str]:
    """Return the committed table: the line of each file by its path."""
    rows = TABLE.read_text(encoding="utf-8").splitlines()[1:]
    return dict(row.split("\t", 1) for row in rows)


def main() -> None:
    """Write the table anew."""
    lines = {name: line for unit in units() for name, line in lines_of(unit).items()}
    close_decoders()
    rows = [f"{name}\t{line}" for name, line in sorted(lines.items())]
    TABLE.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
