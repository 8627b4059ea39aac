"""A look inside a CNN: which pixels a unit sees, what excites it, where an answer comes from.

Chapter: ``book/inside_cnn.md`` (slides 59 and 60).

The functions work on arrays and on functions that are handed to them, and so on a network of any library:
`cvlessons.sequential` has the slopes from `layer_slopes`, Keras from ``tf.GradientTape``.
"""

import copy
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number
from cvlessons.conv_shape import conv_output_size
from cvlessons.sequential import Sequential

__all__ = [
    "Components",
    "Field",
    "ascend",
    "grad_cam",
    "layer_slopes",
    "occlusion_map",
    "principal_components",
    "receptive_field",
    "top_patches",
    "unit_window",
]

CHUNK = 256
"""So many pictures are scored at once: more would not be faster, and need more memory."""


# ---- which pixels a unit sees -----------------------------------------------------------------------


class Field(NamedTuple):
    """Where the units of a layer look: a unit's window is `size` pixels wide, the next one's `jump` further.

    The window of the first unit begins at pixel `start`; where that is negative, it begins in the padding.
    """

    size: int
    jump: int
    start: int


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> list[Field]:
    """Return the receptive field of a unit after each layer, along one axis.

    Formula: eq-receptive-field

    Parameters
    ----------
    layers : sequence of (int, int, int)
        Size of the window, stride and padding of each layer, in pixels of what goes into it. A convolution of
        3 x 3 that keeps the size is (3, 1, 1), pooling (2, 2, 0). Layers that treat each number for itself,
        such as ReLU, need not be there.

    Returns
    -------
    list of Field
        One for each layer.

    Raises
    ------
    TypeError, ValueError
        If a layer is no triple of whole numbers, a size or stride is below 1, or a padding negative.

    References
    ----------
    A. Araujo, W. Norris, J. Sim, "Computing receptive fields of convolutional neural networks", Distill,
    2019.

    Examples
    --------
    >>> receptive_field([(3, 1, 1), (2, 2, 0), (3, 1, 1)])
    [Field(size=3, jump=1, start=-1), Field(size=4, jump=2, start=-1), Field(size=8, jump=2, start=-3)]
    """
    fields, field = [], Field(size=1, jump=1, start=0)  # a pixel sees itself
    for place, layer in enumerate(layers):
        size, stride, padding = _checked_layer(layer, f"layers[{place}]")
        field = Field(
            size=field.size + (size - 1) * field.jump,
            jump=field.jump * stride,
            start=field.start - padding * field.jump,
        )
        fields.append(field)
    return fields


def unit_window(field: Field, row: int, column: int) -> tuple[int, int, int, int]:
    """Return the window of a unit in the picture: the only pixels that can change it.

    Formula: eq-unit-window

    Parameters
    ----------
    field : Field
        Of the unit's layer.
    row, column : int
        The place of the unit in its feature map.

    Returns
    -------
    left, top, right, bottom : int
        A box as `cvlessons.plots.show_boxes` draws it: (0, 0, 1, 1) is the upper left pixel. What lies over
        the edge of the picture is padding.

    Raises
    ------
    TypeError, ValueError
        If a place is no whole number from 0.

    Examples
    --------
    >>> unit_window(Field(size=8, jump=2, start=-3), row=0, column=5)
    (7, -3, 15, 5)
    """
    top = field.start + checked_int(row, "row", minimum=0) * field.jump
    left = field.start + checked_int(column, "column", minimum=0) * field.jump
    return left, top, left + field.size, top + field.size


def top_patches(
    images: ArrayLike, maps: ArrayLike, field: Field, *, k: int = 9, fill: float = 0
) -> tuple[Array, Array, Array]:
    """Return the patches that excite a unit most: what it sees where its feature map is largest.

    Of each picture only the best place counts, so that k patches come from k pictures.

    Parameters
    ----------
    images : array_like of shape (n, height, width, channels)
        What the network has seen.
    maps : array_like of shape (n, map_height, map_width)
        The unit's feature map for each of them.
    field : Field
        Of the unit's layer.
    k : int, default 9
        At most n.
    fill : number, default 0
        What is put where a patch lies over the edge.

    Returns
    -------
    patches : ndarray of shape (k, field.size, field.size, channels)
        The strongest first, of the images' dtype; of equals the earlier picture first.
    pictures : ndarray of shape (k,), int64
        Which images they are from.
    values : ndarray of shape (k,)
        How strongly the unit answers.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, an array is empty or holds NaN or infinity, or there are fewer than
        k pictures.

    References
    ----------
    R. Girshick, J. Donahue, T. Darrell, J. Malik, "Rich feature hierarchies for accurate object detection and
    semantic segmentation", CVPR 2014, section 3.1.

    Examples
    --------
    >>> images = np.arange(18).reshape(2, 3, 3, 1)
    >>> patches, pictures, values = top_patches(images, maps=images[..., 0], field=Field(1, 1, 0), k=1)
    >>> patches.ravel(), pictures, values
    (array([17]), array([1]), array([17.]))
    """
    checked_array(images, "images", ("n", "height", "width", "channels"))
    images = np.asarray(images)
    hint = "one map for each image"
    maps = checked_array(maps, "maps", (len(images), "map_height", "map_width"), hint=hint)
    k, fill = checked_int(k, "k", minimum=1), checked_number(fill, "fill")
    if k > len(images):
        raise ValueError(f"k must be at most the number of images, {len(images)}, got {k}")
    flat = maps.reshape(len(maps), -1)
    pictures = np.argsort(-flat.max(axis=1), kind="stable")[:k]
    places = [np.unravel_index(flat[i].argmax(), maps.shape[1:]) for i in pictures]
    patches = [
        _cut(images[i], unit_window(field, int(row), int(column)), fill)
        for i, (row, column) in zip(pictures, places, strict=True)
    ]
    return np.stack(patches), pictures, flat[pictures].max(axis=1)


def _cut(image: Array, window: Sequence[int], fill: float) -> Array:
    """Return the part of a picture in a window; where there is no picture, `fill`."""
    left, top, right, bottom = window
    height, width, channels = image.shape
    patch = np.full((bottom - top, right - left, channels), fill, image.dtype)
    rows = slice(max(top, 0), max(min(bottom, height), 0))
    columns = slice(max(left, 0), max(min(right, width), 0))
    seen = image[rows, columns]
    down, along = rows.start - top, columns.start - left
    patch[down : down + seen.shape[0], along : along + seen.shape[1]] = seen
    return patch


# ---- where an answer comes from ---------------------------------------------------------------------


def occlusion_map(
    score: Callable[[Array], ArrayLike], image: ArrayLike, *, size: int, stride: int = 1, fill: ArrayLike = 0
) -> Array:
    """Return by how much a score falls when a square of the picture is covered, for each place of the square.

    Formula: eq-occlusion

    Parameters
    ----------
    score : callable
        Takes pictures of shape (n, height, width, channels), returns n numbers.
    image : array_like of shape (height, width, channels)
    size : int
        Of the square, in pixels.
    stride : int, default 1
        From one place to the next. The last place has to end at the edge of the picture.
    fill : number or array_like of shape (channels,), default 0
        What the square is covered with.

    Returns
    -------
    ndarray of shape (rows, columns)
        Positive where the score needs what is under the square.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or the square does not fit: the message names sizes that do.

    References
    ----------
    M. D. Zeiler, R. Fergus, "Visualizing and understanding convolutional networks", ECCV 2014, section 4.2.

    Examples
    --------
    >>> image = np.array([[1, 2], [3, 4]])[:, :, None]
    >>> occlusion_map(lambda x: x.sum(axis=(1, 2, 3)), image, size=1)
    array([[1., 2.],
           [3., 4.]])
    """
    image = checked_array(image, "image", ("height", "width", "channels"))
    size, stride = (checked_int(n, name, minimum=1) for n, name in ((size, "size"), (stride, "stride")))
    fill = checked_array(fill, "fill")
    if fill.shape not in ((), image.shape[2:]):
        raise ValueError(f"fill must be one number, or one for each channel, got shape {fill.shape}")
    rows, columns = (conv_output_size(side, size, stride=stride) for side in image.shape[:2])
    places = list(np.ndindex(rows, columns))
    scores = []
    for first in range(0, len(places), CHUNK):
        covered = np.repeat(image[None], len(places[first : first + CHUNK]), axis=0)
        for picture, (m, n) in zip(covered, places[first : first + CHUNK], strict=True):
            picture[m * stride : m * stride + size, n * stride : n * stride + size] = fill
        scores.append(_scored(score, covered))
    return (_scored(score, image[None].copy()) - np.concatenate(scores)).reshape(rows, columns)


def _scored(score: Callable[[Array], ArrayLike], pictures: Array) -> Array:
    return checked_array(score(pictures), "score(pictures)", (len(pictures),), hint="one for each picture")


def grad_cam(maps: ArrayLike, slopes: ArrayLike) -> Array:
    """Return where in its last feature maps a network sees what speaks for a class.

    Each map counts as much as the score grows with it, on average over its places.

    Formula: eq-grad-cam

    Parameters
    ----------
    maps : array_like of shape (height, width, channels)
        The feature maps of a layer for one picture.
    slopes : array_like of the same shape
        The slopes of the class's score by them.

    Returns
    -------
    ndarray of shape (height, width)
        At least 0. float32 if both arrays are, else float64.

    Raises
    ------
    TypeError, ValueError
        If the arrays differ in shape, are empty or hold NaN or infinity.

    References
    ----------
    R. R. Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based
    localization", ICCV 2017, equations 1 and 2.

    Examples
    --------
    >>> maps = np.array([[[1.0, 0.0], [0.0, 2.0]]])  # one row of two places, two channels
    >>> grad_cam(maps, slopes=[[[2, -1], [2, -1]]])
    array([[2., 0.]])
    """
    maps = checked_array(maps, "maps", ("height", "width", "channels"))
    slopes = checked_array(slopes, "slopes", maps.shape, hint="a slope for each number of maps")
    return np.maximum(maps @ slopes.mean(axis=(0, 1)), 0)


def layer_slopes(
    network: Sequential, x: ArrayLike, upstream: ArrayLike, *, of: int = -1, by: int | None = None
) -> Array:
    """Return the slopes of what a layer of a network says by what another layer says, or by the pixels.

    Backpropagation, begun at any layer and carried on to any other. What is differentiated is
    ``(upstream * output of the layer).sum()``: put 1 for the unit, or class, in question, and 0 elsewhere.

    Parameters
    ----------
    network : cvlessons.sequential.Sequential
        It is not changed.
    x : array_like of shape (batch, ...)
        Each example of the shape that the network takes.
    upstream : array_like of shape (batch, ...)
        As the output of the layer `of`.
    of : int, default -1
        The layer that is asked, as an index of ``network.layers``; by default the last one, the scores.
    by : int, optional
        The layer, before `of`, by whose output is differentiated; by default the pixels.

    Returns
    -------
    ndarray of float32, shape (batch, ...)
        As the output of the layer `by`, or as x.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    Examples
    --------
    >>> from cvlessons.engine import Dense
    >>> network = Sequential((2,), [Dense(2)])
    >>> network.set_parameters([[[1, 2], [3, 4]], [0, 0]])
    >>> layer_slopes(network, [[5, 6]], upstream=[[0, 1]])
    array([[3., 4.]], dtype=float32)
    """
    if not isinstance(network, Sequential):
        raise TypeError(f"network must be a cvlessons Sequential, got {network!r:.60}")
    of = _checked_place(of, "of", network.layers)
    by = -1 if by is None else _checked_place(by, "by", network.layers)
    if by >= of:
        raise ValueError(f"by must be a layer before layer {of}, got {by}: slopes run backwards")
    x = checked_array(x, "x", ("batch", *network.input_shape), hint="one example: x[None]")
    shape = (len(x), *network.shapes[of])
    upstream = checked_array(upstream, "upstream", shape, hint="a number for each output of the layer")
    # Copies that share the weights: the network's own gradients stay as they are.
    layers = [copy.copy(layer) for layer in network.layers[: of + 1]]
    x = x.astype(np.float32)
    for layer in layers:
        layer.first = False  # while it learns, nobody asks the first layer for slopes
        x = layer.forward(x)
    slopes: Any = upstream.astype(np.float32)
    for layer in reversed(layers[by + 1 :]):
        slopes = layer.backward(slopes)
    return slopes


# ---- what a unit would like to see ------------------------------------------------------------------


def ascend(
    slopes: Callable[[Array], ArrayLike],
    start: ArrayLike,
    *,
    steps: int,
    rate: float,
    between: Callable[[Array], ArrayLike] | None = None,
) -> Array:
    """Change a picture, step by step, so that a unit's answer grows: gradient descent, uphill.

    Each step has the same length, whatever the size of the slopes.

    Formula: eq-ascent

    Parameters
    ----------
    slopes : callable
        Takes a picture, returns the slopes of the unit's answer by its pixels.
    start : array_like of any shape
        The picture to begin with.
    steps : int
        At least 1.
    rate : float
        The length of a step, above 0: the root of the sum of the squared changes.
    between : callable, optional
        Takes the picture after each step, returns one of the same shape: a blur, a limit to what
        pixels may be.

    Returns
    -------
    ndarray of the shape of `start`

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or there is no slope at the start.

    References
    ----------
    D. Erhan, Y. Bengio, A. Courville, P. Vincent, "Visualizing higher-layer features of a deep network",
    technical report 1341, University of Montreal, 2009.

    Examples
    --------
    >>> ascend(lambda x: np.array([3.0, 4.0]), start=[0, 0], steps=2, rate=5)
    array([6., 8.])
    """
    picture = checked_array(start, "start").copy()
    steps = checked_int(steps, "steps", minimum=1)
    rate = checked_number(rate, "rate", above=0)
    for step in range(steps):
        slope = checked_array(slopes(picture), "slopes(picture)", picture.shape)
        length = np.sqrt((slope**2).sum())
        if length == 0 and step == 0:
            raise ValueError("no pixel of the start changes the answer, all slopes are 0: start elsewhere")
        if length == 0:
            break  # a top, or a plain
        picture = picture + rate / length * slope
        if between is not None:
            picture = checked_array(between(picture), "between(picture)", picture.shape)
    return picture


# ---- many numbers in two dimensions -----------------------------------------------------------------


class Components(NamedTuple):
    """What `principal_components` finds.

    coordinates, shape (n, k): the examples in the new axes; directions, shape (k, features): the axes,
    each of length 1; shares, shape (k,): how much of the variance each axis holds; mean, shape (features,).
    """

    coordinates: np.ndarray
    directions: np.ndarray
    shares: np.ndarray
    mean: np.ndarray


def principal_components(features: ArrayLike, k: int = 2) -> Components:
    """Return the axes along which examples differ most, and the examples in these axes.

    Formula: eq-principal-components

    Parameters
    ----------
    features : array_like of shape (n, features)
        An example a row; at least two rows that differ.
    k : int, default 2
        How many axes, at most the smaller of n and features.

    Returns
    -------
    Components
        Each axis points to where its largest number is positive.

    Raises
    ------
    TypeError, ValueError
        If `features` has another shape, is empty, holds NaN or infinity, or all its rows are equal; or if k
        is too large.

    References
    ----------
    K. Pearson, "On lines and planes of closest fit to systems of points in space", Philosophical Magazine 2,
    1901.

    Examples
    --------
    >>> found = principal_components([[0, 0], [3, 4], [6, 8]], k=1)
    >>> found.directions.round(1), found.coordinates.round(1).ravel(), found.shares
    (array([[0.6, 0.8]]), array([-5.,  0.,  5.]), array([1.]))
    """
    features = checked_array(features, "features", ("n", "features"))
    k = checked_int(k, "k", minimum=1)
    if k > min(features.shape):
        raise ValueError(f"k must be at most {min(features.shape)} for features of {features.shape}, got {k}")
    if (features == features[0]).all():
        raise ValueError("features must differ from row to row, got equal rows: there is no axis to find")
    mean = features.mean(axis=0)
    _, sizes, directions = np.linalg.svd(features - mean, full_matrices=False)
    # An axis may point either way; this makes it the same way on every machine.
    largest = np.abs(directions).argmax(axis=1)
    directions = directions * np.sign(directions[range(len(directions)), largest])[:, None]
    shares = sizes**2 / (sizes**2).sum()
    return Components((features - mean) @ directions[:k].T, directions[:k], shares[:k], mean)


# ---- checks -----------------------------------------------------------------------------------------


def _checked_layer(layer: tuple[int, int, int], name: str) -> tuple[int, int, int]:
    if not isinstance(layer, tuple | list) or len(layer) != 3:
        raise TypeError(f"{name} must be (size, stride, padding), got {layer!r:.60}: try (3, 1, 1)")
    size, stride, padding = layer
    return (
        checked_int(size, f"{name}: size", minimum=1),
        checked_int(stride, f"{name}: stride", minimum=1),
        checked_int(padding, f"{name}: padding", minimum=0),
    )


def _checked_place(place: int, name: str, layers: Sequence[Any]) -> int:
    place = checked_int(place, name, minimum=-len(layers))
    if place >= len(layers):
        raise ValueError(f"{name} must be below {len(layers)}, the number of layers, got {place}")
    return place % len(layers)
