"""descent.py against steps worked by hand, Keras' SGD, and the laws of descent on a parabola."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.activations import sigmoid
from cvlessons.descent import gradient_descent

starts = st.floats(-100, 100).filter(lambda w: abs(w) > 1e-3)


def double(w):
    """The gradient of the parabola w²."""
    return 2 * w


@pytest.mark.judge("eq-gradient-descent", "hand")
def test_three_steps_down_a_parabola_worked_by_hand():
    # W2 = 8 - 0.25 * 16 = 4; W3 = 4 - 0.25 * 8 = 2; W4 = 2 - 0.25 * 4 = 1
    assert_array_equal(gradient_descent(double, 8, learning_rate=0.25, steps=3), [8, 4, 2, 1])


@pytest.mark.judge("eq-momentum", "hand")
def test_three_steps_with_momentum_worked_by_hand():
    # V: 0.5 * 0 - 0.25 * 16 = -4; 0.5 * -4 - 0.25 * 8 = -4; 0.5 * -4 - 0.25 * 0 = -2
    path = gradient_descent(double, 8, learning_rate=0.25, steps=3, momentum=0.5)
    assert_array_equal(path, [8, 4, 0, -2])


@pytest.mark.judge("eq-gradient-descent", "library")
@pytest.mark.judge("eq-momentum", "library")
@pytest.mark.parametrize("momentum", [0.0, 0.875])
def test_the_path_is_that_of_keras_sgd(rng, momentum):
    keras = pytest.importorskip("keras")
    curvature = rng.uniform(0.5, 3, size=(2, 3))
    start = rng.normal(size=(2, 3))
    w = keras.Variable(start, dtype="float64")
    sgd = keras.optimizers.SGD(learning_rate=0.125, momentum=momentum)
    theirs = [start]
    for _ in range(20):
        sgd.apply([curvature * w.numpy()], [w])
        theirs.append(w.numpy())
    ours = gradient_descent(lambda w: curvature * w, start, learning_rate=0.125, steps=20, momentum=momentum)
    assert_allclose(ours, theirs, rtol=1e-12)


@pytest.mark.judge("eq-gradient-descent", "law")
@given(starts, st.floats(0.1, 10), st.floats(0.01, 2.5))
def test_a_parabola_multiplies_the_error_by_one_minus_alpha_a(start, curvature, share):
    """Smaller below 2/a, as large at 2/a, larger above it."""
    rate = share / curvature
    path = gradient_descent(lambda w: curvature * w, start, learning_rate=rate, steps=10)
    assert_allclose(path, start * (1 - rate * curvature) ** np.arange(11), rtol=1e-6, atol=1e-9 * abs(start))
    if abs(share - 2) > 1e-6:
        assert (abs(path[-1]) < abs(start)) == (share < 2)


@pytest.mark.parametrize(
    ("learning_rate", "expected"),
    [
        (0.25, [1, 0.5, 0.25, 0.125]),  # creeps
        (0.5, [1, 0, 0, 0]),  # 1/a: there in one step
        (0.75, [1, -0.5, 0.25, -0.125]),  # jumps across, and still arrives
        (1.0, [1, -1, 1, -1]),  # 2/a: to and fro for ever
        (1.5, [1, -2, 4, -8]),  # flies off
    ],
)
def test_too_small_right_and_too_large_on_the_parabola(learning_rate, expected):
    assert_array_equal(gradient_descent(double, 1, learning_rate=learning_rate, steps=3), expected)


@pytest.mark.judge("eq-momentum", "law")
@given(st.floats(0, 0.9), st.floats(0.01, 1), st.floats(-5, 5))
def test_on_an_even_slope_momentum_approaches_a_step_1_over_1_minus_mu_times_as_long(momentum, rate, slope):
    path = gradient_descent(lambda w: slope, 0.0, learning_rate=rate, steps=300, momentum=momentum)
    assert_allclose(path[-1] - path[-2], -rate * slope / (1 - momentum), rtol=1e-9, atol=1e-12)
    assert path[1] == -rate * slope


@given(starts, st.floats(0.01, 0.99))
def test_momentum_0_is_plain_and_momentum_1_has_no_friction(start, rate):
    """Without friction the energy of the swing neither dies nor grows: it never settles."""
    plain = gradient_descent(double, start, learning_rate=rate, steps=5)
    assert_array_equal(gradient_descent(double, start, learning_rate=rate, steps=5, momentum=0), plain)
    swing = gradient_descent(double, start, learning_rate=rate, steps=200, momentum=1)
    a, b = swing[:-1], swing[1:]
    energy = a**2 + b**2 - (2 - 2 * rate) * a * b  # what w(k+1) = (2 - 2α) w(k) - w(k-1) conserves
    assert_allclose(energy, energy[0], rtol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(st.integers(0, 5), st.sampled_from([(), (1,), (2, 3), (2, 1, 2)]))
def test_the_path_has_a_point_for_each_step_in_the_dtype_of_the_start(dtype, steps, shape):
    start = np.ones(shape, dtype)
    path = gradient_descent(lambda w: np.asarray(2.0 * w, np.float64), start, learning_rate=0.25, steps=steps)
    assert path.shape == (steps + 1, *shape)
    assert path.dtype == dtype
    for step, point in enumerate(path):
        assert_array_equal(point, np.full(shape, 0.5**step))
    assert_array_equal(start, np.ones(shape))


def test_whole_numbers_become_float64():
    assert gradient_descent(lambda w: 1, 1, learning_rate=0.5, steps=1).tolist() == [1, 0.5]


def test_a_gradient_that_writes_into_its_argument_does_not_bend_the_path():
    def writes(w):
        w *= 2
        return w

    start = np.array([8.0])
    path = gradient_descent(writes, start, learning_rate=0.25, steps=3)
    assert_array_equal(path[:, 0], [8, 4, 2, 1])
    assert_array_equal(start, [8])


def test_a_path_that_grows_is_returned_until_it_overflows():
    """Each step triples and turns; the step of 4 * 3 ** 645 is the first that float64 cannot hold."""
    path = gradient_descent(double, 1.0, learning_rate=2.0, steps=645)
    assert_allclose(np.log(abs(path)), np.arange(646) * np.log(3), rtol=1e-9)
    with pytest.raises(OverflowError) as caught:
        gradient_descent(double, 1.0, learning_rate=2.0, steps=646)
    assert str(caught.value) == (
        "the path is not finite any more at step 646 (it came from -5.536e+307): the learning rate 2 is too "
        "large, or the gradient is not finite there; take a smaller learning rate, or fewer steps to look at "
        "the path so far"
    )


@pytest.mark.parametrize(
    "gradient",
    [lambda w: 1 / (w - w), lambda w: np.log(-w), lambda w: np.exp(800 * w), lambda w: [np.nan, 0.0]],
)
def test_a_gradient_that_is_not_finite_stops_the_path(gradient):
    with pytest.raises(OverflowError, match=r"not finite any more at step 1 \(it came from \[1. 1.\]\)"):
        gradient_descent(gradient, [1.0, 1.0], learning_rate=0.1, steps=3)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"gradient": 2}, TypeError, "gradient must be a function of w, got 2: try lambda w: 2"),
        ({"gradient": lambda w: 1.0}, ValueError, r"gradient must have the shape of start, \(2,\), got \(\)"),
        ({"gradient": lambda w: ["a", "b"]}, TypeError, "gradient must return real numbers, got <U1"),
        ({"start": []}, ValueError, "start is empty"),
        ({"start": [np.inf, 0]}, ValueError, "start must hold finite numbers, got inf"),
        ({"start": "up"}, TypeError, "start must hold real numbers"),
        ({"learning_rate": 0}, ValueError, "learning_rate must be above 0, got 0"),
        ({"learning_rate": None}, TypeError, "learning_rate must be a number, got None"),
        ({"steps": -1}, ValueError, "steps must be at least 0, got -1"),
        ({"steps": 2.5}, TypeError, "steps must be a whole number, got 2.5"),
        ({"momentum": -0.1}, ValueError, "momentum must be at least 0, got -0.1"),
        ({"momentum": 1.1}, ValueError, "momentum must be at most 1, got 1.1"),
    ],
)
def test_bad_input_is_explained(change, error, message):
    arguments = {"gradient": double, "start": [1.0, 2.0], "learning_rate": 0.1, "steps": 2} | change
    with pytest.raises(error, match=message):
        gradient_descent(**arguments)


def test_a_gradient_of_fewer_bits_is_multiplied_in_those_of_the_start():
    path = gradient_descent(lambda w: np.ones(1, np.float16), [0.0], learning_rate=1e-9, steps=1)
    assert_array_equal(path, [[0], [-1e-9]])


# JavaScript reads the same file, so that the figure and the package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/descent.json").read_text(encoding="utf-8"))

LOSSES = {
    "parabola": lambda w: w[0] ** 2,
    "dips": lambda w: w[0] ** 4 - 4 * w[0] ** 2 + w[0],
    "plain": lambda w: (sigmoid(w[0]) - 1) ** 2,
    "bowl": lambda w: w[0] ** 2 + w[1] ** 2,
    "valley": lambda w: 0.05 * w[0] ** 2 + w[1] ** 2,
    "saddle": lambda w: 0.1 * w[0] ** 4 + 0.04 * w[0] ** 3 - w[0] ** 2 + 0.5 * w[1] ** 2,
    "bend": lambda w: (1 - w[0]) ** 2 + 10 * (w[1] - w[0] ** 2) ** 2,
}


def slopes(shape):
    """The gradient, by TensorFlow: it knows nothing of how the figure wrote it down."""
    tf = pytest.importorskip("tensorflow")
    losses = LOSSES | {"plain": lambda w: (tf.sigmoid(w[0]) - 1) ** 2}

    def gradient(w):
        variable = tf.Variable(w)
        with tf.GradientTape() as tape:
            loss = losses[shape](variable)
        return tape.gradient(loss, variable).numpy()

    return gradient


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['shape']}-{case['rate']}-{case['momentum']}")
def test_the_package_walks_the_paths_of_the_figure(case):
    path = gradient_descent(
        slopes(case["shape"]),
        np.array(case["start"], float),
        learning_rate=case["rate"],
        steps=case["steps"],
        momentum=case["momentum"],
    )
    assert_allclose(path, case["path"], rtol=1e-9, atol=1e-12)
    assert_allclose([LOSSES[case["shape"]](w) for w in path], case["losses"], rtol=1e-9, atol=1e-12)


def test_every_landscape_of_the_figure_has_a_case():
    assert {case["shape"] for case in CASES} == LOSSES.keys()
