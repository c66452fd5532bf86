"""The rule between a printed number and a record, word by word, and the scoreboard's counts."""

import re
from dataclasses import replace
from math import inf
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_ledger import cell, claim, record, use
from mixedpixels import ledger
from mixedpixels.ledger.records import save
from mixedpixels.ledger.scales import scale_of
from mixedpixels.ledger.scoreboard import headline, tally
from mixedpixels.ledger.verdicts import ENOUGH, ORDER, interval

TEN = (0.19, 0.21, 0.2, 0.18, 0.22, 0.2, 0.19, 0.21, 0.2, 0.2)  # allow 0.1741 to 0.2291
WIDE = (0.1, 0.3, 0.2, 0.1, 0.3, 0.2, 0.1, 0.3, 0.2, 0.2)


def word(printed_claim, *cells, misprint="", **about) -> str:
    made = record(*cells, **about)
    return ledger.judge(printed_claim, made, cells[0], misprint).word


def test_interval_is_that_of_the_metrics_scale():
    assert interval(cell(*TEN)) == scale_of("rmse").interval(TEN)
    percents = [100 * x for x in TEN]
    accuracies = cell(*percents, metric="accuracy:overall")
    assert interval(accuracies, 0.8) == scale_of("accuracy").interval(percents, 0.8)


def test_interval_of_a_method_without_random_part_is_a_point():
    assert interval(cell(0.3, deterministic=True)) == (0.3, 0.3)
    assert interval(cell(0.2, 0.3, deterministic=True)) == (0.25, 0.25)


def test_one_run_of_a_random_method_leaves_all_that_is_possible():
    assert interval(cell(0.3)) == (0, inf)
    assert interval(cell(30, metric="accuracy:overall")) == (0, 100)
    assert interval(cell(3, metric="setting")) == (-inf, inf)


@pytest.mark.parametrize(
    ("expected", "printed", "values", "changes"),
    [
        ("reproduced", "0.20", TEN, {}),
        ("reproduced", "0.23", TEN, {}),  # may be 0.225
        ("worse", "0.232", TEN, {"direction": "higher"}),
        ("better", "0.232", TEN, {"direction": "lower"}),
        ("worse", "0.170", TEN, {"direction": "lower"}),
        ("better", "0.170", TEN, {"direction": "higher"}),
        ("differs", "0.170", TEN, {"direction": "exact"}),
        ("differs", "0.232", TEN, {"direction": "exact"}),
        ("reproduced", "0.20", TEN, {"direction": "exact"}),
        ("worse", "0.10", TEN, {}),  # half-width 0.0275 > 25 % of 0.10, yet 0.10 is far below
        ("inconclusive", "0.20", WIDE, {}),
    ],
)
def test_random_method(expected, printed, values, changes):
    assert word(claim(float(printed), printed, **changes), cell(*values)) == expected


@pytest.mark.parametrize("n", range(1, ENOUGH))
@pytest.mark.parametrize("printed", ["0.20", "0.01", "9.0"])
def test_fewer_than_ten_runs_decide_nothing(n, printed):
    made = cell(*TEN[:n])
    verdict = ledger.judge(claim(float(printed), printed), record(made), made)
    told = "ours is 0.19 in a single run" if n == 1 else f"prediction interval, n = {n})"
    assert verdict.word == "inconclusive" and told in verdict.reason
    assert verdict.reason.endswith("A verdict on a method with a random part requires 10 runs.")


@pytest.mark.parametrize(
    ("expected", "value", "direction"),
    [
        ("reproduced", 0.1668, "lower"),
        ("reproduced", 0.16685, "lower"),
        ("reproduced", 0.16675, "higher"),
        ("worse", 0.1669, "lower"),
        ("better", 0.1669, "higher"),
        ("better", 0.1667, "lower"),
        ("worse", 0.1667, "higher"),
        ("differs", 0.1669, "exact"),
        ("worse", 9.0, "lower"),
    ],
)
def test_method_without_random_part(expected, value, direction):
    printed = claim(0.1668, "0.1668", direction=direction)
    assert word(printed, cell(value, deterministic=True)) == expected


@pytest.mark.parametrize(
    ("printed", "value", "bottom", "top"),
    [
        ("0.0484", 0.0484, 0.04835, 0.04845),
        ("0.0119", 0.0119, 0.01185, 0.01195),  # in floats 0.0119 − 0.00005 > 0.01185
        ("5.23", 5.23, 5.225, 5.235),
        ("63.8G", 63.8e9, 63.75e9, 63.85e9),
        ("128", 128.0, 127.5, 128.5),
        ("00349", 0.0349, 0.03485, 0.03495),
    ],
)
def test_half_a_digit_either_way_and_no_more(printed, value, bottom, top):
    for end in (bottom, top):
        assert word(claim(value, printed), cell(end, deterministic=True)) == "reproduced"
        farther = cell(end + (end - value) * 0.001, deterministic=True)
        assert word(claim(value, printed), farther) in ("better", "worse")


def test_an_exact_count_must_be_met():
    exact = {"direction": "exact", "metric": "width"}
    assert word(claim(128, **exact), cell(128, metric="width", deterministic=True)) == "reproduced"
    assert word(claim(128, **exact), cell(129, metric="width", deterministic=True)) == "differs"


@pytest.mark.parametrize(
    ("reason", "printed", "cells", "about"),
    [
        ("Printed for samson, measured on urban.", claim(), cell(0.2), {"scene": "urban"}),
        ("Measured on a fragment of samson.", claim(), cell(0.2), {"origin": "fragment"}),
        (
            "Measured on a fragment of ksc.",
            claim(scene=""),
            cell(0.2),
            {"scene": "ksc", "origin": "fragment"},
        ),
        (
            "Printed as rmse, measured as rmse:pooled: other metrics.",
            claim(),
            cell(0.2, metric="rmse:pooled"),
            {},
        ),
        ("Printed as the symbol R, not as a number.", claim(None, "R"), cell(3), {}),
    ],
)
def test_not_comparable(reason, printed, cells, about):
    verdict = ledger.judge(printed, record(cells, **about), cells)
    assert (verdict.word, verdict.reason) == ("not comparable", reason)


@pytest.mark.parametrize("origin", ["labelled", "sample"])
def test_labelled_pixels_stand_for_their_scene(origin):
    about = {"scene": "ksc-some", "part_of": "ksc", "origin": origin}
    made = cell(*TEN)
    verdict = ledger.judge(claim(scene="ksc"), record(made, **about), made)
    assert verdict.word == "reproduced"
    assert verdict.reason.endswith("from a sample of the labelled pixels.") is (origin == "sample")
    assert word(claim(scene="samson"), made, **about) == "not comparable"
    about["origin"] = "fragment"
    assert word(claim(scene="ksc"), made, **about) == "not comparable"


def test_a_claim_without_a_scene_takes_any():
    assert word(claim(scene=""), cell(*TEN), scene="urban") == "reproduced"


def test_a_synthetic_scene_is_the_papers_own():
    assert word(claim(), cell(*TEN), origin="synthetic") == "reproduced"


def test_no_record_no_verdict():
    assert ledger.judge(claim(), None, None).word == "not run"
    assert ledger.judge(claim(), record(), None).word == "not run"


@pytest.mark.parametrize("values", [(0.2, 0.2), (0.2,), (9.0, 9.0), (0.1, 0.9)])
def test_a_twin_says_nothing(values):
    made = cell(*values)
    assert word(claim(), made, origin="twin") == "twin"
    assert word(claim(), replace(made, metric="another"), origin="twin", scene="urban") == "twin"
    assert word(claim(None, "R"), made, origin="twin") == "twin"


@pytest.mark.parametrize(
    "about", [{}, {"origin": "twin"}, {"origin": "fragment"}, {"scene": "urban"}]
)
def test_a_misprint_is_one_whatever_is_measured(about):
    proof = "printed 0.2, but it is the sum."
    measured = cell(0.2, 0.2)
    verdict = ledger.judge(claim(), record(measured, **about), measured, proof)
    assert (verdict.word, verdict.reason) == ("misprint", proof)
    assert ledger.judge(claim(), None, None, proof).word == "misprint"


def test_reason_tells_the_printed_number_the_interval_and_n():
    verdict = ledger.judge(claim(0.17, "0.170"), record(cell(*TEN)), cell(*TEN))
    assert verdict.reason == (
        "Printed 0.170, lower is better; ours lies in 0.1741 to 0.2291 "
        "(95 % prediction interval, n = 10)."
    )
    point = cell(0.3, deterministic=True)
    verdict = ledger.judge(claim(0.17, "0.170"), record(point), point)
    assert verdict.reason == "Printed 0.170, lower is better; ours is 0.3 (no random part)."


@given(
    value=st.floats(0.01, 10),
    mean=st.floats(-1, 10),
    deviations=st.lists(st.floats(-1, 1), min_size=ENOUGH, max_size=15),
    factor=st.floats(0, 1),
    direction=st.sampled_from(["lower", "higher"]),
)
def test_less_spread_never_turns_better_into_worse(value, mean, deviations, factor, direction):
    centred = [d - fmean(deviations) for d in deviations]
    plain = {"metric": "setting"}  # on another scale less spread also moves the centre
    printed = claim(value, f"{value:.4f}", direction=direction, **plain)
    wide = word(printed, cell(*[mean + d for d in centred], **plain))
    narrow = word(printed, cell(*[mean + factor * d for d in centred], **plain))
    for side in ("better", "worse"):
        if wide == side:
            assert narrow == side
    if narrow == "inconclusive":
        assert wide == "inconclusive"


@given(
    value=st.floats(0.01, 10),
    values=st.lists(st.floats(0, 10), min_size=1, max_size=13),
    deterministic=st.booleans(),
)
def test_lower_and_higher_are_mirror_images(value, values, deterministic):
    mirror = {"better": "worse", "worse": "better"}
    made = cell(*values, deterministic=deterministic)
    low = word(claim(value, f"{value:.4f}", direction="lower"), made)
    high = word(claim(value, f"{value:.4f}", direction="higher"), made)
    exact = word(claim(value, f"{value:.4f}", direction="exact"), made)
    assert high == mirror.get(low, low)
    assert exact == ("differs" if low in mirror else low)


def test_the_book_explains_every_word():
    page = (Path(__file__).parent.parent / "book" / "verdicts.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| ([a-z, ]+) \| .+ \|$", page, flags=re.MULTILINE)
    explained = [w for line in lines if line != "verdict" for w in line.split(", ")]
    assert "A figure without numbers is `shown`" in page
    assert sorted([*explained, "shown"]) == sorted(ORDER)


# The scoreboard, from made-up claims and records on disk.


def board_of(results, *records) -> dict[str, dict]:
    for r in records:
        save(r, results)
    return {line["artifact"]: line for line in ledger.scoreboard()}


FOUR = [claim(0.2, "0.2000", column=c) for c in "ABCD"]


def fixed(column: str, value: float):
    return cell(value, column=column, deterministic=True)


@pytest.fixture
def results(tmp_path, monkeypatch):
    tables = {"inss/table-1": FOUR, "inss/table-2": FOUR, "inss/figure-1": []}
    return use(monkeypatch, tmp_path, tables)


def test_nothing_is_run_on_the_first_day(results):
    board = board_of(results)
    assert list(board) == ["inss/table-1", "inss/table-2", "inss/figure-1"]
    assert board["inss/table-1"] == {
        "artifact": "inss/table-1",
        "paper": "inss",
        "kind": "table",
        "title": "The title of inss/table-1",
        "notebook": "made/01-first",
        "scenes": [],
        "origins": [],
        "seconds": None,
        "stale": False,
        "verdict": "not run",
        "verdicts": {"not run": 4},
        "cells": [
            {
                "row": "RMSE",
                "column": column,
                "metric": "rmse",
                "printed": "0.2000",
                "ours": None,
                "n": None,
                "reading": "paper",
                "verdict": "not run",
                "reason": "No full run of this cell is recorded.",
            }
            for column in "ABCD"
        ],
    }
    assert board["inss/figure-1"]["verdicts"] == {"not run": 1}
    assert board["inss/figure-1"]["verdict"] == "not run"


@pytest.mark.parametrize(
    ("values", "expected", "counts"),
    [
        ((0.1, 0.1, 0.1, 0.2), "better", {"better": 3, "reproduced": 1}),
        ((0.1, 0.1, 0.3, 0.3), "worse", {"worse": 2, "better": 2}),
        ((0.2, 0.2, 0.1, 0.1), "better", {"better": 2, "reproduced": 2}),
        ((0.2, 0.2, 0.2, 0.3), "reproduced", {"worse": 1, "reproduced": 3}),
        ((0.2, 0.2), "reproduced", {"not run": 2, "reproduced": 2}),
        ((0.3,), "worse", {"worse": 1, "not run": 3}),
    ],
)
def test_commonest_verdict_and_of_equals_the_less_kind(results, values, expected, counts):
    made = record(*[fixed(c, v) for c, v in zip("ABCD", values, strict=False)])
    line = board_of(results, made)["inss/table-1"]
    assert line["verdict"] == expected
    assert line["verdicts"] == counts
    assert (line["scenes"], line["origins"], line["seconds"]) == (["samson"], ["complete"], 1.5)


def test_a_misprint_counts_before_anything_is_run(tmp_path, monkeypatch):
    check = '[[mean]]\nartifact = "inss/table-1"\nrow = "Mean"\nof = ["A", "B"]\n'
    claims = [claim(v, str(v), row=r) for r, v in (("A", 0.1), ("B", 0.2), ("Mean", 0.9))]
    results = use(monkeypatch, tmp_path, {"inss/table-1": claims}, check)
    line = board_of(results)["inss/table-1"]
    assert line["verdicts"] == {"misprint": 1, "not run": 2}
    assert line["verdict"] == "misprint"
    assert headline([line]).startswith("0 of 1 tables and figures are begun")


def test_a_figure_without_numbers_is_shown_once_a_full_run_has_drawn_it(results):
    line = board_of(results, record(artifact="inss/figure-1"))["inss/figure-1"]
    assert (line["verdict"], line["verdicts"], line["cells"]) == ("shown", {"shown": 1}, [])


def test_best_is_judged_beside_paper_and_never_counted_with_it(results):
    best = record(fixed("A", 0.2), fixed("B", 0.1), reading="best", total_seconds=2.0)
    line = board_of(results, best)["inss/table-1"]
    assert (line["verdict"], line["verdicts"]) == ("not run", {"not run": 4})
    assert (tally(line), tally(line, "best")) == (
        {"not run": 4},
        {"reproduced": 1, "better": 1},
    )
    assert {j.verdict.word for j in ledger.judged("inss/table-1")} == {"not run"}
    line = board_of(results, record(*[fixed(c, 0.3) for c in "ABCD"]))["inss/table-1"]
    assert (line["verdict"], line["seconds"]) == ("worse", 3.5)
    assert [c["reading"] for c in line["cells"]] == ["paper"] * 4 + ["best"] * 2
    assert headline(ledger.scoreboard()).startswith("1 of 3 tables and figures")
    assert "of the papers: 4 worse, 4 not run." in headline(ledger.scoreboard())
    oracle = board_of(results, record(fixed("C", 0.2), reading="oracle"))["inss/table-1"]
    assert oracle["cells"] == line["cells"]


def test_cells_tell_ours_with_its_interval(results):
    runs = record(cell(*TEN, column="A"), cell(0.2, column="B"), fixed("C", 0.3))
    line = board_of(results, runs)["inss/table-1"]
    a, b, c, d = line["cells"]
    low, high = interval(runs.cells[0])
    assert a["ours"] == {"mean": fmean(TEN), "sd": runs.cells[0].sd, "low": low, "high": high}
    assert (a["n"], a["verdict"]) == (10, "reproduced")
    assert (b["n"], b["verdict"]) == (1, "inconclusive")
    assert (b["ours"]["low"], b["ours"]["high"]) == (0, None)  # JSON has no infinity
    assert (c["ours"]["low"], c["ours"]["high"]) == (0.3, 0.3)
    assert (d["ours"], d["n"], d["verdict"]) == (None, None, "not run")


def test_stale_says_whether_code_changed_since(results):
    code = {"mixedpixels.metrics": "00" * 32}
    line = board_of(results, record(fixed("A", 0.2), code=code))["inss/table-1"]
    assert line["stale"]
    checked = {"code": {}}  # the code of today gave its numbers again
    line = board_of(results, record(fixed("A", 0.2), code=code, checked=checked))["inss/table-1"]
    assert not line["stale"]
    drawn = record(artifact="inss/figure-1", code=code)  # a drawing without numbers or arrays
    assert not board_of(results, drawn)["inss/figure-1"]["stale"]


def test_the_claims_own_scene_comes_first_then_complete_then_more_seeds(results):
    few = cell(0.1, 0.1001, column="A")
    many = cell(*TEN, column="A")
    board_of(
        results,
        record(fixed("A", 0.9), scene="a-fragment", origin="fragment"),
        record(few, device_class="cpu"),
    )
    (a, *_) = ledger.judged("inss/table-1")
    assert (a.record.scene, a.cell.n) == ("samson", 2)
    board_of(results, record(many, device_class="cuda"))
    (a, *_) = ledger.judged("inss/table-1")
    assert (a.record.device_class, a.cell.n, a.verdict.word) == ("cuda", 10, "reproduced")


def test_the_whole_scene_comes_before_a_part_of_it(results):
    part = record(cell(*TEN, *TEN, column="A"), origin="fragment", device_class="a")
    board_of(results, part, record(fixed("A", 0.2), device_class="b"))
    (a, *_) = ledger.judged("inss/table-1")
    assert (a.record.origin, a.verdict.word) == ("complete", "reproduced")


def test_a_fragment_is_better_than_nothing_and_is_not_compared(results):
    fragment = record(fixed("A", 0.2), scene="samson-crop", origin="fragment")
    line = board_of(results, fragment)["inss/table-1"]
    assert line["verdicts"] == {"not comparable": 1, "not run": 3}
    assert line["origins"] == ["fragment"]


def test_headline_counts_numbers_not_figures(results):
    board_of(results, record(*[fixed(c, 0.2) for c in "ABCD"]), record(artifact="inss/figure-1"))
    board = [line | {"stale": False} for line in ledger.scoreboard()]
    assert headline(board) == (
        "2 of 3 tables and figures are begun: a full run of at least one of their methods is "
        "recorded. The verdicts on the 8 numbers transcribed so far, by the literal reading of the "
        "papers: 4 not run, 4 reproduced."
    )
    for told in board[0]["cells"][:3]:
        told["metric"] = "kernel"
    board[0]["stale"] = True
    assert headline(board).endswith(
        "4 reproduced. 3 of the 4 reproduced numbers are sizes of layers, which follow from the text "
        "and are not measured. The code behind 1 of the recorded tables and figures has changed since."
    )
    assert headline([]).endswith("No number is transcribed yet.")
