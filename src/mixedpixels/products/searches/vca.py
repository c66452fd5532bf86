"""Endmembers by vertex component analysis (VCA): the outermost pixels."""

import numpy as np

from mixedpixels.products.searches.search import Search, SearchWords, Start
from mixedpixels.unmixing import normalise, vca_starts


class VertexComponents(Search):
    """Run VCA once per seed on the normalised pixels.

    The endmembers are the pixels that VCA chose, not their projections. The spectra that a user gets
    are therefore exactly those that the abundances belong to.

    Source: Nascimento and Bioucas-Dias, IEEE Trans. Geosci. Remote Sens. 43(4), 2005.
    """

    name = "vca"
    gives_pixels = True
    network_start = "vca"
    words = SearchWords(
        title="VCA",
        run="start",
        runs="starts",
        found="pixels of the image chosen by vertex component analysis (VCA; Nascimento and "
        "Bioucas-Dias, IEEE Trans. Geosci. Remote Sens. 43(4), 2005)",
        sample="{{ report.sample_pixels | number }} pixels, used by VCA and for choosing its start",
        starts="{{ report.settings.starts }} (seeds {{ report.settings.seed }} to "
        "{{ report.settings.seed + report.settings.starts - 1 }}). The start with the smallest mean "
        "squared error of FCLS over the normalised sample was chosen",
        agreement="{% set s = report.starts %}"
        "{% if s.distinct == 1 %}"
        "All {{ s.errors | length }} starts of VCA found the same "
        "{{ report.settings.n_endmembers }} pixels. The relative RMS error over part of the sample "
        "is {{ s.errors | min | percent }}."
        "{% else %}"
        "VCA begins in a random direction. {{ s.errors | length }} starts found {{ s.distinct }} "
        "different sets of pixels. Their relative RMS errors over part of the sample range from "
        "{{ s.errors | min | percent }} (the chosen one) to {{ s.errors | max | percent }}. The mean "
        "abundance of an endmember differs by up to {{ report.spread | percent }} of the image "
        "between them."
        "{% endif %}",
        spectra="Each spectrum is that of one pixel of the image, before normalisation.",
        pixel="The pixel that is {}",
        place="row, column",
        pixels="pixels that VCA chose",
    )

    def find(self, pixels, count, how, seed, starts, device, progress):
        """See :meth:`Search.find`."""
        progress("searching for endmembers", 0.0)
        _, indices = vca_starts(normalise(pixels, how), count, range(seed, seed + starts))
        sets = [tuple(sorted(start)) for start in indices.tolist()]
        made = {s: Start(np.array(s), pixels[list(s)].astype(np.float32)) for s in set(sets)}
        return [made[s] for s in sets]

    def choose(self, starts, errors):
        """Choose the start that FCLS reconstructs best; of equal ones, the first pixels."""
        return min(range(len(starts)), key=lambda k: (errors[k], tuple(starts[k].indices)))
