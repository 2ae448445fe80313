"""``log://?stream=stdout``: one line of JSON per item, to stdout, stderr or a file.

``stream`` is ``stdout`` (the default), ``stderr``, the path of a file to append to, or a directory,
in which ``detections.jsonl`` is written anew.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, TextIO

from pythia.event_stream.base import Backend as BaseBackend
from pythia.event_stream.jsonline import encode
from pythia.exceptions import StreamClosedError, StreamError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri, Serializable

__all__ = ["Backend"]


class Backend(BaseBackend):
    """Writes items as lines of JSON."""

    default_stream: ClassVar[str | None] = "stdout"

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        self._file: TextIO | None = None
        if not self.is_standard and not Path(self.stream).parent.is_dir():
            raise StreamError(
                f"event stream {uri!r}: there is no directory {Path(self.stream).parent}; make it, "
                "or choose stream=stdout, stderr or another path"
            )

    @property
    def is_standard(self) -> bool:
        """Whether this writes to the standard output or error of the process."""
        return self.stream in ("stdout", "stderr")

    def connect(self) -> None:
        """Open the file, if it is one."""
        if self.is_standard:
            return
        path = Path(self.stream)
        if path.is_dir():
            self._file = (path / "detections.jsonl").open("w", encoding="utf-8")
        else:
            self._file = path.open("a", encoding="utf-8")

    def post(self, data: Serializable) -> None:
        """Write one item. It may stay in a buffer until `flush`."""
        line = encode(data) + "\n"
        try:
            self._target().write(line)
        except BrokenPipeError as error:
            raise self._closed() from error

    def flush(self) -> None:
        """Hand everything written so far to the operating system."""
        if self._file is None and not self.is_standard:
            return
        try:
            self._target().flush()
        except BrokenPipeError as error:
            raise self._closed() from error

    def close(self) -> None:
        """Close the file, if it is one."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _target(self) -> TextIO:
        # Looked up each time: programs and test runners replace sys.stdout.
        if self.stream == "stdout":
            return sys.stdout
        if self.stream == "stderr":
            return sys.stderr
        if self._file is None:
            raise StreamError(f"event stream {self.raw_uri!r} is not connected")
        return self._file

    def _closed(self) -> StreamClosedError:
        return StreamClosedError(f"the reader of {self.stream} is gone")
