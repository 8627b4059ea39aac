"""The checks at the door of every public function: the value, the rule and the cure in one line."""

import math
import numbers
from collections.abc import Collection
from typing import TypeVar

import numpy as np

from cvlessons._types import Array, ArrayLike

T = TypeVar("T")


def checked_array(
    value: ArrayLike, name: str, shape: tuple[int | str, ...] | None = None, *, hint: str = ""
) -> Array:
    """Return `value` as an array of finite floats of the given shape, or say what is wrong.

    Parameters
    ----------
    value : array_like of numbers
        float32 stays float32; everything else becomes float64.
    name : str
        What the reader calls it: the name of the argument.
    shape : tuple of int and str, optional
        One entry for each axis: a number is the size that it must have, a word names a size that
        is free, as in ``("height", "width", 3)``. By default any shape goes.
    hint : str
        The cure, added to the message about the shape.

    Returns
    -------
    ndarray of float32 or float64
        Not a copy where none is needed: the caller must not write into it.
    """
    array = _as_floats(value, name)
    if shape is not None and not _fits(array.shape, shape):
        cure = f": {hint}" if hint else ""
        raise ValueError(f"{name} has shape {_spell(shape)}, got {array.shape}{cure}")
    if array.size == 0:
        raise ValueError(f"{name} is empty (shape {array.shape}): give at least one number")
    if not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(
            f"{name} must hold finite numbers, got {array[where]} at index {where}: "
            "find out which step made it, or replace it"
        )
    return array


def checked_int(value: object, name: str, *, minimum: int) -> int:
    """Return `value` as an int that is at least `minimum`, or say what is wrong."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(f"{name} must be a whole number, got {_short(value)}: use an int")
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {value}")
    return int(value)


def checked_number(
    value: object,
    name: str,
    *,
    above: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> float:
    """Return `value` as a finite float within the bounds, or say what is wrong."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(f"{name} must be a number, got {_short(value)}: use an int or a float")
    rules = [
        (_is_finite(value), "finite"),
        (above is None or value > above, f"above {above}"),  # type: ignore[operator]
        (minimum is None or value >= minimum, f"at least {minimum}"),  # type: ignore[operator]
        (maximum is None or value <= maximum, f"at most {maximum}"),
    ]
    for holds, rule in rules:
        if not holds:
            raise ValueError(f"{name} must be {rule}, got {value}")
    return float(value)


def checked_choice(value: T, name: str, choices: Collection[object]) -> T:
    """Return `value` if it is one of `choices`, or say which there are."""
    try:
        is_one = value in choices
    except (TypeError, ValueError):  # a list cannot be looked up in a dict, nor an array be true or false
        is_one = False
    if not is_one:
        known = ", ".join(repr(choice) for choice in choices)
        raise ValueError(f"{name} must be one of {known}, got {_short(value)}")
    return value


def _as_floats(value: ArrayLike, name: str) -> Array:
    try:
        array = np.asarray(value)
    except ValueError as error:  # rows of different lengths
        raise ValueError(
            f"{name} must be a regular array, got {_short(value)}: make every row as long as the first"
        ) from error
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold real numbers, got {array.dtype} in {_short(value)}")
    if np.ma.is_masked(value):
        raise ValueError(
            f"{name} must hold no masked entries, got {_short(value)}: fill them, {name}.filled(0)"
        )
    with np.errstate(over="ignore"):  # a longdouble beyond float64 is inf, and refused as that
        return array if array.dtype == np.float32 else array.astype(np.float64, copy=False)


def _is_finite(value: numbers.Real) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond all floats
        return False


def _short(value: object) -> str:
    """Return what the reader gave, in one line."""
    return " ".join(f"{value!r:.60}".split())


def _fits(got: tuple[int, ...], wanted: tuple[int | str, ...]) -> bool:
    return len(got) == len(wanted) and all(
        isinstance(want, str) or size == want for size, want in zip(got, wanted, strict=True)
    )


def _spell(shape: tuple[int | str, ...]) -> str:
    inside = ", ".join(str(size) for size in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"
