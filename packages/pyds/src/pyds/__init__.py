"""DeepStream's Python bindings on stock GStreamer: metadata, frames and probes.

Existing code for ``pyds`` runs unchanged; new code has iterators (``batch_meta.frames``,
``frame_meta.objects``), tables (``batch_meta.objects``, :func:`add_objects`), :func:`frame` for
pictures of any format and :func:`add_probe` for cheap probes.

Metadata belongs to the pipeline. Whatever is read from a buffer is a reference that goes stale when
the buffer leaves the probe; using it then raises :class:`StaleMetaError`.

Importing this package starts GStreamer and makes our elements known to it.
"""

from __future__ import annotations

try:
    from pyds import _native
except ImportError as error:
    raise ImportError(
        f"pyds cannot load its C++ part: {error}. It needs GStreamer's libraries; on Debian and "
        "Ubuntu: sudo apt install --no-install-recommends gstreamer1.0-plugins-{base,good,bad,ugly}"
        " gstreamer1.0-libav python3-gst-1.0 libyuv0 libturbojpeg0 libcairo2 libyaml-cpp0.7"
    ) from error

from pyds import _enums, _plugin, samples
from pyds._headers import get_include
from pyds._native import *  # noqa: F403 (they are named in __all__)
from pyds._objects import add_objects
from pyds._probe import Probe, add_probe

#: The version of NVIDIA's bindings whose API this is, as existing code expects. The version of this
#: distribution is ``importlib.metadata.version("pythia-pyds")``.
__version__ = "1.2.0"

__all__ = [
    # Every public name of the extension module; a test pins them.
    *(name for name in dir(_native) if not name.startswith("_")),
    "Probe",
    "add_objects",
    "add_probe",
    "get_include",
    "samples",
]

_enums.accept_any_int(_native)
_plugin.load()
