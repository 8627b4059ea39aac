"""_validate.py: what goes through unchanged, and what every refusal says."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number

floats = hnp.arrays(np.float64, hnp.array_shapes(max_dims=3), elements=st.floats(-1e300, 1e300))


@given(floats)
def test_finite_floats_go_through_as_they_are(array):
    got = checked_array(array, "x", array.shape)
    assert got.dtype == np.float64
    assert np.shares_memory(got, array)
    np.testing.assert_array_equal(got, array)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int64, np.float16, np.float64, ">f4"])
def test_other_numbers_become_float64(dtype):
    got = checked_array(np.array([0, 1], dtype), "x")
    assert got.dtype == np.float64
    assert got.tolist() == [0, 1]


def test_float32_stays_float32_and_is_not_copied():
    array = np.ones(3, np.float32)
    got = checked_array(array, "x", ("n",))
    assert got.dtype == np.float32
    assert np.shares_memory(got, array)


def test_lists_and_single_numbers_are_arrays():
    assert checked_array([[1, 2]], "x", (1, 2)).tolist() == [[1, 2]]
    assert checked_array(3, "x", ()).shape == ()
    assert checked_array(3, "x").tolist() == 3


@pytest.mark.parametrize(
    ("value", "shape", "message"),
    [
        ([1, 2], (3,), "x has shape (3,), got (2,)"),
        ([1, 2], ("n", 2), "x has shape (n, 2), got (2,)"),
        ([[1, 2]], ("height", "width", 3), "x has shape (height, width, 3), got (1, 2)"),
        ([[1, 2]], (), "x has shape (), got (1, 2)"),
        ([], ("n",), "x is empty (shape (0,)): give at least one number"),
        (np.ones((2, 0)), None, "x is empty (shape (2, 0)): give at least one number"),
        (
            [[1], [2, 3]],
            None,
            "x must be a regular array, got [[1], [2, 3]]: make every row as long as the first",
        ),
        (
            [[1, np.inf], [np.nan, 2]],
            None,
            "x must hold finite numbers, got inf at index (0, 1): find out which step made it, or replace it",
        ),
        (
            np.array([1, -np.inf], np.float32),
            None,
            "x must hold finite numbers, got -inf at index (1,): find out which step made it, or replace it",
        ),
    ],
)
def test_an_array_of_the_wrong_kind_is_explained(value, shape, message):
    with pytest.raises(ValueError, match="x") as caught:
        checked_array(value, "x", shape)
    assert str(caught.value) == message


def test_the_cure_follows_the_shape():
    with pytest.raises(ValueError, match=r"^w has shape \(2,\), got \(3,\): one weight for each input$"):
        checked_array([1, 2, 3], "w", (2,), hint="one weight for each input")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (["a", "b"], "x must hold real numbers, got <U1 in ['a', 'b']"),
        (None, "x must hold real numbers, got object in None"),
        (1j, "x must hold real numbers, got complex128 in 1j"),
        # A matrix prints in rows: the message is one line all the same, and no longer than need be.
        (np.full((2, 1), 1j), "x must hold real numbers, got complex128 in array([[0.+1.j], [0.+1.j]])"),
        (["a" * 99], "x must hold real numbers, got <U99 in ['" + "a" * 58),
    ],
)
def test_what_is_not_a_number_is_explained(value, message):
    with pytest.raises(TypeError, match="x") as caught:
        checked_array(value, "x")
    assert str(caught.value) == message


@pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
def test_a_whole_number_becomes_an_int(value):
    got = checked_int(value, "steps", minimum=3)
    assert type(got) is int
    assert got == 3


@pytest.mark.parametrize("value", [3.0, "3", None, True, np.True_, [3]])
def test_what_is_no_whole_number_is_explained(value):
    with pytest.raises(TypeError, match=r"^steps must be a whole number, got .*: use an int$"):
        checked_int(value, "steps", minimum=0)


def test_a_whole_number_too_small_is_explained():
    with pytest.raises(ValueError, match=r"^steps must be at least 1, got 0$"):
        checked_int(0, "steps", minimum=1)


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.int8(1), Fraction(2, 2)])
def test_a_number_becomes_a_float(value):
    got = checked_number(value, "alpha", above=0, minimum=1, maximum=1)
    assert type(got) is float
    assert got == 1


@pytest.mark.parametrize("value", ["1", None, False, 1j, np.ones(2)])
def test_what_is_no_number_is_explained(value):
    with pytest.raises(TypeError, match=r"^alpha must be a number, got .*: use an int or a float$"):
        checked_number(value, "alpha")


@pytest.mark.parametrize(
    ("value", "bounds", "rule"),
    [
        (np.nan, {}, "finite"),
        (-np.inf, {"maximum": 0}, "finite"),
        (10**400, {}, "finite"),
        (0, {"above": 0}, "above 0"),
        (-0.1, {"minimum": 0}, "at least 0"),
        (1.1, {"maximum": 1}, "at most 1"),
    ],
)
def test_a_number_out_of_bounds_is_explained(value, bounds, rule):
    with pytest.raises(ValueError, match="alpha") as caught:
        checked_number(value, "alpha", **bounds)
    assert str(caught.value) == f"alpha must be {rule}, got {value}"


@pytest.mark.parametrize("choices", [["max", "average"], {"max": 1, "average": 2}])
def test_one_of_the_choices_goes_through(choices):
    assert checked_choice("max", "kind", choices) == "max"


@pytest.mark.parametrize("choices", [["max", "average"], {"max": 1, "average": 2}])
@pytest.mark.parametrize("value", ["min", 3, ["max"], np.array(["max", "max"])])
def test_none_of_the_choices_is_explained(choices, value):
    with pytest.raises(ValueError, match="kind") as caught:
        checked_choice(value, "kind", choices)
    assert str(caught.value) == f"kind must be one of 'max', 'average', got {value!r}"


def test_a_mask_is_not_dropped_in_silence():
    with pytest.raises(ValueError, match=r"^x must hold no masked entries, .*: fill them, x.filled\(0\)$"):
        checked_array(np.ma.array([1.0, 2.0], mask=[False, True]), "x")
    assert checked_array(np.ma.array([1.0, 2.0]), "x").tolist() == [1, 2]


@pytest.mark.skipif(np.finfo(np.longdouble).max <= np.finfo(np.float64).max, reason="longdouble is float64")
def test_a_longdouble_beyond_float64_is_explained():
    with pytest.raises(ValueError, match=r"^x must hold finite numbers, got inf at index"):
        checked_array([np.longdouble("1e4000")], "x")
