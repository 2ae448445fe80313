"""Every error that pythia raises.

The tree::

    PythiaError
    ├── TemplateError (ValueError)              a pipeline template that cannot be filled in
    │   └── MissingParameterError (KeyError)
    ├── InvalidPipelineError (ValueError)       text that GStreamer cannot turn into a pipeline
    ├── IncompatiblePipelineError (ValueError)  parts of a pipeline that do not go together
    ├── ElementNotFoundError (NameError)        no element of that name in the pipeline
    ├── PadNotFoundError (ValueError)           no pad of that name on the element
    ├── ProbeSpecError (ValueError)             a ``module:function@element.pad`` that leads nowhere
    ├── ProbeSignatureError (TypeError)         a callable that cannot be a probe
    ├── PydsNotFoundError (ImportError)         metadata was asked for and there is no ``pyds``
    ├── PipelineError (RuntimeError)            an ERROR message of a running pipeline
    │   └── PipelineStartError                  ... before it ever reached PLAYING
    ├── PipelineStuckError (TimeoutError)       a pipeline that does not stop
    └── StreamError (RuntimeError)              an event stream that cannot take events
        ├── UnknownSchemeError (ValueError)
        ├── StreamClosedError                   its reader went away
        ├── StreamUnavailableError (ConnectionError)  its broker cannot be reached now
        ├── EventsRefusedError                  its broker took a batch, some events excepted
        └── QueueFullError                      policy ``fail`` and no room left

The command line adds ``pythia.cli.arguments.UsageError`` (ValueError).

Each is also the builtin a reader would guess. What user code raises in a probe or in a message
handler is never wrapped: ``app()`` raises that very exception.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ElementNotFoundError",
    "EventsRefusedError",
    "InvalidPipelineError",
    "MissingParameterError",
    "PadNotFoundError",
    "PipelineError",
    "PipelineStartError",
    "PipelineStuckError",
    "ProbeSignatureError",
    "ProbeSpecError",
    "PydsNotFoundError",
    "PythiaError",
    "QueueFullError",
    "StreamClosedError",
    "StreamError",
    "StreamUnavailableError",
    "TemplateError",
    "UnknownSchemeError",
    "did_you_mean",
]


class PythiaError(Exception):
    """Base of all errors raised by pythia."""


class TemplateError(PythiaError, ValueError):
    """A pipeline template that cannot be filled in."""


class MissingParameterError(TemplateError, KeyError):
    """The template names parameters that were not given; all of them are listed.

    Attributes:
        missing: The names, as the template spells them.
    """

    def __init__(self, message: str, missing: tuple[str, ...]) -> None:
        super().__init__(message)
        self.missing = missing

    def __str__(self) -> str:  # KeyError would show the repr of the message
        return str(self.args[0])


class InvalidPipelineError(PythiaError, ValueError):
    """GStreamer cannot make a pipeline of this text."""


class IncompatiblePipelineError(PythiaError, ValueError):
    """The parts of a pipeline do not go together."""


class ElementNotFoundError(PythiaError, NameError):
    """The pipeline has no element of that name."""


class PadNotFoundError(PythiaError, ValueError):
    """The element has no pad of that name and will never get one."""


class ProbeSpecError(PythiaError, ValueError):
    """A probe given as text that does not lead to a callable."""


class ProbeSignatureError(PythiaError, TypeError):
    """A callable whose parameters are none of the probe forms."""


class PydsNotFoundError(PythiaError, ImportError):
    """DeepStream metadata or elements are needed and no usable ``pyds`` is installed."""


class PipelineError(PythiaError, RuntimeError):
    """A pipeline posted an ERROR message.

    Attributes:
        element: Path name of the element that failed.
        domain: GLib error domain, such as ``gst-resource-error-quark``.
        code: Error code within the domain.
        debug: What the element added for developers; may be empty.
    """

    def __init__(
        self, message: str, *, element: str = "", domain: str = "", code: int = 0, debug: str = ""
    ) -> None:
        super().__init__(message)
        self.element = element
        self.domain = domain
        self.code = code
        self.debug = debug


class PipelineStartError(PipelineError):
    """The pipeline failed before it reached PLAYING."""


class PipelineStuckError(PythiaError, TimeoutError):
    """The pipeline did not stop in time: a probe or an element is blocked."""


class StreamError(PythiaError, RuntimeError):
    """An event stream cannot take events."""


class UnknownSchemeError(StreamError, ValueError):
    """No event stream is known for the scheme of a URI."""


class StreamClosedError(StreamError):
    """The reader of a stream went away, as ``head -1`` does. Ends the run without being a fault."""


class StreamUnavailableError(StreamError, ConnectionError):
    """A stream cannot take events now; raised by backends, the worker tries again."""


class EventsRefusedError(StreamError):
    """A broker took a batch, some of its events excepted: too large, no such topic.

    Attributes:
        count: How many were refused.
    """

    def __init__(self, message: str, count: int) -> None:
        super().__init__(message)
        self.count = count


class QueueFullError(StreamError):
    """The queue of a stream is full and its policy is ``fail``."""


def did_you_mean(name: str, known: Iterable[str], *, limit: int = 3) -> str:
    """Return ``" Did you mean a, b?"`` with the known names nearest to `name`, or ``""``."""
    by_lower = {each.lower(): each for each in known}
    near = difflib.get_close_matches(name.lower(), by_lower, n=limit, cutoff=0.6)
    return f" Did you mean {', '.join(by_lower[each] for each in near)}?" if near else ""
