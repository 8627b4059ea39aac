"""How near a picture is to another: the mean squared error, PSNR and SSIM; and noise to try them on.

Chapter: ``book/processing.md`` (slide 11); used again in ``book/restoration.md`` (slide 17).
"""

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number
from cvlessons.convolution import cross_correlate2d
from cvlessons.processing import gaussian_kernel

__all__ = ["add_gaussian_noise", "add_salt_and_pepper", "mse", "psnr", "ssim"]

_WINDOW = gaussian_kernel(1.5, radius=5)  # the window of Wang et al.: 11 x 11 pixels
_WINDOW.setflags(write=False)


def mse(reference: ArrayLike, image: ArrayLike) -> float:
    """Return the mean squared error: the mean of the squared differences, pixel by pixel.

    Parameters
    ----------
    reference, image : array_like of shape (height, width) or (height, width, channels)
        Of the same shape. Bytes are no danger: the difference is taken of floats.

    Returns
    -------
    float
        In grey levels squared. 0 if the two are the same.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the two differ in shape, are no pictures, are empty, or hold NaN or infinity.

    References
    ----------
    Z. Wang and A. Bovik, "Mean squared error: love it or leave it?", IEEE Signal Processing Magazine
    26(1), 2009.

    Examples
    --------
    >>> mse([[0, 10]], [[3, 6]])
    12.5
    """
    reference, image = _checked_pair(reference, image)
    return float(np.mean((reference - image) ** 2))


def psnr(reference: ArrayLike, image: ArrayLike, *, data_range: float = 255) -> float:
    """Return the peak signal-to-noise ratio: how small the error is against the whole scale.

    Formula: eq-psnr

    Parameters
    ----------
    reference, image
        As in `mse`.
    data_range : float, default 255
        From the darkest possible number to the brightest: 255 for bytes, 1 for pictures from 0 to 1.

    Returns
    -------
    float
        In decibels. Infinite if the two are the same.

    Raises
    ------
    TypeError, ValueError
        As in `mse`; also if `data_range` is not a number from 1e-100 to 1e100.

    References
    ----------
    OpenCV's PSNR and scikit-image's peak_signal_noise_ratio compute the same.

    Examples
    --------
    An error of 255 everywhere is as large as the scale. A tenth of it makes 20 decibels more.

    >>> psnr([[0, 255]], [[255, 0]]), round(psnr([[0, 255]], [[25.5, 229.5]]), 6)
    (0.0, 20.0)
    """
    data_range = _checked_range(data_range)
    error = mse(reference, image)
    return float(10 * np.log10(data_range**2 / error)) if error > 0 else float("inf")


def ssim(reference: ArrayLike, image: ArrayLike, *, data_range: float = 255) -> float:
    """Return the structural similarity: how alike the two are in brightness, contrast and pattern.

    Formula: eq-ssim

    Parameters
    ----------
    reference, image : array_like of shape (height, width) or (height, width, channels)
        Of the same shape, at least 11 pixels high and wide. Of several channels the mean is taken.
    data_range : float, default 255
        As in `psnr`.

    Returns
    -------
    float
        The mean over all places of a window of 11 x 11 pixels that lie inside the picture. 1 if the two
        are the same; never above 1, and below 0 where the patterns are opposite.

    Raises
    ------
    TypeError, ValueError
        As in `psnr`; also if the picture is smaller than the window.

    References
    ----------
    Z. Wang, A. Bovik, H. Sheikh and E. Simoncelli, "Image quality assessment: from error visibility to
    structural similarity", IEEE Transactions on Image Processing 13(4), 2004, equation 13.

    Examples
    --------
    >>> ramp = np.tile(np.arange(0, 240, 20), (12, 1))
    >>> ssim(ramp, ramp), ssim(ramp, ramp[:, ::-1]) < 0
    (1.0, True)
    """
    reference, image = _checked_pair(reference, image)
    data_range = _checked_range(data_range)
    if min(reference.shape[:2]) < len(_WINDOW):
        raise ValueError(
            f"image must be at least {len(_WINDOW)} pixels high and wide, got {reference.shape[:2]}: "
            "take a larger part of it"
        )
    pairs = zip(_channels(reference), _channels(image), strict=True)
    return float(np.mean([_ssim_map(x, y, data_range) for x, y in pairs]))


def _ssim_map(x: Array, y: Array, data_range: float) -> Array:
    """Return the similarity at each place where the window fits, of one channel."""
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    mean_x, mean_y = _local_mean(x), _local_mean(y)
    variance_x = _local_mean(x * x) - mean_x**2
    variance_y = _local_mean(y * y) - mean_y**2
    covariance = _local_mean(x * y) - mean_x * mean_y
    brightness = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    pattern = (2 * covariance + c2) / (variance_x + variance_y + c2)
    return brightness * pattern


def _local_mean(channel: Array) -> Array:
    """Return the mean under the window at each place where it fits; near pixels count more."""
    return cross_correlate2d(channel, _WINDOW)


def add_gaussian_noise(image: ArrayLike, sigma: float, *, seed: int) -> Array:
    """Return the picture with a random number added to each pixel, as a sensor in the dark does.

    Parameters
    ----------
    image : array_like of shape (height, width) or (height, width, channels)
        Grey levels from 0 to 255.
    sigma : float
        The standard deviation of the noise, in grey levels; 0 or more.
    seed : int
        The same seed gives the same noise.

    Returns
    -------
    ndarray of the shape of `image`, uint8
        Rounded; what leaves the scale is set to its end, so noise on black or white is lopsided.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers, `sigma` is no number or `seed` no whole number.
    ValueError
        If `image` has another shape, is empty, holds NaN or infinity or leaves the scale; if `sigma` or
        `seed` is negative.

    References
    ----------
    R. Gonzalez and R. Woods, Digital Image Processing, 4th edition, 2018, section 5.2.

    Examples
    --------
    >>> grey = np.full((100, 100), 128)
    >>> noisy = add_gaussian_noise(grey, 20, seed=0)
    >>> noisy.dtype.name, round(float(noisy.std()))
    ('uint8', 20)
    """
    image = _checked_scale(image)
    sigma = checked_number(sigma, "sigma", minimum=0)
    rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
    return np.clip(np.rint(image + rng.normal(0, sigma, image.shape)), 0, 255).astype(np.uint8)


def add_salt_and_pepper(image: ArrayLike, share: float, *, seed: int) -> Array:
    """Return the picture with some of its pixels set to white or to black, as broken cells of a sensor do.

    Parameters
    ----------
    image
        As in `add_gaussian_noise`.
    share : float
        The share of pixels that are hit, from 0 to 1; about half of them turn white. In a colour picture all
        channels of a pixel are hit together.
    seed : int
        The same seed gives the same noise.

    Returns
    -------
    ndarray of the shape of `image`, uint8
        Pixels that are not hit keep their level, rounded.

    Raises
    ------
    TypeError, ValueError
        As in `add_gaussian_noise`; also if `share` is not from 0 to 1.

    References
    ----------
    R. Gonzalez and R. Woods, Digital Image Processing, 4th edition, 2018, section 5.2.

    Examples
    --------
    >>> noisy = add_salt_and_pepper(np.full((100, 100), 128), 0.1, seed=0)
    >>> np.unique(noisy).tolist(), round(float(np.mean(noisy != 128)), 2)
    ([0, 128, 255], 0.1)
    """
    noisy = np.rint(_checked_scale(image)).astype(np.uint8)
    share = checked_number(share, "share", minimum=0, maximum=1)
    rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
    draw = rng.random(noisy.shape[:2])
    noisy[draw < share / 2] = 0
    noisy[draw >= 1 - share / 2] = 255
    return noisy


def _channels(image: Array) -> list[Array]:
    """Return the channels of a picture, one after the other."""
    return [image] if image.ndim == 2 else list(np.moveaxis(image, 2, 0))


def _checked_picture(image: ArrayLike, name: str) -> Array:
    array = checked_array(image, name).astype(np.float64, copy=False)
    if array.ndim not in (2, 3):
        raise ValueError(
            f"{name} has shape (height, width) or (height, width, channels), got {array.shape}: "
            "choose one picture"
        )
    return array


def _checked_pair(reference: ArrayLike, image: ArrayLike) -> tuple[Array, Array]:
    reference = _checked_picture(reference, "reference")
    image = checked_array(image, "image", reference.shape, hint="the two pictures must have the same shape")
    return reference, image.astype(np.float64, copy=False)


def _checked_range(data_range: float) -> float:
    return checked_number(
        data_range, "data_range", above=0, minimum=1e-100, maximum=1e100
    )  # its square is finite


def _checked_scale(image: ArrayLike) -> Array:
    array = _checked_picture(image, "image")
    if array.min() < 0 or array.max() > 255:
        wrong = array[(array < 0) | (array > 255)][0]
        raise ValueError(f"image must hold numbers from 0 to 255, got {wrong:g}: np.clip(image, 0, 255)")
    return array
