"""Depth from two pictures: block matching, the check from the other side, depth, its error, a point cloud.

Chapter: ``book/reconstruction.md`` (slide 16).

The two pictures are rectified: a point of the scene lies in the same row of both. A disparity of 0 in a map
means that it is not known.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = [
    "block_matching",
    "depth_error",
    "depth_from_disparity",
    "disparity_quality",
    "left_right_check",
    "matching_cost",
    "point_cloud",
]


def depth_from_disparity(
    disparity: ArrayLike, focal_length: float, baseline: float, *, offset: float = 0.0
) -> Array:
    """Return how far away a point is that moved by so many pixels from the left picture to the right.

    Formula: eq-stereo-depth

    Parameters
    ----------
    disparity : array_like of any shape
        In pixels. With the offset, above 0 everywhere: choose the known pixels first.
    focal_length : float
        In pixels.
    baseline : float
        The distance of the two cameras, in any unit of length.
    offset : float, default 0
        What to add to each disparity, in pixels, if the pictures were cut apart from each other.

    Returns
    -------
    ndarray of the shape of `disparity`, float64
        The depth, in the unit of the baseline.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the disparities are empty or hold NaN or infinity; if one of them, with the offset, is not above
        0; if the focal length or the baseline is not above 0.

    References
    ----------
    R. Szeliski, "Computer Vision: Algorithms and Applications", 2nd edition, Springer 2022, chapter 12.

    Examples
    --------
    Two cameras 6 cm apart with a focal length of 1000 pixels.

    >>> depth_from_disparity([60, 30, 20], focal_length=1000, baseline=6)
    array([100., 200., 300.])
    """
    disparity = checked_array(disparity, "disparity").astype(np.float64)
    offset = checked_number(offset, "offset")
    focal_length = checked_number(focal_length, "focal_length", above=0)
    baseline = checked_number(baseline, "baseline", above=0)
    if (disparity + offset).min() <= 0:
        raise ValueError(
            f"disparity + offset must be above 0, got {(disparity + offset).min():g}: 0 stands for not known "
            "(or infinitely far); choose the known pixels first, disparity[disparity > 0]"
        )
    return focal_length * baseline / (disparity + offset)


def depth_error(depth: ArrayLike, focal_length: float, baseline: float, disparity_error: float) -> Array:
    """Return by how much a depth is off if its disparity is off by a little.

    Formula: eq-depth-error

    Parameters
    ----------
    depth : array_like of any shape
        Above 0, in the unit of the baseline.
    focal_length : float
        In pixels.
    baseline : float
        The distance of the two cameras, in any unit of length.
    disparity_error : float
        In pixels, at least 0; small beside the disparity itself.

    Returns
    -------
    ndarray of the shape of `depth`, float64
        In the unit of the baseline. It grows with the square of the depth.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If an argument is empty, not finite or out of its bounds.

    References
    ----------
    R. Szeliski, "Computer Vision: Algorithms and Applications", 2nd edition, Springer 2022, chapter 12.

    Examples
    --------
    Twice as far, four times the error.

    >>> depth_error([100, 200], focal_length=1000, baseline=6, disparity_error=0.5)
    array([0.83333333, 3.33333333])
    """
    depth = checked_array(depth, "depth").astype(np.float64)
    if depth.min() <= 0:
        raise ValueError(f"depth must be above 0, got {depth.min():g}: choose points before the camera")
    focal_length = checked_number(focal_length, "focal_length", above=0)
    baseline = checked_number(baseline, "baseline", above=0)
    disparity_error = checked_number(disparity_error, "disparity_error", minimum=0)
    return depth**2 / (focal_length * baseline) * disparity_error


def matching_cost(left: ArrayLike, right: ArrayLike, disparity: int, *, window: int = 9) -> Array:
    """Return for each pixel how badly it matches the one that lies `disparity` to the left in the other.

    Formula: eq-sad

    Parameters
    ----------
    left, right : array_like of shape (height, width)
        One channel each, rectified.
    disparity : int
        From 0 to less than the width.
    window : int, default 9
        The side of the square around each pixel that is compared; odd, and not larger than the picture.

    Returns
    -------
    ndarray of shape (height, width), float64
        The sum of the absolute differences of the two windows, in grey levels; 0 for equal windows.
        Infinite where a window does not lie wholly inside its picture.

    Raises
    ------
    TypeError, ValueError
        If the pictures are not of one shape, are empty or hold NaN or infinity, or an option is no whole
        number or out of its bounds.

    References
    ----------
    D. Scharstein, R. Szeliski, "A taxonomy and evaluation of dense two-frame stereo correspondence
    algorithms", International Journal of Computer Vision 47, 2002.

    Examples
    --------
    Everything moved by one pixel.

    >>> matching_cost([[1, 5, 9, 2]], [[5, 9, 2, 7]], 1, window=1)
    array([[inf,  0.,  0.,  0.]])
    """
    left, right = _checked_pair(left, right)
    height, width = left.shape
    disparity = checked_int(disparity, "disparity", minimum=0)
    if disparity >= width:
        raise ValueError(
            f"disparity must be less than the width of {width}, got {disparity}: "
            "no pixel can move farther than that"
        )
    window = _checked_window(window, left.shape)
    difference = np.full((height, width), np.inf)
    difference[:, disparity:] = np.abs(left[:, disparity:] - right[:, : width - disparity])
    return _window_sum(difference, window)


def block_matching(left: ArrayLike, right: ArrayLike, *, max_disparity: int, window: int = 9) -> Array:
    """Find for each pixel the disparity with the lowest matching cost: the winner takes it all.

    Parameters
    ----------
    left, right : array_like of shape (height, width)
        One channel each, rectified.
    max_disparity : int
        Disparities from 1 to this one are tried; less than the width.
    window : int, default 9
        As in `matching_cost`.

    Returns
    -------
    ndarray of shape (height, width), int64
        Disparities in pixels; the smaller of two that are equally good. 0 where no window fits.

    Raises
    ------
    TypeError, ValueError
        As in `matching_cost`.

    References
    ----------
    D. Scharstein, R. Szeliski, "A taxonomy and evaluation of dense two-frame stereo correspondence
    algorithms", International Journal of Computer Vision 47, 2002.

    Examples
    --------
    >>> left = [[3, 1, 4, 1, 5, 9, 2, 6]]
    >>> right = [[4, 1, 5, 9, 2, 6, 8, 8]]
    >>> block_matching(left, right, max_disparity=3, window=1).tolist()
    [[0, 1, 2, 2, 2, 2, 2, 2]]
    """
    max_disparity = checked_int(max_disparity, "max_disparity", minimum=1)
    left, right = _checked_pair(left, right)
    if max_disparity >= left.shape[1]:
        raise ValueError(
            f"max_disparity must be less than the width of {left.shape[1]}, got {max_disparity}: "
            "no pixel can move farther than that"
        )
    best_cost = np.full(left.shape, np.inf)
    best = np.zeros(left.shape, np.int64)
    for disparity in range(1, max_disparity + 1):
        cost = matching_cost(left, right, disparity, window=window)
        better = cost < best_cost
        best[better] = disparity
        best_cost[better] = cost[better]
    return best


def left_right_check(disparity: ArrayLike, disparity_of_right: ArrayLike, *, tolerance: float = 1.0) -> Array:
    """Keep a disparity only if the match, asked in turn, points back to where it came from.

    Parameters
    ----------
    disparity : array_like of shape (height, width)
        Of the left picture: column x there is column x - disparity of the right one. 0 is not known.
    disparity_of_right : array_like of shape (height, width)
        Of the right picture: column x there is column x + disparity of the left one.
    tolerance : float, default 1
        By how many pixels the two may differ.

    Returns
    -------
    ndarray of shape (height, width), float64
        The disparity where the two agree, elsewhere 0.

    Raises
    ------
    TypeError, ValueError
        If the maps are not of one shape, are empty, or hold NaN, infinity or a negative number, or the
        tolerance is negative.

    References
    ----------
    P. Fua, "A parallel stereo algorithm that produces dense depth maps and preserves image features",
    Machine Vision and Applications 6, 1993.

    Examples
    --------
    The last pixel says 2; but what it points to says that its partner is 1 away.

    >>> left_right_check([[0, 1, 1, 2]], [[1, 1, 0, 0]], tolerance=0).tolist()
    [[0.0, 1.0, 1.0, 0.0]]
    """
    disparity = _checked_map(disparity, "disparity", ("height", "width"))
    other = _checked_map(disparity_of_right, "disparity_of_right", disparity.shape)
    tolerance = checked_number(tolerance, "tolerance", minimum=0)
    rows, columns = np.indices(disparity.shape)
    moved = np.minimum(np.round(disparity), disparity.shape[1])  # farther than the width is outside too
    partner = columns - moved.astype(int)
    answer = other[rows, np.maximum(partner, 0)]
    agrees = (disparity > 0) & (partner >= 0) & (answer > 0) & (np.abs(answer - disparity) <= tolerance)
    return np.where(agrees, disparity, 0)


def disparity_quality(
    disparity: ArrayLike, truth: ArrayLike, *, thresholds: tuple[float, ...] = (1, 2, 4)
) -> dict[str, float]:
    """Measure a disparity map against the true one.

    Parameters
    ----------
    disparity : array_like of shape (height, width)
        What was found, in pixels; 0 is no answer.
    truth : array_like of shape (height, width)
        In pixels; 0 is not known, and such pixels are left out.
    thresholds : tuple of float, default (1, 2, 4)
        In pixels.

    Returns
    -------
    dict of str to float
        ``coverage``: the share of the known pixels that got an answer. Over those with an answer,
        ``mean error``: the mean absolute error in pixels, and ``bad 1`` and so on: the share whose error is
        larger than the threshold. Without any answer these are NaN.

    Raises
    ------
    TypeError, ValueError
        If the maps are not of one shape, are empty, or hold NaN, infinity or a negative number, no pixel
        of the truth is known, or the thresholds are no list of numbers of at least 0.

    References
    ----------
    D. Scharstein, R. Szeliski, "A taxonomy and evaluation of dense two-frame stereo correspondence
    algorithms", International Journal of Computer Vision 47, 2002, section 5.1.

    Examples
    --------
    >>> disparity_quality([[10, 13, 0, 20]], [[10, 10, 30, 0]], thresholds=(2,))
    {'coverage': 0.6666666666666666, 'mean error': 1.5, 'bad 2': 0.5}
    """
    disparity = _checked_map(disparity, "disparity", ("height", "width"))
    truth = _checked_map(truth, "truth", disparity.shape)
    checked_array(thresholds, "thresholds", ("n",), hint="give a list, such as [1, 2]")
    thresholds = tuple(checked_number(t, "threshold", minimum=0) for t in thresholds)
    known = truth > 0
    if not known.any():
        raise ValueError("truth must know at least one pixel, got 0 everywhere: 0 stands for not known")
    answered = known & (disparity > 0)
    error = np.abs(disparity - truth)[answered]
    share = [float(np.mean(error > t)) if error.size else float("nan") for t in thresholds]
    return {
        "coverage": float(answered.sum() / known.sum()),
        "mean error": float(error.mean()) if error.size else float("nan"),
        **{f"bad {t:g}": bad for t, bad in zip(thresholds, share, strict=True)},
    }


def point_cloud(disparity: ArrayLike, focal_length: float, baseline: float, *, offset: float = 0.0) -> Array:
    """Turn each pixel with a known disparity into a point in space.

    Formula: eq-point-cloud

    Parameters
    ----------
    disparity : array_like of shape (height, width)
        In pixels; 0 is not known, and gives no point.
    focal_length, baseline, offset
        As in `depth_from_disparity`.

    Returns
    -------
    ndarray of shape (points, 3), float64
        X to the right, Y down and Z away from the left camera, in the unit of the baseline; in the order
        of the pixels, so that ``photo[disparity > 0]`` are their colours. The camera is taken to look
        through the middle of the picture.

    Raises
    ------
    TypeError, ValueError
        As in `depth_from_disparity`; also if the map is not of that shape, holds a negative number, or
        knows no pixel.

    References
    ----------
    R. Szeliski, "Computer Vision: Algorithms and Applications", 2nd edition, Springer 2022, section 2.1.

    Examples
    --------
    The pixel one to the right of the middle, with a focal length of 10 pixels.

    >>> point_cloud([[0, 0, 2]], focal_length=10, baseline=6)
    array([[ 3.,  0., 30.]])
    """
    disparity = _checked_map(disparity, "disparity", ("height", "width"))
    known = disparity > 0
    if not known.any():
        raise ValueError("disparity must know at least one pixel, got 0 everywhere: 0 stands for not known")
    y, x = np.nonzero(known)
    depth = depth_from_disparity(disparity[known], focal_length, baseline, offset=offset)
    middle_y, middle_x = (np.array(disparity.shape) - 1) / 2
    across = (x - middle_x) * depth / focal_length
    down = (y - middle_y) * depth / focal_length
    return np.stack([across, down, depth], axis=1)


def _window_sum(array: Array, window: int) -> Array:
    """Return the sum over the square around each pixel, infinite where it does not fit."""
    half = window // 2
    rows = sliding_window_view(array, window, axis=0).sum(axis=-1)
    squares = sliding_window_view(rows, window, axis=1).sum(axis=-1)
    return np.pad(squares, half, constant_values=np.inf)


def _checked_pair(left: ArrayLike, right: ArrayLike) -> tuple[Array, Array]:
    left = checked_array(left, "left", ("height", "width")).astype(np.float64)
    right = checked_array(right, "right", left.shape, hint="as large as left").astype(np.float64)
    return left, right


def _checked_window(window: int, shape: Shape) -> int:
    window = checked_int(window, "window", minimum=1)
    if window % 2 == 0:
        raise ValueError(f"window must be odd, got {window}: only then does it have a middle")
    if window > min(shape):
        raise ValueError(f"window must fit into the picture of {shape}, got {window}: use a smaller one")
    return window


def _checked_map(values: ArrayLike, name: str, shape: tuple[int | str, ...]) -> Array:
    array = checked_array(values, name, shape, hint="one disparity for each pixel").astype(np.float64)
    if array.min() < 0:
        raise ValueError(f"{name} must not be negative, got {array.min():g}: set what is not known to 0")
    return array
