"""Unmixing a file of one's own by a network: the window, the fit, the blocks, what the page says."""

import importlib
import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from mixedpixels import products
from mixedpixels.cli import _app
from mixedpixels.metrics import match_endmembers
from mixedpixels.models import ssanu
from mixedpixels.products import window as window_module
from mixedpixels.products.blocks import blocks
from mixedpixels.products.methods import network as network_module
from mixedpixels.products.window import filled, place_window, read_window
from mixedpixels.scenes.readers import raster as raster_module
from mixedpixels.training import NotFinite

module = importlib.import_module("mixedpixels.products.unmix")  # its function has the same name

pytestmark = pytest.mark.usefixtures("undrawn")
ROWS, COLUMNS, BANDS, R = 20, 24, 12, 3
SETTINGS = ssanu.settings


@pytest.fixture(autouse=True)
def few_epochs(monkeypatch):
    plan(monkeypatch, updates=8)


def plan(monkeypatch, **changes):
    def settings(scene, reading):
        best = SETTINGS(scene, reading)
        return replace(best, training=replace(best.training, **changes))

    monkeypatch.setattr(ssanu, "settings", settings)


@pytest.fixture(scope="module")
def truth():
    """Patches of land that run into each other, so that neighbours are alike."""
    y, x = np.mgrid[:ROWS, :COLUMNS]
    far = [(y - r) ** 2 + (x - c) ** 2 for r, c in ((2, 3), (17, 8), (8, 21))]
    abundances = np.exp(-np.stack(far, axis=2) / 60)
    abundances /= abundances.sum(axis=2, keepdims=True)
    at = np.linspace(0, 1, BANDS)
    spectra = np.stack([0.3 + np.exp(-(((at - c) / 0.2) ** 2)) for c in (0.1, 0.5, 0.9)])
    noise = 0.01 * np.random.default_rng(1).random((ROWS, COLUMNS, BANDS))
    return (abundances @ spectra + noise).astype(np.float32), abundances


@pytest.fixture
def cube(truth):
    return truth[0].copy()


def unmix(folder, cube, out="out", **options):
    scipy.io.savemat(folder / "mine.mat", {"Y": cube})
    options = {"n_endmembers": R, "method": "ssanu", "search": "vca", "device": "cpu"} | options
    return products.unmix(folder / "mine.mat", folder / out, **options)


def said(report):
    """The page in one line, without its pictures, whose base64 may spell any three letters."""
    return " ".join(re.sub(r"base64,[^\"]+", "", report.page.read_text()).split())


def learned(report):
    return np.loadtxt(report.endmembers, delimiter=",", skiprows=1)[:, 1:].T


# --- from a file to a folder -----------------------------------------------------------------------


def test_finds_the_patches(tmp_path, truth, monkeypatch):
    plan(monkeypatch, updates=120)
    cube, abundances = truth
    report = unmix(tmp_path, cube)
    found = report.maps()
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)
    order = match_endmembers(found, abundances, "abundance")
    assert np.abs(found[..., order] - abundances).mean() < 0.1
    assert report.error_median < 0.1 and report.means == pytest.approx(found.mean(axis=(0, 1)))


def test_masked_pixels_stay_masked_and_darken_nothing(tmp_path, cube, monkeypatch):
    seen = []
    fit = network_module.fit_unmixer
    monkeypatch.setattr(
        network_module, "fit_unmixer", lambda *a, **k: seen.append(a[0]) or fit(*a, **k)
    )
    gaps = np.zeros((ROWS, COLUMNS), bool)
    gaps[5:9, 10:15] = gaps[0, 0] = gaps[19] = True
    cube[gaps] = 0
    report = unmix(tmp_path, cube)
    np.testing.assert_array_equal(np.isnan(report.maps()).any(axis=2), gaps)
    assert report.image.masked == gaps.sum()
    (shown,) = seen
    np.testing.assert_array_equal(shown[~gaps], cube[~gaps])
    lit = {pixel.tobytes() for pixel in cube[~gaps]}
    assert all(pixel.tobytes() in lit for pixel in shown[gaps])


@pytest.mark.parametrize("normalise", ["none", "l2", "max"])
def test_the_maps_are_the_networks_answer_in_the_users_unit(tmp_path, cube, monkeypatch, normalise):
    kept = []
    fit = network_module.fit_unmixer
    monkeypatch.setattr(
        network_module, "fit_unmixer", lambda *a, **k: kept.append(fit(*a, **k)) or kept[-1]
    )
    report = unmix(tmp_path, cube, normalise=normalise)
    ((_, answer),) = kept
    size = {
        "none": np.ones(R),
        "l2": np.sqrt((answer.endmembers**2).mean(axis=1)),
        "max": answer.endmembers.max(axis=1),
    }[normalise]
    weights = answer.abundances * size
    total = weights.sum(axis=1, keepdims=True)
    shares = weights / np.where(total > 0, total, 1)
    np.testing.assert_allclose(report.maps().reshape(-1, R), shares, atol=1e-5)
    scale = np.sqrt((cube**2).mean()) if normalise == "none" else 1
    wanted = scale * answer.endmembers / size[:, None]
    np.testing.assert_allclose(learned(report), wanted, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("block_rows, side", [(1, 128), (2, 5), (7, 128), (20, 9)])
def test_however_cut_the_maps_are_the_same(tmp_path, cube, monkeypatch, block_rows, side):
    gaps = np.random.default_rng(0).random((ROWS, COLUMNS)) < 0.3
    gaps[6:14, 3:12] = True
    cube[gaps] = np.nan
    one = unmix(tmp_path, cube, "one")
    monkeypatch.setattr(raster_module, "_VALUES_AT_ONCE", block_rows * COLUMNS * BANDS)
    monkeypatch.setattr(network_module, "_SIDE", side)
    many = unmix(tmp_path, cube, "many")
    np.testing.assert_allclose(many.maps(), one.maps(), atol=2e-5)
    assert many.error_median == pytest.approx(one.error_median, rel=1e-4)
    np.testing.assert_array_equal(learned(many), learned(one))


def test_a_window_is_fitted_and_the_whole_image_unmixed(tmp_path, cube, monkeypatch):
    monkeypatch.setattr(network_module, "_PIXELS", 150)
    monkeypatch.setattr(window_module, "_CELL", 4)
    cube[:, :8] = 0
    told = []
    report = unmix(tmp_path, cube, progress=lambda *words: told.append(words))
    assert {("placing the window", 1.0), (products.FITTING, 0.0), ("unmixing", 1.0)} <= set(told)
    found = report.maps()
    assert np.isfinite(found[:, 8:]).all() and np.isnan(found[:, :8]).all()
    fitted = json.loads(report.record.read_text())["network"]
    assert fitted["window"] == {"row": 4, "column": 8, "rows": 12, "columns": 12}
    assert fitted["valid"] == 144
    page = said(report)
    assert "a window of 12 × 12 pixels, rows 4 to 15 and columns 8 to 19 (counted from 0)" in page
    began = json.loads(report.record.read_text())["endmembers"]
    outside = sum(not (4 <= e["start_row"] < 16 and 8 <= e["start_column"] < 20) for e in began)
    assert outside
    assert f"{outside} of the 3 pixels that VCA chose lie outside the window" in page


def test_a_seed_means_one_answer(tmp_path, cube):
    first, again, other = (
        unmix(tmp_path, cube, name, seed=seed) for name, seed in (("a", 3), ("b", 3), ("c", 4))
    )
    assert first.abundances.read_bytes() == again.abundances.read_bytes()
    assert np.abs(first.maps() - other.maps()).max() > 1e-3


@pytest.mark.parametrize("normalise", ["none", "l2", "max"])
def test_the_unit_of_the_image_does_not_matter(tmp_path, cube, normalise):
    small = unmix(tmp_path, cube, "small", normalise=normalise)
    large = unmix(tmp_path, cube * 4096, "large", normalise=normalise)
    np.testing.assert_allclose(large.maps(), small.maps(), atol=1e-5)
    factor = 4096 if normalise == "none" else 1
    np.testing.assert_allclose(
        learned(large), factor * learned(small), rtol=1e-4, atol=1e-4 * factor
    )


def test_record_and_page_say_what_was_fitted(tmp_path, cube):
    cube[0, 0] = 0
    report = unmix(tmp_path, cube)
    record = json.loads(report.record.read_text())
    network = record["network"]
    assert network["settings"]["training"]["updates"] == 8
    assert (network["settings"]["normalisation"], network["settings"]["start"]) == ("l2", "vca")
    assert set(network["balance"]) == {"spatial", "spectral", "linear", "nonlinear"}
    assert set(network["losses"]) == {"reconstruction", "sum to one", "sparsity"}
    assert network["window"] == {"row": 0, "column": 0, "rows": ROWS, "columns": COLUMNS}
    assert network["valid"] == ROWS * COLUMNS - 1
    assert set(record["endmembers"][0]) >= {"start_row", "start_column"}
    page = said(report)
    for words in (
        "Zhang, Ren, Zhou, Feng and Cheng",
        "8 epochs",
        "the whole image. 0.21 % of its pixels are masked",
        "not pixels of the image",
        "scaled to a mean square of 1",
        "start: row, column",
        "unmix again with another seed",
        "or are all 0 where the network",
        "answer is random",
    ):
        assert words in page, words
    assert "Each spectrum is that of one pixel" not in page and "or the mixture is not" not in page


@pytest.mark.parametrize("search, start", [("edaa", "archetypes"), ("vca", "vca")])
def test_the_network_begins_with_what_the_search_found(tmp_path, cube, monkeypatch, search, start):
    chosen, began = [], []
    choose, fit = module.choose_endmembers, network_module.fit_unmixer
    monkeypatch.setattr(
        module, "choose_endmembers", lambda *a: chosen.append(choose(*a)) or chosen[-1]
    )
    monkeypatch.setattr(
        network_module, "fit_unmixer", lambda *a, **k: began.append(a) or fit(*a, **k)
    )
    unmix(tmp_path, cube, search=search, starts=3)
    (found,), ((_, spectra, settings),) = chosen, began
    wanted = found.spectra / np.sqrt(np.square(found.spectra).mean(axis=1, keepdims=True))
    np.testing.assert_allclose(spectra, wanted, rtol=1e-5)
    assert settings.start == start


def test_page_of_a_network_that_began_with_archetypes(tmp_path, cube, monkeypatch):
    monkeypatch.setattr(network_module, "_PIXELS", 150)
    monkeypatch.setattr(window_module, "_CELL", 4)
    cube[:, :8] = 0
    report = unmix(tmp_path, cube, search="edaa", starts=3)
    page = said(report)
    assert "VCA" not in page
    assert "learned by the network, which started from averages of normalised pixels" in page
    assert "start: row, column of the most similar pixel" in page
    assert "of the 3 pixels most similar to what EDAA found lie outside the window" in page
    assert (
        "except for the search for its starting endmembers and the scaling of its abundances"
        in page
    )
    places = json.loads(report.record.read_text())["endmembers"]
    assert set(places[0]) >= {"start_most_similar_row", "start_most_similar_column"}


def test_other_methods_say_nothing_of_a_network(tmp_path, cube):
    report = unmix(tmp_path, cube, method="fcls")
    assert "network" not in report.record.read_text() + report.page.read_text()


def test_a_failed_fit_leaves_nothing_behind(tmp_path, cube, monkeypatch):
    def fails(*_, **__):
        raise NotFinite("the loss became NaN")

    monkeypatch.setattr(network_module, "fit_unmixer", fails)
    with pytest.raises(NotFinite):
        unmix(tmp_path, cube)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.mat"]


@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (3, 4), (4, 4)])
def test_small_images_and_strips(tmp_path, shape):
    cube = np.random.default_rng(0).uniform(0.1, 1, (*shape, BANDS)).astype(np.float32)
    found = unmix(tmp_path, cube).maps()
    assert found.shape == (*shape, R) and np.isfinite(found).all()


def test_from_the_command_line(tmp_path, cube, capsys):
    scipy.io.savemat(tmp_path / "mine.mat", {"Y": cube})
    words = f"unmix {tmp_path}/mine.mat -e 3 --out {tmp_path}/out --device cpu"
    words += " --method ssanu --search vca"
    _app(words.split(), standalone_mode=False)
    assert "480 pixels unmixed" in capsys.readouterr().out
    _app(["unmix", "--help"], standalone_mode=False)
    assert "ssanu" in capsys.readouterr().out


# --- blocks, window, masked pixels -----------------------------------------------------------------


def image_of(values, block_rows):
    """What the functions below ask of an open image."""
    valid = np.isfinite(values).all(axis=2)

    def cut():
        for first in range(0, len(values), block_rows):
            rows = slice(first, first + block_rows)
            yield first, values[rows], valid[rows]

    return SimpleNamespace(rows=len(values), columns=values.shape[1], blocks=cut)


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 8))
def test_blocks_give_every_row_once_with_its_neighbours(rows, block_rows, context):
    values = np.arange(rows * 6, dtype=np.float32).reshape(rows, 2, 3)
    done = 0
    for block in blocks(image_of(values, block_rows), context):
        stop = block.first + len(block.own)
        assert block.first == done and stop > done
        np.testing.assert_array_equal(block.own, values[done:stop])
        around = slice(max(0, done - context), min(rows, stop + context))
        np.testing.assert_array_equal(block.values, values[around])
        assert block.valid.shape == block.values.shape[:2] and block.mask.all()
        done = stop
    assert done == rows


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(1, 9),
    st.integers(64, 900),
    st.floats(0, 0.9),
    st.integers(0, 99),
)
def test_the_window_lies_where_most_pixels_are_valid(rows, columns, block_rows, limit, gaps, seed):
    values = np.random.default_rng(seed).random((rows, columns, 2))
    values[np.random.default_rng(seed).random((rows, columns)) < gaps] = np.nan
    image = image_of(values, block_rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window_module, "_CELL", 4)
        w = place_window(image, limit, lambda words, share: None)
    assert (
        w.rows * w.columns <= limit and w.row + w.rows <= rows and w.column + w.columns <= columns
    )
    assert w.rows * w.columns >= min(limit, rows * columns) / 2
    part, valid = read_window(image, w)
    np.testing.assert_array_equal(
        part, values[w.row : w.row + w.rows, w.column : w.column + w.columns]
    )
    lit = np.isfinite(values).all(axis=2)
    np.testing.assert_array_equal(valid, np.isfinite(part).all(axis=2))
    for row in range(0, rows - w.rows + 1, 4):
        for column in range(0, columns - w.columns + 1, 4):
            assert lit[row : row + w.rows, column : column + w.columns].sum() <= valid.sum()


def test_of_equal_windows_the_middle_one():
    image = image_of(np.ones((400, 700, 1)), 50)
    w = place_window(image, 2**16, lambda words, share: None)
    assert (w.rows, w.columns) == (256, 256)
    assert abs(w.row + 128 - 200) <= 16 and abs(w.column + 128 - 350) <= 16


def test_masked_pixels_become_the_nearest_valid_one():
    values = np.arange(20.0).reshape(4, 5, 1)
    valid = np.ones((4, 5), bool)
    valid[:, 2:] = False
    valid[3, 4] = True
    whole = filled(values, valid)[..., 0]
    assert whole[0, 2] == values[0, 1, 0] and whole[0, 3] == values[0, 1, 0]
    assert whole[2, 4] == whole[3, 3] == values[3, 4, 0]
    np.testing.assert_array_equal(whole[valid], values[valid][:, 0])
    assert filled(values, np.ones((4, 5), bool)) is values
