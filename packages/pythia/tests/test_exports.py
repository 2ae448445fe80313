from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

import pythia

PACKAGE = Path(pythia.__file__).parent
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py")


def test_public_names_are_these() -> None:
    assert pythia.__all__ == [
        "Analytics",
        "AnnotateFramesBase",
        "AnnotateFramesBbox",
        "AnnotateFramesMaskRcnn",
        "Application",
        "Backend",
        "Demo",
        "Gst",
        "InferenceEngine",
        "Pipeline",
        "PythiaError",
        "StringPipeline",
        "Tracker",
        "__version__",
        "analytics_per_frame",
        "analytics_per_obj",
        "classification_per_object",
        "display_meta_per_frame",
        "frames_per_batch",
        "images_per_batch",
        "instance_masks_per_batch",
        "label_text",
        "labels_per_batch",
        "labels_per_classification",
        "labels_per_obj",
        "object_images_per_batch",
        "object_table",
        "objects_per_batch",
        "objects_per_frame",
        "past_frames_per_batch",
        "semantic_masks_per_frame",
        "tensors_per_batch",
        "tensors_per_frame",
        "tensors_per_object",
        "user_meta_per_batch",
        "user_meta_per_frame",
        "user_meta_per_object",
    ]


@pytest.mark.parametrize("name", pythia.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(pythia, name) is not None


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Aplication"):
        pythia.Aplication  # noqa: B018


@pytest.mark.parametrize("file", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_imports_alone_under_another_name(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"standalone_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    for public in getattr(module, "__all__", ()):
        assert hasattr(module, public)


def test_importing_pythia_loads_neither_gstreamer_nor_pyds() -> None:
    code = "import pythia, sys; print({'gi', 'pyds', 'numpy', 'typer'} & set(sys.modules))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "set()"


def test_importing_gst_does_not_initialise_it() -> None:
    code = "from pythia import Gst, Application; print(Gst.is_initialized())"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
