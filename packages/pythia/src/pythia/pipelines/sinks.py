"""The last part of a `Pipeline`: the screen, nothing, numbered pictures, or a video file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pythia.exceptions import did_you_mean
from pythia.utils.ext import IS_JETSON
from pythia.utils.gst import quoted

if TYPE_CHECKING:
    from pythia.types import Con, SinkUri

__all__ = [
    "PythiaFakesink",
    "PythiaFilesink",
    "PythiaLiveSink",
    "PythiaMultifileSink",
    "PythiaSink",
]

# Kilobits per second, as x264 and the encoders of GPUs count; their default is too low for 720p.
_H264 = "video/x-h264|element-properties,bitrate=8000"
_MPEG = "videoconvert\n! mpeg2enc\n! mpegpsmux"


def _encodebin(profile: str) -> str:
    return f'encodebin\n  profile="{profile}"'


class PythiaSink(ABC):
    """Where the pictures go."""

    ENCODERS: ClassVar[dict[str, str]] = {
        ".mp4": _encodebin(f"video/quicktime,variant=iso:{_H264}"),
        ".m4v": _encodebin(f"video/quicktime,variant=iso:{_H264}"),
        ".mov": _encodebin(f"video/quicktime,variant=apple:{_H264}"),
        ".mkv": _encodebin(f"video/x-matroska:{_H264}"),
        ".avi": _encodebin(f"video/x-msvideo:{_H264}"),
        ".flv": _encodebin(f"video/x-flv:{_H264}"),
        ".webm": _encodebin("video/webm:video/x-vp8"),
        # encodebin makes neither of these.
        ".wmv": "videoconvert\n! avenc_wmv2\n! asfmux",
        ".mpg": _MPEG,
        ".mpeg": _MPEG,
    }
    """Encoder and container, by the suffix of the file."""

    VIDEO_EXTENSIONS: ClassVar[list[str]] = list(ENCODERS)

    def __init__(self, uri: SinkUri) -> None:
        self.uri = uri
        self.CONNECTIONS: Con = {}

    @staticmethod
    def from_uri(uri: SinkUri) -> PythiaSink:
        """Return the kind of sink that fits a URI.

        Args:
            uri: ``live`` (the screen), ``fakesink`` (nothing), a path with ``%`` in its name
                (numbered pictures, ``frames/%06d.jpg``), or the path of a video.

        Raises:
            ValueError: It is none of these.
        """
        path = Path(uri)
        if uri == "live":
            return PythiaLiveSink(uri)
        if uri == "fakesink":
            return PythiaFakesink(uri)
        known = PythiaMultifileSink.SUPPORTED_FORMATS if "%" in path.stem else PythiaSink.ENCODERS
        if path.suffix not in known:
            raise ValueError(
                f"sink {uri!r}: no format is known for the suffix {path.suffix!r}."
                f"{did_you_mean(path.suffix, known)} Known: {', '.join(known)}, and live, fakesink"
            )
        return PythiaMultifileSink(uri) if "%" in path.stem else PythiaFilesink(uri)

    @abstractmethod
    def gst(self) -> str:
        """Return the text of the sink."""


class PythiaFakesink(PythiaSink):
    """Throws pictures away."""

    def gst(self) -> str:
        """Return the text of the sink."""
        return "fakesink"


class PythiaFilesink(PythiaSink):
    """Encodes to one video file."""

    def gst(self) -> str:
        """Return the text from encoder to file."""
        encoder = self.ENCODERS[Path(self.uri).suffix]
        location = quoted(self.uri, always=True)
        return f"nvvideoconvert\n! {encoder}\n! filesink\n  location={location}"


class PythiaMultifileSink(PythiaSink):
    """Encodes each picture to a file of its own."""

    SUPPORTED_FORMATS: ClassVar[dict[str, str]] = {
        ".jpg": "jpegenc\n  quality=100\n  idct-method=float",
        ".png": "avenc_png",
        ".webp": "webpenc\n  lossless=true\n  quality=100\n  speed=6",
    }
    """The encoder, by the suffix of the files."""

    def gst(self) -> str:
        """Return the text from encoder to files."""
        encoder = self.SUPPORTED_FORMATS[Path(self.uri).suffix]
        location = quoted(self.uri, always=True)
        return f"nvvideoconvert\n! {encoder}\n! multifilesink\n  location={location}"


class PythiaLiveSink(PythiaSink):
    """Shows pictures on the screen."""

    def gst(self) -> str:
        """Return the text of the sink; Jetsons need a conversion before it."""
        transform = "! nvegltransform\n" if IS_JETSON else ""
        return f"nvvideoconvert\n{transform}! nveglglessink"
