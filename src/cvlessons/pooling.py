"""Pooling: one number in place of each window of a feature map, the largest or the mean.

Chapter: ``book/cnn_layers.md`` (slide 57).
"""

from collections.abc import Iterator

import numpy as np

from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array
from cvlessons.conv_shape import pool_output_shape

__all__ = ["average_pool", "average_pool_gradient", "max_pool", "max_pool_gradient"]


def max_pool(image: ArrayLike, size: int = 2, *, stride: int | None = None, floor: bool = False) -> Array:
    """Return the largest number of each window, channel by channel.

    Formula: eq-max-pool

    Parameters
    ----------
    image : array_like of shape (height, width, channels) or (batch, height, width, channels)
    size : int, default 2
        F, the side of the window in pixels.
    stride : int, optional
        S, the pixels from one window to the next; by default `size`: the windows lie side by side.
    floor : bool, default False
        Whether to leave out the pixels at the end that the last window does not reach.

    Returns
    -------
    ndarray of shape (out_height, out_width, channels) or (batch, out_height, out_width, channels)
        The sizes are those of `cvlessons.conv_shape.pool_output_shape`. float32 if `image` is, else
        float64.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers, or a size is not a whole number.
    ValueError
        If `image` has another number of axes, is empty or holds NaN or infinity; if the window does
        not fit; if the stride does not divide: the message names the sizes for which it does.

    References
    ----------
    Slide 57 of the workshop; I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016,
    section 9.3.

    Examples
    --------
    >>> image = np.array([[7, 3, 5, 2], [8, 7, 1, 6], [4, 9, 3, 9], [0, 8, 4, 5]])[:, :, None]
    >>> max_pool(image)[:, :, 0]
    array([[8., 6.],
           [9., 9.]])
    """
    batch, shape, size, stride = _checked(image, size, stride, floor)
    return _like(image, _combine(np.maximum, _taps(batch, shape, size, stride)))


def average_pool(image: ArrayLike, size: int = 2, *, stride: int | None = None, floor: bool = False) -> Array:
    """Return the mean of each window, channel by channel.

    Formula: eq-average-pool

    Parameters
    ----------
    image, size, stride, floor
        As in `max_pool`, and with its errors.

    Returns
    -------
    ndarray
        As `max_pool` does.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998, where it is called sub-sampling.

    Examples
    --------
    >>> image = np.array([[7, 3, 5, 2], [8, 7, 1, 6], [4, 9, 3, 9], [0, 8, 4, 5]])[:, :, None]
    >>> average_pool(image)[:, :, 0]
    array([[6.25, 3.5 ],
           [5.25, 5.25]])
    """
    batch, shape, size, stride = _checked(image, size, stride, floor)
    return _like(image, _combine(np.add, _taps(batch, shape, size, stride)) / size**2)


def max_pool_gradient(
    image: ArrayLike, upstream: ArrayLike, size: int = 2, *, stride: int | None = None, floor: bool = False
) -> Array:
    """Return the gradient of a loss by the input of `max_pool`: each window's goes to its largest pixel.

    Formula: eq-max-pool-gradient

    Parameters
    ----------
    image, size, stride, floor
        As they were given to `max_pool`, and with its errors.
    upstream : array_like of the shape of ``max_pool(image, ...)``
        The gradient of the loss by each number that `max_pool` returned.

    Returns
    -------
    ndarray of the shape of `image`
        float32 if `image` is, else float64. Where several pixels of a window are the largest, the
        first of them gets all of it, row by row from the top left: there the maximum has a kink, and
        no derivative.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, section 9.3.

    Examples
    --------
    >>> image = np.array([[1.0, 4.0], [3.0, 4.0]])[:, :, None]
    >>> max_pool_gradient(image, [[[10.0]]])[:, :, 0]
    array([[ 0., 10.],
           [ 0.,  0.]])
    """
    batch, shape, size, stride = _checked(image, size, stride, floor)
    waiting = _checked_upstream(upstream, image, shape).copy()
    largest = _combine(np.maximum, _taps(batch, shape, size, stride))
    gradient = np.zeros_like(batch)
    taps = _taps(batch, shape, size, stride)
    for pixels, share in zip(taps, _taps(gradient, shape, size, stride), strict=True):
        won = np.where(pixels == largest, waiting, 0)
        share += won
        waiting -= won  # so that a later pixel that is as large gets nothing
    return _like(image, gradient)


def average_pool_gradient(
    image: ArrayLike, upstream: ArrayLike, size: int = 2, *, stride: int | None = None, floor: bool = False
) -> Array:
    """Return the gradient of a loss by the input of `average_pool`: each window's, in equal shares.

    Formula: eq-average-pool-gradient

    Parameters
    ----------
    image, upstream, size, stride, floor
        As in `max_pool_gradient`, and with its errors. Of `image`, only the shape matters.

    Returns
    -------
    ndarray of the shape of `image`
        float32 if `image` is, else float64.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, section 9.3.

    Examples
    --------
    >>> average_pool_gradient(np.zeros((2, 2, 1)), [[[10.0]]])[:, :, 0]
    array([[2.5, 2.5],
           [2.5, 2.5]])
    """
    batch, shape, size, stride = _checked(image, size, stride, floor)
    upstream = _checked_upstream(upstream, image, shape)
    gradient = np.zeros_like(batch)
    for share in _taps(gradient, shape, size, stride):
        share += upstream / size**2
    return _like(image, gradient)


def _combine(function: np.ufunc, taps: Iterator[Array]) -> Array:
    """Return function(function(first, second), third) and so on, in a new array."""
    result = next(taps).copy()
    for pixels in taps:
        function(result, pixels, out=result)
    return result


def _taps(batch: Array, shape: Shape, size: int, stride: int) -> Iterator[Array]:
    """Yield, for each place (u, v) in the window, a view of the pixels that lie there, one a window.

    Nine such views and eight pairwise maxima are much faster than the maximum over a 3 x 3 axis.
    """
    _, out_height, out_width, _ = shape
    for u, v in np.ndindex(size, size):
        rows = slice(u, u + stride * out_height, stride)
        columns = slice(v, v + stride * out_width, stride)
        yield batch[:, rows, columns]


def _checked(image: ArrayLike, size: int, stride: int | None, floor: bool) -> tuple[Array, Shape, int, int]:
    """Return the image as a batch, the shape that pooling makes of it, the size and the stride."""
    batch = checked_array(image, "image")
    if batch.ndim not in (3, 4):
        raise ValueError(
            "image has shape (height, width, channels) or (batch, height, width, channels), "
            f"got {batch.shape}: a grey image needs a last axis of 1, image[:, :, None]"
        )
    batch = batch if batch.ndim == 4 else batch[None]
    shape = pool_output_shape(batch.shape[1:], size, stride=stride, floor=floor)
    # int, because a NumPy whole number of 8 bits would wrap around in size**2 and stride * out_height
    return batch, (len(batch), *shape), int(size), int(size if stride is None else stride)


def _checked_upstream(upstream: ArrayLike, image: ArrayLike, shape: Shape) -> Array:
    wanted = shape if np.ndim(image) == 4 else shape[1:]
    upstream = checked_array(upstream, "upstream", wanted, hint="the shape of what pooling returned")
    return upstream.reshape(shape)


def _like(image: ArrayLike, batch: Array) -> Array:
    """Return the batch if a batch was given, its one image if an image was."""
    return batch if np.ndim(image) == 4 else batch[0]
