"""What a build shows while it runs: tasks done, the time left; plain lines where no one watches."""

import sys
import time

from doit.exceptions import UnmetDependency
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from mixedpixels.pipeline import keys

# what a task is taken to need before it has been measured
_SECONDS = {"data": 1.0, "pages": 1.0, "book": 30.0}
_UNMEASURED = 20.0


class BuildProgress:
    """A doit reporter: ``doit`` calls one method per event."""

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
        """Take the list of tasks."""
        named = [n for n, t in tasks.items() if t.actions]
        for name in named:
            known = keys.built(name.removeprefix("notebook:"))
            self.open[name] = known.seconds if known else _SECONDS.get(name, _UNMEASURED)
        self.total = len(named)
        self.bar.start()
        self.line = self.bar.add_task("building", total=self.total, left="")

    def get_status(self, task):
        """A task's state is being looked up."""

    def execute_task(self, task):
        """A task begins."""
        if task.actions:
            self.began[task.name] = time.perf_counter()
            self.bar.update(self.line, description=task.name, left=self._left())

    def skip_uptodate(self, task):
        """A task has nothing to do."""
        self._done(task, "unchanged")

    def skip_ignore(self, task):
        """A task is ignored."""
        self._done(task, "ignored")

    def add_success(self, task):
        """A task ended well."""
        if task.actions:
            self._done(task, f"{time.perf_counter() - self.began[task.name]:.0f} s")

    def add_failure(self, task, fail):
        """A task failed."""
        if isinstance(fail, UnmetDependency):
            self._done(task, "not done, for what it needs failed")
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
        left /= max(1, sum(name in self.open for name in self.began))  # those running side by side
        return f"about {left:.0f} s left"

    def cleanup_error(self, exception):
        """Cleaning up failed."""
        self.runtime_error(str(exception))

    def runtime_error(self, message):
        """Something outside the tasks failed."""
        self.console.print(message, style="red", markup=False)

    def teardown_task(self, task):
        """A task is torn down."""

    def complete_run(self):
        """All is over: say what failed and why."""
        self.bar.stop()
        for name, fail in self.failures:
            self.console.print(f"\n{name}", style="bold red", markup=False)
            cause = getattr(fail, "traceback", None)
            self.console.print(
                (cause[-1] if cause else fail.get_msg()).strip(), markup=False, highlight=False
            )
