"""The version of the installed distribution, or of this source tree."""

from __future__ import annotations

from importlib import metadata

__all__ = ["__version__"]

try:
    __version__ = metadata.version("pythia-video")
except metadata.PackageNotFoundError:  # run from a source tree that was never installed
    __version__ = "0.1.0"
