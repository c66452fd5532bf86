"""The snippets of the documentation run as they are printed, one after the other."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from mixedpixels import metrics, paths, provenance

PAGE = paths.checkout() / "book" / "using-the-package.md"
SNIPPETS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


FILE = re.compile(r"# (\w+\.py)\n")  # the first line of a snippet that is a file of its own


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> dict:
    """Execute all snippets in one namespace and an empty folder, and return the namespace."""
    folder, made, written = tmp_path_factory.mktemp("snippets"), {}, []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(folder)
        patch.setenv("MIXEDPIXELS_CACHE", str(folder / "cache"))
        for number, snippet in enumerate(SNIPPETS, start=1):
            if named := FILE.match(snippet):
                Path(named[1]).write_text(snippet, encoding="utf-8")
                written.append(Path(named[1]).stem)
            else:
                exec(compile(snippet, f"{PAGE.name}, snippet {number}", "exec"), made)
        made["files"] = sorted(path.name for path in Path().iterdir() if path.is_file())
        yield made
    for module in written:
        sys.modules.pop(module, None)


def test_the_readme_example_runs(empty_cache, capsys):
    text = (paths.checkout() / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    assert len(example.strip().splitlines()) <= 6
    made = {}
    exec(compile(example, "README.md", "exec"), made)
    assert made["image"].origin == "twin"
    assert set(made["metrics"].CONVENTIONS) == set(re.findall(r"'(\w+)'", capsys.readouterr().out))


def test_each_section_has_its_snippet():
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    assert len(sections) == 5
    assert all("```python\n" in section for section in sections)


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
    assert names["files"] == ["projection.py", "symae.safetensors"]
    np.testing.assert_array_equal(again.transform(pixels), names["code"])


def last_snippet(names) -> dict:
    """Execute the last snippet again, in the same names, and return what it took from the cache."""
    again = dict(names)
    exec(compile(SNIPPETS[-1], PAGE.name, "exec"), again)
    return again["result"]


def test_the_new_unmixer_unmixes_and_takes_every_form_of_image(names):
    image, kind, result = names["image"], names["SuccessiveProjection"], names["result"]
    for form in (image, image.cube, image.pixels):
        np.testing.assert_array_equal(kind(3).fit_transform(form), result["abundances"])
    assert all(any((image.pixels == spectrum).all(1)) for spectrum in result["endmembers"])
    np.testing.assert_allclose(result["abundances"].sum(1), 1, atol=1e-6)


def computed_again(self, X, y=None):
    raise ComputedAgain


class ComputedAgain(Exception):
    """A fit began that the cache could have spared."""


def test_the_second_call_comes_from_the_cache(names, monkeypatch):
    monkeypatch.setattr(names["SuccessiveProjection"], "fit", computed_again)
    for name, array in last_snippet(names).items():
        np.testing.assert_array_equal(array, names["result"][name])


def test_the_cache_notices_that_the_file_of_the_class_has_changed(names, monkeypatch):
    before = provenance.code_of_class(names["SuccessiveProjection"])
    assert "unmixing.least_squares.FCLS" in before  # what it runs through counts too
    file = Path(sys.modules["projection"].__file__)
    text = file.read_text(encoding="utf-8")
    try:
        file.write_text(text.replace("argmax", "argmin"), encoding="utf-8")
        monkeypatch.setattr(names["SuccessiveProjection"], "fit", computed_again)
        with pytest.raises(ComputedAgain):
            last_snippet(names)
    finally:
        file.write_text(text, encoding="utf-8")
