"""Gradient descent: one step downhill, again and again.

Chapter: ``book/descent.md`` (slide 40).
"""

from collections.abc import Callable

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["gradient_descent"]


def gradient_descent(
    gradient: Callable[[Array], ArrayLike],
    start: ArrayLike,
    *,
    learning_rate: float,
    steps: int,
    momentum: float = 0.0,
) -> Array:
    """Return the whole path of W = W - α dW, or, with momentum, of V = μ V - α dW and W = W + V.

    Formula: eq-gradient-descent
    Formula: eq-momentum

    Parameters
    ----------
    gradient : callable, ndarray -> array of the same shape
        dW, the gradient of the loss at W. It gets a copy of the point.
    start : array_like of any shape
        The first W. float32 stays float32; everything else becomes float64.
    learning_rate : float above 0
        α, the length of a step for a slope of 1.
    steps : int
        How many steps to take.
    momentum : float from 0 to 1, default 0.0
        μ, the share of the last step that goes on into the next; 0 is the slide's formula.

    Returns
    -------
    ndarray of shape (steps + 1, *start.shape)
        The path, `start` first. A learning rate that is too large gives a path that grows: it is
        returned like any other, so that you can look at it.

    Raises
    ------
    TypeError
        If an argument is not what it should be: a function, numbers, a whole number of steps.
    ValueError
        If `start` is empty or not finite, the gradient has another shape than `start`, or an option is
        out of its range.
    OverflowError
        If the path leaves the numbers that its dtype can hold.

    References
    ----------
    Slide 40 of the workshop. A. Cauchy, "Méthode générale pour la résolution des systèmes d'équations
    simultanées", Comptes Rendus 25, 1847. Momentum: B. T. Polyak, "Some methods of speeding up the
    convergence of iteration methods", USSR Computational Mathematics and Mathematical Physics 4(5), 1964.

    Examples
    --------
    Down the parabola w², whose gradient is 2w: each step leaves a share of 1 - 0.25 * 2 = 0.5.

    >>> gradient_descent(lambda w: 2 * w, 8.0, learning_rate=0.25, steps=3)
    array([8., 4., 2., 1.])
    """
    if not callable(gradient):
        raise TypeError(f"gradient must be a function of w, got {gradient!r:.60}: try lambda w: 2 * w")
    start = checked_array(start, "start")
    learning_rate = checked_number(learning_rate, "learning_rate", above=0)
    momentum = checked_number(momentum, "momentum", minimum=0, maximum=1)
    path = np.empty((checked_int(steps, "steps", minimum=0) + 1, *start.shape), start.dtype)
    path[0] = start
    velocity = np.zeros_like(start)
    for step in range(1, len(path)):
        # Overflow is looked for below, and told as what it is: a learning rate that is too large.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            velocity = momentum * velocity - learning_rate * _slope(gradient, path[step - 1])
            path[step] = path[step - 1] + velocity
        if not np.isfinite(path[step]).all():
            raise OverflowError(_too_far(path, step, learning_rate))
    return path


def _slope(gradient: Callable[[Array], ArrayLike], w: Array) -> Array:
    slope = np.asarray(gradient(w.copy()))
    if slope.shape != w.shape:
        raise ValueError(
            f"gradient must have the shape of start, {w.shape}, got {slope.shape}: one slope each"
        )
    if slope.dtype.kind not in "biuf":
        raise TypeError(f"gradient must return real numbers, got {slope.dtype}: return an array of floats")
    return slope.astype(np.result_type(slope, w), copy=False)  # or float16 would round learning_rate * slope


def _too_far(path: Array, step: int, learning_rate: float) -> str:
    where = np.array2string(path[step - 1], threshold=6, precision=3)
    return (
        f"the path is not finite any more at step {step} (it came from {where}): the learning rate "
        f"{learning_rate:g} is too large, or the gradient is not finite there; take a smaller learning rate, "
        "or fewer steps to look at the path so far"
    )
