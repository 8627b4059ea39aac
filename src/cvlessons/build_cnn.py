"""The workshop's networks for CIFAR-10, and a better one: how they are built, and what makes them better.

Each takes pictures of shape (batch, 32, 32, 3) with numbers from 0 to 255 and answers with probabilities
of shape (batch, 10).

Chapter: ``book/build_cnn.md`` (slide 62); ``workshop_ann`` is of ``book/first_network.md`` (slide 43).
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cvlessons._types import Array, ArrayLike, AsGiven
from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number

if TYPE_CHECKING:
    import keras

__all__ = [
    "augmented",
    "batch_normalisation",
    "one_cycle",
    "prepare",
    "residual_chain",
    "residual_network",
    "residual_slopes",
    "workshop_ann",
    "workshop_cnn",
]


def workshop_ann() -> "keras.Model":
    """Return the workshop's fully connected network, untrained: 3072 inputs, 1000, 512 and 10 neurons.

    Returns
    -------
    keras.Sequential

    Raises
    ------
    ImportError
        If Keras is not installed.

    References
    ----------
    Slide 43 of the workshop.

    Examples
    --------
    >>> workshop_ann().count_params()
    3590642
    """
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(1000, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ],
        name="workshop_ann",
    )


def workshop_cnn(*, batch_normalisation: bool = False) -> "keras.Model":
    """Return the workshop's convolutional network, untrained: three pairs of convolutions and a dense layer.

    Parameters
    ----------
    batch_normalisation : bool, default False
        Whether a batch normalisation follows each convolution. The workshop's network has none.

    Returns
    -------
    keras.Sequential

    Raises
    ------
    ImportError
        If Keras is not installed.
    ValueError
        If the switch is neither True nor False.

    References
    ----------
    Slide 62 of the workshop.

    Examples
    --------
    >>> workshop_cnn().count_params(), workshop_cnn(batch_normalisation=True).count_params()
    (669354, 670634)
    """
    from keras import Sequential, layers

    checked_choice(batch_normalisation, "batch_normalisation", (True, False))
    stack = [layers.Input((32, 32, 3)), layers.Rescaling(1 / 255)]
    for filters in (32, 64, 64):
        for _ in range(2):
            stack.append(layers.Conv2D(filters, 3, padding="same"))
            if batch_normalisation:
                stack.append(layers.BatchNormalization())
            stack.append(layers.ReLU())
        stack += [layers.MaxPooling2D(), layers.Dropout(0.25)]
    stack += [layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)]
    stack.append(layers.Dense(10, activation="softmax"))
    return Sequential(stack, name="workshop_cnn")


def residual_network() -> "keras.Model":
    """Return a small residual network, untrained: a first convolution and three blocks with a short cut.

    Each block computes what is to be *added* to what came in, after two convolutions with batch
    normalisation. It halves the picture; its short cut is a convolution of 1 by 1 pixels, which only makes
    the shapes fit.

    Returns
    -------
    keras.Model

    Raises
    ------
    ImportError
        If Keras is not installed.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016.

    Examples
    --------
    >>> residual_network().output_shape
    (None, 10)
    """
    from keras import Model, layers

    def convolution(x: Any, filters: int, size: int = 3, strides: int = 1) -> Any:
        x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    pixels = layers.Input((32, 32, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    x = layers.ReLU()(convolution(x, 32))
    for filters in (48, 96, 192):
        shortcut = convolution(x, filters, 1, strides=2)
        x = layers.ReLU()(convolution(x, filters, strides=2))
        x = layers.ReLU()(layers.Add()([convolution(x, filters), shortcut]))
    x = layers.GlobalAveragePooling2D()(x)
    return Model(pixels, layers.Dense(10, activation="softmax")(x), name="residual_network")


def batch_normalisation(
    x: ArrayLike,
    scale: ArrayLike,
    shift: ArrayLike,
    *,
    mean: ArrayLike | None = None,
    variance: ArrayLike | None = None,
    epsilon: float = 1e-3,
) -> Array:
    """Give each channel of a batch mean 0 and spread 1, then the scale and the shift that were learned.

    Formula: eq-batch-normalisation

    Parameters
    ----------
    x : array_like of shape (..., channels)
        A batch: of rows of numbers, or of feature maps. All axes but the last are counted together.
    scale, shift : array_like of shape (channels,)
        What is learned: the new spread and the new mean of each channel.
    mean, variance : array_like of shape (channels,), optional
        By default those of the batch, as in training. Give both for a network that has learned: then each
        picture is treated alike, whichever others are in the batch.
    epsilon : float above 0, default 0.001
        Keeps a channel that is everywhere the same from a division by 0; as in Keras.

    Returns
    -------
    ndarray of the shape of x
        float32 if `x` is, else float64.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or only one of mean and variance is given.

    References
    ----------
    S. Ioffe, C. Szegedy, "Batch normalization: accelerating deep network training by reducing internal
    covariate shift", ICML 2015, algorithm 1.

    Examples
    --------
    Two channels with very different numbers, of four examples.

    >>> x = [[1, 100], [1, 300], [3, 100], [3, 300]]
    >>> batch_normalisation(x, [1, 1], [0, 0]).round(3).tolist()
    [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    """
    x = checked_array(x, "x")
    if x.ndim < 2:
        raise ValueError(f"x has shape (..., channels) with a batch before it, got {x.shape}: try x[None]")
    channels = (x.shape[-1],)
    scale, shift = (checked_array(v, n, channels) for v, n in ((scale, "scale"), (shift, "shift")))
    epsilon = checked_number(epsilon, "epsilon", above=0)
    if (mean is None) != (variance is None):
        raise ValueError("mean and variance belong together: give both, or neither for those of the batch")

    if mean is None or variance is None:
        batch = x.reshape(-1, x.shape[-1])
        mean, variance = batch.mean(axis=0), batch.var(axis=0)
    mean, variance = (checked_array(v, n, channels) for v, n in ((mean, "mean"), (variance, "variance")))
    if variance.min() < 0:
        raise ValueError(f"variance must be at least 0, got {variance.min():g}: it is a mean of squares")
    y = scale * (x - mean) / np.sqrt(variance + epsilon) + shift
    return y.astype(x.dtype, copy=False)


def augmented(images: Array, rng: np.random.Generator, *, shift: int = 4) -> Array:
    """Return each picture mirrored or not, and moved by up to some pixels; the border is mirrored.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, channels)
        Of any numbers.
    rng : numpy.random.Generator
        Of the same seed come the same pictures.
    shift : int, default 4
        The most pixels in each direction; less than height and width.

    Returns
    -------
    ndarray
        New, of the same shape and dtype.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016, section 4.2,
    with zeros where we mirror.

    Examples
    --------
    >>> one = np.arange(9).reshape(1, 3, 3, 1)
    >>> augmented(one, np.random.default_rng(0), shift=1)[0, :, :, 0]
    array([[5, 4, 3],
           [8, 7, 6],
           [5, 4, 3]])
    """
    if not isinstance(images, np.ndarray) or images.ndim != 4:
        got = getattr(images, "shape", type(images).__name__)
        raise ValueError(
            f"images has shape (n, height, width, channels), got {got}: one picture: image[None]"
        )
    if not isinstance(rng, np.random.Generator):
        raise TypeError(f"rng must be a random generator, got {rng!r:.60}: np.random.default_rng(0)")
    shift = checked_int(shift, "shift", minimum=0)
    n, height, width, _ = images.shape
    if shift >= min(height, width):
        raise ValueError(f"shift must be less than {min(height, width)}, the smaller side, got {shift}")
    padded = np.pad(images, ((0, 0), (shift, shift), (shift, shift), (0, 0)), mode="reflect")
    moved = np.empty_like(images)
    for k, (top, left) in enumerate(rng.integers(0, 2 * shift + 1, (n, 2))):
        moved[k] = padded[k, top : top + height, left : left + width]
    mirrored = rng.random(n) < 0.5
    moved[mirrored] = moved[mirrored, :, ::-1]
    return moved


def one_cycle(done: ArrayLike, highest: float) -> AsGiven:
    """Return the learning rate after a part of the training: it rises for a quarter, then falls to zero.

    Formula: eq-one-cycle

    Parameters
    ----------
    done : array_like of any shape
        The part of the steps that is done, from 0 to 1.
    highest : float above 0
        The learning rate after a quarter.

    Returns
    -------
    ndarray, or float for one number

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    L. N. Smith, N. Topin, "Super-convergence: very fast training of neural networks using large learning
    rates", 2017, arXiv:1708.07120: one cycle of a rise and a fall.

    Examples
    --------
    >>> one_cycle([0, 0.125, 0.25, 0.625, 1], 0.008).tolist()
    [0.0, 0.004, 0.008, 0.004, 0.0]
    """
    done = checked_array(done, "done")
    if done.min() < 0 or done.max() > 1:
        wrong = done.min() if done.min() < 0 else done.max()
        raise ValueError(f"done must be from 0 to 1, got {wrong:g}: divide the step by all the steps")
    highest = checked_number(highest, "highest", above=0)
    rate = highest * np.minimum(done / 0.25, (1 - done) / 0.75)
    return rate if rate.ndim else float(rate)


def residual_chain(x: ArrayLike, weights: Sequence[ArrayLike], *, shortcut: bool = True) -> Array:
    """Send numbers through a chain of blocks, each of which adds to what comes in: x + W max(0, x).

    Formula: eq-residual

    Parameters
    ----------
    x : array_like of shape (n,)
        What comes in.
    weights : sequence of array_like of shape (n, n)
        W of each block.
    shortcut : bool, default True
        False leaves the sum out: each block *replaces* what comes in by W max(0, x), as a plain layer does.

    Returns
    -------
    ndarray of shape (n,), float64

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016, equation 1,
    with the ReLU first, as in "Identity mappings in deep residual networks", ECCV 2016.

    Examples
    --------
    >>> residual_chain([1, -2], [[[0.5, 0], [1, 0]]]).tolist()
    [1.5, -1.0]
    >>> residual_chain([1, -2], [[[0.5, 0], [1, 0]]], shortcut=False).tolist()
    [0.5, 1.0]
    """
    *_, (last, _) = _chain(x, weights, shortcut)
    return last


def residual_slopes(x: ArrayLike, weights: Sequence[ArrayLike], *, shortcut: bool = True) -> Array:
    """Return how fast each output of `residual_chain` changes with each of its inputs.

    Formula: eq-residual-slope

    Parameters
    ----------
    x, weights, shortcut
        As in `residual_chain`, and with its errors.

    Returns
    -------
    ndarray of shape (n, n), float64
        The slope of output i by input j. Where an x of a block is exactly 0, that of the ReLU counts as 0.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Identity mappings in deep residual networks", ECCV 2016, equation 5.

    Examples
    --------
    >>> residual_slopes([1, -2], [[[0.5, 0], [1, 0]]]).tolist()
    [[1.5, 0.0], [1.0, 1.0]]
    >>> residual_slopes([1, -2], [[[0.5, 0], [1, 0]]], shortcut=False).tolist()
    [[0.5, 0.0], [1.0, 0.0]]
    """
    *_, (_, slopes) = _chain(x, weights, shortcut)
    return slopes


def _chain(x: Any, weights: Sequence[ArrayLike], shortcut: bool) -> Iterator[tuple[Array, Array]]:
    """Give after each block what goes out of it, and its slopes by what came into the first."""
    x = checked_array(x, "x", ("n",)).astype(np.float64)
    shape = (len(x), len(x))
    blocks = [checked_array(W, f"weights[{k}]", shape) for k, W in enumerate(weights)]
    passed = float(checked_choice(shortcut, "shortcut", (True, False)))
    slopes = np.eye(len(x))
    yield x, slopes
    for W in blocks:
        # The ReLU switches columns of W off.
        block_slopes = passed * np.eye(len(x)) + W * (x > 0)
        x = passed * x + W @ np.maximum(x, 0)
        slopes = block_slopes @ slopes
        yield x, slopes


def prepare(image: Array) -> Array:
    """Make a picture of any size into one that the networks take: the square in its middle, 32 pixels wide.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3)
        uint8, the channels red, green, blue.

    Returns
    -------
    ndarray of shape (32, 32, 3)
        uint8. Each pixel is the mean of those that it stands for, so that nothing is skipped; a picture
        that is smaller is enlarged smoothly.

    Raises
    ------
    TypeError
        If the picture does not hold bytes.
    ValueError
        If it has another shape, or no pixel.

    References
    ----------
    OpenCV's documentation of ``cv2.resize``: INTER_AREA is preferred for making pictures smaller.

    Examples
    --------
    >>> prepare(np.full((300, 400, 3), 7, np.uint8)).shape
    (32, 32, 3)
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        got = getattr(image, "dtype", type(image).__name__)
        raise TypeError(
            f"image must hold bytes, uint8 from 0 to 255, got {got}: (255 * image).astype(np.uint8)"
        )
    if image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise ValueError(
            f"image has shape (height, width, 3), got {image.shape}: a grey one: np.dstack([image] * 3), "
            "one with transparency: image[:, :, :3]"
        )
    import cv2

    side = min(image.shape[:2])
    top, left = ((size - side) // 2 for size in image.shape[:2])
    square = np.ascontiguousarray(image[top : top + side, left : left + side])
    way = cv2.INTER_AREA if side >= 32 else cv2.INTER_LINEAR
    return cv2.resize(square, (32, 32), interpolation=way)
