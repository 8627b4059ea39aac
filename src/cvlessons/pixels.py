"""What a picture is made of: levels, samples, bytes, and how many pixels have each level.

Chapter: ``book/pixels.md`` (slide 10).
"""

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["alias", "box_average", "histogram", "image_bytes", "quantise", "sample"]


def quantise(image: ArrayLike, bits: int) -> Array:
    """Return the image with 2 to the power of `bits` levels, each in the middle of its bin, in place of 256.

    Formula: eq-quantise

    Parameters
    ----------
    image : array_like of shape (height, width) or (height, width, channels)
        Whole numbers from 0 to 255, such as uint8.
    bits : int from 1 to 8
        How many bits each number keeps.

    Returns
    -------
    ndarray of the shape of `image`, float64
        No number moved by more than (step - 1) / 2, where step is 256 divided by the number of levels.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers, or `bits` is not a whole number.
    ValueError
        If `image` has another shape, is empty or holds anything but whole numbers from 0 to 255, or `bits` is
        out of range.

    References
    ----------
    Slide 10 of the workshop. W. R. Bennett, "Spectra of quantized signals", Bell System Technical Journal
    27(3), 1948.

    Examples
    --------
    Two levels: all below 128 becomes one, all from 128 on the other.

    >>> quantise([[0, 100, 127, 128, 255]], bits=1)
    array([[ 63.5,  63.5,  63.5, 191.5, 191.5]])
    """
    image = _checked_levels(image)
    if checked_int(bits, "bits", minimum=1) > 8:
        raise ValueError(f"bits must be at most 8, got {bits}: the image has no more than that")
    step = 2 ** (8 - bits)
    return np.floor(image / step) * step + (step - 1) / 2


def sample(image: ArrayLike, step: int) -> Array:
    """Return every `step`-th pixel of every `step`-th row: what lies between is thrown away.

    Parameters
    ----------
    image : array_like of shape (height, width) or (height, width, channels)
        Real numbers.
    step : int
        In pixels; height and width are multiples of it.

    Returns
    -------
    ndarray of shape (height / step, width / step) or (height / step, width / step, channels)
        float32 if `image` is, else float64.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers, or `step` is not a whole number.
    ValueError
        If `image` has another shape, is empty or holds NaN or infinity; if `step` is below 1 or does not
        divide height and width.

    References
    ----------
    C. E. Shannon, "Communication in the presence of noise", Proceedings of the IRE 37(1), 1949.

    Examples
    --------
    >>> sample([[1, 2, 3, 4], [5, 6, 7, 8]], step=2)
    array([[1., 3.]])
    """
    image, step = _checked_for_step(image, step)
    return image[::step, ::step].copy()


def box_average(image: ArrayLike, step: int) -> Array:
    """Return the mean of each square of `step` by `step` pixels.

    Formula: eq-box-average

    Parameters
    ----------
    image, step
        As in `sample`.

    Returns
    -------
    ndarray of shape (height / step, width / step) or (height / step, width / step, channels)
        float32 if `image` is, else float64.

    Raises
    ------
    TypeError, ValueError
        As in `sample`; a ValueError also if the sum of a square is too large for a float.

    References
    ----------
    OpenCV, "Geometric Image Transformations", InterpolationFlags: INTER_AREA is the same for whole steps.

    Examples
    --------
    >>> box_average([[1, 2, 3, 4], [5, 6, 7, 8]], step=2)
    array([[3.5, 5.5]])
    """
    image, step = _checked_for_step(image, step)
    height, width, *channels = image.shape
    blocks = image.reshape(height // step, step, width // step, step, *channels)
    with np.errstate(over="ignore"):  # a sum beyond all floats is inf, and refused as that
        return checked_array(blocks.mean(axis=(1, 3)), "the means of image")


def alias(frequency: float, step: int) -> float:
    """Return the frequency that stripes seem to have when only every `step`-th pixel is kept.

    Formula: eq-alias

    Parameters
    ----------
    frequency : float, at least 0
        Of the stripes, in periods per pixel.
    step : int
        In pixels.

    Returns
    -------
    float
        In periods per kept pixel, from 0 to 1/2.

    Raises
    ------
    TypeError
        If `frequency` is no number, or `step` is not a whole number.
    ValueError
        If `frequency` is negative or not finite, `step` is below 1, or their product is beyond all floats.

    References
    ----------
    C. E. Shannon, "Communication in the presence of noise", Proceedings of the IRE 37(1), 1949.

    Examples
    --------
    Stripes of 4 pixels survive a step of 2, though only just. With a step of 4 they are gone.

    >>> alias(1 / 4, step=2), alias(1 / 4, step=4)
    (0.5, 0.0)
    """
    every = checked_number(checked_int(step, "step", minimum=1), "step")
    periods = checked_number(frequency, "frequency", minimum=0) * every
    periods = checked_number(periods, "frequency times step")  # it may be beyond all floats
    return abs(periods - round(periods))


def image_bytes(height: int, width: int, channels: int, *, bits: int = 8) -> int:
    """Return how many bytes the numbers of a picture need, without any compression.

    Formula: eq-image-bytes

    Parameters
    ----------
    height, width, channels : int
        At least 1 each; height and width in pixels.
    bits : int, default 8
        Of each number.

    Returns
    -------
    int
        The last byte may be filled in part only.

    Raises
    ------
    TypeError
        If an argument is not a whole number.
    ValueError
        If an argument is below 1.

    References
    ----------
    Slide 10 of the workshop.

    Examples
    --------
    The face of slide 10, and a photograph of twelve million pixels in colour.

    >>> image_bytes(16, 12, 1), image_bytes(3000, 4000, 3)
    (192, 36000000)
    """
    sizes = {"height": height, "width": width, "channels": channels, "bits": bits}
    total = 1
    for name, size in sizes.items():
        total *= checked_int(size, name, minimum=1)
    return -(-total // 8)


def histogram(image: ArrayLike) -> Array:
    """Count how many pixels have each of the 256 levels.

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel: whole numbers from 0 to 255, such as uint8.

    Returns
    -------
    ndarray of shape (256,)
        int64.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers.
    ValueError
        If `image` has another shape, is empty or holds anything but whole numbers from 0 to 255.

    References
    ----------
    OpenCV, "Histograms": calcHist.

    Examples
    --------
    >>> histogram([[0, 255, 255]])[[0, 1, 255]].tolist()
    [1, 0, 2]
    """
    image = _checked_levels(image)
    if image.ndim != 2:
        raise ValueError(
            f"image has shape (height, width), got {image.shape}: one channel, for example image[:, :, 0]"
        )
    return np.bincount(image.ravel().astype(np.int64), minlength=256)


def _checked_picture(image: ArrayLike) -> Array:
    image = checked_array(image, "image")
    if image.ndim not in (2, 3):
        raise ValueError(
            "image has shape (height, width) or (height, width, channels), "
            f"got {image.shape}: give one picture"
        )
    return image


def _checked_levels(image: ArrayLike) -> Array:
    image = _checked_picture(image)
    wrong = (image < 0) | (image > 255) | (image != np.floor(image))
    if wrong.any():
        where = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise ValueError(
            f"image must hold whole numbers from 0 to 255, got {str(image[where]).removesuffix('.0')} "
            f"at index {where}: "
            "bring it to 0 to 255, and round it"
        )
    return image.astype(np.float64, copy=False)


def _checked_for_step(image: ArrayLike, step: int) -> tuple[Array, int]:
    image, step = _checked_picture(image), checked_int(step, "step", minimum=1)
    height, width = image.shape[:2]
    if height % step or width % step:
        fits = (height - height % step, width - width % step)
        cure = f"cut it to {fits[0]} x {fits[1]}" if all(fits) else "use a smaller step"
        raise ValueError(f"step must divide height and width, got {step} for {height} x {width}: {cure}")
    return image, step
