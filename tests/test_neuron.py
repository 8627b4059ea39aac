"""neuron.py against sums worked by hand, Keras, and the laws of a linear function."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cvlessons.activations import sigmoid
from cvlessons.neuron import neuron, weighted_sum, weighted_sum_by_terms

SUMS = [weighted_sum_by_terms, weighted_sum]
# JavaScript reads the same file (figures/neuron), so that figure and package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/neuron.json").read_text(encoding="utf-8"))
vectors = st.lists(st.floats(-100, 100), min_size=1, max_size=8)


@pytest.mark.judge("eq-weighted-sum", "hand")
@pytest.mark.judge("eq-dot-product", "hand")
@pytest.mark.parametrize("function", SUMS)
def test_sum_worked_by_hand(function):
    # 1 * 0.5 + 2 * (-1) + 3 * 0.25 + 2 = 0.5 - 2 + 0.75 + 2
    assert function([1, 2, 3], [0.5, -1, 0.25], b=2) == 1.25


@pytest.mark.judge("eq-weighted-sum", "library")
@pytest.mark.judge("eq-dot-product", "library")
@pytest.mark.judge("eq-neuron", "library")
def test_a_neuron_is_a_keras_dense_layer_of_one_unit(rng):
    keras = pytest.importorskip("keras")
    x, w = rng.normal(size=5), rng.normal(size=5)
    dense = keras.layers.Dense(1, activation="sigmoid", dtype="float64")
    dense.build((None, 5))
    dense.set_weights([w[:, None], np.array([0.3])])
    linear = keras.layers.Dense(1, dtype="float64")
    linear.build((None, 5))
    linear.set_weights([w[:, None], np.array([0.3])])
    for function in SUMS:
        assert_allclose(function(x, w, 0.3), linear(x[None]).numpy()[0, 0], rtol=1e-12)
    assert_allclose(neuron(x, w, 0.3, sigmoid), dense(x[None]).numpy()[0, 0], rtol=1e-12)


@pytest.mark.judge("eq-weighted-sum", "law")
@pytest.mark.judge("eq-dot-product", "law")
@given(vectors, st.floats(-10, 10), st.floats(-10, 10))
def test_the_sum_is_linear_in_the_inputs_and_shifts_with_the_bias(x, scale, b):
    x = np.array(x)
    w = np.cos(np.arange(len(x)))
    for function in SUMS:
        assert_allclose(function(scale * x, w, b), scale * function(x, w) + b, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-neuron", "hand")
def test_a_threshold_neuron_is_the_and_gate():
    gate = [neuron(x, [1, 1], -1.5, lambda z: z > 0) for x in ([0, 0], [0, 1], [1, 0], [1, 1])]
    assert gate == [0, 0, 0, 1]


@pytest.mark.judge("eq-neuron", "law")
def test_inputs_across_the_weights_change_nothing(rng):
    """A neuron sees only the part of x that lies along w."""
    x, w = rng.normal(size=4), rng.normal(size=4)
    across = rng.normal(size=4)
    across -= w * (across @ w) / (w @ w)
    assert_allclose(neuron(x + across, w, 0.1, np.tanh), neuron(x, w, 0.1, np.tanh), rtol=1e-12)


@pytest.mark.parametrize("function", SUMS)
@pytest.mark.parametrize(
    ("x", "w", "b", "error", "message"),
    [
        ([1, 2], [1], 0, ValueError, r"w has shape \(2,\), got \(1,\): one weight for each input"),
        ([[1, 2]], [1, 2], 0, ValueError, r"x has shape \(n,\), got \(1, 2\)"),
        ([], [], 0, ValueError, "x is empty"),
        ([1, np.nan], [1, 1], 0, ValueError, r"x must hold finite numbers, got nan at index \(1,\)"),
        (["a"], [1], 0, TypeError, "x must hold real numbers"),
        ([1], [1], "no", TypeError, "b must be a number, got 'no'"),
        ([1], [1], np.inf, ValueError, "b must be finite"),
    ],
)
def test_bad_input_is_explained(function, x, w, b, error, message):
    with pytest.raises(error, match=message):
        function(x, w, b)


def test_an_activation_that_is_no_function_is_explained():
    with pytest.raises(TypeError, match="activation must be a function of z, got 'relu'"):
        neuron([1], [1], 0, "relu")


@pytest.mark.parametrize("sum_of", [weighted_sum, weighted_sum_by_terms])
@pytest.mark.parametrize("w", [[10, 10], [10, -10]])
def test_a_sum_too_large_for_a_float_is_explained(sum_of, w):
    with pytest.raises(OverflowError, match=r"the weighted sum is too large for a float, got (inf|nan)"):
        sum_of([1e308, 1e308], w)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_cases_that_the_figure_is_judged_by(case):
    x, w, b = case["x"], case["w"], case["b"]
    for function in SUMS:
        assert_allclose(function(x, w, b), case["z"], rtol=1e-14)
    assert neuron(x, w, b, lambda z: float(z > 0)) == case["step"]
    assert_allclose(neuron(x, w, b, sigmoid), case["sigmoid"], rtol=1e-14)


def test_the_cases_of_the_figure_are_what_keras_answers():
    keras = pytest.importorskip("keras")
    for case in CASES:
        dense = keras.layers.Dense(1, activation="sigmoid", dtype="float64")
        dense.build((None, len(case["x"])))
        dense.set_weights([np.array(case["w"], float)[:, None], np.array([case["b"]])])
        answer = dense(np.array(case["x"], float)[None]).numpy()[0, 0]
        assert_allclose(answer, case["sigmoid"], rtol=1e-12, atol=1e-15)
