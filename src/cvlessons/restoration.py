"""Restoration: what blur and noise do to a picture, and three ways to undo some of it.

Chapter: ``book/restoration.md`` (slide 17).

The kernel of a blur wraps round at the border of the picture: with this, blurring is a product of Fourier
transforms, and undoing it a division.
"""

import numpy as np

from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["degrade", "estimate_motion", "fill_by_diffusion", "motion_kernel", "wiener_filter"]


def degrade(image: ArrayLike, kernel: ArrayLike, *, sigma: float, seed: int) -> Array:
    """Return y = Hx + n: a picture blurred by a kernel, with Gaussian noise.

    Formula: eq-degradation

    Parameters
    ----------
    image : array_like of shape (height, width)
        x: the picture that nobody gets to see. Beyond its border it starts again at the other side.
    kernel : array_like of shape (kernel_height, kernel_width)
        h: where the light of one point goes; both sizes odd, not larger than the image.
    sigma : float
        The standard deviation of the noise n, in grey levels; 0 or more.
    seed : int
        The same seed gives the same noise.

    Returns
    -------
    ndarray of shape (height, width), float64
        Neither rounded nor clipped.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, `sigma` is no number or `seed` no whole number.
    ValueError
        If an array has another shape, is empty or holds NaN or infinity; if the kernel does not fit into the
        image or one of its sizes is even; if `sigma` or `seed` is negative.

    References
    ----------
    Slide 17 of the workshop; R. Gonzalez and R. Woods, Digital Image Processing, 4th edition, 2018,
    section 5.1.

    Examples
    --------
    A point becomes a copy of the kernel.

    >>> degrade([[0, 0, 6, 0, 0]], [[0.5, 0.25, 0.25]], sigma=0, seed=0).round(9) + 0.0
    array([[0. , 3. , 1.5, 1.5, 0. ]])
    """
    image, kernel = _checked_blur(image, kernel)
    sigma = checked_number(sigma, "sigma", minimum=0)
    rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
    blurred = np.fft.ifft2(_transfer_function(kernel, image.shape) * np.fft.fft2(image)).real
    return blurred + rng.normal(0, sigma, image.shape)


def wiener_filter(image: ArrayLike, kernel: ArrayLike, noise_to_signal: float) -> Array:
    """Return the picture with a known blur undone, as far as the noise allows.

    Formula: eq-wiener

    Parameters
    ----------
    image : array_like of shape (height, width)
        y: the blurred picture.
    kernel : array_like of shape (kernel_height, kernel_width)
        h: the kernel that blurred it; both sizes odd, not larger than the image.
    noise_to_signal : float
        K: the power of the noise over that of the picture, taken as the same for all frequencies. 0 divides
        by the blur alone: the inverse filter.

    Returns
    -------
    ndarray of shape (height, width), float64
        Not clipped.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `noise_to_signal` is no number.
    ValueError
        As in `degrade`; if `noise_to_signal` is negative; if it is 0 and the kernel wipes out a frequency.

    References
    ----------
    N. Wiener, Extrapolation, Interpolation, and Smoothing of Stationary Time Series, 1949; R. Gonzalez and
    R. Woods, Digital Image Processing, 4th edition, 2018, section 5.8.

    Examples
    --------
    Without noise the blur can be undone.

    >>> kernel = [[0.2, 0.6, 0.2]]
    >>> blurred = degrade([[0, 0, 5, 0, 0]], kernel, sigma=0, seed=0)
    >>> wiener_filter(blurred, kernel, 0).round(9) + 0.0
    array([[0., 0., 5., 0., 0.]])
    """
    image, kernel = _checked_blur(image, kernel)
    K = checked_number(noise_to_signal, "noise_to_signal", minimum=0)
    H = _transfer_function(kernel, image.shape)
    power = np.abs(H) ** 2 + K
    if power.min() < 1e-24:  # |H| is 0 up to rounding
        raise ValueError(
            "the kernel wipes out a frequency, and nothing can be divided by 0: "
            "give a noise_to_signal above 0, such as 0.01"
        )
    return np.fft.ifft2(np.conj(H) / power * np.fft.fft2(image)).real


def motion_kernel(rows: float, columns: float) -> Array:
    """Return the kernel of a straight, even movement during the exposure.

    Parameters
    ----------
    rows, columns : float
        How far the picture moved, in pixels: downwards and to the right. The way back blurs the same.

    Returns
    -------
    ndarray of shape (kernel_height, kernel_width), float64
        The share of the time that a point of the picture spent over each pixel; both sizes are odd, and all
        of it adds up to 1.

    Raises
    ------
    TypeError
        If an argument is no number.
    ValueError
        If an argument is not finite or above 1000 pixels.

    References
    ----------
    R. Gonzalez and R. Woods, Digital Image Processing, 4th edition, 2018, section 5.6.

    Examples
    --------
    >>> motion_kernel(0, 2).round(3)
    array([[0.25, 0.5 , 0.25]])
    """
    rows = checked_number(rows, "rows", minimum=-1000, maximum=1000)
    columns = checked_number(columns, "columns", minimum=-1000, maximum=1000)
    steps = 100 * int(max(abs(rows), abs(columns)) + 1)
    time = (np.arange(steps) + 0.5) / steps - 0.5  # the middles of short intervals, 0 at half time
    places = [np.rint(time * length).astype(int) for length in (rows, columns)]
    reach = [int(np.abs(place).max()) for place in places]
    kernel = np.zeros([2 * r + 1 for r in reach])
    np.add.at(kernel, tuple(place + r for place, r in zip(places, reach, strict=True)), 1)
    return kernel / steps


def estimate_motion(image: ArrayLike, *, longest: int = 40, shortest: int = 8) -> tuple[int, int]:
    """Return how far a picture was smeared in a straight line, from the picture alone.

    The smear writes stripes into the picture's spectrum. The spectrum of the spectrum's logarithm (the
    cepstrum) is lowest at the shift that made them.

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel, larger than twice `longest`.
    longest, shortest : int, default 40 and 8
        Where to look, in pixels.

    Returns
    -------
    rows, columns : int
        Downwards and to the right, in pixels. `rows` is never negative, and `columns` is positive where
        `rows` is 0: forwards and backwards look the same. A picture that nothing has smeared gives a
        motion, too: it is the lowest place there is, however shallow.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers, or a length is no whole number.
    ValueError
        If `image` has another shape, is empty or holds NaN or infinity; if the lengths are not in order, or
        the image is too small for `longest`.

    References
    ----------
    M. Cannon, "Blind deconvolution of spatially invariant image blurs with phase", IEEE Transactions on
    Acoustics, Speech, and Signal Processing 24(1), 1976.

    Examples
    --------
    >>> picture = np.random.default_rng(0).uniform(0, 255, (200, 200))
    >>> estimate_motion(degrade(picture, motion_kernel(6, 12), sigma=0, seed=0))
    (6, 12)
    """
    image = checked_array(image, "image", ("height", "width"), hint="one channel, such as image[:, :, 0]")
    shortest = checked_int(shortest, "shortest", minimum=1)
    longest = checked_int(longest, "longest", minimum=shortest)
    if min(image.shape) <= 2 * longest:
        raise ValueError(
            f"image must be larger than twice longest = {longest}, got {image.shape}: make longest smaller"
        )
    height, width = image.shape
    faded = image * np.hanning(height)[:, None] * np.hanning(width)  # no edge at the border
    log_power = np.log(np.abs(np.fft.fft2(faded)) ** 2 + 1e-3)
    cepstrum = np.fft.ifft2(log_power).real[: longest + 1]
    rows, columns = np.indices((longest + 1, width))
    columns = (columns + width // 2) % width - width // 2  # beyond half: to the left
    distance = np.hypot(rows, columns)
    asked = (shortest <= distance) & (distance <= longest) & ((rows > 0) | (columns > 0))
    cepstrum = np.where(asked, cepstrum, np.inf)
    lowest = np.unravel_index(cepstrum.argmin(), cepstrum.shape)
    return int(rows[lowest]), int(columns[lowest])


def fill_by_diffusion(image: ArrayLike, mask: ArrayLike, *, iterations: int) -> Array:
    """Return the picture with its holes filled as heat would fill them: each pixel the mean of its four.

    Jacobi's method: all missing pixels take the mean of their neighbours at once, again and again.

    Formula: eq-diffusion

    Parameters
    ----------
    image : array_like of shape (height, width) or (height, width, channels)
        What stands inside the holes does not matter.
    mask : array_like of shape (height, width)
        Not 0 where a pixel is missing.
    iterations : int
        How often; a hole of n pixels across needs some n² of them.

    Returns
    -------
    ndarray of the shape of `image`, float64
        The known pixels as they were. At the border of the picture a pixel stands in for the neighbour that
        it does not have.

    Raises
    ------
    TypeError
        If an array does not hold real numbers or `iterations` is no whole number.
    ValueError
        If an array has another shape, is empty or holds NaN or infinity; if no pixel is known; if
        `iterations` is below 1.

    References
    ----------
    W. Press, S. Teukolsky, W. Vetterling and B. Flannery, Numerical Recipes, 3rd edition, 2007, the section
    on relaxation methods.

    Examples
    --------
    >>> fill_by_diffusion([[10, 0, 0, 40]], [[0, 1, 1, 0]], iterations=100).round(3)
    array([[10., 20., 30., 40.]])
    """
    image = checked_array(image, "image").astype(np.float64)
    if image.ndim not in (2, 3):
        raise ValueError(
            f"image has shape (height, width) or (height, width, channels), got {image.shape}: "
            "choose one picture"
        )
    mask = checked_array(mask, "mask", image.shape[:2], hint="one entry for each pixel").astype(bool)
    iterations = checked_int(iterations, "iterations", minimum=1)
    if mask.all():
        raise ValueError("mask marks every pixel as missing: there is nothing to fill from; leave some out")
    if not mask.any():
        return image
    image[mask] = image[~mask].mean(axis=0)
    part = _surroundings(mask)
    around, missing = image[part], mask[part]  # views, no copies
    for _ in range(iterations):
        around[missing] = _mean_of_four(around)[missing]
    return image


def _surroundings(mask: Array) -> tuple[slice, ...]:
    """Return the rows and columns of all the holes and of the pixels next to them."""
    lines = [np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0)]
    return tuple(slice(max(line[0] - 1, 0), line[-1] + 2) for line in lines)


def _mean_of_four(image: Array) -> Array:
    """Return for each pixel the mean of its neighbours above, below, left and right."""
    around = np.pad(image, [(1, 1), (1, 1)] + [(0, 0)] * (image.ndim - 2), mode="edge")
    above, below = around[:-2, 1:-1], around[2:, 1:-1]
    left, right = around[1:-1, :-2], around[1:-1, 2:]
    return (above + below + left + right) / 4


def _transfer_function(kernel: Array, shape: Shape) -> Array:
    """Return H: by what the blur multiplies each frequency of a picture of that shape."""
    height, width = kernel.shape
    corner = np.zeros(shape)
    corner[:height, :width] = kernel
    return np.fft.fft2(np.roll(corner, (-(height // 2), -(width // 2)), axis=(0, 1)))


def _checked_blur(image: ArrayLike, kernel: ArrayLike) -> tuple[Array, Array]:
    image = checked_array(image, "image", ("height", "width"), hint="one channel, such as image[:, :, 0]")
    kernel = checked_array(kernel, "kernel", ("kernel_height", "kernel_width"))
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError(
            f"kernel must fit into the image, got a kernel of {kernel.shape} and an image of {image.shape}: "
            "use a smaller kernel, or pad the image"
        )
    if kernel.shape[0] % 2 == 0 or kernel.shape[1] % 2 == 0:
        raise ValueError(
            f"kernel must have odd sizes, to have a middle, got {kernel.shape}: add a row or column of 0"
        )
    return image.astype(np.float64, copy=False), kernel.astype(np.float64, copy=False)
