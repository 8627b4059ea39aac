"""network.py against Keras, finite differences, real digits, and files that were cut, bent or foreign."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import network as network_module
from cvlessons.backprop import forward
from cvlessons.datasets import load_mnist
from cvlessons.gradcheck import check_gradient
from cvlessons.loss import one_hot
from cvlessons.network import Network, columns, initial_std


@pytest.fixture
def problem(rng):
    """90 points in the plane: three clouds with a class each; the last batch of 8 holds only 2."""
    labels = rng.integers(0, 3, 90)
    centres = np.array([[0, 3, -3], [3, -2, -2]])
    return centres[:, labels] + rng.normal(size=(2, 90)), labels


def small(**options):
    return Network([2, 5, 3], ["tanh", "linear"], **options)


def flat(network):
    return [array for pair in network.parameters for array in pair]


def names(folder):
    return [path.name for path in folder.iterdir()]


def assert_same(network, other):
    assert (network.sizes, network.activations, network.dtype) == (
        other.sizes,
        other.activations,
        other.dtype,
    )
    for ours, theirs in zip(flat(network), flat(other), strict=True):
        assert ours.dtype == theirs.dtype
        assert_array_equal(ours, theirs)


def twin(network):
    """The same network in Keras, with the same weights."""
    keras = pytest.importorskip("keras")
    kinds = zip(network.parameters, network.activations, strict=True)
    dtype = str(network.dtype)
    dense = [keras.layers.Dense(len(b), name, dtype=dtype) for (_, b), name in kinds]
    model = keras.Sequential([keras.Input((network.sizes[0],), dtype=dtype), *dense])
    model.set_weights([array for W, b in network.parameters for array in (W.T, b)])
    return model


def assert_weights(network, model, rtol):
    theirs = model.get_weights()
    for layer, (W, b) in enumerate(network.parameters):
        assert_allclose(W, theirs[2 * layer].T, rtol=rtol, atol=rtol)
        assert_allclose(b, theirs[2 * layer + 1], rtol=rtol, atol=rtol)


# The start


@pytest.mark.judge("eq-he-start", "hand")
@pytest.mark.judge("eq-glorot-start", "hand")
def test_spreads_worked_by_hand():
    # sqrt(2 / 50) = 0.2; sqrt(2 / (50 + 150)) = 0.1
    assert [initial_std(50, 150, name) for name in ("relu", "leaky_relu")] == [0.2, 0.2]
    assert [initial_std(50, 150, name) for name in ("linear", "sigmoid", "tanh")] == [0.1, 0.1, 0.1]


@pytest.mark.judge("eq-he-start", "library")
@pytest.mark.judge("eq-glorot-start", "library")
def test_the_spreads_are_those_of_keras():
    keras = pytest.importorskip("keras")
    for theirs, name in (
        (keras.initializers.HeNormal(0), "relu"),
        (keras.initializers.GlorotNormal(0), "tanh"),
    ):
        for shape in ((400, 1000), (1000, 400)):
            spread = float(np.std(keras.ops.convert_to_numpy(theirs(shape))))
            assert_allclose(initial_std(*shape, name), spread, rtol=0.005)


@pytest.mark.judge("eq-he-start", "law")
def test_he_keeps_the_size_of_the_signal_through_20_layers_of_relu(rng):
    """The mean of z² stays; with half the variance it would have shrunk a million times."""
    network = Network([300] * 21, ["relu"] * 19 + ["linear"], dtype="float64")
    network.parameters[-1] = (rng.normal(size=(300, 300)) * initial_std(300, 300, "relu"), np.zeros(300))
    signal = forward(rng.normal(size=(300, 50)), network.parameters, network.activations)
    squares = [(entry.Z**2).mean() for entry in signal]
    assert 0.25 < squares[-1] / squares[0] < 4


@pytest.mark.judge("eq-glorot-start", "law")
@given(st.integers(1, 500), st.integers(1, 500))
def test_glorot_is_the_compromise_between_forward_and_backward(n_in, n_out):
    """Var = 1/n_in keeps the signal, 1/n_out the gradient; this is their harmonic mean."""
    variance = initial_std(n_in, n_out, "tanh") ** 2
    assert_allclose(1 / variance, (n_in + n_out) / 2, rtol=1e-12)
    assert initial_std(n_in, n_out, "tanh") == initial_std(n_out, n_in, "tanh")


def test_the_first_weights_have_the_spread_and_the_biases_are_zero():
    network = Network([900, 400, 10], ["relu", "linear"])
    (W1, b1), (W2, b2) = network.parameters
    assert_allclose([W1.std(), W2.std()], [(2 / 900) ** 0.5, (2 / 410) ** 0.5], rtol=0.02)
    assert_allclose([W1.mean(), W2.mean()], 0, atol=3e-3)
    assert W1.shape == (400, 900)
    assert not b1.any()
    assert not b2.any()


def test_the_start_repeats_with_the_seed_only():
    assert_same(small(seed=3), small(seed=3))
    assert not np.array_equal(small(seed=3).parameters[0][0], small(seed=4).parameters[0][0])


def test_unless_told_otherwise_seeds_are_0_and_there_is_no_momentum(problem):
    options = {"epochs": 2, "batch_size": 8, "learning_rate": 0.1}
    one, other = small(), small(seed=0)
    assert_same(one, other)
    one.fit(*problem, **options)
    other.fit(*problem, **options, momentum=0, seed=0)
    assert_same(one, other)


def test_a_network_says_what_it_is():
    network = small(dtype="float64")
    assert repr(network) == "Network([2, 5, 3], ['tanh', 'linear'], dtype='float64')"
    assert network.sizes == [2, 5, 3]
    assert network.activations == ("tanh", "linear")
    assert network.dtype == np.float64
    assert small().dtype == np.float32


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((784, ["linear"]), {}, TypeError, "sizes must be a list of at least two whole numbers, got 784"),
        (
            ([784], ["linear"]),
            {},
            TypeError,
            r"sizes must be a list of at least two whole numbers, got \[784\]",
        ),
        (([0, 2], ["linear"]), {}, ValueError, r"sizes\[0\] must be at least 1, got 0"),
        (([2, 0, 2], ["relu", "linear"]), {}, ValueError, r"sizes\[1\] must be at least 1, got 0"),
        (([2, 1], ["linear"]), {}, ValueError, "the number of classes, sizes.-1., must be at least 2, got 1"),
        (([2, 2.5], ["linear"]), {}, TypeError, "must be a whole number, got 2.5"),
        (([2, 2], "linear"), {}, TypeError, "activations must be a list of names"),
        (([2, 2], ["relu", "linear"]), {}, ValueError, "activations must hold one name a layer, 1, got 2"),
        (([2, 2, 2], ["softmax", "linear"]), {}, ValueError, "the activation of layer 1 must be one of"),
        (
            ([2, 2], ["sigmoid"]),
            {},
            ValueError,
            "the last activation must be 'linear', got 'sigmoid': the softmax",
        ),
        (([2, 2], ["linear"]), {"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        (([2, 2], ["linear"]), {"dtype": "int8"}, ValueError, "dtype must be one of 'float32', 'float64'"),
    ],
)
def test_a_bad_network_is_explained(arguments, options, error, message):
    with pytest.raises(error, match=message):
        Network(*arguments, **options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, "relu"), "n_in must be at least 1, got 0"),
        ((1, 0, "relu"), "n_out must be at least 1, got 0"),
        ((1, 1, "softmax"), "must be one of .*, got 'softmax'"),
    ],
)
def test_a_bad_spread_is_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        initial_std(*arguments)


# Pictures as columns


def test_pictures_become_columns_row_after_row():
    images = np.array([[[0, 51], [102, 255]], [[255, 0], [0, 0]]], np.uint8)
    got = columns(images)
    assert got.dtype == np.float32
    assert_array_equal(got, np.float32([[0, 1], [0.2, 0], [0.4, 0], [1, 0]]))
    assert_array_equal(columns(images[..., None]), got)
    assert columns(np.zeros((4, 3, 2, 3), np.uint8)).shape == (18, 4)


@pytest.mark.parametrize(
    ("images", "error", "message"),
    [
        (
            np.zeros((1, 2, 2)),
            TypeError,
            "images must be uint8, 0 to 255, got float64: for numbers from 0 to 1",
        ),
        (
            np.zeros((2, 2), np.uint8),
            ValueError,
            r"images has shape \(m, height, width\).*got \(2, 2\): for one",
        ),
        (np.zeros((0, 2, 2), np.uint8), ValueError, r"images has shape .*got \(0, 2, 2\)"),
    ],
)
def test_bad_pictures_are_explained(images, error, message):
    with pytest.raises(error, match=message):
        columns(images)


# Forward, backward, judging


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scores_and_gradients_are_those_of_keras(problem, dtype):
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    X, labels = problem
    network = Network([2, 6, 5, 3], ["relu", "sigmoid", "linear"], dtype=dtype)
    model, target = twin(network), one_hot(labels, 3)
    rtol = 1e-5 if dtype == "float32" else 1e-12
    with tf.GradientTape() as tape:
        scores = model(X.T)
        J = tf.reduce_mean(keras.losses.categorical_crossentropy(target.T, scores, from_logits=True))
    assert_allclose(network.forward(X).T, scores, rtol=rtol, atol=rtol)
    assert_allclose(network.probabilities(X).T, tf.nn.softmax(scores), rtol=rtol, atol=rtol)
    assert_allclose(network.loss(X, target), J, rtol=rtol)
    theirs = tape.gradient(J, model.trainable_weights)
    for layer, (dW, db) in enumerate(network.backward(X, target)):
        assert dW.dtype == network.dtype
        assert_allclose(dW.T, theirs[2 * layer], rtol=10 * rtol, atol=rtol)
        assert_allclose(db, theirs[2 * layer + 1], rtol=10 * rtol, atol=rtol)


def test_gradients_agree_with_finite_differences(problem):
    X, target = problem[0], one_hot(problem[1], 3)
    network = small(dtype="float64")
    for layer, pair in enumerate(network.backward(X, target)):
        for place, gradient in enumerate(pair):
            parameters = network.parameters

            def cost(value, layer=layer, place=place, parameters=parameters):
                pair = (value, parameters[layer][1]) if place == 0 else (parameters[layer][0], value)
                network.parameters = [*parameters[:layer], pair, *parameters[layer + 1 :]]
                return network.loss(X, target)

            check_gradient(cost, gradient, parameters[layer][place])
            network.parameters = parameters


def test_prediction_and_accuracy_worked_by_hand():
    network = Network([2, 2], ["linear"])
    network.parameters = [([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.5])]  # scores: x, and y + 0.5
    X = [[1.0, 1.0, -1.0, 0.0], [0.0, 1.0, -1.0, -1.0]]
    assert network.predict(X).tolist() == [0, 1, 1, 0]
    assert network.accuracy(X, [0, 1, 0, 0]) == 0.75
    assert_allclose(network.probabilities([[0.0], [-0.5]]), [[0.5], [0.5]])


def test_everything_is_computed_in_the_dtype_of_the_network(problem):
    X, labels = problem
    for dtype in ("float32", "float64"):
        network = small(dtype=dtype)
        assert network.forward(X).dtype == network.probabilities(X).dtype == dtype
        network.fit(X, labels, epochs=1, batch_size=8, learning_rate=0.1, momentum=0.5)
        assert {array.dtype for array in flat(network)} == {np.dtype(dtype)}


@pytest.mark.parametrize("method", ["forward", "probabilities", "predict"])
def test_bad_inputs_are_explained(method):
    network = small()
    with pytest.raises(ValueError, match=r"X has shape \(2, m\), got \(3, 1\): one example is one column"):
        getattr(network, method)(np.ones((3, 1)))
    with pytest.raises(ValueError, match="X must hold finite numbers, got nan"):
        getattr(network, method)([[np.nan], [1.0]])
    network.parameters = [(np.ones((3, 2)), np.zeros(2))]
    with pytest.raises(ValueError, match=r"b of layer 1 has shape \(3,\), got \(2,\)"):
        getattr(network, method)([[1.0], [1.0]])


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], "labels must hold one class for each of 90 examples, got 2"),
        ([3] * 90, "labels must hold whole numbers from 0 to 2, got 3"),
        (np.zeros((3, 90)), r"labels has shape \(m,\), got \(3, 90\)"),
    ],
)
def test_bad_labels_are_explained(problem, labels, message):
    X, right = problem
    with pytest.raises(ValueError, match=message):
        small().accuracy(X, labels)
    options = {"epochs": 1, "batch_size": 8, "learning_rate": 0.1}
    with pytest.raises(ValueError, match=message):
        small().fit(X, labels, **options)
    with pytest.raises(ValueError, match=message):
        small().fit(X, right, **options, validation=(X, labels))


# Learning


@pytest.mark.parametrize("momentum", [0.0, 0.875])
def test_learning_on_whole_batches_is_that_of_keras(problem, momentum):
    keras = pytest.importorskip("keras")
    X, labels = problem
    network = small(dtype="float64")
    model = twin(network)
    model.compile(
        keras.optimizers.SGD(0.125, momentum=momentum),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    theirs = model.fit(X.T, labels, batch_size=90, epochs=8, verbose=0).history
    ours = network.fit(X, labels, batch_size=90, epochs=8, learning_rate=0.125, momentum=momentum)
    assert_weights(network, model, 1e-7)  # Keras averages the losses in float32
    assert list(ours) == ["loss", "accuracy"]
    for name in ours:
        assert_allclose(ours[name], theirs[name], rtol=1e-6)


def test_learning_on_mini_batches_is_that_of_keras_in_the_same_order(problem):
    keras = pytest.importorskip("keras")
    X, labels = problem
    network = small()
    model = twin(network)
    model.compile(
        keras.optimizers.SGD(0.125, momentum=0.5),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    order = np.random.default_rng(5).permutation(90)
    theirs = model.fit(
        X.T[order],
        labels[order],
        batch_size=8,
        shuffle=False,
        verbose=0,
        validation_data=(X.T[:20], labels[:20]),
    ).history
    validation = (X[:, :20], labels[:20])
    options = {"batch_size": 8, "learning_rate": 0.125, "momentum": 0.5, "seed": 5, "validation": validation}
    ours = network.fit(X, labels, epochs=1, **options)
    assert_weights(network, model, 1e-5)
    assert list(ours) == ["loss", "accuracy", "val_loss", "val_accuracy"]
    for name in ours:
        assert_allclose(ours[name], theirs[name], rtol=1e-4)


@given(st.integers(1, 100), st.integers(0, 100))
@settings(max_examples=20)
def test_each_epoch_uses_each_example_once_whatever_the_batch_size(batch_size, seed):
    """With steps too small to change anything, the mean over the batches is the mean over the examples."""
    rng = np.random.default_rng(seed)
    X, labels = rng.normal(size=(2, 90)), rng.integers(0, 3, 90)
    network = small(dtype="float64")
    history = network.fit(X, labels, epochs=2, batch_size=batch_size, learning_rate=1e-12, seed=seed)
    assert_allclose(history["loss"], network.loss(X, one_hot(labels, 3)), rtol=1e-9)
    assert_allclose(history["accuracy"], network.accuracy(X, labels), rtol=1e-9)


def test_the_same_seed_repeats_bit_for_bit_and_each_epoch_has_a_new_order(problem):
    X, labels = problem

    def learned(seed, *epochs):
        network = small()
        history = [
            network.fit(
                X, labels, epochs=n, batch_size=8, learning_rate=0.1, seed=seed, validation=(X, labels)
            )
            for n in epochs
        ]
        return network, history

    one, history = learned(1, 2)
    again, again_history = learned(1, 2)
    assert_same(one, again)
    assert history == again_history
    for other in (learned(2, 2)[0], learned(1, 1, 1)[0]):
        assert not np.array_equal(one.parameters[0][0], other.parameters[0][0])


def test_the_loss_falls_and_the_clouds_are_told_apart(problem):
    X, labels = problem
    network = small()
    history = network.fit(X, labels, epochs=20, batch_size=8, learning_rate=0.2, validation=(X, labels))
    assert history["loss"][-1] < history["loss"][0] / 3
    assert history["val_accuracy"][-1] == network.accuracy(X, labels) > 0.95
    assert_allclose(history["val_loss"][-1], network.loss(X, one_hot(labels, 3)), rtol=1e-6)


def test_97_of_100_real_digits_after_three_epochs():
    (x_train, y_train), (x_test, y_test) = load_mnist()
    network = Network([784, 128, 10], ["relu", "linear"])
    network.fit(columns(x_train), y_train, epochs=3, batch_size=64, learning_rate=0.05, momentum=0.9)
    assert network.accuracy(columns(x_test), y_test) >= 0.97


def test_learning_leaves_the_examples_and_old_weights_alone(problem):
    X, labels = np.float32(problem[0]), problem[1]
    network = small()
    before, old = X.copy(), flat(network)
    copies = [array.copy() for array in old]
    network.fit(X, labels, epochs=1, batch_size=8, learning_rate=0.1)
    assert_array_equal(X, before)
    for array, copy in zip(old, copies, strict=True):
        assert_array_equal(array, copy)


def test_a_progress_bar_counts_the_steps_when_asked_for(problem, capsys):
    X, labels = problem
    options = {"epochs": 2, "batch_size": 8, "learning_rate": 0.1}
    small().fit(X, labels, **options)
    assert capsys.readouterr() == ("", "")
    small().fit(X, labels, **options, progress=True)
    shown = capsys.readouterr().err
    assert "epoch 2 of 2: 100%" in shown
    assert "24/24" in shown


def test_a_learning_rate_that_is_too_large_is_explained_and_costs_no_weights(problem):
    X, labels = problem
    network = small()
    network.fit(X, labels, epochs=1, batch_size=8, learning_rate=0.1)
    good = [array.copy() for array in flat(network)]
    for batch_size in (8, 90):  # found by the next batch, and found at the end of the epoch
        with pytest.raises(OverflowError) as caught:
            network.fit(X, labels, epochs=3, batch_size=batch_size, learning_rate=1e39, momentum=0.9)
        assert str(caught.value) == (
            "the learning rate 1e+39 is too large: in epoch 1 the weights grew out of bounds; the network "
            "keeps those that it had before this epoch; try 1e+38"
        )
        for array, copy in zip(flat(network), good, strict=True):
            assert_array_equal(array, copy)


def test_an_interrupt_leaves_the_weights_of_the_last_whole_epoch(problem, monkeypatch):
    X, labels = problem
    kept = small()
    kept.fit(X, labels, epochs=1, batch_size=8, learning_rate=0.1)
    network, judged, calls = small(), network_module._judged, []

    def interrupted(*batch):
        calls.append(batch)
        if len(calls) > 15:  # an epoch has 12 batches
            raise KeyboardInterrupt
        return judged(*batch)

    monkeypatch.setattr(network_module, "_judged", interrupted)
    with pytest.raises(KeyboardInterrupt):
        network.fit(X, labels, epochs=3, batch_size=8, learning_rate=0.1)
    assert_same(network, kept)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1, got 0"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1, got 0"),
        ({"batch_size": 2.0}, TypeError, "batch_size must be a whole number, got 2.0"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0, got 0"),
        ({"momentum": 2}, ValueError, "momentum must be at most 1, got 2"),
        ({"momentum": -1}, ValueError, "momentum must be at least 0, got -1"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"validation": 3}, TypeError, r"validation must be a pair \(X, labels\), got 3"),
        ({"validation": (1, 2, 3)}, TypeError, r"validation must be a pair \(X, labels\), got \(1, 2, 3\)"),
    ],
)
def test_bad_options_are_explained(problem, change, error, message):
    options = {"epochs": 1, "batch_size": 8, "learning_rate": 0.1} | change
    with pytest.raises(error, match=message):
        small().fit(*problem, **options)


# Files


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["net.npz", "net", "a.b c"])
def test_a_loaded_network_is_the_saved_one(problem, tmp_path, dtype, name):
    network = Network([2, 4, 4, 3], ["leaky_relu", "sigmoid", "linear"], seed=9, dtype=dtype)
    network.fit(*problem, epochs=1, batch_size=8, learning_rate=0.1)
    network.save(tmp_path / name)
    assert names(tmp_path) == [name]
    loaded = Network.load(str(tmp_path / name))
    assert_same(network, loaded)
    assert_array_equal(network.forward(problem[0]), loaded.forward(problem[0]))
    loaded.fit(*problem, epochs=1, batch_size=8, learning_rate=0.1)


def test_the_same_network_is_the_same_bytes(tmp_path):
    small().save(tmp_path / "a")
    small().save(tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    small(seed=1).save(tmp_path / "net")
    before = (tmp_path / "net").read_bytes()

    def full(file, **arrays):
        Path(file).write_bytes(b"half")
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(OSError, match="no space left"):
            small(seed=2).save(tmp_path / "net")
    assert names(tmp_path) == ["net"]
    assert (tmp_path / "net").read_bytes() == before
    small(seed=2).save(tmp_path / "net")
    assert_same(Network.load(tmp_path / "net"), small(seed=2))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_a_saved_file_can_be_read_by_others(tmp_path):
    mask = os.umask(0o022)
    try:
        small().save(tmp_path / "net")
    finally:
        os.umask(mask)
    assert (tmp_path / "net").stat().st_mode & 0o777 == 0o644


def test_saving_weights_that_are_no_numbers_or_into_no_folder_is_explained(tmp_path):
    network = small()
    with pytest.raises(FileNotFoundError, match=r"the folder .*nowhere does not exist: make it first"):
        network.save(tmp_path / "nowhere" / "net")
    network.parameters[0][0][1, 1] = np.nan
    with pytest.raises(ValueError, match=r"W of layer 1 must hold finite numbers, got nan at index \(1, 1\)"):
        network.save(tmp_path / "net")
    assert names(tmp_path) == []


def test_a_file_with_any_byte_changed_or_cut_off_anywhere_is_refused_or_still_the_same(tmp_path):
    """No damage goes unseen: what can be read at all is exactly what was saved."""
    network, path = Network([1, 2], ["linear"]), tmp_path / "net"
    network.save(path)
    whole = path.read_bytes()
    damaged = [whole[:i] + bytes([whole[i] ^ 0xFF]) + whole[i + 1 :] for i in range(len(whole))]
    damaged += [whole[:i] for i in range(0, len(whole), 7)]
    refused = 0
    for content in damaged:
        path.write_bytes(content)
        try:
            loaded = Network.load(path)
        except ValueError as error:
            assert str(error).startswith(
                f"{path} holds no network that can be read: it is damaged, or not from"
            )
            refused += 1
        else:
            assert_same(network, loaded)
    assert refused > len(damaged) / 2


ARRAYS = {
    "format": "cvlessons network",
    "version": 1,
    "activations": ["tanh", "linear"],
    "W1": np.ones((2, 3)),
    "b1": np.ones(2),
    "W2": np.ones((2, 2)),
    "b2": np.ones(2),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "picture"}, "it lacks the mark 'cvlessons network'"),
        ({"format": None}, "format is not a file in the archive"),
        ({"version": 2}, "it has the format version 2, and this cvlessons reads 1"),
        ({"activations": ["tanh", "step"]}, "the activation of layer 2 must be one of .*, got 'step'"),
        ({"activations": ["linear", "tanh"]}, "the last activation must be 'linear', got 'tanh'"),
        ({"activations": ["tanh", "relu", "linear"]}, "W3 is not a file in the archive"),
        ({"W2": None}, "W2 is not a file in the archive"),
        ({"W2": np.ones((2, 3))}, r"W of layer 2 has shape \(n_l, 2\), got \(2, 3\)"),
        ({"b1": np.ones(3)}, r"b of layer 1 has shape \(2,\), got \(3,\)"),
        ({"W1": np.full((2, 3), np.inf)}, "W of layer 1 must hold finite numbers, got inf"),
        (
            {"W1": np.ones((2, 3), np.float32)},
            r"its arrays must be of one dtype, got \['float32', 'float64'\]",
        ),
        ({"W2": np.ones((1, 2)), "b2": np.ones(1)}, "the number of classes, .* must be at least 2, got 1"),
    ],
)
def test_a_file_that_holds_no_network_is_explained(tmp_path, change, message):
    path = tmp_path / "net.npz"
    np.savez(path, **ARRAYS)
    assert Network.load(path).sizes == [3, 2, 2]
    np.savez(path, **{name: array for name, array in (ARRAYS | change).items() if array is not None})
    with pytest.raises(ValueError, match=message) as caught:
        Network.load(path)
    assert str(path) in str(caught.value)


def test_foreign_files_are_refused_and_pickles_never_opened(tmp_path):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("a pickled object was opened",))

    path = tmp_path / "net.npz"
    np.savez(path, **ARRAYS | {"W1": np.array([Trap()], object)}, allow_pickle=True)
    with pytest.raises(ValueError, match="Object arrays cannot be loaded when allow_pickle=False"):
        Network.load(path)
    np.save(tmp_path / "array.npy", np.ones(3))
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").write_bytes(b"")
    for name in ("array.npy", "text", "empty"):
        with pytest.raises(ValueError, match=f"{name} holds no network that can be read"):
            Network.load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        Network.load(tmp_path / "missing")


def test_inputs_too_large_for_float32_are_explained():
    with pytest.raises(OverflowError, match="the weighted sums of layer 1 are too large for float32"):
        Network([1, 2], ["linear"]).forward([[1e300]])
