"""GStreamer through PyGObject: one place that imports it, and look-ups with good errors.

Importing this module does not initialise GStreamer (that must not happen before a fork);
`gst_init` does, once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from pythia.exceptions import ElementNotFoundError, PadNotFoundError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import GLib, GObject, Gst
except (ImportError, ValueError) as _error:  # require_version raises ValueError
    raise ImportError(
        f"pythia needs PyGObject and GStreamer's bindings: {_error}. On Debian and Ubuntu: apt "
        "install python3-gi python3-gst-1.0 gstreamer1.0-plugins-base, and a virtual environment "
        "made with /usr/bin/python3 -m venv --system-site-packages"
    ) from _error

__all__ = [
    "GLib",
    "GObject",
    "Gst",
    "PadDirection",
    "demote_plugin",
    "element_repr",
    "factory_name",
    "get_element",
    "get_sinkpad",
    "get_srcpad",
    "get_static_pad",
    "gst_deinit",
    "gst_init",
    "gst_iter",
    "long_to_uint64",
    "pad_may_appear",
    "properties_of",
    "property_text",
    "quoted",
]

_is_initialized = False
_NEEDS_QUOTES = re.compile(r"[\s!\"\\;]")


PadDirection: TypeAlias = str
"""Name of a pad: ``src``, ``sink``, ``sink_0``, ..."""


def gst_init() -> None:
    """Initialise GStreamer unless that was done already."""
    global _is_initialized
    # Not Gst.is_initialized(): a C library may have done it, and the overrides would not know.
    if not _is_initialized:
        Gst.init(None)
        _is_initialized = True


def gst_deinit() -> None:
    """Take GStreamer down. It cannot be initialised again in this process."""
    if Gst.is_initialized():
        Gst.deinit()


def gst_iter(iterator: Any) -> Iterator[Any]:
    """Yield each item of a ``Gst.Iterator``, starting over what changed meanwhile."""
    seen: set[int] = set()
    while True:
        result, item = iterator.next()
        if result == Gst.IteratorResult.OK:
            if hash(item) not in seen:
                seen.add(hash(item))
                yield item
        elif result == Gst.IteratorResult.RESYNC:
            iterator.resync()
        else:
            return


def get_element(container: Any, name: str) -> Any:
    """Return the element called `name`, wherever it is inside the bin.

    Raises:
        ElementNotFoundError: There is none; the message lists the names there are.
    """
    element = container.get_by_name(name)
    if element is None:
        names = sorted(each.get_name() for each in gst_iter(container.iterate_recurse()))
        raise ElementNotFoundError(
            f"no element named {name!r} in the pipeline.{did_you_mean(name, names)} It has: "
            f"{', '.join(names)}. Give an element a name with name={name}"
        )
    return element


def get_static_pad(element: Any, name: str) -> Any:
    """Return the pad called `name` that the element has right now.

    Raises:
        PadNotFoundError: There is none; the message lists the pads there are and may be.
    """
    pad = element.get_static_pad(name)
    if pad is None:
        present = [each.get_name() for each in gst_iter(element.iterate_pads())]
        possible = [each.name_template for each in element.get_pad_template_list()]
        raise PadNotFoundError(
            f"element {element.get_name()!r} ({factory_name(element)}) has no pad {name!r}."
            f"{did_you_mean(name, [*present, *possible])} It has: {', '.join(present) or 'none'}; "
            f"its pad templates: {', '.join(possible) or 'none'}"
        )
    return pad


def get_srcpad(container: Any, element_name: str) -> Any:
    """Return the pad ``src`` of an element of a bin."""
    return get_static_pad(get_element(container, element_name), "src")


def get_sinkpad(container: Any, element_name: str) -> Any:
    """Return the pad ``sink`` of an element of a bin."""
    return get_static_pad(get_element(container, element_name), "sink")


def pad_may_appear(element: Any, name: str) -> bool:
    """Whether a request or sometimes template of the element can give a pad of this name."""
    for template in element.get_pad_template_list():
        if template.presence == Gst.PadPresence.ALWAYS:
            continue
        pattern = re.escape(template.name_template)
        pattern = re.sub(r"%[ud]", r"\\d+", pattern).replace("%s", ".+")
        if re.fullmatch(pattern, name):
            return True
    return False


def element_repr(element: Any) -> str:
    """Return where an element is: ``/GstPipeline:pipeline0/GstFakeSink:sink``."""
    return str(element.get_path_string()) if element is not None else "?"


def factory_name(element: Any) -> str:
    """Return the type of an element as pipelines name it, such as ``fakesink``."""
    factory = element.get_factory()
    return str(factory.get_name()) if factory else type(element).__name__


def properties_of(element: Any) -> dict[str, str]:
    """Return the properties of an element that differ from their defaults, as text of a pipeline.

    Its name, and what cannot be written in a text, are left out.
    """
    texts: dict[str, str] = {}
    for spec in element.list_properties():
        flags = GObject.ParamFlags.READABLE | GObject.ParamFlags.WRITABLE
        if spec.name in ("name", "parent") or spec.flags & flags != flags:
            continue
        value = element.get_property(spec.name)
        if value is None or value == spec.default_value:
            continue
        if isinstance(value, (GObject.GEnum, bool, int, float, str)):
            texts[spec.name] = _property_value(value)
    return texts


def property_text(name: str, value: Any) -> str:
    """Return ``name=value`` as pipelines write it; ``_`` in the name stands for ``-``."""
    return f"{name.replace('_', '-')}={quoted(_property_value(value))}"


def quoted(value: str, *, always: bool = False) -> str:
    """Return a value for the text of a pipeline, in quotes if it needs them."""
    if not always and not _NEEDS_QUOTES.search(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def long_to_uint64(long: int) -> int:
    """Return the lowest 64 bits of a number as an unsigned number."""
    return long & 0xFFFF_FFFF_FFFF_FFFF


def demote_plugin(element: str) -> None:
    """Rank an element below all others, so that decodebin and its kin choose another one.

    Raises:
        NameError: There is no such element.
    """
    gst_init()
    factory = Gst.ElementFactory.find(element)
    if factory is None:
        raise ElementNotFoundError(f"no element {element!r} is installed")
    factory.set_rank(Gst.Rank.NONE)


def _property_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "value_nick", value))
