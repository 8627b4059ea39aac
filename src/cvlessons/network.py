"""A network of layers that learns to sort examples into classes: start, learn, judge, save.

Chapter: ``book/first_network.md`` (slide 43).
"""

import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Self, TypeVar

import numpy as np

from cvlessons._types import Array, ArrayLike, Pairs, PathLike
from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number
from cvlessons.activations import softmax
from cvlessons.backprop import LayerCache, _backward, _checked_activations, _checked_parameters, _forward
from cvlessons.loss import (
    categorical_cross_entropy_from_logits,
    categorical_cross_entropy_from_logits_gradient,
    one_hot,
)

__all__ = ["Network", "columns", "initial_std"]

T = TypeVar("T")
FORMAT = "cvlessons network"
VERSION = 1


def columns(images: Array) -> Array:
    """Return pictures as columns of numbers from 0 to 1: what a fully connected network reads.

    Parameters
    ----------
    images : ndarray of uint8, shape (m, height, width) or (m, height, width, channels)
        The pictures, 0 to 255.

    Returns
    -------
    ndarray of float32, shape (height * width * channels, m)
        Picture i in column i, row after row of its pixels, divided by 255.

    Raises
    ------
    TypeError
        If the pictures are not uint8: other numbers do not say where white is.
    ValueError
        If there are fewer than three axes, or no picture.

    References
    ----------
    Slide 30 of the workshop: a digit of 28 by 28 pixels as 784 inputs.

    Examples
    --------
    >>> import numpy as np
    >>> columns(np.array([[[0, 255], [51, 0]]], np.uint8)).ravel()
    array([0. , 1. , 0.2, 0. ], dtype=float32)
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(
            f"images must be uint8, 0 to 255, got {images.dtype}: for numbers from 0 to 1, "
            "(255 * images).round().astype(np.uint8)"
        )
    if images.ndim < 3 or images.size == 0:
        raise ValueError(
            f"images has shape (m, height, width) or (m, height, width, channels), got {images.shape}: "
            "for one picture, image[None]"
        )
    return np.divide(images.reshape(len(images), -1), 255, dtype=np.float32).T


def initial_std(n_in: int, n_out: int, activation: str) -> float:
    """Return how widely the first weights of a layer are to be scattered around zero.

    He's rule for ReLU and leaky ReLU, Glorot's for the others. Both keep the size of the signals about the
    same from layer to layer; ReLU switches half of them off, so its weights are larger.

    Formula: eq-he-start
    Formula: eq-glorot-start

    Parameters
    ----------
    n_in, n_out : int
        How many numbers come into the layer, how many go out.
    activation : str
        A name of `cvlessons.activations.ACTIVATIONS`.

    Returns
    -------
    float
        A standard deviation: sqrt(2 / n_in), or sqrt(2 / (n_in + n_out)).

    Raises
    ------
    TypeError, ValueError
        If a size is not a whole number above 0, or the activation is unknown.

    References
    ----------
    K. He et al., "Delving deep into rectifiers", ICCV 2015, equation 10. X. Glorot, Y. Bengio,
    "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, equation 12.

    Examples
    --------
    >>> initial_std(50, 150, "relu"), initial_std(50, 150, "tanh")
    (0.2, 0.1)
    """
    n_in, n_out = checked_int(n_in, "n_in", minimum=1), checked_int(n_out, "n_out", minimum=1)
    _checked_activations([activation], 1)
    return (2 / n_in) ** 0.5 if activation in ("relu", "leaky_relu") else (2 / (n_in + n_out)) ** 0.5


class Network:
    """Fully connected layers; the last one gives a score (a logit) for each class.

    Parameters
    ----------
    sizes : list of int
        The numbers of inputs, of neurons in each hidden layer, and of classes (at least 2).
    activations : list of str
        One name of `cvlessons.activations.ACTIVATIONS` for each layer after the inputs. The last is
        "linear": softmax and cross-entropy are done together, from the scores.
    seed : int, default 0
        The same seed gives the same first weights, bit for bit.
    dtype : {"float32", "float64"}
        What the network computes in. float32 learns as well and is twice as fast.

    Attributes
    ----------
    parameters : list of pairs (W, b)
        One for each layer: W of shape (n_l, n_prev), b of shape (n_l,). You may replace the list.
    activations : tuple of str

    Raises
    ------
    TypeError, ValueError
        If a size, an activation, the seed or the dtype is not as described.

    References
    ----------
    Slides 30, 32 and 43 of the workshop.

    Examples
    --------
    >>> network = Network([784, 128, 10], ["relu", "linear"])
    >>> network
    Network([784, 128, 10], ['relu', 'linear'], dtype='float32')
    >>> sum(W.size + b.size for W, b in network.parameters)
    101770
    """

    def __init__(
        self, sizes: Sequence[int], activations: Sequence[str], *, seed: int = 0, dtype: str = "float32"
    ) -> None:
        sizes = _checked_sizes(sizes)
        self.activations = tuple(_checked_to_logits(activations, len(sizes) - 1))
        kind = np.dtype(checked_choice(dtype, "dtype", ("float32", "float64")))
        rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
        self.parameters: Pairs = []
        for (n_in, n_out), name in zip(pairwise(sizes), self.activations, strict=True):
            W = rng.standard_normal((n_out, n_in), kind) * kind.type(initial_std(n_in, n_out, name))
            self.parameters.append((W, np.zeros(n_out, kind)))

    def __repr__(self) -> str:
        return f"Network({self.sizes}, {list(self.activations)}, dtype={str(self.dtype)!r})"

    @property
    def sizes(self) -> list[int]:
        """The numbers of inputs, of neurons in each hidden layer, and of classes, as a list."""
        return [self.parameters[0][0].shape[1], *(len(b) for _, b in self.parameters)]

    @property
    def dtype(self) -> np.dtype[Any]:
        """What the network computes in."""
        return self.parameters[0][0].dtype

    def forward(self, X: ArrayLike) -> Array:
        """Return the scores (logits) of each example.

        Parameters
        ----------
        X : array_like of shape (n_0, m)
            One example a column; it is converted to the dtype of the network.

        Returns
        -------
        ndarray of shape (n_classes, m)

        Raises
        ------
        TypeError, ValueError, OverflowError
            As `cvlessons.backprop.forward`.
        """
        return self._forward(self._checked_inputs(X))[-1].A

    def probabilities(self, X: ArrayLike) -> Array:
        """Return the softmax of the scores: how sure the network says it is of each class.

        Parameters, shape and errors as in `forward`; each column sums to 1.
        """
        return softmax(self.forward(X), axis=0)

    def predict(self, X: ArrayLike) -> Array:
        """Return the class with the largest score for each example.

        Parameters and errors as in `forward`.

        Returns
        -------
        ndarray of int, shape (m,)
        """
        return self.forward(X).argmax(axis=0)

    def accuracy(self, X: ArrayLike, labels: ArrayLike) -> float:
        """Return the share of examples whose predicted class is their label, from 0 to 1.

        Parameters
        ----------
        X : array_like of shape (n_0, m)
            One example a column.
        labels : array_like of int, shape (m,)
            The right classes.

        Raises
        ------
        TypeError, ValueError, OverflowError
            As `forward`, and if there is not one label from 0 to n_classes - 1 for each example.
        """
        X, target = self._checked_examples(X, labels)
        return self._judge(X, target)[1]

    def loss(self, X: ArrayLike, target: ArrayLike) -> float:
        """Return the cost J: the cross-entropy, averaged over the examples.

        Parameters
        ----------
        X : array_like of shape (n_0, m)
            One example a column.
        target : array_like of shape (n_classes, m)
            One-hot, as `cvlessons.loss.one_hot` gives it.

        Returns
        -------
        float

        Raises
        ------
        TypeError, ValueError, OverflowError
            As `forward` and `cvlessons.loss.categorical_cross_entropy_from_logits`.
        """
        return categorical_cross_entropy_from_logits(self.forward(X), target)

    def backward(self, X: ArrayLike, target: ArrayLike) -> Pairs:
        """Return the gradient of the cost J with respect to every W and b.

        Parameters and errors as in `loss`.

        Returns
        -------
        list of pairs (dW, db)
            Shaped like the parameters.
        """
        cache = self._forward(self._checked_inputs(X))
        dA = categorical_cross_entropy_from_logits_gradient(cache[-1].A, target)
        return _backward(dA, cache, self.parameters, self.activations)

    def fit(
        self,
        X: ArrayLike,
        labels: ArrayLike,
        *,
        epochs: int,
        batch_size: int,
        learning_rate: float,
        momentum: float = 0.0,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        seed: int = 0,
        progress: bool = False,
    ) -> dict[str, list[float]]:
        """Learn from examples by gradient descent on mini-batches.

        Each epoch goes once through all examples, in a new random order, `batch_size` at a time; each batch
        is one step of gradient descent. The last batch of an epoch may be smaller.

        Parameters
        ----------
        X : array_like of shape (n_0, m)
            One example a column.
        labels : array_like of int, shape (m,)
            The right classes.
        epochs, batch_size : int
            At least 1.
        learning_rate : float above 0
        momentum : float from 0 to 1, default 0.0
            As in `cvlessons.descent.gradient_descent`.
        validation : (X, labels), optional
            Examples that are only judged, after each epoch, never learned from.
        seed : int, default 0
            The same seed gives the same order, and so the same network, bit for bit, on one machine.
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        dict of str to list of float
            One number for each epoch: "loss" and "accuracy", taken from each batch before its step, while
            the network is still learning (as Keras does); with `validation`, "val_loss" and "val_accuracy"
            after the epoch.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described.
        OverflowError
            If the learning rate is so large that the weights grow out of bounds. The network then has the
            weights of the last epoch that went well, as it has when you interrupt it.

        References
        ----------
        Slide 43 of the workshop. L. Bottou, "Large-scale machine learning with stochastic gradient descent",
        COMPSTAT 2010.

        Examples
        --------
        Two kinds of points, left and right of zero.

        >>> network = Network([1, 2], ["linear"])
        >>> history = network.fit([[-2, -1, 1, 2]], [0, 0, 1, 1], epochs=9, batch_size=2, learning_rate=0.5)
        >>> history["loss"][-1] < history["loss"][0], network.predict([[-3, 3]])
        (True, array([0, 1]))
        """
        from tqdm import tqdm

        X, target = self._checked_examples(X, labels)
        judged = None if validation is None else self._checked_examples(*_checked_validation(validation))
        epochs = checked_int(epochs, "epochs", minimum=1)
        batch_size = checked_int(batch_size, "batch_size", minimum=1)
        rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
        descend = _descent(self.parameters, learning_rate, momentum)
        history: dict[str, list[float]] = {
            name: [] for name in ("loss", "accuracy", "val_loss", "val_accuracy")[: 4 if judged else 2]
        }
        m = X.shape[1]
        with tqdm(total=epochs * -(-m // batch_size), disable=not progress) as bar:
            for epoch in range(1, epochs + 1):
                bar.set_description(f"epoch {epoch} of {epochs}")
                order = rng.permutation(m)
                batches = [order[i : i + batch_size] for i in range(0, m, batch_size)]
                try:
                    numbers = self._learn(X, target, batches, descend, bar)
                except OverflowError as error:
                    raise OverflowError(_diverged(learning_rate, epoch)) from error
                numbers += self._judge(*judged) if judged else ()
                for values, number in zip(history.values(), numbers, strict=True):
                    values.append(number)
        return history

    def save(self, path: PathLike) -> None:
        """Write the network to a file: whole, or, if anything goes wrong, not at all.

        Parameters
        ----------
        path : str or Path
            Any name; by custom it ends in ``.npz``. A file that is there already is replaced.

        Raises
        ------
        TypeError, ValueError
            If the parameters are not arrays of finite numbers that fit together.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Network([2, 3, 2], ["relu", "linear"], seed=7).save(f"{folder}/net.npz")
        ...     Network.load(f"{folder}/net.npz")
        Network([2, 3, 2], ['relu', 'linear'], dtype='float32')
        """
        arrays = {"format": FORMAT, "version": VERSION, "activations": list(self.activations)}
        for layer, (W, b) in enumerate(_checked_parameters(self.parameters), start=1):
            arrays |= {f"W{layer}": W, f"b{layer}": b}
        save_arrays(path, arrays)

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Return the network that `save` wrote.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Network

        Raises
        ------
        ValueError
            If the file is damaged, was not written by `save`, or does not hold a network; it names the file.
        OSError
            If the file is not there or cannot be read.
        """
        return load_arrays(path, "Network.save", FORMAT, VERSION, cls._from_arrays)

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        activations = arrays["activations"].tolist()
        layers = range(1, len(activations) + 1)
        parameters = _checked_parameters([(arrays[f"W{layer}"], arrays[f"b{layer}"]) for layer in layers])
        kinds = {array.dtype for pair in parameters for array in pair}
        if len(kinds) != 1:
            raise ValueError(f"its arrays must be of one dtype, got {sorted(map(str, kinds))}")
        sizes = [parameters[0][0].shape[1], *(len(b) for _, b in parameters)]
        network = cls(sizes, activations, dtype=str(kinds.pop()))
        network.parameters = parameters
        return network

    def _forward(self, X: Array) -> list[LayerCache]:
        return _forward(X, self.parameters, self.activations)

    def _judge(self, X: Array, target: Array) -> tuple[float, float]:
        return _judged(self._forward(X)[-1].A, target)

    def _learn(
        self,
        X: Array,
        target: Array,
        batches: Sequence[Array],
        descend: Callable[[Pairs, Pairs], None],
        bar: Any,
    ) -> tuple[float, ...]:
        """Do one epoch on a copy of the weights; return the mean loss and accuracy met on the way."""
        parameters, met = [(W.copy(), b.copy()) for W, b in self.parameters], np.zeros(2)
        for batch in batches:
            with np.errstate(over="ignore", invalid="ignore"):  # looked for below and by _forward
                cache = _forward(X[:, batch], parameters, self.activations)
                scores, wanted = cache[-1].A, target[:, batch]
                met += len(batch) * np.array(_judged(scores, wanted))
                dA = categorical_cross_entropy_from_logits_gradient(scores, wanted)
                descend(parameters, _backward(dA, cache, parameters, self.activations))
            bar.update()
        if not all(np.isfinite(array).all() for array in (met, *_flat(parameters))):
            raise OverflowError("a weight or the loss is no finite number")
        self.parameters = parameters
        return tuple((met / X.shape[1]).tolist())

    def _checked_inputs(self, X: ArrayLike) -> Array:
        self.parameters = _checked_parameters(self.parameters)
        hint = "one example is one column, one row for each input"
        X = checked_array(X, "X", (self.sizes[0], "m"), hint=hint)
        with np.errstate(over="ignore"):  # _forward refuses what is too large for the dtype
            return np.asarray(X, self.dtype, order="F")  # columns lie in one piece: they are taken out fast

    def _checked_examples(self, X: ArrayLike, labels: ArrayLike) -> tuple[Array, Array]:
        X = self._checked_inputs(X)
        target = one_hot(labels, self.sizes[-1])
        if target.shape[1] != X.shape[1]:
            raise ValueError(
                f"labels must hold one class for each of {X.shape[1]} examples, got {target.shape[1]}"
            )
        return X, np.asarray(target, self.dtype, order="F")


def save_arrays(path: PathLike, arrays: Mapping[str, Any]) -> None:
    """Write arrays to an npz file: whole, or, if anything goes wrong, not at all."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder {path.parent} does not exist: make it first")
    # Written beside the place and then moved there: no reader ever meets half a file.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".cvlessons-") as folder:
        whole = Path(folder, "network.npz")
        np.savez(whole, **arrays)
        whole.replace(path)


def load_arrays(
    path: PathLike, writer: str, mark: str, version: int, make: Callable[[Mapping[str, Array]], T]
) -> T:
    """Return what `make` makes of the arrays in a file that `save_arrays` wrote, or say what is wrong."""
    content = Path(path).read_bytes()
    try:
        arrays = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(arrays, np.lib.npyio.NpzFile) or str(arrays["format"]) != mark:
            raise ValueError(f"it lacks the mark {mark!r}")
        if arrays["version"] != version:
            raise ValueError(
                f"it has the format version {arrays['version']}, and this cvlessons reads {version}"
            )
        return make(arrays)
    # Damaged bytes make zipfile and NumPy raise a dozen kinds of errors, and each means the same.
    except Exception as error:
        raise ValueError(
            f"{path} holds no network that can be read: it is damaged, or not from {writer} "
            f"({type(error).__name__}: {error}); take another copy"
        ) from error


def _descent(parameters: Pairs, learning_rate: float, momentum: float) -> Callable[[Pairs, Pairs], None]:
    """Return a function that moves parameters in place, one step of descent with momentum a call."""
    learning_rate = checked_number(learning_rate, "learning_rate", above=0)
    momentum = checked_number(momentum, "momentum", minimum=0, maximum=1)
    velocities = [np.zeros_like(array) for array in _flat(parameters)]

    def descend(parameters: Pairs, gradients: Pairs) -> None:
        for array, velocity, gradient in zip(_flat(parameters), velocities, _flat(gradients), strict=True):
            velocity *= momentum
            velocity -= learning_rate * gradient
            array += velocity

    return descend


def _diverged(learning_rate: float, epoch: int) -> str:
    return (
        f"the learning rate {learning_rate:g} is too large: in epoch {epoch} the weights grew out of bounds; "
        f"the network keeps those that it had before this epoch; try {learning_rate / 10:g}"
    )


def _judged(scores: Array, target: Array) -> tuple[float, float]:
    """Return the loss and the accuracy of a batch."""
    right = scores.argmax(axis=0) == target.argmax(axis=0)
    return categorical_cross_entropy_from_logits(scores, target), float(right.mean())


def _flat(pairs: Pairs) -> list[Array]:
    return [array for pair in pairs for array in pair]


def _checked_sizes(sizes: Sequence[int]) -> list[int]:
    if not isinstance(sizes, list | tuple) or len(sizes) < 2:
        raise TypeError(
            f"sizes must be a list of at least two whole numbers, got {sizes!r:.60}: try [784, 128, 10]"
        )
    *before, classes = sizes
    before = [checked_int(size, f"sizes[{place}]", minimum=1) for place, size in enumerate(before)]
    return [*before, checked_int(classes, "the number of classes, sizes[-1],", minimum=2)]


def _checked_to_logits(activations: Sequence[str], layers: int) -> Sequence[str]:
    _checked_activations(activations, layers)
    if activations[-1] != "linear":
        raise ValueError(
            f"the last activation must be 'linear', got {activations[-1]!r}: the softmax is part of the loss"
        )
    return activations


def _checked_validation(validation: tuple[ArrayLike, ArrayLike]) -> tuple[ArrayLike, ArrayLike]:
    if not isinstance(validation, list | tuple) or len(validation) != 2:
        raise TypeError(f"validation must be a pair (X, labels), got {validation!r:.60}")
    return validation
