"""Applications: a pipeline, its probes and its messages, run as one thing."""

from __future__ import annotations

from pythia.applications.base import Application, BaseApplication
from pythia.applications.probes import ProbeHandle

__all__ = ["Application", "BaseApplication", "ProbeHandle"]
