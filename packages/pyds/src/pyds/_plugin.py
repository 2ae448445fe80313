"""Where the GStreamer plugin is, and making it known."""

from __future__ import annotations

import os
from pathlib import Path

from pyds import _native

PLUGIN_NAME = "libgstpyds.so"


def directory() -> Path:
    """The directory of the plugin, for ``GST_PLUGIN_PATH``."""
    return Path(__file__).parent / "gst"


def load() -> None:
    """Start GStreamer, if nobody has yet, and register our elements with it.

    Raises:
        RuntimeError: GStreamer does not start.
    """
    _native._load_plugin(str(directory()))


def user_plugin_link() -> Path:
    """Where GStreamer's own tools look for plugins of this user: in folders, too.

    The folder is linked, not the file: the plugin finds its libraries by the path it is loaded by.
    """
    data_home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data_home) / "gstreamer-1.0" / "plugins" / "pyds"


def install() -> Path:
    """Link the plugin to where ``gst-launch-1.0`` and ``gst-inspect-1.0`` find it.

    Returns:
        The link, which replaces a former one.
    """
    link = user_plugin_link()
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(directory())
    return link


def uninstall() -> bool:
    """Remove the link made by :func:`install`; ``False`` if there was none."""
    link = user_plugin_link()
    if not link.is_symlink():
        return False
    link.unlink()
    return True
