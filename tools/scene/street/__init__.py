"""A synthetic street with exact ground truth, drawn from a seed."""

from .scene import Scene, TruthBox
from .traffic import ClassId

#: Class names in the order of the detector's output channels.
LABELS = ("Vehicle", "TwoWheeler", "Person", "RoadSign")

__all__ = ["LABELS", "ClassId", "Scene", "TruthBox"]
