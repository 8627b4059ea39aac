"""The check under every exercise of the book: it says whether your answer holds, and never fails."""

import copy
import traceback
from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["check"]


def check(
    answer: Any,
    expected: Any = None,
    *,
    cases: Sequence[tuple[Any, Any]] | None = None,
    tolerance: float = 1e-6,
) -> None:
    """Print whether an answer is right, and where it is not, the first case that shows it.

    Parameters
    ----------
    answer : callable, number or array
        Your function, or the value that you worked out. A function gets copies of the arguments.
    expected : number, array, text, or a tuple or list of these, optional
        The right value, when `answer` is a value.
    cases : list of (tuple, value), optional
        Arguments and the right result, when `answer` is a function.
    tolerance : float, default 1e-6
        How far a number may be off, relative and absolute.

    Raises
    ------
    ValueError
        If neither `expected` nor `cases` is given, or both: the one who wrote the exercise must say
        what is right. Whatever the answer is or does, the check prints a sentence.

    Examples
    --------
    >>> check(2 + 2, 4)
    Right.
    >>> check(lambda a, b: a * b, cases=[((2, 2), 4), ((2, 3), 5)])
    Not yet: for (2, 3) your function gives 6, and 5 is right.
    >>> check(..., 4)
    Not yet: write your answer in place of the dots.
    """
    if (expected is None) == (not cases):
        raise ValueError("a check needs the expected value, or at least one case, and not both")
    tries = cases or [((), expected)]
    print(next((wrong for case in tries if (wrong := _wrong(answer, *case, tolerance))), "Right."))


def _wrong(answer: Any, arguments: tuple[Any, ...], expected: Any, tolerance: float) -> str:
    """Return what is wrong with one case, in words, or an empty text."""
    copies = copy.deepcopy(arguments)  # a function that writes into them must not spoil the next case
    try:
        got = answer(*copies) if callable(answer) else answer
    except Exception as error:  # the reader's own code may raise anything; it becomes a sentence
        said = "".join(traceback.format_exception_only(error)).strip()
        return f"Not yet: for {_say(arguments)} your function stopped with {said}"
    if got is ... or (got is None and not callable(answer)):
        return "Not yet: write your answer in place of the dots."
    if got is None:
        return f"Not yet: for {_say(arguments)} your function gives nothing back: end it with return."
    if _same(got, expected, tolerance):
        return ""
    asked = f"for {_say(arguments)} your function gives" if callable(answer) else "your answer is"
    return f"Not yet: {asked} {_say(got)}, and {_say(expected)} is right."


def _same(got: Any, expected: Any, tolerance: float) -> bool:
    if isinstance(expected, str):
        return isinstance(got, str) and got == expected
    if isinstance(expected, (tuple, list)):
        return _is_row(got, len(expected)) and all(
            _same(mine, right, tolerance) for mine, right in zip(got, expected, strict=True)
        )
    try:
        got, expected = np.asarray(got), np.asarray(expected)
    except Exception:  # rows of different lengths, or an object of the reader's that cannot be an array
        return False
    # NumPy would read the text "4" as the number 4, and drop the imaginary part of 4j.
    if got.dtype.kind not in "biuf" or got.shape != expected.shape:
        return False
    with np.errstate(over="ignore"):  # a difference beyond all floats is inf, and that is not close
        return np.allclose(got, expected, rtol=tolerance, atol=tolerance)


def _is_row(got: Any, length: int) -> bool:
    """Return whether `got` is a list, a tuple or an array of so many entries."""
    return (isinstance(got, (tuple, list)) or np.ndim(got) > 0) and len(got) == length


def _say(value: Any) -> str:
    """Return a value as the reader would type it: np.float64(2.5) as 2.5, a function as its name."""
    if isinstance(value, (tuple, list)):
        inside = ", ".join(_say(item) for item in value)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, np.ndarray):
        return np.array2string(value, separator=", ")
    if isinstance(value, np.generic):
        return repr(value.item())
    try:
        return getattr(value, "__name__", repr(value))
    except Exception:  # an int of more than 4300 digits, or an object of the reader's
        return f"a {type(value).__name__} that cannot be written down"
