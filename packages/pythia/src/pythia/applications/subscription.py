"""`Subscription`: the items of generator probes in an asyncio program."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Channel", "Subscription"]


class Channel:
    """A bounded queue from GStreamer's threads to one asyncio loop."""

    def __init__(self, maxsize: int, overflow: Literal["block", "drop-oldest"]) -> None:
        self.dropped: int = 0
        self._maxsize = maxsize
        self._blocks = overflow == "block"
        self._items: deque[Any] = deque()
        self._room = threading.Condition()
        self._closed = False
        self._wake: Callable[[], object] | None = None

    def put(self, items: list[Any]) -> None:
        """Queue items. When there is no room it waits for some, or drops the oldest items."""
        with self._room:
            for item in items:
                while self._blocks and len(self._items) >= self._maxsize and not self._closed:
                    self._notify()
                    self._room.wait()
                if self._closed:
                    return
                if len(self._items) >= self._maxsize:
                    self._items.popleft()
                    self.dropped += 1
                self._items.append(item)
            self._notify()

    def take(self, wake: Callable[[], object]) -> tuple[list[Any], bool]:
        """Return what is queued and whether more may come; without items, `wake` will be called."""
        with self._room:
            items = list(self._items)
            self._items.clear()
            self._room.notify_all()
            if not items and not self._closed:
                self._wake = wake
            return items, not self._closed

    def release(self) -> None:
        """Never block `put` again; the last items go over the limit."""
        with self._room:
            self._blocks, self._maxsize = False, sys.maxsize
            self._room.notify_all()

    def close(self) -> None:
        """Let nothing more in. What is queued can still be taken."""
        with self._room:
            self._closed = True
            self._room.notify_all()
            self._notify()

    def _notify(self) -> None:
        wake, self._wake = self._wake, None
        if wake is not None:
            wake()


class Subscription:
    """An asynchronous iterator over items, from ``app.stream(name)``.

    It ends when the run that is going on, or else the next one, has ended. Leaving the loop
    unsubscribes.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._taken: deque[Any] = deque()

    @property
    def dropped(self) -> int:
        """Items that were dropped because this program was slower than the video."""
        return self._channel.dropped

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Any:
        while not self._taken:
            loop, ready = asyncio.get_running_loop(), asyncio.Event()

            def wake(loop: asyncio.AbstractEventLoop = loop, ready: asyncio.Event = ready) -> None:
                with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                    loop.call_soon_threadsafe(ready.set)

            items, is_open = self._channel.take(wake)
            self._taken.extend(items)
            if items:
                break
            if not is_open:
                raise StopAsyncIteration
            await ready.wait()
        return self._taken.popleft()

    async def aclose(self) -> None:
        """Unsubscribe. Idempotent."""
        self._channel.close()

    def __del__(self) -> None:
        # `break` in an `async for` drops the iterator: a probe must not wait for it any longer.
        self._channel.close()
