"""The progress of a build: finished tasks and the time left, as plain lines outside a terminal."""

import sys
import time

from doit.exceptions import UnmetDependency
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from mixedpixels.pipeline import keys

# the assumed seconds of a task that has not been measured yet
_SECONDS = {"data": 1.0, "pages": 1.0, "book": 30.0}
_UNMEASURED = 20.0


class BuildProgress:
    """A reporter for ``doit``, which calls one method per event."""

    desc = "progress with time left"

    def __init__(self, outstream, options):
        self.console = Console(file=sys.stderr)
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[left]}"),
            console=self.console,
            disable=not self.console.is_terminal,
        )
        self.open: dict[str, float] = {}  # tasks that will run → seconds they should take
        self.began: dict[str, float] = {}
        self.failures = []

    def initialize(self, tasks, selected_tasks):
        """Start the progress bar for the list of tasks."""
        named = [n for n, t in tasks.items() if t.actions]
        for name in named:
            known = keys.built(name.removeprefix("notebook:"))
            self.open[name] = known.seconds if known else _SECONDS.get(name, _UNMEASURED)
        self.total = len(named)
        self.bar.start()
        self.line = self.bar.add_task("building", total=self.total, left="")

    def get_status(self, task):
        """Do nothing when the state of a task is determined."""

    def execute_task(self, task):
        """Show that a task begins."""
        if task.actions:
            self.began[task.name] = time.perf_counter()
            self.bar.update(self.line, description=task.name, left=self._left())

    def skip_uptodate(self, task):
        """Show that a task is up to date."""
        self._done(task, "unchanged")

    def skip_ignore(self, task):
        """Show that a task is ignored."""
        self._done(task, "ignored")

    def add_success(self, task):
        """Show that a task succeeded."""
        if task.actions:
            self._done(task, f"{time.perf_counter() - self.began[task.name]:.0f} s")

    def add_failure(self, task, fail):
        """Show that a task failed, or that a task it needs did."""
        if isinstance(fail, UnmetDependency):
            self._done(task, "not done, because a task that it needs failed")
        else:
            self.failures.append((task.name, fail))
            self._done(task, "FAILED")

    def _done(self, task, how):
        if not task.actions:
            return
        self.open.pop(task.name, None)
        self.bar.update(self.line, advance=1, left=self._left())
        number = self.total - len(self.open)
        text = f"[{number}/{self.total}] {task.name}: {how}"
        self.console.print(
            f"{text}; {self._left()}" if self.open else text, highlight=False, markup=False
        )

    def _left(self) -> str:
        now = time.perf_counter()
        left = sum(max(s - (now - self.began.get(n, now)), 0) for n, s in self.open.items())
        left /= max(
            1, sum(name in self.open for name in self.began)
        )  # divided by the running tasks
        return f"about {left:.0f} s left"

    def cleanup_error(self, exception):
        """Show that the clean-up failed."""
        self.runtime_error(str(exception))

    def runtime_error(self, message):
        """Show an error outside the tasks."""
        self.console.print(message, style="red", markup=False)

    def teardown_task(self, task):
        """Do nothing when a task is torn down."""

    def complete_run(self):
        """End the progress bar, and show which tasks failed and why."""
        self.bar.stop()
        for name, fail in self.failures:
            self.console.print(f"\n{name}", style="bold red", markup=False)
            cause = getattr(fail, "traceback", None)
            self.console.print(
                (cause[-1] if cause else fail.get_msg()).strip(), markup=False, highlight=False
            )
