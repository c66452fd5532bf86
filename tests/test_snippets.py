"""The snippets of the documentation run as they are printed, one after the other."""

import re
from pathlib import Path

import numpy as np
import pytest

from mixedpixels import metrics, paths

PAGE = paths.checkout() / "book" / "using-the-package.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> dict:
    """Execute all snippets in one namespace and an empty folder, and return the namespace."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("snippets"))
        for number, snippet in enumerate(SNIPPETS, start=1):
            exec(compile(snippet, f"{PAGE.name}, snippet {number}", "exec"), made)
        made["files"] = [path.name for path in Path().iterdir()]
    return made


def test_each_section_has_its_snippet():
    assert len(SNIPPETS) == len(re.findall(r"^## ", PAGE.read_text(encoding="utf-8"), re.M)) >= 4


def test_every_method_unmixes_the_scene(names):
    image, found = names["image"], names["abundances"]
    assert image.origin == "twin" and len(found) == 8
    for table in found.values():
        assert table.shape == (len(image.pixels), 3)
        assert np.isfinite(table).all() and (table >= 0).all()
    assert names["maps"].shape == image.abundances.shape
    assert names["spectra"].shape == image.endmembers.shape


def test_the_classical_methods_beat_a_guess(names):
    truth = names["image"].pixel_abundances
    guess = metrics.abundance_rmse(np.full_like(truth, 1 / 3), truth, "per_pixel")
    given = names["abundances"]["NNLS with given spectra"]
    assert metrics.abundance_rmse(given, truth, "per_pixel") < 0.2 * guess


def test_symae_is_trained_saved_and_loaded(names):
    pixels, model, again = names["pixels"], names["model"], names["again"]
    assert sorted(model.classes_) == sorted(names["image"].endmember_names)
    assert names["virtual"].shape == pixels.shape and len(names["code"]) == len(pixels)
    assert names["files"] == ["symae.safetensors"]
    np.testing.assert_array_equal(again.transform(pixels), names["code"])
