from __future__ import annotations

from pathlib import Path

import pytest

from pythia.models import Analytics, InferenceEngine, Tracker


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "labels.txt").write_text("car\n")
    (tmp_path / "pgie.conf").write_text("[property]\nonnx-file=net.onnx\n")
    (tmp_path / "net.onnx").write_text("x")
    return tmp_path


def test_a_folder_gives_its_configuration_labels_and_model(folder: Path) -> None:
    (folder / "net.onnx_b1_gpu0.engine").write_text("x")
    (folder / "another.engine").write_text("x")
    model = InferenceEngine.from_folder(str(folder))
    assert model == InferenceEngine(
        labels_file=folder / "labels.txt",
        config_file=folder / "pgie.conf",
        source_model=folder / "net.onnx",
        compiled_model=folder / "net.onnx_b1_gpu0.engine",
    )


@pytest.mark.parametrize(
    ("missing", "message"),
    [("labels.txt", "'label' in its name"), ("pgie.conf", "ends in"), ("net.onnx", "no network")],
)
def test_what_a_folder_lacks_is_named(folder: Path, missing: str, message: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(FileNotFoundError, match=message):
        InferenceEngine.from_folder(folder)


def test_an_empty_file_or_no_folder_is_an_error(folder: Path) -> None:
    (folder / "net.onnx").write_text("")
    with pytest.raises(EOFError, match=r"net.onnx is empty"):
        InferenceEngine.from_folder(folder)
    with pytest.raises(FileNotFoundError, match="no folder"):
        InferenceEngine.from_folder(folder / "gone")


def test_the_text_of_a_network_quotes_what_needs_quotes() -> None:
    model = InferenceEngine(None, Path("/models/my cars/pgie.conf"))
    assert model.gst("model_0", unique_id=1, process_mode="primary").split("\n  ") == [
        "nvinfer",
        'config-file-path="/models/my cars/pgie.conf"',
        "name=model_0",
        "unique-id=1",
        "process-mode=primary",
    ]


@pytest.mark.parametrize("line", ["labelfile-path=sub/l.txt", "  labelfile-path: sub/l.txt"])
def test_paths_of_a_configuration_are_relative_to_it(tmp_path: Path, line: str) -> None:
    config = tmp_path / "pgie"
    config.write_text(f"property:\n  x: 1\n{line}\n")
    find = InferenceEngine.pop_property_or_get_from_nvinfer_conf
    assert find(config, {}, property_names=("labelfile-path",)) == tmp_path / "sub/l.txt"
    props = {"labelfile-path": "other.txt"}
    assert find(config, props, property_names=("labelfile-path",)) == tmp_path / "other.txt"
    assert props == {}
    assert find(tmp_path / "gone", {}, property_names=("labelfile-path",)) is None


def test_tracker_and_analytics_need_their_files(tmp_path: Path) -> None:
    config = tmp_path / "c.yml"
    with pytest.raises(FileNotFoundError, match="no tracker configuration"):
        Tracker.from_file(config)
    with pytest.raises(FileNotFoundError, match="no analytics configuration"):
        Analytics.from_file(config)
    config.write_text("x")
    tracker = Tracker.from_file(config, "/lib/t.so")
    assert tracker.gst() == f"nvtracker\n  ll-config-file={config}\n  ll-lib-file=/lib/t.so"
    assert Analytics.from_file(config).gst() == f"nvdsanalytics\n  config-file={config}"


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("[line-crossing-stream-0]\nenable=1", True),
        ("direction-detection-stream-0:\n  enable: 1", True),
        ("[roi-filtering-stream-0]\n# line-crossing", False),
    ],
)
def test_lines_and_directions_need_a_tracker(tmp_path: Path, text: str, needs: bool) -> None:
    (tmp_path / "a.txt").write_text(text)
    assert Analytics(tmp_path / "a.txt").requires_tracker() is needs
