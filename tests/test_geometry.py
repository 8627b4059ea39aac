"""geometry.py against points worked by hand, OpenCV, SciPy, and the laws of lines and inverses."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.geometry import (
    forward_warp,
    homography_from_points,
    interpolate,
    order_corners,
    rotation,
    scaling,
    transform_points,
    translation,
    warp,
)

numbers = st.floats(-50, 50).map(lambda x: round(x, 3))
SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]
TILTED = np.array([[1, 0.2, 3], [-0.1, 0.9, 5], [0.004, 0.002, 1]])


@pytest.fixture
def picture(rng):
    """A smooth picture of 40 x 50."""
    cv2 = pytest.importorskip("cv2")
    noise = rng.uniform(0, 255, size=(40, 50)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), 2)


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-geometry-affine", "hand")
def test_affine_points_worked_by_hand():
    matrix = [[2, 1, 5], [0, 3, -1], [0, 0, 1]]
    # (1, 2): 2 + 2 + 5 and 6 - 1; (0, 0): the shift
    assert_array_equal(transform_points(matrix, [(1, 2), (0, 0)]), [(9, 5), (5, -1)])
    assert_array_equal(transform_points(translation(3, -4), [(1, 1)]), [(4, -3)])
    assert_array_equal(transform_points(scaling(2, -1), [(1, 1)]), [(2, -1)])


@pytest.mark.judge("eq-geometry-affine", "library")
@pytest.mark.judge("eq-geometry-homography", "library")
def test_points_agree_with_opencv(rng):
    cv2 = pytest.importorskip("cv2")
    points = rng.uniform(-20, 20, size=(30, 2))
    affine = np.vstack([rng.normal(size=(2, 3)), [0, 0, 1]])
    assert_allclose(transform_points(affine, points), cv2.transform(points[:, None], affine[:2])[:, 0])
    theirs = cv2.perspectiveTransform(points[:, None], TILTED)[:, 0]
    assert_allclose(transform_points(TILTED, points), theirs)


@pytest.mark.judge("eq-geometry-affine", "law")
@given(numbers, numbers, numbers, numbers, numbers, numbers)
def test_affine_keeps_parallels_and_ratios_on_a_line(a, b, c, d, x, y):
    matrix = [[a, b, x], [c, d, y], [0, 0, 1]]
    start, step, other = np.array([(1, 2), (3, -1), (7, 5)])
    here, end, middle, there, there_end = transform_points(
        matrix, [start, start + step, start + step / 2, other, other + step]
    )
    assert_allclose(end - here, there_end - there, atol=1e-9)
    assert_allclose(middle, (here + end) / 2, atol=1e-9)


@pytest.mark.judge("eq-geometry-homography", "hand")
def test_homography_worked_by_hand():
    # (2, 4): (2 + 1, 4, 0.5 * 2 + 1) = (3, 4, 2)
    assert_array_equal(transform_points([[1, 0, 1], [0, 1, 0], [0.5, 0, 1]], [(2, 4)]), [(1.5, 2)])
    assert_array_equal(transform_points([[2, 0, 0], [0, 2, 0], [0, 0, 2]], [(2, 4)]), [(2, 4)])


@pytest.mark.judge("eq-geometry-homography", "law")
@given(numbers, numbers, numbers, numbers, st.floats(0.1, 0.9))
def test_homography_keeps_lines_straight_and_joins_and_inverts(x0, y0, x1, y1, share):
    ends = np.array([(x0, y0), (x1, y1)])
    between = ends[0] + share * (ends[1] - ends[0])
    a, b, p = transform_points(TILTED, [*ends, between])
    area = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])
    assert abs(area) <= 1e-9 * (1 + np.sum((b - a) ** 2))
    other = rotation(30, (4, 5), scale=2)
    one_by_one = transform_points(other, transform_points(TILTED, ends))
    assert_allclose(one_by_one, transform_points(other @ TILTED, ends), atol=1e-8)
    assert_allclose(transform_points(np.linalg.inv(TILTED), [a, b]), ends, atol=1e-8)
    assert_allclose(transform_points(-3 * TILTED, ends), [a, b], rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-geometry-rotation", "hand")
def test_turns_worked_by_hand():
    # a quarter turn on the screen: right becomes up, which is y less
    assert_allclose(transform_points(rotation(90), [(1, 0), (0, 1)]), [(0, -1), (1, 0)], atol=1e-15)
    assert_allclose(transform_points(rotation(90, (10, 10)), [(13, 10)]), [(10, 7)], atol=1e-12)
    assert_allclose(transform_points(rotation(180, (1, 2), scale=3), [(2, 2)]), [(-2, 2)], atol=1e-12)


@pytest.mark.judge("eq-geometry-rotation", "library")
@pytest.mark.parametrize(("angle", "scale"), [(0, 1), (33, 1), (-120, 0.4), (400, 2)])
def test_turns_agree_with_opencv(angle, scale):
    cv2 = pytest.importorskip("cv2")
    theirs = cv2.getRotationMatrix2D((12.5, -7), angle, scale)
    assert_allclose(rotation(angle, (12.5, -7), scale=scale)[:2], theirs, atol=1e-12)


@pytest.mark.judge("eq-geometry-rotation", "law")
@given(st.floats(-360, 360), st.floats(-360, 360), st.tuples(numbers, numbers), st.floats(0.1, 5))
def test_turns_add_up_keep_the_centre_and_keep_lengths(one, other, centre, scale):
    assert_allclose(rotation(one, centre) @ rotation(other, centre), rotation(one + other, centre), atol=1e-9)
    matrix = rotation(one, centre, scale=scale)
    middle, foot, tip = transform_points(matrix, [centre, (0, 0), (3, 4)])
    assert_allclose(middle, centre, atol=1e-9)
    assert np.linalg.norm(tip - foot) == pytest.approx(5 * scale)
    steps = translation(*centre) @ rotation(one, scale=scale) @ translation(-centre[0], -centre[1])
    assert_allclose(matrix, steps, atol=1e-9)


@pytest.mark.judge("eq-geometry-four-points", "hand")
def test_four_points_worked_by_hand():
    # a square to twice the square, moved: an affine map
    twice = [(1, 2), (21, 2), (21, 22), (1, 22)]
    assert_allclose(homography_from_points(SQUARE, twice), [[2, 0, 1], [0, 2, 2], [0, 0, 1]], atol=1e-12)
    # x' = x / (1 + y / 10), y' = 2 y / (1 + y / 10): the far side is half as long
    half = homography_from_points(SQUARE, [(0, 0), (10, 0), (5, 10), (0, 10)])
    assert_allclose(half, [[1, 0, 0], [0, 2, 0], [0, 0.1, 1]], atol=1e-12)


@pytest.mark.judge("eq-geometry-four-points", "library")
def test_four_points_agree_with_opencv(rng):
    cv2 = pytest.importorskip("cv2")
    for _ in range(20):
        source, target = np.float32(SQUARE) + rng.uniform(-2, 2, size=(2, 4, 2)).astype(np.float32)
        theirs = cv2.getPerspectiveTransform(source, target)
        assert_allclose(homography_from_points(source, target), theirs, rtol=1e-6, atol=1e-8)


@pytest.mark.judge("eq-geometry-four-points", "law")
def test_four_points_arrive_and_a_known_homography_is_found_again(rng):
    for _ in range(20):
        source = np.array(SQUARE) + rng.uniform(-2, 2, size=(4, 2))
        target = transform_points(TILTED, source)
        matrix = homography_from_points(source, target)
        assert_allclose(matrix, TILTED, atol=1e-9)
        there_and_back = matrix @ homography_from_points(target, source)
        assert_allclose(there_and_back / there_and_back[2, 2], np.eye(3), atol=1e-8)


@pytest.mark.judge("eq-geometry-bilinear", "hand")
def test_places_between_the_pixels_worked_by_hand():
    image = [[10, 30], [50, 110]]
    # a quarter to the right: 15 above, 65 below; half-way down: 40
    assert_allclose(interpolate(image, [0.25, 0, 1, 0.5], [0.5, 0, 1, 0]), [40, 10, 110, 20])
    # half a pixel out of the picture: half of it is black; beyond that all
    assert_allclose(interpolate(image, [-0.5, 1.5, -1, 7], [0, 1, 0, 0]), [5, 55, 0, 0])
    nearest = interpolate(image, [0.49, 0.51, -0.4, -0.6], [0, 0.6, 0, 0], method="nearest")
    assert nearest.tolist() == [10, 110, 10, 0]


@pytest.mark.judge("eq-geometry-bilinear", "library")
@pytest.mark.parametrize(("method", "order"), [("bilinear", 1), ("nearest", 0)])
def test_places_agree_with_scipy_and_opencv(rng, picture, method, order):
    cv2 = pytest.importorskip("cv2")
    ndimage = pytest.importorskip("scipy.ndimage")
    x, y = rng.uniform(0, 49, size=(6, 7)), rng.uniform(0, 39, size=(6, 7))
    ours = interpolate(picture, x, y, method=method)
    theirs = ndimage.map_coordinates(picture.astype(float), [y, x], order=order)
    assert_allclose(ours, theirs, rtol=1e-9)
    flag = {"bilinear": cv2.INTER_LINEAR, "nearest": cv2.INTER_NEAREST}[method]
    x, y = np.float32([x, y]).round(2)
    opencv = cv2.remap(picture, x, y, flag)
    assert np.abs(interpolate(picture, x, y, method=method) - opencv).mean() < 0.3  # fractions to 1/32


@pytest.mark.judge("eq-geometry-bilinear", "law")
@given(numbers, numbers, numbers, numbers, st.floats(0, 5), st.floats(0, 3))
def test_what_is_bilinear_is_met_exactly_and_nothing_overshoots(p, q, r, s, x, y):
    column, row = np.meshgrid(np.arange(7), np.arange(5))
    image = p + q * column + r * row + s * column * row
    assert_allclose(interpolate(image, x, y), p + q * x + r * y + s * x * y, atol=1e-9)
    assert image.min() - 1e-9 <= interpolate(image, x, y) <= image.max() + 1e-9


# ---- pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("matrix", [rotation(25, (24, 19), scale=0.9), TILTED])
@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_warped_pictures_agree_with_opencv(picture, matrix, method):
    cv2 = pytest.importorskip("cv2")
    flag = {"bilinear": cv2.INTER_LINEAR, "nearest": cv2.INTER_NEAREST}[method]
    theirs = cv2.warpPerspective(picture, matrix, (60, 45), flags=flag)
    gap = np.abs(warp(picture, matrix, (60, 45), method=method) - theirs)
    assert gap.mean() < 0.3
    assert np.median(gap) < 0.2


def test_whole_steps_lose_nothing(rng):
    image = rng.uniform(size=(5, 8, 3))
    assert_array_equal(warp(image, np.eye(3)), image)
    moved = warp(image, translation(2, 1))
    assert_array_equal(moved[1:, 2:], image[:-1, :-2])
    assert not moved[0].any()
    assert not moved[:, :2].any()
    assert_allclose(warp(image, rotation(180, (3.5, 2)), method="nearest"), image[::-1, ::-1])
    assert warp(image, scaling(2, 2), (16, 10)).shape == (10, 16, 3)


def test_forward_leaves_holes_and_collisions():
    image = np.arange(1, 7).reshape(2, 3)
    moved, arrivals = forward_warp(image, scaling(2, 1))
    assert moved.tolist() == [[1, 0, 2], [4, 0, 5]]
    assert arrivals.tolist() == [[1, 0, 1], [1, 0, 1]]
    moved, arrivals = forward_warp(image, scaling(0.4, 1))
    assert arrivals.tolist() == [[2, 1, 0], [2, 1, 0]]
    assert moved.tolist() == [[2, 3, 0], [5, 6, 0]]
    moved, arrivals = forward_warp(image, translation(-1, 1))
    assert moved.tolist() == [[0, 0, 0], [2, 3, 0]]


def test_corners_are_put_in_order():
    corners = np.array([(3, 1), (20, 4), (22, 19), (1, 17)])
    for order in [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)]:
        assert_array_equal(order_corners(corners[list(order)]), corners)


# ---- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: translation(np.nan, 0), ValueError, "dx must be finite, got nan"),
        (lambda: translation(0, "1"), TypeError, "dy must be a number, got '1'"),
        (lambda: scaling(0, 1), ValueError, "factor must not be 0, got sx = 0 and sy = 1"),
        (lambda: scaling(1, 0), ValueError, "factor must not be 0, got sx = 1 and sy = 0"),
        (lambda: rotation(np.inf), ValueError, "angle must be finite, got inf"),
        (lambda: rotation(1, (1,)), ValueError, r"centre has shape \(2,\), got \(1,\): x and y"),
        (lambda: rotation(1, scale=0), ValueError, "scale must be above 0, got 0"),
        (lambda: transform_points(np.eye(3)[:2], SQUARE), ValueError, r"for 2 x 3, add the row \(0, 0, 1\)"),
        (lambda: transform_points(np.eye(3), [1, 2]), ValueError, r"points has shape \(n, 2\), got \(2,\)"),
        (
            lambda: transform_points([[1, 0, 0], [0, 1, 0], [1, 0, 0]], [(1, 1), (0, 7)]),
            ValueError,
            r"takes the point \[0.0, 7.0\] to infinity \(w = 0\): leave it out",
        ),
        (lambda: homography_from_points(SQUARE[:3], SQUARE), ValueError, r"source has shape \(4, 2\), got"),
        (
            lambda: homography_from_points(SQUARE, [(0, 0), (1, 1), (2, 2), (0, 5)]),
            ValueError,
            r"target must have no three points on one line, got \[\[0.0, 0.0\], \[1.0, 1.0\], \[2.0, 2.0\]\]",
        ),
        (
            lambda: homography_from_points([(1, 1)] * 4, SQUARE),
            ValueError,
            "source must have no three points",
        ),
        (lambda: order_corners(SQUARE[:3]), ValueError, r"points has shape \(4, 2\), got \(3, 2\)"),
        (
            lambda: order_corners([(5, 0), (10, 5), (5, 10), (0, 5)]),
            ValueError,
            "four corners that stand upright",
        ),
        (lambda: interpolate([1, 2], 0, 0), ValueError, r"image has shape .*, got \(2,\): give one picture"),
        (
            lambda: interpolate([[1]], [0, 1], [0]),
            ValueError,
            r"y has shape \(2,\), got \(1,\): one for each x",
        ),
        (
            lambda: interpolate([[1]], 0, 0, method="cubic"),
            ValueError,
            "method must be one of 'bilinear', 'near",
        ),
        (lambda: warp([[1]], np.zeros((3, 3))), ValueError, "matrix must have an inverse, got"),
        (lambda: warp([[1]], np.eye(2)), ValueError, r"matrix has shape \(3, 3\), got \(2, 2\)"),
        (
            lambda: homography_from_points(
                [(1, -1), (1, 1), (2, 1), (2, -1)], [(1, -1), (1, 1), (0.5, 0.5), (0.5, -0.5)]
            ),
            ValueError,
            r"source must not take \(0, 0\) to infinity, got \[\[1.0, -1.0\]",
        ),
        (lambda: warp([[1]], np.eye(3), 5), ValueError, r"size must be \(width, height\), got 5: two whole"),
        (
            lambda: warp([[1]], np.eye(3), [[1], [1, 2]]),
            TypeError,
            r"width must be a whole number, got \[1\]",
        ),
        (lambda: warp([[1]], np.eye(3), (0, 5)), ValueError, "width must be at least 1, got 0"),
        (lambda: warp([[1]], np.eye(3), (5, 1.5)), TypeError, "height must be a whole number, got 1.5"),
        (lambda: forward_warp([1], np.eye(3)), ValueError, r"image has shape \(height, width\), got \(1,\)"),
    ],
)
def test_mistakes_are_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
