"""The errors that a user can act on. Each says what was expected, what was given and what to do."""


class MixedPixelsError(Exception):
    """The base of all errors that this package raises itself; the command line prints no traceback."""


class BadInput(MixedPixelsError, ValueError):
    """An argument, an array or a file is not what the function needs."""


class UnknownName(MixedPixelsError, LookupError):
    """A name is not known; the message lists the nearest known names."""


class DataUnavailable(MixedPixelsError, OSError):
    """A file is not available; the message lists every place that was tried."""


class WrongHash(MixedPixelsError, OSError):
    """A file was found, but its hash is not the registered one."""
