"""Pictures as matrices of windows: what the convolution layers of `cvlessons.engine` multiply.

Chapter: ``book/engine.md``.
"""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import as_strided

from cvlessons._types import Array, ArrayLike, Shape

COLUMNS = 16
"""How many columns a matrix product should have: with fewer, the processor's vector units wait."""
STRIP = 2**18
"""How many bytes of windows are copied at a time: they are multiplied while they are still in the cache."""
PRODUCT = 10**6
"""How many multiplications a strip may need: for more of them OpenBLAS copies the matrices once more."""


def correlate_padded(x: Array, kernel: Array, bias: ArrayLike, stride: int) -> Array:
    """Return what `cvlessons.engine.correlate` does, for pictures that are padded already."""
    height, width, _, filters = kernel.shape
    shape = (len(x), (x.shape[1] - height) // stride + 1, (x.shape[2] - width) // stride + 1, filters)
    t = count_neighbours(shape[2], filters)
    band = band_matrix(kernel, bias, t, width + (t - 1) * stride, stride)
    y = np.empty(shape, np.result_type(x, band))
    rows = y.reshape(-1, t * filters)
    for place, windows in strips_of_windows(x, kernel.shape, t, stride):
        np.matmul(windows, band, out=rows[place])
    return y


def count_neighbours(out_width: int, filters: int, most: int = 4) -> int:
    """Return how many outputs share a window: a divisor of the width, and about COLUMNS columns at most."""
    return max(t for t in range(1, most + 1) if out_width % t == 0 and (t == 1 or t * filters <= COLUMNS))


def pad(x: Array, padding: int) -> Array:
    """Return x with a border of zeros; for few channels much faster than `np.pad`."""
    if padding == 0:
        return np.ascontiguousarray(x)
    batch, height, width, channels = x.shape
    padded = np.zeros((batch, height + 2 * padding, width + 2 * padding, channels), x.dtype)
    padded[:, padding : padding + height, padding : padding + width] = x
    return padded


def view_windows(x: Array, window_height: int, window_width: int, down: int, right: int) -> Array:
    """Return a view of all windows: (batch, rows, columns, window_height, window_width * channels)."""
    batch, height, width, channels = x.shape
    rows, columns = (height - window_height) // down + 1, (width - window_width) // right + 1
    a, b, c, d = x.strides
    shape = (batch, rows, columns, window_height, window_width * channels)
    return as_strided(x, shape, (a, down * b, right * c, b, d), writeable=False)


def strips_of_windows(x: Array, kernel_shape: Shape, t: int, stride: int) -> Iterator[tuple[slice, Array]]:
    """Yield the windows that t outputs share, a strip at a time, each after the rows of the product it makes.

    A strip is several pictures, or some lines of one. The next strip is written over it.
    """
    height, width, channels, filters = kernel_shape
    wide = width + (t - 1) * stride
    view = view_windows(x, height, wide, stride, t * stride)
    batch, lines, groups = view.shape[:3]
    length = height * wide * channels
    line = groups * (length + 1)
    most = max(1, min(STRIP // (x.itemsize * line), PRODUCT // (line * t * filters)))  # lines in a strip
    pictures, most = max(1, most // lines), min(most, lines)
    # One more column of ones, for the bias: the product adds it on the way.
    strip = np.ones((pictures * most * groups, length + 1), x.dtype)
    run = np.dtype((np.void, x.itemsize * wide * channels))  # a row of a window, copied in one piece
    for first in range(0, batch, pictures):
        for top in range(0, lines, most):
            part = view[first : first + pictures, top : top + most]
            start, count = (first * lines + top) * groups, part[..., 0, 0].size
            windows = strip[:count]
            windows[:, :length].reshape(part.shape).view(run)[...] = part.view(run)
            yield slice(start, start + count), windows


def band_matrix(kernel: Array, bias: ArrayLike, t: int, wide: int, stride: int) -> Array:
    """Return t copies of the kernels, each shifted by a stride, as columns, and the bias under them."""
    height, width, channels, filters = kernel.shape
    matrix = np.zeros((height * wide * channels + 1, t, filters), np.result_type(kernel, bias))
    band = matrix[:-1].reshape(height, wide, channels, t, filters)
    for i in range(t):
        band[:, i * stride : i * stride + width, :, i] = kernel
    matrix[-1] = bias
    return matrix.reshape(-1, t * filters)
