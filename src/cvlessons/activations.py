"""Activation functions, their derivatives, and what a network would be without them.

Chapter: ``book/activations.md`` (slides 36 and 37).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from cvlessons._types import Array, ArrayLike, AsGiven, Layers
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "collapse_linear",
    "leaky_relu",
    "leaky_relu_derivative",
    "linear",
    "linear_derivative",
    "relu",
    "relu_derivative",
    "sigmoid",
    "sigmoid_derivative",
    "softmax",
    "softmax_jacobian",
    "tanh",
    "tanh_by_sigmoid_form",
    "tanh_derivative",
]


def linear(z: ArrayLike) -> AsGiven:
    """Return z as it is: a layer without an activation.

    Parameters
    ----------
    z : float or array_like of any shape
        The weighted sums. float32 stays float32; everything else becomes float64.

    Returns
    -------
    float or ndarray of the shape of z
        A number for a number, an array for an array.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.
    ValueError
        If `z` is empty or holds NaN or infinity.

    References
    ----------
    Slide 36 of the workshop.

    Examples
    --------
    >>> linear([-2, 3])
    array([-2.,  3.])
    """
    return _as_given(np.positive(checked_array(z, "z")))


def linear_derivative(z: ArrayLike) -> AsGiven:
    """Return 1 for every z: a straight line has the same slope everywhere.

    Parameters, returns, errors and source as in `linear`.

    Examples
    --------
    >>> linear_derivative([-2, 3])
    array([1., 1.])
    """
    return _as_given(np.ones_like(checked_array(z, "z")))


def sigmoid(z: ArrayLike) -> AsGiven:
    """Return 1 / (1 + e^-z), a number between 0 and 1, at any size of z.

    Formula: eq-sigmoid

    Parameters
    ----------
    z : float or array_like of any shape
        The weighted sums. float32 stays float32; everything else becomes float64.

    Returns
    -------
    float or ndarray of the shape of z
        Between 0 and 1.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers.
    ValueError
        If `z` is empty or holds NaN or infinity.

    References
    ----------
    Slide 37 of the workshop.

    Examples
    --------
    >>> sigmoid(0.0)
    0.5
    >>> sigmoid([-1000, 0, 1000])
    array([0. , 0.5, 1. ])
    """
    return _as_given(_sigmoid(checked_array(z, "z")))


def sigmoid_derivative(z: ArrayLike) -> AsGiven:
    """Return the slope of the sigmoid at z, sigmoid(z) (1 - sigmoid(z)): at most 1/4.

    Formula: eq-sigmoid-derivative

    Parameters, returns and errors as in `sigmoid`.

    References
    ----------
    D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating
    errors", Nature 323, 1986.

    Examples
    --------
    >>> sigmoid_derivative(0.0)
    0.25
    """
    z = checked_array(z, "z")
    # 1 - sigmoid(z) is sigmoid(-z), which loses no digits where sigmoid(z) is nearly 1.
    return _as_given(_sigmoid(z) * _sigmoid(-z))


def tanh(z: ArrayLike) -> AsGiven:
    """Return the hyperbolic tangent of z, a number between -1 and 1.

    Formula: eq-tanh

    Parameters, returns and errors as in `sigmoid`, with values between -1 and 1.

    References
    ----------
    Slide 37 of the workshop; Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp",
    in Neural Networks: Tricks of the Trade, 1998.

    Examples
    --------
    >>> tanh([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    return _as_given(np.tanh(checked_array(z, "z")))


def tanh_by_sigmoid_form(z: ArrayLike) -> AsGiven:
    """Return 2 / (1 + e^-2z) - 1, the slide's tanh: a sigmoid, stretched and moved down.

    The same number as `tanh`, but near z = 0 the subtraction of 1 costs digits.

    Formula: eq-tanh

    Parameters, returns and errors as in `tanh`.

    References
    ----------
    Slide 37 of the workshop.

    Examples
    --------
    >>> tanh_by_sigmoid_form([-1000, 0, 1000])
    array([-1.,  0.,  1.])
    """
    return _as_given(2 * _sigmoid(_doubled(checked_array(z, "z"))) - 1)


def tanh_derivative(z: ArrayLike) -> AsGiven:
    """Return the slope of tanh at z, 1 - tanh(z)^2: at most 1.

    Formula: eq-tanh-derivative

    Parameters, returns and errors as in `sigmoid`.

    References
    ----------
    Y. LeCun, L. Bottou, G. B. Orr and K.-R. Müller, "Efficient BackProp", in Neural Networks: Tricks
    of the Trade, 1998.

    Examples
    --------
    >>> tanh_derivative(0.0)
    1.0
    """
    twice = _doubled(checked_array(z, "z"))
    # tanh(z) = 2 sigmoid(2z) - 1, so its slope is 2 * 2 times the sigmoid's at 2z:
    # the same as 1 - tanh(z)^2, but no digit is lost where tanh(z) is nearly 1.
    return _as_given(4 * _sigmoid(twice) * _sigmoid(-twice))


def relu(z: ArrayLike) -> AsGiven:
    """Return max(0, z): the rectified linear unit.

    Formula: eq-relu

    Parameters, returns and errors as in `sigmoid`, with values from 0 up.

    References
    ----------
    Slide 37 of the workshop; V. Nair and G. E. Hinton, "Rectified linear units improve restricted
    Boltzmann machines", ICML 2010.

    Examples
    --------
    >>> relu([-2, 0, 3])
    array([0., 0., 3.])
    """
    return _as_given(np.maximum(checked_array(z, "z"), 0))


def relu_derivative(z: ArrayLike) -> AsGiven:
    """Return 1 where z is above 0, else 0 (at the kink itself 0, as TensorFlow has it).

    Formula: eq-relu-derivative

    Parameters, returns and errors as in `sigmoid`.

    References
    ----------
    X. Glorot, A. Bordes and Y. Bengio, "Deep sparse rectifier neural networks", AISTATS 2011.

    Examples
    --------
    >>> relu_derivative([-2, 0, 3])
    array([0., 0., 1.])
    """
    z = checked_array(z, "z")
    return _as_given((z > 0).astype(z.dtype))


def leaky_relu(z: ArrayLike, *, slope: float = 0.01) -> AsGiven:
    """Return z where it is above 0, else slope * z: a ReLU that lets a little through.

    Formula: eq-leaky-relu

    Parameters
    ----------
    z : float or array_like of any shape
        The weighted sums. float32 stays float32; everything else becomes float64.
    slope : float, default 0.01
        The slope for negative z, from 0 (then it is the ReLU) to 1 (then it is a straight line).

    Returns
    -------
    float or ndarray of the shape of z

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If `z` is empty or holds NaN or infinity, or `slope` is not between 0 and 1.

    References
    ----------
    A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier nonlinearities improve neural network acoustic
    models", ICML Workshop on Deep Learning for Audio, Speech and Language Processing, 2013.

    Examples
    --------
    >>> leaky_relu([-2, 0, 3], slope=0.25)
    array([-0.5,  0. ,  3. ])
    """
    z, slope = checked_array(z, "z"), _checked_slope(slope)
    return _as_given(np.where(z > 0, z, slope * z))


def leaky_relu_derivative(z: ArrayLike, *, slope: float = 0.01) -> AsGiven:
    """Return 1 where z is above 0, else `slope` (also at the kink itself, as TensorFlow has it).

    Formula: eq-leaky-relu-derivative

    Parameters, returns, errors and source as in `leaky_relu`.

    Examples
    --------
    >>> leaky_relu_derivative([-2, 0, 3], slope=0.25)
    array([0.25, 0.25, 1.  ])
    """
    z, slope = checked_array(z, "z"), _checked_slope(slope)
    return _as_given(np.where(z > 0, np.ones_like(z), z.dtype.type(slope)))


def softmax(z: ArrayLike, *, axis: int = 0) -> Array:
    """Return e^z_i / sum_j e^z_j: scores turned into probabilities that sum to 1.

    Formula: eq-softmax

    Parameters
    ----------
    z : array_like of shape (n,) or (n, m), or with more axes
        One score for each class; a batch has one example a column. float32 stays float32.
    axis : int, default 0
        The axis of the classes: the one along which the result sums to 1.

    Returns
    -------
    ndarray of the shape of z
        Between 0 and 1.

    Raises
    ------
    TypeError
        If `z` does not hold real numbers or `axis` is not a whole number.
    ValueError
        If `z` is a single number, is empty or holds NaN or infinity, or has no such axis.

    References
    ----------
    J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
    relationships to statistical pattern recognition", in Neurocomputing, 1990.

    Examples
    --------
    >>> softmax([1000, 1000, -1000])
    array([0.5, 0.5, 0. ])
    """
    z = checked_array(z, "z")
    axis = _checked_axis(axis, z)
    with np.errstate(over="ignore"):  # a gap beyond the largest float is -inf, and its e^ is 0
        exponentials = np.exp(z - z.max(axis=axis, keepdims=True))  # none is above e^0 = 1
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def softmax_jacobian(z: ArrayLike) -> Array:
    """Return the slopes of the softmax, entry (i, j) = da_i / dz_j = a_i ((i == j) - a_j).

    Formula: eq-softmax-derivative

    Parameters
    ----------
    z : array_like of shape (n,)
        One score for each class. float32 stays float32.

    Returns
    -------
    ndarray of shape (n, n)
        Symmetric; every row and every column sums to 0.

    Raises
    ------
    TypeError, ValueError
        As `softmax`, and if `z` has more than one axis.

    References
    ----------
    J. S. Bridle, as in `softmax`.

    Examples
    --------
    >>> softmax_jacobian([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    a = softmax(checked_array(z, "z", ("n",), hint="one example at a time"))
    return np.diag(a) - np.outer(a, a)


def collapse_linear(layers: Layers) -> tuple[Array, Array]:
    """Return the one layer (W, b) that does what a stack of layers without activation does.

    Formula: eq-linear-collapse

    Parameters
    ----------
    layers : list or tuple of pairs (W, b)
        First layer first. W : array_like of shape (n_l, n_prev); b : array_like of shape (n_l,).

    Returns
    -------
    W : ndarray of shape (n_last, n_first)
    b : ndarray of shape (n_last,)

    Raises
    ------
    TypeError
        If `layers` is not a list, if a layer is not a pair, or does not hold real numbers.
    ValueError
        If there is no layer, if one does not fit the layer before, is empty or holds NaN or infinity.

    References
    ----------
    Slide 36 of the workshop.

    Examples
    --------
    Twice as much and one more, then three times as much: six times as much and three more.

    >>> collapse_linear([([[2]], [1]), ([[3]], [0])])
    (array([[6.]]), array([3.]))
    """
    if not isinstance(layers, list | tuple):
        raise TypeError(f"layers must be a list of pairs (W, b), got {layers!r:.60}")
    if not layers:
        raise ValueError("layers is empty: give at least one pair (W, b)")
    W, b = _checked_layer(layers[0], 0, "n_prev")
    for index, layer in enumerate(layers[1:], start=1):
        W_next, b_next = _checked_layer(layer, index, len(b))
        W, b = W_next @ W, W_next @ b + b_next
    return W, b


class Activation(NamedTuple):
    """An activation g with its derivative g', both functions of z."""

    function: Callable[[ArrayLike], AsGiven]

    derivative: Callable[[ArrayLike], AsGiven]


ACTIVATIONS = {
    "linear": Activation(linear, linear_derivative),
    "sigmoid": Activation(sigmoid, sigmoid_derivative),
    "tanh": Activation(tanh, tanh_derivative),
    "relu": Activation(relu, relu_derivative),
    "leaky_relu": Activation(leaky_relu, leaky_relu_derivative),
}
"""The elementwise activations by name. Softmax is not among them: it looks at all classes at once."""


def _sigmoid(z: AsGiven) -> AsGiven:
    e = np.exp(-np.abs(z))  # never above 1, so it cannot overflow
    return np.where(z >= 0, 1, e) / (1 + e)


def _doubled(z: Array) -> AsGiven:
    with np.errstate(over="ignore"):  # twice the largest float is inf, and that is far enough out
        return 2 * z


def _as_given(result: AsGiven) -> AsGiven:
    """Return a number for a number: a float, or a NumPy float32 where float32 came in."""
    if np.ndim(result) > 0:
        return result
    return result[()] if result.dtype == np.float32 else float(result)


def _checked_slope(slope: float) -> float:
    return checked_number(slope, "slope", minimum=0, maximum=1)


def _checked_axis(axis: int, z: Array) -> int:
    if z.ndim == 0:
        raise ValueError(f"z needs at least one axis, got the single number {z}: softmax compares scores")
    axis = checked_int(axis, "axis", minimum=-z.ndim)
    if axis >= z.ndim:
        raise ValueError(f"axis must be below {z.ndim}, the number of axes of z, got {axis}")
    return axis


def _checked_layer(layer: tuple[ArrayLike, ArrayLike], index: int, n_prev: int | str) -> tuple[Array, Array]:
    try:
        W, b = layer
    except (TypeError, ValueError) as error:
        raise TypeError(f"layers[{index}] must be a pair (W, b), got {layer!r:.60}") from error
    hint = "as many columns as the layer before has units, one row for each unit"
    W = checked_array(W, f"W of layers[{index}]", ("n", n_prev), hint=hint)
    return W, checked_array(b, f"b of layers[{index}]", (len(W),), hint="one bias for each unit")
