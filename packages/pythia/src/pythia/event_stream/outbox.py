"""The part that backends share whose `flush` sends everything at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pythia.event_stream.base import Backend
from pythia.event_stream.jsonline import encode

if TYPE_CHECKING:
    from pythia.types import Serializable

__all__ = ["OutboxBackend"]


class OutboxBackend(Backend):
    """Collects items as JSON; the `flush` of a subclass sends them and removes the delivered."""

    buffers: ClassVar[bool] = True
    batch_size: ClassVar[int] = 1000

    def __init__(self, uri: str) -> None:
        super().__init__(uri)
        self._outbox: list[bytes] = []

    def post(self, data: Serializable) -> None:
        """Encode one item; `flush` sends it."""
        self._outbox.append(encode(data).encode())

    def close(self) -> None:
        """Forget what was not delivered."""
        self._outbox.clear()
