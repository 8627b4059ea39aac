"""The short names of types that signatures use; shapes and kinds of numbers are in the docstrings."""

import os
from collections.abc import Sequence
from typing import Any

from numpy.typing import ArrayLike, NDArray

__all__ = ["Array", "ArrayLike", "AsGiven", "Layers", "Pairs", "PathLike", "Shape"]

Array = NDArray[Any]
# A number for a number, an array for an array: NumPy's own functions promise no more either.
AsGiven = Any
# One pair (W, b) for each layer, first layer first.
Layers = Sequence[tuple[ArrayLike, ArrayLike]]
Pairs = list[tuple[Array, Array]]
Shape = tuple[int, ...]
PathLike = str | os.PathLike[str]
