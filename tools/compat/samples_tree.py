"""A directory laid out as a DeepStream installation with NVIDIA's sample applications in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import cv2

import pyds
from tools.compat.mask_model import CONFIG, add_masks
from tools.compat.ssd_model import write_ssd_model

DATA = Path(os.environ.get("PYTHIA_TEST_DATA", Path(__file__).parents[3] / "shared/data"))

#: Where the sample applications' configurations look for classifiers, and which is put there.
_CLASSIFIERS = (
    "models/Secondary_VehicleMake/resnet18_vehiclemakenet_pruned.onnx",
    "models/Secondary_VehicleTypes/resnet18_vehicletypenet_pruned.onnx",
)
_CLASSIFIER = DATA / "models/vehicle-attributes-recognition-barrier-0039_dyn.onnx"

#: The network by which the tracker of NVIDIA's tests tells objects apart, and what is put there.
_REID = "models/Tracker/resnet50_market1501_aicity156.onnx"
_REID_MODEL = DATA / "models/osnet_x0_25_msmt17_dyn.onnx"

#: Where nvinferserver looks for TensorFlow's SSD.
_SSD = "trtis_model_repo/ssd_inception_v2_coco_2018_01_28"

#: Configurations of models that NVIDIA withdrew or does not give away; ours stands in.
_DETECTOR_CONFIGS = (
    "deepstream-imagedata-multistream-redaction/config_infer_primary_peoplenet.txt",
)
_SEGMENTATION_CONFIG = "deepstream-segmentation/dstest_segmentation_config_semantic.txt"
_SEGMENTATION_MODEL = DATA / "models/deeplab_v3_257_aligned_dyn.onnx"
_SEGMENTATION = f"""\
[property]
onnx-file={_SEGMENTATION_MODEL}
network-type=2
network-input-order=1
segmentation-output-order=1
net-scale-factor=0.00784313725490196
offsets=127.5;127.5;127.5
num-detected-classes=21
gie-unique-id=1
"""
#: A road with cars, and how many pictures of it are taken from where DeepLab sees none but the 14
#: classes the application has colours for.
_ROAD, _FIRST = DATA / "videos/car-detection.mp4", 180
ROAD_FRAMES = 50
_MASKS_CONFIG = "deepstream-segmask/dstest_segmask_config.txt"
_CLASSIFIER_LABELS = "white;gray;yellow;red;green;blue;black\ncar;bus;truck;van\n"


class SamplesTree:
    """``root`` stands in for ``/opt/nvidia/deepstream/deepstream``.

    The applications are copied to ``root/sources/deepstream_python_apps``, where the relative paths
    in their configurations lead to ``root/samples``.
    """

    def __init__(self, root: Path, checkout: Path) -> None:
        """Lay everything out in an empty directory."""
        self.root = root
        self.samples = pyds.samples.lay_out(root)
        self.repository = root / "sources/deepstream_python_apps"
        self.apps = self.repository / "apps"
        for folder in ("apps", "tests"):
            shutil.copytree(checkout / folder, self.repository / folder)
        self._add_models()
        self._replace_configurations()
        self._add_masks()
        self.pictures = self.samples / "streams/road.mjpeg"
        if self.has_segmentation_model:
            (self.apps / _SEGMENTATION_CONFIG).write_text(_SEGMENTATION)
            self._write_pictures()
        self.video = self.samples / "streams/sample_720p.mp4"
        self.long_video = self.samples / "streams/sample_long.mp4"
        self._repeat(9)
        self.h264 = self.samples / "streams/sample_720p.h264"
        self._extract("qtdemux ! h264parse ! video/x-h264,stream-format=byte-stream", self.h264)

    @property
    def has_classifiers(self) -> bool:
        """Whether there are secondary models: they come with the test data."""
        return _CLASSIFIER.is_file()

    @property
    def has_reid_model(self) -> bool:
        """Whether there is a network for the tracker: it comes with the test data."""
        return _REID_MODEL.is_file()

    @property
    def has_segmentation_model(self) -> bool:
        """Whether there is a network for classes of pixels: it comes with the test data."""
        return _SEGMENTATION_MODEL.is_file()

    def environment(self) -> dict[str, str]:
        """What an application needs to find this tree."""
        return {**os.environ, "DS_PATH": str(self.root), "PYTHONUNBUFFERED": "1"}

    def _add_models(self) -> None:
        if self.has_classifiers:
            for name in _CLASSIFIERS:
                self._add_model(name, _CLASSIFIER).with_name("labels.txt").write_text(
                    _CLASSIFIER_LABELS
                )
        if self.has_reid_model:
            self._add_model(_REID, _REID_MODEL)

        self._add_ssd()

    def _add_ssd(self) -> None:
        """The street detector with the outputs of SSD, in a model repository."""
        folder = self.samples / _SSD
        (folder / "1").mkdir(parents=True)
        detector = self.samples / "models/street_4class/street_4class.onnx"
        write_ssd_model(detector, folder / "1/model.onnx")
        (folder / "config.pbtxt").write_text("max_batch_size: 1\n")
        labels = self.apps / "deepstream-ssd-parser/labels.txt"
        shutil.copy(labels, folder)

    def _add_model(self, name: str, source: Path) -> Path:
        model = self.samples / name
        model.parent.mkdir(parents=True, exist_ok=True)
        model.symlink_to(source)
        return model

    def _replace_configurations(self) -> None:
        directory = self.samples / "configs/deepstream-app"
        text = (directory / "config_infer_primary.txt").read_text()
        for name in _DETECTOR_CONFIGS:
            # The applications know three classes.
            text = text.replace("=../..", f"={self.samples}").replace(
                "[property]", "[property]\nfilter-out-class-ids=3"
            )
            (self.apps / name).write_text(text)

    def _add_masks(self) -> None:
        model = add_masks(self.samples / "models/street_4class/street_4class_masks.onnx")
        text = CONFIG.format(model=model, labels=model.with_name("labels.txt"))
        (self.apps / _MASKS_CONFIG).write_text(text)

    def _write_pictures(self) -> None:
        video = cv2.VideoCapture(str(_ROAD))
        with self.pictures.open("wb") as file:
            for number in range(_FIRST + ROAD_FRAMES):
                _, picture = video.read()
                if number >= _FIRST:
                    file.write(cv2.imencode(".jpg", picture)[1].tobytes())

    def _extract(self, elements: str, target: Path) -> None:
        subprocess.run(
            f"gst-launch-1.0 -q filesrc location={self.video} ! {elements} "
            f"! filesink location={target}".split(),
            check=True,
        )

    def _repeat(self, times: int) -> None:
        one = f"filesrc location={self.video} ! qtdemux ! h264parse ! whole. "
        subprocess.run(
            f"gst-launch-1.0 -q concat name=whole ! h264parse ! mp4mux "
            f"! filesink location={self.long_video} {one * times}".split(),
            check=True,
        )
