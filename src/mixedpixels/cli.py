"""The command line: ``mixedpixels data | run | build | scoreboard | unmix``."""

import json
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from mixedpixels import __version__
from mixedpixels.errors import DataUnavailable, MixedPixelsError, WrongHash

_app = typer.Typer(
    help="Mixed Pixels: five hyperspectral autoencoder papers, rebuilt.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
data_app = typer.Typer(help="The scenes and libraries of the registry.", no_args_is_help=True)
_app.add_typer(data_app, name="data")
out = Console()
_BOOK_EXTRA = ("doit", "jupyter_book", "jupytext", "nbconvert", "nbformat", "papermill", "pybtex")


def app() -> None:
    """Run the command line; an error that the user can act on is printed, with exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        _app()
    except MixedPixelsError as error:
        print(f"mixedpixels: {error}", file=sys.stderr)
        sys.exit(1)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _BOOK_EXTRA:
            raise
        print(
            f"mixedpixels: this command needs {error.name}; pip install 'mixedpixels[book]'",
            file=sys.stderr,
        )
        sys.exit(1)
    except KeyboardInterrupt:
        print("mixedpixels: stopped", file=sys.stderr)
        sys.exit(130)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"mixedpixels {__version__}")
        raise typer.Exit


@_app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Mixed Pixels: five hyperspectral autoencoder papers, rebuilt."""


@data_app.command("list")
def data_list() -> None:
    """List the registered scenes and libraries, and whether their files are on this machine."""
    from mixedpixels import paths, scenes
    from mixedpixels.scenes.load import available

    table = Table("name", "kind", "origin", "size", "available", box=None)
    for name in scenes.names():
        entry = scenes.entry(name)
        size = " × ".join(f"{n} {axis}" for axis, n in entry["shape"].items())
        try:
            state = "yes" if available(name) else "no"
        except WrongHash:
            state = f"WRONG HASH; see: mixedpixels data verify {name}"
        table.add_row(name, entry["kind"], entry["origin"], size, state)
    out.print(table)
    out.print(f"cache: {paths.cache()}; mirror: {paths.mirror() or 'none'}", soft_wrap=True)


@data_app.command("fetch")
def data_fetch(
    names: Annotated[list[str], typer.Argument(help="Scenes or libraries; 'all' for all.")],
) -> None:
    """Get files from the cache, the mirror, a package or their addresses, in this order."""
    from mixedpixels.scenes.fetch import obtain

    for name, file in _files(names):
        print(f"{name}: {obtain(file)}")


@data_app.command("verify")
def data_verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Scenes or libraries; all if none is named.")
    ] = None,
) -> None:
    """Check the hash of every file on this machine, and that the data can be read."""
    from mixedpixels import paths, scenes
    from mixedpixels.scenes.fetch import local

    wrong = []
    at_hand: dict[str, bool] = {}
    for name, file in _files(names or ["all"]):
        try:
            found = local(file)
            state = "right" if found else "not available"
        except WrongHash as error:
            found, state = None, "WRONG"
            wrong.append(str(error))
        at_hand[name] = at_hand.get(name, True) and found is not None
        print(f"{name}: {file.name}: {state}")
    if names and (absent := [name for name, whole in at_hand.items() if not whole]) and not wrong:
        raise DataUnavailable(
            f"{', '.join(absent)}: looked in the cache {paths.cache()} and "
            + (
                f"the mirror {paths.mirror()}"
                if paths.mirror()
                else "in no mirror, because none is set"
            )
        )
    for name, whole in at_hand.items():
        if whole:
            print(f"{name}: reads as {scenes.load(name)}")
    if wrong:
        raise WrongHash("\n".join(wrong))


def _files(names: list[str]):
    from mixedpixels import scenes

    for name in scenes.names() if "all" in names else names:
        for file in scenes.entry(name).files:
            yield name, file


@_app.command()
def scoreboard(
    paper: Annotated[str, typer.Argument(help="For example ssanu; all if none is named.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list instead.")] = False,
) -> None:
    """Print every table and figure of the papers with its verdict."""
    from mixedpixels.errors import UnknownName
    from mixedpixels.ledger.claims import PAPERS
    from mixedpixels.ledger.costs import costs
    from mixedpixels.ledger.scoreboard import counts, headline, tally
    from mixedpixels.ledger.scoreboard import scoreboard as all_artifacts

    if paper and paper not in PAPERS:
        raise UnknownName(f"no paper {paper!r}; there are {', '.join(PAPERS)}")
    board = all_artifacts()
    if paper:
        board = [line for line in board if line["artifact"].startswith(f"{paper}/")]
    if as_json:
        print(json.dumps(board, indent=1, ensure_ascii=False))
        return
    table = Table(box=None)
    table.add_column("artefact", no_wrap=True)
    for head in ("verdict", "numbers", "reading best", "title"):
        table.add_column(head)
    for line in board:
        readings = (counts(tally(line, reading)) for reading in ("paper", "best"))
        star = "*" if line["stale"] else ""
        table.add_row(line["artifact"], line["verdict"] + star, *readings, line["title"])
    out.print(table)
    if any(line["stale"] for line in board):
        out.print("* The code has changed since the record was made.")
    out.print(headline(board))
    if not paper:
        out.print(str(costs()))


@_app.command()
def run(
    notebook: Annotated[str, typer.Argument(help="For example ssanu/04-samson.")],
    p: Annotated[
        list[str] | None,
        typer.Option("-p", metavar="NAME=VALUE", help="A parameter; may be repeated."),
    ] = None,
    profile: Annotated[
        str,
        typer.Option(
            help="quick; full, which is recorded under book/results; or check, which runs one seed of "
            "each kind of a full run and compares it with the record."
        ),
    ] = "quick",
    to: Annotated[
        Path | None,
        typer.Option("--out", help="The executed notebook; by default runs/<notebook>.ipynb."),
    ] = None,
) -> None:
    """Execute one notebook, with your own parameters if you like."""
    from mixedpixels import provenance
    from mixedpixels.errors import BadInput
    from mixedpixels.ledger.checking import checked_at
    from mixedpixels.pipeline.execute import execute
    from mixedpixels.pipeline.pairs import find, folder
    from mixedpixels.pipeline.single_page import write_page

    given = {"profile": profile}
    for text in p or []:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadInput(f"-p wants name=value, got {text!r}")
        if name == "profile":
            raise BadInput("the profile has an option of its own: --profile")
        given[name] = value
    name = str(find(notebook).relative_to(folder()).with_suffix(""))
    target = _target(to, name)
    commit = provenance.require_clean() if profile == "check" else ""
    with out.status(f"running {name}"):
        seconds = execute(name, given, target)
        page = write_page(target)
    print(f"{name}: {seconds:.0f} s\n  {target}\n  {page}")
    if profile == "check":
        lines = [
            f"  {r.stem}: {r.checked['numbers']} numbers, {r.checked['largest']:.1g} apart at most; "
            f"{r.checked['lucky']} others within the seeds' spread"
            for r in checked_at(name, commit)
        ]
        print("\n".join(lines or ["  it records nothing, so nothing was checked"]))


def _target(to: Path | None, name: str) -> Path:
    """Return where an executed notebook is written, which is never among the sources."""
    from mixedpixels.errors import BadInput
    from mixedpixels.pipeline.pairs import folder

    target = to or Path("runs") / f"{name}.ipynb"
    if target.is_dir():
        target = target / f"{Path(name).name}.ipynb"
    if target.suffix != ".ipynb":
        raise BadInput(f"--out wants a folder that exists or a name in .ipynb, got {target}")
    target = target.resolve()
    if target.is_relative_to(folder()):
        raise BadInput(f"{target} is among the notebooks' sources; choose another place")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{target.parent} cannot be made: {error}") from error
    return target


@_app.command()
def build(
    profile: Annotated[str, typer.Option(help="quick or full.")] = "quick",
    workers: Annotated[int, typer.Option(min=1, help="Notebooks executed at the same time.")] = 2,
) -> None:
    """Execute the notebooks that changed and build the book."""
    from mixedpixels.pipeline import pairs
    from mixedpixels.pipeline.execute import executed_copy, ran_on_twins
    from mixedpixels.pipeline.run_build import run_build

    page = run_build(profile, workers)
    if twins := [n for n in pairs.names() if ran_on_twins(executed_copy(n))]:
        print(f"run on simulated twins, because data are not available: {', '.join(twins)}")
    print(f"the book: {page}")


@_app.command()
def unmix(
    image: Annotated[Path, typer.Argument(help="ENVI (.hdr), GeoTIFF or MATLAB file.")],
    endmembers: Annotated[int, typer.Option("--endmembers", "-e", help="The number of materials.")],
    to: Annotated[Path, typer.Option("--out", help="A new folder for the result.")],
    search: Annotated[
        str,
        typer.Option(
            help="How endmembers are found. vca: the outermost pixels of the image. edaa: averages of "
            "its pixels, by archetypal analysis (Zouaoui et al., 2023), which takes up to a minute."
        ),
    ] = "vca",
    method: Annotated[
        str,
        typer.Option(
            help="How abundances are found. fcls: least squares, not negative, summing to one. nnls: "
            "least squares, not negative, then divided by the sum. ssanu: SSANU-Net (Chen et al., "
            "2023), a network that sees pixels with their neighbours. It depends on --seed and takes "
            "one to two minutes for 100 × 100 pixels on two cores."
        ),
    ] = "fcls",
    normalise: Annotated[
        str,
        typer.Option(
            help="What each pixel is divided by: l2, max or none. With l2, an abundance is a fraction "
            "of the light of the pixel; with none, of its area if the image is lit evenly."
        ),
    ] = "l2",
    seed: Annotated[
        int, typer.Option(min=0, help="The seed of the sample, the search and the network.")
    ] = 0,
    starts: Annotated[
        int, typer.Option(min=1, help="How many random starts the search makes.")
    ] = 30,
    variable: Annotated[
        str, typer.Option(help="The variable of a MATLAB file that has several.")
    ] = "",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    overwrite: Annotated[bool, typer.Option(help="Replace an earlier result.")] = False,
) -> None:
    """Unmix an image of your own: abundance maps, endmembers and a one-page report."""
    from rich.progress import Progress

    from mixedpixels import products

    screen = Console(stderr=True)

    def show(words: str, done: float) -> None:
        if words == products.FITTING:  # draws a bar of its own
            bar.stop()
            return
        bar.update(line, description=words, completed=done)
        bar.start()

    with Progress(console=screen, transient=True, disable=not screen.is_terminal) as bar:
        line = bar.add_task("reading", total=1.0)
        report = products.unmix(
            image,
            to,
            n_endmembers=endmembers,
            search=search,
            method=method,
            normalise=normalise,
            seed=seed,
            starts=starts,
            variable=variable,
            device=device,
            overwrite=overwrite,
            progress=show,
        )
    means = ", ".join(f"{k}: {m:.2f}" for k, m in enumerate(report.means, start=1))
    size = report.image
    print(
        f"{size.name}: {size.rows} rows × {size.columns} columns, {size.bands} bands\n"
        f"{size.valid} pixels unmixed in {report.seconds:.1f} s ({size.masked} masked)\n"
        f"mean abundance of each endmember: {means}\n"
        f"relative residual: median {report.error_median:.3f}, 95th percentile "
        f"{report.error_95:.3f}\n"
        f"the report: {report.page}"
    )


if __name__ == "__main__":
    app()
