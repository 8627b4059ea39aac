"""New pictures that look like those of a set: a variational autoencoder, its measures, and style transfer.

Chapter: ``book/generation.md`` (slide 20).
"""

from typing import TYPE_CHECKING

import numpy as np

from cvlessons._onnx import session
from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int
from cvlessons.classification import _check_size

if TYPE_CHECKING:
    import keras

__all__ = [
    "build_decoder",
    "build_encoder",
    "build_garment_classifier",
    "frechet_distance",
    "gaussian_kl",
    "gram_matrix",
    "reparametrise",
    "style_vector",
    "stylise",
]


def build_encoder(latents: int) -> "keras.Model":
    """Return the untrained encoder of a variational autoencoder: a picture in, a small cloud out.

    Give it pictures of shape (batch, 28, 28, 1) with numbers from 0 to 1. It answers with the mean of the
    cloud and the logarithm of its variance, each of shape (batch, latents).

    Parameters
    ----------
    latents : int
        How many numbers are to describe a picture.

    Returns
    -------
    keras.Model

    Raises
    ------
    TypeError, ValueError
        If `latents` is no whole number above 0.
    ImportError
        If Keras is not installed.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014.

    Examples
    --------
    >>> build_encoder(16).output_shape
    [(None, 16), (None, 16)]
    """
    latents = checked_int(latents, "latents", minimum=1)
    from keras import Model, layers

    pixels = layers.Input((28, 28, 1))
    x = layers.Conv2D(24, 3, strides=2, padding="same", activation="relu")(pixels)
    x = layers.Conv2D(32, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Flatten()(x)
    return Model(pixels, [layers.Dense(latents)(x), layers.Dense(latents)(x)])


def build_decoder(latents: int) -> "keras.Model":
    """Return the untrained decoder of a variational autoencoder: latents in, a picture out.

    Its pictures have the shape (batch, 28, 28, 1) and numbers from 0 to 1.

    Parameters
    ----------
    latents : int
        How many numbers describe a picture.

    Returns
    -------
    keras.Model

    Raises
    ------
    TypeError, ValueError, ImportError
        As in `build_encoder`.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014.

    Examples
    --------
    >>> build_decoder(16).output_shape
    (None, 28, 28, 1)
    """
    latents = checked_int(latents, "latents", minimum=1)
    from keras import Model, layers

    numbers = layers.Input((latents,))
    x = layers.Dense(7 * 7 * 32, activation="relu")(numbers)
    x = layers.Reshape((7, 7, 32))(x)
    x = layers.Conv2DTranspose(32, 4, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(24, 4, strides=2, padding="same", activation="relu")(x)
    return Model(numbers, layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x))


def build_garment_classifier() -> tuple["keras.Model", "keras.Model"]:
    """Return an untrained classifier of garments, and its first part, which ends at 32 features.

    Both read pictures of shape (batch, 28, 28, 1) with numbers from 0 to 1, and share their weights.

    Returns
    -------
    classifier, features : keras.Model
        The first answers with the probabilities of ten classes, the second with 32 numbers.

    Raises
    ------
    ImportError
        If Keras is not installed.

    Examples
    --------
    >>> classifier, features = build_garment_classifier()
    >>> classifier.output_shape, features.output_shape
    ((None, 10), (None, 32))
    """
    from keras import Model, layers

    pixels = layers.Input((28, 28, 1))
    x = layers.Conv2D(16, 3, padding="same", activation="relu")(pixels)
    x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(32, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    features = layers.Dense(32, activation="relu")(layers.Flatten()(x))
    names = layers.Dense(10, activation="softmax")(features)
    return Model(pixels, names), Model(pixels, features)


def reparametrise(mean: ArrayLike, log_variance: ArrayLike, noise: ArrayLike) -> Array:
    """Return a point of each cloud: its mean, and the noise stretched to the cloud's spread.

    Formula: eq-reparametrisation

    Parameters
    ----------
    mean, log_variance : array_like of shape (n, latents)
        What the encoder says.
    noise : array_like of shape (n, latents)
        Drawn from the standard normal distribution.

    Returns
    -------
    ndarray of shape (n, latents)
        Float32 if all three are, else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, an array is empty or holds NaN, infinity or numbers whose squares are too large
        for a float, or a variance is.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014, section 2.4.

    Examples
    --------
    A variance of 4 is a spread of 2.

    >>> reparametrise([[1.0]], [[np.log(4)]], [[-0.5]])
    array([[0.]])
    """
    mean, log_variance = _checked_clouds(mean, log_variance)
    noise = checked_array(noise, "noise", mean.shape, hint="one number for each latent")
    _check_size(noise, "noise")
    return mean + np.exp(log_variance / 2) * noise


def gaussian_kl(mean: ArrayLike, log_variance: ArrayLike) -> Array:
    """Return how far each cloud is from the standard normal distribution, as Kullback-Leibler divergence.

    Formula: eq-gaussian-kl

    Parameters
    ----------
    mean, log_variance : array_like of shape (n, latents)
        What the encoder says.

    Returns
    -------
    ndarray of shape (n,)
        In nats; float32 if both are, else float64. 0 if the cloud is the standard normal distribution, else
        larger.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, an array is empty or holds NaN, infinity or numbers whose squares are too large
        for a float, or a variance is.

    References
    ----------
    D. P. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014, appendix B.

    Examples
    --------
    >>> gaussian_kl([[0.0, 0.0], [1.0, 2.0]], [[0.0, 0.0], [0.0, 0.0]])
    array([0. , 2.5])
    """
    mean, log_variance = _checked_clouds(mean, log_variance)
    return (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1) / 2


def frechet_distance(one: ArrayLike, other: ArrayLike) -> float:
    """Return the squared Fréchet distance between two sets of features, each taken as a normal distribution.

    Formula: eq-frechet-distance

    Parameters
    ----------
    one, other : array_like of shape (n, features) and (m, features)
        The features of n and of m pictures; at least two each, and for a steady result many times as
        many as there are features.

    Returns
    -------
    float
        0 if both sets have the same mean and covariance, else larger. With the features of the Inception
        network it is called the Fréchet inception distance, FID.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, or a set holds fewer than two pictures, NaN, infinity or numbers whose
        fourth powers are too large for a float.

    References
    ----------
    D. C. Dowson, B. V. Landau, "The Fréchet distance between multivariate normal distributions", Journal of
    Multivariate Analysis 12, 1982. M. Heusel et al., "GANs trained by a two time-scale update rule converge
    to a local Nash equilibrium", NeurIPS 2017.

    Examples
    --------
    The means are 3 apart, and the spreads are 1 and 2: 3 squared and (2 - 1) squared.

    >>> round(frechet_distance([[-1.0], [1.0]], [[1.0], [5.0]]), 6)
    10.0
    """
    one = _checked_features(one, "one", "features")
    other = _checked_features(other, "other", one.shape[1])
    (mean_one, spread_one), (mean_other, spread_other) = _normal(one), _normal(other)
    # The root of a product of two covariances has the same trace as this root of a symmetric matrix.
    half = _root(spread_one)
    between = _root(half @ spread_other @ half)
    distance = ((mean_one - mean_other) ** 2).sum() + np.trace(spread_one + spread_other - 2 * between)
    return max(float(distance), 0.0)  # rounding may overstep a little


def gram_matrix(features: ArrayLike) -> Array:
    """Return how strongly each two features occur together, whatever the place: the style of a picture.

    Formula: eq-gram-matrix

    Parameters
    ----------
    features : array_like of shape (height, width, channels)
        A feature map: at each place one number for each channel.

    Returns
    -------
    ndarray of shape (channels, channels)
        Symmetric: the mean over all places of the products of two channels. Float32 if `features` is, else
        float64.

    Raises
    ------
    TypeError
        If `features` does not hold real numbers.
    ValueError
        If it has another shape, is empty or holds NaN, infinity or numbers whose squares are too large for a
        float.

    References
    ----------
    L. A. Gatys, A. S. Ecker, M. Bethge, "Image style transfer using convolutional neural networks", CVPR
    2016, equation 3, there without the mean.

    Examples
    --------
    Two channels that never occur together.

    >>> gram_matrix([[[1, 0], [0, 3]]])
    array([[0.5, 0. ],
           [0. , 4.5]])
    """
    features = checked_array(features, "features", ("height", "width", "channels"))
    _check_size(features, "features")
    rows = features.reshape(-1, features.shape[2])
    return rows.T @ rows / len(rows)


def style_vector(photo: Array) -> Array:
    """Return the style of a picture as 100 numbers, as Magenta's network for style prediction sees it.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3)
        uint8, red, green and blue. It is resized to 256 by 256.

    Returns
    -------
    ndarray of shape (100,), float32

    Raises
    ------
    TypeError, ValueError
        If `photo` is no uint8 picture of that shape, or empty.
    ImportError
        If ONNX Runtime is not installed.

    References
    ----------
    G. Ghiasi et al., "Exploring the structure of a real-time, arbitrary neural artistic stylization
    network", BMVC 2017.

    Examples
    --------
    >>> from cvlessons.datasets import load_photo
    >>> style_vector(load_photo("starry_night")).shape
    (100,)
    """
    picture = _resized(photo, "photo", 256)
    return _run("style_predict", picture)[0, 0, 0]


def stylise(photo: Array, style: ArrayLike) -> Array:
    """Return a picture repainted in a style.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3)
        uint8, red, green and blue. It is resized to 384 by 384.
    style : array_like of shape (100,)
        The style, from `style_vector`, or a mixture of such.

    Returns
    -------
    ndarray of shape (384, 384, 3)
        uint8, red, green and blue.

    Raises
    ------
    TypeError, ValueError
        If `photo` is no uint8 picture of that shape, or empty; if `style` does not hold 100 finite numbers.
    ImportError
        If ONNX Runtime is not installed.

    References
    ----------
    As in `style_vector`.

    Examples
    --------
    >>> from cvlessons.datasets import load_photo
    >>> painting, swan = load_photo("starry_night"), load_photo("swan")
    >>> stylise(swan, style_vector(painting)).shape
    (384, 384, 3)
    """
    picture = _resized(photo, "photo", 384)
    style = checked_array(style, "style", (100,), hint="take it from style_vector")
    with np.errstate(over="ignore"):  # what is beyond 32 bits is inf, and refused as that
        style = checked_array(style.astype(np.float32), "style")
    painted = _run("style_transform", picture, style.reshape(1, 1, 1, 100))[0]
    return np.round(255 * painted).astype(np.uint8)


def _run(name: str, *inputs: Array) -> Array:
    """Return the answer of one of the stored ONNX models."""
    model = session(f"{name}.onnx")
    names = [node.name for node in model.get_inputs()]
    return model.run(None, dict(zip(names, inputs, strict=True)))[0]


def _resized(photo: Array, name: str, size: int) -> Array:
    """Return a picture as a batch of one, with numbers from 0 to 1."""
    import cv2

    if not isinstance(photo, np.ndarray) or photo.dtype != np.uint8:
        got = photo.dtype if isinstance(photo, np.ndarray) else type(photo).__name__
        raise TypeError(f"{name} must be an array of uint8, 0 to 255, got {got}: try load_photo('swan')")
    checked_array(photo, name, ("height", "width", 3), hint="red, green and blue")
    resized = cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA)
    return (resized / 255).astype(np.float32)[None]


def _checked_clouds(mean: ArrayLike, log_variance: ArrayLike) -> tuple[Array, Array]:
    mean = checked_array(mean, "mean", ("n", "latents"))
    log_variance = checked_array(log_variance, "log_variance", mean.shape, hint="one for each mean")
    with np.errstate(over="ignore"):
        finite = np.isfinite(2 * np.exp(log_variance).sum(axis=1)).all()
    if not finite:
        raise ValueError(
            f"log_variance must have a finite exponential, got {log_variance.max():g}: the training has "
            "diverged, or this is no logarithm"
        )
    _check_size(mean, "mean")
    return mean, log_variance


def _checked_features(features: ArrayLike, name: str, size: int | str) -> Array:
    features = checked_array(features, name, ("n", size), hint="both sets need the same features")
    if len(features) < 2:
        raise ValueError(f"{name} must hold at least two pictures, got {len(features)}: one has no spread")
    features = features.astype(np.float64)
    _check_size(features, name, power=4)  # two covariances are multiplied
    return features


def _normal(features: Array) -> tuple[Array, Array]:
    """Return the mean and the covariance of a set."""
    mean = features.mean(axis=0)
    centred = features - mean
    return mean, centred.T @ centred / len(features)


def _root(matrix: Array) -> Array:
    """Return the root of a symmetric matrix without negative eigenvalues."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
