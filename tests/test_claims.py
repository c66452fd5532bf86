"""What the papers print is transcribed whole and right, and its arithmetic is checked."""

import csv
import re
from collections import Counter

import numpy as np
import pytest

from made_ledger import claim, use
from mixedpixels import ledger, paths
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.ledger.checks import misprints
from mixedpixels.ledger.claims import DIRECTIONS, Claim, half_digit

PAPERS = {
    "symae": (range(1, 6), range(1, 12)),
    "ldvae": (range(1, 9), range(1, 14)),
    "shared-encoder": (range(0, 6), range(1, 11)),
    "ssanu": (range(1, 9), range(1, 15)),
    "inss": (range(1, 4), range(1, 9)),
}
CSVS = sorted(p for p in paths.claims().glob("*/*.csv"))


def test_every_table_and_figure_is_listed_once():
    found = [a.id for a in ledger.artifacts()]
    expected = [
        f"{paper}/{kind}-{number}"
        for paper, numbers in PAPERS.items()
        for kind, some in zip(("table", "figure"), numbers, strict=True)
        for number in some
    ]
    assert sorted(found) == sorted(expected)
    assert Counter(a.kind for a in ledger.artifacts()) == {"table": 30, "figure": 56}


@pytest.mark.parametrize("target", ledger.artifacts(), ids=lambda a: a.id)
def test_artefact_has_sane_fields(target):
    assert target.id == f"{target.paper}/{target.kind}-{target.number}"
    assert target.label in (f"Table {target.number}", f"Fig. {target.number}")
    assert len(target.title.split()) >= 3
    assert target.section
    assert all(re.fullmatch(r"[a-z0-9-]+", scene) for scene in target.scenes)
    if target.notebook:
        assert re.fullmatch(rf"{target.paper}/\d\d-[a-z0-9-]+", target.notebook)


def test_studies_are_the_books_own_and_print_nothing():
    listed = {a.id for a in ledger.artifacts()}
    for study in ledger.studies():
        assert study.kind == "study" and study.id not in listed
        assert ledger.artifact(study.id) == study and ledger.claims(study.id) == []
        assert study.label == f"Study {study.number}"


def test_unknown_artefact_names_the_nearest():
    with pytest.raises(UnknownName, match=r"'ssanu/tabel-3'; near: .*ssanu/table-3"):
        ledger.artifact("ssanu/tabel-3")


@pytest.mark.parametrize("path", CSVS, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_claims_file_is_whole(path):
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, strict=True))
    assert rows
    wanted = list(Claim.__dataclass_fields__)
    assert wanted[:4] == ["row", "column", "value", "printed"] and len(wanted) == 10
    for r in rows:
        assert list(r) == wanted and None not in r.values(), f"{path.name}: too few or many fields"
        assert r["row"] and r["column"] and r["printed"] and r["unit"] and r["metric"], r
        assert r["direction"] in DIRECTIONS
        assert r["value"] == "" or float(r["value"]) == float(r["value"]), "NaN"
    places = [(r["row"], r["column"]) for r in rows]
    assert len(set(places)) == len(places)


def test_every_claims_file_belongs_to_an_artefact():
    known = {a.id for a in ledger.artifacts()}
    for path in CSVS:
        assert path.stem == "text" or f"{path.parent.name}/{path.stem}" in known, path


def test_ssanu_tables_have_every_cell():
    counts = [len(ledger.claims(f"ssanu/table-{n}")) for n in range(1, 9)]
    assert counts == [9, 5, 25, 30, 30, 10, 10, 8]


@pytest.mark.parametrize("number", range(3, 9))
def test_ssanu_numbers_stand_as_printed(number):
    """The decimal texts mean themselves; only what is written with a reason means something else."""
    for c in ledger.claims(f"ssanu/table-{number}"):
        factor = 1e9 if c.printed.endswith("G") else 1
        if c.printed == "00349":
            assert c.value == 0.0349 and "decimal point" in c.note
        else:
            assert c.value == pytest.approx(float(c.printed.rstrip("G")) * factor, rel=1e-12)


@pytest.mark.parametrize(
    ("id", "row", "column", "printed", "value", "scene"),
    [
        ("table-3", "Soil", "SMACC", "00349", 0.0349, "samson"),
        ("table-3", "Tree", "SUnCNN", "0.0051", 0.0051, "samson"),
        ("table-3", "Mean SAD", "3DCNN-var", "0.0985", 0.0985, "samson"),
        ("table-3", "RMSE", "SMACC", "0.4152", 0.4152, "samson"),
        ("table-3", "RMSE", "SSANU-Net", "0.1668", 0.1668, "samson"),
        ("table-4", "Tree", "CyCU-net", "0.022", 0.022, "jasper-ridge"),
        ("table-4", "RMSE", "SSANU-Net", "0.1570", 0.157, "jasper-ridge"),
        ("table-5", "Roof", "SMACC", "0.8670", 0.867, "urban"),
        ("table-5", "Mean SAD", "SSANU-Net", "0.0679", 0.0679, "urban"),
        ("table-6", "spatial+linear+nonlinear", "RMSE", "0.2784", 0.2784, "samson"),
        ("table-6", "spectral+linear+nonlinear", "RMSE", "0.1736", 0.1736, "samson"),
        ("table-7", "spatial+spectral+nonlinear", "Mean SAD", "0.2681", 0.2681, "jasper-ridge"),
        ("table-8", "SSANU-Net", "Samson", "5.23G", 5.23e9, "samson"),
        ("table-8", "3DCNN-var", "Urban", "14657.5G", 1.46575e13, "urban"),
    ],
)
def test_printed_number(id, row, column, printed, value, scene):
    (found,) = [c for c in ledger.claims(f"ssanu/{id}") if (c.row, c.column) == (row, column)]
    assert (found.printed, found.value, found.scene) == (printed, value, scene)
    # an error is better when lower; a count of operations is right or not
    assert found.direction == ("exact" if id == "table-8" else "lower")


def test_layers_of_the_encoder():
    found = {(c.row, c.column): (c.printed, c.value) for c in ledger.claims("ssanu/table-1")}
    assert found["Block 1", "Spatial encoder"] == ("5*5", 5)
    assert found["Block 1", "Unit"] == ("128", 128)
    assert found["Block 3", "Unit"] == ("R", None)


@pytest.mark.parametrize(
    ("printed", "value", "half"),
    [
        ("0.0484", 0.0484, 0.00005),
        ("0.1570", 0.157, 0.00005),
        ("0.033", 0.033, 0.0005),
        ("00349", 0.0349, 0.00005),
        ("128", 128, 0.5),
        ("5*5", 5, 0.5),
        ("5*5", 25, 0.5),
        ("97.71%", 0.9771, 5e-5),
        ("97.71%", 97.71, 0.005),
        ("97.71 %", 97.71, 0.005),
        ("1.2e3", 1200, 50.0),
        ("94.04", 94.04, 0.005),
        ("63.8G", 63.8e9, 5e7),
        ("5.23G", 5.23e9, 5e6),
        ("14657.5G", 14657.5e9, 5e7),
        ("1×10^{-3}", 1e-3, 5e-4),
        ("1×10^{-7}", 1e-7, 5e-8),
        ("-0.12", -0.12, 0.005),
        ("0.00", 0.0, 0.005),
    ],
)
def test_half_digit(printed, value, half):
    assert half_digit(printed, value) == pytest.approx(half, rel=1e-12)


@pytest.mark.parametrize("printed", ["three", "", "1..2", "3 x 3"])
def test_half_digit_of_no_number(printed):
    with pytest.raises(BadInput, match=re.escape(f"{printed!r} (for 3) is no printed number")):
        half_digit(printed, 3)


def test_materials_are_joined_to_the_scenes():
    assert ledger.names("ssanu", "samson") == {"Soil": "rock", "Tree": "tree", "Water": "water"}
    with pytest.raises(UnknownName, match="no scene 'cuprite'; it has samson"):
        ledger.names("ssanu", "cuprite")
    for number, scene in ((3, "samson"), (4, "jasper-ridge"), (5, "urban")):
        rows = dict.fromkeys(c.row for c in ledger.claims(f"ssanu/table-{number}"))
        assert list(ledger.names("ssanu", scene)) == [r for r in rows if r.islower() or r.istitle()]


def test_three_numbers_of_ssanu_cannot_be_right():
    found = {
        (a.id, *place): proof
        for a in ledger.artifacts()
        if a.paper == "ssanu"
        for place, proof in misprints(a.id).items()
        if a.paper == "ssanu"
    }
    assert set(found) == {
        ("ssanu/table-3", "Mean SAD", method) for method in ("SMACC", "CyCU-net", "3DCNN-var")
    }
    for place, proof in found.items():
        is_sum = "0.0985 is their sum" in proof
        assert is_sum == (place[2] == "3DCNN-var")
        assert proof.startswith("printed 0.") and "Soil, Tree and Water" in proof
    # (0.0237 + 0.0434 + 0.0314) / 3 = 0.098500 / 3, each ± 0.00005
    assert "between 0.03278 and 0.03288" in found["ssanu/table-3", "Mean SAD", "3DCNN-var"]


MEAN = """
[[mean]]
artifact = "inss/table-1"
row = "Mean"
of = ["A", "B"]
"""


@pytest.mark.parametrize(
    ("printed", "wrong"),
    [
        ("0.15", False),
        ("0.16", False),  # 0.155 to 0.165 meets 0.145 to 0.155 in one point
        ("0.14", False),
        ("0.161", True),
        ("0.1605", True),
        ("0.139", True),
        ("0.145", False),
        ("0.1444", True),  # 0.14435 to 0.14445
        ("0.30", True),
        ("0.17", True),
    ],
)
def test_mean_at_the_edge_of_rounding(tmp_path, monkeypatch, printed, wrong):
    """0.10 and 0.20 allow means from 0.145 to 0.155, the ends included."""
    cells = {"A": "0.10", "B": "0.20", "Mean": printed}
    claims = [claim(float(text), text, row=row) for row, text in cells.items()]
    use(monkeypatch, tmp_path, {"inss/table-1": claims}, MEAN)
    found = misprints("inss/table-1")
    assert list(found) == ([("Mean", "Ours")] if wrong else [])
    assert ("is their sum" in "".join(found.values())) == (printed == "0.30")


def test_mean_is_checked_in_every_column(tmp_path, monkeypatch):
    columns = {"good": ("1.0", "2.0", "1.5"), "bad": ("1.0", "2.0", "1.7")}
    claims = [
        claim(float(text), text, row=row, column=column)
        for column, texts in columns.items()
        for row, text in zip(("A", "B", "Mean"), texts, strict=True)
    ]
    use(monkeypatch, tmp_path, {"inss/table-1": claims}, MEAN)
    assert list(misprints("inss/table-1")) == [("Mean", "bad")]


SAME = """
[[same]]
artifact = "inss/table-1"
row = "RMSE"
column = "Ours"
as_artifact = "inss/table-2"
as_row = "Error"
as_column = "All"
"""


@pytest.mark.parametrize(
    ("here", "there", "wrong"),
    [
        ("0.1668", "0.1668", False),
        ("0.167", "0.1668", False),
        ("0.168", "0.1668", True),
        ("0.15", "0.16", False),  # both may be 0.155
        ("0.15", "0.161", True),
    ],
)
def test_same_number_in_two_tables(tmp_path, monkeypatch, here, there, wrong):
    tables = {
        "inss/table-1": [claim(float(here), here)],
        "inss/table-2": [claim(float(there), there, row="Error", column="All")],
    }
    use(monkeypatch, tmp_path, tables, SAME)
    expected = f"printed {here} here and {there} in Table 2; they name one number."
    assert misprints("inss/table-1") == ({("RMSE", "Ours"): expected} if wrong else {})
    assert misprints("inss/table-2") == {}


def test_a_cell_that_stands_twice_is_refused(tmp_path, monkeypatch):
    use(monkeypatch, tmp_path, {"inss/table-1": [claim(0.1), claim(0.2)]})
    with pytest.raises(BadInput, match=r"table-1\.csv: a cell stands twice"):
        ledger.claims("inss/table-1")


def test_an_unknown_direction_is_refused(tmp_path, monkeypatch):
    use(monkeypatch, tmp_path, {"inss/table-1": [claim(0.1, direction="down")]})
    with pytest.raises(BadInput, match=r"table-1\.csv, line 2: direction 'down'"):
        ledger.claims("inss/table-1")


def test_an_artefact_without_numbers_has_no_claims():
    assert ledger.claims("ssanu/figure-5") == []


def test_a_papers_text_is_a_table_of_scenes_and_items():
    said = ledger.text_table("ssanu")
    assert said.loc["samson", "initial learning rate"] == 0.01
    assert said.loc["all", "seed"] == 0
    assert np.isnan(said.loc["samson", "seed"])
