"""Fits of one network to one scene under each reading, with the budget of a notebook's profile."""

import dataclasses

from mixedpixels.fits import Start, fit_or_load, start_or_load
from mixedpixels.models.config import READINGS
from mixedpixels.pipeline.settings import Run
from mixedpixels.scenes import Scene
from mixedpixels.training import Unmixing


class Readings:
    """A network's settings for a scene under each reading, and its fits.

    Parameters
    ----------
    model
        A module such as :mod:`mixedpixels.models.ssanu`.
    scene
        A scene with a reference, from which the reading ``oracle`` starts.
    run
        The notebook's resolved settings, of which ``restarts`` and ``device`` are used.
    epochs
        The number of epochs of each fit, in every reading; 0 takes the model's own number.

    Attributes
    ----------
    settings : dict
        Reading → the model's settings, with that number of epochs.
    """

    def __init__(self, model, scene: Scene, run: Run, epochs: int):
        self._scene, self._run = scene, run
        self.settings = {
            reading: with_epochs(model.settings(scene.name, reading), epochs)
            for reading in READINGS
        }

    def fit(self, reading: str, seed: int, start_seed: int | None = None, **changes) -> Unmixing:
        """Return a fit, made now or loaded from the cache; see :func:`mixedpixels.fits.fit_or_load`.

        Parameters
        ----------
        reading
            One of :attr:`settings`.
        seed
            Seed of the network's first weights and of its dropout.
        start_seed
            Seed of the search for its start. None takes the network's seed for VCA, which is cheap, and
            seed 0 for archetypes, so that they are searched only once.
        changes
            Changes of the reading's settings, such as ``dropout=0.0``.
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
        """Return the starting spectra of a reading; see :func:`mixedpixels.fits.start_or_load`."""
        return start_or_load(
            self._scene,
            self.settings[reading],
            seed=seed,
            restarts=self._run.restarts,
            device=self._run.device,
        )


def with_epochs(settings, epochs: int):
    """Return a model's settings with another number of epochs, one update each; 0 changes nothing."""
    if not epochs:
        return settings
    training = dataclasses.replace(settings.training, updates=epochs)
    return dataclasses.replace(settings, training=training)
