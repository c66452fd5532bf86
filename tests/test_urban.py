"""Urban and its two crops: where they lie, which way up, at which wavelengths."""

import hashlib
import tomllib

import numpy as np
import pytest

from at_hand import raw, real
from made import mat5, place, toml
from mixedpixels import ledger, paths, scenes
from mixedpixels.errors import BadInput, DataUnavailable, WrongHash
from mixedpixels.metrics import abundance_rmse
from mixedpixels.pipeline import keys
from mixedpixels.scenes import fetch
from mixedpixels.scenes.load import available
from mixedpixels.scenes.registry import parts_of
from mixedpixels.unmixing import FCLS, NNLS

CROPS = {"urban-crop-ne": (1, 187), "urban-crop-s": (223, 149)}  # row and column of the reference
# least squares with a reference's own spectra against its abundances, pooled error: how circular it is
CIRCULAR = {
    ("urban-crop-ne", 4): 0.0392,
    ("urban-crop-ne", 5): 0.0029,
    ("urban-crop-ne", 6): 0.0025,
    ("urban-crop-s", 4): 0.0287,
    ("urban-crop-s", 5): 0.0057,
    ("urban-crop-s", 6): 0.0052,
}
NAMES = {
    4: ("asphalt road", "grass", "tree", "roof"),
    5: ("asphalt road", "grass", "tree", "roof", "dirt"),
    6: ("asphalt road", "grass", "tree", "roof", "metal", "dirt"),
}
URBAN = tomllib.loads((paths.registry() / "urban.toml").read_text(encoding="utf-8"))


# --- Urban: references and windows ---------------------------------------------------------------


@pytest.mark.parametrize(("name", "reference"), CIRCULAR)
def test_the_window_lies_where_the_registry_says(name, reference):
    """Least squares knows nothing of places: it fits the maps at this window and at none beside it."""
    scene = real(name, reference)
    assert scene.endmember_names == NAMES[reference] and scene.origin == "fragment"
    np.testing.assert_allclose(scene.abundances.sum(axis=2), 1, atol=1e-5)
    model = NNLS(scene.endmembers, renormalise=True, device="cpu")
    shares = scene.grid(model.fit_transform(scene.pixels))

    whole = raw(f"urban/end{reference}_groundTruth.mat")["A"]
    rows, columns, _ = scene.shape
    errors = {}
    for row in (-1, 0, 1):
        for column in (-1, 0, 1):
            top, left = CROPS[name][0] + row, CROPS[name][1] + column
            pixels = np.arange(left, left + columns) * 307  # MATLAB counts down the columns
            window = whole[:, (pixels + np.arange(top, top + rows)[:, None]).ravel()].T
            errors[row, column] = float(
                abundance_rmse(shares.reshape(len(window), -1), window, "pooled")
            )
            if (row, column) == (0, 0):
                np.testing.assert_allclose(scene.pixel_abundances, window, atol=1e-6)
    assert round(errors.pop((0, 0)), 4) == CIRCULAR[name, reference]
    assert min(errors.values()) > 0.095


@pytest.mark.parametrize("name", CROPS)
def test_maps_lie_over_the_crop(name):
    """Maps turned about would correlate no better than two unrelated images."""
    scene = real(name)
    assert scene.shape == ((80, 100, 162) if name == "urban-crop-ne" else (34, 78, 162))
    model = NNLS(scene.endmembers, renormalise=True, device="cpu")
    shares = scene.grid(model.fit_transform(scene.pixels))
    for k, material in enumerate(scene.endmember_names):
        share, reference = shares[..., k], scene.abundances[..., k]
        right = np.corrcoef(share.ravel(), reference.ravel())[0, 1]
        assert right > 0.93, material
        for turned in (share[::-1], share[:, ::-1], share[::-1, ::-1]):
            assert np.corrcoef(turned.ravel(), reference.ravel())[0, 1] < 0.7, material


def test_without_a_reference_named_the_first_is_taken():
    for name in (*CROPS, "urban"):
        assert scenes.entry(name).references == (4, 5, 6)
        assert scenes.load(name, twin="always").endmember_names == NAMES[4]
    assert not scenes.entry("samson").references
    scene = real("urban-crop-s")
    assert scene.endmember_names == NAMES[4]
    assert list(scene.hashes) == [
        "urban/subimage_Urban_R162.mat",
        "urban/end4_groundTruth.mat",  # nothing of the other references
    ]


@pytest.mark.parametrize("name", CROPS)
def test_crops_against_their_files(name):
    scene = real(name, 6)
    if name == "urban-crop-ne":
        image = raw("urban/hydice_crop_80x100x162.mat")["data"] / 1000
    else:
        image = raw("urban/subimage_Urban_R162.mat")["im"]
    np.testing.assert_allclose(scene.cube, image, rtol=1e-6)
    thousandths = scene.cube.astype(float) * 1000
    np.testing.assert_allclose(thousandths, thousandths.round(), atol=1e-3)
    truth = raw("urban/end6_groundTruth.mat")
    np.testing.assert_allclose(scene.endmembers, truth["M"].T, rtol=1e-6)
    # the reference was made at this scale: its spectra are whole thousandths as well
    np.testing.assert_allclose(truth["M"] * 1000, (truth["M"] * 1000).round(), atol=1e-3)
    told = [str(name.item()).lower() for name in truth["cood"].ravel()]
    assert told == [f"{k}-{name}" for k, name in enumerate(scene.endmember_names, start=1)]


@pytest.mark.parametrize("reference", [7, 3, 0, "4"])
def test_a_reference_that_is_not_there(reference):
    with pytest.raises(
        BadInput, match=f"urban: reference must be one of 4, 5, 6, got {reference!r}"
    ):
        scenes.load("urban", twin="always", reference=reference)


@pytest.mark.parametrize("name", ["samson", "cuprite-crop", "usgs-1995"])
def test_a_scene_without_a_choice_refuses_one(name):
    with pytest.raises(BadInput, match=f"{name} has no choice of references; leave reference=4"):
        scenes.load(name, twin="always", reference=4)


def test_urbans_three_entries_agree():
    """They are one image: the same bands, the same references but for the window."""
    whole = scenes.entry("urban", 5)
    for name in CROPS:
        crop = scenes.entry(name, 5)
        np.testing.assert_array_equal(crop.wavelengths, whole.wavelengths)
        assert crop["endmember_names"] == whole["endmember_names"]
        assert crop["read"]["endmembers"] == whole["read"]["endmembers"]
        window = {"rows": 307, "columns": 307, "row": CROPS[name][0], "column": CROPS[name][1]}
        assert crop["read"]["abundances"] == whole["read"]["abundances"] | {"window": window}
        assert set(whole.files[1:]) < set(crop.files)


# --- the whole Urban -----------------------------------------------------------------------------


def made_urban(registry, cache, **wrong) -> tuple[np.ndarray, np.ndarray]:
    """Put a small image of the file's layout in Urban's place; return the cube and the maps."""
    rng = np.random.default_rng(0)
    cube = rng.integers(0, 1000, (3, 5, 162), dtype=np.uint16)
    maps = rng.dirichlet(np.ones(5), (3, 5))

    def down_the_columns(image):
        return image.transpose(2, 1, 0).reshape(image.shape[2], -1)

    files = {
        "urban/Urban_R162.mat": mat5(
            cache.parent,
            Y=down_the_columns(cube),
            nRow=3,
            nCol=5,
            nBand=162,
            maxValue=1000,
            SlectBands=np.arange(162)[:, None],
        ),
        "urban/end5_groundTruth.mat": mat5(
            cache.parent, A=down_the_columns(maps), M=rng.random((162, 5)), nRow=3, nCol=5
        ),
    }
    image = files["urban/Urban_R162.mat"]
    blob = hashlib.sha1(b"blob %d\0" % len(image) + image).hexdigest()
    entries = [
        {"name": "urban/Urban_R162.mat", "git_blob": blob, "addresses": []} | wrong,
        *(
            {
                "name": f"urban/end{k}_groundTruth.mat",
                "sha256": hashlib.sha256(
                    files.get(f"urban/end{k}_groundTruth.mat", b"")
                ).hexdigest(),
                "bytes": 1,
                "addresses": [],
            }
            for k in (4, 5, 6)
        ),
    ]
    data = URBAN | {"shape": {"rows": 3, "columns": 5, "bands": 162}, "file": entries}
    lines = [f"{key} = {toml(value)}" for key, value in data.items()]
    (registry.folder / "urban.toml").write_text("\n".join(lines), encoding="utf-8")
    place(cache, files)
    return cube, maps


def test_whole_urban_is_read_the_right_way_round(registry, empty_cache):
    cube, maps = made_urban(registry, empty_cache)
    assert not available("urban")  # the reference with 4 materials is not there
    scene = scenes.load("urban", reference=5)
    np.testing.assert_allclose(scene.cube, cube / 1000, rtol=1e-6)
    np.testing.assert_allclose(scene.abundances, maps, rtol=1e-6)
    assert scene.origin == "complete" and scene.endmember_names == NAMES[5]
    image = empty_cache / "urban/Urban_R162.mat"
    assert scene.hashes["urban/Urban_R162.mat"] == fetch.sha256(image)


def test_a_file_known_by_its_git_id_is_checked(registry, empty_cache):
    made_urban(registry, empty_cache, git_blob="0" * 40)
    with pytest.raises(
        WrongHash, match=r"Urban_R162.mat: expected git blob id 000.* got \d+ bytes"
    ):
        scenes.load("urban", reference=5)


def test_git_blob(tmp_path):
    for content, known in {  # as git hash-object prints them
        b"": "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
        b"hello\n": "ce013625030ba8dba906f756967f9e9ca394464a",
    }.items():
        (tmp_path / "file").write_bytes(content)
        assert fetch.git_blob(tmp_path / "file") == known


def test_whole_urban_without_network(empty_cache, offline):
    with pytest.raises(DataUnavailable, match="git blob id 151a4419") as told:
        scenes.load("urban")
    assert "rslab.ut.ac.ir" in str(told.value) and "MIXEDPIXELS_MIRROR" in str(told.value)


def test_whole_urban_registers_what_is_known():
    entry = scenes.entry("urban")
    assert entry["origin"] == "complete"
    assert entry["shape"] == {"rows": 307, "columns": 307, "bands": 162}
    assert entry.files[0].name == "urban/Urban_R162.mat"
    assert entry.files[0].git_blob.startswith("151a4419")


# --- wavelengths ---------------------------------------------------------------------------------


def test_urban_wavelengths_leave_out_what_the_air_absorbs():
    wavelengths = scenes.entry("urban").wavelengths
    assert wavelengths.shape == (162,) and (np.diff(wavelengths) > 0).all()
    assert wavelengths[[0, -1]].tolist() == [412, 2390]  # channels 5 and 197
    ends = np.flatnonzero(np.diff(wavelengths) > 50)
    gaps = list(zip(wavelengths[ends], wavelengths[ends + 1], strict=True))
    assert gaps == [(1310, 1478), (1770, 1982)]


def test_leaves_tell_urbans_wavelengths():
    """The red edge of leaves: evenly spaced from 400 to 2500 nm it would lie near 970 nm."""
    scene = real("urban-crop-s", 6)
    for material in ("grass", "tree"):
        spectrum = scene.endmembers[scene.endmember_names.index(material)]
        near = scene.wavelengths < 1300
        steepest = np.argmax(np.diff(spectrum[near]) / np.diff(scene.wavelengths[near]))
        assert 700 <= scene.wavelengths[steepest] <= 730, material
        kept = [n for low, high in URBAN["wavelengths"]["kept"] for n in range(low, high + 1)]
        assert 930 < 400 + (kept[steepest] - 1) * 2100 / 209 < 1000


# --- twins ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", [4, 5, 6])
@pytest.mark.parametrize("name", CROPS)
def test_twins_have_the_materials_of_their_reference(name, reference):
    twin = scenes.load(name, twin="always", reference=reference)
    assert twin.origin == "twin" and twin.endmember_names == NAMES[reference]
    assert twin.abundances.shape == (*twin.shape[:2], reference)
    assert (twin.pixel_abundances.max(axis=0) > 0.9).all()
    found = FCLS(twin.endmembers, normalise="l2", device="cpu").fit_transform(twin.pixels)
    for k, material in enumerate(twin.endmember_names):
        assert np.corrcoef(found[:, k], twin.pixel_abundances[:, k])[0, 1] > 0.93, material


def test_twins_of_two_references_are_told_apart():
    hashes = {
        scenes.load("urban-crop-s", twin="always", reference=k).hashes["twin of urban-crop-s"]
        for k in (None, 4, 5, 6)
    }
    assert len(hashes) == 3


def test_twin_of_the_whole_urban():
    twin = scenes.load("urban", twin="always", reference=6)
    assert twin.shape == (307, 307, 162) and twin.origin == "twin"
    assert twin.endmember_names == NAMES[6]


# --- what the registry refuses -------------------------------------------------------------------


def changed(**changes) -> dict:
    return {key: value for key, value in (URBAN | changes).items() if value is not None}


def spoilt(key: str, **changes) -> dict:
    """Return Urban's TOML with one of its references changed."""
    reference = {k: v for k, v in (URBAN["references"][key] | changes).items() if v is not None}
    return changed(references=URBAN["references"] | {key: reference})


FOUR = URBAN["references"]["4"]
BLOB = URBAN["file"][0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (changed(references={}), "references: expected one or more"),
        (changed(references={"3": FOUR}), "references.3: expected 3 endmember_names, got 4"),
        (spoilt("5", abundances=None), "references.5: missing abundances"),
        (spoilt("5", maps={}), "references.5: unknown key 'maps'"),
        (spoilt("4", endmember_names=["a", "b", "c", "d"]), "twin has no material 'a'"),
        (spoilt("6", endmembers=FOUR["endmembers"] | {"scale": "1"}), "scale must be a number"),
        (changed(endmember_names=["a"]), "endmember_names: each reference has its own"),
        (changed(read={}), "read: missing cube"),
        (
            spoilt("4", abundances=FOUR["abundances"] | {"window": {"rows": 1}}),
            "read.abundances: window: missing columns, row, column",
        ),
        (
            spoilt(
                "4",
                abundances=FOUR["abundances"]
                | {"window": {"rows": 400, "columns": 307, "row": 94, "column": 0}},
            ),
            "window: row 94 leaves the file's image",
        ),
        (
            spoilt("4", abundances=FOUR["abundances"] | {"centres": "waveLength"}),
            "read.abundances: centres are of endmembers",
        ),
        (changed(wavelengths={"centres": [0.4, 0.5]}), "centres must be numbers, in nm"),
        (
            changed(wavelengths={"centres": [400, 500]}),
            "expected 162 channels (shape.bands), got 2",
        ),
        (
            changed(wavelengths={"centres": [400, 500], "first": 400}),
            "wavelengths: unknown key 'first'",
        ),
        (
            changed(wavelengths={"centres": [400, 500], "kept": [[1, 3]]}),
            "stay within 1–2, got [1, 3]",
        ),
        (changed(file=[BLOB | {"bytes": 1}]), "[[file]] 1: unknown key 'bytes'"),
    ],
)
def test_what_is_wrong_with_references_windows_and_centres_is_told(data, message):
    scenes.registry.check(URBAN, "mine.toml")
    with pytest.raises(BadInput) as told:
        scenes.registry.check(data, "mine.toml")
    assert str(told.value).startswith("mine.toml: ") and message in str(told.value)


def test_spectra_that_do_not_reach_are_refused(registry, empty_cache):
    rng = np.random.default_rng(0)
    file = "small/cube.mat"
    content = mat5(
        empty_cache.parent,
        V=rng.random((2, 3, 4)),
        M=rng.random((5, 1)),
        wl=np.array([0.5, 0.7, 0.6, 0.8, 0.9]),
    )
    read = {
        "cube": {"file": file, "variable": "V", "axes": ["rows", "columns", "bands"]},
        "endmembers": {
            "file": file,
            "variable": "M",
            "axes": ["bands", "endmembers"],
            "centres": "wl",
            "to_nm": 1000.0,
        },
    }
    shape = {"rows": 2, "columns": 3, "bands": 4}
    for last, message in ((900.0, ""), (910.0, "M reaches from 500 to 900 nm, the scene from 500")):
        registry.add(
            "small",
            {file: content},
            shape=shape,
            read=read,
            wavelengths={"first": 500.0, "last": last},
            endmember_names=["one"],
        )
        place(empty_cache, {file: content})
        if not message:
            assert scenes.load("small").endmembers.shape == (1, 4)
            continue
        with pytest.raises(BadInput, match=message):
            scenes.load("small")


def test_a_page_does_not_wait_for_a_whole_image_that_has_fragments():
    source = 'choices = ["urban-crop-ne", "urban-crop-s", "urban"]'
    assert keys.scenes_named(source) == ["urban-crop-ne", "urban-crop-s"]
    assert parts_of("urban") == ["urban-crop-ne", "urban-crop-s"]
    for fragment in parts_of("urban"):
        assert scenes.entry(fragment)["origin"] == "fragment"


def test_a_reference_can_be_had_without_its_image():
    real("urban-crop-s")
    whole, names = scenes.load_abundances("urban")
    crop = scenes.load("urban-crop-s")
    assert whole.shape == (307, 307, 4) and names == crop.endmember_names
    np.testing.assert_allclose(whole[223 : 223 + 34, 149 : 149 + 78], crop.abundances)
    twin, _ = scenes.load_abundances("urban", "always")
    assert twin.shape == whole.shape and np.abs(twin - whole).max() > 0.1
    with pytest.raises(BadInput, match="no reference abundances"):
        scenes.load_abundances("cuprite-crop")
    with pytest.raises(BadInput, match="reference must be one of 4, 5, 6"):
        scenes.load_abundances("urban", reference=4.0)


def test_a_fragment_has_the_names_of_its_whole():
    assert ledger.names("ssanu", "urban-crop-s") == ledger.names("ssanu", "urban")
