"""Figures and tables with alternative text, colours for every colour vision, and axes with units."""

from mixedpixels.plotting import figure
from mixedpixels.plotting.bundles import plot_bundles
from mixedpixels.plotting.comparison import (
    compared_maps,
    compared_spectra,
)
from mixedpixels.plotting.curves import plot_curves
from mixedpixels.plotting.figure import Picture, picture
from mixedpixels.plotting.heatmap import plot_heatmap
from mixedpixels.plotting.label_maps import plot_label_maps
from mixedpixels.plotting.losses import plot_losses
from mixedpixels.plotting.maps import abundance_maps, colour_image
from mixedpixels.plotting.network import plot_network
from mixedpixels.plotting.scatter import plot_scatter
from mixedpixels.plotting.spectra import plot_spectra
from mixedpixels.plotting.spread import plot_spread, spread_words
from mixedpixels.plotting.tables import difference_table, number_table

__all__ = [
    "Picture",
    "abundance_maps",
    "colour_image",
    "compared_maps",
    "compared_spectra",
    "difference_table",
    "figure",
    "number_table",
    "picture",
    "plot_bundles",
    "plot_curves",
    "plot_heatmap",
    "plot_label_maps",
    "plot_losses",
    "plot_network",
    "plot_scatter",
    "plot_spectra",
    "plot_spread",
    "spread_words",
]
