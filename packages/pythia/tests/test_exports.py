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
        "Application",
        "Backend",
        "Gst",
        "PythiaError",
        "__version__",
        "frames_per_batch",
        "objects_per_batch",
        "objects_per_frame",
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
