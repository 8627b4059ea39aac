"""The layers of a network that is fast in plain NumPy: each goes forward, and back.

Chapter: ``book/engine.md``. The networks made of them are `cvlessons.sequential.Sequential`.

Pictures are float32 of shape (batch, height, width, channels), rows of numbers (batch, n). A layer is built
once for the shape of one example; ``forward`` keeps what ``backward`` needs; ``backward`` takes the slopes of
the cost by what went out, fills ``gradients`` and returns the slopes by what came in.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cvlessons._memory import keep_at_hand
from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_choice, checked_int, checked_number
from cvlessons._windows import STRIP, correlate_padded, count_neighbours, pad, strips_of_windows
from cvlessons.conv_shape import conv_output_shape, pool_output_shape
from cvlessons.network import initial_std

__all__ = [
    "AveragePool",
    "Conv2D",
    "Dense",
    "Dropout",
    "Flatten",
    "Layer",
    "LeakyReLU",
    "MaxPool",
    "ReLU",
    "Sigmoid",
    "Tanh",
    "correlate",
    "correlate_work",
]

keep_at_hand()


def correlate(x: Array, kernel: Array, bias: ArrayLike = 0, *, stride: int = 1, padding: int = 0) -> Array:
    """Slide the kernels over a batch of pictures by matrix products.

    Each row of a matrix holds a window of the picture, and each column of another one a kernel. Windows
    that are neighbours share most of their pixels. So t of them are one wider window, which is copied once,
    and t shifted copies of the kernels make a band matrix that reads it t times. The windows are never all
    there at once: a strip of them is copied, multiplied, and written over by the next.

    Parameters
    ----------
    x : ndarray of shape (batch, height, width, in_channels)
    kernel : ndarray of shape (kernel_height, kernel_width, in_channels, out_channels)
    bias : ndarray of shape (out_channels,), default 0
    stride, padding : int
        As in `cvlessons.convolution.conv2d`; a size that does not divide is cut off.

    Returns
    -------
    ndarray of shape (batch, out_height, out_width, out_channels)

    Raises
    ------
    TypeError
        If x does not hold floats, or `stride` or `padding` is no whole number.
    ValueError
        If the shapes do not fit together, or `stride` or `padding` is too small.

    References
    ----------
    K. Chellapilla, S. Puri, P. Simard, "High performance convolutional neural networks for document
    processing", 2006: convolution as a matrix product.

    Examples
    --------
    >>> correlate(np.ones((1, 4, 4, 1), np.float32), np.ones((3, 3, 1, 1), np.float32))[0, :, :, 0]
    array([[9., 9.],
           [9., 9.]], dtype=float32)
    """
    _check_correlate(x, kernel, stride, padding)
    return correlate_padded(pad(x, padding), kernel, bias, stride)


def correlate_work(
    out_size: tuple[int, int],
    kernel_shape: tuple[int, int, int, int],
    *,
    stride: int = 1,
    neighbours: int | None = None,
) -> tuple[int, int]:
    """Return how many numbers `correlate` copies for a picture, and how many multiplications it then does.

    Formula: eq-engine-copied
    Formula: eq-engine-multiplications

    Parameters
    ----------
    out_size : (int, int)
        (out_height, out_width).
    kernel_shape : (int, int, int, int)
        (kernel_height, kernel_width, in_channels, out_channels).
    stride : int, default 1
    neighbours : int, optional
        t, how many outputs share a window: a divisor of out_width. By default what `correlate` takes.

    Returns
    -------
    copied, multiplications : int
        Without the bias.

    Raises
    ------
    TypeError
        If a number is not whole.
    ValueError
        If a number is below 1, or `neighbours` does not divide the width.

    Examples
    --------
    >>> correlate_work((28, 28), (3, 3, 1, 8), neighbours=1)
    (7056, 56448)
    >>> correlate_work((28, 28), (3, 3, 1, 8), neighbours=7)
    (3024, 169344)
    """
    out_height, out_width = (checked_int(n, f"out_size[{k}]", minimum=1) for k, n in enumerate(out_size))
    height, width, channels, filters = (
        checked_int(n, f"kernel_shape[{k}]", minimum=1) for k, n in enumerate(kernel_shape)
    )
    t = count_neighbours(out_width, filters) if neighbours is None else neighbours
    if out_width % checked_int(t, "neighbours", minimum=1):
        raise ValueError(f"neighbours must divide the width {out_width}, got {t}")
    wide = width + (t - 1) * checked_int(stride, "stride", minimum=1)
    copied = out_height * out_width // t * height * wide * channels
    return copied, copied * t * filters


def _check_correlate(x: Array, kernel: Array, stride: int, padding: int) -> None:
    checked_int(stride, "stride", minimum=1)
    room = 2 * checked_int(padding, "padding", minimum=0)
    if x.dtype.kind != "f":
        raise TypeError(f"x must hold floats, got {x.dtype}: x.astype(np.float32)")
    if x.ndim != 4 or kernel.ndim != 4 or x.shape[3] != kernel.shape[2]:
        raise ValueError(
            "x has shape (batch, height, width, channels) and kernel (kernel_height, kernel_width, channels, "
            f"filters), got {x.shape} and {kernel.shape}"
        )
    if kernel.shape[0] > x.shape[1] + room or kernel.shape[1] > x.shape[2] + room:
        raise ValueError(
            f"a kernel of {kernel.shape[:2]} does not fit into pictures of {x.shape[1:3]} with padding "
            f"{padding}: take a smaller kernel or more padding"
        )


class Layer:
    """What every layer can do; by itself it changes nothing.

    Attributes
    ----------
    parameters, gradients : list of ndarray
        What is learned, and after `backward` the slopes of the cost by it. Empty for most layers.
    """

    keeps_output = False  # whether `backward` reads what `forward` returned: nobody may write over it
    in_place = False  # whether this layer may write over what it is given
    first = False  # whether nobody asks for the slopes by what came in
    taken = False  # whether it belongs to a network already

    def __init__(self) -> None:
        self.parameters: list[Array] = []
        self.gradients: list[Array] = []

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self.options().items())
        return f"{type(self).__name__}({options})"

    def options(self) -> dict[str, Any]:
        """Return what the layer was made with, as a dict: enough to make another one."""
        return {}

    def build(self, shape: Shape, rng: np.random.Generator) -> Shape:
        """Make the first weights for examples of this shape, and return the shape that goes out."""
        return shape

    def forward(self, x: Array, training: bool = False) -> Array:
        """Return what goes out for a batch; `training` switches dropout on."""
        return x

    def backward(self, dy: Array) -> Array | None:
        """Return the slopes by what came in, from those by what went out, after a `forward`."""
        return dy

    def kept_bytes(self, shape: Shape, out_shape: Shape) -> int:
        """Return how many bytes `forward` keeps or makes for one example."""
        return 4 * int(np.prod(out_shape))

    def work_bytes(self, shape: Shape, out_shape: Shape) -> int:
        """Return how many bytes it works with, however many examples there are."""
        return 0


class Dense(Layer):
    """Every number with every number: y = x W.T + b, an example a row.

    Parameters
    ----------
    units : int
        How many numbers go out.

    Notes
    -----
    The weights W have the slides' shape (n_l, n_prev), the transpose of Keras's kernel.

    Examples
    --------
    >>> layer = Dense(2)
    >>> layer.build((3,), np.random.default_rng(0))
    (2,)
    >>> layer.forward(np.zeros((5, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(self, units: int) -> None:
        super().__init__()
        self.units = checked_int(units, "units", minimum=1)

    def options(self) -> dict[str, Any]:
        return {"units": self.units}

    def build(self, shape: Shape, rng: np.random.Generator) -> Shape:
        if len(shape) != 1:
            raise ValueError(f"Dense takes a row of numbers, got the shape {shape}: put Flatten() before it")
        # W.T lies in one piece: so does each row of the product with it, and forward is a quarter faster.
        W = np.asfortranarray(_start((self.units, *shape), shape[0], rng))
        self.parameters = [W, np.zeros(self.units, np.float32)]
        return (self.units,)

    def forward(self, x: Array, training: bool = False) -> Array:
        W, b = self.parameters
        self.x = x
        y = x @ W.T
        y += b
        return y

    def backward(self, dy: Array) -> Array | None:
        self.gradients = [(self.x.T @ dy).T, np.ones(len(dy), dy.dtype) @ dy]  # a product, faster than sum
        return None if self.first else dy @ self.parameters[0]


class Conv2D(Layer):
    """Kernels slide over the picture: `cvlessons.convolution.conv2d`, for a batch and fast.

    Parameters
    ----------
    filters : int
        K, how many kernels.
    size : int, default 3
        F, the side of a kernel.
    stride : int, default 1
        S.
    padding : int, default 0
        P, zeros on each side. (size - 1) / 2 keeps the size of the picture.
    floor : bool, default False
        Whether a size that does not divide is cut off in place of refused.

    Examples
    --------
    >>> Conv2D(8, padding=1).build((28, 28, 1), np.random.default_rng(0))
    (28, 28, 8)
    """

    def __init__(
        self, filters: int, size: int = 3, *, stride: int = 1, padding: int = 0, floor: bool = False
    ) -> None:
        super().__init__()
        self.filters = checked_int(filters, "filters", minimum=1)
        self.size = checked_int(size, "size", minimum=1)
        self.stride = checked_int(stride, "stride", minimum=1)
        self.padding = checked_int(padding, "padding", minimum=0)
        self.floor = bool(floor)

    def options(self) -> dict[str, Any]:
        names = ("filters", "size", "stride", "padding", "floor")
        return {name: getattr(self, name) for name in names}

    def build(self, shape: Shape, rng: np.random.Generator) -> Shape:
        fan_in = self.size**2 * _channels(shape, "Conv2D")
        self.parameters = [
            _start((self.size, self.size, shape[2], self.filters), fan_in, rng),
            np.zeros(self.filters, np.float32),
        ]
        return conv_output_shape(
            shape,
            self.filters,
            self.size,
            stride=self.stride,
            padding=self.padding,
            floor=self.floor,
        )

    def forward(self, x: Array, training: bool = False) -> Array:
        self.shape, self.padded = x.shape, pad(x, self.padding)
        kernel, bias = self.parameters
        return correlate_padded(self.padded, kernel, bias, self.stride)

    def backward(self, dy: Array) -> Array | None:
        kernel, s = self.parameters[0], self.stride
        height, width, channels, filters = kernel.shape
        t = count_neighbours(dy.shape[2], filters)
        rows = dy.reshape(-1, t * filters)
        slopes: Any = 0
        for place, windows in strips_of_windows(self.padded, kernel.shape, t, s):
            slopes = slopes + windows.T @ rows[place]
        # The slopes of the band matrix; each weight stands in it t times, so its slopes add up.
        band = slopes[:-1].reshape(height, -1, channels, t, filters)
        by_kernel: Any = sum(band[:, i * s : i * s + width, :, i] for i in range(t))
        self.gradients = [by_kernel, slopes[-1].reshape(t, filters).sum(axis=0)]
        return None if self.first else self._input_slopes(dy)

    def _input_slopes(self, dy: Array) -> Array:
        kernel, s, p = self.parameters[0], self.stride, self.padding
        if s == 1 and p < self.size:  # the kernel turned by half a circle, slid over the slopes
            turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
            return correlate_padded(pad(dy, self.size - 1 - p), turned, 0, 1)
        batch, height, width, channels = self.shape
        dx = np.zeros((batch, height + 2 * p, width + 2 * p, channels), dy.dtype)
        down, right = (s * size for size in dy.shape[1:3])
        for i in range(self.size):  # each weight hands its output's slope to the pixel that it has read
            for j in range(self.size):
                dx[:, i : i + down : s, j : j + right : s] += dy @ kernel[i, j].T
        return dx[:, p : p + height, p : p + width]

    def kept_bytes(self, shape: Shape, out_shape: Shape) -> int:
        padded = (shape[0] + 2 * self.padding) * (shape[1] + 2 * self.padding) * shape[2]
        return 4 * int(np.prod(out_shape) + padded)

    def work_bytes(self, shape: Shape, out_shape: Shape) -> int:
        # A strip has at least one line of windows, of the pictures or on the way back of the slopes.
        ways = (out_shape[1], shape[2], self.filters), (shape[1], self.filters, shape[2])
        lines = [4 * width * self.size * (self.size + 3) * channels for width, channels, _ in ways]
        return max(STRIP, *lines)


class MaxPool(Layer):
    """The largest number of each window, in two steps of pairwise maxima: along the rows, then down.

    `numpy.take` copies whole pixels, so that what is compared lies in long pieces. Of equals the first wins.

    Parameters
    ----------
    size : int, default 2
        F, the side of a window; the windows lie side by side.
    floor : bool, default False
        Whether pixels at the end that fill no window are left out in place of refused.

    Examples
    --------
    >>> MaxPool().forward(np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 5.,  7.],
           [13., 15.]], dtype=float32)
    """

    def __init__(self, size: int = 2, *, floor: bool = False) -> None:
        super().__init__()
        self.size = checked_int(size, "size", minimum=1)
        self.floor = checked_choice(floor, "floor", (True, False))

    def options(self) -> dict[str, Any]:
        return {"size": self.size, **({"floor": True} if self.floor else {})}

    def build(self, shape: Shape, rng: np.random.Generator) -> Shape:
        _channels(shape, type(self).__name__)
        return pool_output_shape(shape, self.size, floor=self.floor)

    def _whole(self, x: Array) -> Array:
        """Return the pixels that fill windows: all, or all but a rest at the end."""
        self.shape, s = x.shape, self.size
        return x[:, : x.shape[1] // s * s, : x.shape[2] // s * s]

    def _with_rest(self, dx: Array) -> Array:
        """Return the slopes with zeros for the pixels that were left out."""
        if dx.shape == self.shape:
            return dx
        whole = np.zeros(self.shape, dx.dtype)
        whole[:, : dx.shape[1], : dx.shape[2]] = dx
        return whole

    def forward(self, x: Array, training: bool = False) -> Array:
        x = self._whole(x)
        s, width = self.size, x.shape[2]
        best, self.later_columns = _largest([x.take(np.arange(i, width, s), axis=2) for i in range(s)])
        best, self.later_rows = _largest([best[:, i::s] for i in range(s)])
        return best

    def backward(self, dy: Array) -> Array | None:
        batch, height, width, channels = dy.shape
        s = self.size
        rows = np.empty((batch, height * s, width, channels), dy.dtype)
        _hand_back(dy, self.later_rows, [rows[:, i::s] for i in range(s)])
        dx = np.empty((batch, height * s, width * s, channels), dy.dtype)
        _hand_back(rows, self.later_columns, [dx[:, :, i * width : (i + 1) * width] for i in range(s)])
        return self._with_rest(dx.take(np.arange(s * width).reshape(s, width).T.ravel(), axis=2))


def _largest(slices: Sequence[Array]) -> tuple[Array, list[Array]]:
    """Return the largest of several arrays number by number, and where each later one won."""
    best, later = slices[0], []
    for part in slices[1:]:
        later.append(part > best)  # of equals the first wins
        best = np.maximum(best, part)
    return best, later


def _hand_back(slopes: Array, later: Sequence[Array], places: Sequence[Array]) -> None:
    """Write the slopes to the places of the arrays that won, and zeros to the others."""
    if not later:
        places[0][...] = slopes
    for won, place in zip(reversed(later), reversed(places[1:]), strict=True):
        np.multiply(slopes, won, out=place)
        slopes = np.subtract(slopes, place, out=places[0])


class AveragePool(MaxPool):
    """The mean of each window.

    Parameters
    ----------
    size : int, default 2
        F, the side of a window; the windows lie side by side.
    floor : bool, default False
        Whether pixels at the end that fill no window are left out in place of refused.

    Examples
    --------
    >>> AveragePool().forward(np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]], dtype=float32)
    """

    def forward(self, x: Array, training: bool = False) -> Array:
        x, s = self._whole(x), self.size
        rows: Any = sum(x[:, :, i::s] for i in range(s))
        return sum(rows[:, i::s] for i in range(s)) / np.float32(s * s)

    def backward(self, dy: Array) -> Array | None:
        shares = dy / np.float32(self.size**2)
        return self._with_rest(shares.repeat(self.size, axis=1).repeat(self.size, axis=2))


class ReLU(Layer):
    """max(0, x), number by number.

    Examples
    --------
    >>> ReLU().forward(np.array([[-1, 2]], np.float32))
    array([[0., 2.]], dtype=float32)
    """

    keeps_output = True

    def forward(self, x: Array, training: bool = False) -> Array:
        self.y = np.maximum(x, 0, out=x if self.in_place else None)
        return self.y

    def backward(self, dy: Array) -> Array | None:
        return np.multiply(dy, self.y > 0, out=dy if self.in_place else None)


class LeakyReLU(Layer):
    """x where it is positive, else a small part of it.

    Parameters
    ----------
    slope : float from 0 to 1, default 0.01
        The part.

    Examples
    --------
    >>> LeakyReLU(0.1).forward(np.array([[-1, 2]], np.float32))
    array([[-0.1,  2. ]], dtype=float32)
    """

    def __init__(self, slope: float = 0.01) -> None:
        super().__init__()
        self.slope = checked_number(slope, "slope", minimum=0, maximum=1)

    def options(self) -> dict[str, Any]:
        return {"slope": self.slope}

    def forward(self, x: Array, training: bool = False) -> Array:
        self.steepness = np.where(x > 0, np.float32(1), np.float32(self.slope))
        return x * self.steepness

    def backward(self, dy: Array) -> Array | None:
        return dy * self.steepness


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), number by number.

    Examples
    --------
    >>> Sigmoid().forward(np.array([[0, 100]], np.float32))
    array([[0.5, 1. ]], dtype=float32)
    """

    keeps_output = True

    def forward(self, x: Array, training: bool = False) -> Array:
        # By way of tanh: no exponential of a large number, so no overflow.
        self.y = np.tanh(x / 2)
        self.y += 1
        self.y /= 2
        return self.y

    def backward(self, dy: Array) -> Array | None:
        return dy * (self.y * (1 - self.y))


class Tanh(Layer):
    """tanh(x), number by number.

    Examples
    --------
    >>> Tanh().forward(np.array([[0, 100]], np.float32))
    array([[0., 1.]], dtype=float32)
    """

    keeps_output = True

    def forward(self, x: Array, training: bool = False) -> Array:
        self.y = np.tanh(x)
        return self.y

    def backward(self, dy: Array) -> Array | None:
        return dy * (1 - self.y * self.y)


class Dropout(Layer):
    """While it learns: a share of the numbers becomes zero by chance, the others grow to make up for it.

    Formula: eq-dropout

    Parameters
    ----------
    rate : float from 0, below 1
        The share.

    References
    ----------
    N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting", Journal of
    Machine Learning Research 15, 2014.

    Examples
    --------
    >>> layer = Dropout(0.5)
    >>> layer.build((6,), np.random.default_rng(0))
    (6,)
    >>> layer.forward(np.ones((1, 6), np.float32), training=True)
    array([[2., 2., 2., 0., 0., 0.]], dtype=float32)
    """

    def __init__(self, rate: float) -> None:
        super().__init__()
        self.rate = checked_number(rate, "rate", minimum=0)
        if self.rate >= 1:
            raise ValueError(f"rate must be below 1, got {rate}: with 1 nothing would get through")

    def options(self) -> dict[str, Any]:
        return {"rate": self.rate}

    def build(self, shape: Shape, rng: np.random.Generator) -> Shape:
        self.rng = rng
        return shape

    def forward(self, x: Array, training: bool = False) -> Array:
        if not training:
            self.mask = None
            return x
        self.mask = (self.rng.random(x.shape, np.float32) >= self.rate) * np.float32(1 / (1 - self.rate))
        return x * self.mask

    def backward(self, dy: Array) -> Array | None:
        return dy if self.mask is None else dy * self.mask


class Flatten(Layer):
    """A picture as one row of numbers, row after row of its pixels, channels last.

    Examples
    --------
    >>> Flatten().build((4, 4, 16), None)
    (256,)
    """

    def build(self, shape: Shape, rng: np.random.Generator) -> Shape:
        return (int(np.prod(shape)),)

    def forward(self, x: Array, training: bool = False) -> Array:
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, dy: Array) -> Array | None:
        return dy.reshape(self.shape)

    def kept_bytes(self, shape: Shape, out_shape: Shape) -> int:
        return 0  # another view of the same numbers


def _start(shape: Shape, fan_in: int, rng: np.random.Generator) -> Array:
    """Return He's first weights."""
    std = np.float32(initial_std(fan_in, 1, "relu"))
    return rng.standard_normal(shape, np.float32) * std


def _channels(shape: Shape, name: str) -> int:
    if len(shape) != 3:
        raise ValueError(
            f"{name} takes (height, width, channels), got the shape {shape}: put it before Flatten()"
        )
    return shape[2]
