"""Frames for asyncio."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from cuframes._errors import CuframesClosed, CuframesPublisherGone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cuframes._cuframes import CuframesFrame, CuframesSubscriber


async def stream(sub: CuframesSubscriber) -> AsyncIterator[CuframesFrame]:
    """Yields frames as they come, without a thread and without polling.

    Ends when the subscriber is closed or, with reconnect=False, when the publisher closes the
    stream.
    Cancelling the task loses no frame and no lease.
    """
    loop = asyncio.get_running_loop()
    # A descriptor of our own: two loops over one subscriber may each watch it.
    fd = os.dup(sub.fileno())
    news = asyncio.Event()
    loop.add_reader(fd, news.set)
    try:
        while True:
            try:
                frame = sub.try_next()
            except CuframesClosed:
                return
            except CuframesPublisherGone:
                if sub.ended:
                    return
                raise
            if frame is None:
                news.clear()
                # The descriptor went quiet in try_next; whatever comes from here on sets the event.
                await news.wait()
                continue
            yield frame
            del frame
    finally:
        loop.remove_reader(fd)
        os.close(fd)
