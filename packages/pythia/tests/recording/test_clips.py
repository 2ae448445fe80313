from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pythia import Application
from pythia.recording import Clip, ClipRecorder
from pythia.utils.gst import Gst

FPS = 25
KEY_INTERVAL = 10
ENCODE = (
    f"! video/x-raw,width=64,height=64,framerate={FPS}/1 ! identity name=raw "
    f"! x264enc name=enc key-int-max={KEY_INTERVAL} bframes=2 speed-preset=ultrafast ! fakesink"
)


def application(frames: int, source: str = "videotestsrc") -> Application:
    return Application.from_pipeline_string(f"{source} num-buffers={frames} {ENCODE}")


def at_frames(app: Application, actions: dict[int, object]) -> None:
    number = 0

    @app.probe("raw", "src")
    def count(pad, info):
        nonlocal number
        number += 1
        if number in actions:
            actions[number]()


def decode(path: Path) -> list[int]:
    """Timestamps of the pictures in a file, in nanoseconds."""
    times = []
    app = Application.from_pipeline_string(
        f'filesrc location="{path}" ! decodebin ! fakesink name=s'
    )
    app.probe("s", "sink")(lambda pad, info: times.append(info.get_buffer().pts))
    app()
    return times


def seconds(clip: Clip) -> float:
    return (clip.end_ns - clip.start_ns) / Gst.SECOND


def test_a_clip_begins_before_the_event_and_ends_after_it(tmp_path: Path) -> None:
    app, clips = application(300), []
    recorder = ClipRecorder(
        app, "enc", folder=tmp_path / "new", pre_s=2, post_s=1, on_clip=clips.append
    )
    at_frames(app, {150: lambda: recorder.trigger("person")})
    app()
    (clip,) = clips
    assert clip.path == tmp_path / "new/person-00001.mp4"
    assert clip.label == "person"
    # It begins with a key frame, at most one interval too early.
    slack = (KEY_INTERVAL + 3) / FPS
    assert 3 <= seconds(clip) <= 3 + slack
    times = decode(clip.path)
    assert len(times) == pytest.approx(seconds(clip) * FPS + 1, abs=3)
    assert times[0] < 0.2 * Gst.SECOND
    assert not recorder.is_recording


def test_more_events_make_one_longer_clip_and_later_ones_another(tmp_path: Path) -> None:
    app, clips = application(400), []
    recorder = ClipRecorder(app, "enc", folder=tmp_path, pre_s=0, post_s=1, on_clip=clips.append)
    at_frames(app, {100: recorder.trigger, 115: recorder.trigger, 300: recorder.trigger})
    app()
    first, second = sorted(clips, key=lambda clip: clip.start_ns)
    assert [first.path.name, second.path.name] == ["event-00001.mp4", "event-00002.mp4"]
    assert 1.4 <= seconds(first) <= 2.4
    assert 1 <= seconds(second) <= 1.8


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
def test_an_end_of_stream_completes_the_clip(tmp_path: Path, suffix: str) -> None:
    app = application(60)
    recorder = ClipRecorder(app, "enc", folder=tmp_path, pre_s=1, post_s=60, suffix=suffix)
    at_frames(app, {50: recorder.trigger})
    app()
    times = decode(tmp_path / f"event-00001{suffix}")
    assert 30 <= len(times) <= 50


def test_a_stop_without_end_of_stream_completes_the_clip(tmp_path: Path) -> None:
    app = application(-1, "videotestsrc is-live=true")
    recorder = ClipRecorder(app, "enc", folder=tmp_path, pre_s=1, post_s=60)
    at_frames(app, {5: recorder.trigger, 60: app.stop})
    app()
    assert len(decode(tmp_path / "event-00001.mp4")) >= 10


def test_a_second_run_starts_with_an_empty_memory(tmp_path: Path) -> None:
    app, clips = application(50), []
    recorder = ClipRecorder(app, "enc", folder=tmp_path, pre_s=60, post_s=60, on_clip=clips.append)
    at_frames(app, {40: recorder.trigger})
    app()
    app()
    assert len(clips) == 1  # the counter of the test goes on, so the second run has no event
    assert len(decode(clips[0].path)) == pytest.approx(50, abs=2)


def test_memory_holds_no_more_than_is_needed(tmp_path: Path) -> None:
    app, kept = application(500), []
    recorder = ClipRecorder(app, "enc", folder=tmp_path, pre_s=1, post_s=1)
    app.probe("enc", "src")(
        lambda pad, info: kept.append(sum(len(group) for group in recorder._groups))
    )
    app()
    assert max(kept) <= FPS + 2 * KEY_INTERVAL


def test_other_formats_than_encoded_video_are_refused(tmp_path: Path) -> None:
    app = application(5)
    ClipRecorder(app, "raw", folder=tmp_path)
    with pytest.raises(ValueError, match=r"carries video/x-raw: name an encoder"):
        app()


def test_bad_arguments_are_named(tmp_path: Path) -> None:
    app = application(5)
    with pytest.raises(ValueError, match="pre_s=-1"):
        ClipRecorder(app, "enc", folder=tmp_path, pre_s=-1)
    with pytest.raises(ValueError, match=r"'.gif'; allowed: .mp4"):
        ClipRecorder(app, "enc", folder=tmp_path, suffix=".gif")


def test_a_clip_that_cannot_be_written_is_logged_and_the_video_goes_on(tmp_path, caplog) -> None:
    app, frames = application(100), []
    folder = tmp_path / "gone"
    recorder = ClipRecorder(app, "enc", folder=folder, pre_s=0, post_s=1)
    folder.rmdir()
    at_frames(app, {50: recorder.trigger})
    app.probe("raw", "sink")(lambda pad, info: frames.append(1))
    app()
    assert len(frames) == 100
    assert "is incomplete" in caplog.text


def test_a_callback_that_raises_is_logged(tmp_path: Path, caplog) -> None:
    app, called = application(100), threading.Event()

    def fail(clip):
        called.set()
        raise RuntimeError("mine")

    recorder = ClipRecorder(app, "enc", folder=tmp_path, pre_s=0, post_s=0.5, on_clip=fail)
    at_frames(app, {50: recorder.trigger})
    app()
    assert called.is_set()
    assert "on_clip failed" in caplog.text
