"""The gradient check: is the slope you derived the slope the function has?

Chapter: ``book/backprop.md`` (a step beyond slide 42).
"""

from collections.abc import Callable

import numpy as np

from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array, checked_number

__all__ = ["GradientError", "check_gradient", "gradient_error", "numerical_gradient"]


class GradientError(ValueError):
    """An entry of a gradient that is not the slope of the function.

    Attributes
    ----------
    index : tuple of int
        The entry that is furthest off.
    analytic, numeric, error : float
        What the gradient says there, what the differences say, and how far apart they are.
    """

    def __init__(
        self,
        index: Shape,
        analytic: float,
        numeric: float,
        error: float,
        *,
        wrong: int,
        entries: int,
        rtol: float,
    ) -> None:
        self.index, self.analytic, self.numeric, self.error = index, analytic, numeric, error
        super().__init__(
            f"the gradient at index {index} is {analytic:.6g}, and the numeric slope there is {numeric:.6g} "
            f"(error {error:.2g}, at most {rtol:g} is allowed; {wrong} of {entries} entries are off): "
            "check the derivation of this entry"
        )


def numerical_gradient(f: Callable[[Array], float], x: ArrayLike, *, step: float = 1e-6) -> Array:
    """Return the slope of `f` along every entry of `x`, by central differences in float64.

    Formula: eq-central-difference

    Parameters
    ----------
    f : callable, ndarray -> float
        The function. It gets a float64 copy of `x`, two for each entry.
    x : array_like of any shape
        The point; it is left as it was.
    step : float, default 1e-6
        How far to go to either side. The error of the formula grows with the square of the step, the
        rounding error with its inverse; near 1e-6 they balance for numbers around 1.

    Returns
    -------
    ndarray of float64, shaped like `x`

    Raises
    ------
    TypeError
        If `f` is no function, or does not return one real number.
    ValueError
        If `x` is empty or not finite, if `f` returns NaN or infinity, or if the step is so small that
        it is lost in rounding.

    References
    ----------
    W. H. Press et al., "Numerical Recipes", 3rd edition, section 5.7, 2007.

    Examples
    --------
    The slope of x² + 3y at (1, 2) is (2, 3).

    >>> numerical_gradient(lambda x: x[0] ** 2 + 3 * x[1], [1, 2]).round(6)
    array([2., 3.])
    """
    x = checked_array(x, "x").astype(np.float64)
    _checked_function(f, "f")
    step = _checked_step(step, x)
    slope = np.empty_like(x)
    for index in np.ndindex(x.shape):
        above, below = _moved(x, index, step), _moved(x, index, -step)
        run = above[index] - below[index]  # 2 * step, as nearly as float64 can hold it beside x
        slope[index] = (_value(f, above) - _value(f, below)) / run
    return slope


def gradient_error(analytic: ArrayLike, numeric: ArrayLike, *, floor: float = 0.01) -> Array:
    """Return how far two gradients are apart, entry by entry, relative to their size.

    Formula: eq-gradient-error

    Parameters
    ----------
    analytic, numeric : array_like of one shape
        The gradient that was derived, and the one that was measured.
    floor : float, default 0.01
        Added to the size, so that an entry far below it is judged by its absolute error: two rounding
        errors around zero have no meaningful ratio.

    Returns
    -------
    ndarray of float64
        0 where the two agree, never above 2.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an array of finite numbers, the shapes differ, or the floor is not above 0.

    References
    ----------
    Stanford CS231n, notes "Neural networks 3", section on gradient checks (relative error by the larger
    of the two); the floor is ours.

    Examples
    --------
    >>> gradient_error([1.99, 1e-9], [2.99, 0.0]).round(3)
    array([0.333, 0.   ])
    """
    analytic = checked_array(analytic, "analytic").astype(np.float64)
    numeric = checked_array(numeric, "numeric", analytic.shape, hint="one slope for each entry")
    floor = checked_number(floor, "floor", above=0)
    return abs(analytic - numeric) / (np.maximum(abs(analytic), abs(numeric)) + floor)


def check_gradient(
    f: Callable[[Array], float],
    gradient: ArrayLike | Callable[[Array], ArrayLike],
    x: ArrayLike,
    *,
    step: float = 1e-6,
    rtol: float = 1e-5,
    atol: float = 1e-7,
) -> float:
    """Return the largest error of a gradient, or say which entry is wrong.

    An entry passes when ``abs(analytic - numeric) <= atol + rtol * max(abs(analytic), abs(numeric))``,
    which is `gradient_error` with a floor of ``atol / rtol`` held below `rtol`.

    Parameters
    ----------
    f : callable, ndarray -> float
        The function.
    gradient : callable, ndarray -> array, or array
        Its gradient, as a function of x or worked out at `x` already.
    x : array_like of any shape
        The point. Keep away from kinks (ReLU at 0): there the differences give the mean of both slopes.
    step : float, default 1e-6
        As in `numerical_gradient`.
    rtol, atol : float
        The largest relative and the largest absolute error that pass.

    Returns
    -------
    float
        The largest `gradient_error`.

    Raises
    ------
    GradientError
        If an entry is off; it names the worst.
    TypeError, ValueError
        As `numerical_gradient`, and if the gradient is not an array of finite numbers shaped like `x`.

    References
    ----------
    Stanford CS231n, notes "Neural networks 3", section on gradient checks.

    Examples
    --------
    >>> import numpy as np
    >>> check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x, [1.0, 2.0]) < 1e-9
    True
    >>> check_gradient(lambda x: np.sum(x**2), lambda x: 2 * x + [0, 1], [1.0, 2.0])
    Traceback (most recent call last):
    cvlessons.gradcheck.GradientError: the gradient at index (1,) is 5, and the numeric slope there is 4 \
(error 0.2, at most 1e-05 is allowed; 1 of 2 entries are off): check the derivation of this entry
    """
    x = checked_array(x, "x").astype(np.float64)
    rtol, atol = checked_number(rtol, "rtol", above=0), checked_number(atol, "atol", above=0)
    numeric = numerical_gradient(f, x, step=step)
    analytic = gradient(x) if callable(gradient) else gradient
    analytic = checked_array(analytic, "gradient", x.shape, hint="one slope for each entry of x")
    error = gradient_error(analytic, numeric, floor=atol / rtol)
    worst = tuple(int(i) for i in np.unravel_index(error.argmax(), error.shape))
    if error[worst] > rtol:
        counts = {"wrong": int((error > rtol).sum()), "entries": error.size}
        raise GradientError(worst, analytic[worst], numeric[worst], error[worst], **counts, rtol=rtol)
    return float(error[worst])


def _moved(x: Array, index: Shape, distance: float) -> Array:
    """Return a fresh copy of x with one entry moved, so that f may do with it what it likes."""
    moved = x.copy()
    moved[index] += distance
    return moved


def _value(f: Callable[[Array], float], x: Array) -> float:
    value = np.asarray(f(x))
    if value.shape != () or value.dtype.kind not in "biuf":
        raise TypeError(f"f must return one real number, got {value!r:.60}: sum or average it first")
    if not np.isfinite(value):
        raise ValueError(f"f must return a finite number, got {value} near x: check from another point")
    return float(value)


def _checked_function(f: object, name: str) -> None:
    if not callable(f):
        raise TypeError(f"{name} must be a function of x, got {f!r:.60}: try lambda x: (x**2).sum()")


def _checked_step(step: float, x: Array) -> float:
    step = checked_number(step, "step", above=0)
    largest = abs(x).max()
    if largest + step == largest:
        raise ValueError(f"step must be large enough to change x, got {step} beside {largest}: enlarge it")
    return step
