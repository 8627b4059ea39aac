"""activations.py against values worked by hand, TensorFlow and SciPy, and the laws of each function."""

import json
import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.activations import (
    ACTIVATIONS,
    Activation,
    collapse_linear,
    leaky_relu,
    leaky_relu_derivative,
    linear,
    linear_derivative,
    relu,
    relu_derivative,
    sigmoid,
    sigmoid_derivative,
    softmax,
    softmax_jacobian,
    tanh,
    tanh_by_sigmoid_form,
    tanh_derivative,
)

ELEMENTWISE = [
    linear,
    linear_derivative,
    sigmoid,
    sigmoid_derivative,
    tanh,
    tanh_by_sigmoid_form,
    tanh_derivative,
    relu,
    relu_derivative,
    leaky_relu,
    leaky_relu_derivative,
]
# JavaScript reads the same file (figures/activations), so that figure and package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/activations.json").read_text(encoding="utf-8"))
TANHS = [tanh, tanh_by_sigmoid_form]
GRID = np.linspace(-30, 30, 241)
LARGEST = np.finfo(np.float64).max
scores = hnp.arrays(np.float64, st.integers(1, 8), elements=st.floats(-50, 50))


def central_difference(function, z, step=1e-6):
    return (function(z + step) - function(z - step)) / (2 * step)


def random_layers(rng, sizes):
    return [(rng.normal(size=(n, n_prev)), rng.normal(size=n)) for n_prev, n in pairwise(sizes)]


# --- by hand -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-sigmoid", "hand")
def test_sigmoid_by_hand():
    # e^-ln 3 = 1/3, so 1 / (1 + 1/3) = 3/4
    assert_allclose(sigmoid([0, math.log(3), -math.log(3)]), [1 / 2, 3 / 4, 1 / 4], rtol=1e-15)


@pytest.mark.judge("eq-sigmoid-derivative", "hand")
def test_sigmoid_derivative_by_hand():
    # 3/4 * 1/4 on both sides of the peak of 1/4
    assert_allclose(sigmoid_derivative([0, math.log(3), -math.log(3)]), [1 / 4, 3 / 16, 3 / 16], rtol=1e-15)


@pytest.mark.judge("eq-tanh", "hand")
@pytest.mark.parametrize("function", TANHS)
def test_tanh_by_hand(function):
    # at z = ln 2: (2 - 1/2) / (2 + 1/2) = 3/5, and the slide's 2 / (1 + 1/4) - 1 = 3/5
    assert_allclose(function([0, math.log(2), -math.log(2)]), [0, 3 / 5, -3 / 5], rtol=1e-15)


@pytest.mark.judge("eq-tanh-derivative", "hand")
def test_tanh_derivative_by_hand():
    # 1 - (3/5)^2 = 16/25
    assert_allclose(tanh_derivative([0, math.log(2), -math.log(2)]), [1, 16 / 25, 16 / 25], rtol=1e-15)


@pytest.mark.judge("eq-relu", "hand")
def test_relu_by_hand():
    assert_array_equal(relu([-2.5, -0.0, 0.0, 2.5]), [0, 0, 0, 2.5])


@pytest.mark.judge("eq-relu-derivative", "hand")
def test_relu_derivative_by_hand():
    assert_array_equal(relu_derivative([-2.5, 0, 2.5]), [0, 0, 1])


@pytest.mark.judge("eq-leaky-relu", "hand")
def test_leaky_relu_by_hand():
    assert_array_equal(leaky_relu([-2, 0, 3], slope=0.5), [-1, 0, 3])
    assert leaky_relu(-2.0) == -0.02


@pytest.mark.judge("eq-leaky-relu-derivative", "hand")
def test_leaky_relu_derivative_by_hand():
    assert_array_equal(leaky_relu_derivative([-2, 0, 3], slope=0.5), [0.5, 0.5, 1])
    assert leaky_relu_derivative(-2.0) == 0.01


@pytest.mark.judge("eq-softmax", "hand")
def test_softmax_by_hand():
    # e^0 = 1, e^ln 2 = 2, e^ln 5 = 5: one eighth, two eighths, five eighths
    assert_allclose(softmax([0, math.log(2), math.log(5)]), [1 / 8, 2 / 8, 5 / 8], rtol=1e-15)


@pytest.mark.judge("eq-softmax-derivative", "hand")
def test_softmax_jacobian_by_hand():
    # a = (1/4, 3/4): a_1 (1 - a_1) = 3/16, and -a_1 a_2 = -3/16
    expected = np.array([[3, -3], [-3, 3]]) / 16
    assert_allclose(softmax_jacobian([0, math.log(3)]), expected, rtol=1e-14)


@pytest.mark.judge("eq-linear-collapse", "hand")
def test_collapse_by_hand():
    first = ([[1, 2], [3, 4]], [1, -1])
    second = ([[1, 1]], [10])
    # rows added: (1 + 3, 2 + 4); bias 1 - 1 + 10
    W, b = collapse_linear([first, second])
    assert_array_equal(W, [[4, 6]])
    assert_array_equal(b, [10])


# --- by an independent library ---------------------------------------------------------------------


@pytest.mark.judge("eq-sigmoid", "library")
@pytest.mark.judge("eq-tanh", "library")
@pytest.mark.judge("eq-relu", "library")
@pytest.mark.judge("eq-leaky-relu", "library")
def test_functions_agree_with_tensorflow():
    nn = pytest.importorskip("tensorflow").nn
    assert_allclose(sigmoid(GRID), nn.sigmoid(GRID), rtol=1e-13)
    for function in TANHS:
        assert_allclose(function(GRID), nn.tanh(GRID), rtol=1e-13, atol=1e-15)
    assert_array_equal(relu(GRID), nn.relu(GRID))
    assert_allclose(leaky_relu(GRID, slope=0.25), nn.leaky_relu(GRID, alpha=0.25), rtol=1e-15)


@pytest.mark.judge("eq-sigmoid-derivative", "library")
@pytest.mark.judge("eq-tanh-derivative", "library")
@pytest.mark.judge("eq-relu-derivative", "library")
@pytest.mark.judge("eq-leaky-relu-derivative", "library")
def test_derivatives_agree_with_tensorflow_also_at_the_kink():
    tf = pytest.importorskip("tensorflow")
    z = tf.constant(GRID)
    assert 0 in GRID

    def slopes(function):
        with tf.GradientTape() as tape:
            tape.watch(z)
            a = function(z)
        return tape.gradient(a, z).numpy()

    # TensorFlow takes 1 - a from a, which has lost its digits far out: hence an absolute tolerance
    assert_allclose(sigmoid_derivative(GRID), slopes(tf.nn.sigmoid), rtol=1e-12, atol=1e-15)
    assert_allclose(tanh_derivative(GRID), slopes(tf.nn.tanh), rtol=1e-12, atol=2e-15)
    assert_array_equal(relu_derivative(GRID), slopes(tf.nn.relu))
    leaky = slopes(lambda z: tf.nn.leaky_relu(z, alpha=0.25))
    assert_array_equal(leaky_relu_derivative(GRID, slope=0.25), leaky)


@pytest.mark.judge("eq-softmax", "library")
@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_softmax_agrees_with_scipy(rng, axis):
    special = pytest.importorskip("scipy.special")
    z = rng.normal(scale=20, size=(3, 4, 5))
    assert_allclose(softmax(z, axis=axis), special.softmax(z, axis=axis), rtol=1e-13)


@pytest.mark.judge("eq-softmax-derivative", "library")
def test_softmax_jacobian_agrees_with_tensorflow(rng):
    tf = pytest.importorskip("tensorflow")
    z = tf.constant(rng.normal(size=5))
    with tf.GradientTape() as tape:
        tape.watch(z)
        a = tf.nn.softmax(z)
    assert_allclose(softmax_jacobian(z.numpy()), tape.jacobian(a, z).numpy(), rtol=1e-12, atol=1e-16)


@pytest.mark.judge("eq-linear-collapse", "library")
def test_collapsed_layers_do_what_keras_layers_do(rng):
    keras = pytest.importorskip("keras")
    sizes = [4, 6, 5, 3]
    layers = random_layers(rng, sizes)
    model = keras.Sequential(
        [keras.Input((4,)), *(keras.layers.Dense(n, dtype="float64") for n in sizes[1:])]
    )
    model.set_weights([array for W, b in layers for array in (W.T, b)])
    x = rng.normal(size=(7, 4))
    W, b = collapse_linear(layers)
    assert W.shape == (3, 4)
    assert_allclose(x @ W.T + b, model(x).numpy(), rtol=1e-5, atol=1e-5)  # the model takes float32 in


# --- by laws and finite differences ------------------------------------------------------------------


@pytest.mark.judge("eq-sigmoid", "law")
@given(st.floats(-1000, 1000))
def test_sigmoid_of_minus_z_is_what_is_missing_to_one(z):
    assert_allclose(sigmoid(z) + sigmoid(-z), 1, rtol=1e-15)
    assert 0 <= sigmoid(z) <= 1


@given(st.floats(-700, 36))
def test_the_logarithm_of_the_odds_gives_z_back(z):
    assert_allclose(math.log(sigmoid(z)) - math.log(sigmoid(-z)), z, rtol=1e-12, atol=1e-12)


@pytest.mark.judge("eq-tanh", "law")
@pytest.mark.parametrize("function", TANHS)
@given(st.floats(-8, 8), st.floats(-8, 8))
def test_tanh_of_a_sum(function, u, v):
    want = (function(u) + function(v)) / (1 + function(u) * function(v))
    assert_allclose(function(u + v), want, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-sigmoid-derivative", "law")
@pytest.mark.judge("eq-tanh-derivative", "law")
@pytest.mark.judge("eq-relu-derivative", "law")
@pytest.mark.judge("eq-leaky-relu-derivative", "law")
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_derivative_is_the_slope_of_its_function(name):
    z = np.linspace(-8, 8, 160)  # without 0, where ReLU has a kink
    assert 0 not in z
    function, derivative = ACTIVATIONS[name]
    assert_allclose(derivative(z), central_difference(function, z), rtol=1e-6, atol=1e-9)


def test_the_slopes_far_out_are_small_and_not_lost():
    """The tail of both slopes is an exponential: e^-z and 4 e^-2z."""
    assert_allclose(sigmoid_derivative([300, -300]), math.exp(-300), rtol=1e-12)
    assert_allclose(tanh_derivative([300, -300]), 4 * math.exp(-600), rtol=1e-12)


@pytest.mark.judge("eq-relu", "law")
@given(st.floats(-1e6, 1e6), st.floats(0, 1e3))
def test_relu_splits_z_and_scales_with_it(z, scale):
    assert relu(z) - relu(-z) == z
    assert relu(z) >= 0
    assert_allclose(relu(scale * z), scale * relu(z), rtol=1e-12)


@pytest.mark.judge("eq-leaky-relu", "law")
@given(st.floats(-1e6, 1e6), st.floats(0, 1))
def test_leaky_relu_lies_between_relu_and_a_line(z, slope):
    assert leaky_relu(z, slope=slope) == max(z, slope * z)
    assert leaky_relu(z, slope=0) == relu(z)
    assert leaky_relu(z, slope=1) == z


@pytest.mark.judge("eq-softmax", "law")
@given(scores, st.floats(-50, 50))
def test_softmax_sums_to_one_and_sees_only_differences(z, shift):
    a = softmax(z)
    assert_allclose(a.sum(), 1, rtol=1e-12)
    assert (a > 0).all()
    assert_allclose(softmax(z + shift), a, rtol=1e-9)
    assert_allclose(np.log(a / a[0]), z - z[0], atol=1e-9)


def test_softmax_of_two_scores_is_a_sigmoid_of_their_difference():
    assert_allclose(softmax([GRID, np.zeros_like(GRID)])[0], sigmoid(GRID), rtol=1e-13)


@pytest.mark.judge("eq-softmax-derivative", "law")
@given(hnp.arrays(np.float64, st.integers(1, 6), elements=st.floats(-5, 5)))
def test_softmax_jacobian_is_its_slope_and_its_columns_sum_to_zero(z):
    numeric = np.array([(softmax(z + h) - softmax(z - h)) / 2e-6 for h in 1e-6 * np.eye(len(z))]).T
    assert_allclose(softmax_jacobian(z), numeric, rtol=1e-6, atol=1e-9)
    assert_allclose(softmax_jacobian(z).sum(axis=0), 0, atol=1e-15)


@pytest.mark.judge("eq-linear-collapse", "law")
@given(st.lists(st.integers(1, 5), min_size=2, max_size=5))
def test_one_layer_replaces_any_stack_of_linear_layers(sizes):
    rng = np.random.default_rng(len(sizes))
    layers = random_layers(rng, sizes)
    x = rng.normal(size=sizes[0])
    a = x
    for W, b in layers:
        a = linear(W @ a + b)
    W, b = collapse_linear(layers)
    assert W.shape == (sizes[-1], sizes[0])
    assert_allclose(W @ x + b, a, rtol=1e-9, atol=1e-9)


# --- stable, any shape, any dtype ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("function", "left", "right"),
    [
        (linear, -1000, 1000),
        (linear_derivative, 1, 1),
        (sigmoid, 0, 1),
        (sigmoid_derivative, 0, 0),
        (tanh, -1, 1),
        (tanh_by_sigmoid_form, -1, 1),
        (tanh_derivative, 0, 0),
        (relu, 0, 1000),
        (relu_derivative, 0, 1),
        (leaky_relu, -10, 1000),
        (leaky_relu_derivative, 0.01, 1),
    ],
)
def test_a_thousand_is_no_trouble(function, left, right):
    """A warning about an overflow would fail this test: pytest turns warnings into errors."""
    assert_allclose(function([-1000, 1000]), [left, right], rtol=0, atol=1e-13)
    assert np.isfinite(function([-LARGEST, LARGEST])).all()


def test_softmax_of_a_thousand_is_no_trouble():
    assert_array_equal(softmax([-1000, 1000, 1000]), [0, 0.5, 0.5])
    assert_array_equal(softmax([-LARGEST, LARGEST]), [0, 1])
    # each column is shifted by its own largest score, or the second would be 0 / 0
    assert_array_equal(softmax([[1000, -1000], [1000, -1000]]), [[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize("function", ELEMENTWISE)
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 3)])
@pytest.mark.parametrize(
    ("given", "out"), [("float32", "float32"), ("float64", "float64"), ("int8", "float64")]
)
def test_shape_and_float32_are_kept(function, shape, given, out):
    z = np.arange(np.prod(shape)).reshape(shape).astype(given) - 2
    before = z.copy()
    a = function(z)
    assert (a.shape, a.dtype) == (shape, out)
    one_by_one = [function(value) for value in z.ravel()]
    assert_array_equal(a.ravel(), one_by_one)
    a[...] = 99
    assert_array_equal(z, before, "the input was written to")


@pytest.mark.parametrize("function", ELEMENTWISE)
def test_a_number_in_gives_a_number_out(function):
    for z in (0.5, -3, np.float64(0.5), np.array(0.5)):
        assert type(function(z)) is float
    assert type(function(np.float32(0.5))) is np.float32


@pytest.mark.parametrize(("given", "out"), [("float32", "float32"), ("int16", "float64")])
def test_softmax_keeps_shape_and_float32(given, out):
    z = np.arange(6).reshape(2, 3).astype(given)
    assert (softmax(z).shape, softmax(z).dtype) == ((2, 3), out)
    assert_allclose(softmax(z).sum(axis=0), 1, rtol=1e-6)
    assert_allclose(softmax(z, axis=1).sum(axis=1), 1, rtol=1e-6)
    assert softmax_jacobian(z[0]).dtype == out


def test_near_zero_the_slides_form_loses_the_digits_that_tanh_keeps():
    z = 1e-10
    assert_allclose(tanh(z), z, rtol=1e-15)
    assert 1e-9 < abs(tanh_by_sigmoid_form(z) - z) / z < 1e-5


def test_the_table_pairs_each_function_with_its_own_derivative():
    expected = {
        "linear": Activation(function=linear, derivative=linear_derivative),
        "sigmoid": Activation(function=sigmoid, derivative=sigmoid_derivative),
        "tanh": Activation(function=tanh, derivative=tanh_derivative),
        "relu": Activation(function=relu, derivative=relu_derivative),
        "leaky_relu": Activation(function=leaky_relu, derivative=leaky_relu_derivative),
    }
    assert expected == ACTIVATIONS


def test_one_layer_collapses_to_itself():
    W, b = collapse_linear(([[[1, 2]], [3]],))
    assert_array_equal(W, [[1, 2]])
    assert_array_equal(b, [3])


def test_collapse_keeps_float32():
    layer = (np.eye(2, dtype=np.float32), np.ones(2, dtype=np.float32))
    W, b = collapse_linear([layer, layer])
    assert (W.dtype, b.dtype) == (np.float32, np.float32)


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [*ELEMENTWISE, softmax, softmax_jacobian])
@pytest.mark.parametrize(
    ("z", "error", "message"),
    [
        ([], ValueError, r"z is empty \(shape \(0,\)\)"),
        ([1, np.nan], ValueError, r"z must hold finite numbers, got nan at index \(1,\)"),
        ([np.inf], ValueError, r"z must hold finite numbers, got inf at index \(0,\)"),
        ("one", TypeError, "z must hold real numbers"),
        ([1j], TypeError, "z must hold real numbers"),
        ([[1], [1, 2]], ValueError, "z must be a regular array"),
    ],
)
def test_bad_z_is_explained(function, z, error, message):
    with pytest.raises(error, match=message):
        function(z)


@pytest.mark.parametrize("function", [leaky_relu, leaky_relu_derivative])
@pytest.mark.parametrize(
    ("slope", "error", "message"),
    [
        (-0.1, ValueError, "slope must be at least 0, got -0.1"),
        (1.5, ValueError, "slope must be at most 1, got 1.5"),
        ("steep", TypeError, "slope must be a number, got 'steep'"),
    ],
)
def test_bad_slope_is_explained(function, slope, error, message):
    with pytest.raises(error, match=message):
        function([1, 2], slope=slope)


@pytest.mark.parametrize(
    ("z", "axis", "error", "message"),
    [
        (3.0, 0, ValueError, "z needs at least one axis, got the single number 3.0: softmax compares scores"),
        ([1, 2], 1, ValueError, "axis must be below 1, the number of axes of z, got 1"),
        ([1, 2], -2, ValueError, "axis must be at least -1, got -2"),
        ([1, 2], 0.5, TypeError, "axis must be a whole number, got 0.5"),
    ],
)
def test_bad_axis_is_explained(z, axis, error, message):
    with pytest.raises(error, match=message):
        softmax(z, axis=axis)


def test_a_jacobian_is_of_one_example():
    with pytest.raises(ValueError, match=r"z has shape \(n,\), got \(1, 2\): one example at a time"):
        softmax_jacobian([[1, 2]])


GOOD = ([[1, 2]], [3])


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        (7, TypeError, r"layers must be a list of pairs \(W, b\), got 7"),
        ([], ValueError, r"^layers is empty: give at least one pair \(W, b\)"),
        ([GOOD, 5], TypeError, r"layers\[1\] must be a pair \(W, b\), got 5"),
        ([([[1]], [1], "relu")], TypeError, r"layers\[0\] must be a pair \(W, b\), got \(\[\[1\]\]"),
        ([([1, 2], [3])], ValueError, r"W of layers\[0\] has shape \(n, n_prev\), got \(2,\)"),
        ([([[1]], [3, 4])], ValueError, r"b of layers\[0\] has shape \(1,\), got \(2,\): one bias"),
        ([GOOD, GOOD], ValueError, r"W of layers\[1\] has shape \(n, 1\), got \(1, 2\): as many columns as"),
        ([([[np.nan]], [1])], ValueError, r"W of layers\[0\] must hold finite numbers"),
        ([([["a"]], [1])], TypeError, r"W of layers\[0\] must hold real numbers"),
        ([([[1]], [np.inf])], ValueError, r"b of layers\[0\] must hold finite numbers"),
    ],
)
def test_bad_layers_are_explained(layers, error, message):
    with pytest.raises(error, match=message):
        collapse_linear(layers)


# --- the cases that the figure is judged by -----------------------------------------------------------


def test_the_cases_of_the_figure_are_the_package_s_numbers():
    assert {case["activation"] for case in CASES["functions"]} == set(ACTIVATIONS)
    for case in CASES["functions"]:
        function, derivative = ACTIVATIONS[case["activation"]]
        assert_allclose(function(case["z"]), case["value"], rtol=1e-14)
        assert_allclose(derivative(case["z"]), case["slope"], rtol=1e-14)


def test_the_cases_of_the_figure_are_what_tensorflow_answers():
    tf = pytest.importorskip("tensorflow")
    theirs = {
        "linear": tf.identity,
        "sigmoid": tf.nn.sigmoid,
        "tanh": tf.nn.tanh,
        "relu": tf.nn.relu,
        "leaky_relu": lambda z: tf.nn.leaky_relu(z, alpha=0.01),
    }
    for case in CASES["functions"]:
        z = tf.constant(case["z"], tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(z)
            a = theirs[case["activation"]](z)
        # TensorFlow keeps the leak of 0.01 in 32 bits
        assert_allclose(a.numpy(), case["value"], rtol=1e-7, atol=1e-15)
        assert_allclose(tape.gradient(a, z).numpy(), case["slope"], rtol=1e-7, atol=1e-15)


@pytest.mark.parametrize("case", CASES["collapse"], ids=lambda case: case["name"])
def test_the_stacks_of_the_figure_collapse_as_it_says(case):
    W, b = collapse_linear([(layer["W"], layer["b"]) for layer in case["layers"]])
    assert_allclose(W, case["W"], rtol=1e-14)
    assert_allclose(b, case["b"], rtol=1e-14)
