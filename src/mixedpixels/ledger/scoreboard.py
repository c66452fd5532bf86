"""All artefacts and their verdicts, from the committed full records."""

from collections import Counter
from dataclasses import dataclass

from mixedpixels import provenance
from mixedpixels.ledger.checks import misprints
from mixedpixels.ledger.claims import Artifact, Claim, artifacts, claims
from mixedpixels.ledger.costs import Cost, costs
from mixedpixels.ledger.records import Cell, Record, load_arrays, records
from mixedpixels.ledger.verdicts import ORDER, Verdict, interval, judge

_FEW = 2  # the most cells with one reason that are named; more are counted


BUILT = ("kernel", "width")  # metrics of what is built from the text of a paper


@dataclass(frozen=True)
class Judged:
    """One printed number with its verdict, and the record and cell it was judged by, if any."""

    claim: Claim
    record: Record | None
    cell: Cell | None
    verdict: Verdict
    reading: str = "paper"


def judged(id: str, reading: str = "paper") -> list[Judged]:
    """Return every printed number of an artefact with its verdict, in the printed order.

    Where several records have the cell, one is judged. Records that stand for the claim's scene come
    before others, complete scenes before parts, and more seeds before fewer.

    Parameters
    ----------
    id
        The id of the artefact, such as ``ssanu/table-3``.
    reading
        ``paper`` or ``best``. A number that was not measured under the reading is ``not run``.
    """
    found = [r for r in records(id) if r.reading == reading]
    proofs = misprints(id)
    out = []
    for claim in claims(id):
        measured = [(r, c) for r in found if (c := r.cell(claim.row, claim.column))]
        measured.sort(
            key=lambda rc: (rc[0].stands_for != claim.scene, rc[0].origin != "complete", -rc[1].n)
        )
        record, cell = measured[0] if measured else (None, None)
        verdict = judge(claim, record, cell, proofs.get((claim.row, claim.column), ""))
        out.append(Judged(claim, record, cell, verdict, reading))
    return out


def reasons(id: str) -> str:
    """Return the verdicts on an artefact's measured cells with their reasons, as a Markdown list.

    A reason that several cells share is listed once. Up to two such cells are named; more are counted.
    """
    groups: dict[Verdict, list[Claim]] = {}
    for j in judged(id):
        if j.verdict.word != "not run":
            groups.setdefault(j.verdict, []).append(j.claim)
    lines = []
    for verdict, cells in groups.items():
        named = " and ".join(f"{c.column}, {c.row}" for c in cells[:_FEW])
        where = named if len(cells) <= _FEW else f"{len(cells)} cells"
        lines.append(f"- **{where}: {verdict.word}.** {verdict.reason}")
    return "\n".join(lines) or "No full run is recorded yet."


def changed(record: Record) -> list[str]:
    """Return the definitions of a record that changed since it was made, last checked or carried.

    A record without numbers, such as that of a drawn network, holds nothing that code could change.
    """
    if not record.cells and not load_arrays(record):
        return []
    return provenance.changed_since(record.code_now)


def summarise(target: Artifact, cost: Cost | None) -> dict:
    """Return one line of the scoreboard.

    ``verdict`` and ``verdicts`` refer to the reading ``paper``; ``scenes``, ``origins``, ``seconds``
    and ``stale`` refer to all records. ``cells`` holds every printed number judged under ``paper``, and
    those measured under ``best`` judged under it, each with its ``reading``. ``ours`` of a cell holds
    its mean, its sd and the ends of its 95 % interval (null where an end is infinite); it is null
    without a run.

    Parameters
    ----------
    target
        The artefact.
    cost
        Its cost (:func:`mixedpixels.ledger.costs.costs`); None without records.
    """
    found = records(target.id)
    cells = judged(target.id)
    best = judged(target.id, "best") if any(r.reading == "best" for r in found) else []
    verdicts = Counter(j.verdict.word for j in cells)
    if not cells:  # a figure without numbers counts as shown once a full run has drawn it
        drawn = any(r.reading == "paper" for r in found)
        verdicts["shown" if drawn else "not run"] = 1
    return {
        "artifact": target.id,
        "paper": target.paper,
        "kind": target.kind,
        "title": target.title,
        "notebook": target.notebook,
        "scenes": sorted({r.scene for r in found}),
        "origins": sorted({r.origin for r in found}),
        "seconds": round(cost.total, 1) if cost else None,
        "stale": any(changed(r) for r in found),
        "verdict": commonest(verdicts),
        "verdicts": {word: verdicts[word] for word in ORDER if verdicts[word]},
        "cells": [_told(j) for j in [*cells, *(b for b in best if b.cell)]],
    }


def commonest(verdicts: Counter) -> str:
    """Return the most frequent verdict; where counts tie, the less favourable one.

    ``not run`` counts only when there is no other verdict.
    """
    counts = {w: n for w, n in verdicts.items() if n and w != "not run"} or {"not run": 1}
    return next(word for word in ORDER if counts.get(word) == max(counts.values()))


def _told(line: Judged) -> dict:
    """Return a judged number as plain data, in which an infinite end of the interval is null."""
    ours = None
    if line.cell is not None:
        cell = line.cell
        low, high = (end if abs(end) < float("inf") else None for end in interval(cell))
        ours = {"mean": cell.mean, "sd": cell.sd, "low": low, "high": high}
    return {
        "row": line.claim.row,
        "column": line.claim.column,
        "metric": line.claim.metric,
        "printed": line.claim.printed,
        "ours": ours,
        "n": line.cell.n if line.cell else None,
        "reading": line.reading,
        "verdict": line.verdict.word,
        "reason": line.verdict.reason,
    }


def scoreboard() -> list[dict]:
    """Return one entry per artefact of the five papers, with or without records."""
    each = costs().each
    return [summarise(a, each.get(a.id)) for a in artifacts()]


def tally(line: dict, reading: str = "paper") -> Counter:
    """Count the verdicts on the numbers of one artefact under one reading."""
    return Counter(cell["verdict"] for cell in line["cells"] if cell["reading"] == reading)


def counts(verdicts: Counter) -> str:
    """Return counts of verdicts in words, such as ``2 worse, 1 reproduced``."""
    return ", ".join(f"{verdicts[word]} {word}" for word in ORDER if verdicts[word])


def headline(board: list[dict]) -> str:
    """Return the whole scoreboard in a few sentences, with the verdicts under the reading ``paper``."""
    totals = sum((tally(line) for line in board), Counter())
    run = sum(bool(line["scenes"]) for line in board)
    stale = sum(line["stale"] for line in board)
    begun = (
        f"{run} of {len(board)} tables and figures are begun: a full run of at least one of their "
        "methods is recorded."
    )
    if not totals:
        return f"{begun} No number is transcribed yet."
    built = sum(
        cell["verdict"] == "reproduced" and cell["metric"] in BUILT
        for line in board
        for cell in line["cells"]
        if cell["reading"] == "paper"
    )
    which = "All" if built == totals["reproduced"] else f"{built} of the"
    return (
        f"{begun} The verdicts on the {totals.total()} numbers transcribed so far, by the literal "
        f"reading of the papers: {counts(totals)}."
        + (
            f" {which} {totals['reproduced']} reproduced numbers are sizes of layers, which "
            "follow from the text and are not measured."
            if built
            else ""
        )
        + (
            f" The code behind {stale} of the recorded tables and figures has changed since."
            if stale
            else ""
        )
    )
