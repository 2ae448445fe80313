"""What a failure looks like on a terminal, and the exit code it gives."""

from __future__ import annotations

import traceback
from pathlib import Path

import pythia
from pythia.exceptions import (
    ElementNotFoundError,
    InvalidPipelineError,
    PadNotFoundError,
    PipelineStartError,
    ProbeSignatureError,
    ProbeSpecError,
    PydsNotFoundError,
    PythiaError,
)

__all__ = ["exit_code", "explain"]

_EXIT_CODES: tuple[tuple[type[BaseException], int], ...] = (
    (InvalidPipelineError, 2),
    (ProbeSpecError, 3),
    (ProbeSignatureError, 3),
    (PydsNotFoundError, 3),
    (ElementNotFoundError, 4),
    (PadNotFoundError, 4),
    (PipelineStartError, 5),
)

_PACKAGE = Path(pythia.__file__).parent


def exit_code(error: BaseException) -> int:
    """Return the exit code for what ended the program."""
    if isinstance(error, SystemExit):  # a probe called sys.exit()
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)


def explain(error: BaseException) -> str:
    """Return what to tell the user: a message; for a failure of their own code also its place."""
    if isinstance(error, (PythiaError, OSError)) and not _user_frames(error):
        return str(error)
    frames = _user_frames(error) or traceback.extract_tb(error.__traceback__)
    place = "".join(traceback.format_list(frames)).rstrip()
    text = "".join(traceback.format_exception_only(type(error), error)).rstrip()
    cause = f"\n  caused by: {error.__cause__}" if error.__cause__ is not None else ""
    return f"{text}\n{place}{cause}"


def _user_frames(error: BaseException) -> list[traceback.FrameSummary]:
    """Return the part of the traceback below pythia: the user's probe or handler."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [index for index, frame in enumerate(frames) if _PACKAGE in Path(frame.filename).parents]
    below = frames[ours[-1] + 1 :] if ours else frames
    return [frame for frame in below if not frame.filename.startswith("<")]
