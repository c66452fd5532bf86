"""Show that a change of code altered no number: compare the quick records of two checkouts.

Execute the notebooks of both in the quick profile first (``mixedpixels build``, or one by one), each
with a cache of its own, on the same machine:

    python benchmarks/same_numbers.py ../before .             # compare, and list what differs
    python benchmarks/same_numbers.py ../before . --carry     # and note it in the full records

``--carry`` notes in each full record whose code had not changed in the first checkout that the code of
the second gives the same numbers, so that it does not count as changed. ``--except DEFINITION`` names a
definition that does alter numbers, as ``models.rivals.cycunet.CyCUNet``: cells and arrays that name one
of ``--altered`` may differ, and the records stay marked as changed by that definition.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from mixedpixels import paths, provenance, scenes
from mixedpixels.ledger.records import all_records, carry
from mixedpixels.pipeline import pairs

_CHANGED = """
import json
from mixedpixels import paths
from mixedpixels.ledger.records import Record
from mixedpixels.provenance import changed_since
found = [Record.read(p) for p in sorted(paths.results().glob("*/*.json"))]
print(json.dumps({r.stem + "@" + r.artifact: changed_since(r.code_now) for r in found}))
"""


def main() -> int:
    """Compare two checkouts; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path, help="a checkout")
    parser.add_argument("after", type=Path, help="the checkout that is running")
    parser.add_argument("--carry", action="store_true", help="note it in the full records")
    parser.add_argument("--except", dest="definitions", action="append", default=[])
    parser.add_argument("--altered", action="append", default=[], help="names in rows or columns")
    asked = parser.parse_args()
    counts: dict[str, int] = {}
    differ = []
    folders = [asked.before / ".mixedpixels/records", asked.after / ".mixedpixels/records"]
    for path in sorted(folders[0].glob("*/*.json")):
        other = folders[1] / path.relative_to(folders[0])
        if not other.is_file():
            differ.append(f"{path.relative_to(folders[0])}: not made in {asked.after}")
            continue
        artifact, equal, wrong = compare(path, other, asked.altered)
        counts[artifact] = counts.get(artifact, 0) + equal
        differ += [f"{path.relative_to(folders[0])}: {what}" for what in wrong]
    print("\n".join(differ) or "no number differs")
    print(f"{sum(counts.values()):,} numbers of {len(counts)} artefacts are equal to the last bit")
    if differ:
        return 1
    if asked.carry:
        carry_all(asked.before, counts, asked.definitions)
    return 0


def compare(before: Path, after: Path, altered: list[str]) -> tuple[str, int, list[str]]:
    """Return the artefact of two records, how many numbers are equal, and what differs."""
    ours, theirs = (json.loads(p.read_text(encoding="utf-8")) for p in (after, before))
    found = {(c["row"], c["column"]): c["values"] for c in ours["cells"]}
    equal, wrong = 0, []
    for cell in theirs["cells"]:
        place = cell["row"], cell["column"]
        if cell["metric"].startswith("time:") or _named(altered, *place):
            continue
        if found.get(place) == cell["values"]:
            equal += len(cell["values"])
        else:
            wrong.append(f"{place}: {cell['values'][:3]} before, {found.get(place)} after")
    drawn = []
    for path in (before, after):
        arrays = path.with_suffix(".npz")
        drawn.append(dict(np.load(arrays, allow_pickle=False)) if arrays.is_file() else {})
    for name, values in drawn[0].items():
        other = drawn[1].get(name)
        if _named(altered, name):
            continue
        floats = values.dtype.kind == "f"
        if other is not None and np.array_equal(values, other, equal_nan=floats):
            equal += values.size
        else:
            wrong.append(f"array {name}")
    return ours["artifact"], equal, wrong


def carry_all(before: Path, counts: dict[str, int], definitions: list[str]) -> None:
    """Note in each full record that was unchanged before that today's code gives its numbers.

    A record that only the named ``definitions`` had changed counts as unchanged, and stays marked by
    them. Where no number was compared, nothing is noted.
    """
    commit = provenance.require_clean()
    environment = os.environ | {"PYTHONPATH": str(before.resolve() / "src")}
    done = subprocess.run(
        [sys.executable, "-c", _CHANGED],
        env=environment,
        cwd=before,
        capture_output=True,
        text=True,
        check=True,
    )
    changes = json.loads(done.stdout)
    head = ["git", "-C", str(before), "rev-parse", "HEAD"]
    since = subprocess.run(head, capture_output=True, text=True, check=True).stdout.strip()
    for record in all_records():
        changed = changes.get(f"{record.stem}@{record.artifact}")
        if not may_carry(changed, definitions, counts.get(record.artifact, 0)):
            continue
        code = provenance.code_of(record.notebook, pairs.source(record.notebook))
        if record.scene in scenes.names():
            code |= provenance.definitions_of(*scenes.entry(record.scene).readers(optional=False))
        code |= provenance.registered(record.data)
        code |= {name: "another" for name in changed}
        note = {
            "since": since,
            "commit": commit,
            "numbers": counts[record.artifact],
            "code": code,
            "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        }
        with paths.whole(record.path) as draft:
            draft.write_text(carry(record, note).to_json(), encoding="utf-8")
        print(f"{record.artifact}, {record.stem}: carried")


def may_carry(changed: list[str] | None, definitions: list[str], numbers: int) -> bool:
    """Return whether nothing but the named definitions had changed, and numbers were compared."""
    return changed is not None and set(changed) <= set(definitions) and numbers > 0


def _named(altered: list[str], *names: str) -> bool:
    return any(word in name for word in altered for name in names)


if __name__ == "__main__":
    sys.exit(main())
