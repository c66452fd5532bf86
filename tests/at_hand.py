"""Real scenes and the files they are read from; a test that needs them is skipped without."""

import pytest
import scipy.io

from mixedpixels import paths, scenes
from mixedpixels.scenes.load import available


def real(name: str, reference: int | None = None) -> scenes.Scene:
    """The real scene, from the mirror or the cache; nothing is fetched for it."""
    if not available(name):
        pytest.skip(f"needs the real {name}: set MIXEDPIXELS_MIRROR to a folder that holds it")
    return scenes.load(name, reference=reference)


def raw(file: str) -> dict:
    """What a MATLAB file of a scene holds."""
    root = paths.mirror() if paths.mirror() else paths.cache()
    return scipy.io.loadmat(root / file)
