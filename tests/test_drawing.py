"""drawing.py against lines drawn on squared paper, OpenCV, SciPy, MNIST itself, and the laws of a line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_mnist
from cvlessons.drawing import (
    centre_of_mass,
    draw_box,
    draw_strokes,
    line_pixels,
    mnist_digit,
    text_origin,
)

places = st.integers(-60, 60)
BLANK = np.zeros((60, 80, 3), np.uint8)


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-drawing-line", "hand")
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 0), (7, 3), [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 3)]),
        ((0, 0), (3, 7), [(0, 0), (0, 1), (1, 2), (1, 3), (2, 4), (2, 5), (3, 6), (3, 7)]),
        ((5, 5), (2, 6), [(5, 5), (4, 5), (3, 6), (2, 6)]),
        ((1, 4), (1, 1), [(1, 4), (1, 3), (1, 2), (1, 1)]),
        ((0, 0), (-3, -3), [(0, 0), (-1, -1), (-2, -2), (-3, -3)]),
        ((2, 2), (2, 2), [(2, 2)]),
        ((0, 0), (2, 1), [(0, 0), (1, 0), (2, 1)]),  # a tie at the middle: it stays in its row
    ],
)
def test_lines_drawn_on_squared_paper(start, end, expected):
    assert line_pixels(start, end).tolist() == [list(pixel) for pixel in expected]


@pytest.mark.judge("eq-drawing-line", "library")
def test_lines_are_those_of_opencv_from_left_to_right():
    cv2 = pytest.importorskip("cv2")
    for x, y in np.ndindex(25, 25):
        end = (max(x, 12), y)  # OpenCV draws from left to right, whichever end is named first
        theirs, ours = np.zeros((2, 25, 25), np.uint8)
        cv2.line(theirs, (12, 12), end, 1, lineType=cv2.LINE_8)
        ours[tuple(line_pixels((12, 12), end)[:, ::-1].T)] = 1
        assert_array_equal(ours, theirs, str(end))


@pytest.mark.judge("eq-drawing-line", "law")
@given(places, places, places, places)
def test_a_line_is_whole_and_next_to_the_true_one(x0, y0, x1, y1):
    pixels = line_pixels((x0, y0), (x1, y1))
    length = max(abs(x1 - x0), abs(y1 - y0))
    assert pixels.shape == (length + 1, 2)
    assert pixels[0].tolist() == [x0, y0]
    assert pixels[-1].tolist() == [x1, y1]
    if length:
        assert np.all(np.abs(np.diff(pixels, axis=0)).max(axis=1) == 1)  # every pixel touches the next
        true = np.linspace((x0, y0), (x1, y1), length + 1)
        assert np.abs(pixels - true).max() <= 0.5 + 1e-9
    assert_array_equal(line_pixels((-x0, y0), (-x1, y1)), pixels * [-1, 1])
    assert_array_equal(line_pixels((y0, x0), (y1, x1)), pixels[:, ::-1])


@pytest.mark.judge("eq-drawing-centre", "hand")
def test_centres_worked_by_hand():
    assert centre_of_mass([[0, 0], [0, 7]]) == (1, 1)
    # weights 1, 2, 3 at (0, 0), (1, 0), (0, 1): x = 2 / 6, y = 3 / 6
    assert_allclose(centre_of_mass([[1, 2], [3, 0]]), (2 / 6, 3 / 6))


@pytest.mark.judge("eq-drawing-centre", "library")
def test_centres_agree_with_opencv_and_scipy(rng):
    cv2 = pytest.importorskip("cv2")
    ndimage = pytest.importorskip("scipy.ndimage")
    image = rng.integers(0, 256, size=(20, 31), dtype=np.uint8)
    moments = cv2.moments(image)
    ours = centre_of_mass(image)
    assert_allclose(ours, (moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]))
    assert_allclose(ours[::-1], ndimage.center_of_mass(image))


@pytest.mark.judge("eq-drawing-centre", "law")
@given(st.integers(0, 10), st.integers(0, 12), st.floats(0.1, 9))
def test_the_centre_moves_with_the_picture_and_ignores_brightness(down, right, brightness):
    image = np.zeros((15, 18))
    image[:4, :5] = np.arange(20).reshape(4, 5)
    x, y = centre_of_mass(image)
    moved = np.roll(brightness * image, (down, right), axis=(0, 1))
    assert_allclose(centre_of_mass(moved), (x + right, y + down))
    assert_allclose(centre_of_mass(image[:, ::-1]), (17 - x, y))


# ---- text and boxes -------------------------------------------------------------------------------


@pytest.mark.parametrize(("scale", "thickness"), [(1, 1), (2.5, 3)])
def test_text_is_centred(scale, thickness):
    cv2 = pytest.importorskip("cv2")
    field = np.zeros((200, 400), np.uint8)
    origin = text_origin("HOH", (200, 100), scale=scale, thickness=thickness)
    cv2.putText(field, "HOH", origin, cv2.FONT_HERSHEY_SIMPLEX, scale, 255, thickness)
    rows, columns = np.nonzero(field)
    assert abs((columns.min() + columns.max()) / 2 - 200) <= 2 * scale
    assert abs((rows.min() + rows.max()) / 2 - 100) <= 2 * scale


def test_a_box_is_drawn_on_a_copy():
    image = BLANK.copy()
    drawn = draw_box(image, (10.2, 29.8, 70, 55), "cat", colour=(1, 2, 3), thickness=1)
    assert not image.any()
    frame = np.all(drawn == (1, 2, 3), axis=2)
    assert frame[30, 10:71].all()
    assert frame[55, 10:71].all()
    assert frame[30:56, 10].all()
    assert frame[30:56, 70].all()
    assert not frame[40:55, 12:69].any()


@pytest.mark.parametrize(("top", "filled", "free"), [(30, 20, 38), (0, 8, 30)])
def test_the_plate_is_above_the_box_or_at_its_top(top, filled, free):
    drawn = draw_box(BLANK, (10, top, 70, 55), "cat", colour=(9, 9, 9))
    assert drawn[filled, 14:30].any(axis=1).all()
    assert not drawn[free, 14:30].any()


@pytest.mark.parametrize(("colour", "ink"), [((255, 255, 0), 0), ((0, 0, 255), 255)])
def test_the_ink_stands_out_from_the_plate(colour, ink):
    drawn = draw_box(np.full((60, 90, 3), 127, np.uint8), (10, 30, 80, 55), "HHH", colour=colour, scale=0.8)
    label = drawn[10:30, 12:40].reshape(-1, 3).astype(int)
    assert np.abs(label - ink).sum(axis=1).min() < 60


# ---- digits ---------------------------------------------------------------------------------------


def test_strokes_are_lines_of_their_width():
    pad = draw_strokes([[(20, 10), (20, 50)], [(60, 40), (90, 40)]], size=100, width=5)
    assert pad.shape == (100, 100)
    assert pad.dtype == np.uint8
    assert pad[30, 20] == pad[40, 75] == 255
    assert not pad[:, 40:50].any()
    assert 4 <= np.count_nonzero(pad[30, :40] > 127) <= 7
    assert not pad[70:].any()


def test_a_single_point_is_a_dot_and_an_array_of_strokes_is_taken():
    dot = draw_strokes([[(30, 20)]], size=64, width=8)
    assert_allclose(centre_of_mass(dot), (30, 20), atol=0.1)
    assert dot[20, 30] == 255
    assert 40 <= np.count_nonzero(dot > 127) <= 90
    two = np.array([[(5, 5), (9, 5)], [(30, 20), (30, 40)]])
    assert_array_equal(draw_strokes(two), draw_strokes(list(two)))


def test_strokes_keep_fractions_of_a_pixel():
    for x in (30, 30.25, 30.5):
        assert abs(centre_of_mass(draw_strokes([[(x, 10), (x, 50)]], size=64))[0] - x) < 0.05


@pytest.mark.parametrize("shape", [(3, 40), (40, 3), (20, 20), (1, 1), (200, 7), (240, 4)])
def test_a_digit_has_the_form_of_mnist(shape):
    drawing = np.zeros((250, 300), np.uint8)
    drawing[7 : 7 + shape[0], 11 : 11 + shape[1]] = 200
    digit = mnist_digit(drawing)
    assert digit.shape == (28, 28)
    assert digit.dtype == np.uint8
    rows, columns = np.nonzero(digit)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert np.all(np.abs(np.subtract(centre_of_mass(digit), 14)) <= 0.5)


def test_digits_of_mnist_stay_as_they_are():
    (x_train, _), _ = load_mnist()
    same = [np.array_equal(mnist_digit(digit), digit) for digit in x_train[:200]]
    assert np.mean(same) > 0.9  # in others the centre lies half-way between two pixels


def test_a_digit_is_the_same_wherever_it_is_written():
    strokes = np.array([(30, 30), (90, 40), (60, 100)])
    one = mnist_digit(draw_strokes([strokes], width=9))
    other = mnist_digit(draw_strokes([np.add(strokes, [130, 90])], width=9))
    assert_array_equal(one, other)


def test_a_heavy_end_cannot_push_the_digit_out():
    drawing = np.zeros((200, 200), np.uint8)
    drawing[0, 0] = 1
    drawing[180:200, 180:200] = 255
    digit = mnist_digit(drawing)
    assert digit[digit > 0].size > 0
    assert digit.sum() > 0.9 * 255 * 4


# ---- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: line_pixels((0, 0.5), (1, 1)), ValueError, r"start must be whole numbers, got \[0.0, 0.5\]"),
        (lambda: line_pixels((0, 0), (1,)), ValueError, r"end has shape \(2,\), got \(1,\): x and y"),
        (lambda: line_pixels("ab", (1, 1)), TypeError, "start must hold real numbers"),
        (lambda: centre_of_mass([[0, 0]]), ValueError, "image must not be all black"),
        (lambda: centre_of_mass([[1, -2]]), ValueError, "no brightness below 0, got -2: shift it up"),
        (lambda: centre_of_mass([1, 2]), ValueError, r"image has shape \(height, width\), got \(2,\)"),
        (lambda: text_origin("ü", (0, 0)), ValueError, "one line of ASCII, got 'ü': .* draw it with Pillow"),
        (lambda: text_origin("a\nb", (0, 0)), ValueError, r"one line of ASCII, got 'a\\nb'"),
        (
            lambda: text_origin("a", (1e7, 0)),
            ValueError,
            r"centre must lie within 1000000 pixels, got 1e\+07",
        ),
        (lambda: text_origin("a", (0, 0), scale=101), ValueError, "scale must be at most 100, got 101"),
        (lambda: line_pixels((0, 0), (0, -1e300)), ValueError, "end must lie within 1000000 pixels"),
        (lambda: draw_box(BLANK[:0], (0, 0, 9, 9), "a"), TypeError, r"image must be uint8 .* \(0, 80, 3\)"),
        (lambda: draw_box(BLANK, (0, 0, 1e12, 9), "a"), ValueError, "box must lie within 1000000 pixels"),
        (
            lambda: draw_box(BLANK, (0, 0, 9, 9), "a", colour=(300, 0, 0)),
            ValueError,
            "colour must lie between 0 and 255, got .300",
        ),
        (
            lambda: draw_box(BLANK, (0, 0, 9, 9), "a", colour=(-1, 0, 0)),
            ValueError,
            "colour must lie between 0 and 255, got .-1",
        ),
        (
            lambda: draw_box(BLANK, (0, 0, 9, 9), "a", thickness=32768),
            ValueError,
            "thickness must be at most 32767, got 32768",
        ),
        (lambda: draw_strokes(5), TypeError, "strokes must be a list of arrays of points, got 5: one for"),
        (lambda: draw_strokes(np.zeros((3, 2))), TypeError, "strokes must be a list of arrays of points"),
        (lambda: draw_strokes([[(1e9, 5)]]), ValueError, "a stroke must lie within 1000000 pixels"),
        (
            lambda: mnist_digit(np.eye(1000, dtype=np.uint8)),
            ValueError,
            r"drawing is too thin: nothing is left of \(1000, 1000\)",
        ),
        (lambda: text_origin(5, (0, 0)), ValueError, "one line of ASCII, got 5"),
        (lambda: text_origin("a", (0, 0, 0)), ValueError, r"centre has shape \(2,\), got \(3,\)"),
        (lambda: text_origin("a", (0, 0), scale=0), ValueError, "scale must be above 0, got 0"),
        (lambda: text_origin("a", (0, 0), thickness=0), ValueError, "thickness must be at least 1, got 0"),
        (lambda: draw_box(BLANK[..., 0], (0, 0, 9, 9), "a"), TypeError, "uint8 of shape .*COLOR_GRAY2RGB"),
        (lambda: draw_box(BLANK / 255, (0, 0, 9, 9), "a"), TypeError, "must be uint8 .*, got float64"),
        (lambda: draw_box(BLANK, (9, 0, 3, 9), "a"), ValueError, "left < right and top < bottom, got"),
        (lambda: draw_box(BLANK, (0, 9, 9, 9), "a"), ValueError, "is it x, y, width, height?"),
        (lambda: draw_box(BLANK, (0, 9, 9), "a"), ValueError, r"box has shape \(4,\), got \(3,\): left, top"),
        (lambda: draw_box(BLANK, (0, 0, 9, 9), "€"), ValueError, "one line of ASCII"),
        (
            lambda: draw_box(BLANK, (0, 0, 9, 9), "a", colour=3),
            ValueError,
            r"colour has shape \(3,\), got \(\)",
        ),
        (
            lambda: draw_box(BLANK, (0, 0, 9, 9), "a", thickness=-1),
            ValueError,
            "thickness must be at least 1",
        ),
        (lambda: draw_box(BLANK, (0, 0, 9, 9), "a", scale=-1), ValueError, "scale must be above 0"),
        (lambda: draw_strokes([]), ValueError, "strokes is empty: draw at least one"),
        (lambda: draw_strokes([[1, 2]]), ValueError, r"a stroke has shape \(points, 2\), got \(2,\)"),
        (lambda: draw_strokes([[(1, 2)]], size=0), ValueError, "size must be at least 1, got 0"),
        (lambda: draw_strokes([[(1, 2)]], width=1.5), TypeError, "width must be a whole number, got 1.5"),
        (lambda: mnist_digit(np.zeros((9, 9))), TypeError, "drawing must be uint8 .*, got float64"),
        (lambda: mnist_digit(BLANK), TypeError, r"of shape \(height, width\), got uint8 of \(60, 80, 3\)"),
        (lambda: mnist_digit(BLANK[..., 0]), ValueError, "drawing must not be all black"),
    ],
)
def test_mistakes_are_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
