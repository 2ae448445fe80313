"""`ClipRecorder`: video from before an event to after it, without recording all the time.

For instance::

    recorder = ClipRecorder(app, "encoder", folder="clips", pre_s=5, post_s=10)

    @app.probe("pgie", "src")
    def watch(objects):
        if (objects["class_id"] == 2).any():
            recorder.trigger("person")

    app()
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pythia.recording.writer import CONTAINERS, ClipWriter, parser_for
from pythia.utils.gst import Gst

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from pythia.applications.base import BaseApplication

__all__ = ["Clip", "ClipRecorder"]

_logger = logging.getLogger("pythia.recording")


@dataclass(frozen=True)
class Clip:
    """A clip that is complete.

    Attributes:
        path: The file.
        label: What `ClipRecorder.trigger` was called with first.
        start_ns: Timestamp of its first frame, in the time of the pipeline.
        end_ns: Timestamp of its last frame.
    """

    path: Path
    label: str
    start_ns: int
    end_ns: int


class ClipRecorder:
    """Keeps the last seconds of an encoded stream and writes them when something happens.

    It listens at a pad of encoded video, behind an encoder or before a decoder, and keeps what is
    needed to begin with a key frame: a clip is longer than asked for by up to one interval between
    key frames. Clips are written by a pipeline of their own, without encoding again. Several
    recorders may work on one application.

    Args:
        app: The application.
        element_name: The encoder, or another element with encoded video.
        pad_name: Its pad.
        folder: Where clips go; made if it does not exist.
        pre_s: Seconds before the event.
        post_s: Seconds after the event, or after the last one if there are more meanwhile.
        suffix: Container: ``.mp4``, ``.mkv``, ``.mov``, ``.webm``.
        on_clip: Called with each complete `Clip`, in a thread of the recorder. What it raises is
            logged.

    Raises:
        ValueError: A duration is negative, or the suffix is not known.
        ElementNotFoundError: The pipeline has no such element.
        PadNotFoundError: The element has no such pad.
    """

    def __init__(
        self,
        app: BaseApplication,
        element_name: str,
        pad_name: str = "src",
        *,
        folder: str | os.PathLike[str] = "clips",
        pre_s: float = 5.0,
        post_s: float = 5.0,
        suffix: str = ".mp4",
        on_clip: Callable[[Clip], object] | None = None,
    ) -> None:
        if pre_s < 0 or post_s < 0:
            raise ValueError(f"pre_s={pre_s:g}, post_s={post_s:g}: both must be 0 or more")
        if suffix not in CONTAINERS:
            raise ValueError(f"suffix={suffix!r}; allowed: {', '.join(CONTAINERS)}")
        self.folder: Path = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._pre_ns, self._post_ns = int(pre_s * Gst.SECOND), int(post_s * Gst.SECOND)
        self._suffix = suffix
        self._on_clip = on_clip
        self._lock = threading.Lock()
        # Pictures since a key frame each, oldest first.
        self._groups: deque[list[Any]] = deque()
        self._caps: Any = None
        self._newest_ns = 0
        self._requested: str | None = None
        self._writer: ClipWriter | None = None
        self._label, self._until_ns = "", 0
        self._finishing: list[threading.Thread] = []
        both = Gst.PadProbeType.BUFFER | Gst.PadProbeType.EVENT_DOWNSTREAM
        app.probe(element_name, pad_name, pad_probe_type=both)(self._on_data)
        app.at_end(self._end)

    @property
    def is_recording(self) -> bool:
        """Whether a clip is being written now."""
        with self._lock:
            return self._writer is not None or self._requested is not None

    def trigger(self, label: str = "event") -> None:
        """Begin a clip, or make the one that is being written longer. For any thread and probe.

        Args:
            label: Beginning of the file's name, ``<label>-00001.mp4``.
        """
        with self._lock:
            if self._writer is not None:
                self._until_ns = self._newest_ns + self._post_ns
            elif self._requested is None:
                self._requested = label

    def _on_data(self, pad: Any, info: Any) -> None:
        if info.type & Gst.PadProbeType.EVENT_DOWNSTREAM:
            if info.get_event().type == Gst.EventType.EOS:
                with self._lock:
                    self._finish()
            return
        buffer = info.get_buffer()
        if buffer.pts == Gst.CLOCK_TIME_NONE:
            return
        with self._lock:
            if self._caps is None:
                caps = pad.get_current_caps()
                parser_for(caps)  # refuses what cannot be recorded
                self._caps = caps
            self._keep(buffer)
            if self._requested is not None:
                self._begin(self._requested)
                self._requested = None
            elif self._writer is not None:
                self._writer.push(buffer)
                # By decoding time: a picture may come before others that are shown earlier.
                time_ns = buffer.pts if buffer.dts == Gst.CLOCK_TIME_NONE else buffer.dts
                if time_ns >= self._until_ns:
                    self._finish()

    def _keep(self, buffer: Any) -> None:
        """Add a picture, and forget groups that no clip will begin with."""
        if not buffer.has_flags(Gst.BufferFlags.DELTA_UNIT):
            self._groups.append([])
        if not self._groups:  # nothing can begin before the first key frame
            return
        self._groups[-1].append(buffer)
        self._newest_ns = max(self._newest_ns, buffer.pts)
        oldest_ns = self._newest_ns - self._pre_ns
        while len(self._groups) > 1 and self._groups[1][0].pts <= oldest_ns:
            self._groups.popleft()

    def _begin(self, label: str) -> None:
        number = 1
        while (path := self.folder / f"{label}-{number:05d}{self._suffix}").exists():
            number += 1
        self._label, self._until_ns = label, self._newest_ns + self._post_ns
        self._writer = ClipWriter(path, self._caps)
        for group in self._groups:
            for buffer in group:
                self._writer.push(buffer)

    def _finish(self) -> None:
        """Let a thread wait until the file is complete: the video must not. Holds the lock."""
        writer, self._writer = self._writer, None
        if writer is None:
            return
        thread = threading.Thread(
            target=self._complete, args=(writer, self._label), name="pythia-clip", daemon=True
        )
        self._finishing = [each for each in self._finishing if each.is_alive()]
        self._finishing.append(thread)
        thread.start()

    def _complete(self, writer: ClipWriter, label: str) -> None:
        try:
            writer.close()
        except Exception as error:
            _logger.error("the clip %s is incomplete: %s", writer.path, error)
            return
        _logger.info("clip %s is complete", writer.path)
        if self._on_clip is not None:
            try:
                self._on_clip(Clip(writer.path, label, writer.start_ns, writer.end_ns))
            except Exception:
                _logger.exception("on_clip failed for %s", writer.path)

    def _end(self) -> None:
        """Complete what is being written when a run ends, however it ends."""
        with self._lock:
            self._finish()
            threads, self._finishing = self._finishing, []
            self._groups.clear()
            self._caps, self._newest_ns, self._requested = None, 0, None
        for thread in threads:
            thread.join()
