"""What holds of every executed notebook, wherever it ran: each check takes its name and its copy."""

import json
import re
from pathlib import Path

import nbformat

from markup import read
from mixedpixels import paths
from mixedpixels.pipeline import pairs
from mixedpixels.pipeline.execute import TWIN


def outputs(notebook) -> list:
    return [o for c in notebook.cells if c.cell_type == "code" for o in c.outputs]


def of_kind(notebook, mime: str) -> list[str]:
    return [o["data"][mime] for o in outputs(notebook) if mime in o.get("data", {})]


def runs_top_to_bottom(name, notebook):
    source = nbformat.read(pairs.folder() / f"{name}.ipynb", as_version=4)
    code = [c.source for c in notebook.cells if c.cell_type == "code"]
    for cell in source.cells:
        if cell.cell_type == "code":
            assert cell.source in code
    counts = [c.execution_count for c in notebook.cells if c.cell_type == "code" and c.source]
    assert counts == list(range(1, len(counts) + 1))
    assert not [o for o in outputs(notebook) if o.output_type == "error"]


def twins_are_announced(name, notebook):
    """Under the title and above each table and scene; and not where there is none."""
    told = TWIN in "".join(o.get("text", "") for o in outputs(notebook))
    assert ("**simulated twins**" in notebook.cells[1].source) == told
    if not told:
        return
    for html in of_kind(notebook, "text/html"):
        if 'class="mp-build"' in html:  # a table of printed numbers alone shows no twin
            assert 'class="mp-twin-banner"' in html


def only_missing_data_are_warned_of(name, notebook):
    for o in outputs(notebook):
        if o.get("name") == "stderr":
            assert TWIN in o.text and "Warning" not in o.text


def every_picture_has_alternative_text(name, notebook):
    for html in of_kind(notebook, "text/html"):
        for image in read(html).all("img"):
            assert len(image.attributes.get("alt", "").split()) >= 4
    for text in of_kind(notebook, "text/markdown"):
        assert not re.search(r"!\[\s*\]\(", text)
    for o in outputs(notebook):
        bare = {m for m in o.get("data", {}) if m.startswith("image/")}
        assert not bare, "a figure shown without plotting.picture has no alternative text"


def html_of_every_output_is_balanced(name, notebook):
    for html in of_kind(notebook, "text/html"):
        read(html)


def time_and_hardware_are_measured_under_the_title(name, notebook):
    assert notebook.cells[0].source.startswith("# ")
    said = notebook.cells[1].source
    if said.startswith("```{warning}\n"):
        _, said = said.split("\n```\n\n")
    assert re.match(r"\*This copy ran in \d+ s on \d+ processor cores ", said)
    assert re.search(r"threads per process: (\d+|all)\)\. Parameters: .*`\.\*", said)


def nothing_of_this_machine_is_printed(name, notebook):
    """A page must not show where it was made; only the warning about missing data may."""
    for o in outputs(notebook):
        if o.output_type != "stream":
            text = json.dumps(o.get("data", {}))
            for place in (str(paths.checkout()), f"{Path.home()}/"):
                assert place not in text


def what_html_shows_is_not_spelt_out_again(name, notebook):
    """A reader without HTML gets a line, not a picture's bytes."""
    for o in outputs(notebook):
        data = o.get("data", {})
        if "<img" in data.get("text/html", "") or "mp-table" in data.get("text/html", ""):
            assert len(data["text/plain"]) < 1500


def every_registered_artefact_is_recorded(name, notebook):
    """What the notebook records is in the records of this workspace, under the artefact's id."""
    asked = set(re.findall(r'(?:ledger\.record|Comparison)\(\s*"([^"]+)"', pairs.source(name)))
    recorded = {record["artifact"] for record in quick_records()}
    assert asked <= recorded


def quick_records() -> list[dict]:
    """Return the records that quick runs left in the workspace."""
    found = sorted((paths.workspace() / "records").rglob("*.json"))
    return [json.loads(p.read_text(encoding="utf-8")) for p in found]


CHECKS = (
    runs_top_to_bottom,
    twins_are_announced,
    only_missing_data_are_warned_of,
    every_picture_has_alternative_text,
    html_of_every_output_is_balanced,
    time_and_hardware_are_measured_under_the_title,
    nothing_of_this_machine_is_printed,
    what_html_shows_is_not_spelt_out_again,
    every_registered_artefact_is_recorded,
)
