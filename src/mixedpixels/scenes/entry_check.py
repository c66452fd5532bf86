"""Checks on the content of a registry file, made before any data are read."""

import difflib
import re
from pathlib import Path

from mixedpixels.errors import BadInput
from mixedpixels.scenes.arrays import positive
from mixedpixels.scenes.readers.repairs import repair_names
from mixedpixels.scenes.readers.stored import NEEDED

_NEEDED = ("title", "kind", "origin", "source", "licence", "citation", "shape", "file", "read")
_OPTIONAL = (
    "units",
    "wavelengths",
    "endmember_names",
    "class_names",
    "spatial",
    "faults",
    "twin",
    "references",
    "scale",  # of a scene: its pixels are divided by it before a network sees them
    "saturation",  # of a scene: a pixel with a value this high is not used for training
    "part_of",  # the scene that this one is a part of
    "class_totals",  # of a sample: the number of labelled pixels of each class in the whole scene
)
_WORDS = {
    "kind": ("scene", "library"),
    "origin": ("complete", "labelled", "sample", "fragment", "synthetic"),
}
_AXES = ("rows", "columns", "bands", "endmembers", "row and column")
_SHAPE = {"scene": ("rows", "columns", "bands"), "library": ("spectra", "bands")}
_PARTS = {"scene": ("cube",), "library": ("table",)}
_REFERENCE = {"scene": ("abundances", "endmembers", "labels", "positions"), "library": ()}
_KEPT = ("channels", "kept")  # of the wavelengths: both or neither
_FILE = ("name", "sha256", "bytes", "addresses")
_BLOB = ("name", "git_blob", "addresses")  # of a file that is only known from a repository
_REPAIRS = ("repair", "optional_repair")
_SHIPPED = ("package", "version", "path")  # of a file that an installed Python package holds
_READ = ("scale", "window", "centres", "to_nm", "columns", "values", *_REPAIRS)
_WINDOW = ("rows", "columns", "row", "column")
_CHOSEN = ("endmember_names", "abundances", "endmembers")  # the parts of a reference
_SHORTEST = 100.0  # nm; a smaller number must be in micrometres


def with_reference(data: dict, key: str) -> dict:
    """Return the TOML of a scene with several references, reduced to one of them."""
    chosen = data["references"][key]
    single = {k: v for k, v in data.items() if k != "references"}
    single["endmember_names"] = chosen["endmember_names"]
    single["read"] = data["read"] | {k: chosen[k] for k in _CHOSEN[1:]}
    if "twin" in data:
        materials = {m["name"]: m for m in data["twin"]["materials"]}
        here = [materials[name] for name in chosen["endmember_names"]]
        single["twin"] = data["twin"] | {"materials": here}
    return single


def check(data: dict, where: str) -> None:
    """Check the content of a registry file.

    Parameters
    ----------
    data
        The content of the TOML file.
    where
        The name of the file, which begins every message.

    Raises
    ------
    BadInput
        For a missing or unknown key, a value that is not allowed, or values that contradict each other.
    """

    def refuse(words: str):
        raise BadInput(f"{where}: {words}")

    def keys(table: dict, needed, optional, what: str):
        if missing := [k for k in needed if k not in table]:
            refuse(f"{what}missing {', '.join(missing)}")
        if optional is not None:
            for key in table.keys() - set(needed) - set(optional):
                near = difflib.get_close_matches(key, [*needed, *optional], n=1)
                refuse(
                    f"{what}unknown key {key!r}" + (f"; did you mean {near[0]}?" if near else "")
                )

    keys(data, _NEEDED, _OPTIONAL, "")
    for key, words in _WORDS.items():
        if data[key] not in words:
            refuse(f"{key} must be one of {', '.join(words)}, got {data[key]!r}")
    for key in ("scale", "saturation"):
        if key in data and data["kind"] == "library":
            refuse(f"{key} is for scenes; a library has none")
        if key in data:
            positive(f"{where}: {key}", data[key])
    keys(data["shape"], _SHAPE[data["kind"]], (), "shape: ")
    for number, file in enumerate(data["file"], start=1):
        needed = _BLOB if "git_blob" in file else _FILE
        keys(file, needed, ("shipped",), f"[[file]] {number}: ")
        if "shipped" in file:
            keys(file["shipped"], _SHIPPED, (), f"[[file]] {number}: shipped: ")
        if not re.fullmatch(r"[0-9a-f]{8,40}", file.get("git_blob", "0" * 8)):
            refuse(f"[[file]] {number}: git_blob must be 8 to 40 hexadecimal digits")
        if not isinstance(file["addresses"], list):
            refuse(f'[[file]] {number}: addresses must be a list, as ["https://…"]')
        if Path(file["name"]).is_absolute() or ".." in Path(file["name"]).parts:
            refuse(f"[[file]] {number}: name must be <dataset>/<file>, got {file['name']!r}")
    bands = data["shape"]["bands"]
    span = data.get("wavelengths")
    if span is not None and "centres" in span:
        keys(span, ("centres",), ("kept",), "wavelengths: ")
        centres = span["centres"]
        if not all(isinstance(c, int | float) and c >= _SHORTEST for c in centres):
            refuse("wavelengths: centres must be numbers, in nm; micrometres times 1000?")
        if wrong := _wrong_channels(len(centres), span.get("kept", [[1, len(centres)]]), bands):
            refuse(f"wavelengths: {wrong}")
    elif span is not None:
        more = _KEPT if any(key in span for key in _KEPT) else ()
        keys(span, ("first", "last", *more), _KEPT, "wavelengths: ")
        if span["first"] < _SHORTEST:
            refuse(f"wavelengths are in nm, but begin at {span['first']}; micrometres times 1000?")
        if more and (wrong := _wrong_channels(*(span[k] for k in _KEPT), bands)):
            refuse(f"wavelengths: {wrong}")
    elif "twin" in data and "classes" not in data["twin"]:
        refuse("twin needs wavelengths")
    if "classes" in data.get("twin", {}) and (wrong := _wrong_counts(data)):
        refuse(f"twin: classes: {wrong}")
    if ("class_totals" in data) != (data["origin"] == "sample"):
        refuse("class_totals are needed by a scene whose origin is sample, and only by it")
    if "class_totals" in data and len(data["class_totals"]) != len(data.get("class_names", ())):
        refuse("class_totals: expected one per class name")
    if "part_of" not in data and data["origin"] in ("labelled", "sample"):
        refuse(
            f"a scene whose origin is {data['origin']} needs part_of, the name of the whole scene"
        )
    if "references" in data:
        _check_references(data, where, keys, refuse)
        return
    keys(data["read"], _PARTS[data["kind"]], _REFERENCE[data["kind"]], "read: ")
    known = [file["name"] for file in data["file"]]
    for part, spec in data["read"].items():
        if spec.get("file") not in known:
            refuse(f"read.{part}: file must be one of {', '.join(known)}, got {spec.get('file')!r}")
        if data["kind"] == "library":
            continue
        suffix = Path(spec["file"]).suffix
        if suffix not in NEEDED:
            refuse(f"read.{part}: file must end in {', '.join(NEEDED)}, got {spec['file']!r}")
        keys(spec, ("file", *NEEDED[suffix], "axes"), _READ, f"read.{part}: ")
        for kind in _REPAIRS:
            if kind in spec and spec[kind] not in repair_names():
                known = ", ".join(repair_names())
                refuse(f"read.{part}: {kind} must be one of {known}, got {spec[kind]!r}")
        if "values" in spec and len(spec["values"]) != len(data.get("class_names", ())):
            refuse(f"read.{part}: values: expected one per class name")
        if wrong := [axis for axis in spec["axes"] if axis not in _AXES]:
            refuse(f"read.{part}: axes are of {', '.join(_AXES)}, got {', '.join(map(str, wrong))}")
        if not isinstance(spec.get("scale", 1), int | float):
            refuse(f"read.{part}: scale must be a number, got {spec['scale']!r}")
        if (window := spec.get("window")) is not None:
            keys(window, _WINDOW, (), f"read.{part}: window: ")
            for axis, first in (("rows", "row"), ("columns", "column")):
                if not 0 <= window[first] <= window[axis] - data["shape"][axis]:
                    refuse(f"read.{part}: window: {first} {window[first]} leaves the file's image")
        if "centres" in spec and (part != "endmembers" or span is None):
            refuse(f"read.{part}: centres are of endmembers, and need wavelengths")
    for part, needed in {
        "abundances": "endmember_names",
        "endmembers": "endmember_names",
        "labels": "class_names",
    }.items():
        if part in data["read"] and needed not in data:
            refuse(f"read.{part} needs {needed}")


def _check_references(data: dict, where: str, keys, refuse) -> None:
    """Check each reference of a scene as if it were the only one."""
    if not data["references"]:
        refuse("references: expected one or more, as [references.4]")
    if "endmember_names" in data:
        refuse("endmember_names: each reference has its own")
    made = [m.get("name") for m in data.get("twin", {}).get("materials", ())]
    for key, reference in data["references"].items():
        keys(reference, _CHOSEN, (), f"references.{key}: ")
        names = reference["endmember_names"]
        if key != str(len(names)):
            refuse(f"references.{key}: expected {key} endmember_names, got {len(names)}")
        if "twin" in data and (absent := [n for n in names if n not in made]):
            refuse(f"references.{key}: the twin has no material {absent[0]!r}")
        check(with_reference(data, key), where)


def _wrong_counts(data: dict) -> str:
    """Return what is wrong with a twin's number of labelled pixels per class, or an empty string."""
    counts, names, shape = data["twin"]["classes"], data.get("class_names", ()), data["shape"]
    if not isinstance(counts, list) or not all(type(n) is int and n > 0 for n in counts):
        return f"expected whole numbers above 0, got {counts!r}"
    if len(counts) != len(names):
        return f"expected one per class name, {len(names)}, got {len(counts)}"
    pixels = shape["rows"] * shape["columns"]
    if sum(counts) > pixels or (sum(counts) < pixels and not data.get("spatial", True)):
        whole = "at most" if data.get("spatial", True) else "exactly"
        return f"expected {whole} {pixels} labelled pixels, got {sum(counts)}"
    return ""


def _wrong_channels(channels, kept, bands: int) -> str:
    """Return what is wrong with the instrument's channels and the kept ones, or an empty string."""
    if type(channels) is not int or channels < 1:
        return f"channels must be a whole number above 0, got {channels!r}"
    if not isinstance(kept, list) or not all(_is_range(item) for item in kept):
        return f"kept must be a list of ranges, as [[4, 107], [113, 153]], got {kept!r}"
    after = 0
    for low, high in kept:
        if not after < low <= high <= channels:
            return (
                f"kept: ranges must rise, not overlap and stay within 1–{channels}, "
                f"got [{low}, {high}]" + (f" after {after}" if after else "")
            )
        after = high
    count = sum(high - low + 1 for low, high in kept)
    return "" if count == bands else f"kept: expected {bands} channels (shape.bands), got {count}"


def _is_range(item) -> bool:
    return isinstance(item, list) and len(item) == 2 and all(type(n) is int for n in item)
