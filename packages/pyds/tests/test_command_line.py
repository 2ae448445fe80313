"""``python -m pyds`` and the samples tree."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

import pyds
from pyds import __main__ as command_line
from pyds import _doctor, _plugin


def test_plugin_path_is_where_the_plugin_is(capsys):
    assert command_line.main(["plugin-path"]) == 0
    assert (Path(capsys.readouterr().out.strip()) / "libgstpyds.so").exists()


def test_include_path_has_the_header_of_parsers(capsys):
    assert command_line.main(["include-path"]) == 0
    folder = capsys.readouterr().out.strip()
    assert folder == pyds.get_include()
    assert (Path(folder) / "nvdsinfer_custom_impl.h").exists()


def test_install_plugin_links_and_unlinks(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    link = tmp_path / "gstreamer-1.0" / "plugins" / "pyds"
    for _ in range(2):
        assert command_line.main(["install-plugin"]) == 0
        assert link.resolve() == _plugin.directory().resolve()
    assert command_line.main(["install-plugin", "--remove"]) == 0
    assert not os.path.lexists(link)
    assert command_line.main(["install-plugin", "--remove"]) == 0
    assert "nothing was installed" in capsys.readouterr().out


def test_installed_plugin_is_found_by_the_tools_of_gstreamer(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("GST_REGISTRY", str(tmp_path / "registry.bin"))
    monkeypatch.delenv("GST_PLUGIN_PATH", raising=False)
    # Nothing but the link leads to it.
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    command_line.main(["install-plugin"])
    inspect = subprocess.run(
        ["gst-inspect-1.0", "nvinfer"], capture_output=True, text=True, check=False
    )
    assert inspect.returncode == 0, inspect.stderr
    assert "batch-size" in inspect.stdout


def test_doctor_finds_what_pipelines_need(capsys):
    assert command_line.main(["doctor"]) == 0
    output = capsys.readouterr().out
    assert "MISSING" not in output
    assert str(_plugin.directory()) in output


def test_doctor_says_which_brokers_messages_can_go_to(tmp_path):
    (tmp_path / "libpyds_kafka.so").write_text("no library")
    shutil.copy(_plugin.directory().parent / "lib/libpyds_redis.so", tmp_path)
    found = {finding.name.split()[-1]: finding for finding in _doctor._brokers(tmp_path)}
    assert found["redis"].is_there
    assert "built without" in found["mqtt"].detail
    assert "sudo apt install librdkafka1" in found["kafka"].detail
    assert not any(finding.is_fatal for finding in found.values())


def test_doctor_says_whether_motion_can_be_found(tmp_path):
    assert "built without" in _doctor._optical_flow(tmp_path).detail
    (tmp_path / "libnvdsopticalflow.so").write_text("no library")
    assert "sudo apt install libopencv-video406" in _doctor._optical_flow(tmp_path).detail
    assert _doctor._optical_flow(_plugin.directory().parent / "lib").is_there


def test_doctor_says_what_applications_may_lack(capsys, monkeypatch):
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    assert command_line.main(["doctor"]) == 0
    output = capsys.readouterr().out
    assert "ok       display: DISPLAY=:7" in output
    for name in ("cuda-python", "applications that serve RTSP", "NvDsBatchMeta.to_arrow()"):
        assert f" {name}: " in output


def test_a_missing_requirement_is_fatal_and_a_nicety_is_not():
    assert _doctor.Finding("x", False, "sudo apt install x").is_fatal
    assert not _doctor.Finding("x", False, "sudo apt install x", is_required=False).is_fatal
    assert str(_doctor.Finding("x", False, "do y")) == "MISSING  x: do y"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A samples tree of its own, named by DS_PATH."""
    (tmp_path / "tree/samples/configs").mkdir(parents=True)
    (tmp_path / "tree/samples/configs/a.txt").write_text("a")
    monkeypatch.setenv("DS_PATH", str(tmp_path / "tree"))
    return tmp_path / "tree"


def test_deepstream_paths_resolve_to_the_tree(tree):
    root = "/opt/nvidia/deepstream/deepstream"
    assert pyds.samples.root() == tree
    assert pyds.samples.resolve(f"{root}/samples/configs/a.txt") == tree / "samples/configs/a.txt"
    assert pyds.samples.resolve(f"{root}/samples/none") == Path(f"{root}/samples/none")
    assert pyds.samples.resolve("b.txt") == Path("b.txt")


def test_samples_are_laid_out_over_what_is_there(tree, tmp_path, capsys):
    for _ in range(2):
        assert command_line.main(["samples", str(tmp_path / "out")]) == 0
        assert (tmp_path / "out/samples/configs/a.txt").read_text() == "a"
    assert str(tmp_path / "out" / "samples") in capsys.readouterr().out


def test_models_of_ours_stand_in_for_nvidias(tmp_path, monkeypatch):
    monkeypatch.delenv("DS_PATH", raising=False)
    for links in (True, False):
        samples = pyds.samples.lay_out(tmp_path / str(links), links=links)
        model = samples / "models/Primary_Detector/resnet18_trafficcamnet_pruned.onnx"
        assert model.samefile(samples / "models/street_4class/street_4class.onnx")
        assert model.with_name("labels.txt").read_text().startswith("Vehicle")


def test_samples_without_a_tree_fail(tree, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DS_PATH", str(tmp_path / "nowhere"))
    assert command_line.main(["samples", str(tmp_path / "out")]) == 1
    assert "nowhere" in capsys.readouterr().err


def test_the_shipped_tree_has_the_default_configuration(monkeypatch):
    monkeypatch.delenv("DS_PATH", raising=False)
    config = "samples/configs/deepstream-app/config_infer_primary.txt"
    assert (pyds.samples.root() / config).is_file()
