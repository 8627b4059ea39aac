"""The sizes inside a CNN: what a layer makes of its input, its weights and its multiplications.

Chapter: ``book/cnn_layers.md`` (slides 53 to 57). A size that does not divide is an error that names
the nearest sizes that do; ``floor=True`` drops the remainder, as the frameworks do.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cvlessons._types import Shape
from cvlessons._validate import checked_int

__all__ = [
    "CnnTable",
    "Conv",
    "Dense",
    "Flatten",
    "NearestSizes",
    "Pool",
    "ReLU",
    "Row",
    "cnn_table",
    "conv_output_shape",
    "conv_output_size",
    "n_multiplications",
    "n_weights",
    "nearest_sizes",
    "output_shape",
    "pool_output_shape",
    "pool_output_size",
    "same_padding",
]


# ---- one axis -------------------------------------------------------------------------------------


def conv_output_size(
    input_size: int, filter_size: int, *, stride: int = 1, padding: int = 0, floor: bool = False
) -> int:
    """Return how many places a filter has along one axis, W2 = (W1 - F + 2P) / S + 1.

    Formula: eq-conv-size

    Parameters
    ----------
    input_size : int
        W1 (or H1), in pixels.
    filter_size : int
        F, in pixels.
    stride : int, default 1
        S, in pixels from one place to the next.
    padding : int, default 0
        P, the pixels added on each side.
    floor : bool, default False
        Whether to drop the pixels at the end that the last step does not reach, as the frameworks do.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If a size is not a whole number.
    ValueError
        If a size is too small, the filter does not fit into the padded input, or the stride does not
        divide: then the message names the nearest sizes for which it does.

    References
    ----------
    Slide 55 of the workshop; V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep
    learning", 2016, relationship 6, arXiv:1603.07285.

    Examples
    --------
    >>> conv_output_size(28, 3), conv_output_size(28, 3, padding=1), conv_output_size(7, 3, stride=2)
    (26, 28, 3)
    >>> conv_output_size(28, 3, stride=2, floor=True)
    13
    >>> conv_output_size(28, 3, stride=2)
    Traceback (most recent call last):
    ...
    ValueError: a filter of 3 with stride 2 and padding 0 does not end at the edge of an input of 28: \
(28 - 3) / 2 + 1 = 13.5. These do: input 27 or 29; stride 1 or 5. \
Or pass floor=True, as the frameworks do, to leave out the last 1 of 28 pixels
    """
    W1, F, S, P = _checked_sizes(input_size, filter_size, stride, padding)
    if not floor and not _divides(W1, F, S, P):
        nearest = nearest_sizes(W1, F, stride=S, padding=P)
        raise ValueError(_explain(f"a filter of {F} with stride {S} and padding {P}", W1, F, S, P, nearest))
    return (W1 - F + 2 * P) // S + 1


def pool_output_size(
    input_size: int, pool_size: int, *, stride: int | None = None, floor: bool = False
) -> int:
    """Return how many windows a pooling layer has along one axis, W2 = (W1 - F) / S + 1.

    Formula: eq-pool-size

    Parameters
    ----------
    input_size : int
        W1 (or H1), in pixels.
    pool_size : int
        F, the side of the window in pixels.
    stride : int, optional
        S; by default `pool_size`, so that the windows lie side by side.
    floor : bool, default False
        As in `conv_output_size`, whose errors it shares; only padding it has none to offer.

    Returns
    -------
    int

    References
    ----------
    Slide 57 of the workshop.

    Examples
    --------
    >>> pool_output_size(4, 2), pool_output_size(7, 3, stride=2), pool_output_size(5, 2, floor=True)
    (2, 3, 2)
    """
    stride = pool_size if stride is None else stride
    W1, F, S, _ = _checked_sizes(input_size, pool_size, stride, 0, what="window")
    if not floor and not _divides(W1, F, S):
        nearest = replace(nearest_sizes(W1, F, stride=S), paddings=())
        raise ValueError(_explain(f"a window of {F} with stride {S}", W1, F, S, 0, nearest))
    return (W1 - F) // S + 1


def same_padding(filter_size: int) -> int:
    """Return the padding that keeps the size at stride 1, P = (F - 1) / 2.

    Formula: eq-same-padding

    Parameters
    ----------
    filter_size : int
        F, in pixels; odd.

    Returns
    -------
    int
        Pixels on each side.

    Raises
    ------
    TypeError
        If F is not a whole number.
    ValueError
        If F is even: no padding that is equal on both sides keeps the size then.

    References
    ----------
    Slide 56 of the workshop; V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep
    learning", 2016, relationship 3 ("half padding"), arXiv:1603.07285.

    Examples
    --------
    >>> [same_padding(F) for F in (1, 3, 5, 7)]
    [0, 1, 2, 3]
    """
    filter_size = checked_int(filter_size, "filter_size", minimum=1)
    if filter_size % 2 == 0:
        raise ValueError(
            f"filter_size must be odd to keep the size with equal padding on both sides, got {filter_size}: "
            f"(F - 1) / 2 = {(filter_size - 1) / 2}; use {filter_size - 1} or {filter_size + 1}"
        )
    return (filter_size - 1) // 2


@dataclass(frozen=True)
class NearestSizes:
    """The nearest sizes for which a filter ends at the edge: below and above, where there are any."""

    inputs: Shape
    paddings: Shape
    strides: Shape


def nearest_sizes(input_size: int, filter_size: int, *, stride: int = 1, padding: int = 0) -> NearestSizes:
    """Return the nearest inputs, paddings and strides for which W1 - F + 2P is a multiple of S.

    Parameters
    ----------
    input_size, filter_size, stride, padding
        As in `conv_output_size`, and with its errors.

    Returns
    -------
    NearestSizes
        Each holds at most two values, one on either side; one value, the given one, where it divides
        already. A padding as large as the filter is never named: it would see nothing but zeros.

    References
    ----------
    Slide 55 of the workshop, which leaves open what happens when the division does not come out.

    Examples
    --------
    >>> nearest_sizes(28, 5, stride=3)
    NearestSizes(inputs=(26, 29), paddings=(2,), strides=(1, 23))
    """
    W1, F, S, P = _checked_sizes(input_size, filter_size, stride, padding)
    inputs = range(max(1, W1 - S + 1), W1 + S)  # the remainder repeats itself every S pixels
    strides = range(1, max(W1 - F + 2 * P, S) + 1)
    return NearestSizes(
        inputs=_nearest(W1, [size for size in inputs if _divides(size, F, S, P)]),
        paddings=_nearest(P, [pixels for pixels in range(F) if _divides(W1, F, S, pixels)]),
        strides=_nearest(S, [step for step in strides if _divides(W1, F, step, P)]),
    )


# ---- whole layers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Conv:
    """A convolution layer: K filters of F x F, stride S, padding P on each side, one bias a filter."""

    n_filters: int
    filter_size: int
    stride: int = 1
    padding: int = 0
    floor: bool = False


@dataclass(frozen=True)
class Pool:
    """A pooling layer, max or average: windows of F x F; by default they lie side by side."""

    size: int = 2
    stride: int | None = None
    floor: bool = False


@dataclass(frozen=True)
class ReLU:
    """An activation layer: each number for itself, so the shape stays."""


@dataclass(frozen=True)
class Flatten:
    """Turns a volume into one long vector, without arithmetic."""


@dataclass(frozen=True)
class Dense:
    """A fully connected layer: each output has a weight for each input, and a bias."""

    n_outputs: int


Layer = Conv | Pool | ReLU | Flatten | Dense


def conv_output_shape(
    input_shape: Shape,
    n_filters: int,
    filter_size: int | Sequence[int],
    *,
    stride: int = 1,
    padding: int = 0,
    floor: bool = False,
) -> Shape:
    """Return the shape that a convolution layer makes: the size formula twice, and one channel a filter.

    Formula: eq-conv-size

    Parameters
    ----------
    input_shape : tuple of int
        (height, width, channels), the slide's H1, W1 and D1.
    n_filters : int
        K: each filter makes one channel, D2 = K.
    filter_size : int or (int, int)
        F; a pair for a filter that is not square, its height first.
    stride, padding, floor
        As in `conv_output_size`, and with its errors; here they say which axis is meant.

    Returns
    -------
    tuple of int
        (height, width, n_filters).

    References
    ----------
    Slide 55 of the workshop.

    Examples
    --------
    >>> conv_output_shape((28, 28, 1), n_filters=8, filter_size=3)
    (26, 26, 8)
    """
    height, width, _ = _checked_volume(input_shape)
    n_filters = checked_int(n_filters, "n_filters", minimum=1)
    options = {"stride": stride, "padding": padding, "floor": floor}
    F = tuple(filter_size) if isinstance(filter_size, (tuple, list)) else (filter_size, filter_size)
    if len(F) != 2:
        raise ValueError(f"filter_size is one number or a pair (height, width), got {filter_size!r}")
    return (*_both_axes(conv_output_size, (height, width), F, **options), n_filters)


def pool_output_shape(
    input_shape: Shape, pool_size: int = 2, *, stride: int | None = None, floor: bool = False
) -> Shape:
    """Return the shape that a pooling layer makes: the size formula twice, and the channels as they were.

    Formula: eq-pool-size

    Parameters
    ----------
    input_shape : tuple of int
        (height, width, channels).
    pool_size, stride, floor
        As in `pool_output_size`, and with its errors; here they say which axis is meant.

    Returns
    -------
    tuple of int
        (height, width, channels).

    References
    ----------
    Slide 57 of the workshop.

    Examples
    --------
    >>> pool_output_shape((26, 26, 8))
    (13, 13, 8)
    """
    height, width, channels = _checked_volume(input_shape)
    F = (pool_size, pool_size)
    return (*_both_axes(pool_output_size, (height, width), F, stride=stride, floor=floor), channels)


def output_shape(layer: Layer, input_shape: Shape) -> Shape:
    """Return the shape of a layer's output.

    Parameters
    ----------
    layer : Conv, Pool, ReLU, Flatten or Dense
    input_shape : tuple of int
        (height, width, channels), or (n,) for a vector; without the batch.

    Returns
    -------
    tuple of int

    Raises
    ------
    TypeError
        If `layer` is none of these, or a size is not a whole number.
    ValueError
        If the layer cannot take such an input.

    References
    ----------
    Slides 54 to 57 of the workshop.

    Examples
    --------
    >>> output_shape(Flatten(), (5, 5, 16)), output_shape(Dense(10), (400,))
    ((400,), (10,))
    """
    input_shape = _checked_shape(input_shape)
    match layer:
        case Conv(K, F, S, P, floor):
            return conv_output_shape(input_shape, K, F, stride=S, padding=P, floor=floor)
        case Pool(F, S, floor):
            return pool_output_shape(input_shape, F, stride=S, floor=floor)
        case Dense(n_outputs):
            _checked_vector(input_shape)
            return (checked_int(n_outputs, "n_outputs", minimum=1),)
        case Flatten():
            return (math.prod(input_shape),)
        case ReLU():
            return input_shape
    raise TypeError(f"a layer is a Conv, Pool, ReLU, Flatten or Dense, got {layer!r}: try Conv(8, 3)")


def n_weights(layer: Layer, input_shape: Shape) -> int:
    """Return the number of weights that a layer learns, its biases with them.

    A convolution has F F D1 K + K, whatever the height and width; a dense layer has one for each pair of
    input and output, and the biases; pooling, ReLU and flattening have none.

    Formula: eq-conv-weights
    Formula: eq-dense-weights

    Parameters
    ----------
    layer, input_shape
        As in `output_shape`, and with its errors.

    Returns
    -------
    int

    References
    ----------
    Slides 44, 55 and 57 of the workshop.

    Examples
    --------
    >>> n_weights(Conv(8, 3), (28, 28, 1)), n_weights(Dense(10), (1352,)), n_weights(Pool(2), (26, 26, 8))
    (80, 13530, 0)
    """
    output_shape(layer, input_shape)  # refuses what does not fit together
    match layer:
        case Conv(K, F):
            K, F, D1 = int(K), int(F), int(input_shape[2])  # NumPy's 8-bit sizes would wrap around
            return F * F * D1 * K + K
        case Dense(n_outputs):
            return int(input_shape[0]) * int(n_outputs) + int(n_outputs)
    return 0


def n_multiplications(layer: Layer, input_shape: Shape) -> int:
    """Return how many times a layer multiplies for one picture.

    A convolution multiplies F F D1 times for each number of its output, padding included; a dense layer
    once for each pair of input and output. Pooling compares (or adds), ReLU compares: none.

    Formula: eq-conv-multiplications
    Formula: eq-dense-multiplications

    Parameters
    ----------
    layer, input_shape
        As in `output_shape`, and with its errors.

    Returns
    -------
    int

    References
    ----------
    K. He and J. Sun, "Convolutional neural networks at constrained time cost", CVPR 2015, equation 1.

    Examples
    --------
    >>> n_multiplications(Conv(8, 3), (28, 28, 1)), n_multiplications(Dense(10), (1352,))
    (48672, 13520)
    """
    shape = output_shape(layer, input_shape)
    match layer:
        case Conv(_, F):
            F, D1 = int(F), int(input_shape[2])
            return math.prod(shape) * F * F * D1
        case Dense(n_outputs):
            return int(input_shape[0]) * int(n_outputs)
    return 0


# ---- a whole network ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of a CNN's table: what the layer is called, what it makes, and what it costs."""

    name: str
    output_shape: Shape
    weights: int
    multiplications: int


@dataclass(frozen=True, repr=False)
class CnnTable:
    """The rows of `cnn_table`, and their totals; it shows itself as a table."""

    rows: tuple[Row, ...]

    @property
    def weights(self) -> int:
        """The weights of all layers together."""
        return sum(row.weights for row in self.rows)

    @property
    def multiplications(self) -> int:
        """The multiplications of all layers together, for one picture."""
        return sum(row.multiplications for row in self.rows)

    def __repr__(self) -> str:
        lines = [f"{a:<10}{b:>16}{c:>12}{d:>17}" for a, b, c, d in self._cells()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head, *body = self._cells()
        rows = [_html_row(head, "col"), *(_html_row(row, "row") for row in body)]
        return f'<table class="table">\n{"".join(rows)}</table>'

    def _cells(self) -> list[tuple[str, ...]]:
        """Return the table as texts: a head, the rows and a foot."""
        shapes = [" x ".join(map(str, row.output_shape)) for row in self.rows]
        return [
            ("layer", "output", "weights", "multiplications"),
            *(
                (row.name, shape, f"{row.weights:,}", f"{row.multiplications:,}")
                for row, shape in zip(self.rows, shapes, strict=True)
            ),
            ("total", "", f"{self.weights:,}", f"{self.multiplications:,}"),
        ]


def cnn_table(input_shape: Shape, layers: Sequence[Layer]) -> CnnTable:
    """Return the sizes inside a CNN, one row for the input and one for each layer.

    Parameters
    ----------
    input_shape : tuple of int
        (height, width, channels), or (n,); without the batch.
    layers : sequence of Conv, Pool, ReLU, Flatten and Dense
        In the order in which the picture goes through them.

    Returns
    -------
    CnnTable
        With `rows`, and the totals `weights` and `multiplications`.

    Raises
    ------
    TypeError
        If something in `layers` is no layer.
    ValueError
        If `layers` is empty, or a layer cannot take what it gets: the message names the layer.

    References
    ----------
    Slides 53 to 57 of the workshop.

    Examples
    --------
    >>> cnn_table((28, 28, 1), [Conv(8, 3), ReLU(), Pool(2), Flatten(), Dense(10)])
    layer               output     weights  multiplications
    INPUT          28 x 28 x 1           0                0
    CONV           26 x 26 x 8          80           48,672
    RELU           26 x 26 x 8           0                0
    POOL           13 x 13 x 8           0                0
    FLATTEN               1352           0                0
    FC                      10      13,530           13,520
    total                           13,610           62,192
    """
    shape, layers = _checked_shape(input_shape), list(layers)
    if not layers:
        raise ValueError("layers is empty: give at least one layer, for example [Conv(8, 3)]")
    rows = [Row("INPUT", shape, 0, 0)]
    for number, layer in enumerate(layers, start=1):
        rows.append(_row(layer, rows[-1].output_shape, number))
    return CnnTable(tuple(rows))


_NAMES = {Conv: "CONV", Pool: "POOL", ReLU: "RELU", Flatten: "FLATTEN", Dense: "FC"}  # as on slide 54


def _row(layer: Layer, input_shape: Shape, number: int) -> Row:
    try:
        shape = output_shape(layer, input_shape)
    except (TypeError, ValueError) as error:
        raise type(error)(f"layer {number}: {error}") from error
    costs = n_weights(layer, input_shape), n_multiplications(layer, input_shape)
    return Row(_NAMES[type(layer)], shape, *costs)


def _html_row(cells: Sequence[str], scope: str) -> str:
    """Return a row whose first cell (or, in the head, whose every cell) is a heading."""
    first, *others = cells
    opening, closing = ('<th scope="col"', "</th>") if scope == "col" else ("<td", "</td>")
    numbers = "".join(f'{opening} style="text-align: right">{cell}{closing}' for cell in others)
    return f'<tr><th scope="{scope}">{first}</th>{numbers}</tr>\n'


# ---- checks ---------------------------------------------------------------------------------------


def _checked_sizes(
    input_size: int, filter_size: int, stride: int, padding: int, *, what: str = "filter"
) -> tuple[int, int, int, int]:
    """Return (W1, F, S, P) as whole numbers for which the filter fits somewhere."""
    W1 = checked_int(input_size, "input_size", minimum=1)
    F = checked_int(filter_size, "pool_size" if what == "window" else "filter_size", minimum=1)
    S = checked_int(stride, "stride", minimum=1)
    P = checked_int(padding, "padding", minimum=0)
    if W1 + 2 * P < F:
        around, more = "", ""
        if what == "filter":
            around = f" with padding {P} on each side"
            more = f", or a padding of at least {math.ceil((F - W1) / 2)}"
        raise ValueError(
            f"a {what} of {F} does not fit into an input of {W1}{around}: use a {what} of at most "
            f"{W1 + 2 * P}{more}"
        )
    return W1, F, S, P


def _divides(W1: int, F: int, S: int, P: int = 0) -> bool:
    """Return whether the last step ends exactly at the edge."""
    room = W1 - F + 2 * P
    return room >= 0 and room % S == 0


def _explain(what: str, W1: int, F: int, S: int, P: int, nearest: NearestSizes) -> str:
    room = W1 - F + 2 * P
    formula = f"({W1} - {F} + 2*{P}) / {S} + 1" if P else f"({W1} - {F}) / {S} + 1"
    choices = {"input": nearest.inputs, "padding": nearest.paddings, "stride": nearest.strides}
    these = "; ".join(f"{name} {' or '.join(map(str, sizes))}" for name, sizes in choices.items() if sizes)
    return (
        f"{what} does not end at the edge of an input of {W1}: {formula} = {room / S + 1:g}. "
        f"These do: {these}. Or pass floor=True, as the frameworks do, to leave out the last "
        f"{room % S} of {W1 + 2 * P} pixels"
    )


def _nearest(wanted: int, candidates: Sequence[int]) -> Shape:
    """Return the candidates next to `wanted`: itself, or the closest on either side."""
    if wanted in candidates:
        return (wanted,)
    below = [c for c in candidates if c < wanted][-1:]
    return tuple(below + [c for c in candidates if c > wanted][:1])


def _both_axes(
    output_size: Callable[..., int], input_sizes: Shape, filter_sizes: Shape, **options: Any
) -> Shape:
    """Return the size formula for height and width; its errors say which of them is meant."""
    sizes = []
    for axis, size, extent in zip(("height", "width"), input_sizes, filter_sizes, strict=True):
        try:
            sizes.append(output_size(size, extent, **options))
        except ValueError as error:
            raise ValueError(f"{axis}: {error}") from error
    return tuple(sizes)


def _checked_shape(shape: Shape) -> Shape:
    if not isinstance(shape, (tuple, list)) or len(shape) not in (1, 3):
        raise ValueError(f"a shape is (height, width, channels) or (n,), got {shape!r}: without the batch")
    return tuple(checked_int(size, "a size in the shape", minimum=1) for size in shape)


def _checked_volume(shape: Shape) -> Shape:
    shape = _checked_shape(shape)
    if len(shape) != 3:
        raise ValueError(f"this layer takes (height, width, channels), got {shape}: put it before Flatten")
    return shape


def _checked_vector(shape: Shape) -> None:
    if len(shape) != 1:
        raise ValueError(f"Dense takes a vector of shape (n,), got {shape}: put Flatten before it")
