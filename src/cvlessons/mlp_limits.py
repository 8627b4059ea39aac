"""What a shifted picture does to a function: nothing, the same shift, or something else.

Chapter: ``book/mlp_limits.md`` (slides 44 and 45).
"""

from collections.abc import Callable

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int

__all__ = ["equivariance_error", "invariance_error", "shift"]


def shift(images: ArrayLike, down: int, right: int) -> Array:
    """Return pictures moved by whole pixels: what leaves is lost, and zeros come in.

    Formula: eq-shift

    Parameters
    ----------
    images : array_like of shape (height, width, channels) or (batch, height, width, channels)
    down, right : int
        By how many pixels; a negative number moves the pictures up, or to the left.

    Returns
    -------
    ndarray of the shape of `images`
        float32 if `images` is, else float64.

    Raises
    ------
    TypeError
        If `images` holds no real numbers, or a shift is no whole number.
    ValueError
        If `images` has another number of axes, is empty, or holds what is not finite.

    References
    ----------
    Slide 45 of the workshop.

    Examples
    --------
    >>> shift([[[1], [2], [3]]], 0, 1)[:, :, 0]
    array([[0., 1., 2.]])
    """
    images = _checked_images(images)
    height, width = images.shape[-3:-1]
    down, right = (
        checked_int(pixels, name, minimum=-(2**31)) for pixels, name in ((down, "down"), (right, "right"))
    )
    moved = np.zeros_like(images)
    (to_rows, from_rows), (to_columns, from_columns) = _overlap(height, down), _overlap(width, right)
    moved[..., to_rows, to_columns, :] = images[..., from_rows, from_columns, :]
    return moved


def equivariance_error(
    function: Callable[[Array], Array],
    images: ArrayLike,
    transform: Callable[[Array], Array],
    *,
    transform_out: Callable[[Array], Array] | None = None,
    margin: int = 0,
) -> float:
    """Return how far a function is from sending a changed picture to the changed result.

    It is zero if f(T x) = T' f(x) for these pictures: the function is equivariant. About 1 means that the two
    results have hardly more in common than their size.

    Formula: eq-equivariance
    Formula: eq-equivariance-error

    Parameters
    ----------
    function : callable
        f: it takes a batch of pictures and returns an array.
    images : array_like of shape (batch, height, width, channels)
        x.
    transform : callable
        T: it takes a batch of pictures and returns one.
    transform_out : callable, optional
        T': what becomes of the result. By default T, too. A layer that halves the picture halves the shift.
    margin : int, default 0
        So many rows and columns at each side of the result are not compared: there, the edge of the picture
        has a say. The result then needs the shape (batch, height, width, channels).

    Returns
    -------
    float
        0 or more: the length of the difference, all results in one vector, by the length of T' f(x).

    Raises
    ------
    TypeError
        If one of the functions cannot be called, or something holds no real numbers.
    ValueError
        If the pictures or the results have the wrong shape, the margin leaves nothing, or T' f(x) is zero
        everywhere: then there is nothing to compare with.

    References
    ----------
    Slide 45 of the workshop; I. Goodfellow, Y. Bengio, A. Courville, "Deep Learning", 2016, section 9.2.

    Examples
    --------
    A function that treats all pixels alike does not care where they are; one that weighs them does.

    >>> digit = np.zeros((1, 6, 6, 1)); digit[0, 2, 2] = 1
    >>> def one_on(x):
    ...     return shift(x, 0, 1)
    >>> equivariance_error(np.square, digit, one_on)
    0.0
    >>> ramp = np.arange(6).reshape(1, 1, 6, 1)
    >>> equivariance_error(lambda x: ramp * x, digit, one_on)  # 3 in place of 2
    0.5
    """
    images = _checked_batch(images)
    for f, name in ((function, "function"), (transform, "transform"), (transform_out, "transform_out")):
        if not callable(f) and not (name == "transform_out" and f is None):
            raise TypeError(f"{name} must be a function, got {f!r:.60}: try lambda x: shift(x, 0, 1)")
    of_changed = checked_array(function(transform(images)), "what function gives")
    changed = (transform if transform_out is None else transform_out)(function(images))
    changed = checked_array(
        changed, "the changed result", of_changed.shape, hint="transform_out must keep its shape"
    )
    margin = checked_int(margin, "margin", minimum=0)
    if margin:
        of_changed, changed = _inside(of_changed, margin), _inside(changed, margin)
    size = np.linalg.norm(changed)
    if size == 0:
        raise ValueError("the result is zero everywhere: take pictures to which the function has an answer")
    return float(np.linalg.norm(of_changed - changed) / size)


def invariance_error(
    function: Callable[[Array], Array], images: ArrayLike, transform: Callable[[Array], Array]
) -> float:
    """Return how far a function is from not noticing a change: `equivariance_error` with T' f(x) = f(x).

    It is zero if f(T x) = f(x) for these pictures: the function is invariant.

    Formula: eq-invariance

    Parameters
    ----------
    function, images, transform
        As in `equivariance_error`, and with its errors.

    Returns
    -------
    float

    References
    ----------
    Slide 45 of the workshop.

    Examples
    --------
    >>> digit = np.zeros((1, 6, 6, 1)); digit[0, 2, 2] = 1
    >>> invariance_error(lambda x: x.max(axis=(1, 2)), digit, lambda x: shift(x, 0, 1))
    0.0
    """
    return equivariance_error(function, images, transform, transform_out=lambda result: result)


def _overlap(size: int, by: int) -> tuple[slice, slice]:
    """Return where to, and where from, along an axis of this size: two slices of equal length."""
    by = max(-size, min(size, by))  # beyond that nothing is left
    return slice(max(by, 0), size + min(by, 0)), slice(max(-by, 0), size - max(by, 0))


def _inside(result: Array, margin: int) -> Array:
    shape = ("batch", "height", "width", "channels")
    result = checked_array(result, "with a margin, the result", shape, hint="or leave the margin at 0")
    most = (min(result.shape[1:3]) - 1) // 2
    if margin > most:
        raise ValueError(f"margin must be at most {most} for a result of {result.shape}, got {margin}")
    return result[:, margin:-margin, margin:-margin]


def _checked_images(images: ArrayLike) -> Array:
    images = checked_array(images, "images")
    if images.ndim not in (3, 4):
        raise ValueError(
            "images has shape (height, width, channels) or (batch, height, width, channels), got "
            f"{images.shape}: a grey picture needs a last axis of 1, image[:, :, None]"
        )
    return images


def _checked_batch(images: ArrayLike) -> Array:
    shape = ("batch", "height", "width", "channels")
    return checked_array(
        images, "images", shape, hint="one picture: image[None]; grey ones: images[..., None]"
    )
