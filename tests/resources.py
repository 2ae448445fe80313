"""What this process holds of the machine: memory, files, threads."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

MALLOC_FIELDS = (
    *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
    *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
)


class MallocInfo(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = [(name, ctypes.c_size_t) for name in MALLOC_FIELDS]


def allocated_bytes() -> int:
    """Bytes malloc has handed out in all arenas; the resident set also holds what it kept back."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = MallocInfo
    info = mallinfo2()
    return info.uordblks + info.hblkhd


def trim_heap() -> None:
    """Gives to the system what malloc keeps back."""
    ctypes.CDLL(None).malloc_trim(0)


def resident_bytes() -> int:
    """The resident set."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    """File descriptors, the one of this look among them."""
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    """Threads of all kinds."""
    return len(os.listdir("/proc/self/task"))
