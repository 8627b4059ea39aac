"""Small data in the plane, penalties on weights, and the training of the page's playground in Python.

Chapter: ``book/playground.md``. The page's figure follows the same rules, so a run that was begun there can
be gone on with here: `replay` trains the network anew, step for step.

The draws come from `numpy.random.RandomState`: its stream is frozen for good, and its Mersenne Twister
(Matsumoto and Nishimura 1998) has a few lines in any language. That is what lets page and package draw the
same numbers; for anything new take `numpy.random.default_rng`.
"""

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number
from cvlessons.activations import softmax
from cvlessons.engine import Dense, Dropout, LeakyReLU, ReLU, Sigmoid, Tanh
from cvlessons.loss import one_hot
from cvlessons.optimizers import SGD, Adam, RMSprop
from cvlessons.sequential import Sequential

__all__ = ["DATA", "FEATURES", "WeightPenalty", "features", "points", "replay"]

DATA = {"blobs": 2, "moons": 2, "circles": 2, "xor": 2, "spiral": 2, "arms": 3}
"""The data sets, and how many classes each has."""

FEATURES = {
    "x1": lambda x1, x2: x1,
    "x2": lambda x1, x2: x2,
    "x1^2": lambda x1, x2: x1 * x1,
    "x2^2": lambda x1, x2: x2 * x2,
    "x1 x2": lambda x1, x2: x1 * x2,
    "sin x1": lambda x1, x2: np.sin(x1),
    "sin x2": lambda x1, x2: np.sin(x2),
}
"""What a network may be given of a point."""

_ACTIVATIONS: dict[str, Any] = {
    "linear": None,
    "relu": ReLU,
    "leaky relu": LeakyReLU,
    "tanh": Tanh,
    "sigmoid": Sigmoid,
}
_OPTIMIZERS: dict[str, Any] = {
    "sgd": SGD,
    "momentum": lambda rate: SGD(rate, momentum=0.9),
    "rmsprop": RMSprop,
    "adam": Adam,
}
_ORDERS = 1000
"""The order of epoch e is drawn with seed + 1000 (e + 1): seeds are below 1000."""
_MASKS = 2**31
"""The dropout of step s is drawn with 2^31 + seed + 1000 s."""


def points(data: str, *, n: int = 300, noise: float = 0.0, seed: int = 0) -> tuple[Array, Array]:
    """Draw points of the plane, within about 3 of the middle, and the class of each.

    Parameters
    ----------
    data : str
        A name of `DATA`: "blobs" are two discs, "moons" two half rings that reach into each other, "circles"
        a disc in a ring, "xor" four squares of which opposite ones belong together, "spiral" two arms of one
        and three quarters turns, "arms" three shorter ones.
    n : int, default 300
    noise : float, at least 0, default 0
        The standard deviation of what is then added to each coordinate.
    seed : int, default 0

    Returns
    -------
    x : ndarray of shape (n, 2)
    labels : ndarray of int, shape (n,)

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    The two spirals: K. J. Lang, M. J. Witbrock, "Learning to tell two spirals apart", Proceedings of the
    1988 Connectionist Models Summer School.

    Examples
    --------
    >>> x, labels = points("circles", n=4, seed=1)
    >>> labels
    array([0, 1, 0, 1])
    >>> np.hypot(*x.T).round(2)
    array([0.9 , 2.1 , 0.54, 2.27])
    """
    classes = DATA[checked_choice(data, "data", DATA)]
    n = checked_int(n, "n", minimum=1)
    noise = checked_number(noise, "noise", minimum=0)
    rng = _stream(checked_int(seed, "seed", minimum=0))
    u, v = rng.random_sample((n, 2)).T
    drift = rng.standard_normal((n, 2))
    labels = np.arange(n) % classes
    if data == "xor":
        x, y = (3 * side + np.where(side < 0, -0.2, 0.2) for side in (2 * u - 1, 2 * v - 1))
        labels = (x * y < 0).astype(int)
    else:
        x, y = _PLACES[data](u, v, labels)
    return np.column_stack([x, y]) + noise * drift, labels


def _on_ring(radius: float | Array, angle: Array) -> tuple[Array, Array]:
    return radius * np.cos(angle), radius * np.sin(angle)


def _blobs(u: Array, v: Array, label: Array) -> tuple[Array, Array]:
    x, y = _on_ring(1.4 * np.sqrt(u), 2 * np.pi * v)
    side = np.where(label == 0, -1.5, 1.5)
    return x + side, y + side


def _moons(u: Array, v: Array, label: Array) -> tuple[Array, Array]:
    x, y = _on_ring(2, np.pi * u)
    return np.where(label == 0, x - 1, 1 - x), np.where(label == 0, y - 0.5, 0.5 - y)


def _circles(u: Array, v: Array, label: Array) -> tuple[Array, Array]:
    return _on_ring(np.where(label == 0, 1.4 * np.sqrt(u), 2.1 + 0.9 * u), 2 * np.pi * v)


def _spiral(u: Array, v: Array, label: Array) -> tuple[Array, Array]:
    return _on_ring(0.2 + 2.8 * u, 3.5 * np.pi * u + np.pi * label)


def _arms(u: Array, v: Array, label: Array) -> tuple[Array, Array]:
    return _on_ring(0.2 + 2.8 * u, 4 * u + 2 * np.pi / 3 * label)


_PLACES = {"blobs": _blobs, "moons": _moons, "circles": _circles, "spiral": _spiral, "arms": _arms}


def features(x: ArrayLike, names: Sequence[str]) -> Array:
    """Return what a network is given of each point: a column for each name of `FEATURES`.

    Parameters
    ----------
    x : array_like of shape (n, 2)
    names : list of str

    Returns
    -------
    ndarray of shape (n, len(names))

    Raises
    ------
    TypeError, ValueError
        If the points are not pairs, or a name is unknown or missing.

    Examples
    --------
    >>> features([[2, 3]], ["x2", "x1^2", "x1 x2"])
    array([[3., 4., 6.]])
    """
    x1, x2 = checked_array(x, "x", ("n", 2), hint="a row for each point").T
    if not isinstance(names, (list, tuple)) or not names:
        raise TypeError(f"names must be a list of at least one feature, got {names!r:.60}: try ['x1', 'x2']")
    return np.column_stack([FEATURES[checked_choice(name, "a feature", FEATURES)](x1, x2) for name in names])


class WeightPenalty:
    """An optimiser that also pays for large weights: it makes the cost steeper by each of them.

    Biases go free.

    Formula: eq-playground-penalty-slope

    Parameters
    ----------
    optimizer : callable
        One of `cvlessons.optimizers`, new.
    l1, l2 : float, at least 0, default 0
        The price of a weight's size, and of half its square.

    Raises
    ------
    TypeError, ValueError
        If a price is no number of at least 0, or the optimiser has not been made.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, MIT Press, 2016, section 7.1.

    Examples
    --------
    >>> W = np.array([[2.0, -1.0]])
    >>> WeightPenalty(SGD(0.1), l2=1)([W], [np.zeros((1, 2))]); W
    array([[ 1.8, -0.9]])
    >>> WeightPenalty(SGD(0.1), l1=1)([W], [np.zeros((1, 2))]); W
    array([[ 1.7, -0.8]])
    """

    def __init__(self, optimizer: Callable[..., Any], *, l1: float = 0.0, l2: float = 0.0) -> None:
        if not callable(optimizer) or isinstance(optimizer, type):
            raise TypeError(f"optimizer must be made first, such as SGD(0.1), got {optimizer!r:.60}")
        self.optimizer = optimizer
        self.l1, self.l2 = checked_number(l1, "l1", minimum=0), checked_number(l2, "l2", minimum=0)
        self.learning_rate = getattr(optimizer, "learning_rate", None)  # `fit` names it where it is too large

    def __call__(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        self.optimizer(parameters, [self._steeper(*pair) for pair in zip(parameters, gradients, strict=True)])

    def _steeper(self, w: Array, gradient: Array) -> Array:
        if w.ndim < 2:  # a bias
            return gradient
        return gradient + self.l1 * np.sign(w) + self.l2 * w


def replay(run: Mapping[str, Any]) -> Sequential:
    """Train a network as the page's playground did, step for step.

    Parameters
    ----------
    run : dict
        What the page exports beside the weights, and what a link to it holds; the names are those of
        ``cvlessons.figures.Playground.state``.

    Returns
    -------
    Sequential
        After ``run["steps"]`` steps. Up to the rounding of sums it is the network of the page.

    Raises
    ------
    KeyError
        If something is missing.
    TypeError, ValueError
        If something is not as the page would have it.

    Examples
    --------
    >>> run = {"data": "blobs", "points": 60, "noise": 0, "test": 0.5, "draw": 0}
    >>> run |= {"features": ["x1", "x2"], "units": [2], "activations": ["tanh"], "dropout": 0, "seed": 0}
    >>> run |= {"optimizer": "sgd", "rate": 0.1, "batch": 10, "penalty": "none", "strength": 0}
    >>> run |= {"start": "", "before": 0, "steps": 30}
    >>> network = replay(run)
    >>> x, labels = points("blobs", n=60)
    >>> network.evaluate(x[30:], labels[30:])["accuracy"]
    1.0
    """
    x, labels = points(run["data"], n=run["points"], noise=run["noise"], seed=run["draw"])
    n = len(x) - int(run["test"] * len(x) + 0.5)
    x, labels = features(x, run["features"])[:n].astype(np.float32), labels[:n]
    network = _start(run, x.shape[1], DATA[run["data"]])
    price = {} if run["penalty"] == "none" else {run["penalty"]: run["strength"]}
    choose = _OPTIMIZERS[checked_choice(run["optimizer"], "optimizer", _OPTIMIZERS)]
    optimizer = WeightPenalty(choose(run["rate"]), **price)
    batches = -(-n // checked_int(run["batch"], "batch", minimum=1))
    for step in range(run["before"], run["before"] + run["steps"]):
        epoch, place = divmod(step, batches)
        order = _stream(run["seed"] + _ORDERS * (epoch + 1)).permutation(n)
        batch = order[place * run["batch"] :][: run["batch"]]
        draws = _Draws(_MASKS + run["seed"] + _ORDERS * step)
        _step(network, x[batch], labels[batch], optimizer, draws)
    return network


def _start(run: Mapping[str, Any], n_features: int, classes: int) -> Sequential:
    """Return the network before its first step: with drawn weights, or with those that the run brings."""
    network = Sequential((n_features,), _layers(run, classes))
    if run["start"]:
        numbers = np.frombuffer(base64.b64decode(run["start"]), "<f4")
        sizes = [w.size for w in network.parameters]
        if len(numbers) != sum(sizes):
            raise ValueError(f"start holds {len(numbers)} weights, and this network has {sum(sizes)}")
        parts = np.split(numbers, np.cumsum(sizes)[:-1])
        network.set_parameters([a.reshape(w.shape) for a, w in zip(parts, network.parameters, strict=True)])
        return network
    rng = _stream(run["seed"])
    network.set_parameters(
        [
            rng.standard_normal(w.shape) * np.sqrt(2 / w.shape[1]) if w.ndim == 2 else w
            for w in network.parameters
        ]
    )
    return network


def _layers(run: Mapping[str, Any], classes: int) -> list[Any]:
    layers: list[Any] = []
    for units, name in zip(run["units"], run["activations"], strict=True):
        activation = _ACTIVATIONS[checked_choice(name, "an activation", _ACTIVATIONS)]
        layers += [Dense(units), *([activation()] if activation else [])]
        layers += [Dropout(run["dropout"])] if run["dropout"] else []
    return [*layers, Dense(classes)]


def _step(network: Sequential, x: Array, labels: Array, optimizer: WeightPenalty, draws: Any) -> None:
    """Take one step: forward with dropout, back, and downhill."""
    scores = x
    for layer in network.layers:
        if isinstance(layer, Dropout):
            layer.rng = draws
        scores = layer.forward(scores, training=True)
    target = one_hot(labels, scores.shape[1]).T
    slopes: Any = ((softmax(scores, axis=1) - target) / len(x)).astype(np.float32)
    for layer in reversed(network.layers):
        slopes = layer.backward(slopes)
        if slopes is None:  # the first layer: nobody asks for slopes by the points
            break
    optimizer(network.parameters, network.gradients)


class _Draws:
    """The frozen stream, asked as a layer of dropout asks."""

    def __init__(self, seed: int) -> None:
        self.rng = _stream(seed)

    def random(self, shape: Shape, dtype: Any) -> Array:
        return self.rng.random_sample(shape).astype(dtype)


def _stream(seed: int) -> np.random.RandomState:
    return np.random.RandomState(seed)  # frozen for good: see the head of the file
