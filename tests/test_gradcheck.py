"""gradcheck.py against differences worked by hand, SciPy and TensorFlow, and the laws of differences."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.gradcheck import GradientError, check_gradient, gradient_error, numerical_gradient

slopes = st.floats(-1e6, 1e6)


def squares(x):
    return np.sum(x**2)


def twice(x):
    return 2 * x


@pytest.mark.judge("eq-central-difference", "hand")
def test_a_cube_worked_by_hand():
    # (2.5³ - 1.5³) / 1 = 15.625 - 3.375 = 12.25, a quarter (the step squared) above the slope 12
    assert numerical_gradient(lambda x: x**3, 2.0, step=0.5) == 12.25


@pytest.mark.judge("eq-central-difference", "library")
def test_the_differences_are_those_of_scipy():
    differentiate = pytest.importorskip("scipy.differentiate")
    for step in (0.1, 1e-3):
        options = {"maxiter": 1, "order": 2, "initial_step": step}
        theirs = differentiate.derivative(np.exp, 0.7, **options).df
        assert_allclose(numerical_gradient(np.exp, 0.7, step=step), theirs, rtol=1e-9)


@pytest.mark.judge("eq-central-difference", "law")
@given(arrays(np.float64, array_shapes(max_dims=3, max_side=3), elements=st.floats(-10, 10)))
def test_the_differences_are_exact_on_parabolas_for_any_step_and_shape(x):
    curvature = np.cos(np.arange(x.size)).reshape(x.shape)
    for step in (1e-2, 1.0, 30.0):
        measured = numerical_gradient(lambda x: np.sum(curvature * x**2 + x), x, step=step)
        assert_allclose(measured, 2 * curvature * x + 1, rtol=1e-8, atol=1e-8)


def test_half_the_step_leaves_a_quarter_of_the_error():
    errors = [numerical_gradient(np.sin, 1.0, step=step) - np.cos(1.0) for step in (0.02, 0.01)]
    assert_allclose(errors[0] / errors[1], 4, rtol=1e-4)


def test_f_is_called_twice_for_each_entry():
    """Why nobody trains with it: backpropagation needs one pass for all of them."""
    calls = []
    numerical_gradient(lambda x: calls.append(x) or 0, np.ones((3, 4)))
    assert len(calls) == 24


def test_a_step_rounded_beside_a_large_number_spoils_nothing():
    """Beside 1e8 the step 1e-6 becomes 1.0058e-06: divided by the plain step, 2 would come out as 2.01."""
    assert_allclose(numerical_gradient(lambda x: 2 * (x - 1e8), 1e8), 2, rtol=1e-12)


def test_the_point_is_left_as_it_was_even_by_a_function_that_writes_into_it():
    x = np.array([1.0, 2.0])

    def writes(x):
        x *= x
        return x.sum()

    assert_allclose(numerical_gradient(writes, x), [2, 4], rtol=1e-6)
    assert check_gradient(writes, lambda x: np.multiply(x, 2, out=x), x) < 1e-6
    assert_array_equal(x, [1, 2])  # neither f nor the gradient got the original


def test_float32_is_measured_in_float64():
    """In float32 a step of 1e-6 around 1 has a rounding error of 5 %."""
    x = np.array([1.0, 0.1], np.float32)
    measured = numerical_gradient(squares, x)
    assert measured.dtype == np.float64
    assert_allclose(measured, 2 * x.astype(np.float64), rtol=1e-9)


def test_the_step_is_small_unless_told_otherwise():
    assert_allclose(numerical_gradient(np.exp, 0.0), 1, rtol=1e-9)
    assert check_gradient(np.exp, np.exp, 0.0) < 1e-9


def test_gradients_are_checked_in_float64_even_at_float32_points():
    x, seen = np.array([0.1, 0.7], np.float32), []
    assert check_gradient(squares, lambda x: seen.append(x.dtype) or 2 * x, x) < 1e-9
    assert seen == [np.float64]
    assert gradient_error(x, 2 * x).dtype == np.float64


@pytest.mark.judge("eq-gradient-error", "hand")
def test_errors_worked_by_hand():
    # |1.99 - 2.99| / (2.99 + 0.01) = 1/3; |0.03 - (-0.01)| / (0.03 + 0.01) = 1; equal entries: 0
    errors = gradient_error([[1.99, 0.03], [7, 0]], [[2.99, -0.01], [7, 0]])
    assert_allclose(errors, [[1 / 3, 1], [0, 0]], rtol=1e-12)
    assert gradient_error(1.0, 3.0, floor=1) == 0.5


@pytest.mark.judge("eq-gradient-error", "library")
def test_an_entry_passes_when_tensorflow_calls_it_near(rng):
    tf = pytest.importorskip("tensorflow")
    rtol, atol = 1e-2, 1e-3

    def near(a, b):
        """TensorFlow's rule: |a - b| <= atol + rtol |b|."""
        try:
            tf.debugging.assert_near(tf.constant(a), tf.constant(b), rtol=rtol, atol=atol)
        except tf.errors.InvalidArgumentError:
            return False
        return True

    verdicts = []
    for a in rng.normal(size=200) * 10.0 ** rng.integers(-5, 3, 200):
        b = a + rng.normal() * (atol + rtol * abs(a))
        verdicts.append(bool(gradient_error(a, b, floor=atol / rtol) <= rtol))
        assert verdicts[-1] == (near(a, b) or near(b, a))
    assert 50 < sum(verdicts) < 190


@pytest.mark.judge("eq-gradient-error", "law")
@given(slopes, slopes)
def test_the_error_is_symmetric_between_0_and_2_and_relative_for_large_slopes(a, b):
    error = gradient_error(a, b)
    assert error == gradient_error(b, a) == gradient_error(-a, -b)
    assert 0 <= error <= 2
    assert (error == 0) == (a == b)
    assume(max(abs(a), abs(b)) > 1)
    assert_allclose(gradient_error(1e6 * a, 1e6 * b), gradient_error(1e7 * a, 1e7 * b), rtol=1e-5)


@pytest.mark.parametrize("gradient", [twice, np.array([[2.0, -4.0, 6.0]])])
def test_a_right_gradient_passes_as_a_function_and_as_an_array(gradient):
    error = check_gradient(squares, gradient, [[1.0, -2.0, 3.0]])
    assert isinstance(error, float)
    assert 0 <= error < 1e-8


def test_the_largest_error_is_returned():
    # entry by entry: 0, and |4 - 4.00002| / (4.00002 + 0.01)
    error = check_gradient(lambda x: 2 * x[0] + 4 * x[1], [2, 4.00002], [0.0, 0.0])
    assert_allclose(error, 0.00002 / 4.01002, rtol=1e-4)


def test_a_wrong_entry_is_named_with_both_values():
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])

    def wrong(x):
        """Off in two entries, the second by more."""
        return 2 * x + np.array([[0, 0, 0.001], [0, 2, 0]])

    with pytest.raises(GradientError) as caught:
        check_gradient(squares, wrong, x)
    error = caught.value
    assert error.index == (1, 1)
    assert error.analytic == 12
    assert_allclose([error.numeric, error.error], [10, 2 / 12.01], rtol=1e-8)
    assert str(error) == (
        "the gradient at index (1, 1) is 12, and the numeric slope there is 10 (error 0.17, at most 1e-05 is "
        "allowed; 2 of 6 entries are off): check the derivation of this entry"
    )
    assert isinstance(error, ValueError)


@given(st.floats(-100, 100), st.floats(1e-4, 1e-1), st.sampled_from([0.5, 2.0]))
def test_the_border_lies_at_atol_plus_rtol_times_the_size(slope, rtol, share):
    """Half the tolerance passes, twice the tolerance does not."""
    atol = rtol / 10
    off = slope + np.copysign(share * (atol + rtol * abs(slope)), -slope)  # towards 0: slope stays larger
    assume(abs(off) <= abs(slope))
    if share < 1:
        assert 0 < check_gradient(lambda x: slope * x, off, 1.0, rtol=rtol, atol=atol) <= rtol
    else:
        with pytest.raises(GradientError):
            check_gradient(lambda x: slope * x, off, 1.0, rtol=rtol, atol=atol)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((squares, []), ValueError, "x is empty"),
        ((squares, [np.nan]), ValueError, r"x must hold finite numbers, got nan at index \(0,\)"),
        ((squares, ["a"]), TypeError, "x must hold real numbers"),
        (("squares", [1.0]), TypeError, "f must be a function of x, got 'squares'"),
        ((lambda x: x, [1.0, 2.0]), TypeError, "f must return one real number, got array.*: sum or average"),
        ((lambda x: "1", [1.0]), TypeError, "f must return one real number, got array.'1'"),
        ((lambda x: np.inf, [1.0]), ValueError, "f must return a finite number, got inf near x: check from"),
    ],
)
def test_bad_input_is_explained(arguments, error, message):
    with pytest.raises(error, match=message):
        numerical_gradient(*arguments)
    with pytest.raises(error, match=message):
        check_gradient(arguments[0], twice, arguments[1])


@pytest.mark.parametrize(
    ("x", "step", "error", "message"),
    [
        (1.0, 0, ValueError, "step must be above 0, got 0"),
        (1.0, "small", TypeError, "step must be a number, got 'small'"),
        (1e12, 1e-6, ValueError, "step must be large enough to change x, got 1e-06 beside 1000000000000.0"),
        (-1e12, 1e-6, ValueError, "step must be large enough to change x"),
    ],
)
def test_a_bad_step_is_explained(x, step, error, message):
    with pytest.raises(error, match=message):
        numerical_gradient(squares, x, step=step)
    with pytest.raises(error, match=message):
        check_gradient(squares, twice, x, step=step)


@pytest.mark.parametrize(
    ("gradient", "options", "error", "message"),
    [
        (lambda x: x.sum(), {}, ValueError, r"gradient has shape \(2,\), got \(\): one slope for each entry"),
        ([2, np.inf], {}, ValueError, "gradient must hold finite numbers, got inf"),
        (None, {}, TypeError, "gradient must hold real numbers"),
        (twice, {"rtol": 0}, ValueError, "rtol must be above 0, got 0"),
        (twice, {"atol": -1}, ValueError, "atol must be above 0, got -1"),
    ],
)
def test_a_bad_gradient_or_tolerance_is_explained(gradient, options, error, message):
    with pytest.raises(error, match=message):
        check_gradient(squares, gradient, [1.0, 2.0], **options)


@pytest.mark.parametrize(
    ("analytic", "numeric", "floor", "message"),
    [
        ([1.0], [1.0, 2.0], 0.01, r"numeric has shape \(1,\), got \(2,\): one slope for each entry"),
        ([np.nan], [1.0], 0.01, "analytic must hold finite numbers"),
        ([1.0], [1.0], 0, "floor must be above 0, got 0"),
    ],
)
def test_bad_errors_are_explained(analytic, numeric, floor, message):
    with pytest.raises(ValueError, match=message):
        gradient_error(analytic, numeric, floor=floor)
