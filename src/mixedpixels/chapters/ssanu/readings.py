"""The readings of one network on one scene, fitted with what a notebook's profile allows."""

import dataclasses

from mixedpixels.fits import Start, fit_or_load, start_or_load
from mixedpixels.models.config import READINGS
from mixedpixels.pipeline.settings import Run
from mixedpixels.scenes import Scene
from mixedpixels.training import Unmixing


class Readings:
    """A network's settings for a scene, one reading beside the other, and its fits.

    Parameters
    ----------
    model
        A module such as :mod:`mixedpixels.models.ssanu`.
    scene
        With its reference, which the reading ``oracle`` starts from.
    run
        The notebook's resolved settings: its ``restarts`` and ``device`` are used.
    epochs
        Of each fit, in every reading; 0 for the model's own.

    Attributes
    ----------
    settings : dict
        Reading → the model's settings, with as many epochs as were asked for.
    """

    def __init__(self, model, scene: Scene, run: Run, epochs: int):
        self._scene, self._run = scene, run
        self.settings = {
            reading: with_epochs(model.settings(scene.name, reading), epochs)
            for reading in READINGS
        }

    def fit(self, reading: str, seed: int, start_seed: int | None = None, **changes) -> Unmixing:
        """Return a fit, made now or loaded from the cache; see :func:`fit_or_load`.

        Parameters
        ----------
        reading
            One of :attr:`settings`.
        seed
            Of the network.
        start_seed
            Of the search for its start. None: one of VCA is drawn with the network's seed, for it
            costs nothing; a search for archetypes is made once, with seed 0.
        changes
            Of the reading's settings, as ``dropout=0.0``.
        """
        settings = dataclasses.replace(self.settings[reading], **changes)
        if start_seed is None:
            start_seed = seed if settings.start == "vca" else 0
        return fit_or_load(
            self._scene,
            settings,
            seed=seed,
            start_seed=start_seed,
            restarts=self._run.restarts,
            device=self._run.device,
        )

    def start(self, reading: str, seed: int = 0) -> Start:
        """Return the spectra that a reading starts from; see :func:`start_or_load`."""
        return start_or_load(
            self._scene,
            self.settings[reading],
            seed=seed,
            restarts=self._run.restarts,
            device=self._run.device,
        )


def with_epochs(settings, epochs: int):
    """Return a model's settings with another number of epochs, one update each; 0 keeps its own."""
    if not epochs:
        return settings
    training = dataclasses.replace(settings.training, updates=epochs)
    return dataclasses.replace(settings, training=training)
