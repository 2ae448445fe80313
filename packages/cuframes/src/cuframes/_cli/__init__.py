"""The command line: one module per command. This one knows only their names and options."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cuframes._cli import _doctor, _listing, _record, _testsrc
from cuframes._errors import CuframesError

if TYPE_CHECKING:
    from collections.abc import Sequence


def _size(text: str) -> tuple[int, int]:
    width, separator, height = text.partition("x")
    if not (separator and width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size such as 1920x1080")
    return int(width), int(height)


def parser() -> argparse.ArgumentParser:
    """The options of all commands."""
    top = argparse.ArgumentParser(prog="python -m cuframes", description="Shared video frames.")
    commands = top.add_subparsers(dest="command", required=True)

    ls = commands.add_parser("ls", help="list the streams of this machine")
    ls.add_argument("--json", action="store_true", help="one JSON object per stream")
    ls.set_defaults(run=lambda a: _listing.ls(as_json=a.json))

    live = commands.add_parser("top", help="streams and readers, live")
    live.add_argument("--interval", type=float, default=1.0, help="seconds between looks")
    live.add_argument("--once", action="store_true", help="two looks, one table, then end")
    live.set_defaults(run=lambda a: _listing.top(interval=a.interval, once=a.once))

    doctor = commands.add_parser("doctor", help="check what this machine can do")
    doctor.set_defaults(run=lambda a: _doctor.doctor())

    source = commands.add_parser("testsrc", help="publish a moving test picture")
    source.add_argument("key")
    source.add_argument("--size", type=_size, default=(1280, 720), help="WIDTHxHEIGHT")
    source.add_argument("--fps", type=float, default=30.0)
    source.add_argument("--format", default="NV12", choices=_testsrc.FORMATS)
    source.add_argument("--frames", type=int, help="end after this many")
    source.add_argument("--device", help="CUDA ordinal: publish in GPU memory")
    source.set_defaults(
        run=lambda a: _testsrc.testsrc(a.key, a.size, a.fps, a.format, a.frames, a.device)
    )

    record = commands.add_parser("record", help="write a stream to a .y4m file")
    record.add_argument("key")
    record.add_argument("file", type=Path)
    record.add_argument("--frames", type=int, help="end after this many; else with the stream")
    record.add_argument("--timeout", type=float, default=5.0, help="seconds without a frame")
    record.set_defaults(run=lambda a: _record.record(a.key, a.file, a.frames, a.timeout))

    plugin = commands.add_parser("gst-plugin-path", help="print the folder for GST_PLUGIN_PATH")
    plugin.set_defaults(run=lambda a: _doctor.gst_plugin_path())
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit status."""
    options = parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except KeyboardInterrupt:
        return 130
    except (CuframesError, ImportError, ValueError, OSError) as error:
        print(f"cuframes {options.command}: {error}", file=sys.stderr)
        return 1
    return status
