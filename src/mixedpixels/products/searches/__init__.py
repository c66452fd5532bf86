"""The searches for endmembers that a user can choose, one file each.

To add a search, write its file beside these and name it in ``SEARCHES``.
"""

from mixedpixels.products.searches.edaa import ArchetypalAnalysis
from mixedpixels.products.searches.search import Search, Start
from mixedpixels.products.searches.vca import VertexComponents

SEARCHES: dict[str, Search] = {s.name: s for s in (ArchetypalAnalysis(), VertexComponents())}

__all__ = ["SEARCHES", "Search", "Start"]
