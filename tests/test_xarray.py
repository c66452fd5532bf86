"""A scene as a dataset: values, names and units come through, also through a netCDF file."""

import dataclasses
import json
import sys

import numpy as np
import pytest
import xarray

from mixedpixels.errors import BadInput
from mixedpixels.scenes import Scene


def full() -> Scene:
    rng = np.random.default_rng(0)
    return Scene(
        "mine",
        rng.random((3, 4, 5)),
        wavelengths=[400, 500, 600, 700, 800.5],
        labels=rng.integers(0, 3, (3, 4)),
        class_names=("CP hammock", "broccoli, green"),
        abundances=rng.dirichlet([1, 1], (3, 4)),
        endmembers=rng.random((2, 5)),
        endmember_names=("tree", "road"),
        title="Mine",
        units="reflectance",
        source="flown by me",
        licence="mine",
        citation="me2026",
        origin="fragment",
        scale=0.9,
        hashes={"mine/cube.mat": "ab" * 32},
    )


def back(found: xarray.Dataset) -> Scene:
    """A scene from a dataset, by nothing but what the documentation promises."""

    def of(name):
        return found[name].values if name in found else None

    return Scene(
        found.name,
        found.cube.transpose("y", "x", "band").values,
        wavelengths=of("wavelength"),
        labels=of("labels"),
        class_names=tuple(found.class_name.values.tolist()) if "class_name" in found else (),
        abundances=of("abundances"),
        endmembers=of("endmembers"),
        endmember_names=tuple(found.endmember.values.tolist()) if "endmember" in found else (),
        units=found.cube.attrs.get("units", ""),
        spatial=bool(found.spatial),
        scale=found.attrs.get("scale"),
        saturation=found.attrs.get("saturation"),
        hashes=json.loads(found.hashes),
        **{k: found.attrs[k] for k in ("title", "source", "licence", "citation", "origin")},
    )


def same(one: Scene, other: Scene) -> None:
    for field in dataclasses.fields(Scene):
        first, second = getattr(one, field.name), getattr(other, field.name)
        if isinstance(first, np.ndarray):
            assert first.dtype == second.dtype, field.name
            np.testing.assert_array_equal(first, second, err_msg=field.name)
        else:
            assert first == second, field.name


@pytest.mark.parametrize(
    "scene",
    [full(), Scene("bare", np.ones((2, 3, 4))), Scene("set", np.ones((6, 1, 4)), spatial=False)],
    ids=["full", "bare", "set"],
)
def test_a_scene_comes_back_from_its_dataset(scene, tmp_path):
    found = scene.to_xarray()
    assert found.cube.dims == ("y", "x", "band")
    same(back(found), scene)
    found.to_netcdf(tmp_path / "scene.nc", engine="scipy")
    with xarray.open_dataset(tmp_path / "scene.nc", engine="scipy") as stored:
        same(back(stored.load()), scene)


def test_pixels_bands_and_materials_are_chosen_by_name():
    scene = full()
    found = scene.to_xarray()
    assert dict(found.sizes) == {"y": 3, "x": 4, "band": 5, "endmember": 2, "class": 2}
    red = found.cube.swap_dims(band="wavelength").sel(wavelength=690, method="nearest")
    np.testing.assert_array_equal(red, scene.cube[..., 3])
    np.testing.assert_array_equal(found.abundances.sel(endmember="road"), scene.abundances[..., 1])
    np.testing.assert_array_equal(found.endmembers.sel(endmember="tree"), scene.endmembers[0])
    np.testing.assert_array_equal(found.cube.sel(y=2, x=1), scene.cube[2, 1])
    assert found.wavelength.attrs["units"] == "nm" and found.cube.attrs["units"] == "reflectance"


def test_arrays_are_shared_and_read_only():
    scene = full()
    found = scene.to_xarray()
    assert np.shares_memory(found.cube.values, scene.cube)
    with pytest.raises(ValueError, match="read-only"):
        found.cube[0, 0, 0] = 1
    found.copy(deep=True).cube[0, 0, 0] = 1


def test_without_xarray_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(BadInput, match=r"pip install 'mixedpixels\[xarray\]'"):
        full().to_xarray()
