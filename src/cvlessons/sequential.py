"""A network of layers, one after the other: it learns, judges, answers, and can be saved.

Chapter: ``book/keras_workflow.md`` (slide 61). Its layers are those of `cvlessons.engine`.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np

from cvlessons import engine, optimizers
from cvlessons._types import Array, ArrayLike, PathLike, Shape
from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number
from cvlessons.loss import one_hot
from cvlessons.network import load_arrays, save_arrays

__all__ = ["Sequential"]

FORMAT = "cvlessons sequential"
VERSION = 1
MEMORY = 2**28
CACHE = 2**24
"""About what a processor has within its quick reach, in bytes."""
WEIGHT_COPIES = 10
"""How often a step may hold the weights beside themselves: slopes (twice), copies from before the epoch and
of the best, what the optimiser remembers (twice), and what it computes with."""


# What changes the parameters in place, given them and their gradients.
Optimizer = Callable[[Sequence[Array], Sequence[Array]], None]


class Sequential:
    """Layers, one after the other; the last one gives a score (a logit) for each class.

    Parameters
    ----------
    input_shape : tuple of int
        Of one example: (height, width, channels), or (n,).
    layers : list of `cvlessons.engine.Layer`
        Each new: a layer belongs to one network.
    seed : int, default 0
        The same seed gives the same first weights and the same dropout, bit for bit on one machine.

    Attributes
    ----------
    layers : list
    input_shape, output_shape : tuple of int
    shapes : list of tuple of int
        What goes out of each layer, for one example.

    Raises
    ------
    TypeError, ValueError
        If the shapes do not fit together; the message names the layer.

    Examples
    --------
    >>> from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
    >>> network = Sequential((8, 8, 1), [Conv2D(4, padding=1), ReLU(), MaxPool(), Flatten(), Dense(10)])
    >>> print(network)
    layer                                                out  weights
    Conv2D(filters=4, size=3, stride=1, padding=1) 8 x 8 x 4       40
    ReLU()                                         8 x 8 x 4        0
    MaxPool(size=2)                                4 x 4 x 4        0
    Flatten()                                             64        0
    Dense(units=10)                                       10      650
    total                                                         690
    >>> network.forward(np.zeros((3, 8, 8, 1), np.float32)).shape
    (3, 10)
    """

    def __init__(self, input_shape: Shape, layers: Sequence[engine.Layer], *, seed: int = 0) -> None:
        self.input_shape = _checked_shape(input_shape)
        self.layers = _checked_layers(layers)
        rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
        self.shapes, shape = [], self.input_shape
        for place, layer in enumerate(self.layers):
            try:
                shape = layer.build(shape, rng)
            except (TypeError, ValueError) as error:
                raise type(error)(f"layers[{place}], {layer}: {error}") from error
            self.shapes.append(shape)
        self.output_shape = shape
        if len(shape) != 1 or shape[0] < 2:
            raise ValueError(
                f"the last layer must give a score for each of at least 2 classes, got {shape}: "
                "end with Dense(10)"
            )
        self._order = _quicker_order(self.layers)
        _allow_in_place(self._order)
        for layer in self.layers:
            layer.taken = True

    def __repr__(self) -> str:
        return f"Sequential({self.input_shape}, {self.layers})"

    def __str__(self) -> str:
        """Return a table: the layers, what goes out of each, how many weights it has."""
        rows = [("layer", "out", "weights")]
        for layer, shape in zip(self.layers, self.shapes, strict=True):
            name = repr(layer).replace(", floor=False", "")
            size = " x ".join(str(n) for n in shape)
            rows.append((name, size, str(sum(w.size for w in layer.parameters))))
        rows.append(("total", "", str(self.count())))
        first, second, third = (max(map(len, column)) for column in zip(*rows, strict=True))
        return "\n".join(f"{a:<{first}} {b:>{second}}  {c:>{third}}" for a, b, c in rows)

    @property
    def parameters(self) -> list[Array]:
        """All weights and biases, layer by layer: a list of the arrays themselves, not of copies."""
        return [w for layer in self.layers for w in layer.parameters]

    @property
    def gradients(self) -> list[Array]:
        """The slopes of the cost by `parameters`, as the last step left them."""
        return [g for layer in self.layers for g in layer.gradients]

    def set_parameters(self, arrays: Sequence[ArrayLike]) -> None:
        """Put other numbers into the weights and biases.

        Parameters
        ----------
        arrays : list of array_like
            Shaped like `parameters`, in that order. They are copied.

        Raises
        ------
        TypeError, ValueError
            If an array is missing, of another shape, or not finite. Then nothing is changed.
        """
        own, arrays = self.parameters, _checked_list(arrays, "arrays")
        if len(arrays) != len(own):
            raise ValueError(f"the network has {len(own)} arrays of weights, got {len(arrays)}")
        new = [
            _float32(checked_array(a, f"arrays[{k}]", w.shape), f"arrays[{k}]")
            for k, (a, w) in enumerate(zip(arrays, own, strict=True))
        ]
        self._restore(new)

    def count(self) -> int:
        """Return how many weights and biases there are."""
        return sum(w.size for w in self.parameters)

    def forward(self, x: ArrayLike) -> Array:
        """Return the scores (logits) of each example, without dropout.

        Parameters
        ----------
        x : array_like of shape (batch, ...)
            Each example of the shape `input_shape`.
            Converted to float32.

        Returns
        -------
        ndarray of float32, shape (batch, classes)

        Raises
        ------
        TypeError, ValueError
            If `x` has another shape, or holds what is not a finite number.
        OverflowError
            If a number on the way is too large for float32.
        """
        return self._scores(self._checked(x))

    def outputs(self, x: ArrayLike) -> list[Array]:
        """Return what goes out of each layer: a list of arrays, shaped as in `shapes` behind the batch.

        Parameters and errors as in `forward`.
        """
        x = np.array(self._checked(x))  # a copy: a layer may write over what it gets
        kept = []
        with np.errstate(over="ignore", invalid="ignore"):  # looked for below
            for layer in self.layers:
                x = layer.forward(x)
                kept.append(x.copy())
        return _checked_finite(kept, "what goes out of a layer")

    def probabilities(self, x: ArrayLike) -> Array:
        """Return the softmax of the scores, float32 of shape (batch, classes). Errors as in `forward`."""
        return _softmax(self.forward(x))

    def predict(self, x: ArrayLike) -> Array:
        """Return the class with the largest score of each example, int of shape (batch,)."""
        return self.forward(x).argmax(axis=1)

    def evaluate(self, x: ArrayLike, labels: ArrayLike) -> dict[str, float]:
        """Return the mean loss and the accuracy on examples, as a dict.

        Parameters
        ----------
        x : array_like of shape (batch, ...)
        labels : array_like of int, shape (batch,)

        Returns
        -------
        dict of str to float
            "loss", the cross-entropy, and "accuracy", from 0 to 1.

        Raises
        ------
        TypeError, ValueError
            As `forward`, and if there is not one label from 0 to classes - 1 for each example.
        """
        x, labels = self._checked_examples(x, labels)
        return dict(zip(("loss", "accuracy"), _judged(self.forward(x), labels), strict=True))

    def backward(self, x: ArrayLike, labels: ArrayLike) -> list[Array]:
        """Return the slopes of the mean cross-entropy by each array of `parameters`, without dropout.

        Parameters and errors as in `evaluate`.

        Returns
        -------
        list of ndarray
        """
        x, labels = self._checked_examples(x, labels)
        with np.errstate(over="ignore", invalid="ignore"):  # looked for below
            self._slopes(np.array(x), labels, len(x), training=False)
        return _checked_finite(self.gradients, "a slope")

    def training_bytes(self, batch_size: int) -> int:
        """Return how many bytes a training step of so many examples needs at its peak, at most.

        Formula: eq-engine-memory

        What each layer keeps for its way back, the slopes on the way, ten times the weights (slopes, copies,
        and what the optimiser remembers and computes with), and a strip of windows if there is a convolution.

        Parameters
        ----------
        batch_size : int
            At least 1.

        Returns
        -------
        int
        """
        batch_size = checked_int(batch_size, "batch_size", minimum=1)
        return batch_size * self._bytes_of_an_example() + self._bytes_beside_examples()

    def largest_batch(self, memory: float) -> int:
        """Return how many examples a training step can take at once within so many bytes.

        Parameters
        ----------
        memory : float above 0
            In bytes.

        Returns
        -------
        int

        Raises
        ------
        TypeError, ValueError
            If `memory` is no number above 0.
        MemoryError
            If not even one example does.
        """
        memory = checked_number(memory, "memory", above=0)
        free = memory - self._bytes_beside_examples()
        if free < self._bytes_of_an_example():
            raise MemoryError(
                f"one example alone needs {self.training_bytes(1):,} bytes, more than the {memory:,.0f} "
                "allowed: allow more (memory=...), or make the pictures or the layers smaller"
            )
        return int(free // self._bytes_of_an_example())

    def fit(
        self,
        x: ArrayLike,
        labels: ArrayLike,
        *,
        epochs: int,
        batch_size: int,
        optimizer: Optimizer | None = None,
        validation: tuple[ArrayLike, ArrayLike] | None = None,
        patience: int | None = None,
        seed: int = 0,
        memory: int = MEMORY,
        progress: bool = False,
    ) -> dict[str, list[float]]:
        """Learn from examples, a mini-batch at a time.

        A batch too large for the memory, or for the processor's cache, goes through in parts, and their
        slopes are added up: the step is the same.

        Parameters
        ----------
        x : array_like of shape (n, ...)
        labels : array_like of int, shape (n,)
        epochs, batch_size : int
            At least 1.
        optimizer : callable, optional
            One of `cvlessons.optimizers`, new; by default ``SGD(0.01, momentum=0.9)``.
        validation : (x, labels), optional
            Examples that are only judged, after each epoch.
        patience : int, optional
            Stop when so many epochs brought no lower validation loss, and go back to the best weights.
        seed : int, default 0
            The same seed gives the same order, and so the same network, bit for bit, on one machine.
        memory : int, default 2**28
            How many bytes a step may need.
        progress : bool, default False
            Whether to show a progress bar.

        Returns
        -------
        dict of str to list of float
            One number for each epoch: "loss" and "accuracy", taken before each step, while the network is
            still learning; with `validation`, "val_loss" and "val_accuracy" after the epoch.

        Raises
        ------
        TypeError, ValueError
            If an argument is not as described, or the optimiser has served another network.
        MemoryError
            If not even one example fits into the memory; said before anything is computed.
        OverflowError
            If the weights grow out of bounds. The network then has those of the last good epoch.

        Examples
        --------
        >>> from cvlessons.engine import Dense
        >>> network = Sequential((1,), [Dense(2)])
        >>> history = network.fit([[-2], [-1], [1], [2]], [0, 0, 1, 1], epochs=9, batch_size=2)
        >>> history["loss"][-1] < history["loss"][0]
        True
        """
        from tqdm import tqdm

        x, labels = self._checked_examples(x, labels)
        judged = None if validation is None else self._checked_examples(*_checked_pair(validation))
        epochs = checked_int(epochs, "epochs", minimum=1)
        batch_size = checked_int(batch_size, "batch_size", minimum=1)
        patience = _checked_patience(patience, judged)
        rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
        optimizer = _checked_optimizer(optimizer)
        part = min(self.largest_batch(memory), self._handy())
        part = -(-batch_size // -(-batch_size // part))  # as few parts, but alike
        history: dict[str, list[float]] = {
            name: [] for name in ("loss", "accuracy", "val_loss", "val_accuracy")[: 4 if judged else 2]
        }
        best: tuple[float, int, list[Array] | None] = (np.inf, 0, None)
        with tqdm(total=epochs * -(-len(x) // batch_size), disable=not progress) as bar:
            for epoch in range(epochs):
                bar.set_description(f"epoch {epoch + 1} of {epochs}")
                order = rng.permutation(len(x))
                batches = [order[i : i + batch_size] for i in range(0, len(x), batch_size)]
                numbers = self._learn(x, labels, batches, part, optimizer, judged, bar)
                for values, number in zip(history.values(), numbers, strict=True):
                    values.append(number)
                if patience is None:
                    continue
                if history["val_loss"][-1] < best[0]:
                    best = (history["val_loss"][-1], epoch, self._copies())
                elif epoch - best[1] >= patience:
                    break
        if best[2] is not None:
            self.set_parameters(best[2])
        return history

    def save(self, path: PathLike) -> None:
        """Write the network to a file: whole, or, if anything goes wrong, not at all.

        Parameters
        ----------
        path : str or Path
            Any name; by custom it ends in ``.npz``.

        Raises
        ------
        ValueError
            If a weight is no finite number.
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import tempfile
        >>> from cvlessons.engine import Dense
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     Sequential((2,), [Dense(3)]).save(f"{folder}/net.npz")
        ...     Sequential.load(f"{folder}/net.npz")
        Sequential((2,), [Dense(units=3)])
        """
        layers = [[type(layer).__name__, layer.options()] for layer in self.layers]
        head = json.dumps({"input_shape": self.input_shape, "layers": layers})
        arrays = {f"{k:03}": checked_array(w, f"parameters[{k}]") for k, w in enumerate(self.parameters)}
        save_arrays(path, {"format": FORMAT, "version": VERSION, "network": head, **arrays})

    @classmethod
    def load(cls, path: PathLike) -> Self:
        """Return the network that `save` wrote.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Sequential

        Raises
        ------
        ValueError
            If the file is damaged, was not written by `save`, or does not hold a network; it names the file.
        OSError
            If the file is not there or cannot be read.
        """
        return load_arrays(path, "Sequential.save", FORMAT, VERSION, cls._from_arrays)

    @classmethod
    def _from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        head = json.loads(str(arrays["network"]))
        layers = [_known(name)(**options) for name, options in head["layers"]]
        network = cls(tuple(head["input_shape"]), layers)
        network.set_parameters([arrays[key] for key in sorted(arrays) if key.isdigit()])
        return network

    def _checked(self, x: ArrayLike) -> Array:
        grey = "; grey pictures: x[..., None]" if self.input_shape[2:] == (1,) else ""
        x = checked_array(x, "x", ("batch", *self.input_shape), hint="one example: x[None]" + grey)
        return _float32(x, "x")

    def _checked_examples(self, x: ArrayLike, labels: ArrayLike) -> tuple[Array, Array]:
        x = self._checked(x)
        one_hot(labels, self.output_shape[0])  # refuses what is no class
        labels = np.asarray(labels)
        if labels.shape != (len(x),):
            raise ValueError(
                f"labels must hold one class for each of {len(x)} examples, got shape {labels.shape}"
            )
        return x, labels.astype(np.intp)

    def _with_shapes(self) -> Iterator[tuple[engine.Layer, Shape, Shape]]:
        """Return each layer with the shapes of what comes in and goes out."""
        return zip(self.layers, [self.input_shape, *self.shapes[:-1]], self.shapes, strict=True)

    def _bytes_beside_examples(self) -> int:
        work = max(layer.work_bytes(*shapes) for layer, *shapes in self._with_shapes())
        return work + WEIGHT_COPIES * 4 * self.count()

    def _bytes_of_an_example(self) -> int:
        kept = [layer.kept_bytes(*shapes) for layer, *shapes in self._with_shapes()]
        return sum(kept) + 2 * max(kept) + 4 * int(np.prod(self.input_shape))

    def _handy(self) -> int:
        """Return how many examples are quickest together: they fit into the cache, or outweigh the weights.

        Fewer than 16 never are: then the calls themselves would take the time.
        """
        return max(16, (CACHE + 4 * self.count()) // self._bytes_of_an_example())

    def _copies(self) -> list[Array]:
        return [w.copy() for w in self.parameters]

    def _forward(self, x: Array, training: bool = False) -> Array:
        for layer in self._order:
            x = layer.forward(x, training)
        return x

    def _scores(self, x: Array) -> Array:
        """Return the scores of any number of examples, as many at once as fit into the memory."""
        chunk = min(max(1, MEMORY // self._bytes_of_an_example()), self._handy())
        with np.errstate(over="ignore", invalid="ignore"):  # looked for below
            scores = [self._forward(x[i : i + chunk]) for i in range(0, len(x), chunk)]
        return np.concatenate(_checked_finite(scores, "a score"))

    def _slopes(self, x: Array, labels: Array, batch: int, training: bool = True) -> Array:
        """Leave the slopes of the cost of a batch, of which x is all or a part, in the layers."""
        scores = self._forward(x, training)
        slopes: Any = _softmax(scores)
        slopes[np.arange(len(x)), labels] -= 1
        slopes /= np.float32(batch)
        for layer in reversed(self._order):
            slopes = layer.backward(slopes)
            if slopes is None:
                break
        return scores

    def _step(self, x: Array, labels: Array, part: int, optimizer: Optimizer) -> list[Array]:
        """Take one step; return the scores before it, a list of arrays."""
        scores: list[Array] = []
        total: Any = None
        for i in range(0, len(x), part):
            scores.append(self._slopes(x[i : i + part], labels[i : i + part], len(x)))
            if total is None:
                total = self.gradients
                continue
            for slopes, more in zip(total, self.gradients, strict=True):
                slopes += more
        optimizer(self.parameters, total)
        return scores

    def _learn(
        self,
        x: Array,
        labels: Array,
        batches: Sequence[Array],
        part: int,
        optimizer: Optimizer,
        judged: tuple[Array, Array] | None,
        bar: Any,
    ) -> tuple[float, ...]:
        """Do one epoch and judge it; where it goes wrong, go back to the weights from before it."""
        before, done = self._copies(), False
        scores: list[Array] = []
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # looked for below
                for batch in batches:
                    scores += self._step(x.take(batch, axis=0), labels[batch], part, optimizer)
                    bar.update()
                met = _judged(np.concatenate(scores), labels[np.concatenate(batches)])
            _checked_finite([met, *self.parameters], "a weight or the loss")
            after = _judged(self._scores(judged[0]), judged[1]) if judged else ()
            done = True
        except OverflowError as error:
            raise OverflowError(_diverged(optimizer)) from error
        finally:
            if not done:
                self._restore(before)
        return (*met, *after)

    def _restore(self, arrays: Sequence[Array]) -> None:
        for w, a in zip(self.parameters, arrays, strict=True):
            w[...] = a


def _quicker_order(layers: Sequence[engine.Layer]) -> list[engine.Layer]:
    """Return the layers with pooling before ReLU: the same numbers and slopes, with fewer to compare."""
    order = list(layers)
    for k, (one, other) in enumerate(itertools.pairwise(layers)):
        if type(one) is engine.ReLU and type(other) is engine.MaxPool:
            order[k : k + 2] = other, one
    return order


def _allow_in_place(layers: Sequence[engine.Layer]) -> None:
    """Say to each layer whether it may write over what it is given, and which learn first."""
    free = False  # the reader's own pictures are never written over
    for layer in layers:
        layer.in_place = free
        passes_on = isinstance(layer, engine.Flatten | engine.Dropout) or type(layer) is engine.Layer
        if not passes_on:  # else what goes out may be the very array that came in
            free = not layer.keeps_output
    learning = [layer for layer in layers if layer.parameters]
    if learning:
        learning[0].first = True


def _softmax(scores: Array) -> Array:
    p = scores - scores.max(axis=1, keepdims=True)
    np.exp(p, out=p)
    p /= p.sum(axis=1, keepdims=True)
    return p


def _judged(scores: Array, labels: Array) -> tuple[float, float]:
    """Return the mean cross-entropy and the accuracy: as `cvlessons.loss` has it, without its checks."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    rows = np.arange(len(labels))
    losses = np.log(np.exp(shifted).sum(axis=1)) - shifted[rows, labels]
    return float(losses.mean()), float((scores.argmax(axis=1) == labels).mean())


def _known(name: str) -> Any:
    return getattr(engine, checked_choice(name, "a layer", [n for n in engine.__all__ if n[0].isupper()]))


def _checked_shape(shape: Shape) -> Shape:
    if not isinstance(shape, list | tuple) or len(shape) not in (1, 3):
        raise TypeError(f"input_shape must be (height, width, channels) or (n,), got {shape!r:.60}")
    return tuple(checked_int(size, f"input_shape[{k}]", minimum=1) for k, size in enumerate(shape))


def _float32(array: Array, name: str) -> Array:
    """Return the array, whose numbers are finite, in float32, if that can hold it."""
    if array.dtype == np.float32:
        return array
    with np.errstate(over="ignore"):  # looked for below
        short = array.astype(np.float32)
    if not np.isfinite(short).all():
        raise ValueError(f"{name} must hold numbers of float32, below 3.4e38, got {abs(array).max():g}")
    return short


def _checked_finite(arrays: list[Any], name: str) -> list[Any]:
    """Return the arrays, if what was computed is finite."""
    if not all(np.isfinite(array).all() for array in arrays):
        raise OverflowError(f"{name} is too large for float32: scale x or the weights down")
    return arrays


def _checked_list(values: Any, name: str) -> list[Any]:
    if not isinstance(values, list | tuple):
        raise TypeError(f"{name} must be a list, got {values!r:.60}")
    return list(values)


def _checked_layers(layers: Sequence[engine.Layer]) -> list[engine.Layer]:
    layers = _checked_list(layers, "layers")
    for place, layer in enumerate(layers):
        if not isinstance(layer, engine.Layer):
            raise TypeError(f"layers[{place}] must be a layer of cvlessons.engine, got {layer!r:.60}")
    if not layers or len({id(layer) for layer in layers}) < len(layers):
        raise ValueError("layers must hold at least one layer, and none twice: make a new one for each place")
    if any(layer.taken for layer in layers):
        raise ValueError("a layer already belongs to a network: make new ones")
    return layers


def _checked_pair(validation: tuple[ArrayLike, ArrayLike]) -> tuple[ArrayLike, ArrayLike]:
    if not isinstance(validation, list | tuple) or len(validation) != 2:
        raise TypeError(f"validation must be a pair (x, labels), got {validation!r:.60}")
    return validation


def _checked_patience(patience: int | None, judged: object) -> int | None:
    if patience is None:
        return None
    if judged is None:
        raise ValueError(f"patience={patience} watches the validation loss: give validation=(x, labels) too")
    return checked_int(patience, "patience", minimum=1)


def _checked_optimizer(optimizer: Optimizer | None) -> Optimizer:
    if optimizer is None:
        return optimizers.SGD(0.01, momentum=0.9)
    if not callable(optimizer) or isinstance(optimizer, type):
        raise TypeError(f"optimizer must be made first, such as Adam(0.001), got {optimizer!r:.60}")
    return optimizer


def _diverged(optimizer: Optimizer) -> str:
    rate = getattr(optimizer, "learning_rate", None)
    cure = f"; the learning rate {rate:g} is too large: try {rate / 10:g}" if rate else ""
    return f"the weights grew out of bounds, and the network keeps those from before this epoch{cure}"
