"""Turn GStreamer's complaint about the text of a pipeline into one that says what to do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pythia.exceptions import InvalidPipelineError, did_you_mean
from pythia.pipelines.template import parameter_names
from pythia.utils.ds import import_pyds
from pythia.utils.gst import GObject, Gst

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["invalid_pipeline"]

# Known by name also where pyds, which brings them, is not installed.
_DEEPSTREAM_ELEMENTS = (
    "nvdsanalytics",
    "nvdsosd",
    "nveglglessink",
    "nvinfer",
    "nvinferserver",
    "nvmsgbroker",
    "nvmsgconv",
    "nvmultistreamtiler",
    "nvstreamdemux",
    "nvstreammux",
    "nvtracker",
    "nvv4l2decoder",
    "nvvideoconvert",
)


def invalid_pipeline(complaint: str, pipeline: str) -> InvalidPipelineError:
    """Return the error for a text that GStreamer could not parse.

    Args:
        complaint: GStreamer's own message.
        pipeline: The text.
    """
    advice = ""
    for pattern, advise in _ADVICE:
        match = re.search(pattern, complaint)
        if match:
            advice = advise(match, pipeline)
            break
    unfilled = parameter_names(pipeline, engine="braces")
    if unfilled:
        braces = ", ".join(f"{{{name}}}" for name in unfilled)
        advice += f" The text still contains {braces}: were parameters meant to be given?"
    return InvalidPipelineError(
        f"invalid pipeline: {complaint}.{advice}\n  in: {_shorten(pipeline)}"
    )


def _no_element(match: re.Match[str], _: str) -> str:
    name = match[1]
    registry = Gst.Registry.get()
    known = [str(each.get_name()) for each in registry.get_feature_list(Gst.ElementFactory)]
    if name.startswith("nv") and import_pyds() is None:
        near = did_you_mean(name, [*known, *_DEEPSTREAM_ELEMENTS])
        return (
            f"{near} DeepStream's elements come with pyds, which is not installed: "
            "pip install pythia-pyds"
        )
    return did_you_mean(name, known) or (
        f" Install the GStreamer plugin that has it, then check with: gst-inspect-1.0 {name}"
    )


def _no_property(match: re.Match[str], pipeline: str) -> str:
    element = _element_in(pipeline, match[2])
    if element is None:
        return ""
    names = [each.name for each in element.list_properties()]
    return (
        did_you_mean(match[1], names)
        or f" All of them: gst-inspect-1.0 {element.get_factory().get_name()}"
    )


def _bad_value(match: re.Match[str], pipeline: str) -> str:
    element = _element_in(pipeline, match[2])
    spec = element and next((s for s in element.list_properties() if s.name == match[1]), None)
    if spec is None:
        return ""
    if spec.value_type.is_a(GObject.TYPE_ENUM):
        nicks = [each.value_nick for each in spec.enum_class.__enum_values__.values()]
        return f" Allowed: {', '.join(nicks)}.{did_you_mean(match[3], nicks)}"
    bounds = ""
    if hasattr(spec, "minimum"):
        bounds = f" from {spec.minimum} to {spec.maximum}"
    return f" It takes {spec.value_type.name}{bounds}"


def _cannot_link(match: re.Match[str], _: str) -> str:
    return (
        f" {match[1]} gives no format that {match[2]} takes: put a converter between them "
        "(videoconvert, audioconvert, nvvideoconvert), or check the caps"
    )


def _syntax(_: re.Match[str], pipeline: str) -> str:
    text = pipeline.strip()
    if text.startswith("!") or text.endswith("!"):
        return " A ! links two elements; one side of it is empty"
    if re.search(r"!\s*!", text):
        return " There are two ! with nothing between them"
    if text.count('"') % 2:
        return ' A " is not closed'
    return ' Values with spaces or ! need quotes: location="a b.mp4"'


def _bad_caps(_: re.Match[str], __: str) -> str:
    return " Caps look like video/x-raw,format=NV12,width=640,framerate=30/1"


_ADVICE: tuple[tuple[str, Callable[[re.Match[str], str], str]], ...] = (
    (r'no element "([^"]*)"', _no_element),
    (r'no property "([^"]*)" in element "([^"]*)"', _no_property),
    (r'could not set property "([^"]*)" in element "([^"]*)" to "([^"]*)"', _bad_value),
    (r"could not link (\S+) to (\S+)", _cannot_link),
    (r"could not parse caps", _bad_caps),
    (r"syntax error", _syntax),
)


def _element_in(pipeline: str, name: str) -> Any:
    """Return an element of the type that `name` has in the text of a pipeline, or None."""
    candidates = [name, name.rstrip("0123456789")]
    for segment in pipeline.split("!"):
        words = segment.split()
        if f"name={name}" in words:
            candidates += [word for word in words if "=" not in word]
    for candidate in candidates:
        factory = Gst.ElementFactory.find(candidate)
        if factory is not None:
            return factory.create(None)
    return None


def _shorten(pipeline: str, limit: int = 600) -> str:
    text = " ".join(pipeline.split())
    return text if len(text) <= limit else f"{text[:limit]} ..."
