"""Sources come and go, and nothing is left of them. `make soak` does it for half an hour."""

from __future__ import annotations

from pathlib import Path

from tests.soak import MIB, growth, soak

ROUNDS = 12


def test_sources_that_come_and_go_leave_nothing(tmp_path: Path) -> None:
    samples, objects = soak(ROUNDS, 0.3, tmp_path)
    assert objects > 0
    grown = growth(samples)
    # Six sources came and went in between. Memory still settles in so short a time.
    assert grown["files"] <= 2
    assert grown["threads"] <= 4
    assert grown["allocated"] < 24 * MIB
