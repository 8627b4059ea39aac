"""A layer of neurons: neuron by neuron, as one matrix product, and for a whole batch at once.

Chapter: ``book/layers.md`` (slides 34 and 35).
"""

from collections.abc import Callable

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array
from cvlessons.neuron import neuron, weighted_sum

__all__ = ["layer", "layer_batch", "layer_by_neurons"]


def layer_by_neurons(
    a_prev: ArrayLike, W: ArrayLike, b: ArrayLike, activation: Callable[[float], float]
) -> tuple[Array, Array]:
    """Return z and a of a layer, one neuron after the other: z_i = w_i . a_prev + b_i, a_i = g(z_i).

    Formula: eq-layer-neuron

    Parameters
    ----------
    a_prev : array_like of shape (n_prev,)
        The outputs of the layer before.
    W : array_like of shape (n_l, n_prev)
        Row i holds the weights of neuron i.
    b : array_like of shape (n_l,)
        One bias for each neuron.
    activation : callable, elementwise
        The activation g, for example `cvlessons.activations.sigmoid`.

    Returns
    -------
    z : ndarray of shape (n_l,)
        The weighted sums.
    a : ndarray of shape (n_l,)
        The outputs.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or `activation` is no function.
    ValueError
        If the shapes do not fit, an array is empty or holds NaN or infinity, or `activation` gives
        back another shape than it got.

    References
    ----------
    Slide 34 of the workshop.

    Examples
    --------
    >>> import numpy as np
    >>> z, a = layer_by_neurons([1, 2], W=[[1, 1], [0, -1]], b=[0.5, 0], activation=np.abs)
    >>> z, a
    (array([ 3.5, -2. ]), array([3.5, 2. ]))
    """
    a_prev, W, b = _checked(a_prev, W, b, ("n_prev",))
    dtype = np.result_type(a_prev, W, b)
    neurons = list(zip(W, b.tolist(), strict=True))
    # Every sum is made twice, as in the slide's two columns: this version is for reading.
    z = [weighted_sum(a_prev, w_i, b_i) for w_i, b_i in neurons]
    a = [neuron(a_prev, w_i, b_i, activation) for w_i, b_i in neurons]
    return np.array(z, dtype), np.array(a, dtype)


def layer(
    a_prev: ArrayLike, W: ArrayLike, b: ArrayLike, activation: Callable[[Array], ArrayLike]
) -> tuple[Array, Array]:
    """Return z = W a_prev + b and a = g(z): all neurons of a layer in one matrix-vector product.

    Formula: eq-layer-vector

    Parameters, returns and errors as in `layer_by_neurons`.

    References
    ----------
    Slide 35 of the workshop.

    Examples
    --------
    >>> import numpy as np
    >>> z, a = layer([1, 2], W=[[1, 1], [0, -1]], b=[0.5, 0], activation=np.abs)
    >>> z, a
    (array([ 3.5, -2. ]), array([3.5, 2. ]))
    """
    a_prev, W, b = _checked(a_prev, W, b, ("n_prev",))
    z = W @ a_prev + b
    return z, _activated(z, activation)


def layer_batch(
    A_prev: ArrayLike, W: ArrayLike, b: ArrayLike, activation: Callable[[Array], ArrayLike]
) -> tuple[Array, Array]:
    """Return Z = W A_prev + b and A = g(Z): a layer for m examples at once, one example a column.

    Formula: eq-layer-batch

    Parameters
    ----------
    A_prev : array_like of shape (n_prev, m)
        Column j holds the outputs of the layer before for example j.
    W, b, activation
        As in `layer_by_neurons`.

    Returns
    -------
    Z : ndarray of shape (n_l, m)
        The weighted sums; `b` is added to every column.
    A : ndarray of shape (n_l, m)
        The outputs.

    Raises
    ------
    TypeError, ValueError
        As `layer_by_neurons`.

    References
    ----------
    Slide 35 of the workshop, for one example; slide 42 writes the batch.

    Examples
    --------
    >>> import numpy as np
    >>> Z, A = layer_batch([[1, 0], [2, 0]], W=[[1, 1], [0, -1]], b=[0.5, 0], activation=np.abs)
    >>> A
    array([[3.5, 0.5],
           [2. , 0. ]])
    """
    A_prev, W, b = _checked(A_prev, W, b, ("n_prev", "m"))
    Z = W @ A_prev + b[:, None]
    return Z, _activated(Z, activation)


def _checked(
    a_prev: ArrayLike, W: ArrayLike, b: ArrayLike, shape: tuple[str, ...]
) -> tuple[Array, Array, Array]:
    name = "a_prev" if len(shape) == 1 else "A_prev"
    columns = "one example is one column" if len(shape) == 2 else "for a batch use layer_batch"
    a_prev = checked_array(a_prev, name, shape, hint=columns)
    W = checked_array(W, "W", ("n_l", len(a_prev)), hint="one row for each neuron, one column for each input")
    return a_prev, W, checked_array(b, "b", (len(W),), hint="one bias for each neuron")


def _activated(z: Array, activation: Callable[[Array], ArrayLike]) -> Array:
    if not callable(activation):
        raise TypeError(f"activation must be a function of z, got {activation!r}: try np.tanh")
    a = np.asarray(activation(z), z.dtype)
    if a.shape != z.shape:
        raise ValueError(f"activation must keep the shape {z.shape}, got {a.shape}: apply it elementwise")
    return a
