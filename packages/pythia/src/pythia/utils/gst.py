"""GStreamer through PyGObject: one place that imports it, and look-ups with good errors.

Importing this module does not initialise GStreamer (that must not happen before a fork);
`gst_init` does, once.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pythia.exceptions import ElementNotFoundError, PadNotFoundError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    import gi

    gi.require_version("Gst", "1.0")
    from gi.repository import GLib, GObject, Gst
except (ImportError, ValueError) as error:  # require_version raises ValueError
    raise ImportError(
        f"pythia needs PyGObject and GStreamer's bindings: {error}. On Debian and Ubuntu: apt "
        "install python3-gi python3-gst-1.0 gstreamer1.0-plugins-base, and a virtual environment "
        "made with /usr/bin/python3 -m venv --system-site-packages"
    ) from error

__all__ = [
    "GLib",
    "GObject",
    "Gst",
    "element_repr",
    "get_element",
    "get_sinkpad",
    "get_srcpad",
    "get_static_pad",
    "gst_init",
    "gst_iter",
    "pad_may_appear",
]


def gst_init() -> None:
    """Initialise GStreamer unless that was done already."""
    if not Gst.is_initialized():
        Gst.init(None)


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
            f"element {element.get_name()!r} ({_factory_name(element)}) has no pad {name!r}."
            f"{did_you_mean(name, [*present, *possible])} It has: {', '.join(present) or 'none'}; "
            f"its pad templates: {', '.join(possible) or 'none'}"
        )
    return pad


def get_srcpad(element: Any) -> Any:
    """Return the pad ``src`` of an element."""
    return get_static_pad(element, "src")


def get_sinkpad(element: Any) -> Any:
    """Return the pad ``sink`` of an element."""
    return get_static_pad(element, "sink")


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


def _factory_name(element: Any) -> str:
    factory = element.get_factory()
    return str(factory.get_name()) if factory else type(element).__name__
