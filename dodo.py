"""The tasks of the build and their dependencies, for doit. ``mixedpixels build`` runs them.

doit stores its own state only when it ends normally, so nothing here relies on that state. Each
notebook and the book have a key file instead, which is written when they are complete.
"""

from doit import get_var

from mixedpixels import paths
from mixedpixels.pipeline import build, execute, pages, pairs
from mixedpixels.pipeline.progress import BuildProgress

PROFILE = get_var("profile", "quick")
WORKERS = int(get_var("workers", "2"))
(paths.workspace()).mkdir(parents=True, exist_ok=True)

DOIT_CONFIG = {
    "default_tasks": ["book"],
    "reporter": BuildProgress,
    "dep_file": str(paths.workspace() / "doit.json"),
    "backend": "json",
    "par_type": "thread",
    "num_process": WORKERS,
    "verbosity": 0,
}


def task_data():
    """Fetch the data that the notebooks use."""
    return {"actions": [build.fetch_data]}


def task_notebook():
    """Execute the notebooks, several at a time, one computing thread each."""
    for name in pairs.names():
        yield {
            "name": name,
            "actions": [(execute.build_one_apart, [name, PROFILE, 1 if WORKERS > 1 else None])],
            "uptodate": [(execute.is_built, [name, PROFILE])],
            "task_dep": ["data"],
        }


def task_pages():
    """Write the pages that are generated from the registry, the ledger and the measured times."""
    return {"actions": [pages.write_all], "task_dep": ["notebook"]}


def task_book():
    """Render the book."""
    return {
        "actions": [(build.build_book, [PROFILE])],
        "uptodate": [(build.book_is_built, [PROFILE])],
        "task_dep": ["pages"],
    }
