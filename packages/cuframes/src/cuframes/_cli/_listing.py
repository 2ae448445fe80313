"""``ls`` and ``top``."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from typing import TYPE_CHECKING

from cuframes._api import list_streams

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cuframes._types import StreamInfo

_CLEAR = "\x1b[H\x1b[2J"


def ls(*, as_json: bool) -> int:
    """Prints the streams; 0 also when there are none."""
    streams = list_streams()
    if as_json:
        for stream in streams:
            print(json.dumps(dataclasses.asdict(stream), default=str))
        return 0
    rows: list[tuple[str, ...]] = [
        ("STREAM", "STATE", "SIZE", "FORMAT", "MEMORY", "READERS", "LEASED", "FRAMES")
    ]
    rows += [(s.key, str(s.state), *_columns(s)) for s in streams]
    print(_table(rows))
    for s in streams:
        if s.problem:
            print(f"{s.key}: {s.problem}")
    return 0


def _columns(stream: StreamInfo) -> tuple[str, ...]:
    d = stream.stats
    if not d:
        return ("-",) * 6
    return (
        f"{d['width']}x{d['height']}",
        d["format"],
        d["memory"],
        f"{d['readers']}/{d['max_readers']}",
        f"{d['ring_occupancy']}/{d['slots']}",
        str(d["published"]),
    )


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    rows = list(rows)
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    )


def top(*, interval: float, once: bool) -> int:
    """Refreshes a table of streams and their readers until it is interrupted."""
    before = _look()
    while True:
        time.sleep(interval)
        now = _look()
        text = render(before, now)
        if once:
            print(text)
            return 0
        sys.stdout.write(f"{_CLEAR}{text}\n")
        sys.stdout.flush()
        before = now


def _look() -> tuple[float, list[StreamInfo]]:
    return time.monotonic(), list_streams()


def render(before: tuple[float, list[StreamInfo]], now: tuple[float, list[StreamInfo]]) -> str:
    """The table of ``top``: rates come from the difference of two looks."""
    seconds = max(now[0] - before[0], 1e-6)
    old = {s.key: s for s in before[1]}
    rows = [("STREAM / READER", "STATE", "FPS", "LEASED", "DROPPED", "LAG", "SIZE", "NOTES")]
    for s in now[1]:
        was = old.get(s.key)
        same = was is not None and was.stats.get("generation") == s.stats.get("generation")
        fps = _rate(was.stats, s.stats, "published", seconds) if was and same else "-"
        d = s.stats
        if not d:
            rows.append((s.key, str(s.state), "-", "-", "-", "-", "-", s.problem))
            continue
        notes = f"{d['evictions']} evicted" if d["evictions"] else ""
        leased, size = f"{d['ring_occupancy']}/{d['slots']}", f"{d['width']}x{d['height']}"
        rows.append((s.key, str(s.state), fps, leased, str(d["dropped"]), "", size, notes))
        readers = {r["index"]: r for r in was.readers} if was and same else {}
        for r in s.readers:
            earlier = readers.get(r["index"])
            rate = _rate(earlier, r, "received", seconds) if earlier else "-"
            lag = max(d["last_seq"] - r["cursor"], 0)
            notes = f"{r['policy']}, pid {r['pid']}" + (
                f", {r['stalls']} stalls" if r["stalls"] else ""
            )
            leased = f"{r['held']}/{r['max_leases']}"
            rows.append((f"  {r['name']}", "", rate, leased, "", str(lag), "", notes))
    if len(rows) == 1:
        return "no streams"
    return _table(rows)


def _rate(before: dict[str, int], now: dict[str, int], field: str, seconds: float) -> str:
    return f"{max(now[field] - before.get(field, 0), 0) / seconds:.1f}"
