"""SymAE as a scikit-learn estimator: from pixels and their groups to codes and virtual spectra."""

from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import column_or_1d

from mixedpixels.errors import BadInput
from mixedpixels.estimators import symae_file
from mixedpixels.models.config import Precision, TrainingConfig
from mixedpixels.models.symae import Settings
from mixedpixels.training.disentangler import Grouping, fit_symae
from mixedpixels.unmixing.face import check_at_least_one, check_fitted, check_input, draw_seed


class SymAE(TransformerMixin, BaseEstimator):
    """A symmetric autoencoder that separates what the pixels of a group have in common from the rest.

    One network is trained. Its reflectance code holds what the pixels of a group have in common. Its
    nuisance code holds what differs between them, such as illumination and shadow.

    Parameters
    ----------
    updates
        The number of updates of the training; the default takes some minutes on a processor. Each
        update uses ``datapoints`` × ``n_tau`` pixels.
    scale
        The number by which all values are divided, above 0. It is the same for all bands, because their
        relative heights carry information. None takes the largest absolute value of the pixels; give a
        number where dead detectors or saturated pixels make that value meaningless.
    datapoints, n_tau
        The number of datapoints per update, and the number of pixels of one group in each datapoint.
    learning_rate
        The learning rate of the first update; it falls to zero along half a cosine.
    settings
        Widths and dropout, a :class:`mixedpixels.models.symae.Settings`. None takes those of the
        authors' notebook.
    precision
        ``fp32``, ``bf16``, or on a GPU ``tf32``.
    random_state
        Seed of the first weights, of the drawn pixels and of the dropout; see
        :func:`~mixedpixels.unmixing.face.draw_seed`.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Attributes
    ----------
    classes_ : numpy.ndarray
        The labels of the groups, sorted.
    scale_ : float
        The number by which values are divided.
    n_features_in_ : int
        The number of bands.
    disentangler_ : mixedpixels.training.disentangler.Disentangler
        The network and the history of its training.

    References
    ----------
    Bhattacharjee, Bharadwaj and Demanet, *Virtual hyperspectral images using symmetric autoencoders*,
    2023.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).random((40, 6))
    >>> model = SymAE(updates=5, device="cpu").fit(pixels, np.arange(40) % 2)
    >>> model.transform(pixels).shape, model.redatum(pixels, pixels[0]).shape
    ((40, 64), (40, 6))
    """

    def __init__(
        self,
        updates: int = 20_000,
        *,
        scale: float | None = None,
        datapoints: int = 8,
        n_tau: int = 8,
        learning_rate: float = 2e-4,
        settings: Settings | None = None,
        precision: Precision = "fp32",
        random_state=0,
        device: str = "auto",
    ):
        self.updates = updates
        self.scale = scale
        self.datapoints = datapoints
        self.n_tau = n_tau
        self.learning_rate = learning_rate
        self.settings = settings
        self.precision = precision
        self.random_state = random_state
        self.device = device

    def fit(self, X, y):
        """Train a network on pixels and their groups.

        Parameters
        ----------
        X
            A table (n, bands), a Scene or a cube (rows, columns, bands), in any unit. The network is
            trained on every pixel, so leave out pixels without a group.
        y
            The group of each pixel, numbers or text, shape (n,) or (rows, columns).

        Returns
        -------
        self

        Raises
        ------
        BadInput
            When a value is not finite, the numbers of groups and pixels differ, or a parameter is out
            of its range.
        NotFinite
            When a loss becomes NaN or infinite.
        """
        pixels = check_input(self, X, reset=True)
        if y is None:
            raise BadInput(
                "SymAE requires y to be passed, but the target y is None; pass the group of each "
                "pixel"
            )
        y = np.asarray(y)
        y = column_or_1d(y if y.ndim < 2 else y.reshape(-1))
        if len(y) != len(pixels):
            raise BadInput(f"groups: expected one for each of {len(pixels)} pixels, got {len(y)}")
        if (y.dtype.kind == "f" and not np.isfinite(y).all()) or any(label is None for label in y):
            raise BadInput("groups: got None, NaN or infinity; leave pixels without a group out")
        if not isinstance(self.settings, Settings | None):
            raise BadInput(
                "settings: expected mixedpixels.models.symae.Settings or None, got "
                f"{self.settings!r}"
            )
        check_at_least_one(self, "updates", "datapoints", "n_tau")
        classes, groups = np.unique(y, return_inverse=True)
        scale = float(np.abs(pixels).max()) if self.scale is None else self.scale
        self.disentangler_ = fit_symae(
            pixels[None],
            groups[None],
            scale=scale or 1.0,
            settings=self.settings or Settings(),
            grouping=Grouping(int(self.datapoints), int(self.n_tau)),
            config=TrainingConfig(
                int(self.updates),
                self.learning_rate,
                "cosine",
                precision=self.precision,
                eval_every=-(-int(self.updates) // 100),
            ),
            seed=draw_seed(self.random_state),
            device=self.device,
        )
        self.classes_, self.scale_ = classes, self.disentangler_.scale
        return self

    def transform(self, X) -> np.ndarray:
        """Return the reflectance codes of pixels, which describe what a group has in common.

        Parameters
        ----------
        X
            A table (n, bands), a Scene or a cube, in the unit of the fit.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, code).
        """
        return self._trained().reflectance_code(check_input(self, X, reset=False))

    def nuisance(self, X) -> np.ndarray:
        """Return the nuisance codes of pixels, float32, shape (n, code): what is each pixel's own."""
        return self._trained().nuisance_code(check_input(self, X, reset=False))

    def redatum(self, X, reference) -> np.ndarray:
        """Return the virtual spectra of pixels under the conditions of another pixel.

        Parameters
        ----------
        X
            As in :meth:`transform`.
        reference
            The spectrum whose nuisance code they get, shape (bands,), in the same unit.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, bands), in the unit of the pixels.
        """
        network, pixels = self._trained(), check_input(self, X, reset=False)
        reference = np.asarray(reference)
        if reference.shape != (pixels.shape[1],):
            raise BadInput(
                f"reference: expected one spectrum of {pixels.shape[1]} bands, got shape "
                f"{reference.shape}"
            )
        return network.redatum(pixels, reference)

    def save(self, path) -> None:
        """Write the trained network to a safetensors file, with its parameters as JSON.

        Parameters
        ----------
        path
            The path of the file, for example ``model.safetensors``. An existing file is replaced.

        Raises
        ------
        NotFitted
            Before ``fit``.
        BadInput
            When a parameter or a group's label cannot be written as JSON.
        """
        self._trained()
        symae_file.write(Path(path), self)

    @classmethod
    def load(cls, path, device: str = "auto") -> "SymAE":
        """Read a network that :meth:`save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path
            The path of the file.
        device
            Where the network runs: ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

        Raises
        ------
        BadInput
            When the file is missing, is damaged, or does not hold a SymAE.
        """
        return symae_file.read(Path(path), cls, device)

    def _trained(self):
        check_fitted(self, "disentangler_")
        return self.disentangler_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []  # a network returns float32
        return tags
