"""reconstruction.py against numbers worked by hand, OpenCV, SciPy, and the laws of the two triangles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.reconstruction import (
    block_matching,
    depth_error,
    depth_from_disparity,
    disparity_quality,
    left_right_check,
    matching_cost,
    point_cloud,
)

CAMERA = {"focal_length": 700.0, "baseline": 0.5}
positive = st.floats(0.1, 1e3)


@pytest.fixture
def pair(rng):
    """A random texture, seen from the right: 6 pixels farther left, a square in the middle 10."""
    left = rng.integers(0, 256, size=(40, 60)).astype(np.uint8)
    truth = np.full(left.shape, 6)
    truth[12:28, 25:45] = 10
    right = rng.integers(0, 256, size=left.shape).astype(np.uint8)
    for y, x in sorted(np.ndindex(left.shape), key=lambda place: truth[place]):  # the near ones last
        if x >= truth[y, x]:
            right[y, x - truth[y, x]] = left[y, x]
    return left, right, truth


# ---- depth ----------------------------------------------------------------------------------------


@pytest.mark.judge("eq-stereo-depth", "hand")
def test_depth_worked_by_hand():
    assert_allclose(depth_from_disparity(40, focal_length=800, baseline=10), 200)
    depth = depth_from_disparity([[70, 35], [7, 1]], **CAMERA)
    assert_allclose(depth, [[5, 10], [50, 350]])
    assert_allclose(depth_from_disparity([60, -5], offset=10, **CAMERA), [5, 70])


@pytest.mark.judge("eq-stereo-depth", "library")
@pytest.mark.judge("eq-point-cloud", "library")
@pytest.mark.parametrize("offset", [0.0, 25.0])
def test_points_agree_with_opencv(rng, offset):
    cv2 = pytest.importorskip("cv2")
    disparity = rng.integers(1, 60, size=(9, 12)).astype(np.float32)
    disparity[3:5, 2:4] = 0
    f, b = CAMERA["focal_length"], CAMERA["baseline"]
    q = np.array([[1, 0, 0, -5.5], [0, 1, 0, -4], [0, 0, 0, f], [0, 0, 1 / b, offset / b]])
    expected = cv2.reprojectImageTo3D(disparity, q)[disparity > 0]
    assert_allclose(point_cloud(disparity, offset=offset, **CAMERA), expected, rtol=1e-4, atol=1e-3)
    depth = depth_from_disparity(disparity[disparity > 0], offset=offset, **CAMERA)
    assert_allclose(depth, expected[:, 2], rtol=1e-4)


@pytest.mark.judge("eq-stereo-depth", "law")
@settings(max_examples=50)
@given(st.floats(-5, 5), st.floats(0.5, 100), positive, positive)
def test_two_pinholes_give_the_depth_back(x, z, focal_length, baseline):
    # where each camera sees the point, by its own triangle
    in_left, in_right = focal_length * x / z, focal_length * (x - baseline) / z
    depth = depth_from_disparity(in_left - in_right, focal_length, baseline)
    assert_allclose(depth, z, rtol=1e-6)


@pytest.mark.judge("eq-depth-error", "hand")
def test_depth_error_worked_by_hand():
    assert_allclose(depth_error([7, 14], disparity_error=0.5, **CAMERA), [0.07, 0.28])
    assert depth_error(5, disparity_error=0, **CAMERA) == 0


@pytest.mark.judge("eq-depth-error", "library")
def test_depth_error_agrees_with_the_slope_by_scipy():
    differentiate = pytest.importorskip("scipy.differentiate")
    disparity = np.array([5.0, 20.0, 80.0])
    slope = differentiate.derivative(lambda d: depth_from_disparity(d, **CAMERA), disparity).df
    depth = depth_from_disparity(disparity, **CAMERA)
    assert_allclose(depth_error(depth, disparity_error=0.25, **CAMERA), -0.25 * slope, rtol=1e-6)


@pytest.mark.judge("eq-depth-error", "law")
@settings(max_examples=50)
@given(st.floats(1, 100), positive, positive)
def test_depth_error_is_the_finite_difference_and_grows_with_the_square(depth, focal_length, baseline):
    camera = {"focal_length": focal_length, "baseline": baseline}
    disparity = focal_length * baseline / depth
    step = 1e-4 * disparity
    ends = depth_from_disparity([disparity - step, disparity + step], **camera)
    assert_allclose(depth_error(depth, disparity_error=step, **camera), (ends[0] - ends[1]) / 2, rtol=1e-4)
    twice = depth_error(2 * depth, disparity_error=step, **camera)
    assert_allclose(twice, 4 * depth_error(depth, disparity_error=step, **camera))


@pytest.mark.judge("eq-point-cloud", "hand")
def test_points_worked_by_hand():
    # the middle of 3 rows and 5 columns is (1, 2); a focal length of 10, a baseline of 6
    disparity = np.zeros((3, 5))
    disparity[1, 2] = 3  # Z = 20, straight ahead
    disparity[0, 4] = 2  # Z = 30, 2 to the right and 1 up
    points = point_cloud(disparity, focal_length=10, baseline=6)
    assert_allclose(points, [[6, -3, 30], [0, 0, 20]])


@pytest.mark.judge("eq-point-cloud", "law")
@settings(max_examples=25)
@given(arrays(float, (5, 8), elements=st.integers(0, 50).map(float)), positive, positive, st.floats(0, 30))
def test_points_fall_back_on_their_pixels(disparity, focal_length, baseline, offset):
    disparity[2, 3] = 7
    points = point_cloud(disparity, focal_length, baseline, offset=offset)
    assert points.shape == ((disparity > 0).sum(), 3)
    rows, columns = np.nonzero(disparity)
    x, y, z = points.T
    assert_allclose(focal_length * x / z + 3.5, columns, atol=1e-6)
    assert_allclose(focal_length * y / z + 2, rows, atol=1e-6)
    seen_right = focal_length * (x - baseline) / z + 3.5
    assert_allclose(columns - seen_right - offset, disparity[disparity > 0], rtol=1e-6, atol=1e-6)


# ---- matching -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-sad", "hand")
def test_cost_worked_by_hand():
    left = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
    right = np.array([[2, 3, 0], [5, 0, 0], [8, 9, 1]])
    assert matching_cost(left, right, 0, window=1).tolist() == [[1, 1, 3], [1, 5, 6], [1, 1, 8]]
    one = matching_cost(left, right, 1, window=1)
    assert one.tolist() == [[np.inf, 0, 0], [np.inf, 0, 6], [np.inf, 0, 0]]
    whole = matching_cost(left, right, 0, window=3)
    assert whole[1, 1] == 1 + 1 + 3 + 1 + 5 + 6 + 1 + 1 + 8
    assert np.isinf(np.delete(whole.ravel(), 4)).all()


@pytest.mark.judge("eq-sad", "library")
@pytest.mark.parametrize(("disparity", "window"), [(0, 3), (4, 1), (4, 7), (9, 5)])
def test_cost_agrees_with_opencv_and_scipy(pair, disparity, window):
    cv2 = pytest.importorskip("cv2")
    ndimage = pytest.importorskip("scipy.ndimage")
    left, right, _ = (image.astype(float) for image in pair)
    cost = matching_cost(left, right, disparity, window=window)
    difference = np.abs(left[:, disparity:] - right[:, : left.shape[1] - disparity])
    half = window // 2
    inside = np.s_[half : 40 - half, half : 60 - disparity - half]
    shifted = np.s_[half : 40 - half, half + disparity : 60 - half]
    expected = cv2.boxFilter(difference, -1, (window, window), normalize=False)
    assert_allclose(cost[shifted], expected[inside], rtol=1e-9)
    assert_allclose(cost[shifted], window**2 * ndimage.uniform_filter(difference, window)[inside], rtol=1e-9)
    outside = np.ones(cost.shape, bool)
    outside[shifted] = False
    assert np.isinf(cost[outside]).all()


@pytest.mark.judge("eq-sad", "law")
@settings(max_examples=25)
@given(
    arrays(np.uint8, (8, 12)),
    arrays(np.uint8, (8, 12)),
    st.integers(0, 5),
    st.sampled_from([1, 3, 5]),
    st.integers(-50, 50),
)
def test_cost_is_a_distance_of_windows(left, right, disparity, window, brightness):
    cost = matching_cost(left, right, disparity, window=window)
    assert cost.min() >= 0
    itself = matching_cost(left, left, 0, window=window)
    assert (itself[np.isfinite(itself)] == 0).all()
    both = matching_cost(left + float(brightness), right + float(brightness), disparity, window=window)
    assert_allclose(both, cost)
    # seen in a mirror, the pictures change places
    mirrored = matching_cost(right[:, ::-1], left[:, ::-1], disparity, window=window)[:, ::-1]
    assert_allclose(mirrored[:, : 12 - disparity], cost[:, disparity:])


@pytest.mark.parametrize("window", [1, 3, 5])
def test_the_winner_has_the_lowest_cost(pair, window):
    left, right, _ = pair
    found = block_matching(left, right, max_disparity=12, window=window)
    costs = np.array([matching_cost(left, right, d, window=window) for d in range(1, 13)])
    expected = np.where(np.isfinite(costs).any(axis=0), costs.argmin(axis=0) + 1, 0)
    assert_array_equal(found, expected)
    assert found.dtype == np.int64


def test_the_square_is_found_and_the_hidden_strip_fails_the_check(pair):
    left, right, truth = pair
    found = block_matching(left, right, max_disparity=14, window=5)
    of_right = block_matching(right[:, ::-1], left[:, ::-1], max_disparity=14, window=5)[:, ::-1]
    checked = left_right_check(found, of_right, tolerance=0)
    assert (found[15:25, 28:42] == 10).all()
    assert (found[2:8, 12:57] == 6).all()
    hidden = np.s_[15:25, 22:24]  # what lies under the square's place in the right picture
    assert (found[hidden] > 0).all()
    assert (checked[hidden] == 0).all()
    plain, careful = disparity_quality(found, truth), disparity_quality(checked, truth)
    assert careful["coverage"] < plain["coverage"]
    assert careful["bad 1"] < 0.5 * plain["bad 1"]


def test_the_check_worked_by_hand():
    # column 0 would have its partner outside; column 3 says 2, and its partner, column 1, says 1;
    # column 4 is not known; column 5 and its partner, column 2, both say 3
    left = [[1, 1, 1, 2, 0, 3]]
    right = [[1, 1, 3, 0, 0, 0]]
    assert left_right_check(left, right, tolerance=1).tolist() == [[0, 1, 1, 2, 0, 3]]
    assert left_right_check(left, right, tolerance=0).tolist() == [[0, 1, 1, 0, 0, 3]]
    # a partner that is not known is no agreement, and a half rounds to the even column
    assert left_right_check([[0, 0.4]], [[0.0, 0.0]], tolerance=5).tolist() == [[0, 0]]
    assert left_right_check([[0, 1.2, 0]], [[1, 0, 0]], tolerance=0.2).tolist() == [[0, 1.2, 0]]
    # a disparity beyond all whole numbers points outside, as any that is wider than the picture
    assert left_right_check([[0, 1e300, 3]], [[9, 9, 9]], tolerance=9).tolist() == [[0, 0, 0]]


# ---- measures -------------------------------------------------------------------------------------


def test_quality_worked_by_hand():
    found = [[10, 0, 12, 15, 21, 7]]
    truth = [[10, 10, 10, 10, 20, 0]]
    # errors 0, 2, 5, 1 of the four that are known and answered
    assert disparity_quality(found, truth) == {
        "coverage": 0.8,
        "mean error": 2.0,
        "bad 1": 0.5,
        "bad 2": 0.25,
        "bad 4": 0.25,
    }
    assert list(disparity_quality(found, truth, thresholds=(0.5, 3))) == [
        "coverage",
        "mean error",
        "bad 0.5",
        "bad 3",
    ]


def test_no_answer_is_said_so():
    quality = disparity_quality([[0, 5]], [[5, 0]])
    assert quality["coverage"] == 0
    assert all(np.isnan(value) for name, value in quality.items() if name != "coverage")


@settings(max_examples=25)
@given(arrays(float, (3, 4), elements=st.integers(0, 9).map(float)))
def test_the_truth_is_without_fault(truth):
    truth[1, 1] = 3
    quality = disparity_quality(truth, truth)
    assert quality == {"coverage": 1, "mean error": 0, "bad 1": 0, "bad 2": 0, "bad 4": 0}


# ---- what is refused ------------------------------------------------------------------------------

IMAGE = np.zeros((9, 9))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: depth_from_disparity([3, 0], **CAMERA),
            ValueError,
            "must be above 0, got 0: 0 stands for not known",
        ),
        (
            lambda: depth_from_disparity(3, offset=-4, **CAMERA),
            ValueError,
            "above 0, got -1: .* choose the known",
        ),
        (lambda: depth_from_disparity([], **CAMERA), ValueError, "disparity is empty"),
        (lambda: depth_from_disparity([np.nan], **CAMERA), ValueError, "disparity must hold finite numbers"),
        (lambda: depth_from_disparity(["a"], **CAMERA), TypeError, "disparity must hold real numbers"),
        (lambda: depth_from_disparity(1, 0, 1), ValueError, "focal_length must be above 0, got 0"),
        (lambda: depth_from_disparity(1, 1, 0), ValueError, "baseline must be above 0, got 0"),
        (lambda: depth_from_disparity(1, 1, 1, offset="2"), TypeError, "offset must be a number"),
        (
            lambda: depth_error([1, 0], 1, 1, 1),
            ValueError,
            "depth must be above 0, got 0: choose points before",
        ),
        (lambda: depth_error([np.inf], 1, 1, 1), ValueError, "depth must hold finite numbers"),
        (lambda: depth_error(1, 0, 1, 1), ValueError, "focal_length must be above 0"),
        (lambda: depth_error(1, 1, -1, 1), ValueError, "baseline must be above 0"),
        (lambda: depth_error(1, 1, 1, -1), ValueError, "disparity_error must be at least 0, got -1"),
        (
            lambda: matching_cost(IMAGE, IMAGE[:, :8], 1),
            ValueError,
            r"right has shape \(9, 9\), got \(9, 8\): as large",
        ),
        (
            lambda: matching_cost(IMAGE[0], IMAGE[0], 1),
            ValueError,
            r"left has shape \(height, width\), got \(9,\)",
        ),
        (lambda: matching_cost(IMAGE * np.nan, IMAGE, 1), ValueError, "left must hold finite numbers"),
        (
            lambda: matching_cost(IMAGE, IMAGE, 9),
            ValueError,
            "disparity must be less than the width of 9, got 9: no pixel",
        ),
        (lambda: matching_cost(IMAGE, IMAGE, -1), ValueError, "disparity must be at least 0, got -1"),
        (lambda: matching_cost(IMAGE, IMAGE, 0.5), TypeError, "disparity must be a whole number, got 0.5"),
        (
            lambda: matching_cost(IMAGE, IMAGE, 1, window=2),
            ValueError,
            "window must be odd, got 2: only then",
        ),
        (lambda: matching_cost(IMAGE, IMAGE, 1, window=0), ValueError, "window must be at least 1, got 0"),
        (
            lambda: matching_cost(IMAGE, IMAGE, 1, window=11),
            ValueError,
            r"fit into the picture of \(9, 9\), got 11",
        ),
        (
            lambda: block_matching(IMAGE, IMAGE, max_disparity=0),
            ValueError,
            "max_disparity must be at least 1, got 0",
        ),
        (
            lambda: block_matching(IMAGE, IMAGE, max_disparity=9),
            ValueError,
            "max_disparity must be less than the width of 9, got 9: no pixel",
        ),
        (
            lambda: block_matching([[1], [1, 2]], IMAGE, max_disparity=1),
            ValueError,
            "left must be a regular array",
        ),
        (
            lambda: left_right_check(IMAGE, IMAGE[:8]),
            ValueError,
            r"disparity_of_right has shape \(9, 9\), got \(8, 9\)",
        ),
        (
            lambda: left_right_check(IMAGE - 1, IMAGE),
            ValueError,
            "disparity must not be negative, got -1: set what",
        ),
        (lambda: left_right_check(IMAGE, IMAGE, tolerance=-1), ValueError, "tolerance must be at least 0"),
        (
            lambda: disparity_quality(IMAGE, IMAGE),
            ValueError,
            "truth must know at least one pixel, got 0 everywhere",
        ),
        (
            lambda: disparity_quality(IMAGE, IMAGE[0]),
            ValueError,
            r"truth has shape \(9, 9\), got \(9,\): one disp",
        ),
        (
            lambda: disparity_quality(IMAGE, IMAGE + 1, thresholds=[-1]),
            ValueError,
            "threshold must be at least 0",
        ),
        (
            lambda: disparity_quality(IMAGE, IMAGE + 1, thresholds=2),
            ValueError,
            r"thresholds has shape \(n,\), got \(\): give a list",
        ),
        (
            lambda: disparity_quality(IMAGE, IMAGE + 1, thresholds=[]),
            ValueError,
            "thresholds is empty",
        ),
        (
            lambda: point_cloud(IMAGE, **CAMERA),
            ValueError,
            "disparity must know at least one pixel, got 0 everywhere",
        ),
        (
            lambda: point_cloud([1, 2], **CAMERA),
            ValueError,
            r"disparity has shape \(height, width\), got \(2,\)",
        ),
        (lambda: point_cloud(IMAGE - 1, **CAMERA), ValueError, "disparity must not be negative, got -1"),
        (lambda: point_cloud(IMAGE + 1, offset=-1, **CAMERA), ValueError, "above 0, got 0"),
    ],
)
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
