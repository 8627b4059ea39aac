"""Loss functions: how wrong the predictions are, as one number, and which way is better.

A loss here is the cost J = (1/m) sum_i L_i of slide 42: the mean over the m examples. A gradient here is that
of each example's own loss, dL_i / d., in the column of its example and without the 1/m. The 1/m enters once,
where the examples meet: in dW and db (`cvlessons.backprop`).

Chapter: ``book/loss.md`` (slides 38 and 39).
"""

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int
from cvlessons.activations import softmax

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_gradient",
    "categorical_cross_entropy",
    "categorical_cross_entropy_from_logits",
    "categorical_cross_entropy_from_logits_gradient",
    "categorical_cross_entropy_gradient",
    "mean_squared_error",
    "mean_squared_error_gradient",
    "one_hot",
]

# Columns of probabilities sum to 1 up to rounding and up to the small steps of a gradient check.
SUM_TOLERANCE = 1e-3


def mean_squared_error(prediction: ArrayLike, target: ArrayLike) -> float:
    """Return the mean of (prediction - target)^2, over the outputs and over the examples.

    Formula: eq-mse

    Parameters
    ----------
    prediction : array_like of shape (n_outputs, m) or (m,)
        One example a column. float32 is computed in float32; everything else in float64.
    target : array_like of the same shape
        The right values, in the same unit.

    Returns
    -------
    float
        In the unit of the target, squared.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, or an argument is empty or holds NaN or infinity.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, MIT Press, 2016, section 5.1.

    Examples
    --------
    >>> mean_squared_error([3, 5], [1, 5])
    2.0
    """
    prediction, target = _checked_pair(prediction, target, "prediction")
    return float(np.mean((prediction - target) ** 2))


def mean_squared_error_gradient(prediction: ArrayLike, target: ArrayLike) -> Array:
    """Return dL_i / dprediction = 2 (prediction - target) / n_outputs, for each example, without 1/m.

    Formula: eq-mse-gradient

    Parameters, errors and source as in `mean_squared_error`.

    Returns
    -------
    ndarray of the shape of prediction

    Examples
    --------
    >>> mean_squared_error_gradient([3, 5], [1, 5])
    array([4., 0.])
    """
    prediction, target = _checked_pair(prediction, target, "prediction")
    return 2 * (prediction - target) / _n_outputs(prediction)


def binary_cross_entropy(probability: ArrayLike, target: ArrayLike) -> float:
    """Return the mean of -(t ln p + (1 - t) ln(1 - p)): the surprise at what was true, in nats.

    Probabilities are first clipped to [eps, 1 - eps] with the eps of their dtype, as Keras does with 1e-7:
    to be certain and wrong costs about 36 in float64 and 16 in float32, not infinity.

    Formula: eq-binary-cross-entropy

    Parameters
    ----------
    probability : array_like of shape (n_outputs, m) or (m,)
        The probability that the answer is yes, from 0 to 1; one example a column. float32 is computed in
        float32; everything else in float64.
    target : array_like of the same shape
        1 for yes, 0 for no.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, an argument is empty or holds NaN or infinity, a probability is outside
        [0, 1], or a target is neither 0 nor 1.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, Springer, 2006, equation 4.90.

    Examples
    --------
    >>> round(binary_cross_entropy([0.5, 0.5], [1, 0]), 4)
    0.6931
    """
    probability, target = _checked_binary(probability, target)
    p = _clipped(probability)
    return float(np.mean(-np.log(np.where(target == 1, p, 1 - p))))


def binary_cross_entropy_gradient(probability: ArrayLike, target: ArrayLike) -> Array:
    """Return dL_i / dp = (p - t) / (p (1 - p)) / n_outputs, for each example, without 1/m.

    Where `binary_cross_entropy` clips, this is the slope at the clipped probability, never infinite.

    Formula: eq-binary-cross-entropy-gradient

    Parameters, errors and source as in `binary_cross_entropy`.

    Returns
    -------
    ndarray of the shape of probability

    Examples
    --------
    >>> binary_cross_entropy_gradient([0.5, 0.5], [1, 0])
    array([-2.,  2.])
    """
    probability, target = _checked_binary(probability, target)
    p = _clipped(probability)
    # One of the two terms is always zero: -1/p is left for a yes, 1/(1 - p) for a no.
    return np.where(target == 1, -1 / p, 1 / (1 - p)) / _n_outputs(p)


def categorical_cross_entropy(probability: ArrayLike, target: ArrayLike) -> float:
    """Return the mean over the examples of -ln(probability of the true class), in nats.

    Probabilities are first clipped to [eps, 1 - eps], as in `binary_cross_entropy`.

    Formula: eq-cross-entropy

    Parameters
    ----------
    probability : array_like of shape (n_classes, m)
        Column i holds the probabilities of example i: from 0 to 1, together 1, as `softmax` gives them.
        float32 is computed in float32; everything else in float64.
    target : array_like of shape (n_classes, m)
        One-hot: in each column a 1 for the true class, 0 elsewhere, as `one_hot` gives them.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, an argument is empty or holds NaN or infinity, a probability is outside
        [0, 1], a column does not sum to 1 (within 0.001), or a target is not one-hot.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, Springer, 2006, equation 4.108.

    Examples
    --------
    The slide's cat, dog and other, for a picture of a cat.

    >>> round(categorical_cross_entropy([[0.97], [0.01], [0.02]], [[1], [0], [0]]), 4)
    0.0305
    """
    probability, target = _checked_categorical(probability, target)
    return float(np.mean(-np.log(_clipped(probability)).sum(axis=0, where=target == 1)))


def categorical_cross_entropy_gradient(probability: ArrayLike, target: ArrayLike) -> Array:
    """Return dL_i / dp: -1/p at the true class, 0 elsewhere, for each example, without 1/m.

    Where `categorical_cross_entropy` clips, this is the slope at the clipped probability, never infinite.

    Formula: eq-cross-entropy-gradient

    Parameters, errors and source as in `categorical_cross_entropy`.

    Returns
    -------
    ndarray of shape (n_classes, m)

    Examples
    --------
    >>> categorical_cross_entropy_gradient([[0.5], [0.25], [0.25]], [[1], [0], [0]])
    array([[-2.],
           [ 0.],
           [ 0.]])
    """
    probability, target = _checked_categorical(probability, target)
    return np.where(target == 1, -1 / _clipped(probability), probability.dtype.type(0))


def categorical_cross_entropy_from_logits(logits: ArrayLike, target: ArrayLike) -> float:
    """Return the mean over the examples of ln(sum_j e^z_j) - z_true: softmax and cross-entropy in one.

    No probability is ever formed, so nothing is rounded to 0 and nothing needs to be clipped.

    Formula: eq-cross-entropy-logits

    Parameters
    ----------
    logits : array_like of shape (n_classes, m)
        Column i holds the scores of example i, before any softmax. float32 is computed in float32;
        everything else in float64.
    target : array_like of shape (n_classes, m)
        One-hot, as in `categorical_cross_entropy`.

    Returns
    -------
    float
        At least 0.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, an argument is empty or holds NaN or infinity, or a target is not one-hot.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, MIT Press, 2016, section 6.2.2.3.

    Examples
    --------
    >>> categorical_cross_entropy_from_logits([[1000], [0]], [[0], [1]])
    1000.0
    """
    logits, target = _checked_columns(logits, target, "logits")
    shifted = logits - logits.max(axis=0)  # changes no difference, and e^ can no longer overflow
    true_score = shifted.sum(axis=0, where=target == 1)
    return float(np.mean(np.log(np.exp(shifted).sum(axis=0)) - true_score))


def categorical_cross_entropy_from_logits_gradient(logits: ArrayLike, target: ArrayLike) -> Array:
    """Return dL_i / dz = softmax(z) - target, for each example, without 1/m.

    Formula: eq-cross-entropy-logits-gradient

    Parameters, errors and source as in `categorical_cross_entropy_from_logits`.

    Returns
    -------
    ndarray of shape (n_classes, m)
        Every column sums to 0.

    Examples
    --------
    >>> categorical_cross_entropy_from_logits_gradient([[0], [0]], [[0], [1]])
    array([[ 0.5],
           [-0.5]])
    """
    logits, target = _checked_columns(logits, target, "logits")
    return softmax(logits, axis=0) - target


def one_hot(labels: ArrayLike, n_classes: int) -> Array:
    """Return labels as columns with a single 1, in the row of the label.

    Parameters
    ----------
    labels : array_like of int of shape (m,)
        From 0 to n_classes - 1.
    n_classes : int
        At least 2.

    Returns
    -------
    ndarray of float64 of shape (n_classes, m)

    Raises
    ------
    TypeError
        If `labels` does not hold numbers, or `n_classes` is not a whole number.
    ValueError
        If a label is not a whole number from 0 to n_classes - 1, or `labels` is empty.

    References
    ----------
    C. M. Bishop, Pattern Recognition and Machine Learning, Springer, 2006, section 4.1.3 (1-of-K coding).

    Examples
    --------
    >>> one_hot([2, 0], 3)
    array([[0., 1.],
           [0., 0.],
           [1., 0.]])
    """
    n_classes = checked_int(n_classes, "n_classes", minimum=2)
    labels = checked_array(labels, "labels", ("m",), hint="one label for each example")
    classes = np.arange(n_classes)
    rule = f"hold whole numbers from 0 to {n_classes - 1}"
    _refuse(~np.isin(labels, classes), labels, "labels", rule, "check n_classes, or relabel")
    return (classes[:, None] == labels).astype(np.float64)


def _clipped(probability: Array) -> Array:
    eps = np.finfo(probability.dtype).eps
    return np.clip(probability, eps, 1 - eps)


def _n_outputs(array: Array) -> int:
    """Return over how many outputs the loss of one example is the mean."""
    return len(array) if array.ndim == 2 else 1


def _checked_pair(prediction: ArrayLike, target: ArrayLike, name: str) -> tuple[Array, Array]:
    prediction = checked_array(prediction, name)
    if prediction.ndim not in (1, 2):
        raise ValueError(
            f"{name} has shape (n_outputs, m) or (m,), got {prediction.shape}: one example is one column"
        )
    target = checked_array(target, "target", prediction.shape, hint=f"the same shape as {name}")
    return prediction, target.astype(prediction.dtype, copy=False)


def _checked_binary(probability: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    probability, target = _checked_pair(probability, target, "probability")
    _refuse_outside(probability, "put a sigmoid before it")
    _refuse((target != 0) & (target != 1), target, "target", "hold only 0 and 1", "1 means yes, 0 means no")
    return probability, target


def _checked_categorical(probability: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
    probability, target = _checked_columns(probability, target, "probability")
    cure = "put a softmax before it, or use categorical_cross_entropy_from_logits"
    _refuse_outside(probability, cure)
    total = probability.sum(axis=0)
    _refuse(abs(total - 1) > SUM_TOLERANCE, total, "each column of probability", "sum to 1", cure)
    return probability, target


def _checked_columns(scores: ArrayLike, target: ArrayLike, name: str) -> tuple[Array, Array]:
    scores = checked_array(scores, name, ("n_classes", "m"), hint="one example is one column")
    scores, target = _checked_pair(scores, target, name)
    one_hot_columns = ((target == 0) | (target == 1)).all(axis=0) & ((target == 1).sum(axis=0) == 1)
    if not one_hot_columns.all():
        column = int(np.argmin(one_hot_columns))
        raise ValueError(
            f"target must be one-hot, a single 1 in each column, got {target[:, column].tolist()} in column "
            f"{column}: use one_hot(labels, n_classes)"
        )
    return scores, target


def _refuse_outside(probability: Array, cure: str) -> None:
    _refuse((probability < 0) | (probability > 1), probability, "probability", "be from 0 to 1", cure)


def _refuse(bad: Array, array: Array, name: str, rule: str, cure: str) -> None:
    """Raise, for the first entry that is bad, an error with the value, the rule and the cure."""
    if bad.any():
        where = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(f"{name} must {rule}, got {array[where]} at index {where}: {cure}")
