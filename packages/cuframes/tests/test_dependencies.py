"""What the package needs: the C and C++ libraries, and nothing else before it is asked for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import cuframes
from packages.cuframes.tests.support import Child

PLUGIN = Path(cuframes.__file__).parent / "gst" / "libgstcuframes.so"
ALLOWED = r"(ld-linux.*|libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|libcuframes)\.so\.\d+"
WITHOUT_NUMPY = "import sys; sys.modules['numpy'] = None\n"


def needed(library: Path) -> set[str]:
    if shutil.which("readelf") is None:
        pytest.skip("readelf (binutils) is not installed")
    listing = subprocess.run(
        ["readelf", "--dynamic", "--wide", library], capture_output=True, text=True, check=True
    )
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", listing.stdout))


def mapped_libraries() -> dict[str, Path]:
    maps = Path("/proc/self/maps").read_text().splitlines()
    paths = {Path(line.split(maxsplit=5)[5]) for line in maps if ".so" in line}
    return {path.name: path for path in paths}


def test_extension_and_core_link_neither_gstreamer_nor_cuda_nor_python() -> None:
    ours = {name: path for name, path in mapped_libraries().items() if "cuframes" in name}
    core = [path for name, path in ours.items() if name.startswith("libcuframes.so")]
    extension = [path for name, path in ours.items() if name.startswith("_cuframes.")]
    assert len(core) == len(extension) == 1
    for library in core + extension:
        assert not [name for name in needed(library) if not re.fullmatch(ALLOWED, name)]


@pytest.mark.skipif(not PLUGIN.exists(), reason="the GStreamer plugin was not built")
def test_the_gstreamer_plugin_links_neither_cuda_nor_python() -> None:
    libraries = needed(PLUGIN)
    assert "libcuframes.so.1" in libraries
    assert not [name for name in libraries if "cuda" in name or "python" in name]


def test_sharing_frames_loads_neither_gstreamer_nor_cuda_nor_numpy(
    child: Callable[..., Child],
) -> None:
    one = child(
        WITHOUT_NUMPY
        + """
import cuframes
with cuframes.publish("cam", width=64, height=16, format="GRAY8") as pub:
    with cuframes.subscribe("cam") as sub:
        pub.write(memoryview(bytes([7]) * 1024).cast("B", (16, 64)))
        with sub.next_frame(5) as frame:
            assert memoryview(frame.y)[15, 63] == 7
maps = open("/proc/self/maps").read().splitlines()
print(*{line.split("/")[-1] for line in maps if ".so" in line}, flush=True)
"""
    )
    loaded = one.line().split()
    assert one.end() == 0
    assert any(name.startswith("libcuframes") for name in loaded)
    assert not [name for name in loaded if re.search("gst|glib|gobject|cuda|numpy", name)]


def test_the_command_line_works_without_numpy(tmp_path: Path, child: Callable[..., Child]) -> None:
    movie = tmp_path / "cam.y4m"
    command = WITHOUT_NUMPY + "from cuframes.__main__ import main; sys.exit(main())"
    source = child(command, "testsrc", "cam", "--size", "64x48", "--fps", "100")
    assert source.line().startswith("publishing cam")
    recorder = subprocess.run(
        [sys.executable, "-c", command, "record", "cam", str(movie), "--frames", "5"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert recorder.returncode == 0, recorder.stderr
    assert movie.read_bytes().count(b"FRAME\n") == 5
