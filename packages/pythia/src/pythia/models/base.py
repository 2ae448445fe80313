"""``nvinfer``, ``nvtracker`` and ``nvdsanalytics`` as parts of a `Pipeline`.

Files are looked for, never read, until something asks for what is in them: the elements read their
configurations themselves, and report what is wrong with them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pythia.paths import DS_PATH
from pythia.utils.ext import not_empty
from pythia.utils.gst import properties_of, property_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pythia.types import Con

__all__ = ["Analytics", "InferenceEngine", "Tracker"]

_Engine = TypeVar("_Engine", bound="InferenceEngine")
_Tracker = TypeVar("_Tracker", bound="Tracker")
_Analytics = TypeVar("_Analytics", bound="Analytics")

_NEEDS_TRACKER = re.compile(r"^\s*\[?\s*(line-crossing|direction-detection)", re.MULTILINE)


@dataclass
class InferenceEngine:
    """A network, run by ``nvinfer``.

    Attributes:
        labels_file: Names of the classes, one per line.
        config_file: Configuration of ``nvinfer``.
        source_model: The network as it was exported.
        compiled_model: The network as the engine has compiled it.
        CONNECTIONS: Callbacks by element and signal.
    """

    MODEL_SUFFIXES: ClassVar[dict[str, str]] = {
        ".etlt": "tlt-encoded-model",
        ".caffe": "model-file",
        ".caffemodel": "model-file",
        ".prototxt": "proto-file",
        ".onnx": "onnx-file",
        ".uff": "uff-file",
    }
    """Suffixes of networks in order of preference, with the configuration's key for each."""

    MODEL_CONFIG_SUFFIXES: ClassVar[tuple[str, ...]] = (".conf", ".ini", ".yml", ".yaml", ".txt")

    labels_file: Path | None
    config_file: Path
    source_model: Path | None = None
    compiled_model: Path | None = None
    _default_props: dict[str, str] = field(default_factory=dict)
    CONNECTIONS: Con = field(default_factory=dict)

    @classmethod
    def from_folder(cls: type[_Engine], folder: str | Path) -> _Engine:
        """Return the network in a folder: its configuration, labels and model, found by name.

        Raises:
            FileNotFoundError: There is no such folder, or one of the files is not in it.
            EOFError: One of the files is empty.
        """
        directory = Path(folder).resolve()
        if not directory.is_dir():
            raise FileNotFoundError(f"there is no folder {directory} to take a network from")
        source_model = cls.locate_source_model(directory)
        return cls(
            labels_file=cls.locate_labels_file(directory),
            config_file=cls.locate_config_file(directory),
            source_model=source_model,
            compiled_model=cls.locate_compiled_model(directory, source_model),
        )

    @classmethod
    def from_element(cls: type[_Engine], element: Any) -> _Engine:
        """Return the network that an ``nvinfer`` runs; what it does not name itself is None."""
        props = properties_of(element)
        config_file = Path(props.pop("config-file-path", "")).resolve()

        def find(*names: str) -> Path | None:
            return cls.pop_property_or_get_from_nvinfer_conf(
                config_file, props, property_names=names
            )

        return cls(
            labels_file=find("labelfile-path"),
            config_file=config_file,
            source_model=find(*cls.MODEL_SUFFIXES.values()),
            compiled_model=find("model-engine-file"),
            _default_props=props,
        )

    def gst(self, name: str, **properties: Any) -> str:
        """Return the text of the element.

        Args:
            name: Name of the element.
            **properties: Its properties, with ``_`` for ``-``.
        """
        return _element("nvinfer", {"config_file_path": self.config_file, "name": name}, properties)

    @classmethod
    def locate_source_model(cls, folder: Path) -> Path | None:
        """Return the first network in a folder, by the order of `MODEL_SUFFIXES`."""
        return _first(folder, [f"*{suffix}" for suffix in cls.MODEL_SUFFIXES])

    @staticmethod
    def locate_labels_file(folder: Path) -> Path:
        """Return the first file with ``label`` in its name."""
        found = _first(folder, ["*label*"])
        if found is None:
            raise FileNotFoundError(f"no file in {folder} has 'label' in its name")
        return found

    @classmethod
    def locate_config_file(cls, folder: Path) -> Path:
        """Return the first configuration in a folder, by the order of `MODEL_CONFIG_SUFFIXES`."""
        patterns = [f"*{suffix}" for suffix in cls.MODEL_CONFIG_SUFFIXES]
        found = _first(folder, patterns, unless="label")
        if found is None:
            raise FileNotFoundError(f"no file in {folder} ends in {', '.join(patterns)}")
        return found

    @staticmethod
    def locate_compiled_model(folder: Path, source_model: Path | None) -> Path | None:
        """Return the compiled form of a network, by the network's name if there are several.

        Raises:
            FileNotFoundError: There is neither a network nor a compiled one.
        """
        named = [f"*{source_model.stem}*.engine"] if source_model else []
        found = _first(folder, [*named, "*.engine"])
        if found is None and source_model is None:
            raise FileNotFoundError(f"there is no network in {folder}, compiled or not")
        return found

    @staticmethod
    def pop_property_or_get_from_nvinfer_conf(
        config_file: Path, props: dict[str, str], *, property_names: Collection[str]
    ) -> Path | None:
        """Return the first of several paths that the properties or else the configuration give.

        Relative paths are relative to the configuration, as ``nvinfer`` takes them.
        """
        for name in property_names:
            if value := props.pop(name, ""):
                return (config_file.parent / value).resolve()
        text = config_file.read_text(errors="replace") if config_file.is_file() else ""
        for name in property_names:
            # INI and YAML alike; the keys are in one section only.
            match = re.search(rf"^\s*{re.escape(name)}\s*[=:]\s*(\S.*?)\s*$", text, re.MULTILINE)
            if match:
                return (config_file.parent / match[1].strip("\"'")).resolve()
        return None


@dataclass
class Tracker:
    """A tracker, run by ``nvtracker``.

    Attributes:
        config_file: Configuration of the tracker.
        low_level_library: Library that implements it. Our own ``nvtracker`` needs none.
        CONNECTIONS: Callbacks by element and signal.
    """

    config_file: Path
    low_level_library: Path = DS_PATH.resolve() / "lib/libnvds_nvmultiobjecttracker.so"
    _default_props: dict[str, str] = field(default_factory=dict)
    CONNECTIONS: Con = field(default_factory=dict)

    @classmethod
    def from_file(
        cls: type[_Tracker], config_file: str | Path, low_level_library: str | Path | None = None
    ) -> _Tracker:
        """Return the tracker of a configuration.

        Raises:
            FileNotFoundError: There is no such file.
        """
        config = _existing(config_file, "tracker")
        if low_level_library is None:
            return cls(config)
        return cls(config, Path(low_level_library))

    @classmethod
    def from_element(cls: type[_Tracker], element: Any) -> _Tracker:
        """Return the tracker that an ``nvtracker`` runs."""
        props = properties_of(element)
        config, library = props.pop("ll-config-file", ""), props.pop("ll-lib-file", "")
        return cls(Path(config), Path(library), _default_props=props)

    def gst(self, **properties: Any) -> str:
        """Return the text of the element, see `InferenceEngine.gst`."""
        files = {"ll_config_file": self.config_file, "ll_lib_file": self.low_level_library}
        return _element("nvtracker", files, {**self._default_props, **properties})


@dataclass
class Analytics:
    """Zones, lines and directions, watched by ``nvdsanalytics``.

    Attributes:
        config_file: Configuration of the element.
        CONNECTIONS: Callbacks by element and signal.
    """

    config_file: Path
    _default_props: dict[str, str] = field(default_factory=dict)
    CONNECTIONS: Con = field(default_factory=dict)

    @classmethod
    def from_file(cls: type[_Analytics], config_file: str | Path) -> _Analytics:
        """Return the analytics of a configuration.

        Raises:
            FileNotFoundError: There is no such file.
        """
        return cls(_existing(config_file, "analytics"))

    @classmethod
    def from_element(cls: type[_Analytics], element: Any) -> _Analytics:
        """Return the analytics that an ``nvdsanalytics`` does."""
        props = properties_of(element)
        return cls(Path(props.pop("config-file", "")), _default_props=props)

    def gst(self, **properties: Any) -> str:
        """Return the text of the element, see `InferenceEngine.gst`."""
        files = {"config_file": self.config_file}
        return _element("nvdsanalytics", files, {**self._default_props, **properties})

    def requires_tracker(self) -> bool:
        """Whether it follows objects over time, which takes a tracker before it."""
        return bool(_NEEDS_TRACKER.search(self.config_file.read_text(errors="replace")))


def _element(kind: str, *properties: Mapping[str, Any]) -> str:
    lines = [f"  {property_text(name, each[name])}" for each in properties for name in each]
    return "\n".join([kind, *lines])


def _first(folder: Path, patterns: list[str], *, unless: str | None = None) -> Path | None:
    for pattern in patterns:
        for path in sorted(folder.glob(pattern)):
            if unless is None or unless not in path.name:
                return not_empty(path)
    return None


def _existing(path: str | Path, what: str) -> Path:
    resolved = Path(path).resolve()
    if not resolved.is_file():
        raise FileNotFoundError(f"there is no {what} configuration {resolved}")
    return resolved
