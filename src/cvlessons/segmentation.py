"""Segmentation: a class for each pixel, and how to judge it by area and by outline.

Chapter: ``book/segmentation.md`` (slide 15).
"""

import numpy as np

from cvlessons._onnx import session
from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array
from cvlessons.detection import _checked_bytes

__all__ = ["VOC_NAMES", "mask_iou", "outline", "outline_distance", "pixel_accuracy", "segment"]

VOC_NAMES = (
    "background", "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow",
    "dining table", "dog", "horse", "motorbike", "person", "potted plant", "sheep", "sofa", "train",
    "tv monitor",
)  # fmt: skip
"""The 20 classes of PASCAL VOC, after the background; the label k stands for the name at index k."""

_LONGER_SIDE = 513  # pixels: what the network was made for


def segment(image: ArrayLike) -> Array:
    """Say for each pixel of an image to which class of PASCAL VOC it belongs.

    Parameters
    ----------
    image : array_like of shape (height, width, 3)
        uint8: red, green and blue from 0 to 255. The network sees it with a longer side of 513 pixels.

    Returns
    -------
    ndarray of shape (height, width)
        int64: indices into `VOC_NAMES`; 0 is the background, and all that has no class.

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
    L.-C. Chen et al., "Rethinking atrous convolution for semantic image segmentation", arXiv:1706.05587,
    2017. M. Sandler et al., "MobileNetV2: inverted residuals and linear bottlenecks", CVPR 2018.

    Examples
    --------
    >>> from cvlessons.datasets import load_photo
    >>> labels = segment(load_photo("swan"))
    >>> labels.shape, [VOC_NAMES[label] for label in np.unique(labels)]
    ((425, 640), ['background', 'bird'])
    """
    import cv2

    image = _checked_bytes(image)
    height, width = image.shape[:2]
    scale = _LONGER_SIDE / max(height, width)
    size = max(round(width * scale), 1), max(round(height * scale), 1)
    seen = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    [labels] = session("deeplabv3_voc.onnx").run(None, {"ImageTensor:0": seen[None]})
    labels = labels[0].astype(np.uint8)  # a label has no half: take the nearest, do not mix
    return cv2.resize(labels, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.int64)


def pixel_accuracy(mask: ArrayLike, truth: ArrayLike) -> float:
    """Return the share of the pixels that have the right label.

    Formula: eq-pixel-accuracy

    Parameters
    ----------
    mask, truth : array_like of shape (height, width)
        bool, or labels of classes.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError
        If the two do not hold real numbers.
    ValueError
        If the two differ in shape, are empty, or hold NaN or infinity.

    References
    ----------
    J. Long, E. Shelhamer, T. Darrell, "Fully convolutional networks for semantic segmentation", CVPR 2015,
    section 5.

    Examples
    --------
    >>> pixel_accuracy([[1, 0], [0, 0]], [[1, 1], [0, 0]])
    0.75
    """
    mask, truth = _checked_pair(mask, truth)
    return float(np.mean(mask == truth))


def mask_iou(mask: ArrayLike, truth: ArrayLike) -> float:
    """Return the area that two masks share, over the area that they cover together.

    Formula: eq-mask-iou

    Parameters
    ----------
    mask, truth : array_like of shape (height, width)
        True, or not 0, where the thing is.

    Returns
    -------
    float
        From 0, nothing in common, to 1, the same mask.

    Raises
    ------
    TypeError, ValueError
        As in `pixel_accuracy`; also if both masks are empty of the thing.

    References
    ----------
    M. Everingham et al., "The PASCAL Visual Object Classes challenge: a retrospective", International
    Journal of Computer Vision 111, 2015, section 2.4.

    Examples
    --------
    >>> mask_iou([[1, 0], [0, 0]], [[1, 1], [0, 0]])
    0.5
    """
    mask, truth = (array.astype(bool) for array in _checked_pair(mask, truth))
    covered = np.sum(mask | truth)
    if covered == 0:
        raise ValueError(
            "mask and truth are both empty: their IoU would be 0 / 0; ask for a class that is there"
        )
    return float(np.sum(mask & truth) / covered)


def outline(mask: ArrayLike) -> Array:
    """Return the pixels of a mask that have a pixel outside it as a neighbour, or lie at the edge.

    Parameters
    ----------
    mask : array_like of shape (height, width)
        True, or not 0, where the thing is.

    Returns
    -------
    ndarray of shape (height, width)
        bool. Neighbours are above, below, left and right.

    Raises
    ------
    TypeError
        If `mask` does not hold real numbers.
    ValueError
        If `mask` has another shape, is empty, or holds NaN or infinity.

    Examples
    --------
    >>> outline(np.ones((3, 3))).astype(int).tolist()
    [[1, 1, 1], [1, 0, 1], [1, 1, 1]]
    """
    mask = checked_array(mask, "mask", ("height", "width")) != 0
    around = np.pad(mask, 1)
    inside = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    return mask & ~inside


def outline_distance(mask: ArrayLike, truth: ArrayLike) -> float:
    """Return how far the outlines of two masks lie apart on average.

    Formula: eq-outline-distance

    Parameters
    ----------
    mask, truth : array_like of shape (height, width)
        True, or not 0, where the thing is.

    Returns
    -------
    float
        In pixels: the mean of the distances from each point of one outline to the nearest point of the
        other, both ways.

    Raises
    ------
    TypeError, ValueError
        As in `pixel_accuracy`; also if one of the masks is empty of the thing.

    References
    ----------
    T. Heimann et al., "Comparison and evaluation of methods for liver segmentation from CT datasets", IEEE
    Transactions on Medical Imaging 28(8), 2009: the average symmetric surface distance.

    Examples
    --------
    A bar and the same bar, two pixels further right.

    >>> bar = np.zeros((3, 9))
    >>> bar[:, 2] = 1
    >>> outline_distance(bar, np.roll(bar, 2, axis=1))
    2.0
    """
    mask, truth = (outline(array) for array in _checked_pair(mask, truth))
    if not (mask.any() and truth.any()):
        raise ValueError("mask and truth must both hold the thing: an empty mask has no outline")
    there, back = _distances(truth)[mask], _distances(mask)[truth]
    return float(np.concatenate([there, back]).mean())


def _distances(points: Array) -> Array:
    """Return for each pixel the distance to the nearest of the points."""
    import cv2

    away = (~points).astype(np.uint8)
    return cv2.distanceTransform(away, cv2.DIST_L2, cv2.DIST_MASK_PRECISE).astype(np.float64)


def _checked_pair(mask: ArrayLike, truth: ArrayLike) -> tuple[Array, Array]:
    mask = checked_array(mask, "mask", ("height", "width"))
    return mask, checked_array(truth, "truth", mask.shape, hint="one label for each pixel")
