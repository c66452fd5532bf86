"""What several test files need: an empty cache, no network, the scenes, a registry of one's own."""

import socket
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from at_hand import real
from made import Registry, entry_of, mat5, serving
from mixedpixels import paths, scenes

settings.register_profile("mixedpixels", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("mixedpixels")


@pytest.fixture
def empty_cache(tmp_path, monkeypatch) -> Path:
    """An empty cache and no mirror."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("MIXEDPIXELS_CACHE", str(folder))
    monkeypatch.delenv("MIXEDPIXELS_MIRROR", raising=False)
    return folder


@pytest.fixture
def offline(monkeypatch):
    """No network: every connection and every look-up of a name fails at once."""

    def refuse(*args, **kwargs):
        raise OSError("the network is off in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="session")
def samson() -> scenes.Scene:
    return real("samson")


@pytest.fixture(scope="session")
def jasper() -> scenes.Scene:
    return real("jasper-ridge")


@pytest.fixture(scope="session")
def samson_twin() -> scenes.Scene:
    return scenes.load("samson", twin="always")


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figures of unmix undrawn, which takes most of the time of a small image.

    ``test_unmix_product.py`` looks at them.
    """
    monkeypatch.setattr("mixedpixels.products.figures.png", lambda figure: b"a figure")


@pytest.fixture
def registry(tmp_path, monkeypatch) -> Registry:
    """An empty registry in place of the project's."""
    made = Registry(tmp_path / "registry")
    monkeypatch.setattr(paths, "registry", lambda: made.folder)
    return made


@pytest.fixture
def small(registry, empty_cache) -> dict[str, bytes]:
    """A scene ``small`` of one file ``small/cube.mat``, registered; returns its files."""
    cube = np.random.default_rng(0).random((3, 4, 5))
    files = {"small/cube.mat": mat5(empty_cache.parent, V=cube)}
    registry.add("small", files, **entry_of(cube))
    return files


@pytest.fixture
def serve(monkeypatch):
    """The function ``serving``, and no proxy between us and this machine."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return serving
