"""Tests interrupt programs they start; those must not inherit a SIGINT that is ignored.

A shell that runs a job in the background starts it with SIGINT ignored, and so do some CI systems.
"""

from __future__ import annotations

import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
