"""Where files come from, in order, and that no wrong byte gets through."""

import hashlib
import threading
from contextlib import contextmanager

import h5py
import numpy as np
import pytest

from made import entry_of, files_under, mat5, place
from mixedpixels import paths, scenes
from mixedpixels.errors import BadInput, DataUnavailable, WrongHash
from mixedpixels.scenes import fetch
from mixedpixels.scenes.load import available
from mixedpixels.scenes.readers.matlab import list_mat, read_mat

DEAD = "http://127.0.0.1:9/{}"  # the discard port: nothing listens
NAME = "small/cube.mat"


def good(files):
    return lambda path: (200, len(files[NAME]), files[NAME])


def registered(registry, files, *addresses, **more):
    cube = np.empty((3, 4, 5))
    registry.add("small", files, addresses, **{**entry_of(cube), **more})


# --- the order: cache, mirror, addresses -----------------------------------------------------------


def test_cache_is_enough(small, empty_cache, offline):
    place(empty_cache, small)
    assert scenes.load("small").shape == (3, 4, 5)


def test_mirror_is_read_where_it_lies(small, empty_cache, offline, tmp_path, monkeypatch):
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place(tmp_path / "mirror", small)))
    (file,) = scenes.entry("small").files
    assert fetch.obtain(file) == tmp_path / "mirror" / NAME
    assert scenes.load("small").shape == (3, 4, 5)
    assert not empty_cache.exists()


def test_cache_comes_before_the_mirror(small, empty_cache, offline, tmp_path, monkeypatch):
    place(empty_cache, small)
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place(tmp_path / "mirror", {NAME: b"not it"})))
    assert scenes.load("small").shape == (3, 4, 5)


def test_address_is_asked_once_and_the_cache_kept(small, empty_cache, registry, serve):
    with serve(good(small)) as (address, asked):
        registered(registry, small, address + "/{}")
        assert not available("small")
        first = scenes.load("small")
        second = scenes.load("small")
    np.testing.assert_array_equal(first.cube, second.cube)
    assert asked == ["/" + NAME]
    assert available("small")
    assert files_under(empty_cache) == [NAME]
    assert (empty_cache / NAME).read_bytes() == small[NAME]


def test_mirror_comes_before_the_addresses(small, registry, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place(tmp_path / "mirror", small)))
    with serve(good(small)) as (address, asked):
        registered(registry, small, address + "/{}")
        scenes.load("small")
    assert asked == []


def test_dead_addresses_are_passed_over(small, empty_cache, registry, serve):
    def answer(path):
        status = 404 if path.startswith("/gone") else 200
        return (status, len(small[NAME]), small[NAME]) if status == 200 else (404, 4, b"gone")

    with serve(answer) as (address, asked):
        registered(registry, small, DEAD, address + "/gone/{}", address + "/{}")
        assert scenes.load("small").shape == (3, 4, 5)
    assert asked == ["/gone/" + NAME, "/" + NAME]
    assert files_under(empty_cache) == [NAME]


def test_hash_is_read_once_while_a_file_does_not_change(tmp_path, monkeypatch):
    path = place(tmp_path, {"a": b"one"}) / "a"
    first = fetch.sha256(path)
    monkeypatch.setattr(fetch.hashlib, "file_digest", None)  # it would be an error
    assert fetch.sha256(path) == first
    monkeypatch.undo()
    path.write_bytes(b"other")
    assert fetch.sha256(path) == hashlib.sha256(b"other").hexdigest() != first


# --- a file inside an installed package -----------------------------------------------------------


@pytest.fixture
def shipped(registry, empty_cache, offline, tmp_path, monkeypatch):
    """A scene whose file a package ships too; returns a function that installs the package."""
    files = {NAME: mat5(tmp_path, V=np.ones((3, 4, 5)))}
    registered(registry, files)
    entry = registry.folder / "small.toml"
    where = '"shipped" = { package = "cubes", version = "1.0", path = "cubes/cube.mat" }, "sha256"'
    entry.write_text(entry.read_text().replace('"sha256"', where))

    def install(version="1.0", content=files[NAME]):
        site = tmp_path / "site"
        about = f"Metadata-Version: 2.1\nName: cubes\nVersion: {version}\n".encode()
        place(site, {f"cubes-{version}.dist-info/METADATA": about})
        # were the package imported, this would raise
        place(site, {"cubes/__init__.py": b"1 / 0"})
        if content is not None:
            place(site, {"cubes/cube.mat": content})
        monkeypatch.syspath_prepend(site)
        return site

    return install


def test_an_installed_package_is_enough(shipped, empty_cache):
    site = shipped()
    (file,) = scenes.entry("small").files
    assert fetch.obtain(file) == site / "cubes" / "cube.mat"
    assert scenes.load("small").shape == (3, 4, 5) and available("small")
    assert not empty_cache.exists()


def test_a_package_that_is_not_installed(shipped):
    told = r"the Python package cubes: not installed \(pip install cubes==1.0\)"
    with pytest.raises(DataUnavailable, match=told):
        scenes.load("small")


def test_a_version_of_the_package_without_the_file(shipped):
    shipped(version="0.9", content=None)
    told = r"the Python package cubes 0.9: without cubes/cube.mat \(pip install cubes==1.0\)"
    with pytest.raises(DataUnavailable, match=told):
        scenes.load("small")


@pytest.mark.parametrize("twin", ["never", "auto"])
def test_a_version_of_the_package_with_another_file(twin, shipped):
    shipped(version="2.0", content=b"another file")
    told = r"expected .* bytes with sha256 .*Install the version that .*: pip install cubes==1.0"
    with pytest.raises(WrongHash, match=told):
        scenes.load("small", twin=twin)


def test_indian_pines_needs_no_network(empty_cache, offline):
    pytest.importorskip("tensorly", reason="the extra book installs it")
    scene = scenes.load("indian-pines")
    assert (scene.shape, scene.origin) == ((145, 145, 200), "complete")
    assert np.bincount(scene.labels.ravel())[1:].sum() == 10249


# --- wrong bytes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("twin", ["never", "auto"])
def test_wrong_hash_in_the_cache(twin, small, empty_cache, offline):
    place(empty_cache, {NAME: small[NAME] + b"!"})
    with pytest.raises(WrongHash, match=r"got .* bytes with .*Delete it") as told:
        scenes.load("small", twin=twin)
    assert str(empty_cache / NAME) in str(told.value)
    assert files_under(empty_cache) == [NAME]  # what a user put there is not deleted for them


@pytest.mark.parametrize("twin", ["never", "auto"])
def test_wrong_hash_in_the_mirror(twin, small, empty_cache, offline, tmp_path, monkeypatch):
    wrong = bytearray(small[NAME])
    wrong[-1] ^= 1  # one bit, the size as registered
    mirror = place(tmp_path / "mirror", {NAME: bytes(wrong)})
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(mirror))
    with pytest.raises(WrongHash, match="mirror"):
        scenes.load("small", twin=twin)
    assert files_under(mirror) == [NAME] and not empty_cache.exists()


@pytest.mark.parametrize("twin", ["never", "auto"])
def test_wrong_hash_from_an_address(twin, small, empty_cache, registry, serve):
    with serve(lambda path: (200, 11, b"<html>login")) as (address, _):
        registered(registry, small, DEAD, address + "/{}")
        with pytest.raises(WrongHash, match="no longer serves") as told:
            scenes.load("small", twin=twin)
    assert "no connection" in str(told.value)  # the dead one is listed beside it
    assert files_under(empty_cache) == []


def test_wrong_hash_at_one_address_does_not_stop_the_next(small, empty_cache, registry, serve):
    def answer(path):
        body = b"<html>login" if path.startswith("/wrong") else small[NAME]
        return 200, len(body), body

    with serve(answer) as (address, _):
        registered(registry, small, address + "/wrong/{}", address + "/{}")
        assert scenes.load("small").shape == (3, 4, 5)
    assert files_under(empty_cache) == [NAME]


def test_truncated_download_leaves_nothing(small, empty_cache, registry, serve):
    body = small[NAME]
    with serve(lambda path: (200, len(body), body[: len(body) // 2])) as (address, _):
        registered(registry, small, address + "/{}")
        with pytest.raises(DataUnavailable):
            scenes.load("small")
    assert files_under(empty_cache) == []


def test_silent_address_is_given_up(small, empty_cache, registry, serve, monkeypatch):
    monkeypatch.setattr(fetch, "_SECONDS", 0.1)
    done = threading.Event()

    def answer(path):
        done.wait(5)
        return 500, 0, b""

    with serve(answer) as (address, _):
        registered(registry, small, address + "/{}")
        with pytest.raises(DataUnavailable, match="no answer within"):
            scenes.load("small")
        done.set()
    assert files_under(empty_cache) == []


# --- no place has the file -----------------------------------------------------------------------


def test_every_place_tried_is_listed(small, empty_cache, registry, offline, tmp_path, monkeypatch):
    addresses = ["https://one.example/{}", "https://two.example/{}"]
    registered(registry, small, *addresses)
    with pytest.raises(DataUnavailable) as told:
        scenes.load("small")
    (file,) = scenes.entry("small").files
    for part in (str(empty_cache / NAME), "MIXEDPIXELS_MIRROR is not set", file.sha256):
        assert part in str(told.value)
    for address in addresses:
        assert f"{address.format(NAME)}: no connection" in str(told.value)

    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(tmp_path / "mirror"))
    (tmp_path / "mirror").mkdir()
    with pytest.raises(DataUnavailable) as told:
        scenes.load("small")
    assert f"{tmp_path / 'mirror' / NAME}): not there" in str(told.value)


@pytest.mark.parametrize("twin", ["never", "auto"])
def test_mirror_that_is_no_folder(twin, small, registry, offline, tmp_path, monkeypatch):
    registered(registry, small, "https://one.example/{}", **TWIN)
    (tmp_path / "file").touch()
    for place_ in (tmp_path / "file", tmp_path / "nowhere"):
        monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place_))
        with pytest.raises(
            BadInput, match=f"MIXEDPIXELS_MIRROR names {place_}, which is not a folder"
        ):
            scenes.load("small", twin=twin)


@pytest.mark.parametrize("twin", ["never", "auto"])
def test_cache_that_cannot_be_written_never_gives_a_twin(twin, small, empty_cache, registry, serve):
    empty_cache.write_text("a file where the folder should be")
    with serve(good(small)) as (address, _):
        registered(registry, small, address + "/{}", **TWIN)
        with pytest.raises(BadInput, match=r"cannot be written .* MIXEDPIXELS_CACHE"):
            scenes.load("small", twin=twin)


def test_full_disk_never_gives_a_twin(small, empty_cache, registry, serve, monkeypatch):
    @contextmanager
    def full(target):
        raise OSError(28, "No space left on device")
        yield

    monkeypatch.setattr(paths, "whole", full)
    with serve(good(small)) as (address, _):
        registered(registry, small, address + "/{}", **TWIN)
        with pytest.raises(BadInput, match=r"No space left .* MIXEDPIXELS_CACHE"):
            scenes.load("small", twin="auto")


TWIN = {
    "wavelengths": {"first": 400.0, "last": 800.0},
    "twin": {
        "seed": 0,
        "patch": 1,
        "sharpness": 4.0,
        "light": 0.1,
        "snr_db": 30,
        "materials": [
            {"name": "a", "continuum": [[400, 0.2], [800, 0.6]], "features": [[500, 20, 0.1]]},
            {"name": "b", "continuum": [[400, 0.5], [800, 0.3]], "features": []},
        ],
    },
}


def test_twin_only_when_asked_for(small, empty_cache, registry, offline, caplog):
    registered(registry, small, "https://one.example/{}", **TWIN)
    with pytest.raises(DataUnavailable):
        scenes.load("small", twin="never")
    assert not caplog.records
    with caplog.at_level("INFO", "mixedpixels"):
        assert scenes.load("small", twin="auto").origin == "twin"
    loud = [r.message for r in caplog.records if r.levelname == "WARNING"]
    assert len(loud) == 1 and "small" in loud[0] and "twin" in loud[0]
    assert "https://one.example/" in caplog.text  # why: what was tried
    with pytest.raises(BadInput, match="twin must be auto, never or always"):
        scenes.load("small", twin="yes")


def test_set_mirror_never_gives_a_twin(small, registry, offline, tmp_path, monkeypatch):
    registered(registry, small, "https://one.example/{}", **TWIN)
    monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(tmp_path))
    with pytest.raises(DataUnavailable):
        scenes.load("small", twin="auto")


@pytest.mark.parametrize("where", ["cache", "mirror", "address"])
def test_wrong_hash_never_gives_a_twin(
    where, small, empty_cache, registry, serve, tmp_path, monkeypatch
):
    with serve(lambda path: (200, 5, b"wrong")) as (address, _):
        registered(registry, small, address + "/{}", **TWIN)
        if where == "cache":
            place(empty_cache, {NAME: b"wrong"})
        if where == "mirror":
            monkeypatch.setenv("MIXEDPIXELS_MIRROR", str(place(tmp_path / "m", {NAME: b"wrong"})))
        with pytest.raises(WrongHash):
            scenes.load("small", twin="auto")


def test_twin_always_looks_nowhere(small, empty_cache, registry, serve):
    place(empty_cache, {NAME: b"wrong"})
    with serve(good(small)) as (address, asked):
        registered(registry, small, address + "/{}", **TWIN)
        assert scenes.load("small", twin="always").origin == "twin"
    assert asked == []


def test_real_data_come_before_the_twin(small, empty_cache, registry, serve):
    with serve(good(small)) as (address, _):
        registered(registry, small, address + "/{}", **TWIN)
        assert scenes.load("small", twin="auto").origin == "complete"


def test_no_twin_for_an_entry_without_one(small, registry, offline):
    with pytest.raises(BadInput, match=r"no \[twin\] table"):
        scenes.load("small", twin="always")


# --- right hash, wrong content: the registry is at fault, or the file on a user's disk --------------


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"W": np.ones((3, 4, 5))}, "no variable 'V'; it holds W"),
        ({"V": np.ones((3, 4, 6))}, r"expected 3 rows × 4 columns × 5 bands, got float64 of shape"),
        ({"V": "some text"}, "expected 3 rows"),
    ],
)
def test_content_that_is_not_as_registered(variables, message, registry, empty_cache):
    files = {NAME: mat5(empty_cache.parent, **variables)}
    registered(registry, files)
    place(empty_cache, files)
    with pytest.raises(BadInput, match=message):
        scenes.load("small")


VALUES = np.random.default_rng(0).random((4, 6))


def mat73(folder, **filters) -> bytes:
    path = folder / "draft.h5"
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_dataset("V", data=VALUES.T, **filters)
        file["other"] = np.arange(5)
    header = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    return header + path.read_bytes()[len(header) :]


MATS = {
    "5": lambda folder: mat5(folder, V=VALUES, other=np.arange(5)),
    "5 compressed": lambda folder: mat5(folder, True, V=VALUES, other=np.arange(5)),
    "7.3": mat73,
    "7.3 compressed": lambda folder: mat73(folder, compression="gzip", chunks=(2, 2)),
}


@pytest.mark.parametrize("kind", MATS)
def test_mat_file_cut_anywhere(kind, tmp_path):
    """A cut file is refused; only what lies wholly before the cut may still be read."""
    content = MATS[kind](tmp_path)
    path = tmp_path / "cut.mat"
    path.write_bytes(content)
    np.testing.assert_array_equal(read_mat(path, "V"), VALUES)
    assert list_mat(path)["V"] == (4, 6)
    refused = 0
    for length in range(0, len(content), 1 if kind.startswith("5") else 13):
        path.write_bytes(content[:length])
        try:
            np.testing.assert_array_equal(read_mat(path, "V"), VALUES)
        except BadInput as error:
            assert "cut.mat" in str(error)
            refused += 1
        try:
            list_mat(path)
        except BadInput:
            refused += 1
    assert refused > 200


def test_damaged_hdf5_is_refused(tmp_path):
    """Bytes flipped after the header: the error is ours, whichever layer finds it."""
    content = mat73(tmp_path, compression="gzip", chunks=(2, 2))
    path = tmp_path / "damaged.mat"
    rng = np.random.default_rng(0)
    refused = 0
    for _ in range(150):
        damaged = bytearray(content)
        for position in rng.integers(520, len(content), 4):
            damaged[position] = rng.integers(0, 256)
        path.write_bytes(bytes(damaged))
        try:
            read_mat(path, "V")
        except BadInput:
            refused += 1
    assert refused > 20


@pytest.mark.parametrize(
    "content", [b"", b"hello, this is no MATLAB file" * 20, b"\x89PNG\r\n\x1a\n"]
)
def test_foreign_file_is_refused(content, tmp_path):
    path = tmp_path / "foreign.mat"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"foreign\.mat"):
        read_mat(path, "V")
    with pytest.raises(BadInput, match="no such file"):
        read_mat(tmp_path / "none.mat", "V")
