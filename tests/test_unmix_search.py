"""Finding endmembers for a file of one's own: archetypal analysis, VCA, and the choice among runs."""

import inspect
import json
import re

import numpy as np
import pytest
import scipy.io

from mixedpixels import products
from mixedpixels.errors import BadInput
from mixedpixels.metrics import match_endmembers, spectral_angle, unmixing_scores
from mixedpixels.products.searches import SEARCHES, Start
from mixedpixels.products.searches import edaa as edaa_module
from mixedpixels.products.searches.edaa import edaa_part, edaa_plan
from mixedpixels.products.starts import choose_endmembers
from mixedpixels.scenes import load
from mixedpixels.scenes.load import available
from mixedpixels.unmixing import EDAA, edaa, normalise

pytestmark = pytest.mark.usefixtures("undrawn")
R, BANDS = 3, 12
SIZES = {"l2": lambda x: np.linalg.norm(x, axis=-1), "max": lambda x: np.abs(x).max(axis=-1)}


def mixture(purest=1.0, side=16, seed=0):
    """An image under an uneven light, its spectra and abundances; no share exceeds ``purest``."""
    rng = np.random.default_rng(seed)
    at = np.linspace(0, 1, BANDS)
    spectra = np.stack([0.3 + np.exp(-(((at - c) / 0.2) ** 2)) for c in (0.1, 0.5, 0.9)])
    spectra /= np.linalg.norm(spectra, axis=1, keepdims=True)
    shares = np.concatenate([rng.dirichlet(np.full(R, 0.4), 40 * side**2), np.eye(R)])
    shares = shares[shares.max(axis=1) <= purest][-(side**2) :].reshape(side, side, R)
    light = rng.uniform(0.5, 1, (side, side, 1))
    return (100 * light * (shares @ spectra)).astype(np.float32), spectra, shares


def unmix(folder, cube, out="out", **options):
    scipy.io.savemat(folder / "mine.mat", {"Y": cube})
    options = {"n_endmembers": R, "device": "cpu", "starts": 3, "search": "edaa"} | options
    return products.unmix(folder / "mine.mat", folder / out, **options)


def written(report):
    return np.loadtxt(report.endmembers, delimiter=",", skiprows=1)[:, 1:].T


def said(report):
    """The page in one line, without its pictures, whose base64 may spell any three letters."""
    return " ".join(re.sub(r"base64,[^\"]+", "", report.page.read_text()).split())


def choose(pixels, search="edaa", how="l2", seed=0, starts=3, count=R, progress=None):
    progress = progress or (lambda words, share: None)
    return choose_endmembers(pixels, count, SEARCHES[search], how, seed, starts, "cpu", progress)


# --- what is found ---------------------------------------------------------------------------------


def test_edaa_finds_known_spectra(tmp_path):
    cube, spectra, shares = mixture()
    report = unmix(tmp_path, cube)
    found = written(report)
    order = match_endmembers(found, spectra, "angle")
    # not exact: l2 stretches mixed pixels, and averages lie within; the spectra are 0.5 apart or more
    assert spectral_angle(found[order], spectra).max() < 0.1
    assert np.sqrt(((report.maps()[..., order] - shares) ** 2).mean()) < 0.06
    record = json.loads(report.record.read_text())
    assert record["parameters"]["search"] == "edaa" and record["parameters"]["starts"] == 3


def test_without_pure_pixels_archetypes_stay_among_the_pixels(tmp_path):
    cube, spectra, shares = mixture(purest=0.8)
    report = unmix(tmp_path, cube, normalise="none", starts=3)
    found, pixels = written(report), cube.reshape(-1, BANDS)
    assert (found <= pixels.max(axis=0) * (1 + 1e-5)).all()
    assert (found >= pixels.min(axis=0) * (1 - 1e-5)).all()
    # averages of mixtures without light's part: no archetype is purer than the purest pixel
    weights = np.linalg.lstsq(spectra.T, found.T, rcond=None)[0]
    assert (weights / weights.sum(axis=0)).max() < 0.8 + 1e-4
    order = match_endmembers(report.maps(), shares, "abundance")
    assert np.sqrt(((report.maps()[..., order] - shares) ** 2).mean()) < 0.25


def test_neither_search_is_better_everywhere(tmp_path):
    """On a fragment of Urban, where two of four materials are pure nowhere, VCA is far better."""
    if not available("urban-crop-s"):
        pytest.skip("needs the real urban-crop-s")
    urban = load("urban-crop-s")
    cube, reference = urban.cube[::2, ::2], urban.abundances[::2, ::2].reshape(-1, 4)
    rmse = {}
    for search in SEARCHES:
        report = unmix(tmp_path, cube, search, search=search, n_endmembers=4)
        shares = report.maps().reshape(-1, 4)
        scores = unmixing_scores(cube.reshape(-1, cube.shape[2]), shares, reference)
        rmse[search] = scores.rmse["per_pixel"]
    assert rmse["vca"] < 0.25 < rmse["edaa"]


def test_searches_are_compared_with_known_abundances(tmp_path):
    cube, _, shares = mixture(side=12)
    cube[0, :3] = 0  # masked pixels count in no score
    scipy.io.savemat(tmp_path / "mine.mat", {"Y": cube})
    table = products.compare_searches(tmp_path / "mine.mat", cube, shares, starts=3, device="cpu")
    assert list(table.index) == list(SEARCHES)
    alone = unmix(tmp_path, cube, search="vca")
    found = alone.maps().reshape(-1, R)[3:]
    wanted = shares.reshape(-1, R)[3:]
    error = found[:, match_endmembers(found, wanted, "abundance")] - wanted
    assert table.loc["vca", "RMSE, pooled"] == pytest.approx(np.sqrt((error**2).mean()), rel=1e-5)
    np.testing.assert_allclose(
        table["RMSE, per pixel"], np.sqrt(R) * table["RMSE, pooled"], rtol=1e-6
    )
    assert table.loc["vca", "median residual"] == alone.error_median
    assert table.loc["vca", "spread"] == alone.spread


def test_the_quick_search_is_the_default():
    assert inspect.signature(products.unmix).parameters["search"].default == "vca"


def test_archetypes_are_nearer_to_samsons_reference_than_the_outermost_pixels(tmp_path, samson):
    cube = samson.cube[::3, ::3]  # every ninth pixel shows it too
    pixels, reference = cube.reshape(-1, 156), samson.abundances[::3, ::3].reshape(-1, 3)
    rmse = {}
    for search in SEARCHES:
        report = unmix(tmp_path, cube, search, search=search)
        shares = report.maps().reshape(-1, 3)
        rmse[search] = unmixing_scores(pixels, shares, reference).rmse["per_pixel"]
    assert rmse["edaa"] < 0.09 < rmse["vca"]


@pytest.mark.parametrize("how", ["l2", "max", "none"])
def test_archetypes_are_as_high_as_the_pixel_most_similar_them(tmp_path, how):
    cube, _, _ = mixture()
    report = unmix(tmp_path, cube, normalise=how, starts=1)
    found, pixels = written(report), cube.reshape(-1, BANDS)
    raw = EDAA(R, restarts=1, random_state=0, device="cpu").fit(normalise(pixels, how)).endmembers_
    places = json.loads(report.record.read_text())["endmembers"]
    for spectrum, place in zip(found, places, strict=True):
        angles = spectral_angle(pixels, np.broadcast_to(spectrum, pixels.shape))
        alike = cube[place["most_similar_row"], place["most_similar_column"]]
        assert spectral_angle(alike, spectrum) == pytest.approx(angles.min(), abs=1e-6)
        if how != "none":
            assert SIZES[how](spectrum) == pytest.approx(SIZES[how](alike), rel=1e-5)
    order = match_endmembers(found, raw, "angle")
    shown = found[order] if how == "none" else normalise(found[order], how)
    np.testing.assert_allclose(shown, normalise(raw, how), rtol=1e-4, atol=1e-6)


def test_vca_gives_the_pixels_themselves(tmp_path):
    cube, _, _ = mixture()
    report = unmix(tmp_path, cube, search="vca")
    places = json.loads(report.record.read_text())["endmembers"]
    pixels = [cube[place["row"], place["column"]] for place in places]
    np.testing.assert_array_equal(np.float32(written(report)), pixels)


# --- which run is kept -----------------------------------------------------------------------------


def test_starts_are_shared_among_three_searches():
    assert edaa_plan(7, 30) == (range(7, 10), 10)
    assert edaa_plan(7, 3) == (range(7, 10), 1)
    assert edaa_plan(7, 2) == edaa_plan(7, 1) == (range(7, 8), 1)


def test_each_search_sees_at_most_5000_pixels_evenly_spaced():
    for total, step in ((3, 1), (5000, 1), (5001, 2), (10_000, 2), (100_000, 20)):
        np.testing.assert_array_equal(
            edaa_part(np.arange(total)[:, None])[:, 0], range(0, total, step)
        )


def test_the_searches_are_edaas_own(monkeypatch):
    asked, told = [], []

    class Noted(EDAA):
        def fit(self, pixels, y=None):
            asked.append((self.random_state, self.restarts, pixels))
            return super().fit(pixels)

    monkeypatch.setattr(edaa_module, "EDAA", Noted)
    monkeypatch.setattr(edaa_module, "_SEEN", 100)
    pixels = mixture()[0].reshape(-1, BANDS)
    found = choose(pixels, seed=4, starts=7, progress=lambda *a: told.append(a))
    assert [(seed, restarts) for seed, restarts, _ in asked] == [(4, 2), (5, 2), (6, 2)]
    for _, _, seen in asked:
        np.testing.assert_array_equal(seen, normalise(pixels[::3], "l2"))
    shares = [share for words, share in told if words == "searching for endmembers"]
    assert shares == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert ("comparing starts", 0.0) in told
    assert found.errors.shape == (3,) and found.means.shape == found.angles.shape == (3, R)
    assert found.distinct == 3 and found.failed == 0
    np.testing.assert_allclose(found.angles[found.chosen], 0, atol=1e-6)
    assert (np.diff(found.means[found.chosen]) <= 0).all()


def test_the_least_alike_of_the_searches_near_the_best_is_kept():
    def start(residual, likeness):
        return Start(np.arange(2), np.eye(2), residual, likeness)

    choose = SEARCHES["edaa"].choose
    errors = np.array([0.1, 0.2, 0.3])  # they say nothing
    assert choose([start(1.0, 0.9), start(1.04, 0.5), start(1.06, 0.1)], errors) == 1
    assert choose([start(1.0, 0.9), start(1.06, 0.5), start(1.06, 0.1)], errors) == 0
    assert choose([start(1.03, 0.3), start(1.0, 0.3), start(1.01, 0.4)], errors) == 0
    assert edaa_module._TOLERANCE == edaa._TOLERANCE


def test_the_smallest_error_decides_among_starts_of_vca():
    starts = [Start(np.array(at), np.eye(2)) for at in ((4, 5), (2, 3), (0, 1))]
    assert SEARCHES["vca"].choose(starts, np.array([0.2, 0.1, 0.3])) == 1
    assert SEARCHES["vca"].choose(starts, np.array([0.1, 0.1, 0.3])) == 1


def test_a_search_that_found_dependent_endmembers_is_left_out(tmp_path, monkeypatch):
    class Twins(EDAA):
        def fit(self, pixels, y=None):
            super().fit(pixels)
            if self.random_state == 1:
                self.endmembers_[1] = self.endmembers_[0]
                self.residuals_[:] = 0  # it would be kept
            return self

    monkeypatch.setattr(edaa_module, "EDAA", Twins)
    cube, _, _ = mixture()
    report = unmix(tmp_path, cube, starts=3)
    record = json.loads(report.record.read_text())["starts"]
    assert record["failed"] == 1 and record["distinct"] == len(record["relative_errors"]) == 2
    words = "1 more gave linearly dependent endmembers and was left out"
    assert words in said(report)


# --- what is said ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["l2", "max", "none"])
def test_a_page_about_archetypes_says_what_they_are(tmp_path, how):
    cube, _, _ = mixture()
    page = said(unmix(tmp_path, cube, normalise=how, starts=3))
    height = {
        "l2": "scaled to the length of the pixel that is most similar to it",
        "max": "scaled to the largest value of the pixel that is most similar to it",
        "none": "not scaled, because the pixels were not normalised",
    }[how]
    for words in (
        height,
        '<th scope="col">row, column of the most similar pixel</th>',
        "3 independent searches (seeds 0 to 2), each from 1 random start. Of the",
        "256 pixels, of which EDAA saw 256",
        "IEEE Trans. Image Process. 32, 2023",
        "3 independent searches gave relative RMS errors of FCLS",
        "Over the searches: mean abundance",
    ):
        assert words in page, words
    assert "VCA" not in page and "vertex" not in page
    assert "that of one pixel" not in page and "before normalisation" not in page


def test_one_search_says_nothing_of_chance(tmp_path):
    report = unmix(tmp_path, mixture()[0], starts=2)
    page = said(report)
    assert "One search was used, so nothing can be said about how much chance matters" in page
    assert "one search (seed 0) from one random start" in page and report.spread == 0


def test_a_page_about_vca_does_not_speak_of_archetypes(tmp_path):
    page = said(unmix(tmp_path, mixture()[0], search="vca"))
    assert (
        "chosen by vertex component analysis (VCA;" in page
        and "Each spectrum is that of one pixel of the image" in page
    )
    assert "EDAA" not in page and "archetyp" not in page and "most similar" not in page


# --- seeds, small images, refusals -----------------------------------------------------------------


@pytest.mark.parametrize("search", SEARCHES)
def test_a_seed_means_one_answer(tmp_path, search):
    cube, _, _ = mixture(purest=0.9)
    cube += np.random.default_rng(0).normal(0, 1, cube.shape).astype(np.float32)
    first, again, other = (
        unmix(tmp_path, cube, name, search=search, starts=3, seed=seed)
        for name, seed in (("a", 3), ("b", 3), ("c", 40))
    )
    assert first.abundances.read_bytes() == again.abundances.read_bytes()
    assert first.endmembers.read_bytes() == again.endmembers.read_bytes()
    assert first.endmembers.read_bytes() != other.endmembers.read_bytes()


@pytest.mark.parametrize("shape, count", [((3, 3), 3), ((1, 2), 2), ((2, 2), 4)])
def test_tiny_images(tmp_path, shape, count):
    cube = np.random.default_rng(0).uniform(0.1, 1, (*shape, BANDS)).astype(np.float32)
    found = unmix(tmp_path, cube, n_endmembers=count, starts=3).maps()
    assert found.shape == (*shape, count)
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)


def test_what_edaa_cannot_do_is_refused_in_one_sentence(tmp_path):
    def refused(words, cube, **options):
        with pytest.raises(BadInput, match=words):
            unmix(tmp_path, cube, **options)
        assert [p.name for p in tmp_path.iterdir()] == ["mine.mat"]

    cube, _, _ = mixture()
    refused("search must be one of edaa, vca, got 'edda'", cube, search="edda")
    # one material under many lights is one point after l2
    shades = np.linspace(0.1, 1, 16).reshape(4, 4, 1) * np.linspace(1, 2, 9)
    refused("no 3 independent endmembers were found; ask for fewer", shades)
    few = np.zeros((4, 4, 9), np.float32)
    few[0, :2] = [np.arange(9), np.ones(9)]
    refused("2 valid pixels cannot hold 3 endmembers", few)
