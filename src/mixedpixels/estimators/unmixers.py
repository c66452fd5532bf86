"""SSANU-Net, CyCU-Net and SUnCNN as scikit-learn estimators."""

from mixedpixels.estimators.network_unmixer import NetworkTransformer, NetworkUnmixer
from mixedpixels.models import ssanu
from mixedpixels.models.rivals import cycunet, suncnn


class SSANUNet(NetworkTransformer):
    """SSANU-Net: an unmixing autoencoder with two streams in the encoder and two in the decoder.

    The network uses each pixel together with its neighbours, so it takes a Scene or a cube. It holds
    the whole image in memory; :func:`mixedpixels.products.unmix` takes larger files.

    Parameters
    ----------
    n_endmembers
        The number of endmembers, from 2 up to the number of bands. It may be left out where
        ``endmembers`` are given.
    endmembers
        The spectra from which the network starts, shape (endmembers, bands), in the unit of the image.
        None searches for them in the image, with the method that the reading names.
    reading
        How the gaps of the paper are filled. ``best``, the default, uses pixels of equal length,
        whatever their unit, and a start from archetypes (EDAA). ``paper`` follows the printed text: raw
        pixels, which should be reflectances in 0–1, and a start from VCA. ``oracle`` is ``best`` with a
        start from the reference spectra, which are given as ``endmembers``.
    scene
        The scene whose settings are used: ``samson``, ``jasper-ridge`` or ``urban``. Any other name
        gets the settings for an unknown scene.
    epochs
        The number of epochs, 1 or more; None takes that of the settings.
    restarts
        The number of restarts of EDAA, 1 or more.
    random_state
        Seed of the search for a start, of the first weights and of the dropout; see
        :func:`~mixedpixels.unmixing.face.draw_seed`.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Attributes
    ----------
    endmembers_ : numpy.ndarray
        float32, shape (endmembers, bands), in the unit of the fit. Under ``paper`` this is the unit of
        the image; under ``best`` and ``oracle`` the mean square of a pixel over its bands is one.
    abundances_ : numpy.ndarray
        float32, shape (pixels, endmembers), 0 or more, row after row of the image. Under ``best`` and
        ``oracle`` they sum to one and are fractions of spectra that are scaled to the same largest
        value. Where the network's coefficients of a pixel are all zero, so are its abundances.
    losses_ : dict
        Name of a term of the loss → its value in each epoch, float64, shape (epochs,).
    balance_ : dict
        Name of a stream → its learnt weight, 0–1.
    settings_
        The settings of the fit.
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
    """CyCU-Net: two autoencoders in sequence with a common encoder.

    The network processes each pixel alone, so it also takes a table of pixels.

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
    """SUnCNN: a convolutional network that is fitted to one image, with a library that is not learnt.

    Its abundances are an average over the iterations of the fit and belong to the image of the fit.
    Therefore there is ``fit_transform`` and no ``transform``. The image needs at least 3 × 3 pixels.

    Parameters
    ----------
    n_endmembers, reading, scene, epochs, restarts, random_state, device
        As in :class:`SSANUNet`; the settings are the same for every scene.
    endmembers
        The library, shape (endmembers, bands), in the unit of the image. It may hold more spectra than
        there are bands. None searches for the spectra in the image, with the method that the reading
        names.

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
