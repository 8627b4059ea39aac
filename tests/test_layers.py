"""layers.py against sums worked by hand, Keras, and the laws of a matrix product."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.activations import ACTIVATIONS, linear, relu, sigmoid, tanh
from cvlessons.layers import layer, layer_batch, layer_by_neurons

ONE_EXAMPLE = [layer_by_neurons, layer]
ALL = [layer_by_neurons, layer, layer_batch]

# Small enough to work out: two inputs, three neurons.
W = [[1, 2], [0, -3], [-1, 0.5]]
B = [0.5, 1, 0]


def random_layer(rng, n_prev, n, m=3):
    return rng.normal(size=(n_prev, m)), rng.normal(size=(n, n_prev)), rng.normal(size=n)


@pytest.mark.judge("eq-layer-neuron", "hand")
@pytest.mark.judge("eq-layer-vector", "hand")
@pytest.mark.parametrize("function", ONE_EXAMPLE)
def test_a_layer_of_three_by_hand(function):
    z, a = function([2, 1], W, B, relu)
    # 1*2 + 2*1 + 0.5; 0*2 - 3*1 + 1; -1*2 + 0.5*1 + 0
    assert_array_equal(z, [4.5, -2, -1.5])
    assert_array_equal(a, [4.5, 0, 0])


@pytest.mark.judge("eq-layer-batch", "hand")
def test_a_batch_of_two_by_hand():
    Z, A = layer_batch([[2, 0], [1, -1]], W, B, relu)
    # second column: 2*(-1) + 0.5; -3*(-1) + 1; 0.5*(-1) + 0
    assert_array_equal(Z, [[4.5, -1.5], [-2, 4], [-1.5, -0.5]])
    assert_array_equal(A, [[4.5, 0], [0, 4], [0, 0]])


@pytest.mark.judge("eq-layer-neuron", "library")
@pytest.mark.judge("eq-layer-vector", "library")
@pytest.mark.judge("eq-layer-batch", "library")
def test_the_slides_layer_of_six_is_a_keras_dense_layer(rng):
    keras = pytest.importorskip("keras")
    A_prev, W, b = random_layer(rng, n_prev=4, n=6)
    dense = keras.layers.Dense(6, activation="sigmoid", dtype="float64")
    dense.build((None, 4))
    dense.set_weights([W.T, b])
    want = dense(A_prev.T).numpy().T  # Keras has one example a row
    assert want.shape == (6, 3)
    assert_allclose(layer_batch(A_prev, W, b, sigmoid)[1], want, rtol=1e-12)
    for function in ONE_EXAMPLE:
        assert_allclose(function(A_prev[:, 0], W, b, sigmoid)[1], want[:, 0], rtol=1e-12)


@pytest.mark.judge("eq-layer-neuron", "law")
@pytest.mark.judge("eq-layer-vector", "law")
@pytest.mark.parametrize("function", ONE_EXAMPLE)
@given(n_prev=st.integers(1, 6), n=st.integers(1, 6), scale=st.floats(-10, 10))
def test_z_is_linear_in_the_inputs_and_moves_with_the_bias(function, n_prev, n, scale):
    A_prev, W, b = random_layer(np.random.default_rng(n), n_prev, n, m=2)
    u, v = A_prev.T
    none = np.zeros(n)
    z, _ = function(u + scale * v, W, b, linear)
    want = function(u, W, none, linear)[0] + scale * function(v, W, none, linear)[0] + b
    assert_allclose(z, want, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-layer-batch", "law")
@given(n_prev=st.integers(1, 6), n=st.integers(1, 6), m=st.integers(1, 5))
def test_the_three_ways_agree_and_no_column_sees_another(n_prev, n, m):
    A_prev, W, b = random_layer(np.random.default_rng(m), n_prev, n, m)
    Z, A = layer_batch(A_prev, W, b, tanh)
    assert (Z.shape, A.shape) == ((n, m), (n, m))
    for j in range(m):
        for function in ONE_EXAMPLE:
            z, a = function(A_prev[:, j], W, b, tanh)
            assert_allclose(z, Z[:, j], rtol=1e-12, atol=1e-12)
            assert_allclose(a, A[:, j], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("function", ONE_EXAMPLE)
def test_swapping_two_neurons_swaps_their_outputs_and_nothing_else(rng, function):
    A_prev, W, b = random_layer(rng, 4, 6)
    order = [1, 0, 2, 3, 5, 4]
    _, a = function(A_prev[:, 0], W, b, sigmoid)
    _, swapped = function(A_prev[:, 0], W[order], b[order], sigmoid)
    assert_allclose(swapped, a[order], rtol=1e-14)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize(("given", "out"), [("float32", "float32"), ("int64", "float64")])
def test_every_activation_fits_and_float32_stays(rng, name, given, out):
    A_prev, W, b = (array.astype(given) for array in random_layer(rng, 4, 6))
    for function in ALL:
        x = A_prev if function is layer_batch else A_prev[:, 0]
        z, a = function(x, W, b, ACTIVATIONS[name].function)
        assert (z.dtype, a.dtype) == (out, out)
        assert_allclose(a, ACTIVATIONS[name].function(z), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_one_float64_among_float32_makes_float64(rng, function, which):
    arrays = [array.astype("float32") for array in random_layer(rng, 4, 6)]
    if function is not layer_batch:
        arrays[0] = arrays[0][:, 0]
    arrays[which] = arrays[which].astype("float64")
    assert function(*arrays, linear)[0].dtype == np.float64


@pytest.mark.parametrize("function", [layer, layer_batch])
def test_the_output_of_a_careless_activation_gets_the_type_of_z(function):
    x = np.ones((2, 1) if function is layer_batch else 2, dtype="float32")
    _, a = function(x, np.float32(W), np.float32(B), lambda z: z > 0)
    assert (a.dtype, a.ravel().tolist()) == (np.float32, [1.0, 0.0, 0.0])


def test_an_activation_for_numbers_alone_will_do_neuron_by_neuron():
    _, a = layer_by_neurons([2, 1], W, B, math.tanh)
    assert_allclose(a, np.tanh([4.5, -2, -1.5]), rtol=1e-15)


@pytest.mark.parametrize("function", ALL)
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"W": [1, 2]}, ValueError, r"W has shape \(n_l, 2\), got \(2,\): one row for each neuron"),
        ({"W": [[1, 2, 3]]}, ValueError, r"W has shape \(n_l, 2\), got \(1, 3\): one row for each"),
        ({"W": [[1, 2], [3]]}, ValueError, "W must be a regular array"),
        ({"W": [["a", "b"]]}, TypeError, "W must hold real numbers"),
        ({"W": np.empty((0, 2))}, ValueError, "W is empty"),
        ({"b": [1, 2]}, ValueError, r"b has shape \(3,\), got \(2,\): one bias for each neuron"),
        ({"b": [[1], [2], [3]]}, ValueError, r"b has shape \(3,\), got \(3, 1\): one bias for each"),
        ({"b": [1, 2, np.nan]}, ValueError, r"b must hold finite numbers, got nan at index \(2,\)"),
        ({"activation": "relu"}, TypeError, "activation must be a function of z, got 'relu': try np.tanh"),
    ],
)
def test_bad_weights_are_explained(function, change, error, message):
    x = [[1], [2]] if function is layer_batch else [1, 2]
    with pytest.raises(error, match=message):
        function(x, **{"W": W, "b": B, "activation": relu, **change})


@pytest.mark.parametrize("function", ONE_EXAMPLE)
@pytest.mark.parametrize(
    ("a_prev", "message"),
    [
        ([[1, 2], [3, 4]], r"a_prev has shape \(n_prev,\), got \(2, 2\): for a batch use layer_batch"),
        ([], "a_prev is empty"),
        ([1, np.inf], r"a_prev must hold finite numbers, got inf at index \(1,\)"),
    ],
)
def test_bad_inputs_are_explained(function, a_prev, message):
    with pytest.raises(ValueError, match=message):
        function(a_prev, W, B, relu)


def test_a_batch_needs_columns():
    with pytest.raises(
        ValueError, match=r"A_prev has shape \(n_prev, m\), got \(2,\): one example is one column"
    ):
        layer_batch([1, 2], W, B, relu)


@pytest.mark.parametrize("function", [layer, layer_batch])
def test_an_activation_must_keep_the_shape(function):
    x = [[1], [2]] if function is layer_batch else [1, 2]
    with pytest.raises(ValueError, match=r"activation must keep the shape \(3.*, got \(\): apply it element"):
        function(x, W, B, np.sum)
