"""``file:///var/log/events.jsonl``: lines of JSON in a file that is rotated by size or time.

``file://events/today.jsonl`` is relative to the current folder. Query parameters:

- ``rotate_mb``: start a new file when this one is larger, in MiB.
- ``rotate_s``: start a new file when this one is older, in seconds since it was begun.
- ``keep``: how many rotated files stay; default 0, all of them.

The present file always has the name of the URI; rotated ones get the time they were closed before
their suffix: ``events.20260131T235959.123456.jsonl``. A file holds whole lines only, also after a
crash or when the disk is full; then events wait until there is room again.
"""

from __future__ import annotations

import os
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote, urlsplit

from pythia.event_stream.outbox import OutboxBackend
from pythia.exceptions import StreamError, StreamUnavailableError

if TYPE_CHECKING:
    from pythia.types import EventStreamUri

__all__ = ["Backend"]


class Backend(OutboxBackend):
    """Appends lines of JSON to a file."""

    default_stream: ClassVar[str | None] = "events"
    options: ClassVar[frozenset[str] | None] = frozenset({"rotate_mb", "rotate_s", "keep"})

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        parts = urlsplit(self.uri)
        place = "" if parts.netloc == "localhost" else unquote(parts.netloc)
        self.file: Path = Path(place + self.path)
        if not self.file.name or self.file.is_dir():
            raise StreamError(
                f"event stream {uri!r} names no file: write file:///folder/events.jsonl"
            )
        if not self.file.parent.is_dir():
            raise StreamError(
                f"event stream {uri!r}: there is no directory {self.file.parent}; make it, or "
                "choose another path"
            )
        self._rotate_bytes = self.number("rotate_mb", 0) * (1 << 20)
        self._rotate_s = self.number("rotate_s", 0)
        self._keep = int(self.number("keep", 0))
        self._descriptor = -1
        self._size = 0
        self._begun_at = 0.0

    def connect(self) -> None:
        """Open the file. What a crash left of a last line is cut off."""
        if self._descriptor >= 0:
            return
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self.file, flags, 0o666)
        except OSError as error:
            raise StreamError(f"event stream {self.raw_uri!r} cannot be opened: {error}") from error
        self._size = os.fstat(self._descriptor).st_size
        self._begun_at = time.time()
        self._cut_half_line()

    def flush(self) -> None:
        """Write all lines, or none if there is no room for them."""
        if not self._outbox:
            return
        if self._is_rotation_due():
            self._rotate()
        data = b"\n".join(self._outbox) + b"\n"
        try:
            done = 0
            while done < len(data):
                done += os.write(self._descriptor, memoryview(data)[done:])
        except OSError as error:
            os.ftruncate(self._descriptor, self._size)
            raise StreamUnavailableError(f"{self.file} cannot be written: {error}") from error
        self._size += len(data)
        self._outbox.clear()

    def close(self) -> None:
        """Close the file."""
        super().close()
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _is_rotation_due(self) -> bool:
        if not self._size:
            return False
        is_large = 0 < self._rotate_bytes <= self._size
        return is_large or 0 < self._rotate_s <= time.time() - self._begun_at

    def _rotate(self) -> None:
        now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%S.%f")
        os.rename(self.file, self.file.with_name(f"{self.file.stem}.{now}{self.file.suffix}"))
        os.close(self._descriptor)
        self._descriptor = -1
        self.connect()
        if self._keep:
            for old in self._rotated()[: -self._keep]:
                old.unlink(missing_ok=True)

    def _rotated(self) -> list[Path]:
        digits = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "." + "[0-9]" * 6
        return sorted(self.file.parent.glob(f"{self.file.stem}.{digits}{self.file.suffix}"))

    def _cut_half_line(self) -> None:
        end = self._size
        while end:
            start = max(0, end - 4096)
            newline = os.pread(self._descriptor, end - start, start).rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        if end != self._size:
            os.ftruncate(self._descriptor, end)
            self._size = end
