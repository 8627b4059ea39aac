"""Image processing written to be read: an equalised histogram, Otsu's threshold, a Gaussian kernel.

Chapter: ``book/processing.md`` (slide 11). How good a processed picture is, `cvlessons.quality` measures.
"""

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["between_class_variance", "equalise", "gaussian_kernel", "otsu_threshold"]

_LEVELS = 256


def equalise(image: ArrayLike) -> Array:
    """Return the picture with its grey levels spread so that each part of the scale is used alike.

    Formula: eq-equalisation

    Parameters
    ----------
    image : array_like of shape (height, width)
        Grey levels: whole numbers from 0 to 255.

    Returns
    -------
    ndarray of shape (height, width), uint8
        The darkest level that occurs becomes 0, the brightest 255. A picture of one level stays as it is.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers.
    ValueError
        If it has another shape, is empty, or holds anything but whole numbers from 0 to 255.

    References
    ----------
    R. Gonzalez and R. Woods, Digital Image Processing, 4th edition, 2018, section 3.3. OpenCV's
    equalizeHist computes the same.

    Examples
    --------
    >>> equalise([[100, 100], [101, 102]])
    array([[  0,   0],
           [128, 255]], dtype=uint8)
    """
    levels = _checked_levels(image)
    counts = np.bincount(levels.ravel(), minlength=_LEVELS)
    up_to = np.cumsum(counts)  # how many pixels are as dark as each level, or darker
    darkest = counts[counts > 0][0]
    if darkest == levels.size:
        return levels.astype(np.uint8)
    spread = np.maximum(up_to - darkest, 0) / (levels.size - darkest)
    return np.rint(255 * spread).astype(np.uint8)[levels]


def between_class_variance(image: ArrayLike) -> Array:
    """Return, for each threshold, how far apart it puts the dark pixels and the bright ones.

    Formula: eq-otsu

    Parameters
    ----------
    image : array_like of shape (height, width)
        Grey levels: whole numbers from 0 to 255.

    Returns
    -------
    ndarray of shape (256,), float64
        Entry t belongs to the threshold t: dark are the pixels of level t and below. 0 where all are on
        one side. In grey levels squared.

    Raises
    ------
    TypeError, ValueError
        As in `equalise`.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man,
    and Cybernetics 9(1), 1979, equation 18.

    Examples
    --------
    Two pixels of 10 and two of 30: any threshold from 10 to 29 parts them, ½ · ½ · (30 - 10)².

    >>> between_class_variance([[10, 10, 30, 30]])[[9, 10, 29, 30]].tolist()
    [0.0, 100.0, 100.0, 0.0]
    """
    levels = _checked_levels(image)
    counts = np.bincount(levels.ravel(), minlength=_LEVELS).astype(float)
    dark, dark_sum = np.cumsum(counts), np.cumsum(counts * np.arange(_LEVELS))
    bright, bright_sum = dark[-1] - dark, dark_sum[-1] - dark_sum
    means_apart = bright_sum / np.maximum(bright, 1) - dark_sum / np.maximum(dark, 1)
    return dark * bright * means_apart**2 / dark[-1] ** 2


def otsu_threshold(image: ArrayLike) -> int:
    """Return the grey level that best parts a picture into dark and bright.

    Formula: eq-otsu

    Parameters
    ----------
    image : array_like of shape (height, width)
        Grey levels: whole numbers from 0 to 255.

    Returns
    -------
    int
        The lowest of the best thresholds t; bright are the pixels above it.

    Raises
    ------
    TypeError, ValueError
        As in `equalise`; also if all pixels have the same level.

    References
    ----------
    N. Otsu, "A threshold selection method from gray-level histograms", IEEE Transactions on Systems, Man,
    and Cybernetics 9(1), 1979.

    Examples
    --------
    >>> otsu_threshold([[10, 12, 11, 200, 210]])
    12
    """
    variance = between_class_variance(image)
    if not variance.any():
        raise ValueError(
            f"image must hold at least two grey levels, got {np.ravel(image)[0]} everywhere: "
            "there is nothing to part"
        )
    return int(np.argmax(variance))


def gaussian_kernel(sigma: float, *, radius: int) -> Array:
    """Return the weights of a Gaussian blur: the nearer a pixel, the more it counts.

    Parameters
    ----------
    sigma : float
        The width of the bell, in pixels; above 0.
    radius : int
        How far the kernel reaches from its middle. Three times sigma leaves out next to nothing.

    Returns
    -------
    ndarray of shape (2 radius + 1, 2 radius + 1), float64
        They add up to 1.

    Raises
    ------
    TypeError
        If `sigma` is no number or `radius` no whole number.
    ValueError
        If `sigma` is not above 0 or not finite, or `radius` is negative.

    References
    ----------
    OpenCV's getGaussianKernel gives one row of it.

    Examples
    --------
    >>> gaussian_kernel(1.0, radius=1).round(3)
    array([[0.075, 0.124, 0.075],
           [0.124, 0.204, 0.124],
           [0.075, 0.124, 0.075]])
    """
    sigma = checked_number(sigma, "sigma", above=0)
    radius = checked_int(radius, "radius", minimum=0)
    with np.errstate(over="ignore"):  # a bell much narrower than a pixel: its neighbours weigh exp(-inf) = 0
        distance = np.arange(-radius, radius + 1) / sigma
        row = np.exp(-(distance**2) / 2)
    kernel = np.outer(row, row)  # exp(-(x² + y²) / 2): a bell is a row times a column
    return kernel / kernel.sum()


def _checked_levels(image: ArrayLike) -> Array:
    """Return the image as whole numbers from 0 to 255."""
    array = checked_array(image, "image", ("height", "width"), hint="one channel, such as image[:, :, 0]")
    wrong = array[(array != np.floor(array)) | (array < 0) | (array >= _LEVELS)]
    if wrong.size:
        raise ValueError(
            f"image must hold grey levels, whole numbers from 0 to 255, got {wrong[0]:g}: "
            "round it, np.clip(np.rint(image), 0, 255)"
        )
    return array.astype(np.int64)
