"""Mixed Pixels: hyperspectral autoencoder papers, rebuilt. Two of five papers are there so far.

``import mixedpixels`` is enough: each subpackage is imported when it is first used, as in
``mixedpixels.scenes.load("samson", twin="always")``. The subpackages, which the project calls rooms:

- ``scenes``: images, spectral libraries, where they come from, and simulated ones
- ``metrics``: spectral angle, the three abundance RMSEs, matching, classification scores
- ``unmixing``: classical unmixers, namely VCA, EDAA, NNLS, FCLS and SMACC
- ``classification``: classifiers and clustering of pixels
- ``models``: the networks of the papers, one file per paper
- ``training``: the training of these networks
- ``estimators``: the networks with the interface of scikit-learn
- ``fits``: the cache of fitted networks
- ``ledger``: what the papers print, what was measured here, and the verdict between the two
- ``plotting``: figures with alternative text and colour-blind-safe maps
- ``pipeline``: executing the notebooks and building the book
- ``chapters``: what only one paper needs
- ``products``: unmixing an image of one's own, with maps, spectra and a report
- ``provenance``: what made a record: code, versions, commit
- ``device``: choosing where the computation runs
- ``errors``: the errors that a user can act on
"""

import importlib
import importlib.util

__version__ = "0.1.0"

_ROOMS = (
    *("scenes", "metrics", "unmixing", "classification", "models", "training", "estimators"),
    *("fits", "ledger", "plotting", "pipeline", "chapters", "products", "provenance"),
    *("device", "errors"),
)


def __getattr__(name: str):
    """Import a room when it is first used, so that ``import mixedpixels`` stays quick."""
    if name in _ROOMS:
        module = f"{__name__}.{name}"
        try:
            return importlib.import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:  # the room is there, but something that it imports is not
                raise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    there = (room for room in _ROOMS if importlib.util.find_spec(f"{__name__}.{room}"))
    return sorted({*globals(), *there})
