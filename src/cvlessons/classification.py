"""One picture, one name: a small network that names pictures, and the measures that judge such a network.

Chapter: ``book/classification.md`` (slide 13).
"""

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import keras

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = [
    "build_model",
    "calibration_error",
    "nearest_neighbours",
    "reliability",
    "top_k_accuracy",
    "wilson_interval",
]


def build_model() -> "keras.Model":
    """Return the network of the chapter, untrained: five convolutions and one layer that names.

    Give it pictures of shape (batch, 32, 32, 3) with numbers from 0 to 255; it answers with probabilities
    of shape (batch, 10). Its trained weights are ``load_weights("classifier")``.

    Returns
    -------
    keras.Model

    Raises
    ------
    ImportError
        If Keras is not installed.

    References
    ----------
    The pattern is that of K. Simonyan, A. Zisserman, "Very deep convolutional networks for large-scale
    image recognition", ICLR 2015, in small.

    Examples
    --------
    >>> build_model().output_shape
    (None, 10)
    """
    from keras import Model, layers

    pixels = layers.Input((32, 32, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    for widths in ((24,), (48, 48), (96, 96)):
        for width in widths:
            x = layers.Conv2D(width, 3, padding="same", use_bias=False)(x)
            x = layers.BatchNormalization()(x)
            x = layers.ReLU()(x)
        x = layers.MaxPooling2D()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return Model(pixels, layers.Dense(10, activation="softmax")(x))


def top_k_accuracy(probabilities: ArrayLike, labels: ArrayLike, *, k: int = 1) -> float:
    """Return the share of pictures whose true class is among the k that were rated highest.

    A tie counts against the classifier: who rates two names alike has not put the right one first.

    Formula: eq-top-k

    Parameters
    ----------
    probabilities : array_like of shape (n, classes)
        How highly each class is rated for each picture. Any numbers that can be ordered will do.
    labels : array_like of shape (n,)
        The true classes, whole numbers from 0.
    k : int, default 1
        At most the number of classes.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or `k` is no whole number.
    ValueError
        If the shapes do not fit, an array is empty or holds NaN or infinity, a label is no class, or there
        are fewer than `k` classes.

    References
    ----------
    O. Russakovsky et al., "ImageNet large scale visual recognition challenge", International Journal of
    Computer Vision 115, 2015: the challenge was scored by the top 5.

    Examples
    --------
    >>> rated = [[0.7, 0.2, 0.1], [0.5, 0.3, 0.2]]
    >>> top_k_accuracy(rated, [0, 1]), top_k_accuracy(rated, [0, 1], k=2)
    (0.5, 1.0)
    """
    rated, labels = _checked_answers(probabilities, labels)
    k = checked_int(k, "k", minimum=1)
    if k > rated.shape[1]:
        raise ValueError(f"k must be at most the number of classes, {rated.shape[1]}, got {k}")
    true = rated[np.arange(len(labels)), labels]
    # The rank is 1 if no other class is rated as high.
    rank = (rated >= true[:, None]).sum(axis=1)
    return float((rank <= k).mean())


def wilson_interval(right: int, total: int, *, confidence: float = 0.95) -> tuple[float, float]:
    """Return the shares that a count of right answers leaves plausible, as Wilson's interval.

    Formula: eq-wilson

    Parameters
    ----------
    right, total : int
        So many of so many answers were right.
    confidence : float, default 0.95
        In how many of all cases such an interval is to hold the true share; between 0 and 1.

    Returns
    -------
    low, high : float
        From 0 to 1. Unlike the share plus and minus twice its standard error, they never leave this range.

    Raises
    ------
    TypeError
        If a count is no whole number, or `confidence` no number.
    ValueError
        If `total` is below 1 or above 10**15, `right` not between 0 and `total`, or `confidence` not
        between 0 and 1.

    References
    ----------
    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the
    American Statistical Association 22, 1927.

    Examples
    --------
    >>> [round(end, 3) for end in wilson_interval(80, 100)]
    [0.711, 0.867]
    >>> [round(end, 3) for end in wilson_interval(1600, 2000)]
    [0.782, 0.817]
    """
    right, total = _checked_counts(right, total)
    confidence = checked_number(confidence, "confidence", above=0)
    quantile = (1 + confidence) / 2  # half of what is left out lies on each side
    if quantile >= 1:
        raise ValueError(f"confidence must be below 1, got {confidence:g}: try 0.95")
    z = NormalDist().inv_cdf(quantile)
    share = right / total
    middle = share + z**2 / (2 * total)
    reach = z * np.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    low, high = ((middle + side * reach) / (1 + z**2 / total) for side in (-1, 1))
    # Rounding may overstep a little.
    return float(np.clip(low, 0, share)), float(np.clip(high, share, 1))


def reliability(probabilities: ArrayLike, labels: ArrayLike, *, bins: int = 10) -> tuple[Array, Array, Array]:
    """Sort the answers by how sure they were, and count for each bin how many of them were right.

    Bin b holds the answers whose highest probability is above b / bins and at most (b + 1) / bins.

    Parameters
    ----------
    probabilities : array_like of shape (n, classes)
        Each row non-negative, with the sum 1.
    labels : array_like of shape (n,)
        The true classes, whole numbers from 0.
    bins : int, default 10

    Returns
    -------
    counts : ndarray of shape (bins,), int64
        The answers in each bin.
    confidence : ndarray of shape (bins,), float64
        Their mean highest probability; NaN in an empty bin.
    accuracy : ndarray of shape (bins,), float64
        The share of them that is right; NaN in an empty bin.

    Raises
    ------
    TypeError, ValueError
        As in `top_k_accuracy`, and if a row is no set of probabilities, or `bins` no whole number above 0.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017.

    Examples
    --------
    >>> counts, confidence, accuracy = reliability([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]], [0, 1, 1], bins=2)
    >>> counts.tolist(), confidence.round(2).tolist(), accuracy.round(2).tolist()
    ([0, 3], [nan, 0.8], [nan, 0.67])
    """
    rated, labels = _checked_answers(probabilities, labels)
    _check_sums(rated)
    bins = checked_int(bins, "bins", minimum=1)
    sure = rated.max(axis=1)
    right = rated.argmax(axis=1) == labels
    # Rounded, since in 32 bits 0.3 * 10 is a little more than 3.
    place = np.clip(np.ceil(np.round(sure * bins, 6)).astype(int) - 1, 0, bins - 1)
    counts = np.bincount(place, minlength=bins)
    sums = [np.bincount(place, weights=values, minlength=bins) for values in (sure, right)]
    confidence, accuracy = (
        np.divide(total, counts, out=np.full(bins, np.nan), where=counts > 0) for total in sums
    )
    return counts, confidence, accuracy


def calibration_error(probabilities: ArrayLike, labels: ArrayLike, *, bins: int = 10) -> float:
    """Return the mean gap between how sure the answers were and how many were right.

    Formula: eq-calibration-error

    Parameters
    ----------
    probabilities, labels, bins
        As in `reliability`, and with its errors.

    Returns
    -------
    float
        From 0, where a 90 % sure answer is right in 90 % of all cases, to 1.

    References
    ----------
    M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015: the expected calibration error.

    Examples
    --------
    Three answers, 0.8 sure on average, two of them right.

    >>> round(calibration_error([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8]], [0, 1, 1], bins=2), 4)
    0.1333
    """
    counts, confidence, accuracy = reliability(probabilities, labels, bins=bins)
    # An empty bin counts for nothing.
    gaps = np.nan_to_num(np.abs(accuracy - confidence))
    return float((counts * gaps).sum() / counts.sum())


def nearest_neighbours(examples: ArrayLike, queries: ArrayLike, *, k: int = 1) -> tuple[Array, Array]:
    """Return for each query the k examples that are nearest to it, by the Euclidean distance.

    Parameters
    ----------
    examples : array_like of shape (n, features)
        What is searched: a picture a row, as float32 to be fast.
    queries : array_like of shape (m, features)
    k : int, default 1
        At most n.

    Returns
    -------
    distances : ndarray of shape (m, k)
        The nearest first; float32 if both arrays are, else float64.
    indices : ndarray of shape (m, k), int64
        Rows of `examples`; of equal distances the lower row first.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or `k` is no whole number.
    ValueError
        If the shapes do not fit, an array is empty or holds NaN, infinity or numbers whose squares are too
        large for a float, or there are fewer than `k` examples.

    References
    ----------
    T. Cover, P. Hart, "Nearest neighbor pattern classification", IEEE Transactions on Information Theory
    13, 1967.

    Examples
    --------
    >>> distances, indices = nearest_neighbours([[0, 0], [3, 4], [9, 9]], [[0, 1]], k=2)
    >>> distances.round(2).tolist(), indices.tolist()
    ([[1.0, 4.24]], [[0, 1]])
    """
    examples = checked_array(examples, "examples", ("n", "features"))
    shape = ("m", examples.shape[1])
    queries = checked_array(queries, "queries", shape, hint="as many features as the examples")
    k = checked_int(k, "k", minimum=1)
    if k > len(examples):
        raise ValueError(f"k must be at most the number of examples, {len(examples)}, got {k}")
    _check_size(examples, "examples")
    _check_size(queries, "queries")
    rows = [
        _nearest(examples, query, near, k)
        for query, near in zip(queries, _candidates(examples, queries, k), strict=True)
    ]
    distances, indices = zip(*rows, strict=True)
    return np.stack(distances), np.stack(indices)


def _candidates(examples: Array, queries: Array, k: int) -> Array:
    """Return for each query which examples may be among its k nearest, as far as rounding lets one say."""
    centre = examples.mean(axis=0)  # the smaller the numbers, the smaller the rounding
    a, b = examples - centre, queries - centre
    # |a - b|^2 = |a|^2 - 2ab + |b|^2 asks for one product of matrices; |b|^2 changes no order.
    sizes = (a**2).sum(axis=1)
    squares = sizes - 2 * b @ a.T
    limits = np.partition(squares, k - 1, axis=1)[:, k - 1]
    largest = sizes.max() + 2 * np.sqrt(sizes.max() * (b**2).sum(axis=1))
    rounding = (a.shape[1] + 4) * np.finfo(squares.dtype).eps * largest
    return squares <= (limits + 2 * rounding)[:, None]


def _nearest(examples: Array, query: Array, near: Array, k: int) -> tuple[Array, Array]:
    """Return distances and rows of the k nearest of the examples that may be it, measured exactly."""
    rows = np.flatnonzero(near)
    distances = np.linalg.norm(examples[rows] - query, axis=1)
    order = np.argsort(distances, kind="stable")[:k]
    return distances[order], rows[order]


def _checked_answers(probabilities: ArrayLike, labels: ArrayLike) -> tuple[Array, Array]:
    rated = checked_array(probabilities, "probabilities", ("n", "classes"))
    labels = checked_array(labels, "labels", (len(rated),), hint="one label for each row of probabilities")
    wrong = (labels != np.floor(labels)) | (labels < 0) | (labels >= rated.shape[1])
    if wrong.any():
        raise ValueError(
            f"labels must be whole numbers from 0 to {rated.shape[1] - 1}, got {labels[wrong][0]:g}"
        )
    return rated, labels.astype(np.int64)


def _checked_counts(right: int, total: int) -> tuple[int, int]:
    total = checked_int(total, "total", minimum=1)
    if total > 10**15:
        raise ValueError(
            "total must be at most 10**15, so that a float can hold it exactly, got about "
            f"2**{total.bit_length() - 1}: count fewer answers"
        )
    right = checked_int(right, "right", minimum=0)
    if right > total:
        raise ValueError(f"right must be at most total, {total}, got {right}")
    return right, total


def _check_sums(rated: Array) -> None:
    with np.errstate(over="ignore"):  # a sum beyond all floats is inf, and refused as that
        sums = rated.sum(axis=1)
    if (rated < 0).any() or (np.abs(sums - 1) > 1e-3).any():
        raise ValueError(
            "probabilities must be 0 or more, with the sum 1 in each row, got "
            f"{rated.min():g} at the least and sums from {sums.min():g} to {sums.max():g}: "
            "turn scores into probabilities with cvlessons.activations.softmax"
        )


def _check_size(array: Array, name: str, *, power: int = 2) -> None:
    """Refuse numbers whose powers, or sums of them, are too large for a float."""
    limit = (np.finfo(array.dtype).max / (16 * array.size)) ** (1 / power)
    largest = np.abs(array).max()
    if largest > limit:
        raise ValueError(
            f"{name} must lie between -{limit:.0e} and {limit:.0e}, or its powers are too large for "
            f"{array.dtype}, got {largest:.0e} in size: divide the numbers first"
        )
