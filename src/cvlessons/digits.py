"""A network that reads drawn digits, small enough for a web page; and what a drawing needs before it is read.

Chapter: ``book/digits.md``.

Digits are uint8 of shape (n, 28, 28), white ink on black, as MNIST has them. The network takes them as
float32 of shape (n, 28, 28, 1) with numbers from 0 to 1: `to_input` makes these.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number
from cvlessons.datasets import load_weights
from cvlessons.drawing import draw_strokes, mnist_digit
from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
from cvlessons.sequential import Sequential

if TYPE_CHECKING:
    import keras

__all__ = [
    "augmented",
    "build_model",
    "centre",
    "digit_network",
    "fold_normalisation",
    "ink",
    "pen_digits",
    "pen_strokes",
    "to_input",
]

FAINT = 0.2  # of the strongest ink: what is weaker is paper
LEAST_CONTRAST = 25  # grey levels between the paper and the ink: below that, there is only noise
PAD = 280  # pixels


# ---- the network ----------------------------------------------------------------------------------


def build_model(*, normalised: bool = False) -> "keras.Model":
    """Return the network of the chapter in Keras, untrained: three convolutions and a dense layer.

    Parameters
    ----------
    normalised : bool, default False
        Whether a batch normalisation follows each convolution, as in training. The stored weights are
        those of the network without, into whose convolutions they are folded (`fold_normalisation`).

    Returns
    -------
    keras.Sequential
        From pictures of shape (batch, 28, 28, 1), 0 to 1, to probabilities of shape (batch, 10).

    Raises
    ------
    ImportError
        If Keras is not installed.
    ValueError
        If the switch is neither True nor False.

    References
    ----------
    The pattern is that of LeNet-5: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning
    applied to document recognition", Proceedings of the IEEE 86(11), 1998.

    Examples
    --------
    >>> build_model().count_params()
    22002
    """
    checked_choice(normalised, "normalised", (True, False))
    from keras import Sequential, layers

    stack = [layers.Input((28, 28, 1))]
    for filters, size, padding in ((12, 5, "valid"), (32, 3, "same"), (48, 3, "same")):
        stack.append(layers.Conv2D(filters, size, padding=padding, use_bias=not normalised))
        if normalised:
            stack.append(layers.BatchNormalization())
        stack += [layers.ReLU(), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dense(10, activation="softmax")]
    return Sequential(stack, name="digits")


def digit_network(name: str = "digits") -> Sequential:
    """Return the same network in plain NumPy, with its stored weights.

    Parameters
    ----------
    name : {"digits", "digits_plain"}, default "digits"
        The second was trained without augmentation.

    Returns
    -------
    cvlessons.sequential.Sequential
        For pictures of shape (batch, 28, 28, 1), 0 to 1.

    Raises
    ------
    ValueError
        If there is no such network.
    OSError
        If the file of the weights is missing or damaged.

    Examples
    --------
    >>> digit_network().count()
    22002
    """
    stored = list(load_weights(checked_choice(name, "name", ("digits", "digits_plain"))).values())
    network = Sequential(
        (28, 28, 1),
        [
            *(Conv2D(12, 5), ReLU(), MaxPool()),
            *(Conv2D(32, padding=1), ReLU(), MaxPool()),
            *(Conv2D(48, padding=1), ReLU(), MaxPool()),
            *(Flatten(), Dense(10)),
        ],
    )
    network.set_parameters([*stored[:6], stored[6].T, stored[7]])
    return network


def fold_normalisation(
    kernel: ArrayLike,
    gamma: ArrayLike,
    beta: ArrayLike,
    mean: ArrayLike,
    variance: ArrayLike,
    *,
    epsilon: float = 1e-3,
) -> tuple[Array, Array]:
    """Return the kernel and the bias that do a convolution and its batch normalisation in one.

    Formula: eq-digits-fold

    Parameters
    ----------
    kernel : array_like of shape (kernel_height, kernel_width, in_channels, out_channels)
        Of a convolution without bias.
    gamma, beta, mean, variance : array_like of shape (out_channels,)
        What the normalisation has learned, and what it has met: Keras has them in this order.
    epsilon : float, default 1e-3
        What is added to the variance, as in Keras.

    Returns
    -------
    kernel, bias : ndarray
        Of the shapes of `kernel` and `gamma`.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit, a variance is negative, or `epsilon` not above 0.

    References
    ----------
    S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
    covariate shift", ICML 2015.

    Examples
    --------
    >>> kernel, bias = fold_normalisation(np.full((1, 1, 1, 1), 3.0), [2], [5], [1], [3], epsilon=1)
    >>> kernel.item(), bias.item()  # 2 (3 x - 1) / sqrt(3 + 1) + 5 = 3 x + 4
    (3.0, 4.0)
    """
    axes = ("kernel_height", "kernel_width", "in_channels", "out_channels")
    kernel = checked_array(kernel, "kernel", axes)
    names = ("gamma", "beta", "mean", "variance")
    gamma, beta, mean, variance = (
        checked_array(values, name, kernel.shape[3:], hint="one number for each kernel")
        for name, values in zip(names, (gamma, beta, mean, variance), strict=True)
    )
    if variance.min() < 0:
        raise ValueError(f"variance cannot be negative, got {variance.min():g}: are the arrays in order?")
    factor = gamma / np.sqrt(variance + checked_number(epsilon, "epsilon", above=0))
    return kernel * factor, beta - mean * factor


def to_input(images: ArrayLike) -> Array:
    """Return digits as the network takes them: with a channel, and with numbers from 0 to 1.

    Parameters
    ----------
    images : array_like of shape (n, height, width)
        Bytes, 0 to 255.

    Returns
    -------
    ndarray of float32, shape (n, height, width, 1)

    Raises
    ------
    TypeError, ValueError
        If the pictures are of another shape or hold other numbers.

    Examples
    --------
    >>> to_input([[[0, 255]]]).ravel()
    array([0., 1.], dtype=float32)
    """
    images = checked_array(images, "images", ("n", "height", "width"), hint="one picture: images[None]")
    if images.min() < 0 or images.max() > 255:
        raise ValueError(
            f"images must lie between 0 and 255, got {images.min():g} to {images.max():g}: give them as bytes"
        )
    return (images[..., None] / 255).astype(np.float32)


# ---- from a drawing to a digit --------------------------------------------------------------------


def ink(drawing: Array) -> Array:
    """Return what differs from the paper, the strongest of it as 255: white ink on black.

    The paper is what most of the drawing's border shows, whether it is white, black, or grey in a photograph.

    Formula: eq-digits-ink

    Parameters
    ----------
    drawing : ndarray of uint8, shape (height, width)

    Returns
    -------
    ndarray of uint8, shape (height, width)

    Raises
    ------
    TypeError, ValueError
        If the drawing is not uint8 of that shape, or shows hardly any contrast.

    Examples
    --------
    >>> ink(np.array([[200, 200, 200, 200], [200, 100, 0, 200], [200, 190, 200, 200]], np.uint8))
    array([[  0,   0,   0,   0],
           [  0, 128, 255,   0],
           [  0,   0,   0,   0]], dtype=uint8)
    """
    drawing = _checked_digits(drawing, "drawing", ("height", "width"))
    border = np.concatenate([drawing[0], drawing[-1], drawing[:, 0], drawing[:, -1]])
    levels = np.abs(np.arange(256) - int(np.median(border)))  # of ink, for each brightness
    strongest = max(levels[drawing.min()], levels[drawing.max()])
    if strongest < LEAST_CONTRAST:
        raise ValueError(
            f"drawing differs from its paper by {strongest} grey levels at most, and {LEAST_CONTRAST} are "
            "needed: draw something, or take a darker pen"
        )
    table = np.where(levels < FAINT * strongest, 0, np.minimum(levels * 255 / strongest, 255))
    return np.round(table).astype(np.uint8)[drawing]


def centre(drawing: Array) -> Array:
    """Return a drawing in the form of MNIST, whatever its size and place, dark on light or light on dark.

    `ink` finds the strokes, `cvlessons.drawing.mnist_digit` brings them into form.

    Parameters
    ----------
    drawing : ndarray of uint8, shape (height, width)

    Returns
    -------
    ndarray of uint8, shape (28, 28)

    Raises
    ------
    TypeError, ValueError
        As `ink`, and if the strokes are so thin that nothing of them is left.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86(11), 1998, section III.A.

    Examples
    --------
    >>> drawing = draw_strokes([[(40, 50), (60, 200)]])
    >>> np.array_equal(centre(drawing), centre(255 - drawing))
    True
    """
    return mnist_digit(ink(drawing))


# ---- more digits than there are -------------------------------------------------------------------


def augmented(images: Array, *, seed: int = 0) -> Array:
    """Return every digit changed a little: turned, slanted, scaled, moved, with a thinner or thicker pen.

    Turned by up to 12 degrees, slanted by up to 0.2, each side scaled by 0.85 to 1.15, moved by up to 2
    pixels. In one of five the pen is thinner, in one of five thicker, by up to most of a pixel on each side.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)
    seed : int, default 0
        The same seed gives the same changes.

    Returns
    -------
    ndarray of uint8, shape (n, 28, 28)

    Raises
    ------
    TypeError, ValueError
        If the images are not uint8 of that shape, or `seed` is no whole number from 0.

    References
    ----------
    P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for convolutional neural networks applied to
    visual document analysis", ICDAR 2003.

    Examples
    --------
    >>> from cvlessons.datasets import load_mnist
    >>> (x_train, _), _ = load_mnist()
    >>> augmented(x_train[:5]).shape
    (5, 28, 28)
    """
    import cv2

    images = _checked_digits(images, "images", ("n", 28, 28))
    rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
    count = len(images)
    angles = np.radians(rng.uniform(-12, 12, count))
    slants = rng.uniform(-0.2, 0.2, count)
    scales = rng.uniform(0.85, 1.15, (count, 2))
    shifts = rng.uniform(-2, 2, (count, 2))
    pens = rng.uniform(-1, 1, count)
    changed = np.empty_like(images)
    for k, image in enumerate(images):
        linear = _turned(angles[k], slants[k]) * scales[k]
        matrix = np.column_stack([linear, 13.5 - linear @ [13.5, 13.5] + shifts[k]])
        changed[k] = cv2.warpAffine(_other_pen(image, pens[k]), matrix, (28, 28), flags=cv2.INTER_LINEAR)
    return changed


def _turned(angle: float, slant: float) -> Array:
    """Return the matrix that slants to the right, then turns clockwise (y points down)."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]]) @ [[1, -slant], [0, 1]]


def _other_pen(image: Array, pen: float) -> Array:
    """Return a digit as it is, or mixed with a thinner one (pen below -0.6) or a thicker one (above 0.6)."""
    import cv2

    share = 2 * (abs(pen) - 0.6)  # at most 0.8
    if share <= 0:
        return image
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    other = cv2.dilate(image, cross) if pen > 0 else cv2.erode(image, cross)
    return cv2.addWeighted(image, 1 - share, other, share, 0)


# ---- drawings by rule -----------------------------------------------------------------------------


def _arc(
    x: float, y: float, width: float, height: float, start: float, stop: float
) -> list[tuple[float, float]]:
    """Return points on an ellipse of these half axes, from angle to angle, clockwise from right."""
    angles = np.radians(np.linspace(start, stop, 25))
    return [*zip(x + width * np.cos(angles), y + height * np.sin(angles), strict=True)]


# Each way to write a digit is a list of strokes in a box from -0.5 (top) to 0.5 (foot), about 0.6 wide.
_SKELETONS = (
    ([_arc(0, 0, 0.3, 0.5, -90, 270)], [_arc(0, 0, 0.23, 0.5, -70, 300)]),
    (
        [[(0, -0.5), (0, 0.5)]],
        [[(-0.16, -0.3), (0.03, -0.5), (0.03, 0.5)]],
        [[(-0.16, -0.32), (0.02, -0.5), (0.02, 0.5)], [(-0.2, 0.5), (0.23, 0.5)]],
    ),
    (
        [[*_arc(0, -0.22, 0.27, 0.28, -170, 35), (-0.28, 0.5), (0.3, 0.5)]],
        [[*_arc(0, -0.2, 0.26, 0.3, -150, 40), (-0.3, 0.46), (-0.08, 0.4), (0.12, 0.48), (0.3, 0.44)]],
    ),
    (
        [[*_arc(-0.03, -0.26, 0.26, 0.24, -150, 90), *_arc(-0.03, 0.23, 0.3, 0.27, -90, 150)]],
        [[(-0.25, -0.5), (0.22, -0.5), (-0.04, -0.1), *_arc(-0.04, 0.2, 0.3, 0.3, -90, 145)]],
    ),
    (
        [[(-0.12, -0.5), (-0.28, 0.12), (0.3, 0.12)], [(0.12, -0.2), (0.1, 0.5)]],
        [[(-0.24, -0.46), (-0.25, 0.04), (0.18, 0.02)], [(0.2, -0.5), (0.18, 0.5)]],
        [[(0.12, 0.5), (0.12, -0.5), (-0.3, 0.16), (0.32, 0.16)]],
    ),
    (
        [[(0.26, -0.5), (-0.2, -0.5), (-0.23, -0.08), *_arc(-0.02, 0.18, 0.29, 0.32, -130, 140)]],
        [
            [(-0.17, -0.48), (-0.21, -0.06), *_arc(-0.01, 0.2, 0.27, 0.3, -125, 130)],
            [(-0.17, -0.48), (0.28, -0.5)],
        ],
    ),
    (
        [[*_arc(0.2, 0.2, 0.44, 0.7, -95, -180), *_arc(0.01, 0.22, 0.25, 0.28, 180, -180)]],
        [[(0.14, -0.5), (-0.1, -0.15), *_arc(0.02, 0.2, 0.27, 0.3, 190, -160)]],
    ),
    (
        [[(-0.28, -0.5), (0.28, -0.5), (-0.06, 0.5)]],
        [[(-0.28, -0.5), (0.28, -0.5), (-0.04, 0.5)], [(-0.14, 0.02), (0.24, 0)]],
        [[(-0.29, -0.38), (-0.26, -0.5), (0.28, -0.48), (0.08, 0), (0, 0.5)]],
    ),
    (
        [
            [
                *_arc(0, -0.25, 0.22, 0.25, -50, -270),
                *_arc(0, 0.25, 0.27, 0.25, -90, 270),
                *_arc(0, -0.25, 0.22, 0.25, 90, -50),
            ]
        ],
        [[*_arc(0, -0.25, 0.21, 0.25, 90, 450), *_arc(0, 0.25, 0.26, 0.25, -90, 270)]],
    ),
    (
        [[*_arc(0, -0.22, 0.25, 0.28, -20, -360), (0.2, 0.5)]],
        [[*_arc(0, -0.22, 0.25, 0.28, -30, -360), *_arc(-0.13, -0.05, 0.38, 0.55, 10, 105)]],
    ),
)


def pen_strokes(digit: int, variant: int = 0) -> list[Array]:
    """Return how a digit is written, in strokes: our own, drawn by nobody's hand.

    Parameters
    ----------
    digit : int
        From 0 to 9.
    variant : int, default 0
        Each digit has two ways or three.

    Returns
    -------
    list of ndarray of shape (n, 2)
        The points (x, y) of each stroke: y from -0.5 at the top to 0.5 at the foot, x around 0.

    Raises
    ------
    TypeError, ValueError
        If there is no such digit, or it has no such variant.

    Examples
    --------
    >>> pen_strokes(1)[0].tolist()
    [[0.0, -0.5], [0.0, 0.5]]
    >>> len(pen_strokes(7, 1))  # with a bar
    2
    """
    ways = _SKELETONS[checked_choice(checked_int(digit, "digit", minimum=0), "digit", range(10))]
    variant = checked_choice(checked_int(variant, "variant", minimum=0), "variant", range(len(ways)))
    return [np.array(stroke) for stroke in ways[variant]]


def pen_digits(
    count: int = 1000,
    *,
    seed: int = 0,
    widths: tuple[float, float] = (0.03, 0.25),
    sizes: tuple[float, float] = (50, 200),
    turns: tuple[float, float] = (-20, 20),
    slants: tuple[float, float] = (-0.2, 0.4),
    wobble: float = 0.07,
) -> tuple[Array, Array]:
    """Return drawings of digits on a pad of 280 by 280 pixels, made by rule, and which digits they are.

    Each takes one of the ways of `pen_strokes`, bends its strokes smoothly, makes it narrower or wider,
    slants and turns it, gives it a size and a pen, and puts it somewhere on the pad. The same seed
    gives the same drawings; with another range for one property, the same in everything else.

    Parameters
    ----------
    count : int, default 1000
        As many of each digit, if it is a multiple of ten.
    seed : int, default 0
    widths : (float, float), default (0.03, 0.25)
        Of the pen, as a share of the height of the digit: from the thinnest, to the thickest.
    sizes : (float, float), default (50, 200)
        The height of the digit before it is turned, in pixels.
    turns : (float, float), default (-20, 20)
        In degrees, clockwise.
    slants : (float, float), default (-0.2, 0.4)
        To the right, as a share of the height.
    wobble : float, default 0.07
        How far the strokes are bent, as a share of the height.

    Returns
    -------
    drawings : ndarray of uint8, shape (count, 280, 280)
        White ink on black, anti-aliased.
    labels : ndarray of int64, shape (count,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or a range goes beyond what fits on the pad.

    Examples
    --------
    >>> drawings, labels = pen_digits(20, turns=(0, 0))
    >>> drawings.shape, labels[:12].tolist()
    ((20, 280, 280), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1])
    """
    count = checked_int(count, "count", minimum=1)
    rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
    ranges = (
        _checked_range(widths, "widths", 0.01, 0.5),
        _checked_range(sizes, "sizes", 20, 200),
        _checked_range(turns, "turns", -180, 180),
        _checked_range(slants, "slants", -1, 1),
    )
    wobble = checked_number(wobble, "wobble", minimum=0, maximum=0.2)
    labels = np.arange(count) % 10
    drawings = np.empty((count, PAD, PAD), np.uint8)
    for k, digit in enumerate(labels):
        drawings[k] = _pen_drawing(int(digit), ranges, wobble, rng)
    return drawings, labels


def _pen_drawing(digit: int, ranges: Any, wobble: float, rng: np.random.Generator) -> Array:
    """Return one drawing; however the ranges are, it takes as many random numbers."""
    strokes = pen_strokes(digit, int(rng.integers(len(_SKELETONS[digit]))))
    width, size, turn, slant = (rng.uniform(*ends) for ends in ranges)
    linear = size * _turned(np.radians(turn), slant) * [rng.uniform(0.75, 1.15), 1]
    where = rng.random(2)
    strokes = [_bent(stroke, wobble, rng) @ linear.T for stroke in strokes]
    pen = max(1, round(width * size))
    every = np.concatenate(strokes)
    low, high = every.min(axis=0) - pen / 2, every.max(axis=0) + pen / 2
    room = PAD - (high - low)
    place = np.where(room > 0, where * room, room / 2) - low  # what is too large hangs over on both sides
    return draw_strokes([stroke + place for stroke in strokes], size=PAD, width=pen)


def _bent(stroke: Array, wobble: float, rng: np.random.Generator) -> Array:
    """Return a stroke as a fine polyline, moved by a few slow random waves along it."""
    steps = np.hypot(*np.diff(stroke, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)]) / steps.sum()
    t = np.linspace(0, 1, 60)
    fine = np.column_stack([np.interp(t, along, axis) for axis in stroke.T])
    waves = np.arange(4)
    sizes = rng.normal(size=(4, 2)) / (1 + waves[:, None])
    return fine + wobble * np.cos(np.pi * np.outer(t, waves)) @ sizes


# ---- checks ---------------------------------------------------------------------------------------


def _checked_digits(images: ArrayLike, name: str, axes: tuple[int | str, ...]) -> Array:
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(f"{name} must be uint8, got {images.dtype}: bytes from 0 to 255")
    # A copy of millions of bytes as floats would only be looked at: the first picture stands for all.
    checked_array(images[:1] if len(axes) == 3 and images.ndim else images.astype(np.float32), name, axes)
    return images


def _checked_range(
    ends: tuple[float, float], name: str, minimum: float, maximum: float
) -> tuple[float, float]:
    low, high = checked_array(ends, name, (2,), hint="from and to").tolist()
    if not minimum <= low <= high <= maximum:
        raise ValueError(
            f"{name} must go up, from {minimum} at least to {maximum} at most, got {low:g} to {high:g}"
        )
    return low, high
