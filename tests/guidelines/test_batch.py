"""A file of cases: a result a line, the same as one by one."""

import json

from tests.guidelines.cases import run, vignettes
from tumorboard.guidelines import SettingChange, load_guideline
from tumorboard.guidelines.batch import assess_lines


def lines():
    return [json.dumps(entry["inputs"]) for entry in vignettes().values()]


def plain(result):
    return json.loads(json.dumps(result.to_json()))


def test_each_line_gives_what_the_case_gives_alone():
    results = [json.loads(line) for line in assess_lines(lines())]
    for result, entry in zip(results, vignettes().values(), strict=True):
        alone = plain(run(entry["inputs"]))
        for part in ("category", "category_rule", "input_hash", "alerts", "conflicts", "derived"):
            assert result[part] == alone[part]
        assert {o: v["status"] for o, v in result["options"].items()} == {
            o: v["status"] for o, v in alone["options"].items()
        }


def test_other_settings():
    inputs = vignettes()["V-01"]["inputs"]
    settings = load_guideline().settings.with_change(SettingChange("S-07", 2))
    (line,) = assess_lines([json.dumps(inputs)], settings=settings)
    assert json.loads(line)["settings"] == {"S-07": 2}


def test_a_bad_line_is_named_and_the_rest_goes_on():
    bad = ["{", "[1]", '{"sight": "uterus"}', '{"site": "moon"}', "[" * 100_000]
    results = [json.loads(x) for x in assess_lines(["{}", "", *bad, lines()[0]])]
    assert [r.get("line") for r in results] == [None, 3, 4, 5, 6, 7, None]
    assert "sight" in results[3]["error"]
    assert "moon" in results[4]["error"]
    assert results[-1]["category"]


def test_lines_are_read_one_by_one():
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield "{}"

    results = assess_lines(endless())
    next(results)
    next(results)
    assert len(taken) == 2
