"""Annotators: a network's view of a video, its frames as pictures, its objects as JSON lines.

    AnnotateFramesBbox.run("file:///a.mp4?muxer_width=1280&muxer_height=720", "models/cars", "out")

gives ``out/frames/000000000000.jpg`` and so on, and ``out/detections.jsonl``, a line per object.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import quote

from pythia.applications.base import Application
from pythia.event_stream.worker import EventStream
from pythia.iterators import analytics_per_obj, objects_per_batch
from pythia.pipelines.base import BasePipeline, Pipeline
from pythia.utils.gst import factory_name, gst_iter
from pythia.utils.maskrcnn import extract_maskrcnn_mask

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from pythia.models.base import Analytics, InferenceEngine, Tracker
    from pythia.types import BatchMeta, FrameMeta, ObjectMeta, SourceUri

__all__ = ["AnnotateFramesBase", "AnnotateFramesBbox", "AnnotateFramesMaskRcnn"]

_ANALYTICS_FIELDS = ("dirStatus", "lcStatus", "ocStatus", "roiStatus", "unique_id")


class AnnotationLog:
    """Writes JSON lines in a worker thread."""

    def __init__(self, stream: EventStream) -> None:
        self._stream = stream

    def json(self, item: dict[str, Any]) -> None:
        """Write one line."""
        self._stream.put([item])


class AnnotateFramesBase(Application, ABC):
    """Runs a pipeline and writes annotations.

    Args:
        pipeline: What to run.
        dst_folder: Where ``detections.jsonl`` goes; one that is there is replaced.

    Attributes:
        logger: Writes the annotations: ``self.logger.json({...})``.
    """

    def __init__(self, pipeline: BasePipeline, dst_folder: str | os.PathLike[str]) -> None:
        super().__init__(pipeline)
        self._dst_folder = Path(dst_folder)
        file = self._dst_folder / "detections.jsonl"
        file.unlink(missing_ok=True)
        uri = f"log://?stream={quote(str(file))}"
        self.streams[uri] = EventStream.from_uri(uri, self._fail)
        self.logger: AnnotationLog = AnnotationLog(self.streams[uri])

    @abstractmethod
    def annotator_probe(self, pad: Any, info: Any, batch_meta: BatchMeta) -> Any:
        """Write what a batch holds. A probe: it runs while the buffer waits."""

    @classmethod
    def run(
        cls,
        src: SourceUri,
        model: str | Path | InferenceEngine,
        dst_folder: str | os.PathLike[str],
        *args: Any,
        suffix: str = ".jpg",
        analytics: str | Path | Analytics | None = None,
        tracker: str | Path | Tracker | None = None,
        **kwargs: Any,
    ) -> None:
        """Annotate a source to its end.

        Args:
            src: URI of the source, see `pythia.pipelines.sources`.
            model: The network, or its folder.
            dst_folder: Where everything goes; made if it does not exist.
            *args: Passed on to the constructor.
            suffix: Format of the pictures: ``.jpg``, ``.png``, ``.webp``.
            analytics: Zones and lines to watch too.
            tracker: What follows the objects.
            **kwargs: Passed on to the constructor.

        Raises:
            FileExistsError: There are pictures already.
        """
        destination = Path(dst_folder)
        frames = destination / "frames"
        if frames.is_dir() and any(frames.iterdir()):
            raise FileExistsError(f"{frames} is not empty: name another folder, or empty it")
        frames.mkdir(parents=True, exist_ok=True)
        pipeline = Pipeline(
            [src], [model], str(frames / f"%012d{suffix}"), analytics=analytics, tracker=tracker
        )
        app = cls(pipeline, destination, *args, **kwargs)
        app.probe(cls.default_probe_target(pipeline), "src")(app.annotator_probe)
        app()

    @classmethod
    def run_with_probe(
        cls, *args: Any, probe: Callable[..., Any] | None = None, **kwargs: Any
    ) -> None:
        """`run` with a probe of your own.

        Args:
            *args: Passed on to `run`.
            probe: A function of one of the probe forms; a first parameter ``self`` gets the
                annotator.
            **kwargs: Passed on to `run`.
        """
        if probe is None:
            raise ValueError("run_with_probe needs probe=, a function")
        takes_self = next(iter(inspect.signature(probe).parameters), None) == "self"
        members = {"annotator_probe": probe if takes_self else staticmethod(probe)}
        type("Annotator", (cls,), members).run(*args, **kwargs)  # type: ignore[attr-defined]

    @staticmethod
    def default_probe_target(pipeline: BasePipeline) -> str:
        """Return the name of the last element that finds or refines objects.

        Raises:
            LookupError: There is none.
        """
        kinds = ("nvdsanalytics", "nvtracker", "nvinfer")
        for element in gst_iter(pipeline.pipeline.iterate_sorted()):  # from sink to source
            if factory_name(element) in kinds:
                return str(element.get_name())
        raise LookupError(f"the pipeline has none of {', '.join(kinds)} to take objects from")

    @staticmethod
    def _extract_common(
        pad: Any, frame: FrameMeta, detection: ObjectMeta, *, extract_analytics: bool = False
    ) -> dict[str, Any]:
        box = detection.rect_params
        data = {
            "frame_num": frame.frame_num,
            "id": detection.object_id,
            "engine_id": detection.unique_component_id,
            "engine": pad.get_parent_element().get_name(),
            "pad_index": frame.pad_index,
            "label": detection.obj_label,
            "left": box.left,
            "top": box.top,
            "width": box.width,
            "height": box.height,
            "confidence": detection.confidence,
        }
        if extract_analytics:
            found = next(analytics_per_obj(detection), None)
            if found is not None:
                data["analytics"] = {name: getattr(found, name) for name in _ANALYTICS_FIELDS}
        return data


class AnnotateFramesBbox(AnnotateFramesBase):
    """Writes the box of each object, and what analytics say of it if there are any."""

    def annotator_probe(self, pad: Any, info: Any, batch_meta: BatchMeta) -> None:
        """Write a line per object."""
        watched = self.pipeline.analytics is not None
        for frame, detection in objects_per_batch(batch_meta):
            self.logger.json(self._extract_common(pad, frame, detection, extract_analytics=watched))


class AnnotateFramesMaskRcnn(AnnotateFramesBase):
    """Writes the box and the outline of each object, of networks that give masks.

    Args:
        pipeline: What to run.
        dst_folder: Where ``detections.jsonl`` goes.
        contour_kw: Arguments for ``cv2.findContours``.

    Raises:
        ImportError: OpenCV is not installed.
    """

    DEFAULT_CONTOURS: ClassVar[tuple[str, str]] = ("RETR_TREE", "CHAIN_APPROX_SIMPLE")

    def __init__(
        self,
        pipeline: BasePipeline,
        dst_folder: str | os.PathLike[str],
        *,
        contour_kw: dict[str, Any] | None = None,
    ) -> None:
        try:
            import cv2
        except ImportError as error:
            raise ImportError("outlines need OpenCV: pip install pythia-video[opencv]") from error
        mode, method = (getattr(cv2, name) for name in self.DEFAULT_CONTOURS)
        self._find_contours = cv2.findContours
        self._contour_kw = {"mode": mode, "method": method, **(contour_kw or {})}
        super().__init__(pipeline, dst_folder)

    def annotator_probe(self, pad: Any, info: Any, batch_meta: BatchMeta) -> None:
        """Write a line per object."""
        watched = self.pipeline.analytics is not None
        for frame, detection in objects_per_batch(batch_meta):
            mask = self.generate_mask_polygon(extract_maskrcnn_mask(detection))
            common = self._extract_common(pad, frame, detection, extract_analytics=watched)
            self.logger.json({"mask": mask, **common})

    def generate_mask_polygon(self, mask: NDArray[np.uint8]) -> list[list[int]]:
        """Return the outlines of a mask, each as ``x0, y0, x1, y1, ...`` in pixels of the mask."""
        contours, _ = self._find_contours(mask, **self._contour_kw)
        return [[int(value) for value in contour.flatten()] for contour in contours]
