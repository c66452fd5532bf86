"""Mixed Pixels: five hyperspectral autoencoder papers, rebuilt.

Rooms, by what a reader looks for:

- ``scenes``: images, spectral libraries, where they come from, and their simulated twins
- ``device``: choosing where the arithmetic runs
- ``metrics``: spectral angle, the three abundance RMSEs, matching, classification scores
- ``unmixing``: geometry (VCA), least squares (NNLS, FCLS), SMACC
- ``ledger``: what the papers print, what we measured, and the verdict between the two
- ``plotting``: figures with alternative text and colour-blind-safe maps
- ``pipeline``: executing the notebooks and building the book
- ``products``: unmixing a file of one's own
"""

__version__ = "0.1.0"
