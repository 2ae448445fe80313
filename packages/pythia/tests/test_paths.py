from __future__ import annotations

from types import SimpleNamespace

from pythia.paths import resolve_deepstream_paths

ROOT = "/opt/nvidia/deepstream/deepstream"


def test_paths_that_exist_nowhere_stay(no_pyds) -> None:
    text = f"uri=file://{ROOT}/samples/gone.mp4 ! x config-file-path={ROOT}-7.1/c.txt"
    assert resolve_deepstream_paths(text) == text


def test_missing_paths_fall_back_to_ds_path(no_pyds, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("DS_PATH", str(tmp_path))
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples/a.mp4").touch()
    text = f'a uri=file://{ROOT}/samples/a.mp4 b="{ROOT}-7.1/samples/a.mp4" c={ROOT}/samples/b.mp4'
    assert resolve_deepstream_paths(text) == (
        f'a uri=file://{tmp_path}/samples/a.mp4 b="{tmp_path}/samples/a.mp4" c={ROOT}/samples/b.mp4'
    )


def test_missing_paths_fall_back_to_the_samples_of_pyds(classic_pyds, monkeypatch) -> None:
    samples = SimpleNamespace(resolve=lambda path: path.replace(ROOT, "/shipped tree"))
    monkeypatch.setattr("pyds.samples", samples, raising=False)
    assert (
        resolve_deepstream_paths(f"uri=file://{ROOT}/a.mp4") == "uri=file:///shipped%20tree/a.mp4"
    )
    assert resolve_deepstream_paths(f"location={ROOT}/a.mp4") == r"location=/shipped\ tree/a.mp4"
