"""Forward through the layers, backward through the layers, and the update.

A network is a list of pairs (W, b), one for each layer, and a list of the names of their activations.
The cost is J = (1/m) sum_i L_i, the mean over the m examples of a batch. dA and dZ hold in column i the
slopes of L_i, the loss of this example alone; dW and db hold the slopes of J. So the 1/m enters once, where
the examples meet: in dW and db.

Chapter: ``book/backprop.md`` (slides 41 and 42).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cvlessons._types import Array, ArrayLike, Layers, Pairs
from cvlessons._validate import checked_array, checked_choice, checked_number
from cvlessons.activations import ACTIVATIONS

__all__ = [
    "LayerCache",
    "backward",
    "bias_gradient",
    "forward",
    "input_gradient",
    "preactivation_gradient",
    "update",
    "weight_gradient",
]


class LayerCache(NamedTuple):
    """What one layer saw and did on the way forward: the way back needs it again.

    Parameters
    ----------
    A_prev : ndarray of shape (n_prev, m)
        What came in, one example a column.
    Z : ndarray of shape (n_l, m)
        The weighted sums.
    A : ndarray of shape (n_l, m)
        What went out, g(Z).
    """

    A_prev: Array
    Z: Array
    A: Array


def forward(X: ArrayLike, parameters: Layers, activations: Sequence[str]) -> list[LayerCache]:
    """Send a batch through all layers and keep what each of them saw.

    Parameters
    ----------
    X : array_like of shape (n_0, m)
        The batch, one example a column.
    parameters : list of pairs (W, b)
        One for each layer: W of shape (n_l, n_prev), b of shape (n_l,). float32 stays float32 where all
        arrays are float32.
    activations : list of str
        One name of `cvlessons.activations.ACTIVATIONS` for each layer.

    Returns
    -------
    list of LayerCache
        One for each layer; the output of the network is ``cache[-1].A``.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, a layer is not a pair, or a list is none.
    ValueError
        If a shape does not fit its neighbour's, an array is empty or not finite, an activation is unknown,
        or there are not as many activations as layers.
    OverflowError
        If the weighted sums of a layer leave the numbers that their dtype can hold.

    References
    ----------
    Slides 35 and 42 of the workshop (top of the diagram).

    Examples
    --------
    One input, 2 and then 3; the first layer doubles, the second takes 5 away and cuts at zero.

    >>> cache = forward([[2.0, 3.0]], [([[2]], [0]), ([[1]], [-5])], ["linear", "relu"])
    >>> cache[0].Z, cache[-1].A
    (array([[4., 6.]]), array([[0., 1.]]))
    """
    X = checked_array(X, "X", ("n_0", "m"), hint="one example is one column")
    parameters = _checked_parameters(parameters, len(X))
    activations = _checked_activations(activations, len(parameters))
    return _forward(X, parameters, activations)


def backward(
    dA_last: ArrayLike, cache: Sequence[LayerCache], parameters: Layers, activations: Sequence[str]
) -> Pairs:
    """Return the gradient of J = (1/m) sum_i L_i with respect to every W and b.

    Parameters
    ----------
    dA_last : array_like of shape (n_L, m)
        Column i is the gradient of L_i, the loss of example i alone, with respect to the output of the
        network: no 1/m in it. The ``_gradient`` functions of `cvlessons.loss` return it so.
    cache : list of LayerCache
        What `forward` returned.
    parameters, activations
        As in `forward`, and the same as there.

    Returns
    -------
    list of pairs (dW, db)
        One for each layer, first layer first, shaped like the parameters.

    Raises
    ------
    TypeError, ValueError
        As `forward`, and if `dA_last` or `cache` does not fit the parameters.

    References
    ----------
    Slide 42 of the workshop. D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by
    back-propagating errors", Nature 323, 1986.

    Examples
    --------
    A network y = w x with w = 3, one example x = 2, and L = y, so that dL/dy = 1: dL/dw is x.

    >>> parameters, activations = [([[3.0]], [0.0])], ["linear"]
    >>> cache = forward([[2.0]], parameters, activations)
    >>> backward([[1.0]], cache, parameters, activations)
    [(array([[2.]]), array([1.]))]
    """
    parameters = _checked_parameters(parameters)
    activations = _checked_activations(activations, len(parameters))
    cache = _checked_cache(cache, parameters)
    hint = "the shape of the network's output, cache[-1].A"
    dA_last = checked_array(dA_last, "dA_last", cache[-1].A.shape, hint=hint)
    return _backward(dA_last, cache, parameters, activations)


def preactivation_gradient(dA: ArrayLike, Z: ArrayLike, activation: str) -> Array:
    """Return dZ = dA * g'(Z), entry by entry: back through the activation.

    Formula: eq-backprop-dz

    Parameters
    ----------
    dA : array_like of shape (n_l, m)
        The slopes of L_i with respect to the outputs of the layer, example i in column i.
    Z : array_like of shape (n_l, m)
        The weighted sums of the layer.
    activation : str
        A name of `cvlessons.activations.ACTIVATIONS`.

    Returns
    -------
    ndarray of shape (n_l, m)
        The slopes of L_i with respect to Z.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If the shapes differ, an array is empty or not finite, or the activation is unknown.

    References
    ----------
    Slide 42 of the workshop.

    Examples
    --------
    A ReLU that was off (z = -1) lets nothing back.

    >>> preactivation_gradient([[5.0, 5.0]], [[2.0, -1.0]], "relu")
    array([[5., 0.]])
    """
    dA = checked_array(dA, "dA", ("n_l", "m"), hint="one example is one column")
    Z = checked_array(Z, "Z", dA.shape, hint="the shape of dA")
    return dA * ACTIVATIONS[checked_choice(activation, "activation", tuple(ACTIVATIONS))].derivative(Z)


def weight_gradient(dZ: ArrayLike, A_prev: ArrayLike) -> Array:
    """Return dW = (1/m) dZ A_prev.T: for each weight, slope times input, averaged over the examples.

    Formula: eq-backprop-dw

    Parameters
    ----------
    dZ : array_like of shape (n_l, m)
        The slopes of L_i with respect to the weighted sums, example i in column i.
    A_prev : array_like of shape (n_prev, m)
        What came into the layer.

    Returns
    -------
    ndarray of shape (n_l, n_prev)
        The slopes of J = (1/m) sum_i L_i with respect to W.

    Raises
    ------
    TypeError
        If an array does not hold real numbers.
    ValueError
        If the arrays differ in their number of examples, are empty or not finite.

    References
    ----------
    Slide 42 of the workshop.

    Examples
    --------
    Two examples: the mean of 1 * 2 and 3 * 4.

    >>> weight_gradient([[1.0, 3.0]], [[2.0, 4.0]])
    array([[7.]])
    """
    dZ = checked_array(dZ, "dZ", ("n_l", "m"), hint="one example is one column")
    m = dZ.shape[1]
    A_prev = checked_array(A_prev, "A_prev", ("n_prev", m), hint="as many columns as dZ")
    return dZ @ A_prev.T / m


def bias_gradient(dZ: ArrayLike) -> Array:
    """Return db = (1/m) sum_i dZ(i): the slopes, averaged over the examples.

    Formula: eq-backprop-db

    Parameters
    ----------
    dZ : array_like of shape (n_l, m)
        The slopes of L_i with respect to the weighted sums, example i in column i.

    Returns
    -------
    ndarray of shape (n_l,)
        The slopes of J = (1/m) sum_i L_i with respect to b.

    Raises
    ------
    TypeError, ValueError
        If `dZ` does not hold real finite numbers, has another shape or is empty.

    References
    ----------
    Slide 42 of the workshop.

    Examples
    --------
    >>> bias_gradient([[1.0, 3.0]])
    array([2.])
    """
    dZ = checked_array(dZ, "dZ", ("n_l", "m"), hint="one example is one column")
    return dZ.sum(axis=1) / dZ.shape[1]


def input_gradient(W: ArrayLike, dZ: ArrayLike) -> Array:
    """Return dA_prev = W.T dZ: each input gathers what it did to every neuron. No 1/m.

    Formula: eq-backprop-da

    Parameters
    ----------
    W : array_like of shape (n_l, n_prev)
        The weights of the layer.
    dZ : array_like of shape (n_l, m)
        The slopes of L_i with respect to the weighted sums, example i in column i.

    Returns
    -------
    ndarray of shape (n_prev, m)
        The slopes of L_i with respect to what came into the layer.

    Raises
    ------
    TypeError, ValueError
        If an array does not hold real finite numbers, is empty, or W has not a row for each row of dZ.

    References
    ----------
    Slide 42 of the workshop.

    Examples
    --------
    One input that feeds two neurons, with weights 2 and -1.

    >>> input_gradient([[2.0], [-1.0]], [[10.0], [4.0]])
    array([[16.]])
    """
    dZ = checked_array(dZ, "dZ", ("n_l", "m"), hint="one example is one column")
    W = checked_array(W, "W", (len(dZ), "n_prev"), hint="one row for each row of dZ")
    return W.T @ dZ


def update(parameters: Layers, gradients: Layers, *, learning_rate: float) -> Pairs:
    """Return the parameters one step downhill: W - α dW and b - α db for every layer.

    Formula: eq-update-w
    Formula: eq-update-b

    Parameters
    ----------
    parameters : list of pairs (W, b)
        As in `forward`; they are left as they were.
    gradients : list of pairs (dW, db)
        As `backward` returns them.
    learning_rate : float above 0
        α.

    Returns
    -------
    list of pairs (W, b)

    Raises
    ------
    TypeError, ValueError
        If a gradient is not shaped like its parameter, an array is empty or not finite, or the learning
        rate is not above 0.

    References
    ----------
    Slide 41 of the workshop.

    Examples
    --------
    >>> update([([[1.0]], [0.0])], [([[10.0]], [-10.0])], learning_rate=0.01)
    [(array([[0.9]]), array([0.1]))]
    """
    learning_rate = checked_number(learning_rate, "learning_rate", above=0)
    parameters = _checked_parameters(parameters)
    pairs = zip(parameters, _checked_gradients(gradients, parameters), strict=True)
    return [(W - learning_rate * dW, b - learning_rate * db) for (W, b), (dW, db) in pairs]


def _forward(X: Array, parameters: Pairs, activations: Sequence[str]) -> list[LayerCache]:
    """Do what `forward` does, with arguments that are known to be right."""
    cache, A = [], X
    for layer, ((W, b), name) in enumerate(zip(parameters, activations, strict=True), start=1):
        A_prev = A
        with np.errstate(over="ignore", invalid="ignore"):  # looked for in the next line
            Z = W @ A_prev + b[:, None]
        if not np.isfinite(Z).all():
            raise OverflowError(_too_large(layer, W, A_prev))
        A = ACTIVATIONS[name].function(Z)
        cache.append(LayerCache(A_prev, Z, A))
    return cache


def _backward(
    dA_last: Array, cache: Sequence[LayerCache], parameters: Pairs, activations: Sequence[str]
) -> Pairs:
    """Do what `backward` does, with arguments that are known to be right: slide 42, line by line."""
    gradients, dA, m = [], dA_last, dA_last.shape[1]
    for layer in reversed(range(len(cache))):
        A_prev, Z, _ = cache[layer]
        dZ = dA * ACTIVATIONS[activations[layer]].derivative(Z)
        dW = dZ @ A_prev.T / m
        db = dZ.sum(axis=1) / m
        gradients.append((dW, db))
        if layer > 0:  # before the first layer there is nothing left to learn
            dA = parameters[layer][0].T @ dZ
    return gradients[::-1]


def _too_large(layer: int, W: Array, A_prev: Array) -> str:
    return (
        f"the weighted sums of layer {layer} are too large for {W.dtype}: its weights reach "
        f"{abs(W).max():.3g}, its inputs {abs(A_prev).max():.3g}: start with smaller weights, or take a "
        "smaller learning rate"
    )


def _checked_parameters(parameters: Layers, n_prev: int | str = "n_prev") -> Pairs:
    """Return the parameters as pairs of arrays, each layer fitting the one before."""
    checked = []
    for layer, (W, b) in enumerate(_checked_pairs(parameters, "parameters"), start=1):
        hint = "one column for each number that comes into the layer"
        W = checked_array(W, f"W of layer {layer}", ("n_l", n_prev), hint=hint)
        b = checked_array(b, f"b of layer {layer}", (len(W),), hint="one bias for each row of W")
        checked.append((W, b))
        n_prev = len(b)
    return checked


def _checked_gradients(gradients: Layers, parameters: Pairs) -> Pairs:
    """Return the gradients as pairs of arrays shaped like the parameters."""
    pairs = _checked_pairs(gradients, "gradients")
    if len(pairs) != len(parameters):
        raise ValueError(f"gradients must hold one pair a layer, {len(parameters)}, got {len(pairs)}")
    hint = "the shape of its parameter"
    return [
        (
            checked_array(dW, f"dW of layer {layer}", W.shape, hint=hint),
            checked_array(db, f"db of layer {layer}", b.shape, hint=hint),
        )
        for layer, ((dW, db), (W, b)) in enumerate(zip(pairs, parameters, strict=True), start=1)
    ]


def _checked_pairs(pairs: Layers, name: str) -> Layers:
    if not isinstance(pairs, list | tuple):
        raise TypeError(f"{name} must be a list of pairs, one for each layer, got {pairs!r:.60}")
    if not pairs:
        raise ValueError(f"{name} is empty: give a pair for each layer")
    for layer, pair in enumerate(pairs, start=1):
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise TypeError(f"{name} must hold a pair for layer {layer}, got {pair!r:.60}: (weights, biases)")
    return pairs


def _checked_activations(activations: Sequence[str], layers: int) -> Sequence[str]:
    if not isinstance(activations, list | tuple):
        raise TypeError(f"activations must be a list of names, one for each layer, got {activations!r:.60}")
    if len(activations) != layers:
        raise ValueError(f"activations must hold one name a layer, {layers}, got {len(activations)}")
    for layer, name in enumerate(activations, start=1):
        checked_choice(name, f"the activation of layer {layer}", tuple(ACTIVATIONS))
    return activations


def _checked_cache(cache: Sequence[LayerCache], parameters: Pairs) -> Sequence[LayerCache]:
    if not isinstance(cache, list | tuple) or not all(isinstance(entry, LayerCache) for entry in cache):
        raise TypeError(f"cache must be what forward returned, got {cache!r:.60}")
    wanted = [np.shape(W) for W, _ in parameters]
    got = [(len(entry.Z), len(entry.A_prev)) for entry in cache]
    if got != wanted:
        raise ValueError(f"cache must be that of these parameters, W of shapes {wanted}, got one for {got}")
    return cache
