"""Peers that are killed, stopped, forked, exec'ed and restarted; namespaces."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import cuframes
from packages.cuframes.tests.support import Child, eventually

# Publishes stamped frames: every pixel of frame n is n % 251.
PUBLISHER = """
    import sys, time, numpy as np, cuframes
    key, fps = sys.argv[1], float(sys.argv[2])
    pub = cuframes.publish(key, width=320, height=180, format="GRAY8", fps=fps)
    print("up", flush=True)
    n = 0
    while True:
        n += 1
        with pub.frame(timeout=1) as f:
            f.numpy()[:] = n % 251
            f.pts_ns = n
        time.sleep(1 / fps)
    """

# Reads and checks frames until it is told to stop; then prints how many, and how many were torn.
READER = """
    import sys, threading, numpy as np, cuframes
    key, policy = sys.argv[1], sys.argv[2]
    sub = cuframes.subscribe(key, policy=policy, timeout=60)
    print("up", flush=True)
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    count = torn = backwards = last = 0
    while not stop.is_set():
        try:
            frame = sub.next_frame(0.5)
        except (cuframes.CuframesFrameTimeout, cuframes.CuframesPublisherGone):
            continue
        with frame:
            a = frame.numpy()
            torn += not (a == frame.pts_ns % 251).all()
            backwards += frame.seq <= last and frame.generation == generation
            last, generation = frame.seq, frame.generation
            count += 1
    print(count, torn, backwards, sub.held, flush=True)
    """


def open_fds() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_nothing_is_left_of_a_stream_that_ended(runtime_dir: Path) -> None:
    def once() -> None:
        with cuframes.publish("cam", width=64, height=16, format="GRAY8") as pub:  # noqa: SIM117
            with cuframes.subscribe("cam") as sub:
                pub.write(np.zeros((16, 64), np.uint8))
                sub.fileno()
                np.from_dlpack(sub.next_frame().y)

    once()
    gc.collect()
    before = open_fds()
    for _ in range(20):
        once()
    gc.collect()
    assert eventually(lambda: open_fds() <= before)
    assert list(runtime_dir.iterdir()) == []
    assert not [name for name in os.listdir("/dev/shm") if "cuframes" in name]


def test_many_generations_leave_no_descriptor_and_no_mapping(
    gray: cuframes.CuframesPublisher,
) -> None:
    sub = cuframes.subscribe("cam")

    def maps() -> int:
        return Path("/proc/self/maps").read_text().count("cuframes")

    def once(width: int) -> None:
        gray.reconfigure(width, 16, "GRAY8")
        gray.write(np.zeros((16, width), np.uint8))
        sub.next_frame().release()

    once(32)
    before = (open_fds(), maps())
    for width in range(33, 60):
        once(width)
    assert eventually(lambda: (open_fds(), maps()) == before)


def test_a_killed_reader_gives_its_frames_back(
    gray: cuframes.CuframesPublisher, child: Callable[..., Child]
) -> None:
    reader = child(
        """
        import cuframes, numpy as np, signal
        sub = cuframes.subscribe("cam")
        keep = [np.from_dlpack(sub.next_frame(60).y) for _ in range(2)]
        print("holding", flush=True)
        signal.pause()
        """
    )
    assert eventually(lambda: gray.readers())
    while gray.ring_occupancy < 2:
        gray.write(np.zeros((16, 64), np.uint8))
        time.sleep(0.01)
    assert reader.line() == "holding"
    fds = open_fds()
    reader.kill()
    assert eventually(lambda: gray.ring_occupancy == 0, 5)
    assert gray.readers() == []
    assert open_fds() < fds


def test_a_publisher_killed_again_and_again_is_followed(
    child: Callable[..., Child], runtime_dir: Path
) -> None:
    publisher = child(PUBLISHER, "cam", "500")
    sub = cuframes.subscribe("cam", timeout=60)
    generations = set()
    for _ in range(4):
        for _ in range(20):
            with sub.next_frame(60) as frame:
                assert (frame.numpy() == frame.pts_ns % 251).all()
                generations.add(frame.generation)
        held = sub.next_frame(60)
        value = held.pts_ns
        publisher.kill()
        assert eventually(lambda: sub.publisher_state == "DEAD", 20)
        assert (held.numpy() == value % 251).all(), "a leased frame outlives its publisher"
        held.release()
        publisher = child(PUBLISHER, "cam", "500")
        publisher.line()
    assert len(generations) == 4
    assert sub.stats()["restarts"] >= 3
    assert sub.held == 0
    assert not [name for name in os.listdir("/dev/shm") if "cuframes" in name]
    assert {p.name for p in runtime_dir.iterdir()} == {"cam.sock", "cam.sock.lock"}


def test_a_killed_publishers_socket_is_listed_as_dead_and_taken_over(
    child: Callable[..., Child],
) -> None:
    publisher = child(PUBLISHER, "cam", "100")
    publisher.line()
    publisher.kill()
    (info,) = cuframes.list_streams()
    assert info.state == "DEAD"
    assert info.problem
    with cuframes.publish("cam", width=64, height=16):
        assert cuframes.list_streams()[0].state == "STALE"


def test_a_stopped_reader_costs_the_others_nothing(child: Callable[..., Child]) -> None:
    pub = cuframes.publish("cam", width=64, height=16, format="GRAY8")
    stopped = child(READER, "cam", "in_order")
    assert stopped.line() == "up"
    sub = cuframes.subscribe("cam")
    stopped.signal(signal.SIGSTOP)
    for value in range(200):
        pub.write(np.full((16, 64), value, np.uint8), value)
        assert (sub.next_frame().numpy() == value).all()
    assert pub.stats()["dropped"] == 0
    stopped.signal(signal.SIGCONT)
    pub.close()


def test_a_stopped_publisher_is_stale_and_comes_back(child: Callable[..., Child]) -> None:
    publisher = child(PUBLISHER, "cam", "200")
    assert publisher.line() == "up"
    sub = cuframes.subscribe("cam")
    sub.next_frame(60)
    publisher.signal(signal.SIGSTOP)
    assert eventually(lambda: sub.publisher_state == "STALE", 20)
    publisher.signal(signal.SIGCONT)
    assert eventually(lambda: sub.publisher_state == "ACTIVE", 20)
    assert sub.stats()["restarts"] == 0


def test_a_forked_child_cannot_use_or_disturb_the_parents_objects(
    gray: cuframes.CuframesPublisher,
) -> None:
    sub = cuframes.subscribe("cam")
    gray.write(np.full((16, 64), 1, np.uint8))
    frame = sub.next_frame()
    array = np.from_dlpack(frame.y)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            for call in (sub.next_frame, sub.try_next, gray.frame, gray.stats):
                try:
                    call()
                except cuframes.CuframesClosed:
                    continue
                os._exit(2)
            del frame, array
            gc.collect()
            again = cuframes.subscribe("cam", timeout=5)  # a new one works
            code = 0 if again.next_frame(60).numpy()[0, 0] == 1 else 3
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert sub.held == 1
    for value in range(2, 60):
        gray.write(np.full((16, 64), value, np.uint8))
    assert (array == 1).all(), "the child gave the parent's lease back"
    assert eventually(lambda: len(gray.readers()) == 1)


def test_programs_we_start_inherit_nothing(gray: cuframes.CuframesPublisher) -> None:
    sub = cuframes.subscribe("cam")
    sub.fileno()
    listing = """
import os
for fd in os.listdir("/proc/self/fd"):
    try:
        print(os.readlink(f"/proc/self/fd/{fd}"))
    except OSError:
        pass
"""
    done = subprocess.run(
        [sys.executable, "-c", listing], close_fds=False, capture_output=True, text=True, check=True
    )
    assert "cuframes" not in done.stdout
    assert "socket" not in done.stdout


def run_streams(
    child: Callable[..., Child], streams: int, readers: int, fps: int, seconds: float
) -> list[list[int]]:
    """Stamped streams for a while; what each reader counted: frames, torn, backwards, held."""
    publishers = [child(PUBLISHER, f"s{i}", str(fps)) for i in range(streams)]
    policies = ["newest", "in_order", "newest"]
    all_readers = [
        child(READER, f"s{i}", policies[r % 3]) for i in range(streams) for r in range(readers)
    ]
    for one in publishers + all_readers:
        assert one.line() == "up"
    rss = [resident_kib(one) for one in publishers + all_readers]
    fds = [fd_count(one) for one in publishers + all_readers]
    time.sleep(seconds)
    rss_after = [resident_kib(one) for one in publishers + all_readers]
    fds_after = [fd_count(one) for one in publishers + all_readers]
    counts = []
    for one in all_readers:
        one.tell()
        counts.append([int(word) for word in one.line().split()])
    print("RSS KiB before/after", sum(rss), sum(rss_after), "fds", sum(fds), sum(fds_after))
    assert fds_after == fds
    if seconds > 60:
        growth = [after - before for before, after in zip(rss, rss_after, strict=False)]
        assert max(growth) < 4096, f"memory grew by {max(growth)} KiB"
    return counts


def resident_kib(one: Child) -> int:
    status = Path(f"/proc/{one.process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0])


def fd_count(one: Child) -> int:
    return len(os.listdir(f"/proc/{one.process.pid}/fd"))


def test_a_short_soak_tears_nothing(child: Callable[..., Child]) -> None:
    for frames, torn, backwards, _ in run_streams(child, 2, 2, 60, 2):
        assert frames > 0
        assert torn == 0
        assert backwards == 0


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_long_soak_tears_nothing_and_memory_is_flat(child: Callable[..., Child]) -> None:
    seconds = float(os.environ.get("CUFRAMES_SOAK_SECONDS", "600"))
    counts = run_streams(child, 8, 3, 30, seconds)
    print("frames", sum(c[0] for c in counts), "torn", sum(c[1] for c in counts))
    assert all(c[1] == 0 and c[2] == 0 for c in counts)
    assert min(c[0] for c in counts) > seconds * 10


def may_unshare() -> str:
    """Why user namespaces cannot be made here, "" when they can."""
    if shutil.which("unshare") is None:
        return "there is no unshare(1)"
    command = ["unshare", "--user", "--map-root-user", "--pid", "--ipc", "--fork", "true"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr.strip()


@pytest.mark.skipif(may_unshare() != "", reason=f"no user namespaces: {may_unshare()}")
def test_two_containers_share_frames_through_a_bind_mounted_socket(tmp_path: Path) -> None:
    """Publisher and reader each PID 1 in user, pid, ipc and mount namespaces of its own, each with
    its own empty /dev/shm; they share a directory with the socket and nothing else."""
    shared = tmp_path / "shared"
    shared.mkdir()
    inner = (
        "mount -t tmpfs none /dev/shm && mount --bind {shared} {mine} && exec {python} -c '{code}'"
    )
    publisher = """
import os, time, numpy as np, cuframes
assert os.getpid() == 1 and os.listdir("/dev/shm") == []
pub = cuframes.publish("cam", width=320, height=180, format="GRAY8", path="{mine}/cam.sock")
for n in range(1, 100000):
    pub.write(np.full((180, 320), n % 251, np.uint8), n)
    time.sleep(0.005)
"""
    reader = """
import os, cuframes
assert os.getpid() == 1 and os.listdir("/dev/shm") == []
sub = cuframes.subscribe("cam", path="{mine}/cam.sock", timeout=60)
for _ in range(100):
    with sub.next_frame(60) as frame:
        assert (frame.numpy() == frame.pts_ns % 251).all()
print("100 frames")
"""
    started = []
    for name, code in (("a", publisher), ("b", reader)):
        mine = tmp_path / name
        mine.mkdir()
        command = inner.format(
            shared=shared, mine=mine, python=sys.executable,
            code=code.format(mine=mine).replace("'", '"'),
        )  # fmt: skip
        started.append(
            subprocess.Popen(
                ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--ipc", "--fork",
                 "--kill-child", "sh", "-c", command],
                stdout=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
    try:
        out, _ = started[1].communicate(timeout=100)
        assert out.strip() == "100 frames"
    finally:
        for process in started:
            process.kill()
            process.wait()
            assert process.stdout is not None
            process.stdout.close()
