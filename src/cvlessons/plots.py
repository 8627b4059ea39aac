"""The drawings of the book: pixels with their numbers, networks, feature maps, losses with a path.

Each function draws on the axes that it is given, or on a new figure, and returns the axes. Nothing is
told by colour alone: curves differ in line style, a path says where it starts and ends, and where signs
have colours, zero is white. This is the only module that draws.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_choice, checked_int

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.image import AxesImage

__all__ = [
    "COLOURS",
    "confusion_matrix",
    "draw_network",
    "plot_confusion_matrix",
    "plot_curve_path",
    "plot_functions",
    "plot_history",
    "plot_surface",
    "show_boxes",
    "show_examples",
    "show_feature_maps",
    "show_image",
    "show_mask",
    "show_pixels",
]

COLOURS = {
    "black": "#000000",
    "orange": "#E69F00",
    "sky blue": "#56B4E9",
    "bluish green": "#009E73",
    "yellow": "#F0E442",
    "blue": "#0072B2",
    "vermillion": "#D55E00",
    "reddish purple": "#CC79A7",
}
"""Eight colours that colour-blind readers can tell apart.

M. Okabe, K. Ito, "Color universal design: how to make figures and presentations that are friendly to
colorblind people", 2008, https://jfly.uni-koeln.de/color/.
"""

_SIGNED = "RdBu_r"  # blue below zero, white at zero, red above: not red and green
_WIDTH = 4.8  # inches: at this width the text can still be read on a phone
_LETTERS = 66  # of 8 points fit side by side across that width
_MOST_PICTURES = 128
_MOST_PIXELS = {1: 32, 3: 12}  # by channels: so many pixels across can hold their numbers
# Only colours with a contrast of 3 to 1 against white; the line style tells as much as the colour.
_STYLES = [
    (COLOURS["blue"], "-"),
    (COLOURS["vermillion"], "--"),
    (COLOURS["black"], "-."),
    (COLOURS["bluish green"], ":"),
    (COLOURS["reddish purple"], (0, (6, 2, 1, 2, 1, 2))),
    ("0.45", (0, (1, 3))),
]
# On a photo a line needs a bright colour, and black around it.
_BOX_STYLES = [(COLOURS["yellow"], "-"), (COLOURS["sky blue"], "--"), (COLOURS["orange"], ":")]


def show_image(
    image: ArrayLike, *, title: str = "", limits: tuple[float, float] | None = None, ax: Axes | None = None
) -> Axes:
    """Show a picture, grey or in colour.

    Parameters
    ----------
    image : array_like of shape (height, width), (height, width, 1) or (height, width, 3)
        Grey levels, or red, green and blue.
    title : str, default ""
        What stands above the picture.
    limits : (float, float), optional
        The darkest number and the brightest; what lies outside looks like the nearer of them. By default
        0 and 255 for uint8; 0 and 1 for other numbers up to 1; 0 and the largest number beyond that. If
        a number or a limit is negative, the scale goes as far below 0 as above: a single channel is then
        blue below 0, white at 0 and red above, and with three channels mid-grey stands for 0.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If `image` does not hold real numbers, or `ax` is no axes.
    ValueError
        If `image` has another shape, is empty or holds NaN or infinity, or the limits are not in order.

    Examples
    --------
    >>> show_image([[0, 255], [255, 0]], title="A chessboard").get_title()
    'A chessboard'
    """
    image = _checked_image(image)
    scale = _scale(image, limits)
    height, width = image.shape[:2]
    ax = _axes(ax, (_WIDTH, np.clip(_WIDTH * height / width, 0.5, 2 * _WIDTH)), fill=True)
    _draw_image(ax, image, scale)
    ax.set_title(title)
    return ax


def show_pixels(
    image: ArrayLike,
    *,
    numbers: bool = True,
    limits: tuple[float, float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Show a small picture with the number of each pixel written on it.

    Numbers that are not whole are rounded to two digits. On a phone about 16 numbers a row can be read.

    Parameters
    ----------
    image : array_like of shape (height, width), (height, width, 1) or (height, width, 3)
        At most 32 pixels across if it has one channel. With three, at most 12, and the numbers for red,
        green and blue stand one under the other.
    numbers : bool, default True
        Whether to write the numbers. Without them the picture may be of any size.
    limits : (float, float), optional
        The darkest number and the brightest, as in `show_image`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError, ValueError
        As in `show_image`, and if the picture is too large for its numbers.

    Examples
    --------
    >>> [text.get_text() for text in show_pixels([[0, 255], [128, 64]]).texts]
    ['0', '255', '128', '64']
    """
    image = _checked_image(image)
    scale = _scale(image, limits)
    height, width, channels = image.shape
    most = _MOST_PIXELS[channels]
    if numbers and max(height, width) > most:
        raise ValueError(
            f"the numbers of at most {most} x {most} pixels can be read, got {height} x {width}: "
            f"cut out a part, image[:{most}, :{most}], or set numbers=False"
        )
    cell = np.clip(_WIDTH / width, 0.36 if numbers else 0, 0.6)
    ax = _axes(ax, (cell * width, cell * height), fill=True)
    drawn = _draw_image(ax, image, scale)
    lines: dict[str, Any] = {"color": "0.5", "linewidth": 0.5}
    ax.vlines(np.arange(width + 1) - 0.5, -0.5, height - 0.5, **lines)
    ax.hlines(np.arange(height + 1) - 0.5, -0.5, width - 0.5, **lines)
    if numbers:
        _write_numbers(ax, image, drawn)
    return ax


def show_boxes(
    image: ArrayLike,
    boxes: ArrayLike | Mapping[str, ArrayLike],
    labels: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
    *,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Show a picture with boxes on it.

    Parameters
    ----------
    image : array_like of shape (height, width), (height, width, 1) or (height, width, 3)
        As in `show_image`.
    boxes : array_like of shape (n, 4), or dict of str to such
        left, top, right, bottom in pixels, between the pixels: (0, 0, 1, 1) is the upper left pixel. n may
        be 0. A dict of at most three kinds of boxes gets three kinds of lines, and a legend with their names
        and how many there are.
    labels : list of n texts, or dict of str to such, optional
        What stands at each box.
    title : str, default ""
        What stands above the picture.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError, ValueError
        As in `show_image`; also if a box has not four finite numbers or its corners in the wrong order, there
        are more than three kinds, not one label for each box, or labels for a kind that is not there.

    Examples
    --------
    >>> ax = show_boxes(np.zeros((40, 60), np.uint8), [[5, 5, 20, 30]], ["swan 0.95"])
    >>> [text.get_text() for text in ax.texts]
    ['swan 0.95']
    """
    kinds = boxes if isinstance(boxes, Mapping) else {"": boxes}
    texts: Mapping[str, Any] = labels if isinstance(labels, Mapping) else dict.fromkeys(kinds, labels)
    for name in texts:
        checked_choice(name, "a key of labels", list(kinds))
    if not 1 <= len(kinds) <= len(_BOX_STYLES):
        raise ValueError(f"boxes must hold 1 to {len(_BOX_STYLES)} kinds, got {len(kinds)}")
    checked = {name: _checked_boxes(some, name) for name, some in kinds.items()}
    written = {
        name: []
        if len(some) + np.size(texts.get(name, ())) == 0
        else _checked_texts(texts.get(name), "labels", [""] * len(some))
        for name, some in checked.items()
    }
    ax = show_image(image, title=title, ax=ax)
    for (name, some), style in zip(checked.items(), _BOX_STYLES, strict=False):
        _draw_boxes(ax, some, written[name], style)
        if name:
            ax.plot([], [], color=style[0], linestyle=style[1], label=f"{name} ({len(some)})", **_halo())
    if "" not in checked:
        ax.legend(
            fontsize=9,
            handlelength=3,
            loc="upper center",
            bbox_to_anchor=(0.5, 0),
            ncols=len(checked),
            frameon=False,
        )
    return ax


def show_mask(image: ArrayLike, mask: ArrayLike, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Show which part of a picture is meant: an outline around it, and all the rest dark.

    Parameters
    ----------
    image : array_like of shape (height, width), (height, width, 1) or (height, width, 3)
        As in `show_image`.
    mask : array_like of shape (height, width)
        True, or not 0, where the part is.
    title : str, default ""
        What stands above the picture.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError, ValueError
        As in `show_image`; also if the mask has another height and width than the image.

    Examples
    --------
    >>> show_mask(np.full((2, 2), 200, np.uint8), [[1, 0], [0, 0]], title="a corner").get_title()
    'a corner'
    """
    image = _checked_image(image)
    mask = checked_array(mask, "mask", image.shape[:2], hint="one answer for each pixel").astype(bool)
    ax = show_image(image, title=title, ax=ax)
    ax.imshow(np.zeros(mask.shape), cmap="gray", vmin=0, vmax=1, alpha=np.where(mask, 0, 0.6))
    if mask.any():  # a frame of False closes the outline at the edges of the picture
        height, width = mask.shape
        framed = np.pad(mask, 1).astype(float)
        x, y = np.arange(-1, width + 1), np.arange(-1, height + 1)
        drawn = ax.contour(x, y, framed, levels=[0.5], colors=COLOURS["yellow"], linewidths=1.5)
        drawn.set_path_effects(_halo()["path_effects"])
        ax.set(xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    return ax


def draw_network(
    sizes: Sequence[int],
    *,
    labels: Sequence[str] | None = None,
    highlight: tuple[int, int] | None = None,
    most: int = 8,
    ax: Axes | None = None,
) -> Axes:
    """Draw a fully connected network: a column of circles for each layer, a line for each weight.

    Parameters
    ----------
    sizes : list of int
        The number of neurons of each layer, the inputs first.
    labels : list of str, optional
        One name for each layer, written under it; its size always stands below.
    highlight : (int, int), optional
        A layer and a neuron of it, both counted from 0: this neuron and the weights that lead to it are
        drawn thick.
    most : int, default 8
        Of a layer with more neurons than this only the first and the last are drawn, and dots between.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If a size is no whole number, or `ax` is no axes.
    ValueError
        If there are fewer than two layers, a layer is empty, the number of labels is wrong, or the neuron to
        highlight does not exist or is not drawn.

    Examples
    --------
    >>> ax = draw_network([784, 16, 10], labels=["input", "hidden", "output"])
    >>> [text.get_text() for text in ax.texts]
    ['input\\n784', 'hidden\\n16', 'output\\n10']
    """
    sizes = [
        checked_int(size, f"sizes[{k}]", minimum=1) for k, size in enumerate(_checked_list(sizes, "sizes"))
    ]
    if len(sizes) < 2:
        raise ValueError(f"a network has at least two layers, got sizes {sizes}: try [784, 16, 10]")
    labels = _checked_texts(labels, "labels", [""] * len(sizes))
    most = checked_int(most, "most", minimum=3)
    layers = [_node_heights(size, most) for size in sizes]
    highlight = _checked_highlight(highlight, layers)
    tallest = max(layer[0] for layer in layers)
    ax = _axes(ax, (max(_WIDTH, 1.2 * len(sizes)), 1 + 0.8 * tallest))
    ax.set_axis_off()
    ax.set(xlim=(-0.4, len(sizes) - 0.6), ylim=(-tallest - 0.5, tallest + 0.5))
    _draw_edges(ax, layers, highlight)
    for layer, heights in enumerate(layers):
        _draw_nodes(ax, layer, heights, sizes[layer], highlight)
        place: dict[str, Any] = {
            "xytext": (0, -12),
            "textcoords": "offset points",
            "ha": "center",
            "va": "top",
        }
        ax.annotate(f"{labels[layer]}\n{sizes[layer]}".strip(), (layer, -tallest), **place)
    return ax


def show_feature_maps(
    maps: ArrayLike, *, titles: Sequence[str] | None = None, columns: int | None = None
) -> Array:
    """Show the channels of a layer one beside the other, all on the same signed scale.

    Parameters
    ----------
    maps : array_like of shape (height, width, channels)
        The scale under the maps goes as far below 0 as above; 0 is white. At most 128 channels.
    titles : list of str, optional
        One for each channel; by default their numbers.
    columns : int, optional
        How many stand in a row; by default as many as their titles leave room for, 8 at most.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, of shape (channels,)

    Raises
    ------
    TypeError
        If `maps` does not hold real numbers.
    ValueError
        If `maps` has another shape, too many channels, is empty or holds NaN or infinity, or the number of
        titles is wrong.

    Examples
    --------
    >>> axes = show_feature_maps([[[1, -2, 0]]])
    >>> [ax.get_title() for ax in axes]
    ['0', '1', '2']
    """
    maps = checked_array(maps, "maps", ("height", "width", "channels"))
    height, width, channels = maps.shape
    titles = _checked_texts(titles, "titles", [str(k) for k in range(channels)])
    axes = _grid(titles, columns, height / width, extra=0.6)
    size = _largest(maps)
    for ax, title, channel in zip(axes, titles, np.moveaxis(maps, 2, 0), strict=True):
        drawn = ax.imshow(channel, cmap=_SIGNED, vmin=-size, vmax=size)
        ax.set_title(title, fontsize=8, pad=3)
        ax.set(xticks=[], yticks=[])
    bar = {"orientation": "horizontal", "fraction": 0.15, "shrink": 0.6, "aspect": 30}
    axes[0].figure.colorbar(drawn, ax=list(axes), label="value, the same scale for all", **bar)
    return axes


def show_examples(
    images: Sequence[ArrayLike] | Array,
    titles: Sequence[str] | None = None,
    *,
    columns: int | None = None,
    limits: tuple[float, float] | None = None,
) -> Array:
    """Show several pictures in rows, each with a title.

    Parameters
    ----------
    images : list or ndarray of n pictures
        Each as in `show_image`; at most 128.
    titles : list, optional
        One for each picture, for example its label.
    columns : int, optional
        How many stand in a row; by default as many as their titles leave room for, 8 at most.
    limits : (float, float), optional
        The darkest number and the brightest, as in `show_image`; by default each picture has its own.

    Returns
    -------
    ndarray of matplotlib.axes.Axes, of shape (n,)

    Raises
    ------
    TypeError, ValueError
        As in `show_image` for each picture, and if there is no picture, are too many, or the number of
        titles is wrong.

    Examples
    --------
    >>> axes = show_examples(np.zeros((2, 28, 28), np.uint8), titles=["left", "right"])
    >>> [ax.get_title() for ax in axes]
    ['left', 'right']
    """
    pictures = [
        _checked_image(image, f"images[{k}]") for k, image in enumerate(_checked_list(images, "images"))
    ]
    scales = [_scale(picture, limits) for picture in pictures]
    titles = _checked_texts(titles, "titles", [""] * len(pictures))
    ratio = max(picture.shape[0] / picture.shape[1] for picture in pictures)
    axes = _grid(titles, columns, ratio)
    size = _title_size(titles, axes)
    for ax, picture, scale, title in zip(axes, pictures, scales, titles, strict=True):
        _draw_image(ax, picture, scale)
        ax.set_title(title, fontsize=size, pad=0.4 * size)
    return axes


def plot_functions(
    functions: Mapping[str, Callable[[Array], Array]],
    z: ArrayLike,
    *,
    names: Sequence[str] = ("$z$", "$g(z)$"),
    ax: Axes | None = None,
) -> Axes:
    """Draw several functions of one number, told apart by line style and colour.

    Parameters
    ----------
    functions : dict of str to callable, ndarray -> ndarray
        At most six. The names stand in the legend.
    z : array_like of shape (n,)
        Where to compute them, in the order of the curve.
    names : (str, str)
        What stands at the axes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If `functions` is no dict of functions, `z` does not hold real numbers, or `ax` is no axes.
    ValueError
        If there are none or too many functions, or `z` or what a function gives has another shape, is empty
        or holds NaN or infinity.

    Examples
    --------
    >>> ax = plot_functions({"tanh": np.tanh, "sine": np.sin}, np.linspace(-3, 3, 61))
    >>> [text.get_text() for text in ax.get_legend().get_texts()]
    ['tanh', 'sine']
    """
    if not isinstance(functions, Mapping):
        raise TypeError(f"functions must be a dict, got {functions!r:.60}: try {{'tanh': np.tanh}}")
    if not 1 <= len(functions) <= len(_STYLES):
        raise ValueError(
            f"functions must hold 1 to {len(_STYLES)} functions, got {len(functions)}: draw two figures"
        )
    z = checked_array(z, "z", ("n",))
    curves = {
        name: checked_array(_called(f, name, z.copy()), f"{name}(z)", z.shape)
        for name, f in functions.items()
    }
    names = _checked_texts(names, "names", ("", ""))
    ax = _axes(ax, (_WIDTH, 3.4))
    for (name, curve), (colour, style) in zip(curves.items(), _STYLES, strict=False):
        ax.plot(z, curve, color=colour, linestyle=style, linewidth=2, label=name)
    ax.axhline(0, color="0.7", linewidth=0.8, zorder=0)
    ax.axvline(0, color="0.7", linewidth=0.8, zorder=0)
    ax.set(xlabel=names[0], ylabel=names[1])
    ax.legend(handlelength=3.5)
    return ax


def plot_curve_path(
    f: Callable[[float], float],
    path: ArrayLike,
    *,
    x_range: tuple[float, float] | None = None,
    names: Sequence[str] = ("$w$", "loss"),
    ax: Axes | None = None,
) -> Axes:
    """Draw a function of one parameter, and the path of a descent on it.

    Parameters
    ----------
    f : callable, float -> float
        For example a loss.
    path : array_like of shape (steps + 1,) or (steps + 1, 1)
        The points that the descent went through, the start first.
    x_range : (float, float), optional
        What to show of the parameter; by default the path and a margin. Points outside are not shown.
    names : (str, str)
        What stands at the axes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If `f` is no function that gives one number, `path` does not hold real numbers, or `ax` is no axes.
    ValueError
        If `path` has another shape, is empty or holds NaN or infinity, `f` gives NaN or infinity, or the
        range is not in order.

    Examples
    --------
    >>> ax = plot_curve_path(lambda w: w**2, [1.0, 0.5, 0.25])
    >>> [text.get_text() for text in ax.texts]
    ['start', 'end']
    """
    path = checked_array(path, "path")
    path = checked_array(path[:, 0] if path.shape[1:] == (1,) else path, "path", ("steps + 1",))
    low, high = _checked_range(x_range, path, "x_range")
    xs = np.linspace(low, high, 201)
    curve, heights = _values(f, xs.tolist()), _values(f, path.tolist())
    names = _checked_texts(names, "names", ("", ""))
    ax = _axes(ax, (_WIDTH, 3.4))
    ax.plot(xs, curve, color=COLOURS["blue"], linewidth=2)
    margin = 0.12 * (np.ptp(curve) or 1.0)
    ax.set(
        xlim=(low, high), ylim=(curve.min() - margin, curve.max() + margin), xlabel=names[0], ylabel=names[1]
    )
    # A label stands outside the bowl: below the curve, and to the right where it climbs.
    climbs = np.interp(path[[0, -1]], xs, np.gradient(curve, xs))
    _draw_path(ax, path, heights, [(np.sign(slope) or 1, -1) for slope in climbs])
    return ax


def plot_surface(
    f: Callable[[Array], float],
    path: ArrayLike | None = None,
    *,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
    names: Sequence[str] = ("$w_1$", "$w_2$", "loss"),
    aspect: str = "equal",
    ax: Axes | None = None,
) -> Axes:
    """Draw the contours of a function of two parameters, and the path of a descent on them.

    Parameters
    ----------
    f : callable, ndarray of shape (2,) -> float
        For example a loss.
    path : array_like of shape (steps + 1, 2), optional
        The points that the descent went through, the start first.
    x_range, y_range : (float, float), optional
        What to show of each parameter; by default the path and a margin, or -1 to 1. Points outside are
        not shown.
    names : (str, str, str)
        What stands at the axes and at the scale.
    aspect : {"equal", "auto"}
        "equal" measures both parameters by the same rule: only then is a gradient seen at a right angle
        to the contours. "auto" fills the figure.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If `f` is no function that gives one number, `path` does not hold real numbers, or `ax` is no axes.
    ValueError
        If `path` has another shape, is empty or holds NaN or infinity, `f` gives NaN or infinity, a range
        is not in order, or `aspect` is neither of the two.

    Examples
    --------
    >>> ax = plot_surface(lambda w: w[0] ** 2 + 3 * w[1] ** 2, [[1, 1], [0.5, 0.2], [0, 0]])
    >>> ax.get_xlabel(), ax.get_ylabel()
    ('$w_1$', '$w_2$')
    """
    points = (
        np.array([[-1.0, -1.0], [1.0, 1.0]])
        if path is None
        else checked_array(path, "path", ("steps + 1", 2))
    )
    share = 0 if path is None else 0.25
    x_range = _checked_range(x_range, points[:, 0], "x_range", share)
    y_range = _checked_range(y_range, points[:, 1], "y_range", share)
    xs, ys = np.linspace(*x_range, 61), np.linspace(*y_range, 61)
    heights = _values(f, [np.array([x, y]) for y in ys for x in xs]).reshape(61, 61)
    names = _checked_texts(names, "names", ("", "", ""))
    aspect = checked_choice(aspect, "aspect", ("equal", "auto"))
    ratio = np.ptp(y_range) / np.ptp(x_range) if aspect == "equal" else 1
    ax = _axes(ax, (_WIDTH, np.clip(0.6 + 3.3 * ratio, 2, 8)))
    ax.set_aspect("equal" if aspect == "equal" else "auto")
    filled = ax.contourf(xs, ys, heights, levels=12, cmap="Blues")
    ax.contour(filled, colors="0.4", linewidths=0.5)
    ax.figure.colorbar(filled, ax=ax, label=names[2])
    ax.set(xlabel=names[0], ylabel=names[1], xlim=x_range, ylim=y_range)
    if path is not None:
        _draw_path(
            ax, points[:, 0], points[:, 1], _outward(points, np.ptp([x_range, y_range], axis=1)), halo=3
        )
    return ax


def plot_history(history: Mapping[str, ArrayLike], *, axes: Any = None) -> Array:
    """Draw how a training went, epoch by epoch: the loss above, the accuracy below.

    Parameters
    ----------
    history : dict of str to array_like of shape (epochs,)
        Under "loss", "accuracy", "val_loss" and "val_accuracy", whichever there are; or what the `fit` of
        Keras returns.
    axes : matplotlib.axes.Axes or sequence of them, optional
        One for each of loss and accuracy that there is; a new figure by default.

    Returns
    -------
    ndarray of matplotlib.axes.Axes
        One or two.

    Raises
    ------
    TypeError
        If `history` is no dict or does not hold real numbers, or `axes` are no axes.
    ValueError
        If there is neither loss nor accuracy, a curve is empty or holds NaN or infinity, or the number
        of axes is wrong.

    Examples
    --------
    >>> axes = plot_history({"loss": [2.3, 0.7, 0.4], "accuracy": [0.1, 0.8, 0.9]})
    >>> [ax.get_ylabel() for ax in axes]
    ['loss', 'accuracy']
    """
    history = getattr(history, "history", history)
    if not isinstance(history, Mapping):
        raise TypeError(f"history must be a dict, got {history!r:.60}: try {{'loss': [2.3, 0.7, 0.4]}}")
    shown = [measure for measure in ("loss", "accuracy") if {measure, f"val_{measure}"} & set(history)]
    if not shown:
        raise ValueError(f"history must hold 'loss' or 'accuracy', got {list(history)}")
    curves = {
        key: checked_array(history[key], f"history[{key!r}]", ("epochs",))
        for measure in shown
        for key in (measure, f"val_{measure}")
        if key in history
    }
    axes = _history_axes(axes, len(shown))
    for ax, measure in zip(axes, shown, strict=True):
        _draw_history(ax, measure, curves)
    axes[-1].set_xlabel("epoch")
    return axes


def confusion_matrix(labels: ArrayLike, predictions: ArrayLike, classes: int) -> Array:
    """Count for each true class how often each class was predicted.

    Parameters
    ----------
    labels, predictions : array_like of shape (n,)
        The true classes and the predicted ones, counted from 0.
    classes : int
        How many classes there are.

    Returns
    -------
    ndarray of shape (classes, classes)
        int64. Row i, column j: how many examples of class i were taken for class j.

    Raises
    ------
    TypeError
        If the classes are not numbers.
    ValueError
        If `labels` and `predictions` differ in length, are empty, or hold anything but 0 to `classes` - 1.

    Examples
    --------
    >>> confusion_matrix(labels=[0, 0, 1], predictions=[0, 1, 1], classes=2)
    array([[1, 1],
           [0, 1]])
    """
    classes = checked_int(classes, "classes", minimum=1)
    labels = _checked_classes(labels, "labels", ("n",), classes)
    predictions = _checked_classes(predictions, "predictions", labels.shape, classes)
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes)


def plot_confusion_matrix(
    matrix: ArrayLike, class_names: Sequence[str] | None = None, *, ax: Axes | None = None
) -> Axes:
    """Draw a confusion matrix: a row for each true class, what is right on the diagonal.

    A field is the darker, the larger its share of its row.

    Parameters
    ----------
    matrix : array_like of shape (classes, classes)
        Counts, as `confusion_matrix` gives them.
    class_names : list of str, optional
        By default the numbers of the classes.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If `matrix` does not hold real numbers, or `ax` is no axes.
    ValueError
        If `matrix` is not square, is empty or holds a negative number, NaN or infinity, or the number of
        names is wrong.

    Examples
    --------
    >>> ax = plot_confusion_matrix([[1, 1], [0, 1]], ["cat", "dog"])
    >>> [text.get_text() for text in ax.texts]
    ['1', '1', '0', '1']
    """
    matrix = checked_array(matrix, "matrix", ("classes", "classes"))
    count = len(matrix)
    matrix = checked_array(matrix, "matrix", (count, count), hint="as many columns as rows")
    if matrix.min() < 0:
        raise ValueError(f"matrix must hold counts, got {matrix.min():g}: none can be negative")
    names = _checked_texts(class_names, "class_names", [str(k) for k in range(count)])
    totals = matrix.sum(axis=1, keepdims=True)
    shares = matrix / np.where(totals > 0, totals, 1)
    ax = _axes(ax, (_WIDTH, _WIDTH))
    drawn = ax.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    for (i, j), value in np.ndenumerate(matrix):
        ink = _contrast(drawn.to_rgba(shares[i, j]))
        ax.text(j, i, f"{value:g}", ha="center", va="center", fontsize=8, color=ink)
    ax.set_xticks(range(count), names, rotation=90 if max(map(len, names)) > 2 else 0)
    ax.set_yticks(range(count), names)
    ax.set(xlabel="predicted class", ylabel="true class")
    return ax


# --- axes ----------------------------------------------------------------------------------------------


def _axes(ax: Axes | None, size: tuple[float, float], *, fill: bool = False) -> Axes:
    """Return `ax`, or the axes of a new figure of that size in inches, which they fill if asked to."""
    if ax is not None:
        return _checked_axes(ax)
    from matplotlib import pyplot as plt

    figure = plt.figure(figsize=size, layout=None if fill else "constrained")
    return figure.add_axes((0, 0, 1, 1)) if fill else figure.add_subplot()


def _checked_axes(ax: Axes) -> Axes:
    from matplotlib.axes import Axes

    if not isinstance(ax, Axes):
        raise TypeError(
            f"ax must be matplotlib axes, got {ax!r:.60}: make them with fig, ax = plt.subplots()"
        )
    return ax


def _grid(titles: Sequence[str], columns: int | None, ratio: float, *, extra: float = 0.0) -> Array:
    """Return axes in rows, one for each title, for pictures of that ratio of height to width."""
    count = len(titles)
    if count > _MOST_PICTURES:
        raise ValueError(
            f"at most {_MOST_PICTURES} pictures fit into a figure, got {count}: choose some of them"
        )
    if columns is None:
        columns = min(max(_LETTERS // (_longest(titles) + 2), 1), 8)
    columns = min(checked_int(columns, "columns", minimum=1), count)
    from matplotlib import pyplot as plt

    rows = -(-count // columns)
    width = max(_WIDTH, 0.6 * columns)
    lines = max(title.count("\n") for title in titles) + 1
    height = rows * (np.clip(width / columns * ratio, 0.2, _WIDTH) + 0.05 + 0.17 * lines) + extra
    size = (width, height)
    axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")[1]
    for ax in axes.ravel()[count:]:
        ax.remove()
    return axes.ravel()[:count]


def _longest(titles: Sequence[str]) -> int:
    return max(len(line) for title in titles for line in title.split("\n"))


def _title_size(titles: Sequence[str], axes: Array) -> float:
    """Return the letters' size in points: 10, which a phone shows well, or what fits, but at least 8."""
    columns = axes[0].get_gridspec().ncols
    room = _LETTERS * axes[0].figure.get_figwidth() / _WIDTH / columns
    return min(max(8 * room / (_longest(titles) + 2), 8), 10)


def _history_axes(axes: Any, count: int) -> Array:
    if axes is None:
        from matplotlib import pyplot as plt

        size = (_WIDTH, 0.3 + 2.2 * count)
        axes = plt.subplots(count, 1, figsize=size, sharex=True, squeeze=False, layout="constrained")[1]
    axes = np.array([_checked_axes(ax) for ax in np.ravel(axes)])
    if len(axes) != count:
        raise ValueError(
            f"axes must be one for each of loss and accuracy that there is, {count}, got {len(axes)}"
        )
    return axes


# --- parts of drawings ---------------------------------------------------------------------------------


def _draw_image(ax: Axes, image: Array, scale: tuple[float, float]) -> AxesImage:
    low, high = scale
    if image.shape[2] == 3:
        drawn = ax.imshow(np.clip((image - low) / (high - low), 0, 1))
    else:
        drawn = ax.imshow(image[:, :, 0], cmap=_SIGNED if low < 0 else "gray", vmin=low, vmax=high)
    ax.set_axis_off()
    return drawn


def _draw_boxes(ax: Axes, boxes: Array, labels: Sequence[str], style: tuple[Any, Any]) -> None:
    """Draw boxes, each with its label above it, or below where it would leave the picture."""
    from matplotlib.patches import Rectangle

    colour, line = style
    height, width = (abs(np.diff(ends)[0]) for ends in (ax.get_ylim(), ax.get_xlim()))
    for (left, top, right, bottom), label in zip(boxes - 0.5, labels, strict=True):
        frame = {"fill": False, "edgecolor": colour, "linestyle": line, "linewidth": 1.5} | _halo()
        ax.add_patch(Rectangle((left, top), right - left, bottom - top, **frame))
        if label:
            x, side = (left, "left") if left < 0.7 * width else (right, "right")
            y, end = (top, "bottom") if top > 0.06 * height else (max(top, 0), "top")
            paper = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}
            ax.text(x, y, label, ha=side, va=end, fontsize=8, bbox=paper)


def _halo() -> dict[str, Any]:
    """Return what puts black around a line, so that it is seen on any photo."""
    from matplotlib.patheffects import withStroke

    return {"path_effects": [withStroke(linewidth=3, foreground="black")]}


def _scale(image: Array, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Return the darkest number and the brightest."""
    if limits is not None:
        low, high = _checked_range(limits, None, "limits")
    elif image.dtype == np.uint8:
        low, high = 0.0, 255.0
    else:
        low, high = min(float(image.min()), 0.0), float(image.max())
        high = max(high, 1.0) if low == 0 else high
    reach = max(-low, high)
    return (-reach, reach) if low < 0 else (low, high)


def _write_numbers(ax: Axes, image: Array, drawn: Any) -> None:
    ax.figure.canvas.figure.draw_without_rendering()  # only now is it known how large a pixel is
    box = ax.get_window_extent()
    height, width, channels = image.shape
    cell = min(box.width / width, box.height / height) * 72 / ax.figure.dpi
    texts = {(i, j): [_say(value) for value in image[i, j].tolist()] for i, j in np.ndindex(height, width)}
    longest = max(len(line) for lines in texts.values() for line in lines)
    # A digit is about 0.64 times as wide as its font is high, and a line 1.2 times as high.
    size = min(0.8 * cell / (0.64 * longest), 0.8 * cell / (1.2 * channels), 14)
    colours = drawn.to_rgba(drawn.get_array())
    for (i, j), lines in texts.items():
        ink = _contrast(colours[i, j])
        ax.text(j, i, "\n".join(lines), ha="center", va="center", fontsize=size, color=ink)


def _say(value: float) -> str:
    """Return a number with two digits, or with all that stand before the point."""
    value += 0.0  # makes 0 of -0
    digits = f"{value:.0f}" if abs(value) >= 10 else f"{value:.2g}"
    return digits.replace("-", "\N{MINUS SIGN}")


def _contrast(colour: Any) -> str:
    """Return black or white, whichever has the higher contrast with a colour (WCAG 2.2)."""
    rgb = np.asarray(colour[:3], float)
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    return "black" if (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) else "white"


def _node_heights(size: int, most: int) -> dict[int, float]:
    """Return the neurons to be drawn, index to height: all of them, or those at both ends."""
    if size <= most:
        return {i: (size - 1) / 2 - i for i in range(size)}
    half = (most - 1) // 2
    first = {i: float(half - i) for i in range(half)}
    return first | {size - 1 - i: -height for i, height in reversed(first.items())}


def _draw_edges(ax: Axes, layers: Sequence[Mapping[int, float]], highlight: tuple[int, int] | None) -> None:
    from matplotlib.collections import LineCollection

    for layer, (left, right) in enumerate(itertools.pairwise(layers), start=1):
        for j, end in right.items():
            chosen = highlight == (layer, j)
            look = (
                {"colors": COLOURS["vermillion"], "linewidths": 2, "zorder": 2}
                if chosen
                else {"colors": "0.6"}
            )
            lines = [((layer - 1, start), (layer, end)) for start in left.values()]
            ax.add_collection(LineCollection(lines, **{"linewidths": 0.6, "zorder": 1} | look))


def _draw_nodes(
    ax: Axes, layer: int, heights: Mapping[int, float], size: int, highlight: tuple[int, int] | None
) -> None:
    chosen = [highlight == (layer, i) for i in heights]
    ax.scatter(
        [layer] * len(heights),
        list(heights.values()),
        s=130,
        facecolors="white",
        edgecolors=[COLOURS["vermillion" if thick else "blue"] for thick in chosen],
        linewidths=[4 if thick else 1.5 for thick in chosen],
        zorder=3,
    )
    if len(heights) < size:
        ax.scatter([layer] * 3, [0.35, 0, -0.35], s=8, color="black", zorder=3)


def _draw_path(ax: Axes, x: Array, y: Array, sides: Any, *, halo: float = 0) -> None:
    """Draw a path, and write at its ends which is which, each on the given side of its point."""
    from matplotlib.patheffects import withStroke

    around = [withStroke(linewidth=halo, foreground="white")] if halo else None
    look: dict[str, Any] = {"color": COLOURS["vermillion"], "linewidth": 1.5, "marker": "o", "markersize": 4}
    ax.plot(x, y, path_effects=around, zorder=3, **look)
    for name, k, (right, up) in zip(("start", "end"), (0, -1), sides, strict=True):
        place: dict[str, Any] = {
            "xytext": (8 * right, 10 * up),
            "textcoords": "offset points",
            "va": "center",
        }
        side = "left" if right > 0.3 else "right" if right < -0.3 else "center"
        ax.annotate(name, (x[k], y[k]), ha=side, path_effects=around, zorder=4, **place)


def _outward(points: Array, widths: Array) -> list[Array]:
    """Return for both ends of a path the direction away from the next point, of length 1."""
    ends = []
    for end, rest in ((points[0], points), (points[-1], points[::-1])):
        steps = (end - rest) / widths
        lengths = np.hypot(*steps.T)
        moved = lengths > 0.02  # the first point that can be told from the end
        ends.append(steps[moved][0] / lengths[moved][0] if moved.any() else np.array([0.7, 0.7]))
    return ends


def _draw_history(ax: Axes, measure: str, curves: Mapping[str, Array]) -> None:
    from matplotlib.ticker import MaxNLocator

    for key, name, (colour, style) in zip(
        (measure, f"val_{measure}"), ("training", "validation"), _STYLES, strict=False
    ):
        if key in curves:
            epochs = np.arange(1, len(curves[key]) + 1)
            look: dict[str, Any] = {"color": colour, "linestyle": style, "marker": "o", "markersize": 3}
            ax.plot(epochs, curves[key], label=name, **look)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_ylabel(measure)
    ax.legend(handlelength=3.5)


# --- checks --------------------------------------------------------------------------------------------


def _checked_image(image: ArrayLike, name: str = "image") -> Array:
    """Return the picture as (height, width, channels): bytes as bytes, other numbers as floats."""
    array = image if isinstance(image, np.ndarray) and image.dtype == np.uint8 else checked_array(image, name)
    shape = array.shape
    if len(shape) == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in (1, 3) or array.size == 0:
        raise ValueError(
            f"{name} has shape (height, width), (height, width, 1) or (height, width, 3), got {shape}: "
            "choose one picture, or one channel of it"
        )
    return array


def _checked_boxes(boxes: Any, name: str) -> Array:
    if hasattr(boxes, "__len__") and not isinstance(boxes, str) and len(boxes) == 0:
        return np.zeros((0, 4))
    boxes = checked_array(boxes, name or "boxes", ("n", 4), hint="left, top, right, bottom")
    if (boxes[:, :2] > boxes[:, 2:]).any():
        wrong = boxes[(boxes[:, :2] > boxes[:, 2:]).any(axis=1)][0].tolist()
        raise ValueError(
            f"{name or 'boxes'} must have left <= right and top <= bottom, got {wrong}: "
            "give left, top, right, bottom, not left, top, width, height"
        )
    return boxes


def _checked_list(values: Any, name: str) -> Any:
    if isinstance(values, str) or not hasattr(values, "__len__"):
        raise TypeError(f"{name} must be a list, got {values!r:.60}")
    if len(values) == 0:
        raise ValueError(f"{name} is empty: give at least one")
    return values


def _checked_texts(texts: Any, name: str, default: Sequence[str]) -> list[str]:
    """Return as many texts as the default has; numbers become texts."""
    if texts is None:
        return list(default)
    texts = [str(text) for text in _checked_list(texts, name)]
    if len(texts) != len(default):
        raise ValueError(f"{name} must hold {len(default)} texts, got {len(texts)}: one for each")
    return texts


def _checked_highlight(
    highlight: tuple[int, int] | None, layers: Sequence[Mapping[int, float]]
) -> tuple[int, int] | None:
    if highlight is None:
        return None
    layer, neuron = checked_array(highlight, "highlight", (2,), hint="(layer, neuron)").tolist()
    if layer not in range(len(layers)) or neuron not in layers[int(layer)]:
        raise ValueError(
            f"highlight must be the layer and the neuron of one that is drawn, counted from 0, got "
            f"{highlight}: choose another, or draw more with most="
        )
    return layer, neuron


def _checked_range(given: Any, values: Any, name: str, share: float = 0.25) -> tuple[float, float]:
    """Return the two ends that were given, or those of the values and a margin."""
    if given is None:
        low, high = float(values.min()), float(values.max())
        margin = share * (high - low) or (0.0 if high > low else 1.0)
        return low - margin, high + margin
    low, high = checked_array(given, name, (2,)).tolist()
    if low >= high:
        raise ValueError(f"{name} must be the lower number and the higher one, got {low:g} and {high:g}")
    return low, high


def _values(f: Callable[..., Any], points: Sequence[Any]) -> Array:
    """Return f at each point, checked to be finite numbers."""
    return checked_array([_number(f, point) for point in points], "what f gives", ("points",))


def _called(f: Callable[..., Any], name: str, *arguments: Any) -> Any:
    if not callable(f):
        raise TypeError(f"{name} must be a function, got {f!r:.60}: try np.tanh")
    return f(*arguments)


def _number(f: Callable[..., Any], point: Any) -> float:
    value = np.asarray(_called(f, "f", point))
    if value.size != 1:
        raise TypeError(f"f must give one number for a point, got {value.shape}")
    return value.item()


def _largest(values: Array) -> float:
    """Return the largest distance from 0, or 1 if all are 0."""
    return float(np.abs(values).max()) or 1.0


def _checked_classes(values: ArrayLike, name: str, shape: tuple[int | str, ...], classes: int) -> Array:
    array = checked_array(values, name, shape, hint="one prediction for each label")
    wrong = (array != np.floor(array)) | (array < 0) | (array >= classes)
    if wrong.any():
        raise ValueError(f"{name} must be whole numbers from 0 to {classes - 1}, got {array[wrong][0]:g}")
    return array.astype(np.int64)
