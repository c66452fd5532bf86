"""SSANU-Net, its rivals and the controls on one scene, as columns of the chapter's tables."""

from collections.abc import Callable, Iterable

import numpy as np

from mixedpixels import ledger
from mixedpixels.chapters import baselines
from mixedpixels.chapters.baselines import Baseline
from mixedpixels.chapters.ssanu.readings import Readings
from mixedpixels.chapters.ssanu.unmixing_table import METRICS, UnmixingTable
from mixedpixels.fits import Archetypes, archetypes_or_load
from mixedpixels.metrics import UnmixingScores
from mixedpixels.models import ssanu
from mixedpixels.models.config import READINGS
from mixedpixels.models.rivals import cycunet, suncnn
from mixedpixels.pipeline.settings import Run
from mixedpixels.scenes import Scene

SUN = "SUnCNN, shortened"  # it runs fewer iterations than the authors' demonstration


def ssanu_networks(scene: Scene, run: Run) -> dict[str, Readings]:
    """Return the networks of the chapter on a scene, each with the run's number of epochs.

    Parameters
    ----------
    scene
        A scene with a reference.
    run
        Settings with ``epochs``, ``cycle_epochs`` and ``sun_iterations`` (0 takes the network's own
        number), ``restarts`` and ``device``.

    Returns
    -------
    dict
        Name → :class:`~mixedpixels.chapters.ssanu.readings.Readings`.
    """
    return {
        "SSANU-Net": Readings(ssanu, scene, run, run.epochs),
        "CyCU-net": Readings(cycunet, scene, run, run.cycle_epochs),
        SUN: Readings(suncnn, scene, run, run.sun_iterations),
    }


class Comparison:
    """A table of the chapter: methods that are run on one scene and scored, under each reading.

    Parameters
    ----------
    artifact
        The name of the table, such as ``ssanu/table-3``. A method that it does not print is a control.
    scene
        A scene with a reference.
    run
        See :func:`ssanu_networks`. :meth:`controls` also uses ``vca_starts``, and :meth:`smacc` uses
        ``smacc_seeds``.

    Attributes
    ----------
    networks : dict
        Name → :class:`Readings`.
    tables : dict
        Reading → :class:`~mixedpixels.chapters.ssanu.unmixing_table.UnmixingTable`.
    """

    def __init__(self, artifact: str, scene: Scene, run: Run):
        self._artifact, self._scene, self._run = artifact, scene, run
        self._printed = {claim.column for claim in ledger.claims(artifact)}
        self.networks = ssanu_networks(scene, run)
        self.tables = {r: UnmixingTable(scene, "ssanu") for r in READINGS}

    def add(
        self,
        name: str,
        one_run: Callable,
        seeds: Iterable[int] = (0,),
        reading: str = "paper",
        **about,
    ) -> list[UnmixingScores]:
        """Run a method once per seed, score it, add it to a table, and return the scores.

        Parameters
        ----------
        name, one_run, seeds, about
            See :meth:`UnmixingTable.add`.
        reading
            The reading whose table gets the method.
        """
        control = name not in self._printed
        return self.tables[reading].add(name, one_run, seeds, control=control, **about)

    def fit(self, name: str, reading: str, seeds: Iterable[int]) -> list[UnmixingScores]:
        """Fit a network once per seed, add it to a table, and return the scores.

        Parameters
        ----------
        name
            One of :attr:`networks`.
        reading
            One of :attr:`tables`.
        seeds
            Seeds of the network, and of its start where that is found by VCA.
        """
        network, about = self.networks[name], {}
        if name == SUN:
            whole = suncnn.settings(self._scene.name, reading).training.updates
            made = network.settings[reading].training.updates
            about["note"] = (
                f"{made} iterations, its demonstration's are {whole} or more; the image's noise is "
                "left in"
            )
        return self.add(name, lambda seed: network.fit(reading, seed), seeds, reading, **about)

    def same_three_things(self, seeds: Iterable[int]) -> list[UnmixingScores]:
        """Fit SSANU-Net under the literal reading with the three changes that *best* makes to rivals.

        Parameters
        ----------
        seeds
            Seeds of the network. All fits start from the same archetypes.
        """
        network = self.networks["SSANU-Net"]
        given = {"normalisation": "l2", "start": "archetypes", "abundance_scaling": "unit peaks"}
        return self.add(
            "SSANU-Net, the same three things",
            lambda seed: network.fit("paper", seed, **given),
            seeds,
            note="read literally, but L2 pixels, archetypes, abundances of scaled spectra",
        )

    def search(self, seed: int) -> Archetypes:
        """Return the result of EDAA on L2-normalised pixels, computed now or loaded from the cache."""
        return archetypes_or_load(
            self._scene, seed=seed, restarts=self._run.restarts, device=self._run.device
        )

    def controls(self, searches: Iterable[int]) -> list[Baseline]:
        """Return the controls without a network: VCA, EDAA, and methods that use the reference.

        Parameters
        ----------
        searches
            The seeds of EDAA.
        """
        scene, device = self._scene, self._run.device
        pixels, count = scene.pixels, len(scene.endmember_names)
        return [
            *baselines.blind(pixels, count, range(self._run.vca_starts), device),
            *baselines.archetypal(pixels, self.search, searches, device),
            *baselines.given(pixels, scene.endmembers, scene.pixel_abundances, device),
        ]

    def smacc(self, how: str = "none") -> Baseline:
        """Return SMACC with one run per draw of its noise.

        Parameters
        ----------
        how
            The normalisation of the pixels: ``none``, ``l2`` or ``max``.
        """
        count = len(self._scene.endmember_names)
        return baselines.smacc(self._scene.pixels, count, range(self._run.smacc_seeds), how)

    def measure(self, rows: Iterable[Baseline]) -> dict[str, list[UnmixingScores]]:
        """Run controls and score them; return name → scores."""
        return {row.name: self.add(row.name, row.run, row.seeds, **row.about) for row in rows}

    def first_runs(self, names: Iterable[str]) -> dict[str, np.ndarray]:
        """Return the abundances of the first run of each method, for a figure.

        Parameters
        ----------
        names
            Methods of the literal reading, or of *best* where `` (best)`` is added to the name.

        Returns
        -------
        dict
            Name → abundances, shape (pixels, endmembers), in the order of the reference.
        """
        return {name: self._column(name, "estimates") for name in names}

    def fits_of(self, names: Iterable[str]) -> list[ledger.Fit]:
        """Return the cached fits behind :meth:`first_runs`."""
        return [fit for name in names for fit in self._column(name, "fits")[0]]

    def _column(self, name: str, what: str):
        reading = "best" if name.endswith(" (best)") else "paper"
        return getattr(self.tables[reading], what)[name.removesuffix(" (best)")]

    def record(self, scene: Scene | None = None) -> dict[str, ledger.Shown]:
        """Record the table under each reading; the literal one is last, because it shows the others.

        Parameters
        ----------
        scene
            The scene whose hashes are recorded, where more data than those of the table's own scene
            were used.

        Returns
        -------
        dict
            Reading → what was recorded.
        """
        return {
            reading: ledger.record(
                self._artifact,
                scene=scene or self._scene,
                run=self._run,
                cells=self.tables[reading].cells,
                metrics=METRICS,
                seconds=self.tables[reading].seconds,
                reading=reading,
                fits=[
                    f for runs in self.tables[reading].fits.values() for run in runs for f in run
                ],
            )
            for reading in sorted(READINGS, key="paper".__eq__)
        }
