"""backprop.py against a network worked by hand, TensorFlow and Keras, and finite differences."""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.activations import ACTIVATIONS
from cvlessons.backprop import (
    LayerCache,
    backward,
    bias_gradient,
    forward,
    input_gradient,
    preactivation_gradient,
    update,
    weight_gradient,
)
from cvlessons.gradcheck import check_gradient
from cvlessons.loss import (
    categorical_cross_entropy_from_logits,
    categorical_cross_entropy_from_logits_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
    one_hot,
)

NAMES = sorted(ACTIVATIONS)

# The 2-2-1 network of the chapter: every number in it can be worked on paper.
PARAMETERS = [
    (np.array([[1.0, -1.0], [2.0, 1.0]]), np.array([0.0, -1.0])),
    (np.array([[3.0, -2.0]]), np.array([1.0])),
]
ACTIVE = ["relu", "linear"]
X = np.array([[2.0, 1.0], [1.0, 3.0]])
TARGET = np.array([[1.0, -1.0]])


def network(seed, sizes, dtype=np.float64):
    """Random parameters that are far from every kink."""
    rng = np.random.default_rng(seed)
    return [
        (rng.normal(size=(n, n_prev)).astype(dtype), rng.normal(size=n).astype(dtype))
        for n_prev, n in itertools.pairwise(sizes)
    ]


def batch(seed, n, m, dtype=np.float64):
    return np.random.default_rng(seed + 1).normal(size=(n, m)).astype(dtype)


def test_forward_worked_by_hand():
    # example 1, x = (2, 1):  z = (2 - 1, 4 + 1 - 1) = (1, 4), a = (1, 4), y = 3 - 8 + 1 = -4
    # example 2, x = (1, 3):  z = (1 - 3, 2 + 3 - 1) = (-2, 4), a = (0, 4), y = 0 - 8 + 1 = -7
    first, last = forward(X, PARAMETERS, ACTIVE)
    assert_array_equal(first.A_prev, X)
    assert_array_equal(first.Z, [[1, -2], [4, 4]])
    assert_array_equal(first.A, [[1, 0], [4, 4]])
    assert_array_equal(last.A_prev, first.A)
    assert_array_equal(last.Z, [[-4, -7]])
    assert_array_equal(last.A, [[-4, -7]])


@pytest.mark.judge("eq-backprop-dz", "hand")
@pytest.mark.judge("eq-backprop-dw", "hand")
@pytest.mark.judge("eq-backprop-db", "hand")
@pytest.mark.judge("eq-backprop-da", "hand")
def test_each_step_back_worked_by_hand():
    # L_i = (y - t)², so dA = 2 (y - t) = (2 * -5, 2 * -6); the last layer is linear: dZ = dA
    dZ2 = preactivation_gradient([[-10.0, -12.0]], [[-4.0, -7.0]], "linear")
    assert_array_equal(dZ2, [[-10, -12]])
    # dW = (-10 * 1 + -12 * 0, -10 * 4 + -12 * 4) / 2, db = (-10 - 12) / 2
    assert_array_equal(weight_gradient(dZ2, [[1, 0], [4, 4]]), [[-5, -44]])
    assert_array_equal(bias_gradient(dZ2), [-11])
    # dA = (3, -2) times -10 and times -12; the ReLU of neuron 1 was off in example 2
    dA1 = input_gradient([[3, -2]], dZ2)
    assert_array_equal(dA1, [[-30, -36], [20, 24]])
    dZ1 = preactivation_gradient(dA1, [[1, -2], [4, 4]], "relu")
    assert_array_equal(dZ1, [[-30, 0], [20, 24]])
    # dW: (-30 * 2 + 0) / 2, (-30 * 1 + 0) / 2; (20 * 2 + 24 * 1) / 2, (20 * 1 + 24 * 3) / 2
    assert_array_equal(weight_gradient(dZ1, X), [[-30, -15], [32, 46]])
    assert_array_equal(bias_gradient(dZ1), [-15, 22])


def test_backward_worked_by_hand():
    cache = forward(X, PARAMETERS, ACTIVE)
    dA = mean_squared_error_gradient(cache[-1].A, TARGET)
    (dW1, db1), (dW2, db2) = backward(dA, cache, PARAMETERS, ACTIVE)
    assert_array_equal(dW1, [[-30, -15], [32, 46]])
    assert_array_equal(db1, [-15, 22])
    assert_array_equal(dW2, [[-5, -44]])
    assert_array_equal(db2, [-11])


@pytest.mark.judge("eq-update-w", "hand")
@pytest.mark.judge("eq-update-b", "hand")
def test_an_update_worked_by_hand():
    gradients = [([[-30, -15], [32, 46]], [-15, 22]), ([[-5, -44]], [-11])]
    (W1, b1), (W2, b2) = update(PARAMETERS, gradients, learning_rate=0.5)
    assert_array_equal(W1, [[16, 6.5], [-14, -22]])
    assert_array_equal(b1, [7.5, -12])
    assert_array_equal(W2, [[5.5, 20]])
    assert_array_equal(b2, [6.5])
    assert_array_equal(PARAMETERS[0][0], [[1, -1], [2, 1]])  # the old ones are as they were


@pytest.mark.judge("eq-backprop-dz", "library")
@pytest.mark.judge("eq-backprop-dw", "library")
@pytest.mark.judge("eq-backprop-db", "library")
@pytest.mark.judge("eq-backprop-da", "library")
@pytest.mark.parametrize("name", NAMES)
def test_each_step_is_that_of_tensorflows_tape(rng, name):
    """The tape differentiates J = (1/m) sum_i L_i, with L_i = dA_i . g(W a_i + b)."""
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    W, b, A_prev, dA = (rng.normal(size=shape) for shape in ((3, 4), 3, (4, 5), (3, 5)))
    W, b, A_prev = tf.Variable(W), tf.Variable(b), tf.Variable(A_prev)
    with tf.GradientTape(persistent=True) as tape:
        Z = W @ A_prev + b[:, None]
        g = tf.nn.leaky_relu(Z, 0.01) if name == "leaky_relu" else keras.activations.get(name)(Z)
        losses = tf.reduce_sum(dA * g, axis=0)
        J, total = tf.reduce_mean(losses), tf.reduce_sum(losses)
    close = {"rtol": 1e-7 if name == "leaky_relu" else 1e-12, "atol": 1e-14}  # TensorFlow's 0.01 is a float32
    dZ = preactivation_gradient(dA, Z.numpy(), name)
    assert_allclose(dZ, tape.gradient(total, Z), **close)
    assert_allclose(weight_gradient(dZ, A_prev.numpy()), tape.gradient(J, W), **close)
    assert_allclose(bias_gradient(dZ), tape.gradient(J, b), **close)
    assert_allclose(input_gradient(W.numpy(), dZ), tape.gradient(total, A_prev), **close)


@pytest.mark.judge("eq-update-w", "library")
@pytest.mark.judge("eq-update-b", "library")
def test_an_update_is_a_step_of_keras_sgd(rng):
    keras = pytest.importorskip("keras")
    parameters, gradients = network(0, [4, 3, 2]), network(1, [4, 3, 2])
    variables = [keras.Variable(p, dtype="float64") for pair in parameters for p in pair]
    keras.optimizers.SGD(learning_rate=0.25).apply([g for pair in gradients for g in pair], variables)
    ours = [p for pair in update(parameters, gradients, learning_rate=0.25) for p in pair]
    for got, want in zip(ours, variables, strict=True):
        assert_allclose(got, want.numpy(), rtol=1e-12)


def test_a_whole_network_has_the_outputs_and_gradients_of_keras(rng):
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    parameters, activations = network(3, [5, 7, 6, 4]), ["tanh", "relu", "linear"]
    inputs, target = batch(3, 5, 8), one_hot(rng.integers(0, 4, 8), 4)
    dense = [
        keras.layers.Dense(len(b), g, dtype="float64")
        for (_, b), g in zip(parameters, activations, strict=True)
    ]
    model = keras.Sequential([keras.Input((5,), dtype="float64"), *dense])
    model.set_weights([array for W, b in parameters for array in (W.T, b)])
    with tf.GradientTape() as tape:
        logits = model(inputs.T)
        losses = keras.losses.categorical_crossentropy(target.T, logits, from_logits=True)
        J = tf.reduce_mean(losses)
    theirs = tape.gradient(J, model.trainable_weights)
    cache = forward(inputs, parameters, activations)
    assert_allclose(cache[-1].A.T, logits, rtol=1e-12)
    dA = categorical_cross_entropy_from_logits_gradient(cache[-1].A, target)
    ours = backward(dA, cache, parameters, activations)
    for layer, (dW, db) in enumerate(ours):
        assert_allclose(dW.T, theirs[2 * layer], rtol=1e-9, atol=1e-12)
        assert_allclose(db, theirs[2 * layer + 1], rtol=1e-9, atol=1e-12)


@pytest.mark.judge("eq-backprop-dz", "law")
@pytest.mark.judge("eq-backprop-dw", "law")
@pytest.mark.judge("eq-backprop-db", "law")
@pytest.mark.judge("eq-backprop-da", "law")
@settings(max_examples=25)
@given(st.integers(0, 10**6), st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.sampled_from(NAMES))
def test_each_step_agrees_with_finite_differences(seed, n_prev, n, m, name):
    """Any shape, any activation. L_i = dA_i . g(z_i); J is the mean over the examples, the sum is not."""
    ((W, b),) = network(seed, [n_prev, n])
    A_prev, dA = batch(seed, n_prev, m), batch(seed + 1, n, m)

    def losses(W, b, A_prev):
        return (dA * ACTIVATIONS[name].function(W @ A_prev + b[:, None])).sum(axis=0)

    Z = W @ A_prev + b[:, None]
    dZ = preactivation_gradient(dA, Z, name)
    check_gradient(lambda Z: (dA * ACTIVATIONS[name].function(Z)).sum(), dZ, Z)
    check_gradient(lambda W: losses(W, b, A_prev).mean(), weight_gradient(dZ, A_prev), W)
    check_gradient(lambda b: losses(W, b, A_prev).mean(), bias_gradient(dZ), b)
    check_gradient(lambda A_prev: losses(W, b, A_prev).sum(), input_gradient(W, dZ), A_prev)


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 4), min_size=2, max_size=5), st.data())
def test_backward_agrees_with_finite_differences_through_any_number_of_layers(seed, sizes, data):
    activations = [data.draw(st.sampled_from(NAMES)) for _ in sizes[1:]]
    parameters, inputs, target = network(seed, sizes), batch(seed, sizes[0], 3), batch(seed + 1, sizes[-1], 3)
    cache = forward(inputs, parameters, activations)
    gradients = backward(mean_squared_error_gradient(cache[-1].A, target), cache, parameters, activations)
    for layer, (dW, db) in enumerate(gradients):
        for place, gradient in enumerate((dW, db)):

            def cost(value, layer=layer, place=place):
                moved = [list(pair) for pair in parameters]
                moved[layer][place] = value
                return mean_squared_error(forward(inputs, moved, activations)[-1].A, target)

            check_gradient(cost, gradient, parameters[layer][place])


@pytest.mark.judge("eq-update-w", "law")
@pytest.mark.judge("eq-update-b", "law")
@given(st.integers(0, 10**6), st.floats(1e-7, 1e-6))
def test_a_small_step_lowers_the_cost_by_alpha_times_the_squared_gradient(seed, rate):
    """That is what makes it the gradient: no other direction of this length goes down more steeply."""
    parameters, activations = network(seed, [3, 4, 2]), ["tanh", "sigmoid"]
    inputs, target = batch(seed, 3, 5), batch(seed + 1, 2, 5)

    def cost(parameters):
        return mean_squared_error(forward(inputs, parameters, activations)[-1].A, target)

    cache = forward(inputs, parameters, activations)
    gradients = backward(mean_squared_error_gradient(cache[-1].A, target), cache, parameters, activations)
    drop = cost(parameters) - cost(update(parameters, gradients, learning_rate=rate))
    squared = sum((dW**2).sum() + (db**2).sum() for dW, db in gradients)
    assert_allclose(drop, rate * squared, rtol=1e-3, atol=1e-14)


@given(st.integers(0, 10**6), st.integers(1, 5))
def test_the_gradient_of_a_batch_is_the_mean_of_the_gradients_of_its_examples(seed, m):
    """This is where the 1/m belongs: a batch twice as large, of the same examples, has the same gradient."""
    parameters, activations = network(seed, [3, 4, 2]), ["tanh", "linear"]
    inputs, target = batch(seed, 3, m), batch(seed + 1, 2, m)

    def gradients(columns):
        cache = forward(inputs[:, columns], parameters, activations)
        dA = mean_squared_error_gradient(cache[-1].A, target[:, columns])
        return [g for pair in backward(dA, cache, parameters, activations) for g in pair]

    whole = gradients(np.arange(m))
    means = [np.mean(parts, axis=0) for parts in zip(*(gradients([i]) for i in range(m)), strict=True)]
    twice = gradients(np.tile(np.arange(m), 2)[::-1])
    for got, mean, double in zip(whole, means, twice, strict=True):
        assert_allclose(got, mean, rtol=1e-9, atol=1e-12)
        assert_allclose(got, double, rtol=1e-9, atol=1e-12)


@given(st.integers(0, 10**6), st.lists(st.integers(1, 4), min_size=2, max_size=4), st.data())
def test_backward_is_the_four_steps_one_after_the_other(seed, sizes, data):
    activations = [data.draw(st.sampled_from(NAMES)) for _ in sizes[1:]]
    parameters, dA = network(seed, sizes), batch(seed, sizes[-1], 3)
    cache = forward(batch(seed + 1, sizes[0], 3), parameters, activations)
    gradients = backward(dA, cache, parameters, activations)
    for layer in reversed(range(len(parameters))):
        dZ = preactivation_gradient(dA, cache[layer].Z, activations[layer])
        assert_allclose(gradients[layer][0], weight_gradient(dZ, cache[layer].A_prev), rtol=1e-12)
        assert_allclose(gradients[layer][1], bias_gradient(dZ), rtol=1e-12)
        dA = input_gradient(parameters[layer][0], dZ)


def test_softmax_and_cross_entropy_start_the_way_back_with_softmax_minus_target(rng):
    parameters, activations = network(5, [3, 4, 3]), ["relu", "linear"]
    inputs, target = batch(5, 3, 6), one_hot([0, 1, 2, 2, 1, 0], 3)
    cache = forward(inputs, parameters, activations)
    dA = categorical_cross_entropy_from_logits_gradient(cache[-1].A, target)
    (dW1, _), _ = backward(dA, cache, parameters, activations)

    def cost(W):
        moved = [(W, parameters[0][1]), parameters[1]]
        return categorical_cross_entropy_from_logits(forward(inputs, moved, activations)[-1].A, target)

    assert check_gradient(cost, dW1, parameters[0][0]) < 1e-6


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_dtype_is_kept(dtype):
    parameters, activations = network(0, [3, 4, 2], dtype), ["relu", "sigmoid"]
    cache = forward(batch(0, 3, 5, dtype), parameters, activations)
    gradients = backward(batch(1, 2, 5, dtype), cache, parameters, activations)
    updated = update(parameters, gradients, learning_rate=0.1)
    arrays = [array for group in (*cache, *gradients, *updated) for array in group]
    arrays += [input_gradient(parameters[0][0], cache[0].Z), weight_gradient(cache[1].Z, cache[1].A_prev)]
    arrays += [bias_gradient(cache[0].Z), preactivation_gradient(cache[0].A, cache[0].Z, "tanh")]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


def test_nothing_is_written_into(rng):
    parameters, activations, inputs = network(0, [3, 4, 2]), ["relu", "linear"], batch(0, 3, 5)
    before = [array.copy() for array in (inputs, *(p for pair in parameters for p in pair))]
    cache = forward(inputs, parameters, activations)
    dA = cache[-1].A.copy()
    update(parameters, backward(dA, cache, parameters, activations), learning_rate=0.1)
    for got, want in zip((inputs, *(p for pair in parameters for p in pair)), before, strict=True):
        assert_array_equal(got, want)
    assert_array_equal(dA, cache[-1].A)


def test_lists_are_as_good_as_arrays_and_tuples_as_lists():
    lists = tuple([W.tolist(), b.tolist()] for W, b in PARAMETERS)
    cache = forward(X.tolist(), lists, tuple(ACTIVE))
    assert_array_equal(cache[-1].A, [[-4, -7]])
    gradients = backward([[-10, -12]], tuple(cache), lists, tuple(ACTIVE))
    assert_array_equal(gradients[1][0], [[-5, -44]])
    assert_array_equal(update(lists, gradients, learning_rate=1)[1][0], [[8, 42]])


def test_weighted_sums_that_overflow_are_explained():
    big = [(np.full((1, 2), 1e200), np.zeros(1))]
    with pytest.raises(OverflowError) as caught:
        forward([[1e200], [1.0]], [*big, ([[1.0]], [0.0])], ["relu", "linear"])
    assert str(caught.value) == (
        "the weighted sums of layer 1 are too large for float64: its weights reach 1e+200, its inputs "
        "1e+200: start with smaller weights, or take a smaller learning rate"
    )


W1, B1 = PARAMETERS[0]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": [1.0, 2.0]}, ValueError, r"X has shape \(n_0, m\), got \(2,\): one example is one column"),
        ({"X": [[np.nan], [1.0]]}, ValueError, "X must hold finite numbers, got nan"),
        (
            {"X": np.ones((3, 1))},
            ValueError,
            r"W of layer 1 has shape \(n_l, 3\), got \(2, 2\): one column for",
        ),
        ({"parameters": W1[0, 0]}, TypeError, "parameters must be a list of pairs, one for each layer, got"),
        ({"parameters": []}, ValueError, "parameters is empty: give a pair for each layer"),
        ({"parameters": [W1]}, TypeError, "parameters must hold a pair for layer 1, got array"),
        ({"parameters": [(W1, B1, B1)]}, TypeError, "parameters must hold a pair for layer 1"),
        ({"parameters": [(W1, [0.0])]}, ValueError, r"b of layer 1 has shape \(2,\), got \(1,\): one bias"),
        (
            {"parameters": [(W1, B1), ([[1.0]], [0.0])]},
            ValueError,
            r"W of layer 2 has shape \(n_l, 2\), got \(1, 1\)",
        ),
        (
            {"activations": "relu"},
            TypeError,
            "activations must be a list of names, one for each layer, got 'relu'",
        ),
        ({"activations": ["relu"]}, ValueError, "activations must hold one name a layer, 2, got 1"),
        (
            {"activations": ["relu", "soft"]},
            ValueError,
            "the activation of layer 2 must be one of .*, got 'soft'",
        ),
    ],
)
def test_bad_networks_are_explained_on_the_way_forward_and_back(change, error, message):
    arguments = {"X": X, "parameters": PARAMETERS, "activations": ACTIVE} | change
    with pytest.raises(error, match=message):
        forward(**arguments)
    if "X" not in change:
        cache = forward(X, PARAMETERS, ACTIVE)
        with pytest.raises(error, match=message):
            backward([[1.0, 1.0]], cache, arguments["parameters"], arguments["activations"])


@pytest.mark.parametrize(
    ("dA", "cache", "error", "message"),
    [
        (
            [1.0],
            None,
            ValueError,
            r"dA_last has shape \(1, 2\), got \(1,\): the shape of the network's output",
        ),
        ([[np.inf, 1.0]], None, ValueError, "dA_last must hold finite numbers, got inf"),
        ([[1.0, 1.0]], 7, TypeError, "cache must be what forward returned, got 7"),
        ([[1.0, 1.0]], [(X, X, X)], TypeError, "cache must be what forward returned, got"),
        (
            [[1.0, 1.0]],
            [],
            ValueError,
            r"cache must be that of these parameters, W of shapes \[\(2, 2\), \(1, 2\)\]",
        ),
        ([[1.0, 1.0]], [LayerCache(X, X, X)] * 2, ValueError, r"got one for \[\(2, 2\), \(2, 2\)\]"),
    ],
)
def test_a_bad_start_or_cache_is_explained(dA, cache, error, message):
    cache = forward(X, PARAMETERS, ACTIVE) if cache is None else cache
    with pytest.raises(error, match=message):
        backward(dA, cache, PARAMETERS, ACTIVE)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: preactivation_gradient([1.0], [1.0], "relu"),
            r"dA has shape \(n_l, m\), got \(1,\): one example",
        ),
        (
            lambda: preactivation_gradient([[1.0]], [[1.0, 2.0]], "relu"),
            r"Z has shape \(1, 1\), got \(1, 2\): the",
        ),
        (
            lambda: preactivation_gradient([[1.0]], [[1.0]], "step"),
            "activation must be one of .*, got 'step'",
        ),
        (lambda: weight_gradient([1.0], [[1.0]]), r"dZ has shape \(n_l, m\), got \(1,\): one example"),
        (
            lambda: weight_gradient([[1.0]], [[1.0, 2.0]]),
            r"A_prev has shape \(n_prev, 1\), got \(1, 2\): as many",
        ),
        (lambda: bias_gradient([1.0]), r"dZ has shape \(n_l, m\), got \(1,\): one example"),
        (lambda: bias_gradient(np.ones((2, 0))), "dZ is empty"),
        (lambda: input_gradient([[1.0]], [1.0]), r"dZ has shape \(n_l, m\), got \(1,\): one example"),
        (
            lambda: input_gradient([[1.0]], [[1.0], [2.0]]),
            r"W has shape \(2, n_prev\), got \(1, 1\): one row",
        ),
    ],
)
def test_a_bad_step_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    ("gradients", "rate", "error", "message"),
    [
        ([(W1, B1)], 0.1, ValueError, "gradients must hold one pair a layer, 2, got 1"),
        (
            [(W1, B1), (W1, [0.0])],
            0.1,
            ValueError,
            r"dW of layer 2 has shape \(1, 2\), got \(2, 2\): the shape of",
        ),
        (
            [(W1, B1), ([[1, 2]], B1)],
            0.1,
            ValueError,
            r"db of layer 2 has shape \(1,\), got \(2,\): the shape of",
        ),
        (None, 0.1, TypeError, "gradients must be a list of pairs"),
        ([(W1, B1), 3], 0.1, TypeError, "gradients must hold a pair for layer 2, got 3"),
        (PARAMETERS, 0, ValueError, "learning_rate must be above 0, got 0"),
    ],
)
def test_a_bad_update_is_explained(gradients, rate, error, message):
    with pytest.raises(error, match=message):
        update(PARAMETERS, gradients, learning_rate=rate)


def test_wrong_inputs_are_called_by_their_name():
    with pytest.raises(ValueError, match=r"^X has shape \(n_0, m\), got \(2,\)"):
        forward(np.ones(2), [(np.ones((1, 2)), np.zeros(1))], ["relu"])


def test_sums_that_overflow_both_ways_are_explained_without_a_warning():
    with pytest.raises(OverflowError):
        forward(np.full((2, 1), 1e308), [(np.array([[1e308, -1e308]]), np.zeros(1))], ["linear"])


# JavaScript reads the same file, so that the figure and the package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/backprop.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
class TestTheCasesOfTheFigure:
    def test_the_package_computes_them(self, case):
        X, target, activations = np.array(case["X"]), np.array(case["target"]), case["activations"]
        parameters = [(layer["W"], layer["b"]) for layer in case["layers"]]
        for step, wanted in enumerate(case["costs"]):
            cache = forward(X, parameters, activations)
            assert_allclose(mean_squared_error(cache[-1].A, target), wanted, rtol=1e-12)
            dA = mean_squared_error_gradient(cache[-1].A, target)
            gradients = backward(dA, cache, parameters, activations)
            if step == 0:
                for layer, (dW, db) in enumerate(gradients):
                    assert_allclose(cache[layer].Z, case["Z"][layer], rtol=1e-12)
                    assert_allclose(cache[layer].A, case["A"][layer], rtol=1e-12)
                    assert_allclose(dW, case["dW"][layer], rtol=1e-12)
                    assert_allclose(db, case["db"][layer], rtol=1e-12)
            last, parameters = parameters, update(parameters, gradients, learning_rate=case["rate"])
        for (W, b), wanted in zip(last, case["last"], strict=True):
            assert_allclose(W, wanted["W"], rtol=1e-12)
            assert_allclose(b, wanted["b"], rtol=1e-12)

    def test_tensorflow_finds_the_same_slopes(self, case):
        tf = pytest.importorskip("tensorflow")
        keras = pytest.importorskip("keras")
        functions = {"leaky_relu": lambda z: tf.nn.leaky_relu(z, alpha=0.01)}
        A = tf.constant(case["X"], tf.float64)
        variables = [
            (tf.Variable(layer["W"], dtype=tf.float64), tf.Variable(layer["b"], dtype=tf.float64))
            for layer in case["layers"]
        ]
        with tf.GradientTape() as tape:
            for (W, b), name in zip(variables, case["activations"], strict=True):
                A = functions.get(name, keras.activations.get(name))(W @ A + b[:, None])
            J = tf.reduce_mean((A - tf.constant(case["target"], tf.float64)) ** 2)
        for layer, (dW, db) in enumerate(tape.gradient(J, variables)):
            assert_allclose(case["dW"][layer], dW, rtol=1e-9, atol=1e-12)
            assert_allclose(case["db"][layer], db, rtol=1e-9, atol=1e-12)
