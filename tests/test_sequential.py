"""sequential.py against Keras, cvlessons.loss, finite differences, real digits, and files that were bent."""

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import backprop
from cvlessons import sequential as sequential_module
from cvlessons.datasets import load_mnist
from cvlessons.engine import (
    AveragePool,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool,
    ReLU,
    Sigmoid,
    Tanh,
)
from cvlessons.gradcheck import check_gradient
from cvlessons.loss import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    categorical_cross_entropy_from_logits,
    one_hot,
)
from cvlessons.network import Network
from cvlessons.optimizers import SGD, Adam, RMSprop
from cvlessons.sequential import Sequential

# JavaScript reads the same file (figures/networks), so that figure and package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/networks.json").read_text(encoding="utf-8"))
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0, 1, 1, 0]])
RULES = {
    "SGD": (SGD(0.0625, momentum=0.875), {"learning_rate": 0.0625, "momentum": 0.875}),
    "RMSprop": (RMSprop(2**-10), {"learning_rate": 2**-10}),
    "Adam": (Adam(2**-10), {"learning_rate": 2**-10}),
}


def mlp(shape=(14, 14, 1), **options):
    return Sequential(shape, [Flatten(), Dense(20), ReLU(), Dense(12), Tanh(), Dense(10)], **options)


def cnn(shape=(14, 14, 1), **options):
    layers = [Conv2D(4, padding=1), ReLU(), MaxPool(), Conv2D(6, 3, stride=2), LeakyReLU(0.25)]
    return Sequential(shape, [*layers, Flatten(), Dense(10)], **options)


def everything(**options):
    """One of each kind of layer."""
    layers = [Conv2D(4, 4, stride=2, floor=True), Sigmoid(), AveragePool(), Layer(), Dropout(0.25), Flatten()]
    return Sequential((7, 11, 2), [*layers, Dense(8), Tanh(), Dense(3)], **options)


both = pytest.mark.parametrize("make", [mlp, cnn])


def digits(n, start=0):
    """n real digits of 14 by 14 pixels."""
    (x, labels), _ = load_mnist()
    part = slice(start, start + n)
    return x[part, ::2, ::2, None].astype(np.float32) / 255, labels[part].astype(int)


@pytest.fixture
def clouds(rng):
    """90 points in the plane: three clouds with a class each; the last batch of 8 holds only 2."""
    labels = rng.integers(0, 3, 90)
    centres = np.array([[0, 3], [3, -2], [-3, -2]])
    return (centres[labels] + rng.normal(size=(90, 2))).astype(np.float32), labels


def small(*more, **options):
    return Sequential((2,), [Dense(5), Tanh(), *more, Dense(3)], **options)


def copies(network):
    return [w.copy() for w in network.parameters]


def assert_weights(network, arrays):
    for mine, other in zip(network.parameters, arrays, strict=True):
        assert mine.dtype == np.float32
        assert_array_equal(mine, other)


def assert_same(network, other):
    assert repr(network) == repr(other)
    assert_weights(network, other.parameters)


def twin(network):
    """The same network in Keras, with the same weights."""
    keras = pytest.importorskip("keras")
    layers = keras.layers

    def of(layer):
        match layer:
            case Dense(units=units):
                return [layers.Dense(units)]
            case Conv2D(filters=filters, size=size, stride=stride, padding=padding):
                return [layers.ZeroPadding2D(padding), layers.Conv2D(filters, size, stride)]
            case MaxPool(size=size):
                return [layers.MaxPooling2D(size)]
            case LeakyReLU(slope=slope):
                return [layers.LeakyReLU(slope)]
            case Flatten():
                return [layers.Flatten()]
            case _:
                return [layers.Activation(type(layer).__name__.lower())]

    inner = [one for layer in network.layers for one in of(layer)]
    model = keras.Sequential([keras.Input(network.input_shape), *inner])
    model.set_weights(as_keras(network.parameters))
    return model


def as_keras(arrays):
    return [w.T if w.ndim == 2 else w for w in arrays]


# Keras


@both
def test_scores_and_gradients_are_those_of_keras(make):
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    network, (x, labels) = make(seed=1), digits(50)
    model = twin(network)
    with tf.GradientTape() as tape:
        scores = model(x)
        J = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(labels, scores, from_logits=True))
    assert_allclose(network.forward(x), scores, rtol=1e-4, atol=1e-5)
    assert_allclose(network.probabilities(x), tf.nn.softmax(scores), rtol=1e-4, atol=1e-6)
    assert_array_equal(network.predict(x), np.argmax(scores, axis=1))
    assert_allclose(network.evaluate(x, labels)["loss"], J, rtol=1e-5)
    theirs = as_keras(map(np.asarray, tape.gradient(J, model.trainable_weights)))
    for mine, other in zip(network.backward(x, labels), theirs, strict=True):
        assert_allclose(mine, other, rtol=1e-3, atol=1e-6)


@both
@pytest.mark.parametrize("rule", RULES)
def test_a_hundred_steps_are_those_of_keras(make, rule):
    """Five epochs of 20 batches, in the same order; every loss and every weight."""
    keras = pytest.importorskip("keras")
    network, (x, labels) = make(), digits(320)
    model = twin(network)
    optimizer, options = RULES[rule]
    optimizer = type(optimizer)(**options)
    model.compile(
        getattr(keras.optimizers, rule)(**options),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    orders, theirs = np.random.default_rng(3), {}
    for _ in range(5):
        order = orders.permutation(320)
        fit = {"batch_size": 16, "shuffle": False, "verbose": 0}
        for name, values in model.fit(x[order], labels[order], **fit).history.items():
            theirs.setdefault(name, []).extend(values)
    ours = network.fit(x, labels, epochs=5, batch_size=16, optimizer=optimizer, seed=3)
    assert list(ours) == ["loss", "accuracy"]
    for name, values in ours.items():
        assert_allclose(values, theirs[name], rtol=1e-3)
    for mine, other in zip(network.parameters, as_keras(model.get_weights()), strict=True):
        assert_allclose(mine, other, rtol=2e-3, atol=2e-4)


# Laws and the book's own functions


def test_gradients_agree_with_finite_differences(rng):
    """Of the whole network, in float64; the loss is that of the book."""
    network = everything()
    x, labels = rng.normal(size=(4, 7, 11, 2)).astype(np.float32), [0, 2, 1, 1]
    for layer in network.layers:
        layer.parameters = [w.astype(np.float64) for w in layer.parameters]
    gradients = network.backward(x, labels)
    for w, gradient in zip(network.parameters, gradients, strict=True):
        kept = w.copy()

        def cost(value, w=w):
            w[...] = value
            return categorical_cross_entropy_from_logits(network.forward(x).T, one_hot(labels, 3))

        check_gradient(cost, gradient, kept, rtol=1e-4)
        w[...] = kept


def test_loss_and_accuracy_are_those_of_the_book(rng):
    network = everything()
    x, labels = rng.normal(size=(40, 7, 11, 2)), rng.integers(0, 3, 40)
    scores = network.forward(x)
    got = network.evaluate(x, labels)
    assert list(got) == ["loss", "accuracy"]
    wanted = categorical_cross_entropy_from_logits(scores.T, one_hot(labels, 3))
    assert_allclose(got["loss"], wanted, rtol=1e-6)
    assert got["accuracy"] == np.mean(network.predict(x) == labels)
    assert_allclose(network.probabilities(x).sum(axis=1), 1, rtol=1e-6)
    assert_array_equal(network.probabilities(x).argmax(axis=1), network.predict(x))


def test_worked_by_hand():
    network = Sequential((2,), [Dense(2)])
    network.set_parameters([[[1, 0], [0, 1]], [0, 0.5]])  # scores: x, and y + 0.5
    x = [[1, 0], [1, 1], [-1, -1], [0, -0.5]]
    assert network.forward(x).tolist() == [[1, 0.5], [1, 1.5], [-1, -0.5], [0, 0]]
    assert network.predict(x).tolist() == [0, 1, 1, 0]
    assert network.evaluate(x, [0, 1, 0, 0])["accuracy"] == 0.75
    assert_allclose(network.probabilities(x)[3], [0.5, 0.5])
    # at (0, -0.5) both have 1/2: the slopes of the scores are -1/2 and 1/2
    slopes = network.backward([[0, -0.5]], [0])
    assert [g.tolist() for g in slopes] == [[[0, 0.25], [0, -0.25]], [-0.5, 0.5]]


def test_what_goes_out_of_each_layer(rng):
    network, x = everything(), rng.normal(size=(3, 7, 11, 2))
    got = network.outputs(x)
    assert [y.shape[1:] for y in got] == network.shapes
    assert all(y.dtype == np.float32 and len(y) == 3 for y in got)
    y = np.float32(x)
    for layer, mine in zip(network.layers, got, strict=True):
        y = layer.forward(y)
        assert_array_equal(mine, y)
    assert_array_equal(got[-1], network.forward(x))


def test_relu_spoils_none_of_the_outputs(rng):
    network = Sequential((4,), [Dense(6), Layer(), ReLU(), ReLU(), Dense(2)])
    got = network.outputs(rng.normal(size=(8, 4)))
    assert (got[0] < 0).any()
    assert_array_equal(got[1], got[0])
    assert_array_equal(got[2], np.maximum(got[0], 0))


def test_dropout_is_for_learning_only(clouds):
    x, labels = clouds
    network = small(Dropout(0.5))
    plain = small()
    plain.set_parameters(network.parameters)
    assert_array_equal(network.forward(x), plain.forward(x))
    for mine, other in zip(network.backward(x, labels), plain.backward(x, labels), strict=True):
        assert_array_equal(mine, other)
    options = {"epochs": 1, "batch_size": 90, "optimizer": SGD(1e-6)}
    got = network.fit(x, labels, **options, validation=clouds)
    assert got["loss"] != got["val_loss"]  # the first with dropout, the second without
    assert_allclose(got["val_loss"][0], plain.evaluate(x, labels)["loss"], rtol=1e-4)


# Learning


@both
def test_the_loss_falls_on_real_digits(make):
    network, (x, labels), judged = make(), digits(2000), digits(1000, start=5000)
    history = network.fit(x, labels, epochs=4, batch_size=32, optimizer=Adam(0.005), validation=judged)
    assert list(history) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert history["loss"][-1] < history["loss"][0] / 3
    assert history["val_accuracy"][-1] > 0.85
    got = network.evaluate(*judged)
    assert_allclose([got["loss"], got["accuracy"]], [history[f"val_{name}"][-1] for name in got], rtol=1e-6)


def test_the_same_seeds_repeat_bit_for_bit_and_each_epoch_has_a_new_order(clouds):
    def learned(seed, order, *epochs):
        network = small(Dropout(0.25), seed=seed)
        options = {"batch_size": 8, "seed": order, "validation": clouds}
        return network, [network.fit(*clouds, epochs=n, **options) for n in epochs]

    one, history = learned(1, 2, 3)
    again, again_history = learned(1, 2, 3)
    assert_same(one, again)
    assert history == again_history
    for other in (learned(2, 2, 3)[0], learned(1, 3, 3)[0], learned(1, 2, 1, 1, 1)[0]):
        assert not np.array_equal(one.parameters[0], other.parameters[0])


def test_unless_told_otherwise_seeds_are_0_and_the_optimizer_is_descent_with_momentum(clouds):
    one, other = small(), small(seed=0)
    assert_same(one, other)
    one.fit(*clouds, epochs=2, batch_size=8)
    other.fit(*clouds, epochs=2, batch_size=8, seed=0, optimizer=SGD(0.01, momentum=0.9))
    assert_same(one, other)


@pytest.mark.parametrize("batch_size", [1, 7, 8, 90, 1000])
def test_each_epoch_uses_each_example_once_whatever_the_batch_size(clouds, batch_size):
    """With steps too small to change anything, the mean over the batches is the mean over the examples."""
    network = small()
    history = network.fit(*clouds, epochs=2, batch_size=batch_size, optimizer=SGD(1e-12))
    wanted = network.evaluate(*clouds)
    assert list(history) == ["loss", "accuracy"]
    for name, value in wanted.items():
        assert_allclose(history[name], value, rtol=1e-5)


@both
@pytest.mark.parametrize("at_once", [1, 5, 16])
def test_a_batch_in_parts_takes_the_same_step(make, at_once):
    x, labels = digits(48)
    whole, parts = make(), make()
    memory = parts.training_bytes(at_once)
    assert parts.largest_batch(memory) == at_once
    options = {"epochs": 2, "batch_size": 16, "optimizer": None}
    ours = parts.fit(x, labels, **options, memory=memory)
    theirs = whole.fit(x, labels, **options)
    for name, values in ours.items():
        assert_allclose(values, theirs[name], rtol=1e-5)
    for mine, other in zip(parts.parameters, whole.parameters, strict=True):
        assert_allclose(mine, other, rtol=1e-3, atol=1e-5)


def test_many_examples_go_forward_in_chunks(monkeypatch, rng):
    network, x = everything(), rng.normal(size=(50, 7, 11, 2)).astype(np.float32)
    whole, seen = network.forward(x), []

    def counted(x, training=False, forward=network.layers[0].forward):
        seen.append(len(x))
        return forward(x, training)

    monkeypatch.setattr(network.layers[0], "forward", counted)
    for memory, most in ((7 * network._bytes_of_an_example(), 7), (1, 1)):
        monkeypatch.setattr(sequential_module, "MEMORY", memory)
        seen.clear()
        assert_allclose(network.forward(x), whole, rtol=1e-4, atol=1e-6)
        assert max(seen) == most
        assert sum(seen) == 50


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(
    ("shape", "make"),
    [
        ((28, 28, 1), lambda: [Flatten(), Dense(128), ReLU(), Dense(10)]),
        ((32, 32, 3), lambda: [Flatten(), Dense(500), ReLU(), Dropout(0.2), Dense(10)]),
        ((28, 28, 1), lambda: [Conv2D(8), ReLU(), MaxPool(), Conv2D(16), ReLU(), Flatten(), Dense(10)]),
        ((17, 23, 3), lambda: [Conv2D(8, 5, stride=2), Tanh(), Conv2D(8, padding=1), Flatten(), Dense(10)]),
        (
            (16, 16, 2),
            lambda: [Conv2D(8, padding=1), Sigmoid(), AveragePool(), LeakyReLU(), Flatten(), Dense(9)],
        ),
    ],
    ids=["mlp", "dropout", "cnn", "strided", "average"],
)
def test_a_step_needs_no_more_memory_than_is_said_and_not_much_less(shape, make, rule, rng):
    """NumPy tells tracemalloc about each array. In parts too, and with the best weights kept."""
    import tqdm  # noqa: F401  so that its import is not counted

    x, labels = rng.normal(size=(64, *shape)).astype(np.float32), rng.integers(0, 9, 64)
    for at_once in (32, 16):
        network, optimizer = Sequential(shape, make()), type(RULES[rule][0])()
        said = network.training_bytes(at_once)
        given = 32 * x[0].nbytes + 2**17  # the batch as it was taken out, and Python's own things
        tracemalloc.start()
        network.fit(x, labels, epochs=2, batch_size=32, optimizer=optimizer, memory=said, patience=1,
                    validation=(x[:8], labels[:8]))  # fmt: skip
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert said / 4 < peak < said + given, (said, peak, 4 * network.count())


def test_a_network_too_large_for_the_memory_says_so_before_it_starts(clouds, monkeypatch):
    network = small()
    before = copies(network)
    monkeypatch.setattr(Dense, "forward", lambda *_: pytest.fail("it has begun"))
    with pytest.raises(MemoryError) as caught:
        network.fit(*clouds, epochs=1, batch_size=8, memory=1000)
    assert str(caught.value) == (
        f"one example alone needs {network.training_bytes(1):,} bytes, more than the 1,000 allowed: "
        "allow more (memory=...), or make the pictures or the layers smaller"
    )
    assert_weights(network, before)
    assert network.training_bytes(3) - network.training_bytes(2) == network._bytes_of_an_example()


def test_patience_stops_and_brings_back_the_best(clouds):
    """The labels of the judged examples are wrong, so learning the others only makes it worse."""
    x, labels = clouds
    wrong = (x, (labels + 1) % 3)
    network, options = small(), {"batch_size": 8, "validation": wrong}
    history = network.fit(x, labels, epochs=30, patience=3, **options)
    assert len(history["loss"]) == int(np.argmin(history["val_loss"])) + 1 + 3 < 30
    assert_allclose(network.evaluate(*wrong)["loss"], min(history["val_loss"]), rtol=1e-6)
    again = small()
    again.fit(x, labels, epochs=int(np.argmin(history["val_loss"])) + 1, **options)
    assert_same(network, again)


def test_patience_that_is_never_tried_changes_nothing_while_it_gets_better(clouds):
    one, other = small(), small()
    options = {"epochs": 5, "batch_size": 8, "validation": clouds}
    history = one.fit(*clouds, **options, patience=1)
    assert history == other.fit(*clouds, **options)
    assert (np.diff(history["val_loss"]) < 0).all()
    assert_same(one, other)


def test_learning_leaves_the_examples_alone_and_changes_the_weights_in_place(clouds):
    x, labels = clouds
    network = Sequential((2,), [ReLU(), Dense(3)])
    before, held = x.copy(), network.parameters
    first = copies(network)
    network.fit(x, labels, epochs=1, batch_size=8)
    assert_array_equal(x, before)
    for mine, w, old in zip(network.parameters, held, first, strict=True):
        assert mine is w
        assert not np.array_equal(w, old)


def test_a_network_without_weights_can_be_asked_and_told(clouds):
    network = Sequential((2,), [ReLU(), Sigmoid()])
    assert network.count() == 0
    assert network.backward(clouds[0], clouds[1] % 2) == []
    history = network.fit(clouds[0], clouds[1] % 2, epochs=2, batch_size=8)
    assert history["loss"][0] == pytest.approx(history["loss"][1])


def test_a_progress_bar_counts_the_steps_when_asked_for(clouds, capsys):
    options = {"epochs": 2, "batch_size": 8}
    small().fit(*clouds, **options)
    assert capsys.readouterr() == ("", "")
    small().fit(*clouds, **options, progress=True)
    shown = capsys.readouterr().err
    assert "epoch 2 of 2: 100%" in shown
    assert "24/24" in shown


@pytest.mark.parametrize("batch_size", [8, 90])
def test_a_learning_rate_that_is_too_large_is_explained_and_costs_no_weights(clouds, batch_size):
    network = small()
    network.fit(*clouds, epochs=1, batch_size=8)
    good = copies(network)
    with pytest.raises(OverflowError) as caught:
        network.fit(*clouds, epochs=9, batch_size=batch_size, optimizer=SGD(1e39, momentum=0.5))
    assert str(caught.value) == (
        "the weights grew out of bounds, and the network keeps those from before this epoch; "
        "the learning rate 1e+39 is too large: try 1e+38"
    )
    assert_weights(network, good)


def test_weights_that_only_the_judging_shows_to_be_too_large_go_back_too(clouds):
    x, labels = clouds
    network = Sequential((2,), [Dense(3)])
    good = copies(network)
    with pytest.raises(OverflowError, match="the weights grew out of bounds"):
        network.fit(x, labels, epochs=1, batch_size=90, optimizer=SGD(1e37), validation=(1e3 * x, labels))
    assert_weights(network, good)


def test_an_optimizer_of_the_readers_own_is_called(clouds):
    def backwards(parameters, gradients):
        for w, g in zip(parameters, gradients, strict=True):
            w += 0.1 * g

    history = small().fit(*clouds, epochs=2, batch_size=8, optimizer=backwards)
    assert history["loss"][1] > history["loss"][0]

    def wild(parameters, gradients):
        parameters[0][:] = np.nan

    with pytest.raises(OverflowError) as caught:
        small().fit(*clouds, epochs=1, batch_size=8, optimizer=wild)
    assert str(caught.value).endswith("and the network keeps those from before this epoch")


def test_an_interrupt_leaves_the_weights_of_the_last_whole_epoch(clouds):
    kept, network, calls = small(), small(), []
    kept.fit(*clouds, epochs=1, batch_size=8, optimizer=SGD(0.1))
    descend = SGD(0.1)

    def interrupted(parameters, gradients):
        calls.append(1)
        if len(calls) > 15:  # an epoch has 12 batches
            raise KeyboardInterrupt
        descend(parameters, gradients)

    with pytest.raises(KeyboardInterrupt):
        network.fit(*clouds, epochs=3, batch_size=8, optimizer=interrupted)
    assert_same(network, kept)


# What it says of itself


def test_the_start_repeats_with_the_seed_only():
    assert_same(cnn(seed=3), cnn(seed=3))
    assert not np.array_equal(cnn(seed=3).parameters[0], cnn(seed=4).parameters[0])


def test_a_network_says_what_it_is():
    network = everything()
    assert network.input_shape == (7, 11, 2)
    assert network.output_shape == (3,)
    assert network.shapes == [(2, 4, 4)] * 2 + [(1, 2, 4)] * 3 + [(8,)] * 3 + [(3,)]
    assert (
        network.count()
        == sum(w.size for w in network.parameters)
        == sum(int(row.split()[-1]) for row in str(network).splitlines()[1:-1])
    )
    assert str(network).splitlines()[-1].split() == ["total", str(network.count())]
    assert "floor" not in str(mlp())
    assert "floor=True" in str(network)
    assert eval(
        repr(network), vars(__import__("cvlessons.engine").engine) | {"Sequential": Sequential}
    ).shapes


def test_weights_can_be_replaced_and_are_copied(rng):
    network = small()
    arrays = [rng.normal(size=w.shape) for w in network.parameters]
    network.set_parameters(tuple(arrays))
    for mine, other in zip(network.parameters, arrays, strict=True):
        assert_array_equal(mine, np.float32(other))
        other[...] = 0
        assert mine.all()


# What is refused


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((784, [Dense(2)]), TypeError, r"input_shape must be \(height, width, channels\) or \(n,\), got 784"),
        (((28, 28), [Dense(2)]), TypeError, r"input_shape must be .*, got \(28, 28\)"),
        (((0,), [Dense(2)]), ValueError, r"input_shape\[0\] must be at least 1, got 0"),
        (((2,), Dense(2)), TypeError, r"layers must be a list, got Dense\(units=2\)"),
        (((2,), []), ValueError, "layers must hold at least one layer"),
        (((2,), [Dense]), TypeError, r"layers\[0\] must be a layer of cvlessons.engine, got <class"),
        (((2,), [Dense(2), "relu"]), TypeError, r"layers\[1\] must be a layer .*, got 'relu'"),
        (((2,), [Dense(1)]), ValueError, r"for each of at least 2 classes, got \(1,\): end with Dense"),
        (((4, 4, 1), [ReLU()]), ValueError, r"a score for each of at least 2 classes, got \(4, 4, 1\)"),
        (((4, 4, 1), [Dense(2)]), ValueError, r"layers\[0\], Dense.*: Dense takes a row .* put Flatten"),
        (((5, 4, 1), [ReLU(), MaxPool()]), ValueError, r"layers\[1\], MaxPool\(size=2\): height: "),
    ],
)  # fmt: skip
def test_a_bad_network_is_explained(arguments, error, message):
    with pytest.raises(error, match=message):
        Sequential(*arguments)


def test_a_bad_seed_is_explained():
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        small(seed=-1)


def test_a_layer_belongs_to_one_network():
    relu, dense = ReLU(), Dense(2)
    with pytest.raises(ValueError, match="none twice: make a new one for each place"):
        Sequential((2,), [relu, relu, Dense(2)])
    Sequential((2,), [relu, dense])
    for shared in (relu, dense):  # ReLU too: whether it may write over what it gets depends on its place
        with pytest.raises(ValueError, match="a layer already belongs to a network: make new ones"):
            Sequential((2,), [Dense(2), shared])


def test_after_a_network_that_did_not_fit_together_its_layers_can_be_used():
    convolution, dense = Conv2D(2), Dense(3)
    with pytest.raises(ValueError, match="put Flatten"):
        Sequential((4, 4, 1), [convolution, dense])
    network = Sequential((6, 6, 3), [convolution, Flatten(), dense])
    assert [w.shape for w in network.parameters] == [(3, 3, 3, 2), (2,), (3, 32), (3,)]


def test_a_grey_picture_without_its_channel_is_told_both_cures():
    network = Sequential((4, 4, 1), [Flatten(), Dense(2)])
    with pytest.raises(ValueError, match=r"got \(3, 4, 4\): one example: x\[None\]; grey .* x\[..., None\]$"):
        network.forward(np.ones((3, 4, 4)))


@pytest.mark.parametrize("method", ["forward", "outputs", "probabilities", "predict"])
def test_bad_inputs_are_explained(method):
    ask = getattr(small(), method)
    with pytest.raises(ValueError, match=r"x has shape \(batch, 2\), got \(2,\): one example: x\[None\]"):
        ask(np.ones(2))
    with pytest.raises(ValueError, match=r"x has shape \(batch, 2\), got \(1, 3\)"):
        ask(np.ones((1, 3)))
    with pytest.raises(ValueError, match=r"x must hold finite numbers, got nan at index \(0, 0\)"):
        ask([[np.nan, 1]])
    with pytest.raises(ValueError, match=r"x must hold numbers of float32, below 3.4e38, got 1e\+300"):
        ask([[1e300, 1]])
    with pytest.raises(ValueError, match="x is empty"):
        ask(np.ones((0, 2)))


def test_numbers_that_grow_too_large_on_the_way_are_explained():
    network = Sequential((2,), [Dense(4), ReLU(), Dense(2)])
    network.set_parameters([1e30 * np.ones(w.shape) for w in network.parameters])
    x = np.ones((3, 2))
    with pytest.raises(OverflowError, match="a score is too large for float32: scale x or the weights down"):
        network.forward(x)
    with pytest.raises(OverflowError, match="what goes out of a layer is too large for float32"):
        network.outputs(x)
    with pytest.raises(OverflowError, match="a slope is too large for float32"):
        network.backward(x, [0, 1, 0])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], r"labels must hold one class for each of 90 examples, got shape \(2,\)"),
        ([3] * 90, "labels must hold whole numbers from 0 to 2, got 3"),
        (np.zeros((90, 1)), r"labels has shape \(m,\), got \(90, 1\)"),
        ([0.5] * 90, "labels must hold whole numbers from 0 to 2, got 0.5"),
    ],
)
def test_bad_labels_are_explained(clouds, labels, message):
    x, right = clouds
    for method in ("evaluate", "backward"):
        with pytest.raises(ValueError, match=message):
            getattr(small(), method)(x, labels)
    with pytest.raises(ValueError, match=message):
        small().fit(x, labels, epochs=1, batch_size=8)
    with pytest.raises(ValueError, match=message):
        small().fit(x, right, epochs=1, batch_size=8, validation=(x, labels))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": 2.0}, TypeError, "batch_size must be a whole number, got 2.0"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"memory": 0}, ValueError, "memory must be above 0, got 0"),
        ({"memory": "all"}, TypeError, "memory must be a number, got 'all'"),
        (
            {"optimizer": "adam"},
            TypeError,
            r"optimizer must be made first, such as Adam\(0.001\), got 'adam'",
        ),
        ({"optimizer": Adam}, TypeError, "optimizer must be made first, .*, got <class"),
        ({"validation": 3}, TypeError, r"validation must be a pair \(x, labels\), got 3"),
        ({"validation": (1, 2, 3)}, TypeError, r"validation must be a pair \(x, labels\), got \(1, 2, 3\)"),
        ({"patience": 2}, ValueError, "patience=2 watches the validation loss: give validation="),
    ],
)
def test_bad_options_are_explained(clouds, change, error, message):
    with pytest.raises(error, match=message):
        small().fit(*clouds, **{"epochs": 1, "batch_size": 8} | change)


def test_bad_patience_is_explained(clouds):
    with pytest.raises(ValueError, match="patience must be at least 1, got 0"):
        small().fit(*clouds, epochs=1, batch_size=8, validation=clouds, patience=0)


@pytest.mark.parametrize("method", ["training_bytes", "largest_batch"])
def test_a_size_of_nothing_is_explained(method):
    with pytest.raises(ValueError, match=r"must be (at least 1|above 0), got 0"):
        getattr(small(), method)(0)


@pytest.mark.parametrize(
    ("arrays", "error", "message"),
    [
        (None, TypeError, "arrays must be a list, got None"),
        ([1], ValueError, "the network has 4 arrays of weights, got 1"),
        ([np.ones((5, 2)), np.ones(5), np.ones((3, 4)), np.ones(3)], ValueError,
         r"arrays\[2\] has shape \(3, 5\), got \(3, 4\)"),
        ([np.ones((5, 2)), np.ones(5), np.ones((3, 5)), [1, np.inf, 1]], ValueError,
         r"arrays\[3\] must hold finite numbers, got inf at index \(1,\)"),
        ([np.ones((5, 2)), np.ones(5), np.ones((3, 5)), [1, 1e300, 1]], ValueError,
         r"arrays\[3\] must hold numbers of float32, below 3.4e38, got 1e\+300"),
    ],
)  # fmt: skip
def test_bad_weights_are_explained_and_change_nothing(arrays, error, message):
    network = small()
    before = copies(network)
    with pytest.raises(error, match=message):
        network.set_parameters(arrays)
    assert_weights(network, before)


# Files


@pytest.mark.parametrize("make", [mlp, cnn, everything])
def test_a_loaded_network_is_the_saved_one(make, tmp_path, rng):
    network = make(seed=4)
    x = rng.normal(size=(6, *network.input_shape)).astype(np.float32)
    network.fit(x, [0, 1, 2, 0, 1, 2], epochs=2, batch_size=4)
    network.save(tmp_path / "net")
    assert [path.name for path in tmp_path.iterdir()] == ["net"]
    loaded = Sequential.load(str(tmp_path / "net"))
    assert_same(network, loaded)
    assert_array_equal(network.forward(x), loaded.forward(x))
    loaded.fit(x, [0, 1, 2, 0, 1, 2], epochs=1, batch_size=4)


def test_the_same_network_is_the_same_bytes(tmp_path):
    cnn().save(tmp_path / "a")
    cnn().save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_saving_weights_that_are_no_numbers_or_into_no_folder_is_explained(tmp_path):
    network = small()
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere does not exist: make it first"):
        network.save(tmp_path / "nowhere" / "net")
    network.parameters[1][2] = np.nan
    with pytest.raises(
        ValueError, match=r"parameters\[1\] must hold finite numbers, got nan at index \(2,\)"
    ):
        network.save(tmp_path / "net")
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_a_byte_changed_or_cut_off_is_refused_or_still_the_same(tmp_path):
    """No damage goes unseen: what can be read at all is exactly what was saved."""
    network, path = Sequential((1,), [Dense(2)]), tmp_path / "net"
    network.save(path)
    whole = path.read_bytes()
    damaged = [whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :] for i in range(0, len(whole), 3)]
    damaged += [whole[:i] for i in range(0, len(whole), 11)]
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            loaded = Sequential.load(path)
        except ValueError as error:
            assert str(error).startswith(f"{path} holds no network that can be read: it is damaged, or not")
            refused += 1
        else:
            assert_same(network, loaded)
    assert refused > len(damaged) / 2


HEAD = {"input_shape": [2], "layers": [["Dense", {"units": 3}]]}
ARRAYS = {
    "format": "cvlessons sequential",
    "version": 1,
    "network": json.dumps(HEAD),
    "000": np.ones((3, 2)),
    "001": np.ones(3),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "picture"}, "it lacks the mark 'cvlessons sequential'"),
        ({"format": None}, "format is not a file in the archive"),
        ({"version": 2}, "it has the format version 2, and this cvlessons reads 1"),
        ({"network": None}, "network is not a file in the archive"),
        ({"network": "hello"}, "JSONDecodeError"),
        ({"network": json.dumps({"input_shape": [2]})}, "KeyError: 'layers'"),
        ({"network": json.dumps(HEAD | {"input_shape": [3]})}, r"arrays\[0\] has shape \(3, 3\), got"),
        ({"network": json.dumps(HEAD | {"layers": [["exec", {}]]})}, "a layer must be one of .*, got 'exec'"),
        ({"network": json.dumps(HEAD | {"layers": [["correlate", {}]]})}, "a layer must be one of"),
        ({"network": json.dumps(HEAD | {"layers": [["Dense", {"size": 3}]]})}, "unexpected keyword argument"),
        ({"001": None}, "the network has 2 arrays of weights, got 1"),
        ({"001": np.ones(4)}, r"arrays\[1\] has shape \(3,\), got \(4,\)"),
        ({"000": np.full((3, 2), np.nan)}, "must hold finite numbers, got nan"),
    ],
)  # fmt: skip
def test_a_file_that_holds_no_network_is_explained(tmp_path, change, message):
    path = tmp_path / "net.npz"
    np.savez(path, **ARRAYS)
    assert Sequential.load(path).shapes == [(3,)]
    np.savez(path, **{name: array for name, array in (ARRAYS | change).items() if array is not None})
    with pytest.raises(ValueError, match=message) as caught:
        Sequential.load(path)
    assert str(path) in str(caught.value)


def test_each_kind_of_network_refuses_the_file_of_the_other_and_names_its_own(tmp_path):
    small().save(tmp_path / "sequential")
    Network([2, 3], ["linear"]).save(tmp_path / "network")
    with pytest.raises(ValueError, match=r"not from Network.save .*it lacks the mark 'cvlessons network'"):
        Network.load(tmp_path / "sequential")
    with pytest.raises(
        ValueError, match=r"not from Sequential.save .*it lacks the mark 'cvlessons sequential'"
    ):
        Sequential.load(tmp_path / "network")


def test_foreign_files_are_refused_and_pickles_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickled object was opened",))

    path = tmp_path / "net.npz"
    np.savez(path, **ARRAYS | {"000": np.array([Trap()], object)}, allow_pickle=True)
    with pytest.raises(ValueError, match="Object arrays cannot be loaded when allow_pickle=False"):
        Sequential.load(path)
    np.save(tmp_path / "array.npy", np.ones(3))
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").write_bytes(b"")
    for name in ("array.npy", "text", "empty"):
        with pytest.raises(ValueError, match=f"{name} holds no network that can be read"):
            Sequential.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        Sequential.load(tmp_path / "missing")


# ---- the cases that the figure of a small network is judged by ---------------------------------------


def knobs(case):
    return [np.array(case[name], float) for name in ("W1", "b1", "W2", "b2")]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_small_networks_of_the_figure_answer_and_learn_as_backprop_does(case):
    W1, b1, W2, b2 = knobs(case)
    parameters, activations = [(W1, b1), (W2, b2)], [case["activation"], "sigmoid"]
    corners, target = XOR
    cache = backprop.forward(corners.T, parameters, activations)
    assert_allclose(cache[-1].A[0], case["answers"], rtol=1e-12)
    assert_allclose(binary_cross_entropy(cache[-1].A, target), case["loss"], rtol=1e-12)
    dA = binary_cross_entropy_gradient(cache[-1].A, target)
    first, second = backprop.backward(dA, cache, parameters, activations)
    for found, name in zip((*first, *second), ("W1", "b1", "W2", "b2"), strict=True):
        assert_allclose(found, case["gradient"][name], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_small_networks_of_the_figure_are_sequential_s_and_keras_s(case):
    keras = pytest.importorskip("keras")
    between = {"relu": [ReLU()], "tanh": [Tanh()], "sigmoid": [Sigmoid()], "linear": []}[case["activation"]]
    W1, b1, W2, b2 = knobs(case)
    # One yes or no, as two classes: no has the score 0, and the softmax of both is the sigmoid of the other.
    ours = Sequential((2,), [Dense(len(b1)), *between, Dense(2)])
    two = np.vstack([0 * W2, W2]), np.concatenate([0 * b2, b2])
    ours.set_parameters([array.astype(np.float32) for array in (W1, b1, *two)])
    theirs = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(len(b1), activation=case["activation"]),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    theirs.set_weights([W1.T, b1, W2.T, b2])
    corners = XOR[0].astype(np.float32)
    for answers in (ours.probabilities(corners), keras.ops.convert_to_numpy(theirs(corners))):
        assert_allclose(answers[:, -1], case["answers"], rtol=1e-5)
