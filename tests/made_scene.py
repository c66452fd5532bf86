"""A small made-up scene under a real one's name."""

import numpy as np

from mixedpixels.scenes import Scene


def samson() -> Scene:
    """12 × 11 pixels of three spectra of 9 bands, mixed linearly, with Samson's names."""
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.5, 0.5, 0.5], (12, 11))
    spectra = rng.random((3, 9))
    return Scene(
        name="samson",
        title="A made-up scene",
        cube=(shares @ spectra).astype(np.float32),
        wavelengths=None,
        abundances=shares,
        endmembers=spectra,
        endmember_names=("rock", "tree", "water"),
        origin="twin",
        source="made up",
        licence="none needed",
        citation="",
        units="reflectance",
        hashes={"made up": "ab" * 32},
    )
