"""The settings of a run, checked before anything is read."""

from dataclasses import dataclass

from mixedpixels.errors import BadInput
from mixedpixels.products.methods import METHODS
from mixedpixels.products.searches import SEARCHES
from mixedpixels.unmixing import NORMALISATIONS


@dataclass(frozen=True)
class Settings:
    """The parameters of a run, as :func:`mixedpixels.products.unmix` explains them.

    Raises
    ------
    BadInput
        When a setting is not allowed, whatever the image.
    """

    image: str
    n_endmembers: int
    search: str
    method: str
    normalise: str
    seed: int
    starts: int
    variable: str
    wavelengths: tuple[float, ...] | None
    device: str

    def __post_init__(self):
        for name, allowed in (
            ("search", SEARCHES),
            ("method", METHODS),
            ("normalise", NORMALISATIONS),
        ):
            value = getattr(self, name)
            if value not in allowed:
                raise BadInput(f"{name} must be one of {', '.join(allowed)}, got {value!r}")
        for name, least in (("n_endmembers", 2), ("starts", 1), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise BadInput(f"{name}: expected a whole number, {least} or more, got {value!r}")
