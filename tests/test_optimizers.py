"""optimizers.py against steps worked by hand, Keras's optimisers, and the laws of each rule."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.descent import gradient_descent
from cvlessons.optimizers import SGD, Adam, RMSprop

# Each with the options of Keras's; shares that float32 holds exactly, for TensorFlow rounds them to that.
RULES = {
    "SGD": (SGD, {}),
    "SGD with momentum": (partial(SGD, momentum=0.875), {"momentum": 0.875}),
    "RMSprop": (partial(RMSprop, rho=0.75), {"rho": 0.75}),
    "Adam": (partial(Adam, beta1=0.75, beta2=1 - 2**-10), {"beta_1": 0.75, "beta_2": 1 - 2**-10}),
}
every_rule = pytest.mark.parametrize("rule", RULES)
slopes = st.floats(0.01, 100) | st.floats(-100, -0.01)


def path(step, gradients, start=0.0):
    """Return where one number goes, a place for each slope."""
    w, places = np.array([float(start)]), []
    for gradient in gradients:
        step([w], [np.array([float(gradient)])])
        places.append(float(w[0]))
    return places


# Worked by hand


@pytest.mark.judge("eq-momentum", "hand")
def test_momentum_worked_by_hand():
    # V: 0.5 * 0 - 0.25 * 16 = -4; 0.5 * -4 - 0.25 * 8 = -4; 0.5 * -4 - 0.25 * 0 = -2
    assert path(SGD(0.25, momentum=0.5), [16, 8, 0], start=8) == [4, 0, -2]
    assert path(SGD(0.25), [16, 8, 0], start=8) == [4, 2, 2]


@pytest.mark.judge("eq-rmsprop", "hand")
def test_rmsprop_worked_by_hand():
    # s: 0.25 * 4² = 4; 0.75 * 4 + 0.25 * 2² = 4; 0.75 * 4 + 0.25 * 0 = 3; 0.75 * 3 + 0.25 * 5² = 8.5
    # steps of 0.1 * 4/2, 0.1 * 2/2, 0, 0.1 * 5/√8.5 = 0.1715
    got = path(RMSprop(0.1, rho=0.75), [4, 2, 0, 5], start=1)
    assert_allclose(got, [0.8, 0.7, 0.7, 0.7 - 0.17149859], rtol=1e-6)


@pytest.mark.judge("eq-adam", "hand")
def test_adam_worked_by_hand():
    # m: 0.5 * 4 = 2; 0.5 * 2 = 1; 0.5 * 1 + 0.5 * 7 = 4. s: 0.25 * 16 = 4; 3; 0.75 * 3 + 0.25 * 49 = 14.5
    # √(1 - 0.75^t) / (1 - 0.5^t): 0.5/0.5 = 1; 0.6614378/0.75 = 0.8819171; 0.7603453/0.875 = 0.8689660
    # steps: 1 * 2/2 = 1; 0.8819171 * 1/1.7320508 = 0.5091751; 0.8689660 * 4/3.8078866 = 0.9128067
    got = path(Adam(1, beta1=0.5, beta2=0.75), [4, 0, 7], start=3)
    assert_allclose(got, [2, 1.4908249, 0.5780182], rtol=1e-6)


# Keras


@pytest.mark.judge("eq-momentum", "library")
@pytest.mark.judge("eq-rmsprop", "library")
@pytest.mark.judge("eq-adam", "library")
@every_rule
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fifty_steps_are_those_of_keras(rule, dtype, rng):
    """Slopes of very different sizes, some of them zero: there epsilon decides."""
    keras = pytest.importorskip("keras")
    make, options = RULES[rule]
    ours = [rng.normal(size=shape).astype(dtype) for shape in ((3, 4), (4,))]
    theirs = [keras.Variable(w, dtype=dtype) for w in ours]
    step, peer = make(2.0**-7), getattr(keras.optimizers, rule.split()[0])(2.0**-7, **options)
    for _ in range(50):
        gradients = [rng.normal(size=w.shape) * 10.0 ** rng.integers(-9, 3, w.shape) for w in ours]
        gradients = [np.where(rng.random(g.shape) < 0.1, 0, g).astype(dtype) for g in gradients]
        step(ours, [g.copy() for g in gradients])
        peer.apply(gradients, theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.dtype == dtype
        assert_allclose(mine, other.numpy(), rtol=1e-5 if dtype == "float32" else 1e-7)


@pytest.mark.parametrize("ours", [SGD(), RMSprop(), Adam()], ids=lambda ours: type(ours).__name__)
def test_defaults_are_those_of_keras(ours):
    keras = pytest.importorskip("keras")
    theirs = getattr(keras.optimizers, type(ours).__name__)()
    names = {"beta1": "beta_1", "beta2": "beta_2"}
    for name in ("learning_rate", "momentum", "rho", "beta1", "beta2"):
        if hasattr(ours, name):
            assert_allclose(getattr(ours, name), float(getattr(theirs, names.get(name, name))), rtol=1e-7)


# Laws


@pytest.mark.judge("eq-momentum", "law")
@given(st.floats(0, 0.9), st.floats(0.01, 1), slopes)
@settings(max_examples=20)
def test_momentum_is_that_of_the_chapter_and_ends_at_1_over_1_minus_mu_steps(momentum, rate, slope):
    got = path(SGD(rate, momentum=momentum), [slope] * 300)
    wanted = gradient_descent(lambda w: slope, 0.0, learning_rate=rate, steps=300, momentum=momentum)
    assert_allclose(got, wanted[1:], rtol=1e-9)
    assert_allclose(got[-1] - got[-2], -rate * slope / (1 - momentum), rtol=1e-6)


@pytest.mark.judge("eq-rmsprop", "law")
@given(st.lists(slopes, min_size=2, max_size=20), st.floats(0.1, 0.99), st.floats(0.5, 1000))
def test_rmsprop_does_not_care_in_which_unit_the_slope_is_measured(gradients, rho, unit):
    one = path(RMSprop(0.1, rho=rho), gradients)
    other = path(RMSprop(0.1, rho=rho), [unit * g for g in gradients])
    assert_allclose(one, other, atol=2e-2 * abs(np.array(one)).max() + 1e-3)


@given(slopes, st.floats(0.1, 0.98))
@settings(max_examples=20)
def test_rmsprop_on_an_even_slope_begins_with_a_step_1_over_root_1_minus_rho_and_ends_with_the_rate(
    slope, rho
):
    got = np.diff([0, *path(RMSprop(0.1, rho=rho), [slope] * 500)])
    sign = -np.sign(slope)
    assert_allclose(got[0], sign * 0.1 / (1 - rho) ** 0.5, rtol=0.06)
    assert_allclose(got[-1], sign * 0.1, rtol=1e-3)
    assert (np.diff(abs(got)) <= 1e-12).all()


@pytest.mark.judge("eq-adam", "law")
@given(slopes, st.floats(0, 0.95), st.floats(0, 0.999))
def test_adam_on_an_even_slope_makes_every_step_as_long_as_the_rate(slope, beta1, beta2):
    """That is what the correction is for: without it the first steps would be far too small or too large."""
    got = path(Adam(0.1, beta1=beta1, beta2=beta2), [slope] * 30)
    assert_allclose(got, -np.sign(slope) * 0.1 * np.arange(1, 31), rtol=1e-3)


@given(st.lists(slopes, min_size=1, max_size=20), st.floats(1, 1000))
def test_adam_does_not_care_in_which_unit_the_slope_is_measured(gradients, unit):
    one, other = path(Adam(0.1), gradients), path(Adam(0.1), [unit * g for g in gradients])
    assert_allclose(one, other, atol=1e-2)


def test_adam_without_memory_follows_the_sign():
    assert_allclose(path(Adam(0.5, beta1=0, beta2=0), [3, -0.01, 8]), [-0.5, 0, -0.5], atol=1e-4)


# Arrays


@every_rule
def test_parameters_change_in_place_and_slopes_not_at_all(rule, rng):
    step = RULES[rule][0](0.125)
    w, g = rng.normal(size=(2, 3)).astype(np.float32), rng.normal(size=(2, 3)).astype(np.float32)
    given, before, slope = w, w.copy(), g.copy()
    for _ in range(3):
        step([w], [g])
    assert w is given
    assert w.dtype == np.float32
    assert (w != before).all()
    assert_array_equal(g, slope)


@every_rule
def test_each_array_goes_its_own_way_as_it_would_alone(rule, rng):
    gradients = rng.normal(size=(5, 2))
    together, alone = [np.zeros(1), np.zeros((1, 1))], [np.zeros(1), np.zeros((1, 1))]
    step, steps = RULES[rule][0](0.25), [RULES[rule][0](0.25) for _ in range(2)]
    for pair in gradients:
        step(together, [np.full(w.shape, g) for w, g in zip(together, pair, strict=True)])
        for w, g, single in zip(alone, pair, steps, strict=True):
            single([w], [np.full(w.shape, g)])
    for one, other in zip(together, alone, strict=True):
        assert_array_equal(one, other)


@every_rule
def test_a_slope_of_nothing_moves_nothing_at_the_start(rule):
    assert path(RULES[rule][0](0.25), [0, 0]) == [0, 0]


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: SGD(0), ValueError, "learning_rate must be above 0, got 0"),
        (lambda: SGD("fast"), TypeError, "learning_rate must be a number, got 'fast'"),
        (lambda: RMSprop(-1), ValueError, "learning_rate must be above 0, got -1"),
        (lambda: Adam(np.nan), ValueError, "learning_rate must be finite, got nan"),
        (
            lambda: SGD(momentum=1),
            ValueError,
            "momentum must be below 1, got 1: with 1 the past would never f",
        ),
        (lambda: SGD(momentum=-0.5), ValueError, "momentum must be at least 0, got -0.5"),
        (lambda: RMSprop(rho=1.5), ValueError, "rho must be below 1, got 1.5: with 1 the past would never"),
        (lambda: Adam(beta1=1), ValueError, "beta1 must be below 1, got 1: with 1"),
        (lambda: Adam(beta2=2), ValueError, "beta2 must be below 1, got 2: with 1"),
        (lambda: Adam(beta2=None), TypeError, "beta2 must be a number, got None"),
    ],
)
def test_a_bad_option_is_explained(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule != "SGD"])
def test_an_optimizer_that_served_another_network_is_refused(rule):
    step = RULES[rule][0](0.1)
    step([np.zeros(2)], [np.ones(2)])
    for other in ([np.zeros(3)], [np.zeros((2, 1))], [np.zeros(2), np.zeros(1)]):
        with pytest.raises(ValueError, match="remembers the steps of another network: make a new one"):
            step(other, [np.ones_like(w) for w in other])


@every_rule
def test_slopes_that_are_missing_are_noticed(rule):
    with pytest.raises(ValueError, match="zip"):
        RULES[rule][0](0.1)([np.zeros(2), np.zeros(2)], [np.zeros(2)])
