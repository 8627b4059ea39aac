"""Detection: boxes with a name and a score, how to thin them out, and how to judge them.

A box is (left, top, right, bottom) in pixels. Its corners are points between the pixels, so that its
width is right - left: the box of the pixel in the upper left corner is (0, 0, 1, 1).

Chapters: ``book/detection.md`` (slide 14) and ``book/faces.md``.
"""

import functools
from collections.abc import Iterator, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from cvlessons._onnx import session
from cvlessons._types import Array, ArrayLike, AsGiven, Shape
from cvlessons._validate import checked_array, checked_int, checked_number
from cvlessons.datasets import data_path

__all__ = [
    "COCO_NAMES",
    "average_precision",
    "detect",
    "detect_faces",
    "integral_image",
    "iou",
    "match",
    "non_maximum_suppression",
    "precision",
    "precision_recall_curve",
    "recall",
    "rectangle_sum",
    "ssd_guesses",
]

COCO_NAMES = MappingProxyType(
    {
        1: "person", 2: "bicycle", 3: "car", 4: "motorcycle", 5: "airplane", 6: "bus", 7: "train",
        8: "truck", 9: "boat", 10: "traffic light", 11: "fire hydrant", 13: "stop sign",
        14: "parking meter", 15: "bench", 16: "bird", 17: "cat", 18: "dog", 19: "horse", 20: "sheep",
        21: "cow", 22: "elephant", 23: "bear", 24: "zebra", 25: "giraffe", 27: "backpack",
        28: "umbrella", 31: "handbag", 32: "tie", 33: "suitcase", 34: "frisbee", 35: "skis",
        36: "snowboard", 37: "sports ball", 38: "kite", 39: "baseball bat", 40: "baseball glove",
        41: "skateboard", 42: "surfboard", 43: "tennis racket", 44: "bottle", 46: "wine glass",
        47: "cup", 48: "fork", 49: "knife", 50: "spoon", 51: "bowl", 52: "banana", 53: "apple",
        54: "sandwich", 55: "orange", 56: "broccoli", 57: "carrot", 58: "hot dog", 59: "pizza",
        60: "donut", 61: "cake", 62: "chair", 63: "couch", 64: "potted plant", 65: "bed",
        67: "dining table", 70: "toilet", 72: "tv", 73: "laptop", 74: "mouse", 75: "remote",
        76: "keyboard", 77: "cell phone", 78: "microwave", 79: "oven", 80: "toaster", 81: "sink",
        82: "refrigerator", 84: "book", 85: "clock", 86: "vase", 87: "scissors", 88: "teddy bear",
        89: "hair drier", 90: "toothbrush",
    }
)  # fmt: skip
"""The 80 classes of COCO by their numbers. The numbers run to 90, since ten were planned and never used."""


# ---- boxes ----------------------------------------------------------------------------------------


def iou(boxes: ArrayLike, others: ArrayLike) -> AsGiven:
    """Return the area that two boxes share, over the area that they cover together.

    Formula: eq-iou

    Parameters
    ----------
    boxes, others : array_like of shape (4,) or (..., 4)
        left, top, right, bottom, in pixels. Several boxes are compared one by one; NumPy's broadcasting
        compares all with all: ``iou(boxes[:, None], others)``.

    Returns
    -------
    float, or ndarray of shape (...)
        From 0, nothing in common, to 1, the same box.

    Raises
    ------
    TypeError
        If a box does not hold real numbers.
    ValueError
        If a box has not four finite numbers, or no area between 1e-300 and 1e300, or the shapes do not suit
        each other.

    References
    ----------
    M. Everingham et al., "The PASCAL Visual Object Classes (VOC) challenge", International Journal of
    Computer Vision 88, 2010, section 4.2.2.

    Examples
    --------
    Two boxes of 2 x 2 share one pixel and cover seven.

    >>> round(iou([0, 0, 2, 2], [1, 1, 3, 3]), 4)
    0.1429
    >>> iou([0, 0, 2, 2], [[0, 0, 2, 2], [5, 5, 6, 6]]).tolist()
    [1.0, 0.0]
    """
    boxes, others = _checked_boxes(boxes, "boxes"), _checked_boxes(others, "others")
    try:
        np.broadcast_shapes(boxes.shape, others.shape)
    except ValueError:
        raise ValueError(
            f"boxes and others must be as many, got {boxes.shape} and {others.shape}: "
            "to compare all with all, use boxes[:, None]"
        ) from None
    shares = _iou(boxes, others)
    return float(shares) if shares.ndim == 0 else shares


def non_maximum_suppression(boxes: ArrayLike, scores: ArrayLike, *, maximum_iou: float = 0.5) -> Array:
    """Keep the best box, drop those that overlap it too much, go on with the best of the rest.

    Parameters
    ----------
    boxes : array_like of shape (n, 4)
        left, top, right, bottom, in pixels; n may be 0.
    scores : array_like of shape (n,)
        How sure the detector is of each box. Of two equal scores the first box comes first.
    maximum_iou : float from 0 to 1, default 0.5
        A box is dropped if its IoU with a box that is kept is larger than this.

    Returns
    -------
    ndarray of shape (kept,)
        int64: the indices of the boxes that are kept, the best first.

    Raises
    ------
    TypeError, ValueError
        As in `iou`; also if there is not one score for each box, or `maximum_iou` is not from 0 to 1.

    References
    ----------
    OpenCV has it as ``cv2.dnn.NMSBoxes``.

    Examples
    --------
    >>> boxes = [[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10]]
    >>> non_maximum_suppression(boxes, [0.8, 0.9, 0.7]).tolist()
    [1, 2]
    """
    boxes, scores = _checked_scored(boxes, scores)
    maximum_iou = checked_number(maximum_iou, "maximum_iou", minimum=0, maximum=1)
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        best, rest = order[0], order[1:]
        kept.append(best)
        order = rest[_iou(boxes[best], boxes[rest]) <= maximum_iou]
    return np.array(kept, np.int64)


# ---- the detector ---------------------------------------------------------------------------------


def ssd_guesses(image: ArrayLike) -> tuple[Array, Array]:
    """Run the SSD on an image, and return all that it says: 1917 boxes with 90 scores each.

    Parameters
    ----------
    image : array_like of shape (height, width, 3)
        uint8: red, green and blue from 0 to 255. The network sees it at 300 x 300.

    Returns
    -------
    boxes : ndarray of shape (1917, 4)
        float64: left, top, right, bottom in pixels of `image`; they may reach beyond it.
    scores : ndarray of shape (1917, 90)
        float64 from 0 to 1; column k belongs to the class k + 1 of `COCO_NAMES`.

    Raises
    ------
    TypeError
        If `image` does not hold bytes.
    ValueError
        If `image` has another shape or is empty.
    OSError
        If the file of the network is missing or damaged.

    References
    ----------
    W. Liu et al., "SSD: single shot multibox detector", ECCV 2016. A. G. Howard et al., "MobileNets:
    efficient convolutional neural networks for mobile vision applications", arXiv:1704.04861, 2017.

    Examples
    --------
    >>> from cvlessons.datasets import load_photo
    >>> boxes, scores = ssd_guesses(load_photo("swan"))
    >>> COCO_NAMES[int(scores.max(axis=0).argmax()) + 1]
    'bird'
    """
    import cv2

    image = _checked_bytes(image)
    height, width = image.shape[:2]
    seen = cv2.resize(image, (300, 300))
    network = session("coco_ssd.onnx")
    scores, corners = network.run(None, {"image_tensor:0": seen[None]})
    top, left, bottom, right = corners[0, :, 0].T.astype(np.float64)
    boxes = np.stack([left * width, top * height, right * width, bottom * height], axis=1)
    return boxes, scores[0].astype(np.float64)


def detect(
    image: ArrayLike, *, minimum_score: float = 0.5, maximum_iou: float = 0.5
) -> tuple[Array, tuple[str, ...], Array]:
    """Find things of the 80 classes of COCO in an image.

    Parameters
    ----------
    image : array_like of shape (height, width, 3)
        As in `ssd_guesses`.
    minimum_score : float from 0 to 1, default 0.5
        Guesses with a lower score are dropped.
    maximum_iou : float from 0 to 1, default 0.5
        How much two boxes of one class may overlap, as in `non_maximum_suppression`.

    Returns
    -------
    boxes : ndarray of shape (n, 4)
        float64: left, top, right, bottom in pixels, within the image. The best first.
    labels : tuple of str
        The n names.
    scores : ndarray of shape (n,)
        float64, falling.

    Raises
    ------
    TypeError, ValueError, OSError
        As in `ssd_guesses`; also if a threshold is not a number from 0 to 1.

    References
    ----------
    As in `ssd_guesses`.

    Examples
    --------
    >>> from cvlessons.datasets import load_photo
    >>> boxes, labels, scores = detect(load_photo("coffee"))
    >>> labels
    ('cup', 'dining table')
    """
    minimum_score = checked_number(minimum_score, "minimum_score", minimum=0, maximum=1)
    maximum_iou = checked_number(maximum_iou, "maximum_iou", minimum=0, maximum=1)
    boxes, scores = ssd_guesses(image)
    boxes = _within(boxes, np.shape(image))
    found = []
    for number, name in COCO_NAMES.items():  # each class by itself: a cup may stand on a table
        column = scores[:, number - 1]
        [sure] = np.nonzero((column >= minimum_score) & _has_area(boxes))
        kept = sure[non_maximum_suppression(boxes[sure], column[sure], maximum_iou=maximum_iou)]
        found += [(column[guess], name, guess) for guess in kept]
    found.sort(key=lambda detection: -detection[0])
    labels = tuple(name for _, name, _ in found)
    return boxes[[guess for *_, guess in found]], labels, np.array([score for score, *_ in found])


# ---- how good is it -------------------------------------------------------------------------------


def match(
    boxes: ArrayLike,
    marked: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    marked_labels: Sequence[str] | None = None,
    minimum_iou: float = 0.5,
) -> Array:
    """Say for each detected box which of the marked boxes it has found.

    The detections choose in their order. Each takes, of the marked boxes that nobody has taken yet, the one
    that it overlaps most; if that is less than `minimum_iou`, it goes without, and is a false alarm.

    Parameters
    ----------
    boxes : array_like of shape (n, 4)
        What was detected, the best first; n may be 0.
    marked : array_like of shape (m, 4)
        The truth; m may be 0.
    labels, marked_labels : sequences of n and of m texts, optional
        If they are given, a detection may take only a marked box of its own label.
    minimum_iou : float above 0 and up to 1, default 0.5
        The overlap that it takes.

    Returns
    -------
    ndarray of shape (n,)
        int64: the index of the marked box, or -1 for a false alarm.

    Raises
    ------
    TypeError, ValueError
        As in `iou`; also if there is not one label for each box, or only one of the two has labels.

    References
    ----------
    T.-Y. Lin et al., "Microsoft COCO: common objects in context", ECCV 2014, and the COCO API.

    Examples
    --------
    The second detection comes too late: the face is taken.

    >>> match([[0, 0, 10, 10], [1, 1, 11, 11]], [[0, 0, 10, 10], [50, 0, 60, 10]]).tolist()
    [0, -1]
    """
    boxes, marked = _checked_boxes(boxes, "boxes", many=True), _checked_boxes(marked, "marked", many=True)
    minimum_iou = checked_number(minimum_iou, "minimum_iou", above=0, maximum=1)
    overlaps = _iou(boxes[:, None], marked[None]) * _same(labels, marked_labels, len(boxes), len(marked))
    taken = np.full(len(boxes), -1)
    for row in range(len(boxes)) if len(marked) else []:
        best = overlaps[row].argmax()
        if overlaps[row, best] >= minimum_iou:
            taken[row] = best
            overlaps[:, best] = 0  # the box is taken
    return taken


def precision(true_positives: int, false_positives: int) -> float:
    """Return which share of the detections is right.

    Formula: eq-precision

    Parameters
    ----------
    true_positives, false_positives : int
        How many detections found a marked box, and how many found none.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError
        If a count is no whole number.
    ValueError
        If a count is negative, or there is no detection.

    References
    ----------
    M. Everingham et al., "The PASCAL Visual Object Classes (VOC) challenge", International Journal of
    Computer Vision 88, 2010.

    Examples
    --------
    >>> precision(true_positives=3, false_positives=1)
    0.75
    """
    right = checked_int(true_positives, "true_positives", minimum=0)
    wrong = checked_int(false_positives, "false_positives", minimum=0)
    if right + wrong == 0:
        raise ValueError("precision needs at least one detection, got 0: lower the threshold")
    return right / (right + wrong)


def recall(true_positives: int, false_negatives: int) -> float:
    """Return which share of the things that are there was found.

    Formula: eq-recall

    Parameters
    ----------
    true_positives, false_negatives : int
        How many marked boxes were found, and how many were not.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError
        If a count is no whole number.
    ValueError
        If a count is negative, or nothing is marked.

    References
    ----------
    As in `precision`.

    Examples
    --------
    >>> recall(true_positives=3, false_negatives=9)
    0.25
    """
    right = checked_int(true_positives, "true_positives", minimum=0)
    missed = checked_int(false_negatives, "false_negatives", minimum=0)
    if right + missed == 0:
        raise ValueError("recall needs at least one marked box, got 0: mark what is to be found")
    return right / (right + missed)


def precision_recall_curve(scores: ArrayLike, correct: ArrayLike, marked: int) -> tuple[Array, Array]:
    """Return precision and recall for every threshold: after the best detection, the best two, and so on.

    Parameters
    ----------
    scores : array_like of shape (n,)
        Of the detections, in any order. Of two equal scores the first comes first.
    correct : array_like of shape (n,)
        bool: whether the detection found a marked box.
    marked : int
        How many boxes are marked.

    Returns
    -------
    precisions, recalls : ndarrays of shape (n,)
        float64 from 0 to 1; the recalls never fall.

    Raises
    ------
    TypeError
        If the scores are no real numbers, or `marked` is no whole number.
    ValueError
        If there is no detection, not one answer for each, an answer that is neither true nor false, or more
        correct detections than marked boxes.

    References
    ----------
    As in `precision`.

    Examples
    --------
    >>> precisions, recalls = precision_recall_curve([0.9, 0.8, 0.4], [True, False, True], marked=4)
    >>> precisions.round(2).tolist(), recalls.tolist()
    ([1.0, 0.5, 0.67], [0.25, 0.25, 0.5])
    """
    scores = checked_array(scores, "scores", ("n",))
    correct = checked_array(correct, "correct", scores.shape, hint="one answer for each detection")
    marked = checked_int(marked, "marked", minimum=1)
    if not np.isin(correct, [0, 1]).all():
        raise ValueError("correct must hold True or False: compare what match gives with -1, found >= 0")
    right = np.cumsum(correct[np.argsort(-scores, kind="stable")]).astype(int)
    if right[-1] > marked:
        raise ValueError(f"marked must be at least the {right[-1]} that were found, got {marked}")
    wrong = np.arange(1, len(right) + 1) - right
    precisions = [precision(r, w) for r, w in zip(right.tolist(), wrong.tolist(), strict=True)]
    return np.array(precisions), np.array([recall(r, marked - r) for r in right.tolist()])


def average_precision(precisions: ArrayLike, recalls: ArrayLike) -> float:
    """Return the area under the curve of precision over recall, its dents filled.

    Formula: eq-average-precision

    Parameters
    ----------
    precisions, recalls : array_like of shape (n,)
        As `precision_recall_curve` gives them.

    Returns
    -------
    float
        From 0 to 1. What is never found counts with precision 0.

    Raises
    ------
    TypeError
        If the two do not hold real numbers.
    ValueError
        If the two differ in length, are empty, lie outside 0 to 1, or the recalls fall.

    References
    ----------
    M. Everingham et al., "The PASCAL Visual Object Classes challenge: a retrospective", International
    Journal of Computer Vision 111, 2015: the area under the curve, as from 2010 on.

    Examples
    --------
    A quarter at precision 1, another quarter at 2/3, and half of the things never found.

    >>> round(average_precision([1, 1 / 2, 2 / 3], [0.25, 0.25, 0.5]), 4)
    0.4167
    """
    precisions = checked_array(precisions, "precisions", ("n",))
    recalls = checked_array(recalls, "recalls", precisions.shape, hint="one for each precision")
    for name, values in (("precisions", precisions), ("recalls", recalls)):
        if values.min() < 0 or values.max() > 1:
            worst = values.min() if values.min() < 0 else values.max()
            raise ValueError(f"{name} must lie from 0 to 1, got {worst:g}")
    steps = np.diff(recalls, prepend=0)
    if steps.min() < 0:
        raise ValueError("recalls must never fall: sort the detections by their scores, the best first")
    best_from_here = np.maximum.accumulate(precisions[::-1])[::-1]
    return float(np.sum(steps * best_from_here))


# ---- faces ----------------------------------------------------------------------------------------


def integral_image(image: ArrayLike) -> Array:
    """Return for each corner between the pixels the sum of all pixels above it and to its left.

    Formula: eq-integral-image

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel.

    Returns
    -------
    ndarray of shape (height + 1, width + 1)
        float64. Row 0 and column 0 are zero: nothing lies above or to the left of them.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers.
    ValueError
        If `image` has another shape, is empty, or holds NaN or infinity.

    References
    ----------
    P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001,
    equations 1 and 2.

    Examples
    --------
    >>> integral_image([[1, 2], [3, 4]]).tolist()
    [[0.0, 0.0, 0.0], [0.0, 1.0, 3.0], [0.0, 4.0, 10.0]]
    """
    image = checked_array(image, "image", ("height", "width")).astype(np.float64)
    return np.pad(image.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def rectangle_sum(integral: ArrayLike, box: ArrayLike) -> float:
    """Return the sum of the pixels in a box, from four numbers.

    Formula: eq-rectangle-sum

    Parameters
    ----------
    integral : array_like of shape (height + 1, width + 1)
        As `integral_image` gives it.
    box : array_like of shape (4,)
        left, top, right, bottom, in whole pixels.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If `integral` is no table of finite numbers, or the box has no area, does not lie within it or cuts
        through pixels.

    References
    ----------
    P. Viola, M. Jones, "Rapid object detection using a boosted cascade of simple features", CVPR 2001,
    figure 3.

    Examples
    --------
    >>> rectangle_sum(integral_image([[1, 2], [3, 4]]), [1, 0, 2, 2])
    6.0
    """
    if not isinstance(integral, np.ndarray):
        integral = checked_array(integral, "integral")
    if integral.ndim != 2:
        raise ValueError(f"integral has shape (height + 1, width + 1), got {integral.shape}")
    left, top, right, bottom = _checked_whole_box(
        box, width=integral.shape[1] - 1, height=integral.shape[0] - 1
    )
    # Only these four are looked at, and only these four are checked: the table may be large.
    four = integral[[bottom, top, bottom, top], [right, right, left, left]]
    whole, above, beside, twice = checked_array(four, "integral", (4,)).astype(np.float64)
    return float(whole - above - beside + twice)


def detect_faces(
    image: ArrayLike, *, tile: int, minimum_score: float = 0.5, maximum_iou: float = 0.3
) -> tuple[Array, Array]:
    """Find faces with a small neural network that looks at one square of the image after another.

    The network was made for a face that fills a good part of a picture of 128 x 128. Small faces in a large
    picture are found by cutting it into squares that overlap by half; what several of them find is thinned
    out by `non_maximum_suppression`.

    Parameters
    ----------
    image : array_like of shape (height, width, 3)
        uint8: red, green and blue from 0 to 255.
    tile : int
        The side of the squares in pixels. Where a square reaches beyond the image, it is black.
    minimum_score : float from 0 to 1, default 0.5
        Guesses with a lower score are dropped.
    maximum_iou : float from 0 to 1, default 0.3
        How much two faces may overlap.

    Returns
    -------
    boxes : ndarray of shape (n, 4)
        float64: left, top, right, bottom in pixels, within the image. The best first.
    scores : ndarray of shape (n,)
        float64, falling.

    Raises
    ------
    TypeError
        If `image` does not hold bytes, `tile` is no whole number or a threshold no number.
    ValueError
        If `image` has another shape or is empty, `tile` is not from 16 to 8192, or a threshold is not from
        0 to 1.
    OSError
        If the file of the network is missing or damaged.

    References
    ----------
    V. Bazarevsky et al., "BlazeFace: sub-millisecond neural face detection on mobile GPUs",
    arXiv:1907.05047, 2019.

    Examples
    --------
    >>> from cvlessons.datasets import load_photo
    >>> boxes, scores = detect_faces(load_photo("astronaut"), tile=512)
    >>> boxes.shape
    (1, 4)
    """
    image = _checked_bytes(image)
    tile = checked_int(tile, "tile", minimum=16)
    if tile > 8192:  # its square would not fit into memory
        raise ValueError(f"tile must be at most 8192, got {tile}: the longer side of the image is enough")
    minimum_score = checked_number(minimum_score, "minimum_score", minimum=0, maximum=1)
    found = [
        (boxes + np.array([left, top, left, top]), scores)
        for left, top, square in _tiles(image, tile)
        for boxes, scores in [_faces_in(square, minimum_score)]
    ]
    boxes = _within(np.concatenate([boxes for boxes, _ in found]), image.shape)
    scores = np.concatenate([scores for _, scores in found])[_has_area(boxes)]
    boxes = boxes[_has_area(boxes)]
    kept = non_maximum_suppression(boxes, scores, maximum_iou=maximum_iou)
    return boxes[kept], scores[kept]


# ---- parts ----------------------------------------------------------------------------------------


def _iou(boxes: Array, others: Array) -> Array:
    """Return the IoU of checked boxes, broadcast."""
    left, top = np.maximum(boxes[..., 0], others[..., 0]), np.maximum(boxes[..., 1], others[..., 1])
    right, bottom = np.minimum(boxes[..., 2], others[..., 2]), np.minimum(boxes[..., 3], others[..., 3])
    shared = np.maximum(right - left, 0) * np.maximum(bottom - top, 0)  # 0 if they lie apart
    return shared / (_area(boxes) + _area(others) - shared)


def _area(boxes: Array) -> Array:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _has_area(boxes: Array) -> Array:
    return (boxes[..., 0] < boxes[..., 2]) & (boxes[..., 1] < boxes[..., 3])


def _within(boxes: Array, shape: Shape) -> Array:
    """Return the boxes cut at the edges of an image."""
    height, width = shape[:2]
    return boxes.clip(0, [width, height, width, height])


def _same(labels: Any, marked_labels: Any, boxes: int, marked: int) -> Array:
    """Return for each detection and each marked box whether they have the same label."""
    if labels is None and marked_labels is None:
        return np.ones((boxes, marked))
    for name, given, count in (("labels", labels, boxes), ("marked_labels", marked_labels, marked)):
        ordered = isinstance(given, (list, tuple)) or (isinstance(given, np.ndarray) and given.ndim == 1)
        if not ordered or len(given) != count:
            raise ValueError(
                f"{name} must be one label for each of {count} boxes, got {given!r:.60}: give a list of texts"
            )
    return np.array([[label == other for other in marked_labels] for label in labels]).reshape(boxes, marked)


def _tiles(image: Array, tile: int) -> Iterator[tuple[int, int, Array]]:
    """Yield left, top and the pixels of squares that overlap by half and cover the image."""
    height, width = image.shape[:2]
    for top in _starts(height, tile):
        for left in _starts(width, tile):
            square = np.zeros((tile, tile, 3), np.uint8)
            part = image[top : top + tile, left : left + tile]
            square[: part.shape[0], : part.shape[1]] = part
            yield left, top, square


def _starts(length: int, tile: int) -> list[int]:
    """Return where the tiles along one side begin; the last one ends with the image."""
    last = max(length - tile, 0)
    return sorted({*range(0, last, tile // 2), last})


def _faces_in(square: Array, minimum_score: float) -> tuple[Array, Array]:
    """Return the boxes (n, 4) and the scores of the network's guesses about one square, in its pixels."""
    import cv2

    seen = cv2.resize(square, (128, 128), interpolation=cv2.INTER_AREA)
    network = _face_network()
    network.setInput(cv2.dnn.blobFromImage(seen, 1 / 127.5, mean=(127.5, 127.5, 127.5)))  # from -1 to 1
    logits, shifts = network.forward(("classificators", "regressors"))
    scores = 1 / (1 + np.exp(-logits[0, :, 0].astype(np.float64).clip(-100, 100)))
    sure = scores >= minimum_score
    centre = _face_anchors()[sure] + shifts[0, sure, :2] / 128
    half = shifts[0, sure, 2:4] / 128 / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1) * len(square)
    return boxes.astype(np.float64), scores[sure]


@functools.cache
def _face_anchors() -> Array:
    """Return the centres (x, y) of the 896 guesses: two in each of 16 x 16 cells, six in each of 8 x 8."""
    grids = []
    for cells, guesses in ((16, 2), (8, 6)):
        y, x = np.mgrid[0:cells, 0:cells].reshape(2, -1)
        grids.append(np.repeat((np.stack([x, y], axis=1) + 0.5) / cells, guesses, axis=0))
    return np.concatenate(grids)


@functools.cache
def _face_network() -> Any:
    import cv2

    return cv2.dnn.readNetFromTFLite(data_path("models/mp_face_short_range.tflite"))


# ---- checks ---------------------------------------------------------------------------------------


def _checked_boxes(boxes: ArrayLike, name: str, *, many: bool = False) -> Array:
    """Return boxes with an area; with `many`, a list of them that may be empty."""
    if many and _is_empty(boxes):
        return np.zeros((0, 4))
    boxes = checked_array(boxes, name, ("n", 4) if many else None, hint="left, top, right, bottom")
    if boxes.shape[-1:] != (4,):
        raise ValueError(f"{name} has shape (4,) or (..., 4), got {boxes.shape}: left, top, right, bottom")
    if not _has_area(boxes).all():
        wrong = boxes[~_has_area(boxes)][0] if boxes.ndim > 1 else boxes
        raise ValueError(
            f"{name} must have left < right and top < bottom, got {wrong.tolist()}: "
            "give left, top, right, bottom, not left, top, width, height"
        )
    boxes = boxes.astype(np.float64, copy=False)
    with np.errstate(over="ignore", under="ignore"):
        areas = _area(boxes)
    if not np.all((areas >= 1e-300) & (areas <= 1e300)):  # beyond, the IoU would be 0 / 0
        raise ValueError(f"{name} must have areas from 1e-300 to 1e300: use pixels as the unit")
    return boxes


def _is_empty(value: object) -> bool:
    """Say whether a value is a list of no boxes, or of no scores."""
    if isinstance(value, np.ndarray):
        return value.shape in ((0,), (0, 4))
    return isinstance(value, (list, tuple)) and len(value) == 0


def _checked_whole_box(box: ArrayLike, *, width: int, height: int) -> Array:
    """Return a box of whole pixels within a picture as ints."""
    given = _checked_boxes(checked_array(box, "box", (4,), hint="left, top, right, bottom"), "box")
    left, top, right, bottom = given
    if (given % 1).any() or left < 0 or top < 0 or right > width or bottom > height:
        raise ValueError(
            f"box must hold whole pixels within {width} x {height}, got {given.tolist()}: "
            "round it and clip it"
        )
    return given.astype(int)


def _checked_scored(boxes: ArrayLike, scores: ArrayLike) -> tuple[Array, Array]:
    boxes = _checked_boxes(boxes, "boxes", many=True)
    if len(boxes) == 0 and _is_empty(scores):
        return boxes, np.zeros(0)
    return boxes, checked_array(scores, "scores", (len(boxes),), hint="one score for each box")


def _checked_bytes(image: ArrayLike) -> Array:
    try:
        array = np.asarray(image)
    except ValueError as error:  # rows of different lengths
        raise ValueError(
            f"image must be a regular array, got {image!r:.60}: make every row as long as the first"
        ) from error
    if array.dtype != np.uint8:
        raise TypeError(
            f"image must hold bytes (uint8), got {array.dtype}: a photo of load_photo does; "
            "numbers from 0 to 1 become bytes by (255 * image).round().astype(np.uint8)"
        )
    if array.ndim != 3 or array.shape[2] != 3 or array.size == 0:
        raise ValueError(
            f"image has shape (height, width, 3), got {array.shape}: "
            "a grey image becomes one by np.stack([image] * 3, axis=2)"
        )
    return array
