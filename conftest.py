"""What all tests need of the machine: signals as a terminal has them, and time.

Tests interrupt programs they start; those must not inherit a SIGINT that is ignored. A shell that
runs a job in the background starts it so, and so do some CI systems.
"""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

# How long an example takes says nothing on a busy machine.
settings.register_profile("any", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any")

signal.signal(signal.SIGINT, signal.default_int_handler)
