"""The call with which a notebook records each table and figure."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from mixedpixels import paths, provenance
from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.ledger.checking import check
from mixedpixels.ledger.claims import artifact as find_artifact
from mixedpixels.ledger.claims import claims
from mixedpixels.ledger.records import READINGS, Cell, Fit, Record, load_arrays, records, save
from mixedpixels.ledger.scales import scale_of
from mixedpixels.ledger.table import render


@dataclass(frozen=True)
class Shown:
    """The result of :func:`record`; a notebook shows it as a table of the paper's numbers and ours.

    ``record`` is what this run measured. ``quoted`` is the record whose numbers prose should quote: the
    full run where one is recorded, else that of this build. ``quoted_from`` says in words which of the
    two it is, and ``built`` names this build. ``drawings`` lists what a figure should draw as (label,
    arrays), with recorded full runs first.
    """

    record: Record
    quoted: Record
    quoted_from: str
    built: str
    html: str
    drawings: tuple[tuple[str, dict[str, np.ndarray]], ...] = ()

    def cell(self, row: str, column: str) -> Cell:
        """Return a cell of the quoted record, or of this build where the quoted record lacks it.

        Raises
        ------
        UnknownName
            When neither record has the cell.
        """
        found = self.quoted.cell(row, column) or self.record.cell(row, column)
        if found is None:
            raise UnknownName(f"{self.record.artifact}: nothing was measured at {row} / {column}")
        return found

    def source(self, row: str, column: str) -> str:
        """Return the source of a number from :meth:`cell` in words, such as ``recorded full run``."""
        return self.quoted_from if self.quoted.cell(row, column) else self.built

    def words(self, row: str, column: str) -> str:
        """Return a cell's mean as text, with its standard deviation and n where it has several runs."""
        cell = self.cell(row, column)
        return f"{cell.mean:.3f}" + (f" ± {cell.sd:.3f} (n = {cell.n})" if cell.n > 1 else "")

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
    fits: Iterable[Fit] | None = None,
) -> Shown:
    """Record the measured numbers of an artefact, and show them beside those of the paper.

    Parameters
    ----------
    artifact
        The id of the artefact, such as ``ssanu/table-3``.
    scene
        The Scene on which the numbers were measured.
    run
        The notebook's resolved settings (:func:`mixedpixels.pipeline.resolve`). With the profile
        ``full`` the record is written under ``book/results``, and with ``quick`` to a folder that git
        ignores. With ``check`` it is compared with the full record
        (:func:`mixedpixels.ledger.checking.check`).
    cells
        The measured numbers. Those that the paper does not print must be marked as controls.
    metrics
        Metric id → its definition in words, for every metric in ``cells``.
    seconds
        Column → the seconds of each seed.
    arrays
        Name → array, from which the figure is drawn; at most 300 kB compressed.
    reading
        ``paper``, ``best`` or ``oracle``.
    fits
        All fits that the numbers or the figure come from, whether computed now or loaded from the
        cache. None takes those of ``run``. The cost of the record is at least their sum, and a fit that
        is listed twice counts once.

    Returns
    -------
    Shown
        The record, and how it is shown.

    Raises
    ------
    UnknownName
        When there is no such artefact.
    BadInput
        When a cell is neither a control nor printed, a metric has no definition or no scale, a full
        record is made from a twin, two fits with one key differ, or a check finds no full record with
        the same data, settings and rows.
    Differs
        When a check finds other numbers than those of the full record.
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
        scale_of(cell.metric)  # an unknown metric raises now, not when the record is judged
    full = run.profile != "quick"
    if full and scene.origin == "twin":
        raise BadInput(f"a full record of {artifact} was asked for, but {scene.name} is a twin")
    device_class = run.device.split(":")[0]
    # a fit that is loaded from the cache counts with the seconds that it took to compute
    fits = _distinct(artifact, getattr(run, "fits", ()) if fits is None else fits)
    spent = sum(fit.seconds for fit in fits)
    if not fits:  # an approximation: columns may share a fit, which is then counted twice
        spent = sum(sum(each) for each in (seconds or {}).values())
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
        # the repairs of a scene's file are found by name at run time, so no import names them
        code=run.code
        | provenance.definitions_of(*getattr(scene, "readers", ()))
        | provenance.registered(scene.hashes),
        commit=run.commit,
        device=provenance.device_name(device_class),
        total_seconds=round(max(run.seconds, spent), 2),
        peak_memory=provenance.peak_memory(),
        made=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        profile=run.profile,
        notebook=run.notebook,
        fits=fits,
        part_of=getattr(scene, "part_of", ""),
    )
    if run.profile == "check":
        check(made, arrays, getattr(run, "repeated", ()))
    else:
        folder = paths.results() if full else paths.workspace() / "records"
        made = Record.read(save(made, folder, arrays))
    recorded = [r for r in records(artifact) if r.reading == reading]
    drawings = [(f"recorded full run, {r.scene}", load_arrays(r)) for r in recorded]
    drawings = [(label, stored) for label, stored in drawings if stored]
    built = f"this build, {describe(scene)}"
    if arrays and (not drawings or scene.origin == "twin"):
        drawings.append((built, arrays))
    own = [r for r in recorded if r.scene == scene.name]
    quoted, quoted_from = (own[0], "recorded full run") if own else (made, built)
    return Shown(made, quoted, quoted_from, built, render(target, made), tuple(drawings))


def _distinct(artifact: str, fits: Iterable[Fit]) -> tuple[Fit, ...]:
    """Return each fit once, in the order given."""
    found: dict[str, Fit] = {}
    for fit in fits:
        if found.setdefault(fit.key, fit) != fit:
            raise BadInput(f"{artifact}: one key for two fits, {found[fit.key]} and {fit}")
    return tuple(found.values())


def describe(scene) -> str:
    """Return a scene's name, with a warning when it is a twin."""
    return f"{scene.name} (simulated twin)" if scene.origin == "twin" else scene.name
