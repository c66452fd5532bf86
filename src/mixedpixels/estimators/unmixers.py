"""SSANU-Net, CyCU-Net and SUnCNN as estimators."""

from mixedpixels.estimators.network_unmixer import NetworkTransformer, NetworkUnmixer
from mixedpixels.models import ssanu
from mixedpixels.models.rivals import cycunet, suncnn


class SSANUNet(NetworkTransformer):
    """SSANU-Net: two streams to encode, two streams to decode.

    The network sees each pixel with its neighbours, so it takes a Scene or a cube. The whole image is
    in memory at once; :func:`mixedpixels.products.unmix` takes larger files.

    Parameters
    ----------
    n_endmembers
        2 up to the number of bands. May be left out where ``endmembers`` are given.
    endmembers
        The spectra to start from, shape (endmembers, bands), in the image's unit. None searches for
        them in the image, in the way that the reading names.
    reading
        What fills the gaps that the paper leaves. ``best``, the default, works on pixels of equal
        length, whatever their unit, and starts from archetypes (EDAA). ``paper`` keeps to what is
        printed: pixels as they come, expected in reflectance 0–1, and a start by VCA. ``oracle`` is
        ``best`` from the reference's spectra, given as ``endmembers``.
    scene
        The scene whose settings are used: ``samson``, ``jasper-ridge`` or ``urban``. Any other name
        gets the settings for an unknown scene.
    epochs
        None takes those of the settings.
    restarts
        Of the search for archetypes, 1 or more.
    random_state
        Of the search, the weights and the dropout; see
        :func:`~mixedpixels.unmixing.face.draw_seed`.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float32, shape (endmembers, bands), in the unit of the fit: the image's own under ``paper``;
        under ``best`` and ``oracle`` that of pixels whose mean square over the bands is one.
    abundances_ : numpy.ndarray
        float32, shape (pixels, endmembers), 0 or more, row after row of the image. Under ``best`` and
        ``oracle`` they sum to one and are shares of spectra scaled to the same largest value; where
        the network gives nothing of any endmember, all are zero.
    losses_ : dict
        Each term of the loss, float64, shape (epochs,).
    balance_ : dict
        The learnt weights of the streams, 0–1.
    settings_
        The settings that the fit used.
    network_ : torch.nn.Module
        The fitted network.
    n_features_in_ : int
        The number of bands.

    References
    ----------
    Chen, Zhang, Ren, Zhou, Feng and Cheng, IEEE J. Sel. Topics Appl. Earth Observ. Remote Sens. 16,
    2023.

    Examples
    --------
    >>> cube = np.random.default_rng(0).random((6, 6, 8))
    >>> model = SSANUNet(3, epochs=2, restarts=1, device="cpu").fit(cube)
    >>> model.abundances_.shape, model.endmembers_.shape
    ((36, 3), (3, 8))
    """

    _model = ssanu


class CyCUNet(NetworkTransformer):
    """CyCU-Net: two autoencoders in a row that share an encoder.

    The network sees each pixel alone, so it takes a table of pixels too.

    Parameters
    ----------
    n_endmembers, endmembers, reading, scene, epochs, restarts, random_state, device
        As in :class:`SSANUNet`; an unknown scene gets Samson's settings.

    Attributes
    ----------
    endmembers_, abundances_, losses_, settings_, network_, n_features_in_
        As in :class:`SSANUNet`; the abundances sum to one under every reading.
    balance_ : dict
        Empty: this network has no weights between streams.

    References
    ----------
    Gao, Han, Hong, Zhang and Chanussot, IEEE Trans. Geosci. Remote Sens. 60, 2022.
    """

    _model = cycunet
    _needs_neighbours = False


class SUnCNN(NetworkUnmixer):
    """SUnCNN: a convolutional network fitted to one image, for a library that stays as it is.

    Its abundances are an average over the iterations of the fit, for the image of the fit: so there is
    ``fit_transform`` and no ``transform``. The image has at least 3 × 3 pixels.

    Parameters
    ----------
    n_endmembers, reading, scene, epochs, restarts, random_state, device
        As in :class:`SSANUNet`; the settings are the same for every scene.
    endmembers
        The library, shape (endmembers, bands), in the image's unit; it may hold more spectra than
        there are bands. None takes what is found in the image, in the way that the reading names.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float32, shape (endmembers, bands): the library, in the unit of the fit.
    abundances_, losses_, settings_, network_, n_features_in_
        As in :class:`SSANUNet`; the abundances sum to one under every reading.
    balance_ : dict
        Empty: this network has no weights between streams.

    References
    ----------
    Rasti and Koirala, IEEE Geosci. Remote Sens. Lett. 19, 2022.
    """

    _model = suncnn
