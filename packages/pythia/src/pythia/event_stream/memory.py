"""``memory://?stream=name``: items in a deque of this process, for tests and notebooks.

``maxlen`` (default 100000, 0 for no limit) bounds it: the oldest items go first. Each backend has a
deque of its own; with ``shared=true`` all backends of the process with the same stream name share
one, which stays in `STORAGE` until you delete it.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, ClassVar

from pythia.event_stream.base import Backend as BaseBackend

if TYPE_CHECKING:
    from pythia.types import EventStreamUri, Serializable

__all__ = ["STORAGE", "Backend"]

STORAGE: dict[str, deque[Serializable]] = {}
"""The deques of shared streams, by name."""


class Backend(BaseBackend):
    """Appends items to `deque`."""

    default_stream: ClassVar[str | None] = "default"
    options: ClassVar[frozenset[str] | None] = frozenset({"maxlen", "shared"})

    def __init__(self, uri: EventStreamUri) -> None:
        super().__init__(uri)
        maxlen = int(self.number("maxlen", 100_000))
        self.deque: deque[Serializable] = deque(maxlen=maxlen or None)
        if self.flag("shared", default=False):
            self.deque = STORAGE.setdefault(self.stream, self.deque)

    def post(self, data: Serializable) -> None:
        """Append one item."""
        self.deque.append(data)
