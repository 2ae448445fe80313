"""``record``: a stream into a YUV4MPEG2 file, which players and FFmpeg read."""

from __future__ import annotations

from fractions import Fraction
from typing import IO, TYPE_CHECKING

from cuframes._api import observe, subscribe
from cuframes._errors import CuframesFormatError, CuframesPublisherGone

if TYPE_CHECKING:
    from pathlib import Path

    from cuframes._cuframes import CuframesFrame

_CHROMA = {"NV12": "420jpeg", "I420": "420jpeg", "YV12": "420jpeg", "GRAY8": "mono"}


def record(key: str, file: Path, frames: int | None, timeout: float) -> int:
    """Writes frames as they come, none left out while the ring holds them.

    Ends after ``frames`` frames, or when the publisher closes the stream.

    Raises:
        CuframesFormatError: the stream's format has no place in a .y4m file, or changes.
        CuframesFrameTimeout: no frame came for ``timeout`` seconds.
    """
    fps = Fraction(observe(key, timeout=timeout).stats.get("fps", 0) or 30).limit_denominator(1001)
    written = missed = 0
    with (
        subscribe(key, policy="in_order", timeout=timeout, reconnect=False) as sub,
        file.open("wb") as out,
    ):
        header = b""
        while frames is None or written < frames:
            try:
                frame = sub.next_frame(timeout)
            except CuframesPublisherGone:
                if written and sub.ended:
                    break
                raise
            with frame:
                header = _write(out, frame, fps, header)
                missed += frame.gap
            written += 1
    print(f"{written} frames in {file}, {missed} missed")
    return 0


def _write(out: IO[bytes], frame: CuframesFrame, fps: Fraction, header: bytes) -> bytes:
    if frame.format not in _CHROMA:
        raise CuframesFormatError(
            f"a {frame.format} stream cannot be recorded; {', '.join(_CHROMA)} can"
        )
    wanted = (
        f"YUV4MPEG2 W{frame.width} H{frame.height} F{fps.numerator}:{fps.denominator} "
        f"Ip A1:1 C{_CHROMA[frame.format]}\n"
    ).encode()
    if not header:
        out.write(wanted)
    elif header != wanted:
        raise CuframesFormatError("the stream changed its size or format; the file ends here")
    out.write(b"FRAME\n")
    for plane in _planes(frame):
        out.write(plane.tobytes())
    return wanted


def _planes(frame: CuframesFrame) -> list[memoryview]:
    host = frame if frame.device == "cpu" else frame.copy("host")
    views = [host.y] if frame.format == "GRAY8" else [host.y, host.u, host.v]
    return [memoryview(view) for view in views]
