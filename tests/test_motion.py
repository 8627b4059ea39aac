"""motion.py against sums worked by hand, OpenCV and SciPy, and motions known because we made them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_marks
from cvlessons.motion import (
    constancy_error,
    endpoint_error,
    flow_to_colour,
    gradients,
    join_boxes,
    lucas_kanade,
    moving_boxes,
    structure_tensor,
    track_points,
    update_background,
)

small = st.floats(-100, 100).map(lambda x: round(x, 3))
grids = arrays(float, (3, 4), elements=small)
flows = arrays(float, (3, 4, 2), elements=small)


def waves(u=0.0, v=0.0, size=(50, 60)):
    """Return a smooth picture without edges, moved by any u and v exactly."""
    y, x = np.mgrid[: size[0], : size[1]]
    x, y = x - u, y - v
    return 100 + 40 * np.cos(x / 5) + 30 * np.cos(y / 6 + 1) + 20 * np.cos((x + y) / 7)


# ---- eq-optical-flow ------------------------------------------------------------------------------


@pytest.mark.judge("eq-optical-flow", "hand")
def test_the_equation_by_hand():
    # 2*3 + 5*(-1) + 4, and 1*3 + 0*(-1) + 0
    assert constancy_error([[2, 1]], [[5, 0]], [[4, 0]], [3, -1]).tolist() == [[5, 3]]
    per_pixel = [[[3, -1], [0, 9]]]
    assert constancy_error([[2, 1]], [[5, 0]], [[4, 7]], per_pixel).tolist() == [[5, 7]]


@pytest.mark.judge("eq-optical-flow", "library")
def test_a_picture_moved_by_scipy_obeys_the_equation():
    ndimage = pytest.importorskip("scipy.ndimage")
    picture = waves()
    second = ndimage.shift(picture, (0.2, -0.3), order=5, mode="nearest")  # rows first: down 0.2, left 0.3
    inner = np.s_[8:-8, 8:-8]
    slopes = gradients(picture, second)
    right = np.abs(constancy_error(*slopes, [-0.3, 0.2]))[inner].mean()
    none = np.abs(constancy_error(*slopes, [0, 0]))[inner].mean()
    swapped = np.abs(constancy_error(*slopes, [0.2, -0.3]))[inner].mean()
    assert right < 0.03 * none < none < swapped


@pytest.mark.judge("eq-optical-flow", "law")
@given(small, small, st.floats(-3, 3), st.floats(-3, 3))
def test_a_slope_obeys_the_equation_exactly(a, b, u, v):
    y, x = np.mgrid[:4, :5]
    first, second = a * x + b * y, a * (x - u) + b * (y - v)
    assert_allclose(constancy_error(*gradients(first, second), [u, v]), 0, atol=1e-9)


@pytest.mark.judge("eq-optical-flow", "law")
@given(grids, grids, grids, flows, flows)
def test_the_equation_is_linear_in_the_flow(ix, iy, it, one, other):
    at = [constancy_error(ix, iy, it, flow) for flow in (one, other, (one + other) / 2)]
    assert_allclose(at[2], (at[0] + at[1]) / 2, atol=1e-8)


def test_gradients_are_of_space_and_of_time():
    first = np.array([[0, 1, 4], [2, 3, 6], [8, 9, 12]])
    ix, iy, it = gradients(first, first + 10)
    assert ix[0].tolist() == [1, 2, 3]
    assert iy[:, 0].tolist() == [2, 4, 6]
    assert (it == 10).all()
    # of the mean of both: half the slope when the second picture is flat
    assert gradients(first, np.zeros((3, 3)))[0][0].tolist() == [0.5, 1, 1.5]


# ---- eq-lucas-kanade ------------------------------------------------------------------------------


@pytest.mark.judge("eq-lucas-kanade", "hand")
def test_a_window_worked_by_hand():
    # The 3 x 3 window around the middle of x*y: ix = y and iy = x there, with y, x in 1, 2, 3.
    y, x = np.mgrid[:5, :5].astype(float)
    first = x * y
    # sums: ix*ix = 3*(1+4+9) = 42, iy*iy = 42, ix*iy = (1+2+3)**2 = 36
    assert structure_tensor(first, [2, 2], radius=1).tolist() == [[42, 36], [36, 42]]
    # darker by 12 everywhere: it = -12, so ix*it = iy*it = -12*18 = -216; 78 (u + v) = 432, u = v
    flow = lucas_kanade(first, first - 12, [2, 2], radius=1)
    assert_allclose(flow, [216 / 78, 216 / 78], rtol=1e-12)


@pytest.mark.judge("eq-lucas-kanade", "library")
def test_the_matrix_agrees_with_opencv(rng):
    cv2 = pytest.importorskip("cv2")
    picture = rng.uniform(0, 255, size=(21, 31)).astype(np.float32)
    ix = cv2.filter2D(picture, cv2.CV_32F, np.float32([[-0.5, 0, 0.5]]))
    iy = cv2.filter2D(picture, cv2.CV_32F, np.float32([[-0.5], [0], [0.5]]))
    box = {"ddepth": cv2.CV_32F, "ksize": (7, 7), "normalize": False}
    sums = [cv2.boxFilter(product, **box)[10, 15] for product in (ix * ix, ix * iy, iy * iy)]
    expected = np.array([[sums[0], sums[1]], [sums[1], sums[2]]])
    assert_allclose(structure_tensor(picture, [15, 10], radius=3), expected, rtol=1e-4)


@pytest.mark.judge("eq-lucas-kanade", "library")
def test_the_step_is_the_least_squares_answer_of_scipy():
    linalg = pytest.importorskip("scipy.linalg")
    first, second = waves(), waves(0.4, -0.3)
    window = np.s_[20 - 5 : 20 + 6, 30 - 5 : 30 + 6]
    iy, ix = np.gradient(first)
    equations = np.stack([ix[window].ravel(), iy[window].ravel()], axis=1)
    expected = linalg.lstsq(equations, -(second - first)[window].ravel())[0]
    assert_allclose(lucas_kanade(first, second, [30, 20], radius=5), expected, rtol=1e-9)


@pytest.mark.judge("eq-lucas-kanade", "library")
def test_tracking_agrees_with_opencv():
    cv2 = pytest.importorskip("cv2")
    first, second = (np.rint(waves(*flow, size=(160, 200))) for flow in ((0, 0), (3.3, -2.6)))
    points = np.array([[60.0, 70.0], [100, 80], [140, 90], [91.5, 60.25]])
    theirs, found, _ = cv2.calcOpticalFlowPyrLK(
        first.astype(np.uint8),
        second.astype(np.uint8),
        points.astype(np.float32),
        None,
        winSize=(15, 15),
        maxLevel=1,
    )
    ours = track_points(first, second, points, levels=1, radius=7, steps=30)
    assert found.all()
    assert_allclose(ours, theirs - points, atol=0.02)
    assert_allclose(ours, np.tile([3.3, -2.6], (4, 1)), atol=0.1)  # the grey levels are rounded


@pytest.mark.judge("eq-lucas-kanade", "law")
@given(st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_steps_find_a_known_shift(u, v):
    first, second = waves(), waves(u, v)
    found = track_points(first, second, [[30, 25]], levels=0, radius=8, steps=20)[0]
    assert_allclose(found, [u, v], atol=0.05)  # the means between pixels are not the waves themselves
    once = lucas_kanade(first, second, [30, 25], radius=8)
    assert_allclose(once, [u, v], atol=0.1)


def test_a_wild_guess_is_no_crash():
    for guess in ([1e30, 0], [-1e30, 1e30]):
        assert np.isfinite(lucas_kanade(GREY, GREY, [4, 4], guess=guess)).all()


def test_a_guess_is_improved_and_kept_where_nothing_is_seen():
    first, second = waves(), waves(3, -2)
    near = lucas_kanade(first, second, [30, 25], guess=[2.8, -1.9])
    assert_allclose(near, [3, -2], atol=0.02)
    flat = np.full((30, 30), 7.0)
    assert lucas_kanade(flat, flat + 1, [15, 15], guess=[5, -4]).tolist() == [5, -4]


@pytest.mark.parametrize("angle", [0, 30, 45, 90, 120])
def test_along_an_edge_the_flow_is_the_shortest_one(angle):
    across = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    y, x = np.mgrid[:40, :40]

    def stripes(u, v):
        return np.sin(((x - u) * across[0] + (y - v) * across[1]) / 3)

    motion = np.array([0.3, -0.2])
    found = track_points(stripes(0, 0), stripes(*motion), [[20, 20]], levels=0, steps=20)[0]
    assert_allclose(found, across * (across @ motion), atol=5e-3)


def test_the_pyramid_reaches_further(rng):
    cv2 = pytest.importorskip("cv2")
    first = cv2.GaussianBlur(rng.uniform(0, 255, size=(120, 160)), (0, 0), 2)  # fine texture
    second = np.roll(first, (6, 14), axis=(0, 1))
    points = [[x, y] for x in (50, 70.5, 90) for y in (40, 60.25, 80)]
    truth = np.tile([14, 6], (9, 1))
    with_pyramid = track_points(first, second, points, levels=2, steps=20)
    without = track_points(first, second, points, levels=0, steps=20)
    assert np.median(endpoint_error(with_pyramid, truth)) < 0.01
    assert np.median(endpoint_error(without, truth)) > 5


def test_windows_may_leave_the_picture():
    first, second = waves(), waves(0.3, 0.1)
    found = track_points(first, second, [[0, 0], [59, 49], [59, 0]], levels=0, radius=12, steps=20)
    assert endpoint_error(found, np.tile([0.3, 0.1], (3, 1))).max() < 0.2


def test_a_point_between_pixels_uses_all_four():
    y, x = np.mgrid[:12, :12].astype(float)
    picture = x**2 + 3 * y**2  # slopes 2x and 6y; the weighted means of four keep them
    tensor = structure_tensor(picture, [5.25, 6.5], radius=1)
    xs, ys = np.meshgrid([4.25, 5.25, 6.25], [5.5, 6.5, 7.5])
    expected = [[np.sum(4 * xs**2), np.sum(12 * xs * ys)], [np.sum(12 * xs * ys), np.sum(36 * ys**2)]]
    assert_allclose(tensor, expected)


# ---- eq-endpoint-error ----------------------------------------------------------------------------


@pytest.mark.judge("eq-endpoint-error", "hand")
def test_errors_by_hand():
    assert endpoint_error([[[3, 4], [1, 1]]], [[[0, 0], [1, 3]]]).tolist() == [[5, 2]]
    assert endpoint_error([1, -0.5], [1, 0]) == 0.5


@pytest.mark.judge("eq-endpoint-error", "library")
@given(flows, flows)
def test_errors_agree_with_scipy(flow, truth):
    distance = pytest.importorskip("scipy.spatial.distance")
    expected = [
        distance.euclidean(a, b) for a, b in zip(flow.reshape(-1, 2), truth.reshape(-1, 2), strict=True)
    ]
    assert_allclose(endpoint_error(flow, truth).ravel(), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-endpoint-error", "law")
@given(flows, flows, flows)
def test_the_error_is_a_distance(one, two, three):
    assert_allclose(endpoint_error(one, two), endpoint_error(two, one))
    assert not endpoint_error(one, one).any()
    detour = endpoint_error(one, two) + endpoint_error(two, three)
    assert np.all(endpoint_error(one, three) <= detour + 1e-9)
    assert_allclose(endpoint_error(one + 5, two + 5), endpoint_error(one, two), atol=1e-9)


# ---- eq-running-median ----------------------------------------------------------------------------


@pytest.mark.judge("eq-running-median", "hand")
def test_one_step_by_hand():
    background, frame = [[10, 10, 10, 0.5]], [[200, 10, 9, 0.6]]
    assert update_background(background, frame).tolist() == [[11, 10, 9, 1.5]]
    assert update_background(background, frame, step=0.25).tolist() == [[10.25, 10, 9.75, 0.75]]


@pytest.mark.judge("eq-running-median", "library")
def test_it_goes_to_the_median_of_scipy(rng):
    stats = pytest.importorskip("scipy.stats")
    # skewed, so that mean and median differ
    values = np.rint(rng.exponential(40, size=(1000, 3)))
    background = np.full(3, 100.0)
    for value in values:
        background = update_background(background, value, step=0.5)
    expected = stats.scoreatpercentile(values, 50, axis=0)
    assert_allclose(background, expected, atol=4)
    assert np.all(np.abs(background - values.mean(axis=0)) > 6)


@pytest.mark.judge("eq-running-median", "law")
@given(grids, grids, st.floats(0.01, 10))
def test_laws_of_the_step(background, frame, step):
    after = update_background(background, frame, step=step)
    # never more than the step, never away from the frame by more than it overshoots
    assert np.all(np.abs(after - background) <= step + 1e-9)
    assert np.all(np.abs(after - frame) <= np.maximum(np.abs(background - frame), step) + 1e-9)
    assert_array_equal(update_background(frame, frame, step=step), frame)
    # how far off the frame is does not matter, only on which side
    further = background + 7 * (frame - background)
    assert_allclose(update_background(background, further, step=step), after)


# ---- colours --------------------------------------------------------------------------------------


def test_the_wheel():
    right, down, left, up = (flow_to_colour([[flow]])[0, 0] for flow in ([1, 0], [0, 1], [-1, 0], [0, -1]))
    assert right.tolist() == [255, 0, 0]
    assert left.tolist() == [0, 255, 255]
    assert_allclose(down, [128, 255, 0], atol=1)
    assert_allclose(up, [128, 0, 255], atol=1)


@given(flows)
def test_colours_ignore_the_unit_and_turn_round(flow):
    colours = flow_to_colour(flow)
    assert colours.dtype == np.uint8
    assert (colours.max(axis=2) == 255).all()
    assert_allclose(flow_to_colour(2 * flow).astype(int), colours, atol=1)
    # the opposite direction has the opposite colour: together they are white and the missing strength
    opposite = flow_to_colour(-flow).astype(int)
    low = np.minimum(colours, opposite).min(axis=2)
    assert_allclose(colours + opposite, np.repeat((255 + low)[..., None], 3, axis=2), atol=3)


def test_the_longest_is_full_or_what_is_asked_for():
    flow = [[[1, 0], [4, 0], [8, 0]]]
    assert flow_to_colour(flow)[0, :, 1].tolist() == [223, 128, 0]
    assert flow_to_colour(flow, largest=4)[0, :, 1].tolist() == [191, 0, 0]
    assert (flow_to_colour(np.zeros((2, 3, 2))) == 255).all()


# ---- boxes and tracks -----------------------------------------------------------------------------


def test_boxes_around_pieces():
    mask = np.zeros((6, 9))
    mask[1:3, 5:8] = 255
    mask[4, 0] = 1
    mask[3, 8] = 1  # touches the first piece at a corner: one piece
    assert moving_boxes(mask).tolist() == [[0, 4, 1, 5], [5, 1, 9, 4]]
    assert moving_boxes(mask, smallest=2).tolist() == [[5, 1, 9, 4]]
    assert moving_boxes(mask, smallest=8).shape == (0, 4)
    assert moving_boxes(mask > 0).dtype == np.float64
    assert moving_boxes([[1, 0, 1], [0, 0, 0], [1, 0, 1]]).tolist() == [
        [0, 0, 1, 1],
        [0, 2, 1, 3],
        [2, 0, 3, 1],
        [2, 2, 3, 3],
    ]


def test_boxes_agree_with_scipy(rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    mask = rng.uniform(size=(30, 40)) < 0.2
    slices = ndimage.find_objects(ndimage.label(mask, np.ones((3, 3)))[0])
    expected = sorted([s[1].start, s[0].start, s[1].stop, s[0].stop] for s in slices)
    assert sorted(moving_boxes(mask).tolist()) == expected


def box(x, y):
    return [x - 1, y - 2, x + 1, y + 2]


def test_tracks_by_hand():
    frames = [
        [box(0, 0), box(20, 0)],
        [box(22, 0), box(3, 4)],  # the order of the boxes does not matter
        [],
        [box(3, 4)],
    ]
    first, second, third = join_boxes(frames, reach=5)
    assert first.tolist() == [[0, 0, 0], [1, 3, 4]]  # exactly 5 is near enough
    assert second.tolist() == [[0, 20, 0], [1, 22, 0]]
    assert third.tolist() == [[3, 3, 4]]  # after a gap it is a new track
    assert len(join_boxes(frames, reach=4.9)) == 4


def test_the_nearest_pair_is_joined_first():
    # both could continue the box at 0; the nearer does, and the other begins anew
    tracks = join_boxes([[box(0, 0)], [box(4, 0), box(1, 0)]], reach=9)
    assert [track[:, 1].tolist() for track in tracks] == [[0, 1], [4]]
    # of two old ones only one can go on
    tracks = join_boxes([[box(0, 0), box(6, 0)], [box(5, 0)]], reach=9)
    assert [track[:, 1].tolist() for track in tracks] == [[0], [6, 5]]


def test_no_boxes_give_no_tracks():
    assert join_boxes([], reach=1) == []
    assert join_boxes([[], np.empty((0, 4))], reach=1) == []


@given(st.lists(st.lists(st.tuples(small, small), max_size=4), max_size=5), st.floats(0.1, 100))
def test_each_box_is_in_one_track(places, reach):
    tracks = join_boxes([[box(*place) for place in frame] for frame in places], reach=reach)
    assert sum(len(track) for track in tracks) == sum(len(frame) for frame in places)
    for track in tracks:
        assert_array_equal(np.diff(track[:, 0]), 1)
        assert np.all(np.hypot(*np.diff(track[:, 1:], axis=0).T) <= reach + 1e-9)


# ---- the boxes drawn by hand ----------------------------------------------------------------------


def test_the_marks_are_people_in_the_frames():
    labels, boxes = load_marks("vtest_people")
    counts = {label: labels.count(label) for label in labels}
    assert counts == {"frame010": 4, "frame040": 6, "frame070": 6, "frame100": 7, "frame118": 8}
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    assert (boxes >= 0).all()
    assert (boxes[:, 2] <= 576).all()
    assert (boxes[:, 3] <= 432).all()
    assert np.all(height > 1.3 * width)  # people are upright
    assert height.min() > 20
    assert height.max() < 100


# ---- errors ---------------------------------------------------------------------------------------

GREY = np.zeros((9, 9))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: gradients(GREY, GREY[1:]),
            ValueError,
            r"second has shape \(9, 9\), got \(8, 9\): use frames",
        ),
        (
            lambda: gradients(GREY[:2], GREY[:2]),
            ValueError,
            r"first must have at least 3 × 3 pixels, got \(2, 9\)",
        ),
        (
            lambda: gradients(GREY[..., None], GREY),
            ValueError,
            r"first has shape \(height, width\).*one channel",
        ),
        (lambda: gradients(GREY, [["a"]]), TypeError, "second must hold real numbers"),
        (lambda: gradients(GREY, GREY + np.nan), ValueError, "second must hold finite numbers"),
        (
            lambda: constancy_error(GREY, GREY[1:], GREY, [0, 0]),
            ValueError,
            r"iy has shape \(9, 9\), got \(8, 9\)",
        ),
        (
            lambda: constancy_error(GREY, GREY, GREY[1:], [0, 0]),
            ValueError,
            r"it has shape \(9, 9\), got \(8, 9\)",
        ),
        (
            lambda: constancy_error(GREY, GREY, GREY, [0]),
            ValueError,
            r"flow has shape \(2,\) or \(9, 9, 2\), got",
        ),
        (
            lambda: structure_tensor(GREY, [9, 0]),
            ValueError,
            "point must lie inside.*x up to 8 and y up to 8",
        ),
        (lambda: structure_tensor(GREY, [0, -0.1]), ValueError, "point must lie inside the picture"),
        (lambda: structure_tensor(GREY, [1]), ValueError, r"point has shape \(2,\), got \(1,\): x and y"),
        (lambda: structure_tensor(GREY, [1, 1], radius=0), ValueError, "radius must be at least 1, got 0"),
        (lambda: structure_tensor(GREY[:, :2], [1, 1]), ValueError, "image must have at least 3 × 3 pixels"),
        (lambda: lucas_kanade(GREY, GREY, [1, 1], guess=[1]), ValueError, r"guess has shape \(2,\).*u and v"),
        (lambda: lucas_kanade(GREY, GREY, [1, 8.1]), ValueError, "point must lie inside the picture"),
        (lambda: lucas_kanade(GREY, GREY, [1, 1], radius=1.5), TypeError, "radius must be a whole number"),
        (lambda: lucas_kanade(GREY, GREY[1:], [1, 1]), ValueError, "second has shape"),
        (lambda: track_points(GREY, GREY, [1, 1]), ValueError, r"points has shape \(n, 2\), got \(2,\)"),
        (lambda: track_points(GREY, GREY, [[1, 9]]), ValueError, "points must lie inside the picture"),
        (lambda: track_points(GREY, GREY, np.empty((0, 2))), ValueError, "points is empty"),
        (
            lambda: track_points(GREY, GREY, [[1, 1]], levels=3),
            ValueError,
            "levels must leave 3 × 3.*got 3: use few",
        ),
        (lambda: track_points(GREY, GREY, [[1, 1]], levels=10**12), ValueError, r"got 1\d{12}: use fewer"),
        (lambda: track_points(GREY, GREY, [[1, 1]], levels=-1), ValueError, "levels must be at least 0"),
        (lambda: track_points(GREY, GREY, [[1, 1]], steps=0), ValueError, "steps must be at least 1"),
        (
            lambda: endpoint_error([1, 2, 3], [1, 2, 3]),
            ValueError,
            r"flow has shape \(..., 2\), got \(3,\): u and v",
        ),
        (lambda: endpoint_error(1, 1), ValueError, r"flow has shape \(..., 2\), got \(\)"),
        (
            lambda: endpoint_error([[1, 2]], [1, 2]),
            ValueError,
            r"truth has shape \(1, 2\), got \(2,\): one true",
        ),
        (lambda: flow_to_colour([[1, 2]]), ValueError, r"flow has shape \(height, width, 2\), got \(1, 2\)"),
        (lambda: flow_to_colour([[[1, 2]]], largest=0), ValueError, "largest must be above 0, got 0"),
        (
            lambda: update_background([1], [1, 2]),
            ValueError,
            r"frame has shape \(1,\), got \(2,\): the background",
        ),
        (lambda: update_background([1], [1], step=0), ValueError, "step must be above 0, got 0"),
        (lambda: moving_boxes([1]), ValueError, r"mask has shape \(height, width\), got \(1,\)"),
        (lambda: moving_boxes([[1]], smallest=0), ValueError, "smallest must be at least 1, got 0"),
        (
            lambda: join_boxes([[[1, 2, 3]]], reach=1),
            ValueError,
            r"frame 0 of boxes_of_frames has shape \(n, 4\)",
        ),
        (
            lambda: join_boxes([[[0, 0, 1, 1], [2]]], reach=1),
            ValueError,
            "frame 0 of boxes_of_frames must be a regular array",
        ),
        (
            lambda: join_boxes(None, reach=1),
            TypeError,
            "boxes_of_frames must hold the boxes of each frame, got None: a list",
        ),
        (lambda: join_boxes([], reach=0), ValueError, "reach must be above 0, got 0"),
    ],
)
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
