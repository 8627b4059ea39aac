"""The artificial neuron: a weighted sum of its inputs, then an activation.

Chapter: ``book/neuron.md`` (slide 33).
"""

import math
from collections.abc import Callable

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_number

__all__ = ["neuron", "weighted_sum", "weighted_sum_by_terms"]


def weighted_sum_by_terms(x: ArrayLike, w: ArrayLike, b: float = 0.0) -> float:
    """Return z = w_1 x_1 + w_2 x_2 + ... + w_n x_n + b, one term after the other.

    Formula: eq-weighted-sum

    Parameters
    ----------
    x : array_like of shape (n,)
        The inputs.
    w : array_like of shape (n,)
        One weight for each input.
    b : float, default 0.0
        The bias: what comes out when every input is zero.

    Returns
    -------
    float

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If `x` and `w` differ in length, are empty or hold NaN or infinity.
    OverflowError
        If the sum leaves the numbers that a float can hold.

    References
    ----------
    Slide 33 of the workshop.

    Examples
    --------
    >>> weighted_sum_by_terms([1, 2, 3], [0.5, -1, 0.25], b=2)
    1.25
    """
    x, w, b = _checked(x, w, b)
    z = b
    for weight, value in zip(w.tolist(), x.tolist(), strict=True):
        z += weight * value
    return _finite(z)


def weighted_sum(x: ArrayLike, w: ArrayLike, b: float = 0.0) -> float:
    """Return z = w . x + b: the same sum as one dot product.

    Formula: eq-dot-product

    Parameters
    ----------
    x, w, b
        As in `weighted_sum_by_terms`, and with its errors.

    Returns
    -------
    float

    References
    ----------
    Slide 33 of the workshop.

    Examples
    --------
    >>> weighted_sum([1, 2, 3], [0.5, -1, 0.25], b=2)
    1.25
    """
    x, w, b = _checked(x, w, b)
    with np.errstate(over="ignore", invalid="ignore"):  # looked for in the next line
        return _finite(float(np.dot(w, x)) + b)


def neuron(x: ArrayLike, w: ArrayLike, b: float, activation: Callable[[float], float]) -> float:
    """Return the output of one neuron, y = g(w . x + b).

    Formula: eq-neuron

    Parameters
    ----------
    x, w, b
        As in `weighted_sum_by_terms`, and with its errors.
    activation : callable, float -> float
        The activation g, for example `cvlessons.activations.sigmoid`.

    Returns
    -------
    float

    References
    ----------
    Slide 33 of the workshop; F. Rosenblatt, "The perceptron", Psychological Review 65(6), 1958.

    Examples
    --------
    A neuron that fires only when both inputs are on.

    >>> def step(z):
    ...     return float(z > 0)
    >>> [neuron(x, w=[1, 1], b=-1.5, activation=step) for x in ([0, 1], [1, 1])]
    [0.0, 1.0]
    """
    if not callable(activation):
        raise TypeError(f"activation must be a function of z, got {activation!r}: try np.tanh")
    return float(activation(weighted_sum(x, w, b)))


def _checked(x: ArrayLike, w: ArrayLike, b: float) -> tuple[Array, Array, float]:
    x = checked_array(x, "x", ("n",))
    w = checked_array(w, "w", x.shape, hint="one weight for each input")
    return x, w, checked_number(b, "b")


def _finite(z: float) -> float:
    if not math.isfinite(z):
        raise OverflowError(f"the weighted sum is too large for a float, got {z}: take smaller numbers")
    return z
