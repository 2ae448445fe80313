"""The default handlers for messages of the bus."""

from __future__ import annotations

import logging
from typing import Any, Protocol

from pythia.exceptions import PipelineError, PipelineStartError
from pythia.utils.gst import Gst, element_repr, gst_iter

__all__ = [
    "GOT_EOS_FROM",
    "ErrorText",
    "Stoppable",
    "describe",
    "inputs_of",
    "on_message_eos",
    "on_message_error",
    "pipeline_error",
]

GOT_EOS_FROM = "Got EOS from"

_logger = logging.getLogger("pythia.application")

_REMEDIES = {
    ("gst-resource-error-quark", 3): "check that the path or address is right",  # NOT_FOUND
    ("gst-resource-error-quark", 5): "check that it exists and may be read",  # OPEN_READ
    (
        "gst-resource-error-quark",
        6,
    ): "check that the directory exists and may be written",  # OPEN_WRITE
    ("gst-resource-error-quark", 7): "check that the server is up and the address is right",
    ("gst-resource-error-quark", 10): "check that the disk has room",  # WRITE
    ("gst-core-error-quark", 12): "install the GStreamer plugin that it names",  # MISSING_PLUGIN
    (
        "gst-stream-error-quark",
        4,
    ): "the data is empty, damaged, or no media at all",  # TYPE_NOT_FOUND
    ("gst-stream-error-quark", 6): "install a GStreamer plugin for this codec",  # CODEC_NOT_FOUND
    ("gst-stream-error-quark", 7): "the data is damaged or of another format",  # DECODE
    ("gst-stream-error-quark", 9): "the data is damaged, cut off, or of another format",  # DEMUX
}


class Stoppable(Protocol):
    """Anything that an end of stream can stop."""

    def stop(self) -> None:
        """Stop."""


class ErrorText(str):
    """The text of a pipeline's error, with the error's parts.

    A ``str``, so that handlers can put it into JSON or a log line as it is.

    Attributes:
        domain: GLib error domain, such as ``gst-resource-error-quark``.
        code: Error code within the domain.
        message: The text itself.
    """

    domain: str
    code: int
    message: str

    def __new__(cls, message: str, domain: str, code: int) -> ErrorText:
        """Return the text `message` with its domain and code."""
        text = super().__new__(cls, message)
        text.message, text.domain, text.code = message, domain, code
        return text


def on_message_error(self: Any, bus: Any, message: Any) -> tuple[ErrorText, str]:
    """Log an ERROR message of the pipeline and return its text and its details."""
    error, debug = message.parse_error()
    _logger.debug(
        "ERROR: from element %s: %s (%s)", element_repr(message.src), error.message, debug
    )
    return ErrorText(error.message, error.domain, error.code), debug or ""


def on_message_eos(self: Stoppable, bus: Any, message: Any) -> None:
    """Log that the stream ended, and stop."""
    _logger.info("%s %s", GOT_EOS_FROM, element_repr(message.src))
    self.stop()


def pipeline_error(message: Any, *, playing: bool) -> PipelineError:
    """Return the exception for an ERROR message.

    Args:
        message: The ``Gst.Message``.
        playing: Whether the pipeline had reached PLAYING before.
    """
    error, debug = message.parse_error()
    text = describe(message.src, error, debug)
    remedy = _REMEDIES.get((error.domain, error.code))
    kind = PipelineError if playing else PipelineStartError
    return kind(
        f"{text}; {remedy}" if remedy else text,
        element=element_repr(message.src),
        domain=error.domain,
        code=error.code,
        debug=debug or "",
    )


def describe(source: Any, error: Any, debug: str | None) -> str:
    """Return one line for an error or warning: the element, the text, its details, and the file."""
    name = source.get_name() if source is not None else "?"
    factory = source.get_factory() if isinstance(source, Gst.Element) else None
    text = f"element {name}{f' ({factory.get_name()})' if factory else ''}: "
    text += str(error.message).strip().rstrip(".")
    # The last line of the details is the reason in words; the others are a place in C code.
    detail = (debug or "").strip().rpartition("\n")[2].strip().rstrip(".")
    if detail and "():" not in detail and detail not in text:
        text += f": {detail}"
    for name in ("location", "uri"):
        if source is not None and source.find_property(name) is not None:
            value = source.get_property(name)
            if value and str(value).removeprefix("file://") not in text:
                text += f" [{name}={value}]"
    if error.domain == "gst-stream-error-quark":
        text += inputs_of(source)
    return text


def inputs_of(element: Any) -> str:
    """Return ``", reading /a.mp4"`` with what the sources nearest to an element read, or ``""``."""
    container = element.get_parent() if element is not None else None
    while container is not None:
        sources = [
            each
            for each in gst_iter(container.iterate_recurse())
            if each.flags & Gst.ElementFlags.SOURCE and each.find_property("location") is not None
        ]
        if sources:
            return f", reading {', '.join(str(each.get_property('location')) for each in sources)}"
        container = container.get_parent()
    return ""
