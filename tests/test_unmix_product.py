"""Unmixing a file of one's own: the maps, the folder, the page, and what is refused."""

import csv
import hashlib
import importlib
import json
import re
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio
import scipy.io
from rasterio import Affine
from rasterio.crs import CRS
from spectral.io import envi

from made import MAP_INFO
from markup import read
from mixedpixels import products
from mixedpixels.errors import BadInput
from mixedpixels.metrics import match_endmembers
from mixedpixels.products import maps as maps_module
from mixedpixels.products import page as page_module
from mixedpixels.products import starts as starts_module
from mixedpixels.products.methods import least_squares
from mixedpixels.products.methods.method import Fit, MethodWords
from mixedpixels.products.methods.network import NetworkMethod
from mixedpixels.products.sampling import Sample, sample_pixels
from mixedpixels.products.window import Window
from mixedpixels.scenes.readers import raster as raster_module
from mixedpixels.scenes.readers.gdal_pixels import unplaced_allowed
from mixedpixels.scenes.readers.raster import open_raster

module = importlib.import_module("mixedpixels.products.unmix")  # its function has the same name
ROWS, COLUMNS, BANDS, R = 24, 20, 30, 3
FILES = {"abundances.tif", "abundances.png", "endmembers.csv", "report.html", "run.json"}


@pytest.fixture(scope="module")
def truth():
    """Spectra of length 1, so that shares of light are shares of ground, and abundances."""
    rng = np.random.default_rng(5)
    x = np.linspace(0, 1, BANDS)
    spectra = np.stack([0.6 + np.exp(-(((x - c) / 0.15) ** 2)) for c in (0.2, 0.5, 0.8)])
    spectra /= np.linalg.norm(spectra, axis=1, keepdims=True)
    abundances = rng.dirichlet(np.ones(R), (ROWS, COLUMNS))
    abundances[3, 4], abundances[10, 15], abundances[20, 2] = np.eye(R)
    return spectra, abundances


@pytest.fixture
def cube(truth):
    """Mixtures under an uneven light."""
    spectra, abundances = truth
    light = np.random.default_rng(6).uniform(0.5, 1, (ROWS, COLUMNS, 1))
    return (light * (abundances @ spectra)).astype(np.float32)


@pytest.fixture
def image(tmp_path, cube):
    return write(tmp_path, cube)


def write(folder, cube, **metadata):
    metadata = {
        "wavelength": np.linspace(0.4, 1.0, cube.shape[2]).round(4).tolist(),
        "wavelength units": "Micrometers",
        "map info": MAP_INFO,
    } | metadata
    envi.save_image(str(folder / "mine.hdr"), cube, metadata=metadata, ext="img", force=True)
    return folder / "mine.hdr"


def unmix(*where, **options):
    """The search is not what is tested here (test_unmix_search.py does), so the faster one."""
    return products.unmix(*where, **({"search": "vca", "starts": 10} | options))


@pytest.mark.usefixtures("undrawn")
def test_recovers_known_abundances_whatever_the_light(tmp_path, image, truth):
    _, abundances = truth
    report = unmix(image, tmp_path / "out", n_endmembers=R)
    found = report.maps()
    order = match_endmembers(found, abundances, "abundance")
    # not exact: l2 stretches mixed pixels, and shares that sum to one cannot follow
    assert np.abs(found[..., order] - abundances).mean() < 0.02
    places = [(e["row"], e["column"]) for e in json.loads(report.record.read_text())["endmembers"]]
    assert [places[k] for k in order] == [(3, 4), (10, 15), (20, 2)]
    assert (
        report.error_95 < 0.1 and report.image.valid == ROWS * COLUMNS and report.image.masked == 0
    )
    assert report.means == tuple(sorted(report.means, reverse=True))


@pytest.mark.parametrize("method", ["fcls", "nnls"])
def test_exact_without_light_and_normalisation(tmp_path, truth, method):
    spectra, abundances = truth
    image = write(tmp_path, (abundances @ spectra).astype(np.float32))
    report = unmix(image, tmp_path / "out", n_endmembers=R, method=method, normalise="none", seed=2)
    found = report.maps()
    order = match_endmembers(found, abundances, "abundance")
    np.testing.assert_allclose(found[..., order], abundances, atol=1e-4)
    assert report.error_95 < 1e-4 and report.spread < 1e-4


@pytest.mark.usefixtures("undrawn")
def test_nnls_answers_are_shares_whatever_the_light(tmp_path, image, truth):
    _, abundances = truth
    found = unmix(image, tmp_path / "out", n_endmembers=R, method="nnls").maps()
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)
    order = match_endmembers(found, abundances, "abundance")
    # the spectra have one length, so dividing by the sum undoes the light and the l2
    np.testing.assert_allclose(found[..., order], abundances, atol=1e-4)


def test_maps_keep_the_geo_reference(tmp_path, image):
    report = unmix(image, tmp_path / "out", n_endmembers=R)
    with rasterio.open(report.abundances) as file:
        assert file.crs == CRS.from_epsg(32617)
        assert file.transform.almost_equals(Affine(30, 0, 500000, 0, -30, 4000000))
        assert file.descriptions == ("endmember 1", "endmember 2", "endmember 3")
        assert file.dtypes[0] == "float32" and np.isnan(file.nodata)
        assert file.compression.value.lower() == "deflate"


def test_masked_pixels_and_bad_bands(tmp_path, cube):
    cube[0, :5] = 0
    cube[1, 1] = np.nan
    cube[:, :, 7] = np.nan
    flags = [int(k != 7) for k in range(BANDS)]
    report = unmix(write(tmp_path, cube, bbl=flags), tmp_path / "out", n_endmembers=R)
    found = report.maps()
    gaps = np.zeros((ROWS, COLUMNS), bool)
    gaps[0, :5] = gaps[1, 1] = True
    np.testing.assert_array_equal(np.isnan(found).all(axis=2), gaps)
    np.testing.assert_array_equal(np.isnan(found).any(axis=2), gaps)
    assert report.image.masked == 6
    with report.endmembers.open() as stream:
        table = list(csv.reader(stream))
    assert table[0] == ["wavelength_nm", "endmember_1", "endmember_2", "endmember_3"]
    assert len(table) == BANDS  # a head and all bands but one
    place = json.loads(report.record.read_text())["endmembers"][0]
    pixel = np.delete(cube[place["row"], place["column"]], 7)
    np.testing.assert_array_equal(np.float32([line[1] for line in table[1:]]), pixel)
    page = report.page.read_text()
    assert "29 were used; left out as bad: 8" in page and "6 of 480 pixels (1.2 %)" in page


@pytest.mark.usefixtures("undrawn")
def test_several_blocks_equal_one(tmp_path, image, monkeypatch):
    monkeypatch.setattr(module, "_SAMPLE", 100)  # fewer than pixels, so that the draw matters
    one = unmix(image, tmp_path / "one", n_endmembers=R)
    monkeypatch.setattr(raster_module, "_VALUES_AT_ONCE", 3 * COLUMNS * BANDS)
    many = unmix(image, tmp_path / "many", n_endmembers=R)
    np.testing.assert_allclose(one.maps(), many.maps(), atol=1e-6)
    assert one.endmembers.read_text() == many.endmembers.read_text()
    assert one.means == pytest.approx(many.means)


def test_the_draw_does_not_see_the_blocks(image, monkeypatch):
    def draw():
        with open_raster(image) as raster:
            return sample_pixels(raster, 40, 1, lambda words, share: None)

    whole = draw()
    monkeypatch.setattr(raster_module, "_VALUES_AT_ONCE", COLUMNS * BANDS)
    parts = draw()
    assert len(whole.pixels) == 40 and whole.valid == ROWS * COLUMNS
    np.testing.assert_array_equal(whole.pixels, parts.pixels)
    np.testing.assert_array_equal(whole.rows, parts.rows)
    np.testing.assert_array_equal(whole.columns, parts.columns)


def test_the_draw_takes_the_smallest_keys_of_the_valid_pixels(image, monkeypatch, cube):
    """An independent reference: give every valid pixel a key, sort them, take the first."""
    gaps = np.random.default_rng(3).random((ROWS, COLUMNS)) < 0.2
    cube[gaps] = 0
    write(image.parent, cube)
    keys = np.random.default_rng(7).random(np.count_nonzero(~gaps))
    monkeypatch.setattr(raster_module, "_VALUES_AT_ONCE", 2 * COLUMNS * BANDS)
    for limit in (2, 2 * COLUMNS, 300, ROWS * COLUMNS):
        with open_raster(image) as raster:
            drawn = sample_pixels(raster, limit, 7, lambda words, share: None)
        wanted = np.sort(np.flatnonzero(~gaps.ravel())[np.argsort(keys)[:limit]])
        np.testing.assert_array_equal(drawn.rows * COLUMNS + drawn.columns, wanted)
        np.testing.assert_array_equal(drawn.pixels, cube[drawn.rows, drawn.columns])
        assert drawn.valid == len(keys)


@pytest.mark.usefixtures("undrawn")
def test_preview_is_thinned_alike_in_every_block(tmp_path, image, monkeypatch):
    kept = []
    keep = maps_module.write_maps
    monkeypatch.setattr(module, "write_maps", lambda *a: kept.append(keep(*a)) or kept[-1])
    monkeypatch.setattr(maps_module, "_PREVIEW_SIDE", 5)
    monkeypatch.setattr(raster_module, "_VALUES_AT_ONCE", 3 * COLUMNS * BANDS)
    report = unmix(image, tmp_path / "out", n_endmembers=R)
    np.testing.assert_array_equal(kept[0].preview, report.maps()[::5, ::5])


@pytest.mark.usefixtures("undrawn")
def test_maps_are_written_in_whole_tiles_and_never_held(tmp_path, monkeypatch):
    rows, columns, count = 3000, 520, 2
    cube = np.random.default_rng(0).integers(1, 255, (rows, columns, 2), dtype=np.uint8)
    image = write(tmp_path, cube, wavelength=[1, 2])
    monkeypatch.setattr(raster_module, "_VALUES_AT_ONCE", 19 * columns * 2)
    sample = Sample(cube[:1, 0], np.array([0]), np.array([0]), rows * columns)
    asked = []

    class Halves:
        context = 0

        def solve(self, block):
            asked.append(len(block.own))
            pixels = block.own[block.mask]
            return pixels / 255, np.ones(len(pixels)), np.full(len(pixels), 4.0)

    written = []
    write_rows = maps_module._write_rows
    monkeypatch.setattr(
        maps_module, "_write_rows", lambda *a: written.append(a[2]) or write_rows(*a)
    )
    tracemalloc.start()
    try:
        with open_raster(image) as raster:
            made = maps_module.write_maps(
                raster, Halves(), sample, count, tmp_path / "a.tif", lambda words, part: None
            )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < rows * columns * count * 4 / 1.5  # less than the maps in one piece
    assert set(asked[:-1]) == {19} and all(first % 256 == 0 for first in written)
    np.testing.assert_allclose(made.means, cube.mean(axis=(0, 1)) / 255, rtol=1e-6)
    np.testing.assert_array_equal(made.errors, np.full((600, 104), 0.5))
    with rasterio.open(tmp_path / "a.tif") as file:
        np.testing.assert_array_equal(np.moveaxis(file.read(), 0, -1), np.float32(cube / 255))


def test_same_seed_same_answer(tmp_path, image):
    first, second = (unmix(image, tmp_path / name, n_endmembers=R, seed=4) for name in ("a", "b"))
    assert first.abundances.read_bytes() == second.abundances.read_bytes()
    assert first.picture.read_bytes() == second.picture.read_bytes()


def test_record(tmp_path, image):
    report = unmix(image, tmp_path / "out", n_endmembers=R, starts=4, device="cpu")
    assert {p.name for p in report.folder.iterdir()} == FILES
    record = json.loads(report.record.read_text())
    assert record["parameters"]["n_endmembers"] == R and record["parameters"]["starts"] == 4
    assert record["device"] == "cpu" and len(record["starts"]["relative_errors"]) == 4
    data = (tmp_path / "mine.img").read_bytes()
    assert record["files"][0]["sha256"] == hashlib.sha256(data).hexdigest()


def test_page_is_one_escaped_accessible_file(tmp_path, cube):
    image = write(tmp_path, cube)
    for suffix in (".hdr", ".img"):
        image.with_suffix(suffix).rename(tmp_path / f"<b>&me{suffix}")
    page = unmix(tmp_path / "<b>&me.hdr", tmp_path / "out", n_endmembers=R).page.read_text()
    assert '<html lang="en">' in page and 'name="viewport"' in page
    assert "&lt;b&gt;&amp;me.hdr" in page and "<b>" not in page
    assert not re.search(r"(src|href)=.(?!data:image/png;base64,)", page) and "<script" not in page
    pictures = re.findall(r"<img [^>]*>", page)
    assert len(pictures) == R + 2 and all(re.search(r'alt="\w[^"]+"', p) for p in pictures)
    for words in (
        "EPSG:32617",
        "400 to 1000 nm",
        "all valid pixels",
        "No reference was used",
        "no ground truth",
    ):
        assert words in page


def test_mat_without_wavelengths_or_geo_reference(tmp_path, cube):
    scipy.io.savemat(tmp_path / "a.mat", {"Y": cube})
    report = unmix(tmp_path / "a.mat", tmp_path / "out", n_endmembers=R)
    with unplaced_allowed(), rasterio.open(report.abundances) as file:
        assert file.crs is None and file.transform.is_identity
    assert report.endmembers.read_text().startswith("band,endmember_1")
    page = report.page.read_text()
    assert "the bands are numbered from 1" in page and "none in the file" in page


def test_a_large_image_is_tiled(tmp_path, truth):
    spectra, abundances = truth
    tile = abundances[:16, :16] @ spectra
    image = write(tmp_path, np.tile(tile, (32, 33, 1)).astype(np.float32)[:, :, ::3])
    seen = []
    report = unmix(
        image, tmp_path / "out", n_endmembers=2, starts=1, progress=lambda *a: seen.append(a)
    )
    with rasterio.open(report.abundances) as file:
        assert file.block_shapes[0] == (256, 256) and file.shape == (512, 528)
    assert "One start was used" in report.page.read_text()
    assert ("unmixing", 1.0) in seen and "100,000 pixels, used by VCA" in report.page.read_text()


@pytest.mark.parametrize("count", [2, 3, 9])
def test_many_endmembers_and_long_strips(tmp_path, count):
    strip = np.random.default_rng(0).uniform(0.1, 1, (200, 1, 12)).astype(np.float32)
    report = unmix(write(tmp_path, strip), tmp_path / "out", n_endmembers=count, starts=2)
    assert len(report.means) == count and sum(report.means) == pytest.approx(1, abs=1e-4)


@pytest.mark.usefixtures("undrawn")
def test_refusals_leave_nothing_behind(tmp_path, cube, image):
    def refused(words, path=image, **options):
        with pytest.raises(BadInput, match=words):
            unmix(path, tmp_path / "out", **({"n_endmembers": R} | options))
        assert not [p for p in tmp_path.iterdir() if "out" in p.name]

    refused("method must be one of fcls, nnls, ssanu, got 'magic'", method="magic")
    refused("search must be one of edaa, vca, got 'edda'", search="edda")
    refused("normalise must be one of none, l2, max, got 'l7'", normalise="l7")
    refused("n_endmembers: expected a whole number, 2 or more, got 1", n_endmembers=1)
    refused("n_endmembers: expected a whole number, 2 or more, got 2.5", n_endmembers=2.5)
    refused("starts: expected a whole number, 1 or more, got 0", starts=0)
    refused("seed: expected a whole number, 0 or more, got -1", seed=-1)
    refused("device must be auto, cpu, cuda or cuda:N, got 'abacus'", device="abacus")
    refused("30 good bands cannot tell 31 endmembers apart", n_endmembers=31)
    photo = tmp_path / "photo.tif"
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 3, "height": 8, "width": 8}
    with unplaced_allowed(), rasterio.open(photo, "w", **profile) as file:
        file.write(np.random.default_rng(0).integers(1, 255, (3, 8, 8), dtype=np.uint8))
    refused(
        "3 good bands cannot tell 4 endmembers apart; .* as a hyperspectral", photo, n_endmembers=4
    )
    refused("every pixel has the same spectrum, so there", write(tmp_path, np.ones((4, 4, 30))))
    refused(
        "all 4 × 4 are zero, not finite or marked as nodata", write(tmp_path, np.zeros((4, 4, 9)))
    )
    few = np.zeros((4, 4, 9), np.float32)
    few[0, :2] = [np.arange(9), np.ones(9)]
    refused("2 valid pixels cannot hold 3 endmembers", write(tmp_path, few))
    # one material under many lights is one point after l2
    shades = np.linspace(0.1, 1, 16).reshape(4, 4, 1) * np.linspace(1, 2, 9)
    refused(
        "no 3 independent endmembers were found; ask for fewer",
        write(tmp_path, shades),
    )


def test_an_earlier_result_survives_a_failure(tmp_path, image, monkeypatch):
    out = tmp_path / "out"
    first = unmix(image, out, n_endmembers=R)
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    with pytest.raises(BadInput, match="holds an earlier result; choose another folder, or --over"):
        unmix(image, out, n_endmembers=2)

    def fails(*_):
        raise RuntimeError("the lights went out")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError, match="lights"):
        patch.setattr(page_module, "page", fails)
        unmix(image, out, n_endmembers=2, overwrite=True)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    second = unmix(image, out, n_endmembers=2, overwrite=True)
    assert len(second.means) == 2 and second.folder == first.folder
    assert {p.name for p in out.iterdir()} == FILES
    assert {p.name for p in tmp_path.iterdir()} == {"mine.hdr", "mine.img", "out"}


def test_other_peoples_files_are_never_replaced(tmp_path, image):
    with pytest.raises(BadInput, match="holds the image itself; choose another folder"):
        unmix(image, tmp_path, n_endmembers=R, overwrite=True)
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("years of work")
    with pytest.raises(BadInput, match=r"holds files of yours \(thesis.tex\)"):
        unmix(image, tmp_path / "out", n_endmembers=R, overwrite=True)
    with pytest.raises(BadInput, match="expected a folder for the results, got a file"):
        unmix(image, tmp_path / "out" / "thesis.tex", n_endmembers=R)
    (tmp_path / "like").mkdir()
    (tmp_path / "like" / "abundances.tif.aux.xml").touch()  # what a viewer leaves there
    unmix(image, tmp_path / "like", n_endmembers=R, overwrite=True)
    (tmp_path / "like" / "abundances.tif.mine").touch()
    with pytest.raises(BadInput, match=r"holds files of yours \(abundances.tif.mine\)"):
        unmix(image, tmp_path / "like", n_endmembers=R, overwrite=True)
    (tmp_path / "empty").mkdir()
    assert unmix(image, tmp_path / "empty", n_endmembers=R).page.is_file()


class Brightest(products.METHODS["fcls"].__class__):
    """A method in one class: only a pixel's first endmember counts, and it says so itself."""

    name = "brightest"
    words = MethodWords(
        title="all of endmember {{ report.found | length }} <of many>",
        residual="nothing is meant by it.",
        model="one spectrum describes {{ report.image.name }}",
        facts=(("beware", "made for a test"),),
        limits=("It is wrong by design.",),
    )

    def check(self, raster, n_endmembers):
        super().check(raster, n_endmembers)
        if n_endmembers == 5:
            raise BadInput("brightest cannot count to five")


def test_a_new_method_brings_its_words_and_its_checks(tmp_path, cube, monkeypatch):
    monkeypatch.setitem(products.METHODS, "brightest", Brightest())
    image = write(tmp_path, cube)
    for suffix in (".hdr", ".img"):
        image.with_suffix(suffix).rename(tmp_path / f"<i>{suffix}")
    image = tmp_path / "<i>.hdr"
    page = unmix(image, tmp_path / "out", n_endmembers=2, method="brightest").page.read_text()
    for words in (
        "all of endmember 2 <of many>",
        "Where it is large, nothing is meant by it.",
        "how well one spectrum describes &lt;i&gt;.hdr. It does",
        "<dt>beware</dt><dd>made for a test</dd>",
        "<p>It is wrong by design.</p>",
    ):
        assert words in page, words
    for other in products.METHODS.values():
        if other.name != "brightest":
            assert other.words.title[:20] not in page
    with pytest.raises(BadInput, match="cannot count to five"):
        unmix(image, tmp_path / "five", n_endmembers=5, method="brightest")


@pytest.fixture(scope="module")
def one_report(tmp_path_factory, truth):
    spectra, abundances = truth
    image = write(tmp_path_factory.mktemp("one"), (abundances @ spectra).astype(np.float32))
    return unmix(image, image.parent / "out", n_endmembers=R, starts=3, device="cpu")


@pytest.mark.parametrize("search", products.SEARCHES)
@pytest.mark.parametrize("method", products.METHODS)
@pytest.mark.parametrize("normalise", ["l2", "max", "none"])
def test_every_piece_of_words_renders(one_report, monkeypatch, search, method, normalise):
    """No network is fitted: the page only reads numbers, and it fails on one that is missing."""
    for name in ("png", "map_png"):  # pictures are drawn in other tests
        monkeypatch.setattr(page_module.figures, name, lambda *_: b"")
    network = isinstance(products.METHODS[method], NetworkMethod)
    fit = Fit({}, 3, Window(0, 0, 9, 9), 70, 2, {"loss": 0.5}, {"linear": 0.25}, 1.0)
    report = replace(
        one_report,
        settings=replace(one_report.settings, search=search, method=method, normalise=normalise),
        search_facts=products.SEARCHES[search].facts(480, 0, 3),
        fit=fit if network else None,
    )
    maps = SimpleNamespace(preview=report.maps(), errors=np.full((ROWS, COLUMNS), 0.1))
    page = page_module.page(report, maps, np.ones((R, BANDS)))
    assert page.startswith("<!DOCTYPE html>")
    page = re.sub(r"</?code>", "", " ".join(page.split()))
    body = re.sub(r"<[^>]+>", "|", page[page.index("<body>") :])
    assert not re.search(r"[{}]|None|Undefined| [,.;]|[,.;][,.;]", body), body
    assert ("network" in page) == network
    assert "13.6 % of its pixels are masked" in page or not network
    assert "window of 9 × 9 pixels, rows 0 to 8 and columns 0 to 8" in page or not network
    read(page)


def test_starts_are_compared_on_part_of_the_sample(monkeypatch):
    rng = np.random.default_rng(0)
    pixels = rng.dirichlet(np.full(3, 0.3), 1000) @ rng.uniform(0.1, 1, (3, 8))
    pixels = pixels + 0.01 * rng.random(pixels.shape)
    compared, told = [], []

    class Counted(least_squares.PixelSolver):
        def __call__(self, some):
            compared.append(len(some))
            return super().__call__(some)

    monkeypatch.setattr(least_squares, "PixelSolver", Counted)
    monkeypatch.setattr(starts_module, "_COMPARED", 100)
    starts_module.choose_endmembers(
        pixels,
        3,
        products.SEARCHES["vca"],
        "l2",
        0,
        5,
        "cpu",
        lambda stage, part: told.append((stage, part)),
    )
    assert told.pop(0) == ("searching for endmembers", 0)
    assert set(compared) == {100} and len(compared) == len(told)
    assert {stage for stage, _ in told} == {"comparing starts"} and told[0][1] == 0
