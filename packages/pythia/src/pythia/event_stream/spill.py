"""Events on disk while their stream cannot take them: in order, bounded, safe against crashes.

A folder of segments, each a file of lines ``<crc32> <json>``, and a file ``position`` that says how
far they have been delivered. A segment is deleted when it is. After a crash of the machine the last
segment may end in half a line, which its checksum gives away; a position that was not written in
time makes events come twice, never not at all.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import re
import struct
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from zlib import crc32

from pythia.event_stream.jsonline import encode
from pythia.exceptions import StreamError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pythia.event_stream.base import Backend

__all__ = ["UNENCODABLE", "Spill"]

_logger = logging.getLogger("pythia.event_stream.spill")


class _Unencodable:
    def __repr__(self) -> str:
        return "<an event that is no plain value>"


UNENCODABLE: Final = _Unencodable()
"""Stands for an item that could not be written as JSON."""

_UNENCODABLE_LINE = b"!"
_POSITION = struct.Struct("<QQ")  # segment, offset in it
_LARGEST_SEGMENT = 16 << 20


class Spill:
    """A queue of plain values on disk. Not safe for threads: its owner has a lock.

    Args:
        folder: Where the files are; made when missing. One process may use it at a time.
        max_bytes: What the files may take together.
    """

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self.folder = folder
        self.max_bytes = max_bytes
        self.count: int = 0
        self.is_full: bool = False
        self._segment_bytes = max(1, min(_LARGEST_SEGMENT, max_bytes // 4))
        self._segments: list[int] = []
        self._sizes: dict[int, int] = {}
        self._offset = 0  # of the first item, in the first segment
        self._next_segment = 1
        self._lock_file: IO[bytes] | None = None
        self._position_fd = -1
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StreamError(f"events cannot be spilled to {folder}: {error}") from error
        if not os.access(folder, os.W_OK):
            raise StreamError(f"events cannot be spilled to {folder}: it is not writable")

    @classmethod
    def of(cls, backend: Backend) -> Spill | None:
        """Return the spill that the URI of a backend asks for with ``spill=FOLDER``."""
        folder = backend.query.get("spill")
        if not folder:
            return None
        # One subfolder for each destination, whatever the options and the credentials.
        place = f"{backend.scheme}://{backend.hosts}{backend.path}?{backend.stream}"
        readable = re.sub(r"[^\w.-]+", "-", f"{Path(backend.scheme).name}-{backend.stream}")[:80]
        name = f"{readable}-{hashlib.sha256(place.encode()).hexdigest()[:8]}"
        max_bytes = backend.number("spill_max_mb", 1024, minimum=1) * (1 << 20)
        return cls(Path(folder).expanduser() / name, int(max_bytes))

    def open(self) -> None:
        """Lock the folder and count what an earlier run left. Idempotent.

        Raises:
            StreamError: Another process uses it.
        """
        if self._lock_file is not None:
            return
        lock_file = (self.folder / "lock").open("wb")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock_file.close()
            raise StreamError(
                f"{self.folder} is in use by another process or stream: give each its own spill "
                "folder, or let them share one stream"
            ) from error
        self._lock_file = lock_file
        self._position_fd = os.open(self.folder / "position", os.O_RDWR | os.O_CREAT, 0o600)
        self._recover()
        if self.count:
            _logger.info("%s: %d events of an earlier run wait", self.folder, self.count)

    def close(self) -> None:
        """Let go of the folder; what is in it stays. Idempotent."""
        if self._lock_file is None:
            return
        os.close(self._position_fd)
        self._lock_file.close()
        self._lock_file = None

    def append(self, items: list[Any]) -> int:
        """Write items behind the others and have the disk confirm; return for how many was room.

        Does not raise when the disk is full: then it is less than all.
        """
        written = 0
        self.is_full = False
        while written < len(items) and not self.is_full:
            written += self._append_to_segment(items[written:])
        return written

    def peek(self, limit: int) -> list[Any]:
        """Return the first items."""
        return [_decode(line) for _, _, line in self._lines(limit)]

    def remove(self, count: int) -> None:
        """Remove the first items: they have been delivered. Without effect when closed."""
        if self._lock_file is None or not count:
            return
        segment, end = self._segments[0], self._offset
        for segment, end, _ in self._lines(count):  # noqa: B007
            self.count -= 1
        self.is_full = False
        for each in list(self._segments):
            if each < segment or (each == segment and end >= self._sizes[each]):
                self._delete(each)
        self._offset = end if segment in self._segments else 0
        self._write_position()

    def _append_to_segment(self, items: list[Any]) -> int:
        if not self._segments or self._sizes[self._segments[-1]] >= self._segment_bytes:
            self._segments.append(self._next_segment)
            self._sizes[self._next_segment] = 0
            self._next_segment += 1
        segment = self._segments[-1]
        room = self.max_bytes - sum(self._sizes.values())
        lines, size = [], 0
        for item in items:
            line = _line(item)
            if size + len(line) > room:
                self.is_full = True
                break
            lines.append(line)
            size += len(line)
            if self._sizes[segment] + size >= self._segment_bytes:
                break
        if self.is_full and self.count == 0 and not lines:
            _logger.error("an event is larger than all of spill_max_mb")
        try:
            _write(self._path(segment), self._sizes[segment], b"".join(lines))
        except OSError as error:
            _logger.error("events cannot be spilled to %s: %s", self.folder, error)
            self.is_full = True
            return 0
        self._sizes[segment] += size
        self.count += len(lines)
        return len(lines)

    def _lines(self, limit: int) -> Iterator[tuple[int, int, bytes]]:
        """The first records: segment, offset behind the record in it, and its text."""
        offset = self._offset
        for segment in self._segments:
            with self._path(segment).open("rb") as file:
                file.seek(offset)
                while limit > 0 and offset < self._sizes[segment]:
                    record = file.readline()
                    offset += len(record)
                    limit -= 1
                    yield segment, offset, record[9:-1]
            if limit <= 0:
                return
            offset = 0

    def _recover(self) -> None:
        self._segments = sorted(int(each.stem) for each in self.folder.glob("*.spill"))
        self._sizes, self.count, self._offset = {}, 0, 0
        position = os.pread(self._position_fd, _POSITION.size, 0)
        at_segment, at_offset = _POSITION.unpack(position) if len(position) == 16 else (1, 0)
        # Never a number below the position: what is there counts as delivered.
        self._next_segment = max(at_segment, *(each + 1 for each in self._segments), 1)
        for segment in list(self._segments):
            start = at_offset if segment == at_segment else 0
            count, size = _check(self._path(segment), start)
            self._sizes[segment] = size
            if segment < at_segment or not count:
                self._delete(segment)
                continue
            if segment == at_segment:
                self._offset = start
            self.count += count

    def _delete(self, segment: int) -> None:
        self._segments.remove(segment)
        del self._sizes[segment]
        self._path(segment).unlink(missing_ok=True)

    def _write_position(self) -> None:
        segment = self._segments[0] if self._segments else self._next_segment
        os.pwrite(self._position_fd, _POSITION.pack(segment, self._offset), 0)

    def _path(self, segment: int) -> Path:
        return self.folder / f"{segment:012d}.spill"


def _line(item: Any) -> bytes:
    try:
        text = encode(item).encode()
    except (TypeError, ValueError, RecursionError):
        text = _UNENCODABLE_LINE
    return b"%08x %s\n" % (crc32(text), text)


def _decode(text: bytes) -> Any:
    return UNENCODABLE if text == _UNENCODABLE_LINE else json.loads(text)


def _write(path: Path, size: int, data: bytes) -> None:
    """Write all of the data at the end of a file of that size, or nothing."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        done = 0
        while done < len(data):
            done += os.pwrite(descriptor, data[done:], size + done)
        os.fdatasync(descriptor)
    except OSError:
        os.ftruncate(descriptor, size)
        raise
    finally:
        os.close(descriptor)


def _check(path: Path, start: int) -> tuple[int, int]:
    """Return the number of whole records from an offset on, and where the last of them ends."""
    count, end = 0, start
    with path.open("rb") as file:
        file.seek(start)
        for record in file:
            text = record[9:-1]
            if record[-1:] != b"\n" or record[:9] != b"%08x " % crc32(text):
                _logger.warning("%s is damaged behind byte %d: the rest is left out", path, end)
                break
            count, end = count + 1, end + len(record)
    return count, end
