"""`Demo`: show any media on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from pythia.applications.base import Application
from pythia.utils.ext import IS_JETSON
from pythia.utils.gst import property_text

if TYPE_CHECKING:
    from pythia.applications.handle import RunHandle

__all__ = ["Demo"]


class Demo(Application):
    """Shows media on the screen, to see that decoding and display work."""

    @overload
    @classmethod
    def play(cls, uri: str, *, background: Literal[False] = False) -> None: ...
    @overload
    @classmethod
    def play(cls, uri: str, *, background: Literal[True]) -> RunHandle: ...
    @classmethod
    def play(cls, uri: str, *, background: bool = False) -> RunHandle | None:
        """Play a URI or a file to its end.

        Args:
            uri: Where the media is.
            background: Return the handle of the run at once.
        """
        if "://" not in uri:
            uri = Path(uri).resolve().as_uri()
        transform = "! nvegltransform " if IS_JETSON else ""
        app = cls.from_pipeline_string(
            f"uridecodebin {property_text('uri', uri)} {transform}! nveglglessink"
        )
        if background:
            return app(background=True)
        app()
        return None
