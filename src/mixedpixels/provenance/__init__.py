"""Provenance of a number: digests of the code it ran through, versions, commit, device and memory."""

from mixedpixels.provenance.code import (
    changed_since,
    code_of,
    definitions_used,
    digest_of,
    files_used,
)
from mixedpixels.provenance.loaded import code_of_class, code_of_function, definitions_of
from mixedpixels.provenance.machine import (
    commit,
    device_name,
    peak_memory,
    require_clean,
    versions,
)
from mixedpixels.provenance.registry import registered

__all__ = [
    "changed_since",
    "code_of",
    "code_of_class",
    "code_of_function",
    "commit",
    "definitions_of",
    "definitions_used",
    "device_name",
    "digest_of",
    "files_used",
    "peak_memory",
    "registered",
    "require_clean",
    "versions",
]
