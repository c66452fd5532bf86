"""The table a reader sees: every number in its place, nothing unescaped, readable by a machine."""

import re

import pytest

from made_ledger import cell, claim, record, use
from markup import Element, read
from mixedpixels import ledger
from mixedpixels.ledger import Fit
from mixedpixels.ledger.records import save
from mixedpixels.ledger.table import render

SCORES = ("Soil", "RMSE")
METHODS = ("Theirs", "Another", "Ours")
PRINTED = {
    ("Soil", "Theirs"): "0.0300",
    ("Soil", "Another"): "0.0200",
    ("Soil", "Ours"): "0.0119",
    ("RMSE", "Theirs"): "0.4152",
    ("RMSE", "Another"): "0.2500",
    ("RMSE", "Ours"): "0.1668",
}
CLAIMS = [
    claim(float(PRINTED[r, c]), PRINTED[r, c], row=r, column=c) for r in SCORES for c in METHODS
]


@pytest.fixture
def results(tmp_path, monkeypatch):
    return use(monkeypatch, tmp_path, {"inss/table-1": CLAIMS})


def page(build=None) -> Element:
    return read(render(ledger.artifact("inss/table-1"), build))


def rows(html: Element) -> dict[str, Element]:
    """The rows of the body by their first words, in their order."""
    (body,) = html.all("tbody")
    return {row.all("th")[0].inside[0]: row for row in body.all("tr")}


def at(html: Element, method: str, score: str) -> Element:
    (found,) = [td for td in rows(html)[method].all("td") if td.attributes["data-label"] == score]
    return found


def numbers(td: Element) -> dict[str, str]:
    """The number of each kind in a cell: {"ours": "0.1500 ± 0.0100"}."""
    found = {}
    for kind in ("ours", "build"):
        for part in td.all("span", f"mp-{kind}"):
            assert kind not in found
            (number,) = part.all("span", "mp-number") or [Element("", {}, part.inside[1:])]
            found[kind] = " ".join(number.text.split())
    return found


def verdict(td: Element) -> tuple[str, str]:
    """The verdict of a cell and, folded away under it, its reason."""
    (word,) = td.all("span", "mp-verdict")
    assert f"mp-{word.text.split()[0]}" in word.attributes["class"].split()
    (folded,) = td.all("details")
    return word.text, folded.text.removeprefix(word.text)


def test_before_any_run_the_paper_stands_alone(results):
    html = page()
    for (score, method), text in PRINTED.items():
        td = at(html, method, score)
        assert td.all("span", "mp-paper")[0].text == f"paper {text}"
        assert verdict(td)[0] == "not run"
        assert numbers(td) == {}
    assert "No full run is recorded here yet." in html.text
    assert "INSS, Table 1. The title of inss/table-1" in html.all("caption")[0].text
    assert not html.all(cls="mp-group") and not html.all(cls="mp-twin-banner")
    assert not html.all("svg")


def test_paper_ours_and_build_stand_side_by_side(results):
    save(record(cell(0.14, 0.15, 0.16), cell(0.5, row="Soil", deterministic=True)), results)
    build = record(cell(0.7, 0.9), cell(0.6, row="Soil", deterministic=True))
    html = page(build)
    assert numbers(at(html, "Ours", "RMSE")) == {
        "ours": "0.1500 ± 0.0100",
        "build": "0.8000 ± 0.1414",
    }
    assert numbers(at(html, "Ours", "Soil")) == {"ours": "0.5000", "build": "0.6000"}
    assert numbers(at(html, "Theirs", "RMSE")) == {}
    words = {(s, m): verdict(at(html, m, s))[0] for s in SCORES for m in METHODS}
    assert words == {
        ("RMSE", "Ours"): "inconclusive",  # three runs
        ("Soil", "Ours"): "worse",
        ("RMSE", "Theirs"): "not run",
        ("Soil", "Theirs"): "not run",
        ("RMSE", "Another"): "not run",
        ("Soil", "Another"): "not run",
    }
    assert set(rows(html)["Ours"].all("small")[0].text.split("/")) == {"n = 3", "no random part"}


def test_a_build_alone_is_shown_and_never_judged(results):
    html = page(record(cell(0.2, 0.4), profile="quick"))
    td = at(html, "Ours", "RMSE")
    assert numbers(td) == {"build": "0.3000 ± 0.1414"}
    assert verdict(td)[0] == "not run"
    assert not td.all("svg")


def test_reason_is_folded_under_the_verdict(results):
    save(record(cell(0.3, deterministic=True)), results)
    assert verdict(at(page(), "Ours", "RMSE")) == (
        "worse",
        "Printed 0.1668, lower is better; ours is 0.3 (no random part).",
    )


@pytest.mark.parametrize(
    "value, shown",
    [
        (63_651_250_648, "63.65G"),
        (520_201_000, "0.52G"),
        (128, "128"),
        (1234.5, "1234"),
        (0.16684, "0.1668"),
    ],
)
def test_numbers_are_shown_in_the_unit_of_papers(results, value, shown):
    html = page(record(cell(value, deterministic=True), profile="quick"))
    assert numbers(at(html, "Ours", "RMSE")) == {"build": shown}


def test_twin_banner_only_for_a_twin(results):
    save(record(cell(*[0.2] * 10)), results)
    assert not page(record(cell(0.2))).all(cls="mp-twin-banner")
    html = page(record(cell(0.7), origin="twin"))
    (banner,) = html.all("p", "mp-twin-banner")
    assert "Simulated twin." in banner.text
    assert numbers(at(html, "Ours", "RMSE")) == {"ours": "0.2000 ± 0.0000", "build": "0.7000"}
    assert verdict(at(html, "Ours", "RMSE"))[0] == "worse"


def test_dots_one_a_seed_and_a_bar_at_the_printed_number(results):
    save(record(cell(0.1, 0.15, 0.3), cell(0.2, row="Soil", deterministic=True)), results)
    html = page()
    (strip,) = html.all("svg")
    assert strip.attributes["role"] == "img"
    assert strip.attributes["aria-label"] == (
        "3 seeds from 0.1000 to 0.3000; the paper's 0.1668 is the bar"
    )
    assert strip.all("title")[0].text == strip.attributes["aria-label"]
    width = float(strip.attributes["width"])
    low, middle, high = [float(c.attributes["cx"]) for c in strip.all("circle")]
    assert 0 < low < width / 4 and width * 3 / 4 < high < width
    assert (middle - low) / (high - low) == pytest.approx(0.25, abs=0.005)
    (bar,) = strip.all("path")
    x = float(re.match(r"M([\d.]+) 0v14", bar.attributes["d"]).group(1))
    assert (x - low) / (high - low) == pytest.approx((0.1668 - 0.1) / 0.2, abs=0.005)


def test_a_build_equal_to_the_record_says_so_in_a_word(results):
    save(record(cell(0.14, 0.15, 0.16)), results)
    html = page(record(cell(0.14, 0.15, 0.16)))
    assert numbers(at(html, "Ours", "RMSE")) == {"ours": "0.1500 ± 0.0100", "build": "same"}
    html = page(record(cell(0.14, 0.15, 0.17)))
    assert numbers(at(html, "Ours", "RMSE"))["build"] == "0.1533 ± 0.0153"


def test_same_is_to_six_digits_and_of_as_many_seeds(results):
    save(record(cell(0.14, 0.15, 0.16)), results)
    td = at(page(record(cell(0.14 + 1e-8, 0.15, 0.16))), "Ours", "RMSE")
    assert numbers(td)["build"] == "same"
    assert numbers(at(page(record(cell(0.1401, 0.15, 0.16))), "Ours", "RMSE"))["build"] != "same"
    td = at(page(record(cell(0.14, 0.15))), "Ours", "RMSE")
    assert numbers(td)["build"] == "0.1450 ± 0.0071"
    assert [s.text for s in td.all("small")][-1] == "n = 2"


def test_best_has_rows_of_its_own_with_verdicts_of_its_own(results):
    save(record(cell(0.1668, deterministic=True), reading="best"), results)
    save(record(cell(0.3, deterministic=True)), results)
    html = page(record(cell(0.25, deterministic=True), reading="best"))
    names = list(rows(html))
    assert names[-2:] == ["Reading “best”, judged beside the literal reading", "Ours (best)"]
    assert numbers(at(html, "Ours", "RMSE")) == {"ours": "0.3000"}
    assert verdict(at(html, "Ours", "RMSE"))[0] == "worse"
    best = at(html, "Ours (best)", "RMSE")
    assert numbers(best) == {"ours": "0.1668", "build": "0.2500"}
    assert verdict(best) == (
        "reproduced",
        "Printed 0.1668; ours is 0.1668 (no random part).",
    )
    assert not best.all("span", "mp-paper")
    assert at(html, "Ours (best)", "Soil").text == "–"  # best did not measure it


def test_an_oracle_has_rows_without_verdicts(results):
    save(record(cell(0.1668, deterministic=True), reading="oracle"), results)
    html = page()
    assert list(rows(html))[-2:] == ["Reading “oracle”, which is not judged", "Ours (oracle)"]
    other = at(html, "Ours (oracle)", "RMSE")
    assert numbers(other) == {"ours": "0.1668"}
    assert not other.all("span", "mp-verdict")
    assert verdict(at(html, "Ours", "RMSE"))[0] == "not run"


@pytest.mark.parametrize("where", ["build", "full"])
def test_controls_stand_under_their_own_line(results, where):
    made = record(
        cell(0.2, 0.3),
        cell(0.4, column="Constant", control=True, deterministic=True),
        cell(0.5, row="Soil", column="Constant", control=True, deterministic=True),
        cell(0.6, column="FCLS", control=True, note="with the reference's endmembers"),
    )
    if where == "full":
        save(made, results)
    html = page(made if where == "build" else None)
    names = list(rows(html))
    group = names.index("Controls: methods the paper does not print")
    assert names[:group] == list(METHODS)
    assert names[group + 1 :] == ["Constant", "FCLS"]
    key = "ours" if where == "full" else "build"
    assert numbers(at(html, "Constant", "RMSE")) == {key: "0.4000"}
    assert numbers(at(html, "Constant", "Soil")) == {key: "0.5000"}
    assert at(html, "FCLS", "Soil").text == "–"
    assert not rows(html)["Constant"].all("span", "mp-verdict")
    assert rows(html)["FCLS"].all("small")[0].text == "n = 1; with the reference's endmembers"
    (line,) = html.all("tr", "mp-group")
    widths = {len(row.all("th")) + len(row.all("td")) for row in rows(html).values()} - {1}
    assert widths == {int(line.all("th")[0].attributes["colspan"])}


def test_controls_may_lengthen_the_rows_instead(tmp_path, monkeypatch):
    """Methods run down the page, whichever way the paper printed them."""
    claims = [claim(0.2, row=m, column=s) for m in ("A", "B", "C") for s in ("RMSE", "SAD")]
    use(monkeypatch, tmp_path, {"inss/table-1": claims})
    html = page(record(cell(0.4, row="Constant", column="RMSE", control=True)))
    assert list(rows(html)) == [
        *("A", "B", "C"),
        "Controls: methods the paper does not print",
        "Constant",
    ]
    assert numbers(at(html, "Constant", "RMSE")) == {"build": "0.4000"}


def test_nothing_is_left_unescaped(tmp_path, monkeypatch):
    bad = '<script>alert("x & y")</script>'
    claims = [claim(None, bad, row=bad, column=bad, note=bad)]  # a symbol: its reason quotes it
    results = use(monkeypatch, tmp_path, {"inss/table-1": claims})
    made = record(
        cell(0.1, row=bad, column=bad, note=bad),
        cell(0.1, 0.2, row=bad, column=bad + "2", control=True),
        device=bad,
        scene="samson",
        seconds={bad: [1.0]},
    )
    save(made, results)
    html = page(made)
    assert not html.all("script")
    td = at(html, bad, bad)
    assert f"Note: {bad}." in verdict(td)[1]
    assert td.all("span", "mp-paper")[0].text == f"paper {bad}"
    assert bad in verdict(td)[1]
    assert bad in html.all("p", "mp-note")[0].text


def test_note_below_says_what_made_the_record(results):
    save(record(cell(0.2, 0.2), seconds={"Ours": [1.0, 3.0]}), results)
    (note,) = page().all("p", "mp-note")
    for part in (
        "samson, complete",
        "reading paper",
        "recorded 2026-01-02",
        "commit 0123456789",
        "a made-up processor",
        "at least 1.5 s in all, 256 MiB",
        "Seconds per run: Ours 2 s",
        "is unchanged",
    ):
        assert part in note.text
    save(record(cell(0.2, 0.2), code={"mixedpixels.metrics": "00" * 32}), results)
    (note,) = page().all("p", "mp-note")
    assert "1 of the definitions that made the numbers changed" in note.text
    (list_,) = page().all("details", "mp-note")
    assert "mixedpixels: metrics" in list_.text


def test_note_below_says_what_is_shared(tmp_path, monkeypatch):
    tables = {"inss/table-1": CLAIMS, "inss/figure-3": [], "symae/figure-1": []}
    results = use(monkeypatch, tmp_path, tables)
    own, one, two = (Fit(f"network {seconds}", seconds, str(seconds)) for seconds in (1, 2, 4))
    save(record(cell(0.2, 0.2), fits=(own, one, two), total_seconds=9.0), results)
    (note,) = page().all("p", "mp-note")
    assert "on a made-up processor, 7.0 s of fits, 256 MiB" in note.text
    save(record(artifact="inss/figure-3", fits=(one,)), results)
    save(record(artifact="symae/figure-1", fits=(one, two)), results)
    (note,) = page().all("p", "mp-note")
    told = "7.0 s of fits, of which 6.0 s shared with Fig. 3; SymAE, Fig. 1, 256 MiB"
    assert told in note.text


@pytest.mark.parametrize("number", range(1, 9))
def test_tables_of_the_paper_are_whole(number):
    """Every printed number of SSANU-Net's tables stands once in balanced HTML."""
    target = ledger.artifact(f"ssanu/table-{number}")
    html = read(render(target))
    shown = [part.text.removeprefix("paper ") for part in html.all("span", "mp-paper")]
    assert sorted(shown) == sorted(c.printed for c in ledger.claims(target.id))
    for row in html.all("tbody")[0].all("tr"):
        head = html.all("thead")[0]
        assert len(row.all("td")) in (0, len(head.all("th") + head.all("td")) - 1)


def test_many_rows_run_down_and_controls_stand_beside_them(tmp_path, monkeypatch):
    """Classes by the dozen, as in a table of accuracies: a control is a column more."""
    names = [f"class {k}" for k in range(9)]
    claims = [claim(float(k), row=name, column="Ours") for k, name in enumerate(names)]
    results = use(monkeypatch, tmp_path, {"inss/table-1": claims})
    made = [cell(values=(k + 0.5,), row=name, column="Ours") for k, name in enumerate(names)]
    made += [
        cell(values=(k + 0.25,), row=name, column="Raw", control=True)
        for k, name in enumerate(names)
    ]
    made.append(cell(values=(7.75,), row="Fisher", column="Raw", control=True))
    save(record(cells=tuple(made)), results)
    html = page()
    (head,) = html.all("thead")
    assert [th.text.strip() for th in head.all("th")] == ["Ours", "Raw"]
    assert [td.text for td in head.all("td")] == [""]  # a header without a word is none
    assert list(rows(html))[:9] == names
    assert numbers(at(html, "class 3", "Ours")) == {"ours": "3.5000"}
    assert numbers(at(html, "class 3", "Raw")) == {"ours": "3.2500"}
    assert verdict(at(html, "class 3", "Ours"))[0]
    assert numbers(at(html, "Fisher", "Raw")) == {"ours": "7.7500"}


@pytest.mark.parametrize(("count", "hint"), [(7, ""), (8, "8 columns: scroll sideways.")])
def test_a_table_wider_than_a_page_says_so(count, hint, tmp_path, monkeypatch):
    wide = [claim(0.1, row=f"r{r}", column=f"c{c}") for r in range(9) for c in range(count)]
    use(monkeypatch, tmp_path, {"inss/table-1": wide})
    caption = page().all("caption")[0]
    assert caption.text == "INSS, Table 1. The title of inss/table-1" + hint
