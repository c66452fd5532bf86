"""Entropic-descent archetypal analysis: endmembers that are mixtures of the image's own pixels."""

from dataclasses import dataclass

import numpy as np
import torch

from mixedpixels.device import choose_device
from mixedpixels.unmixing.face import Unmixer, check_at_least_one, check_input, draw_seed
from mixedpixels.unmixing.pixels import check_count

_EXPONENTS = range(-3, 4)  # of 2, in the step size; each restart draws one
_TOLERANCE = 1.05  # residuals up to this many times the least count as equally good
_NUMBERS_AT_ONCE = 2**25  # float32 values in the largest temporary array: 128 MB


class EDAA(Unmixer):
    r"""Blind unmixing by archetypal analysis, with many restarts in one pass.

    .. math:: \min_{A, B} \|X - X B A\|_F^2, \quad
        \text{columns of } A \text{ and } B \text{ on the simplex}

    with the pixels as columns of :math:`X`. The endmembers :math:`XB` are weighted means of pixels, and
    the abundances :math:`A` are the weights of the endmembers in each pixel. Both are found by mirror
    descent, whose steps stay on the simplex: :math:`A \leftarrow \mathrm{softmax}(\log A - \eta_A
    \nabla_A)`, and likewise for :math:`B`. The problem has many local minima, so it is solved from many
    random starts. Among the solutions whose residual is within 5 % of the least, the one whose
    endmembers are least similar is chosen.

    The abundances are defined for the pixels of the fit only, so there is ``fit_transform`` and no
    ``transform``. For other pixels use ``FCLS(model.endmembers_).fit_transform(pixels)``.

    Parameters
    ----------
    n_endmembers
        The number of endmembers, from 2 up to the number of bands.
    restarts
        The number of random starts, 1 or more.
    random_state
        Seed of the starts and their step sizes; see :func:`~mixedpixels.unmixing.face.draw_seed`.
    rounds, steps
        Each of the ``rounds`` makes ``steps`` steps on the abundances, then as many on the endmembers.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float64, shape (endmembers, bands), in the unit of the pixels.
    abundances_ : numpy.ndarray
        float64, shape (pixels, endmembers): non-negative, summing to one.
    residuals_ : numpy.ndarray
        float64, shape (restarts,): the mean absolute residual, in the unit of the pixels.
    likeness_ : numpy.ndarray
        float64, shape (restarts,): the largest correlation between two endmembers of a restart.
    chosen_ : int
        The number of the chosen restart, from 0.
    n_features_in_ : int
        The number of bands.

    References
    ----------
    Zouaoui, Muhawenayo, Rasti, Chanussot and Mairal, *Entropic descent archetypal analysis for blind
    hyperspectral unmixing*, IEEE Trans. Image Process. 32, 2023.

    Examples
    --------
    >>> abundances = np.random.default_rng(0).dirichlet([0.3, 0.3, 0.3], 400)
    >>> spectra = np.array([[1.0, 0.2, 0.1, 0.3], [0.1, 0.9, 0.3, 0.2], [0.2, 0.1, 0.8, 0.5]])
    >>> model = EDAA(3, restarts=4, device="cpu").fit(abundances @ spectra)
    >>> model.abundances_.shape
    (400, 3)
    """

    def __init__(
        self,
        n_endmembers: int,
        restarts: int = 50,
        random_state=0,
        rounds: int = 100,
        steps: int = 20,
        device: str = "auto",
    ):
        self.n_endmembers = n_endmembers
        self.restarts = restarts
        self.random_state = random_state
        self.rounds = rounds
        self.steps = steps
        self.device = device

    def fit(self, X, y=None):
        """Find endmembers and abundances; return self.

        Parameters
        ----------
        X
            A Scene, a cube (rows, columns, bands) or a table (pixels, bands), in any unit. Leave out
            pixels that are zero in all bands, because no archetype describes them.
        y
            Not used.

        Raises
        ------
        BadInput
            When a value is not finite, or a parameter is out of its range.
        """
        pixels = check_input(self, X, reset=True)
        count = check_count(self.n_endmembers, pixels)
        check_at_least_one(self, "restarts", "rounds", "steps")
        seed = draw_seed(self.random_state)
        device = choose_device(self.device)
        image = torch.tensor(pixels, dtype=torch.float32, device=device)
        at_once = max(1, _NUMBERS_AT_ONCE // (count * len(pixels)))
        tried = []
        for first in range(0, self.restarts, at_once):
            numbers = range(first, min(first + at_once, self.restarts))
            tried.append(self._descend(image, count, numbers, seed))
        residuals = torch.cat([t.residuals for t in tried]).cpu().numpy().astype(np.float64)
        likeness = torch.cat([t.likeness for t in tried]).cpu().numpy().astype(np.float64)
        good = residuals <= _TOLERANCE * residuals.min()
        chosen = int(np.where(good, likeness, np.inf).argmin())
        kept, place = tried[chosen // at_once], chosen % at_once
        self.endmembers_ = kept.endmembers[place].cpu().numpy().astype(np.float64)
        self.abundances_ = kept.abundances[place].T.cpu().numpy().astype(np.float64)
        self.residuals_, self.likeness_, self.chosen_ = residuals, likeness, chosen
        return self

    def fit_transform(self, X, y=None) -> np.ndarray:
        """Fit and return ``abundances_``, shape (pixels, endmembers)."""
        return self.fit(X).abundances_

    def _descend(self, image: torch.Tensor, count: int, numbers: range, seed: int) -> "_Tried":
        """Run the restarts with these numbers on an image of shape (pixels, bands)."""
        noise, exponents = [], []
        for number in numbers:  # a restart depends on its own number only
            rng = np.random.default_rng((seed, number))
            noise.append(0.1 * rng.random((2, count, len(image)), dtype=np.float32))
            exponents.append(int(rng.choice(_EXPONENTS)))
        log_a, log_b = torch.tensor(np.stack(noise), device=image.device).unbind(1)
        factor = 2.0 ** torch.tensor(exponents, device=image.device, dtype=torch.float32)
        log_a, log_b = log_a.log_softmax(1), log_b.log_softmax(2)  # (restarts, endmembers, pixels)
        endmembers = log_b.exp() @ image  # (restarts, endmembers, bands)
        step_a = factor / torch.linalg.matrix_norm(endmembers, 2) ** 2
        step_b = step_a * (count / len(image)) ** 0.5
        step_a, step_b = step_a[:, None, None], step_b[:, None, None]
        for _ in range(self.rounds):
            gram = endmembers @ endmembers.mT
            seen = endmembers @ image.T
            for _ in range(self.steps):
                log_a = (log_a - step_a * (gram @ log_a.exp() - seen)).log_softmax(1)
            a = log_a.exp()
            gram = a @ a.mT
            seen = a @ image
            for _ in range(self.steps):
                log_b = (log_b - step_b * ((gram @ endmembers - seen) @ image.T)).log_softmax(2)
                endmembers = log_b.exp() @ image
        a = log_a.exp()
        residuals = torch.stack(
            [(image - a[k].T @ endmembers[k]).abs().mean() for k in range(len(a))]
        )
        centred = endmembers - endmembers.mean(2, keepdim=True)
        centred = centred / centred.norm(dim=2, keepdim=True)
        alike = centred @ centred.mT - 2 * torch.eye(count, device=image.device)
        return _Tried(endmembers, a, residuals, alike.amax((1, 2)))


@dataclass
class _Tried:
    endmembers: torch.Tensor
    abundances: torch.Tensor
    residuals: torch.Tensor
    likeness: torch.Tensor
