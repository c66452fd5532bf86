"""SSANU-Net as a method: a network that sees each pixel with its neighbours."""

from mixedpixels.models import ssanu
from mixedpixels.products.methods.method import MethodWords
from mixedpixels.products.methods.network import NetworkMethod


class SSANUNet(NetworkMethod):
    """SSANU-Net with the settings of the book's reading ``best``.

    Source: Chen, Zhang, Ren, Zhou, Feng and Cheng, IEEE J. Sel. Topics Appl. Earth Observ. Remote
    Sens. 16, 2023.
    """

    name = "ssanu"
    reach = 3  # a convolution of 5 × 5 pixels, then one of 3 × 3
    words = MethodWords(
        title="SSANU-Net, an autoencoder network that sees each pixel with its neighbours (Chen, "
        "Zhang, Ren, Zhou, Feng and Cheng, IEEE J. Sel. Topics Appl. Earth Observ. Remote Sens. 16, "
        "2023); its abundances are divided by their sum",
        residual="a material may be missing, or the network did not learn the mixture. A small error "
        "does not mean that the mixture is linear, because the network also has a nonlinear stream.",
        model="the network, which mixes a few spectra linearly and adds a nonlinear part, describes "
        "the image",
        spectra="The network learned these spectra. They are the weights of its linear decoder, not "
        "pixels of the image.",
        facts=(
            (
                "weights of its streams",
                "{% for name, value in report.fit.balance.items() %}"
                "{{ name }} {{ '%.2f' | format(value) }}{{ ', ' if not loop.last }}"
                "{% endfor %}",
            ),
        ),
        limits=(
            "The network's settings are those of the book's reading “best”, except for the search for "
            "its starting endmembers and the scaling of its abundances. They were chosen for the "
            "scenes of its paper, not for this image, and its answer is random. Compare it with the "
            "answers of fcls or nnls, which are exact for the endmembers they are given.",
        ),
    )

    def settings(self):
        """See :meth:`NetworkMethod.settings`."""
        return ssanu.settings("", "best")
