"""Endmembers by entropic-descent archetypal analysis (EDAA): averages of pixels."""

import numpy as np

from mixedpixels.products.searches.search import Search, SearchWords, Start
from mixedpixels.unmixing import EDAA, normalise

_SEARCHES = 3  # enough to see whether chance matters, and each takes seconds
_SEEN = 5_000  # pixels that EDAA sees: its time and memory grow with them
_TOLERANCE = 1.05  # residuals this near the best count as equally good, as among EDAA's restarts
_PIXELS = "{{ '' if report.settings.normalise == 'none' else 'normalised ' }}pixels"


def edaa_plan(seed: int, starts: int) -> tuple[range, int]:
    """Return the seeds of the independent searches, and the restarts of each.

    Examples
    --------
    >>> edaa_plan(4, 30), edaa_plan(4, 2)
    ((range(4, 7), 10), (range(4, 5), 1))
    """
    searches = _SEARCHES if starts >= _SEARCHES else 1
    return range(seed, seed + searches), max(1, starts // _SEARCHES)


def edaa_part(pixels: np.ndarray) -> np.ndarray:
    """Return the pixels (pixels, bands) that EDAA sees: every k-th, at most 5,000."""
    return pixels[:: -(-len(pixels) // _SEEN)]


class ArchetypalAnalysis(Search):
    """Search for archetypes of the normalised pixels, a few times independently.

    Source: Zouaoui, Muhawenayo, Rasti, Chanussot and Mairal, IEEE Trans. Image Process. 32, 2023.
    """

    name = "edaa"
    gives_pixels = False
    network_start = "archetypes"
    words = SearchWords(
        title="EDAA",
        run="search",
        runs="searches",
        found="averages of " + _PIXELS + " found by entropic-descent archetypal analysis (EDAA; "
        "Zouaoui, Muhawenayo, Rasti, Chanussot and Mairal, IEEE Trans. Image Process. 32, 2023)",
        sample="{{ report.sample_pixels | number }} pixels, of which EDAA saw "
        "{{ report.search_facts.seen | number }}, evenly spaced",
        starts="{% set f = report.search_facts %}"
        "{% if f.searches == 1 %}"
        "one search (seed {{ f.first_seed }}) from one random start"
        "{% else %}"
        "{{ f.searches }} independent searches (seeds {{ f.first_seed }} to "
        "{{ f.first_seed + f.searches - 1 }}), each from {{ f.restarts }} random "
        "start{{ '' if f.restarts == 1 else 's' }}. Of the searches with a mean absolute residual "
        "within 5 % of the smallest, the one whose endmembers are least similar to each other was "
        "chosen"
        "{% endif %}",
        agreement="{% set s = report.starts %}"
        "EDAA begins with random weights. {{ s.errors | length }} independent searches gave relative "
        "RMS errors of FCLS over part of the sample from {{ s.errors | min | percent }} to "
        "{{ s.errors | max | percent }} ({{ s.errors[s.chosen] | percent }} for the chosen one). The "
        "mean abundance of an endmember differs by up to {{ report.spread | percent }} of the image "
        "between them.",
        spectra="Each spectrum is an average of " + _PIXELS + " of the image. "
        "{% if report.settings.normalise == 'l2' %}"
        "It is scaled to the length of the pixel that is most similar to it. "
        "{% elif report.settings.normalise == 'max' %}"
        "It is scaled to the largest value of the pixel that is most similar to it. "
        "{% else %}"
        "It is not scaled, because the pixels were not normalised. "
        "{% endif %}"
        "An average always lies between the pixels, never outside them. The most similar pixel is the "
        "one at the smallest spectral angle.",
        pixel="The pixel most similar to {}",
        place="row, column of the most similar pixel",
        pixels="pixels most similar to what EDAA found",
    )

    def find(self, pixels, count, how, seed, starts, device, progress):
        """See :meth:`Search.find`."""
        seeds, restarts = edaa_plan(seed, starts)
        part = normalise(edaa_part(pixels), how)
        directions = normalise(pixels, "l2")
        found = []
        for number, one in enumerate(seeds):
            progress("searching for endmembers", number / len(seeds))
            model = EDAA(count, restarts=restarts, random_state=one, device=device).fit(part)
            cosines = directions @ normalise(model.endmembers_, "l2").T
            similar = cosines.argmax(axis=0)
            found.append(
                Start(
                    similar,
                    _scaled_like(pixels[similar], model.endmembers_, how).astype(np.float32),
                    float(model.residuals_[model.chosen_]),
                    float(model.likeness_[model.chosen_]),
                )
            )
        progress("searching for endmembers", 1.0)
        return found

    def choose(self, starts, errors):
        """Choose the least similar endmembers among the searches with nearly the smallest residual."""
        residuals = np.array([start.residual for start in starts])
        likeness = np.array([start.likeness for start in starts])
        good = residuals <= _TOLERANCE * residuals.min()
        return int(np.where(good, likeness, np.inf).argmin())

    def facts(self, drawn, seed, starts):
        """See :meth:`Search.facts`."""
        seeds, restarts = edaa_plan(seed, starts)
        seen = -(-drawn // -(-drawn // _SEEN))
        return {
            "searches": len(seeds),
            "first_seed": seeds[0],
            "restarts": restarts,
            "seen": seen,
        }


def _scaled_like(pixels: np.ndarray, spectra: np.ndarray, how: str) -> np.ndarray:
    """Return normalised spectra with the length of pixels, both (endmembers, bands)."""
    if how == "none":
        return spectra
    order = 2 if how == "l2" else np.inf
    return normalise(spectra, how) * np.linalg.norm(pixels, ord=order, axis=1, keepdims=True)
