"""``python -m pythia``: the same as ``gst-pylaunch``."""

from __future__ import annotations

from pythia.cli.app import app

if __name__ == "__main__":
    app(prog_name="gst-pylaunch")
