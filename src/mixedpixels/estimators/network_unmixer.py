"""The common base of the unmixing networks: scikit-learn's conventions around one fit."""

from dataclasses import replace
from types import ModuleType
from typing import ClassVar

import numpy as np
import torch
from sklearn.base import TransformerMixin

from mixedpixels.errors import BadInput
from mixedpixels.models.layers import Image
from mixedpixels.training.unmixer import fit_unmixer, prepare, starting_spectra
from mixedpixels.unmixing.face import (
    Unmixer,
    check_at_least_one,
    check_fitted,
    check_input,
    draw_seed,
)
from mixedpixels.unmixing.pixels import check_abundances, check_count, check_table


class NetworkUnmixer(Unmixer):
    """The base class of the unmixing networks; see :class:`mixedpixels.estimators.SSANUNet`.

    A subclass names the module of its model, and says whether the model uses the neighbours of a pixel.
    """

    _model: ClassVar[ModuleType]
    _needs_neighbours: ClassVar[bool] = True

    def __init__(
        self,
        n_endmembers: int | None = None,
        *,
        endmembers=None,
        reading: str = "best",
        scene: str = "",
        epochs: int | None = None,
        restarts: int = 50,
        random_state=0,
        device: str = "auto",
    ):
        self.n_endmembers = n_endmembers
        self.endmembers = endmembers
        self.reading = reading
        self.scene = scene
        self.epochs = epochs
        self.restarts = restarts
        self.random_state = random_state
        self.device = device

    def fit(self, X, y=None):
        """Find the spectra to start from, and fit the network to the image.

        Parameters
        ----------
        X
            A Scene or a cube (rows, columns, bands), in any unit. CyCU-Net, which processes each pixel
            alone, also takes a table (pixels, bands).
        y
            Not used.

        Returns
        -------
        self

        Raises
        ------
        BadInput
            For a table where neighbours are needed, a value that is not finite, or a parameter out of
            its range.
        UnknownName
            For an unknown reading.
        NotFinite
            When the loss becomes NaN or infinite.
        """
        pixels = check_input(self, X, reset=True)
        cube = self._cube(X, pixels)
        settings, seed = self._settings(), draw_seed(self.random_state)
        spectra = self._start(cube, settings, seed)
        self.network_, found = fit_unmixer(cube, spectra, settings, seed=seed, device=self.device)
        self.settings_, self.losses_, self.balance_ = settings, found.losses, found.balance
        self.endmembers_, self.abundances_ = found.endmembers, found.abundances
        return self

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Fit and return ``abundances_``, shape (pixels, endmembers)."""
        return self.fit(X).abundances_

    @torch.no_grad()
    def inverse_transform(self, X) -> np.ndarray:
        """Return the spectra that the network mixes from abundances.

        Under the reading ``paper`` they are in the unit of the image. Under ``best`` and ``oracle`` the
        network does not know the brightness of a pixel, so the mean square of each spectrum over its
        bands is one.

        Parameters
        ----------
        X
            Abundances, shape (pixels, endmembers), or maps (rows, columns, endmembers).

        Returns
        -------
        numpy.ndarray
            float32, shape (pixels, bands).

        Raises
        ------
        NotFitted
            Before ``fit``.
        BadInput
            When a value is not finite, or the number of endmembers is not that of the fit.
        """
        check_fitted(self)
        abundances = torch.tensor(check_abundances(X), dtype=torch.float32)
        spectra = self.network_.spectra()
        if abundances.shape[1] != len(spectra):
            raise BadInput(
                f"abundances: expected those of {len(spectra)} endmembers, got {abundances.shape[1]}"
            )
        abundances = abundances.to(spectra.device)
        if (
            self.settings_.abundance_scaling == "unit peaks"
        ):  # undo the scaling of the abundances to unit peaks
            heights = spectra.amax(1)
            abundances = abundances / torch.where(heights > 0, heights, 1)
        if hasattr(self.network_, "decode"):
            mixed = self.network_.decode(abundances)
        else:
            mixed = abundances @ spectra
        return prepare(mixed.cpu().numpy()[None], self.settings_.normalisation)[0]

    def _settings(self):
        settings = self._model.settings(self.scene, self.reading)
        if self.epochs is not None:
            check_at_least_one(self, "epochs")
            settings = replace(
                settings, training=replace(settings.training, updates=int(self.epochs))
            )
        return settings

    def _start(self, cube: np.ndarray, settings, seed: int) -> np.ndarray:
        """Return the spectra from which the network starts, in the unit of the fit."""
        if self.endmembers is not None:
            bands = cube.shape[2]
            given = check_table(self.endmembers, "endmembers", "spectra (endmembers, bands)", bands)
            if self.n_endmembers is not None and self.n_endmembers != len(given):
                raise BadInput(
                    f"n_endmembers: {self.n_endmembers} and {len(given)} spectra were given; leave "
                    "one of the two out"
                )
            return prepare(given[None], settings.normalisation)[0]
        if self.n_endmembers is None:
            raise BadInput("expected n_endmembers, or the spectra as endmembers; got neither")
        if settings.start == "reference":
            raise BadInput(
                f"reading {self.reading!r} starts from the reference's endmembers; pass them as "
                "endmembers"
            )
        check_at_least_one(self, "restarts")
        return starting_spectra(
            cube,
            check_count(self.n_endmembers, cube.reshape(-1, cube.shape[2])),
            settings.start,
            settings.normalisation,
            seed=seed,
            restarts=self.restarts,
            device=self.device,
        )

    def _cube(self, X, pixels: np.ndarray) -> np.ndarray:
        """Return the checked pixels of ``X`` as a cube."""
        given = getattr(X, "cube", X)
        given = given if hasattr(given, "ndim") else np.asarray(given)
        places = given.shape[:2] if given.ndim == 3 else (len(pixels), 1)
        if self._needs_neighbours:
            if hasattr(X, "neighbourhood"):
                X.neighbourhood()  # raises for a set of pixels without positions
            elif given.ndim != 3:
                raise BadInput(
                    f"{type(self).__name__} looks at the neighbours of a pixel: expected a Scene or a "
                    f"cube (rows, columns, bands), got a table of shape {pixels.shape}. For pixels "
                    "without places use CyCUNet or FCLS"
                )
        return pixels.reshape(*places, pixels.shape[1])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = not self._needs_neighbours
        return tags


class NetworkTransformer(TransformerMixin, NetworkUnmixer):
    """An unmixing network that can also be applied to images other than that of its fit."""

    def transform(self, X) -> np.ndarray:
        """Return the abundances of an image by the fitted network.

        Parameters
        ----------
        X
            As in :meth:`fit`, of as many bands and in the same unit.

        Returns
        -------
        numpy.ndarray
            float32, shape (pixels, endmembers).

        Raises
        ------
        NotFitted
            Before ``fit``.
        BadInput
            When a value is not finite, or the number of bands is not that of the fit.
        """
        check_fitted(self)
        cube = self._cube(X, check_input(self, X, reset=False))
        device = next(self.network_.parameters()).device
        image = Image(torch.tensor(prepare(cube, self.settings_.normalisation), device=device))
        return self.network_.abundances(image).cpu().numpy()

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Fit and return ``abundances_``, shape (pixels, endmembers)."""
        return self.fit(X).abundances_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []  # a network returns float32
        return tags
