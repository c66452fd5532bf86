"""The one call a notebook makes for each table and figure."""

import datetime
from dataclasses import dataclass

import numpy as np

from mixedpixels import paths
from mixedpixels.errors import BadInput
from mixedpixels.ledger import provenance
from mixedpixels.ledger.claims import artifact as find_artifact
from mixedpixels.ledger.claims import claims
from mixedpixels.ledger.records import READINGS, Cell, Record, load_arrays, records, save
from mixedpixels.ledger.table import render


@dataclass(frozen=True)
class Shown:
    """What :func:`record` gives back: in a notebook it shows paper beside ours.

    ``quoted`` is the record that prose should speak of: the full run where one is kept, else this
    build's; ``whence`` says which in words. ``drawings`` lists what a figure should draw: (label,
    arrays), the recorded full run first.
    """

    record: Record
    quoted: Record
    whence: str
    html: str
    drawings: tuple[tuple[str, dict[str, np.ndarray]], ...] = ()

    def __repr__(self) -> str:
        return f"<{self.record.artifact}: {self.record.scene}, {self.record.origin}>"

    def _repr_html_(self) -> str:
        return self.html


def record(
    artifact: str,
    *,
    scene,
    run,
    cells: list[Cell] = (),
    metrics: dict[str, str] | None = None,
    seconds: dict[str, list[float]] | None = None,
    arrays: dict[str, np.ndarray] | None = None,
    reading: str = "paper",
) -> Shown:
    """Record what was measured for an artefact and show it beside what the paper prints.

    Parameters
    ----------
    artifact
        Its id, as ``ssanu/table-3``.
    scene
        The Scene the numbers were measured on.
    run
        The notebook's resolved settings (:func:`mixedpixels.pipeline.resolve`). In the profile
        ``full`` the record goes under ``book/results``, else to a folder git ignores.
    cells
        The measured numbers; those the paper does not print must be marked as controls.
    metrics
        A definition in words for every metric id in ``cells``.
    seconds
        Per column, the seconds of each seed.
    arrays
        What the figure is drawn from, at most 300 kB compressed.
    reading
        ``paper``, ``best`` or ``oracle``.

    Raises
    ------
    BadInput
        When a cell neither is a control nor answers a claim, a metric has no definition, or a full
        record is made from a twin.
    """
    target = find_artifact(artifact)
    metrics = metrics or {}
    if reading not in READINGS:
        raise BadInput(f"reading must be one of {READINGS}, got {reading!r}")
    printed = {(c.row, c.column) for c in claims(artifact)}
    for cell in cells:
        if not cell.control and (cell.row, cell.column) not in printed:
            raise BadInput(
                f"{artifact} prints no cell {cell.row} / {cell.column}; mark it as a control"
            )
        if cell.metric not in metrics:
            raise BadInput(f"{artifact}: metric {cell.metric!r} has no definition in words")
    full = run.profile == "full"
    if full and scene.origin == "twin":
        raise BadInput(f"a full record of {artifact} was asked for, but {scene.name} is a twin")
    device_class = run.device.split(":")[0]
    made = Record(
        artifact=artifact,
        scene=scene.name,
        origin=scene.origin,
        reading=reading,
        device_class=device_class,
        cells=tuple(cells),
        metrics=metrics,
        seconds={k: [float(x) for x in v] for k, v in (seconds or {}).items()},
        parameters=dict(run.values),
        data=dict(scene.hashes),
        versions=provenance.versions(),
        code=run.code,
        commit=run.commit,
        device=provenance.device_name(device_class),
        total_seconds=round(run.seconds, 2),
        peak_memory=provenance.peak_memory(),
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        profile=run.profile,
        notebook=run.notebook,
    )
    kept = save(made, paths.results() if full else paths.workspace() / "records", arrays)
    made = Record.read(kept)
    recorded = [r for r in records(artifact) if r.reading == reading]
    drawings = [(f"recorded full run, {r.scene}", load_arrays(r)) for r in recorded]
    drawings = [(label, stored) for label, stored in drawings if stored]
    if arrays and (not drawings or scene.origin == "twin"):
        drawings.append((f"this build, {describe(scene)}", arrays))
    own = [r for r in recorded if r.scene == scene.name]
    quoted, whence = (
        (own[0], "recorded full run") if own else (made, f"this build, {describe(scene)}")
    )
    return Shown(made, quoted, whence, render(target, made), tuple(drawings))


def describe(scene) -> str:
    """Return a scene's name, with a warning when it is a twin."""
    return f"{scene.name} (simulated twin)" if scene.origin == "twin" else scene.name
