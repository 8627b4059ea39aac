"""exercise.py: it calls right what is right, says what is wrong, and never fails on the reader's answer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvlessons.exercise import check

DOTS = "Not yet: write your answer in place of the dots."


@pytest.fixture
def said(capsys):
    """Return what `check` prints."""

    def run(*arguments, **options):
        assert check(*arguments, **options) is None
        return capsys.readouterr().out.removesuffix("\n")

    return run


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (4, 4),
        (4, 4.0),
        (True, 1),
        (np.float32(0.1), 0.1),
        (1e9 + 1, 1e9),  # within the relative tolerance
        (1e-7, 0),  # within the absolute one
        (np.inf, np.inf),
        ("sigmoid", "sigmoid"),
        ((2, 3), (2, 3)),
        ([2, 3], (2, 3)),
        (np.array([2, 3]), (2, 3)),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
        ((np.ones((2, 3)), np.ones(2)), (np.ones((2, 3)), np.ones(2))),
        ([("a", 1), ("b", 2)], [("a", 1), ("b", 2)]),
        (lambda: 4, 4),
    ],
)
def test_a_right_answer(said, answer, expected):
    assert said(answer, expected) == "Right."


@pytest.mark.parametrize(
    ("answer", "expected", "message"),
    [
        (5, 4, "your answer is 5, and 4 is right."),
        (np.float64(2.5), 4, "your answer is 2.5, and 4 is right."),
        (np.nan, 4, "your answer is nan, and 4 is right."),
        ("4", 4, "your answer is '4', and 4 is right."),
        (4, "4", "your answer is 4, and '4' is right."),
        (np.array(["relu"]), "relu", "your answer is ['relu'], and 'relu' is right."),
        (4 + 1j, 4, "your answer is (4+1j), and 4 is right."),
        (4, [4], "your answer is 4, and [4] is right."),
        (np.array(4), [4], "your answer is 4, and [4] is right."),
        ([4], 4, "your answer is [4], and 4 is right."),
        ((4,), 4, "your answer is (4,), and 4 is right."),
        ([[1], [2, 3]], np.array([1, 2]), "your answer is [[1], [2, 3]], and [1, 2] is right."),
        ([[1], [2, 3]], (1, 2), "your answer is [[1], [2, 3]], and (1, 2) is right."),
        ([np.float64(1), 2], [1, 3], "your answer is [1.0, 2], and [1, 3] is right."),
        ((2, 3, 1), (2, 3), "your answer is (2, 3, 1), and (2, 3) is right."),
        (np.ones(2), np.ones((2, 1)), "your answer is [1., 1.], and [[1.],\n [1.]] is right."),
        (lambda: 5, 4, "for () your function gives 5, and 4 is right."),
    ],
)
def test_a_wrong_answer_is_shown_beside_the_right_one(said, answer, expected, message):
    assert said(answer, expected) == f"Not yet: {message}"


@pytest.mark.parametrize("answer", [..., None, lambda: ...])
def test_an_answer_not_yet_written(said, answer):
    assert said(answer, 4) == DOTS


def test_a_function_that_forgets_return(said):
    assert said(lambda a: None, cases=[((1,), 4)]) == (
        "Not yet: for (1,) your function gives nothing back: end it with return."
    )


def test_the_first_case_that_shows_it(said):
    cases = [((2, 2), 4), ((2, 3), 6), ((3, 3), 9)]
    assert said(lambda a, b: a * b, cases=cases) == "Right."
    assert said(lambda a, b: a + b, cases=cases) == (
        "Not yet: for (2, 3) your function gives 5, and 6 is right."
    )


@pytest.mark.parametrize(
    ("function", "what"),
    [
        (lambda x: x / 0, "ZeroDivisionError: division by zero"),
        (lambda: 0, "TypeError: "),
        (lambda x: [][x], "IndexError: list index out of range"),
        (lambda x: next(iter([])), "StopIteration"),
    ],
)
def test_a_function_that_stops_becomes_a_sentence(said, function, what):
    message = said(function, cases=[((1,), 1)])
    assert message.startswith(f"Not yet: for (1,) your function stopped with {what}")
    assert message == message.strip()
    assert "Traceback" not in message


def test_a_function_that_writes_into_its_argument_spoils_nothing(said):
    def double(x):
        x *= 2
        return x

    x = np.array([1.0, 2.0])
    cases = [((x,), 2 * x), ((x,), 2 * x + 1)]
    assert said(double, cases=cases) == (
        "Not yet: for ([1., 2.],) your function gives [2., 4.], and [3., 5.] is right."
    )
    assert x.tolist() == [1, 2]


def test_a_function_among_the_arguments_is_called_by_its_name(said):
    """Its repr holds an address in memory, another one in every run."""

    def slope(w):
        return 2 * w

    assert said(lambda f, w: f(w) + 1, cases=[((slope, 3), 6)]) == (
        "Not yet: for (slope, 3) your function gives 7, and 6 is right."
    )


@given(st.floats(-1e6, 1e6), st.floats(1e-9, 1e-1))
def test_the_tolerance_is_relative_and_absolute(expected, tolerance):
    import contextlib
    import io

    allowed = tolerance * (1 + abs(expected))
    for factor, right in ((0.99, True), (1.01, False)):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            check(expected + factor * allowed, expected, tolerance=tolerance)
        assert (printed.getvalue() == "Right.\n") is right


@pytest.mark.parametrize("options", [{}, {"cases": []}, {"expected": 4, "cases": [((), 4)]}])
def test_a_check_that_could_not_fail_is_refused(options):
    with pytest.raises(ValueError, match="needs the expected value, or at least one case, and not both"):
        check(4, **options)


def test_an_expected_array_of_zeros_is_still_an_expectation(said):
    assert said(np.ones(2), np.zeros(2)) == "Not yet: your answer is [1., 1.], and [0., 0.] is right."
    assert said(0, 0) == "Right."


def test_an_answer_further_off_than_any_float_gets_a_sentence(capsys):
    check(1.7e308, -1.7e308)
    assert capsys.readouterr().out == "Not yet: your answer is 1.7e+308, and -1.7e+308 is right.\n"


class Stubborn:
    def __repr__(self):
        raise RuntimeError

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError


@pytest.mark.parametrize(
    ("answer", "kind"), [(10**5000, "int"), (Stubborn(), "Stubborn")], ids=["int", "object"]
)
def test_an_answer_that_cannot_be_written_down_gets_a_sentence(capsys, answer, kind):
    check(answer, 4)
    said = capsys.readouterr().out
    assert said == f"Not yet: your answer is a {kind} that cannot be written down, and 4 is right.\n"
