"""What a machine needs to run pipelines, and whether it has it."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pyds import _cuda_stand_in, _plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_GSTREAMER = (1, 20)

# An element of each Debian package that pipelines commonly need, and what it is needed for.
_ELEMENTS = (
    ("uridecodebin", "gstreamer1.0-plugins-base", "reading any URI"),
    ("qtdemux", "gstreamer1.0-plugins-good", "MP4 files"),
    ("h264parse", "gstreamer1.0-plugins-bad", "H.264 streams"),
    ("x264enc", "gstreamer1.0-plugins-ugly", "writing H.264"),
)
_H264_DECODERS = ("avdec_h264", "openh264dec")

# A module, the package it is in, and what it is needed for.
_MODULES = (
    ("cv2", "opencv-python-headless", "applications that use OpenCV"),
    ("pyarrow", "pyarrow", "NvDsBatchMeta.to_arrow()"),
    ("supervision", "supervision", "NvDsBatchMeta.to_supervision()"),
)


# A protocol of nvmsgbroker and the package of the client library for it.
_BROKERS = (
    ("amqp", "librabbitmq4"),
    ("kafka", "librdkafka1"),
    ("mqtt", "libmosquitto1"),
    ("redis", "libhiredis0.14"),
)


@dataclass(frozen=True)
class Finding:
    """One thing that is there or not."""

    name: str
    is_there: bool
    detail: str
    is_required: bool = True

    @property
    def is_fatal(self) -> bool:
        """Whether pipelines cannot run like this."""
        return self.is_required and not self.is_there

    def __str__(self) -> str:
        state = "ok" if self.is_there else "MISSING" if self.is_required else "absent"
        return f"{state:8} {self.name}: {self.detail}"


def examine() -> Iterator[Finding]:
    """Look at everything, in the order in which things depend on each other."""
    try:
        import gi

        gi.require_version("Gst", "1.0")
        from gi.repository import Gst
    except (ImportError, ValueError) as error:
        yield Finding(
            "PyGObject",
            False,
            f"{error}; sudo apt install python3-gst-1.0, and make the"
            " virtual environment with --system-site-packages",
        )
        return
    Gst.init(None)
    yield _gstreamer(Gst)
    yield _overrides(Gst)
    yield _own_plugin(Gst)
    yield from _elements(Gst)
    yield _onnxruntime()
    yield _fonts()
    yield _display()
    yield _rtsp_server()
    libraries = _plugin.directory().parent / "lib"
    yield from _brokers(libraries)
    yield _optical_flow(libraries)
    yield _cuda_module()
    for module, package, purpose in _MODULES:
        there = importlib.util.find_spec(module) is not None
        yield Finding(purpose, there, module if there else f"pip install {package}", False)


def _brokers(folder: Path) -> Iterator[Finding]:
    for protocol, package in _BROKERS:
        module = folder / f"libpyds_{protocol}.so"
        yield _loadable(f"nvmsgbroker to {protocol}", module, package)


def _optical_flow(folder: Path) -> Finding:
    return _loadable("optical flow (nvof)", folder / "libnvdsopticalflow.so", "libopencv-video406")


def _loadable(name: str, module: Path, package: str) -> Finding:
    """A library of ours that is opened when asked for, and the package of what it needs."""
    if not module.exists():
        return Finding(name, False, "this pyds was built without it", False)
    try:
        ctypes.CDLL(str(module))
    except OSError as error:
        return Finding(name, False, f"{error}; sudo apt install {package}", False)
    return Finding(name, True, module.name, False)


def _gstreamer(gst: Any) -> Finding:
    version = gst.version()
    return Finding(
        "GStreamer",
        version[:2] >= OLDEST_GSTREAMER,
        f"{'.'.join(map(str, version[:3]))}, needed: {'.'.join(map(str, OLDEST_GSTREAMER))}",
    )


def _overrides(gst: Any) -> Finding:
    try:
        gst.Fraction(30, 1)
    except TypeError:
        return Finding(
            "GStreamer for Python",
            False,
            "this PyGObject has no overrides for Gst; sudo apt install python3-gst-1.0 and remove "
            "the PyGObject that pip installed",
        )
    return Finding("GStreamer for Python", True, "PyGObject with overrides for Gst")


def _own_plugin(gst: Any) -> Finding:
    registry = gst.Registry.get()
    plugin = registry.find_plugin("pyds")
    path = _plugin.directory() / _plugin.PLUGIN_NAME
    if plugin is None:
        blacklisted = registry.lookup(_plugin.PLUGIN_NAME)
        reason = (
            "GStreamer blacklisted it after a failed load; delete ~/.cache/gstreamer-1.0/registry*"
            if blacklisted is not None
            else "reinstall pythia-pyds"
            if path.exists()
            else f"no file {path}; reinstall pythia-pyds"
        )
        return Finding("plugin", False, reason)
    own = len(registry.get_feature_list_by_plugin("pyds"))
    if not own:
        return Finding(
            "plugin", True, "NVIDIA's elements are installed and are used instead of ours"
        )
    return Finding("plugin", True, f"{plugin.get_filename()}, {own} elements")


def _elements(gst: Any) -> Iterator[Finding]:
    def exists(element: str) -> bool:
        return gst.ElementFactory.find(element) is not None

    for element, package, purpose in _ELEMENTS:
        there = exists(element)
        yield Finding(purpose, there, element if there else f"sudo apt install {package}")
    decoders = [name for name in _H264_DECODERS if exists(name)]
    yield Finding(
        "H.264 decoder",
        bool(decoders),
        ", ".join(decoders) or "sudo apt install gstreamer1.0-libav",
    )


def _onnxruntime() -> Finding:
    spec = importlib.util.find_spec("onnxruntime")
    for location in (spec and spec.submodule_search_locations) or ():
        for library in sorted(Path(location, "capi").glob("libonnxruntime.so*")):
            return Finding("ONNX Runtime", True, str(library))
    return Finding("ONNX Runtime", False, "pip install onnxruntime (needed by nvinfer)")


def _fonts() -> Finding:
    name = "fonts for nvdsosd"
    if not shutil.which("fc-match"):
        return Finding(name, False, "sudo apt install fontconfig fonts-dejavu-core", False)
    match = subprocess.run(
        ["fc-match", "--format", "%{file}", "Serif"], capture_output=True, text=True, check=False
    ).stdout
    there = bool(match) and Path(match).exists()
    return Finding(name, there, match if there else "sudo apt install fonts-dejavu-core", False)


def _display() -> Finding:
    names = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if os.environ.get(name)]
    return Finding(
        "display",
        bool(names),
        f"{names[0]}={os.environ[names[0]]}" if names else "none; sinks open no windows",
        False,
    )


def _rtsp_server() -> Finding:
    import gi

    name = "applications that serve RTSP"
    try:
        gi.require_version("GstRtspServer", "1.0")
    except ValueError:
        return Finding(name, False, "sudo apt install gir1.2-gst-rtsp-server-1.0", False)
    return Finding(name, True, "GstRtspServer", False)


def _cuda_module() -> Finding:
    there = not _cuda_stand_in.is_missing()
    return Finding(
        "cuda-python",
        there,
        "the applications' own" if there else "`python -m pyds run` has a stand-in for it",
        False,
    )
