"""The errors a user can act on; each says what was expected, what came and what to do."""


class MixedPixelsError(Exception):
    """Base of every error this package raises on purpose; the command line prints it as one line."""


class BadInput(MixedPixelsError, ValueError):
    """An argument, an array or a file is not what the function needs."""


class UnknownName(MixedPixelsError, LookupError):
    """A name that is in no registry; the message lists the nearest ones."""


class DataUnavailable(MixedPixelsError, OSError):
    """A file could be had from no place; the message lists every place that was tried."""


class WrongHash(MixedPixelsError, OSError):
    """A file was found, but its bytes are not the registered ones."""
