"""A scene as an xarray.Dataset, for work with labelled axes; needs the optional package xarray."""

import json
from typing import TYPE_CHECKING

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.scene import Scene

if TYPE_CHECKING:
    import xarray

_PIXELS = ("y", "x")


def to_xarray(scene: Scene) -> "xarray.Dataset":
    """Return a scene as a dataset; see :meth:`mixedpixels.scenes.scene.Scene.to_xarray`."""
    try:
        import xarray
    except ModuleNotFoundError as error:
        if error.name != "xarray":
            raise
        raise BadInput(
            "to_xarray needs the package xarray, which is not installed; "
            "run: pip install 'mixedpixels[xarray]'"
        ) from error
    rows, columns, bands = scene.shape
    coordinates = {
        "y": ("y", np.arange(rows), {"long_name": "row, from 0 at the top"}),
        "x": ("x", np.arange(columns), {"long_name": "column, from 0 at the left"}),
        "band": ("band", np.arange(1, bands + 1), {"long_name": "band of the cube, from 1"}),
    }
    if scene.wavelengths is not None:
        about = {"units": "nm", "long_name": "band centre"}
        coordinates["wavelength"] = ("band", scene.wavelengths, about)
    if scene.endmember_names:
        coordinates["endmember"] = ("endmember", list(scene.endmember_names))
    if scene.class_names:
        coordinates["class"] = ("class", np.arange(1, len(scene.class_names) + 1))
        coordinates["class_name"] = ("class", list(scene.class_names))
    units = {"units": scene.units} if scene.units else {}
    variables = {"cube": ((*_PIXELS, "band"), scene.cube, units)}
    if scene.labels is not None:
        variables["labels"] = (_PIXELS, scene.labels, {"long_name": "class, 0 where unlabelled"})
    if scene.abundances is not None:
        variables["abundances"] = ((*_PIXELS, "endmember"), scene.abundances, {"units": "1"})
    if scene.endmembers is not None:
        about = {"long_name": "reference spectra, in their own scale"}
        variables["endmembers"] = (("endmember", "band"), scene.endmembers, about)
    return xarray.Dataset(variables, coordinates, _attributes(scene))


def _attributes(scene: Scene) -> dict[str, str | int | float]:
    """Return what is known about the scene, in types that a netCDF file can hold."""
    stated = ("name", "title", "source", "licence", "citation", "origin")
    known = {key: getattr(scene, key) for key in stated}
    numbers = {"scale": scene.scale, "saturation": scene.saturation}
    known |= {key: value for key, value in numbers.items() if value is not None}
    return known | {"spatial": int(scene.spatial), "hashes": json.dumps(scene.hashes)}
