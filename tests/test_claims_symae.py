"""The arithmetic of SymAE's printed tables: which cells cannot be right, and that the checks see it."""

import pytest

from made_ledger import claim, use
from mixedpixels import ledger
from mixedpixels.ledger.checks import misprints


def test_the_cells_that_cannot_be_right():
    found = {
        (a.id.partition("/")[2], *place): proof
        for a in ledger.artifacts()
        if a.paper == "symae"
        for place, proof in misprints(a.id).items()
    }
    assert set(found) == {
        ("table-2", "Scrub", "Smoothed"),
        ("table-2", "Hardwood Swamp", "Single pixels"),
        ("table-2", "Overall accuracy", "Smoothed"),
        ("table-2", "Average accuracy", "Smoothed"),
        ("table-3", "Trees", "Single pixels"),
        *(
            ("table-3", row, f"{side} samples")
            for row in ("Trees", "Shadows")
            for side in ("Training", "Test")
        ),
    }
    assert "668 are 97.66 % and 669 are 97.81 %" in found["table-2", "Scrub", "Smoothed"]
    assert "between 99.163 and 99.231" in found["table-2", "Overall accuracy", "Smoothed"]
    # of 2540 pixels, which the label map leaves for the test, 2504 are right
    assert round(100 * 2504 / 2540, 2) == 98.58


CHECKS = """
[[share]]
artifact = "inss/table-1"
columns = ["Accuracy"]
of = "Test"
metric = "share"

[[overall]]
artifact = "inss/table-1"
row = "All"
columns = ["Accuracy"]
of = "Test"

[[total]]
artifact = "inss/table-1"
columns = ["Train", "Test"]

[total.known]
"A" = 40
"B" = 100
"""


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({("A", "Accuracy"): "66.66"}, [("A", "Accuracy")]),  # 20 of 30 are 66.67
        ({("A", "Accuracy"): "66.7"}, []),  # one digit allows 66.65 to 66.75
        ({("All", "Accuracy"): "75.02"}, [("All", "Accuracy")]),
        ({("B", "Train"): "11"}, [("B", "Train"), ("B", "Test")]),
    ],
)
def test_shares_overall_and_totals(changed, wrong, tmp_path, monkeypatch):
    # A: 20 of 30 right; B: 70 of 90; together 90 of 120
    texts = {
        ("A", "Train"): "10",
        ("A", "Test"): "30",
        ("A", "Accuracy"): "66.67",
        ("B", "Train"): "10",
        ("B", "Test"): "90",
        ("B", "Accuracy"): "77.78",
        ("All", "Accuracy"): "75.00",
        **changed,
    }
    table = [
        claim(
            float(text),
            text,
            row=row,
            column=column,
            metric="share" if column == "Accuracy" and row != "All" else "other",
        )
        for (row, column), text in texts.items()
    ]
    use(monkeypatch, tmp_path, {"inss/table-1": table}, CHECKS)
    assert sorted(misprints("inss/table-1")) == sorted(wrong)


def test_a_set_of_pixels_has_the_names_of_its_image():
    assert ledger.names("symae", "ksc-pixels") == ledger.names("symae", "ksc")
    assert ledger.names("symae", "indian-pines-crop")["Woods"] == "woods"


def test_two_cells_of_one_reason_are_named():
    told = ledger.reasons("symae/table-3")
    assert "- **Training samples, Trees and Test samples, Trees: misprint.** printed 524" in told
    assert "- **Training samples, Shadows and Test samples, Shadows: misprint.**" in told
