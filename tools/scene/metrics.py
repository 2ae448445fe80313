"""Average precision with ignore regions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from detectnet import iou
from numpy.typing import NDArray

Array = NDArray[np.float32]


@dataclass
class ClassScore:
    """One class's result."""

    truths: int
    ap: float
    precision: float  #: at the report's confidence
    recall: float  #: at the report's confidence
    best_confidence: float  #: where F1 is highest
    best_f1: float
    sure: float  #: median confidence of right detections above 0.3


@dataclass
class Evaluation:
    """Collects detections and ground truth, picture by picture."""

    iou_limit: float = 0.5
    _scores: dict[int, list[tuple[float, bool]]] = field(default_factory=dict)
    _truths: dict[int, int] = field(default_factory=dict)

    def add(self, detections: Array, truth: Array) -> None:
        """One picture.

        Args:
            detections: (n, 6): class, confidence, left, top, right, bottom.
            truth: (m, 6): class, ignore (0 or 1), left, top, right, bottom.
        """
        classes = np.unique(np.concatenate([detections[:, 0], truth[:, 0]]))
        for which in classes.astype(int):
            found = detections[detections[:, 0] == which]
            found = found[np.argsort(-found[:, 1], kind="stable")]
            mine = truth[truth[:, 0] == which]
            ignored = mine[:, 1] > 0
            self._truths[which] = self._truths.get(which, 0) + int((~ignored).sum())
            scores = self._scores.setdefault(which, [])
            overlap = iou(found[:, 2:], mine[:, 2:])
            taken = np.zeros(len(mine), bool)
            for i in range(len(found)):
                fits = np.where(~taken & ~ignored, overlap[i], -1.0)
                best = int(np.argmax(fits)) if len(mine) else -1
                if best >= 0 and fits[best] >= self.iou_limit:
                    taken[best] = True
                    scores.append((float(found[i, 1]), True))
                elif not (ignored & (_cover(found[i, 2:], mine[:, 2:]) >= 0.5)).any():
                    scores.append((float(found[i, 1]), False))

    def merge(self, other: Evaluation) -> None:
        """Take over everything ``other`` has collected."""
        for which, rows in other._scores.items():
            self._scores.setdefault(which, []).extend(rows)
        for which, count in other._truths.items():
            self._truths[which] = self._truths.get(which, 0) + count

    def score(self, which: int, confidence: float = 0.4) -> ClassScore:
        """Average precision (all-point interpolation) and the working point at ``confidence``."""
        total = self._truths.get(which, 0)
        rows = sorted(self._scores.get(which, []), key=lambda row: -row[0])
        sure = np.array([row[0] for row in rows])
        right = np.array([row[1] for row in rows], bool)
        if total == 0 or len(rows) == 0:
            return ClassScore(total, 0.0 if total else float("nan"), 0.0, 0.0, 0.0, 0.0, 0.0)
        hits = np.cumsum(right)
        recall, precision = hits / total, hits / np.arange(1, len(rows) + 1)
        envelope = np.maximum.accumulate(precision[::-1])[::-1]
        ap = float(np.sum(np.diff(np.concatenate([[0.0], recall])) * envelope))
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-9)
        best = int(np.argmax(f1))
        n = int((sure >= confidence).sum())
        clear = sure[right & (sure > 0.3)]
        return ClassScore(
            total,
            ap,
            float(precision[n - 1]) if n else 0.0,
            float(recall[n - 1]) if n else 0.0,
            float(sure[best]),
            float(f1[best]),
            float(np.median(clear)) if len(clear) else 0.0,
        )

    def platt(self, which: int) -> tuple[float, float]:
        """Slope and shift that turn a confidence's logit into the logit of being right.

        Fitted by Newton's method over all detections collected (Platt scaling).
        """
        rows = np.array(self._scores.get(which, []), np.float64)
        if len(rows) < 100 or rows[:, 1].min() == rows[:, 1].max():
            return 1.0, 0.0
        p = np.clip(rows[:, 0], 1e-4, 1.0 - 1e-4)
        x = np.stack([np.log(p / (1.0 - p)), np.ones(len(p))], axis=1)
        weights = np.array([1.0, 0.0])
        for _ in range(25):
            guess = 1.0 / (1.0 + np.exp(-x @ weights))
            slope = x.T @ (rows[:, 1] - guess) - 1e-3 * weights
            curve = (x * (guess * (1.0 - guess))[:, None]).T @ x + 1e-3 * np.eye(2)
            weights = weights + np.linalg.solve(curve, slope)
        return float(weights[0]), float(weights[1])

    def mean_ap(self) -> float:
        """Mean over the classes that occur."""
        return float(np.mean([self.score(c).ap for c, n in self._truths.items() if n]))

    def table(self, labels: tuple[str, ...], confidence: float = 0.4) -> str:
        """A Markdown table of every class and the mean."""
        lines = [
            f"| class | objects | AP@{self.iou_limit:g} | precision at {confidence:g} "
            f"| recall at {confidence:g} | best F1 (at) | median confidence |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        ]
        for which, label in enumerate(labels):
            s = self.score(which, confidence)
            lines.append(
                f"| {label} | {s.truths} | {s.ap:.3f} | {s.precision:.3f} | {s.recall:.3f} "
                f"| {s.best_f1:.3f} ({s.best_confidence:.2f}) | {s.sure:.2f} |"
            )
        total = sum(self._truths.values())
        lines.append(f"| **mean** | {total} | **{self.mean_ap():.3f}** | | | | |")
        return "\n".join(lines)


def _cover(box: Array, regions: Array) -> Array:
    """Share of ``box`` (4,) that lies inside each of ``regions`` (m, 4)."""
    low, high = np.maximum(box[:2], regions[:, :2]), np.minimum(box[2:], regions[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    area = max(float(np.prod(box[2:] - box[:2])), 1e-6)
    return np.asarray(shared / area, np.float32)
