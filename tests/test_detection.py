"""detection.py against numbers worked by hand, OpenCV, SciPy, Keras, and the laws of overlap and counting."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import detection
from cvlessons.datasets import load_marks, load_photo
from cvlessons.detection import (
    COCO_NAMES,
    average_precision,
    detect,
    detect_faces,
    integral_image,
    iou,
    match,
    non_maximum_suppression,
    precision,
    precision_recall_curve,
    recall,
    rectangle_sum,
    ssd_guesses,
)

sides = st.integers(1, 30)
corners = st.integers(-20, 20)
one_box = st.tuples(corners, corners, sides, sides).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))
answers = st.lists(st.booleans(), min_size=1, max_size=30)


@st.composite
def scored_boxes(draw):
    boxes = draw(st.lists(one_box, min_size=1, max_size=25))
    ranks = draw(st.permutations(range(len(boxes))))
    return np.array(boxes, float), (np.array(ranks) + 1) / (len(boxes) + 1)


@pytest.fixture(scope="module")
def swan():
    return load_photo("swan")


# ---- iou ------------------------------------------------------------------------------------------


@pytest.mark.judge("eq-iou", "hand")
def test_overlaps_worked_by_hand():
    # 4 x 4 and 4 x 4, shifted by (2, 1): they share 2 x 3 = 6 and cover 16 + 16 - 6 = 26
    assert_allclose(iou([0, 0, 4, 4], [2, 1, 6, 5]), 6 / 26, rtol=1e-15)
    assert iou([0, 0, 4, 4], [1, 1, 3, 3]) == 4 / 16  # one within the other
    assert iou([0, 0, 2, 2], [2, 0, 4, 2]) == 0  # they touch
    assert iou([0, 0, 2, 2], [9, 0, 11, 2]) == iou([0, 0, 2, 2], [0, 9, 2, 11]) == 0
    assert iou([0, 0, 2, 2], [5, 5, 6, 6]) == 0  # apart in both directions: no minus times minus


@pytest.mark.judge("eq-iou", "library")
@given(one_box, one_box)
def test_overlap_agrees_with_rotated_rectangles_of_opencv(one, other):
    cv2 = pytest.importorskip("cv2")

    def rotated(left, top, right, bottom):
        return ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top), 0

    _, points = cv2.rotatedRectangleIntersection(rotated(*one), rotated(*other))
    shared = 0.0 if points is None else cv2.contourArea(cv2.convexHull(points))
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (one, other)]
    assert_allclose(iou(one, other), shared / (sum(areas) - shared), atol=1e-4)  # it works in float32


@pytest.mark.judge("eq-iou", "law")
@given(one_box, one_box, corners, st.integers(1, 9))
def test_overlap_is_symmetric_and_ignores_shift_and_scale(one, other, shift, scale):
    share = iou(one, other)
    assert 0 <= share <= 1
    assert share == iou(other, one)
    assert iou(one, one) == 1
    assert (share == 1) == (one == other)
    moved = [scale * np.array(box) + shift for box in (one, other)]
    assert_allclose(iou(*moved), share, rtol=1e-12)


def test_many_boxes_at_once():
    boxes, others = [[0, 0, 2, 2], [0, 0, 4, 4]], [[0, 0, 2, 2], [1, 1, 3, 3], [9, 9, 10, 10]]
    assert_allclose(iou(np.array(boxes)[:, None], others), [[1, 1 / 7, 0], [0.25, 0.25, 0]])
    assert iou(boxes[0], boxes).shape == (2,)
    assert isinstance(iou(boxes[0], boxes[1]), float)
    assert iou(np.float32(boxes[0]), boxes[1]) == 0.25


# ---- non-maximum suppression ----------------------------------------------------------------------


def test_suppression_worked_by_hand():
    # IoU of neighbours: 8 * 10 / (2 * 100 - 80) = 2/3; of the first and the third: 60 / 140 = 3/7
    row = [[0, 0, 10, 10], [2, 0, 12, 10], [4, 0, 14, 10]]
    assert non_maximum_suppression(row, [0.9, 0.8, 0.7]).tolist() == [0, 2]
    assert non_maximum_suppression(row, [0.8, 0.9, 0.7]).tolist() == [1]
    assert non_maximum_suppression(row, [0.9, 0.8, 0.7], maximum_iou=0.42).tolist() == [0]
    assert non_maximum_suppression(row, [0.9, 0.8, 0.7], maximum_iou=0.67).tolist() == [0, 1, 2]
    assert non_maximum_suppression(row, [0.5, 0.5, 0.5]).tolist() == [0, 2]  # equal scores: the first first


def test_an_overlap_of_exactly_the_maximum_is_allowed():
    halves = [[0, 0, 2, 1], [0, 0, 1, 1]]
    assert non_maximum_suppression(halves, [1, 0.5], maximum_iou=0.5).tolist() == [0, 1]
    assert non_maximum_suppression([[0, 0, 1, 1], [1, 0, 2, 1]], [0.5, 1], maximum_iou=0).tolist() == [1, 0]


@settings(max_examples=200)
@given(scored_boxes(), st.floats(0.05, 0.95))
def test_suppression_agrees_with_opencv(scored, maximum_iou):
    cv2 = pytest.importorskip("cv2")
    boxes, scores = scored
    overlaps = iou(boxes[:, None], boxes)
    if np.abs(overlaps - maximum_iou).min() < 1e-4:
        return  # OpenCV works in float32, and would round to the other side
    sizes = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    expected = cv2.dnn.NMSBoxes(sizes.tolist(), scores.tolist(), 0.0, maximum_iou)
    found = non_maximum_suppression(boxes, scores, maximum_iou=maximum_iou)
    assert found.tolist() == np.asarray(expected).tolist()


@given(scored_boxes(), st.floats(0, 1))
def test_what_is_kept_lies_apart_and_what_is_dropped_had_a_better_one(scored, maximum_iou):
    boxes, scores = scored
    kept = non_maximum_suppression(boxes, scores, maximum_iou=maximum_iou)
    assert np.all(np.diff(scores[kept]) < 0)
    overlaps = iou(boxes[kept][:, None], boxes)
    assert np.all(overlaps[:, kept][~np.eye(len(kept), dtype=bool)] <= maximum_iou)
    for lost in set(range(len(boxes))) - set(kept.tolist()):
        assert np.any((overlaps[:, lost] > maximum_iou) & (scores[kept] > scores[lost]))


def test_of_no_boxes_none_is_kept():
    kept = non_maximum_suppression(np.zeros((0, 4)), [])
    assert (kept.shape, kept.dtype) == ((0,), np.int64)


# ---- the detector ---------------------------------------------------------------------------------


def test_the_classes_are_the_80_of_coco():
    assert len(COCO_NAMES) == len(set(COCO_NAMES.values())) == 80
    assert [COCO_NAMES[number] for number in (1, 16, 17, 47, 90)] == [
        "person", "bird", "cat", "cup", "toothbrush"
    ]  # fmt: skip
    assert sorted(set(range(1, 91)) - set(COCO_NAMES)) == [12, 26, 29, 30, 45, 66, 68, 69, 71, 83]
    with pytest.raises(TypeError):
        COCO_NAMES[12] = "street sign"


@pytest.mark.parametrize(
    ("name", "label"), [("swan", "bird"), ("cat", "cat"), ("licenseplate_motion", "car")]
)
def test_it_finds_the_one_thing_of_a_photo(name, label):
    boxes, labels, scores = detect(load_photo(name))
    marked_labels, marked = load_marks(name)
    assert labels == marked_labels == (label,)
    assert scores[0] > 0.6
    assert match(boxes, marked).tolist() == [0]


def test_guesses_of_the_network(swan):
    boxes, scores = ssd_guesses(swan)
    assert boxes.shape == (1917, 4)
    assert scores.shape == (1917, 90)
    assert scores.min() >= 0
    assert scores.max() <= 1
    never = [number - 1 for number in range(1, 91) if number not in COCO_NAMES]
    assert scores[:, never].max() < 0.01  # ten numbers of COCO were never used
    best = scores[:, 15].argmax()
    assert iou(boxes[best], load_marks("swan")[1][0]) > 0.8


def test_detections_are_the_guesses_that_are_sure_and_apart(swan):
    boxes, labels, scores = detect(swan, minimum_score=0.05, maximum_iou=0.4)
    assert np.all(np.diff(scores) <= 0)
    assert scores.min() >= 0.05
    assert len(boxes) == len(labels) == len(scores) > 1
    assert np.all((boxes >= 0) & (boxes <= [640, 425, 640, 425]))
    for name in set(labels):
        own = boxes[[label == name for label in labels]]
        overlaps = iou(own[:, None], own)
        assert np.all(overlaps[~np.eye(len(own), dtype=bool)] <= 0.4)
    assert len(detect(swan, minimum_score=0.05, maximum_iou=1)[0]) > len(boxes)


def test_where_nothing_is_sure_nothing_is_found():
    boxes, labels, scores = detect(load_photo("starry_night"))
    assert (boxes.shape, labels, scores.shape) == ((0, 4), (), (0,))


def test_two_classes_may_share_a_place(monkeypatch):
    """A guess may be sure of two classes; boxes of two classes do not suppress each other."""
    scores = np.zeros((3, 90))
    scores[0, [0, 16]] = 0.9, 0.8  # a person and a cat
    scores[1, 16] = 0.7  # a cat that overlaps the first: dropped
    scores[2, 0] = 0.95  # beyond the edge: its visible part has no area
    corners = np.array([[0, 0, 10, 10], [0, 1, 10, 11], [-5, 0, 0, 9]], float)
    monkeypatch.setattr(detection, "ssd_guesses", lambda image: (corners, scores))
    boxes, labels, found = detect(np.zeros((20, 20, 3), np.uint8))
    assert labels == ("person", "cat")
    assert boxes.tolist() == [[0, 0, 10, 10]] * 2
    assert found.tolist() == [0.9, 0.8]


# ---- matching -------------------------------------------------------------------------------------


def test_matching_worked_by_hand():
    marked = [[0, 0, 10, 10], [20, 0, 30, 10]]
    # the second comes too late, the third overlaps by 5 * 10 / 150 = 1/3 only
    found = [[1, 0, 11, 10], [0, 0, 10, 10], [25, 0, 35, 10], [20, 0, 30, 9]]
    assert match(found, marked).tolist() == [0, -1, -1, 1]
    assert match(found, marked, minimum_iou=1 / 3).tolist() == [0, -1, 1, -1]
    assert match(found, marked, minimum_iou=0.95).tolist() == [-1, 0, -1, -1]


def test_a_detection_takes_the_best_box_that_is_left():
    # the first overlaps both by more than 1/2 and takes the nearer; the second has to take the other
    marked = [[0, 0, 10, 10], [2, 0, 12, 10]]
    assert match([[2, 0, 12, 10], [2, 0, 12, 10]], marked).tolist() == [1, 0]


def test_a_detection_takes_only_its_own_label():
    box = [[0, 0, 9, 9]]
    assert match(box, box, labels=["cat"], marked_labels=["dog"]).tolist() == [-1]
    assert match(box, box, labels=("cat",), marked_labels=["cat"]).tolist() == [0]
    assert match(box, box, labels=np.array(["cat"]), marked_labels=["cat"]).tolist() == [0]
    both = box * 2
    assert match(both, both, labels=["dog", "cat"], marked_labels=["cat", "dog"]).tolist() == [1, 0]


def test_matching_nothing():
    none, box = np.zeros((0, 4)), [[0, 0, 1, 1]]
    assert match(none, box).tolist() == []
    assert match(box, none).tolist() == [-1]
    assert match(box, none, labels=["cat"], marked_labels=[]).tolist() == [-1]
    assert match(none, none).dtype == np.int64


# ---- counts ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-precision", "hand")
@pytest.mark.judge("eq-recall", "hand")
def test_counts_worked_by_hand():
    # ten things, eight detections, six of them right
    assert precision(true_positives=6, false_positives=2) == 0.75
    assert recall(true_positives=6, false_negatives=4) == 0.6
    assert precision(0, 3) == recall(0, 3) == 0
    assert precision(3, 0) == recall(3, 0) == 1


@pytest.mark.judge("eq-precision", "library")
@pytest.mark.judge("eq-recall", "library")
def test_counts_agree_with_keras(rng):
    metrics = pytest.importorskip("keras").metrics
    truth, said = rng.integers(0, 2, size=(2, 60))
    right, wrong = int(np.sum(truth & said)), int(np.sum(~truth & 1 & said))
    missed = int(np.sum(truth & ~said & 1))
    for metric, ours in (
        (metrics.Precision(), precision(right, wrong)),
        (metrics.Recall(), recall(right, missed)),
    ):
        metric.update_state(truth, said)
        assert_allclose(ours, float(metric.result()), rtol=1e-6)


@pytest.mark.judge("eq-precision", "law")
@pytest.mark.judge("eq-recall", "law")
@given(st.integers(1, 99), st.integers(0, 99), st.integers(0, 99))
def test_exchanging_truth_and_detector_exchanges_precision_and_recall(right, wrong, missed):
    assert precision(right, wrong) == recall(right, wrong)
    assert 0 < precision(right, wrong) <= 1
    assert precision(right, wrong + 1) < precision(right, wrong) < precision(right + 1, wrong) or wrong == 0
    harmonic = 2 / (1 / precision(right, wrong) + 1 / recall(right, missed))
    assert_allclose(harmonic, 2 * right / (2 * right + wrong + missed), rtol=1e-12)  # the F1 score


def test_a_curve_worked_by_hand():
    # by falling score: right, wrong, right, right; five are marked
    precisions, recalls = precision_recall_curve([0.4, 0.9, 0.7, 0.5], [True, True, False, True], marked=5)
    assert_allclose(precisions, [1, 1 / 2, 2 / 3, 3 / 4], rtol=1e-15)
    assert_allclose(recalls, [0.2, 0.2, 0.4, 0.6], rtol=1e-15)


def test_of_equal_scores_the_first_comes_first():
    precisions, _ = precision_recall_curve([0.5, 0.5], [False, True], marked=1)
    assert precisions.tolist() == [0, 0.5]


@pytest.mark.judge("eq-average-precision", "hand")
def test_area_worked_by_hand():
    # 0.2 at 1; then 2/3 would be next, but 3/4 follows at a larger recall and fills the dent: 0.4 at 3/4
    assert_allclose(average_precision([1, 1 / 2, 2 / 3, 3 / 4], [0.2, 0.2, 0.4, 0.6]), 0.2 + 0.4 * 0.75)
    assert average_precision([0, 0], [0, 0]) == 0
    assert average_precision([0.5], [1]) == 0.5  # the first was wrong and is not listed


@pytest.mark.judge("eq-average-precision", "library")
@given(answers, st.integers(0, 5))
def test_area_agrees_with_the_integral_of_scipy(correct, missed):
    """The integral over r of the best precision at a recall of at least r."""
    integrate = pytest.importorskip("scipy.integrate")
    interpolate = pytest.importorskip("scipy.interpolate")
    precisions, recalls = precision_recall_curve(
        -np.arange(len(correct)), correct, marked=max(sum(correct) + missed, 1)
    )
    best = [precisions[recalls >= r].max() for r in recalls]
    knots, first = np.unique(np.append(0, recalls), return_index=True)
    heights = np.append(max(best), best)[first]
    if len(knots) == 1:
        assert average_precision(precisions, recalls) == 0
        return
    step = interpolate.interp1d(knots, heights, kind="next")
    expected = sum(integrate.quad(step, a, b)[0] for a, b in pairwise(knots) if b - a > 1e-9)
    assert_allclose(average_precision(precisions, recalls), expected, atol=1e-6)


@pytest.mark.judge("eq-average-precision", "law")
@given(answers, st.integers(0, 5))
def test_area_is_largest_when_all_right_ones_come_first(correct, missed):
    marked = max(sum(correct) + missed, 1)

    def area(order):
        return average_precision(*precision_recall_curve(-np.arange(len(order)), order, marked=marked))

    assert area(sorted(correct)) <= area(correct) + 1e-12
    assert_allclose(area(sorted(correct, reverse=True)), sum(correct) / marked)
    assert area(correct) <= sum(correct) / marked + 1e-12
    assert_allclose(area([*correct, False, False]), area(correct))  # late false alarms cost nothing


# ---- faces ----------------------------------------------------------------------------------------


@pytest.mark.judge("eq-integral-image", "hand")
@pytest.mark.judge("eq-rectangle-sum", "hand")
def test_sums_worked_by_hand():
    image = [[1, 2, 3], [4, 5, 6]]
    integral = integral_image(image)
    assert integral.tolist() == [[0, 0, 0, 0], [0, 1, 3, 6], [0, 5, 12, 21]]
    assert rectangle_sum(integral, [1, 0, 3, 2]) == 21 - 0 - 5 + 0 == 2 + 3 + 5 + 6
    assert rectangle_sum(integral, [1, 1, 2, 2]) == 12 - 3 - 5 + 1 == 5


@pytest.mark.judge("eq-integral-image", "library")
@pytest.mark.judge("eq-rectangle-sum", "library")
@given(arrays(np.uint8, (7, 9)), st.data())
def test_sums_agree_with_opencv(image, data):
    cv2 = pytest.importorskip("cv2")
    integral = integral_image(image)
    assert_array_equal(integral, cv2.integral(image))
    left, right = sorted(data.draw(st.lists(st.integers(0, 9), min_size=2, max_size=2, unique=True)))
    top, bottom = sorted(data.draw(st.lists(st.integers(0, 7), min_size=2, max_size=2, unique=True)))
    expected = cv2.sumElems(image[top:bottom, left:right])[0]
    assert rectangle_sum(integral, [left, top, right, bottom]) == expected


@pytest.mark.judge("eq-integral-image", "law")
@pytest.mark.judge("eq-rectangle-sum", "law")
@given(arrays(np.int16, (6, 8)), st.integers(1, 7))
def test_differences_undo_the_sums_and_parts_add_up(image, cut):
    integral = integral_image(image)
    assert_array_equal(np.diff(np.diff(integral, axis=0), axis=1), image)
    left, right = (rectangle_sum(integral, box) for box in ([0, 1, cut, 5], [cut, 1, 8, 5]))
    assert left + right == rectangle_sum(integral, [0, 1, 8, 5])


def test_sums_of_float32_keep_their_digits():
    assert integral_image(np.full((1, 2), 2**24 + 2, np.float32))[1, 2] == 2 * (2**24 + 2)


def test_it_finds_the_29_faces():
    _, marked = load_marks("solvay_1927_faces")
    boxes, scores = detect_faces(load_photo("solvay_1927"), tile=192)
    found = match(boxes, marked)
    assert sorted(found[found >= 0].tolist()) == list(range(29))
    assert np.all(np.diff(scores) <= 0)
    assert np.all((boxes >= 0) & (boxes <= [1600, 1158, 1600, 1158]))
    overlaps = iou(boxes[:, None], boxes)
    assert np.all(overlaps[~np.eye(len(boxes), dtype=bool)] <= 0.3)


def test_a_tile_larger_than_the_image_is_filled_with_black():
    astronaut = load_photo("astronaut")
    [box], _ = detect_faces(astronaut[:300], tile=512)
    [whole], _ = detect_faces(astronaut, tile=512)
    assert iou(box, whole) > 0.8
    assert box[3] <= 300


def test_no_face_no_box():
    boxes, scores = detect_faces(np.full((64, 96, 3), 128, np.uint8), tile=64)
    assert (boxes.shape, scores.shape) == ((0, 4), (0,))


@pytest.mark.parametrize(
    ("length", "tile", "starts"),
    [
        (100, 200, [0]),
        (100, 100, [0]),
        (101, 100, [0, 1]),
        (200, 100, [0, 50, 100]),
        (230, 100, [0, 50, 100, 130]),
    ],
)
def test_tiles_cover_the_image_to_its_edge(length, tile, starts):
    assert detection._starts(length, tile) == starts


def test_tiles_hold_the_pixels_of_their_place(rng):
    image = rng.integers(1, 256, (30, 50, 3), np.uint8)
    seen = np.zeros((30, 50), bool)
    for left, top, square in detection._tiles(image, 20):
        assert_array_equal(square, image[top : top + 20, left : left + 20])
        seen[top : top + 20, left : left + 20] = True
    assert seen.all()
    [(left, top, square)] = detection._tiles(image, 64)
    assert (left, top, square.shape) == (0, 0, (64, 64, 3))
    assert_array_equal(square[:30, :50], image)
    assert not square[30:].any()
    assert not square[:, 50:].any()


def test_the_centres_of_the_guesses():
    centres = detection._face_anchors()
    assert centres.shape == (896, 2)
    assert_array_equal(centres[:4], np.array([[1, 1], [1, 1], [3, 1], [3, 1]]) / 32)
    assert_array_equal(centres[512:519], np.array([[1, 1]] * 6 + [[3, 1]]) / 16)
    assert_array_equal(centres[-1], [15 / 16, 15 / 16])


# ---- edges ----------------------------------------------------------------------------------------


BOX = [0, 0, 1, 1]
PHOTO = np.zeros((4, 4, 3), np.uint8)
BAD = [
    (lambda: iou([0, 0, 1], BOX), ValueError, r"boxes has shape \(4,\) or \(..., 4\), got \(3,\): left, top"),
    (lambda: iou(BOX, 3), ValueError, r"others has shape \(4,\) or \(..., 4\), got \(\): left, top"),
    (
        lambda: iou(BOX, [2, 0, 1, 1]),
        ValueError,
        r"others must have left < right and top < bottom, got \[2.0",
    ),
    (
        lambda: iou([BOX, [0, 3, 4, 3]], BOX),
        ValueError,
        r"got \[0.0, 3.0, 4.0, 3.0\]: give left, top, right, bottom, not left, top, width, height",
    ),
    (lambda: iou(["a"] * 4, BOX), TypeError, "boxes must hold real numbers"),
    (lambda: iou([0, 0, np.nan, 1], BOX), ValueError, "boxes must hold finite numbers, got nan"),
    (lambda: iou([0, 0, 1e200, 1e200], BOX), ValueError, "boxes must have areas from 1e-300 to 1e300: use"),
    (lambda: iou(BOX, [-1.7e308, 0, 1.7e308, 1]), ValueError, "others must have areas from 1e-300 to 1e300"),
    (lambda: iou([0, 0, 1e-200, 1e-200], BOX), ValueError, "boxes must have areas from 1e-300 to 1e300"),
    (
        lambda: iou([BOX] * 2, [BOX] * 3),
        ValueError,
        r"boxes and others must be as many, got \(2, 4\) and \(3, 4\): to compare all with all, use boxes\[",
    ),
    (
        lambda: non_maximum_suppression([BOX], [1, 2]),
        ValueError,
        r"scores has shape \(1,\), got \(2,\): one score for each box",
    ),
    (lambda: non_maximum_suppression([], [1]), ValueError, r"scores has shape \(0,\), got \(1,\): one score"),
    (lambda: non_maximum_suppression(np.zeros((0, 3)), []), ValueError, r"boxes has shape \(n, 4\), got"),
    (lambda: non_maximum_suppression([[1], [1, 2]], []), ValueError, "boxes must be a regular array"),
    (lambda: non_maximum_suppression([], [[1], [1, 2]]), ValueError, "scores must be a regular array"),
    (
        lambda: non_maximum_suppression(BOX, [1]),
        ValueError,
        r"boxes has shape \(n, 4\), got \(4,\): left, top",
    ),
    (
        lambda: non_maximum_suppression([BOX], [1], maximum_iou=2),
        ValueError,
        "maximum_iou must be at most 1, got 2",
    ),
    (
        lambda: non_maximum_suppression([BOX], [1], maximum_iou="half"),
        TypeError,
        "maximum_iou must be a number, got 'half'",
    ),
    (lambda: ssd_guesses(PHOTO / 1), TypeError, r"image must hold bytes \(uint8\), got float64: a photo of"),
    (
        lambda: detect(PHOTO[:, :, 0]),
        ValueError,
        r"image has shape \(height, width, 3\), got \(4, 4\): a grey",
    ),
    (
        lambda: detect([[1], [1, 2]]),
        ValueError,
        r"image must be a regular array, got \[\[1\], \[1, 2\]\]: make",
    ),
    (lambda: detect(PHOTO[:0]), ValueError, r"image has shape \(height, width, 3\), got \(0, 4, 3\)"),
    (lambda: detect(np.zeros((4, 4, 4), np.uint8)), ValueError, r"got \(4, 4, 4\)"),
    (lambda: detect(PHOTO, minimum_score=-1), ValueError, "minimum_score must be at least 0, got -1"),
    (lambda: detect(PHOTO, maximum_iou=1.5), ValueError, "maximum_iou must be at most 1, got 1.5"),
    (lambda: match(BOX, [BOX]), ValueError, r"boxes has shape \(n, 4\), got \(4,\)"),
    (lambda: match([BOX], BOX), ValueError, r"marked has shape \(n, 4\), got \(4,\)"),
    (lambda: match([BOX], [BOX], minimum_iou=0), ValueError, "minimum_iou must be above 0, got 0"),
    (
        lambda: match([BOX], [BOX], labels=["a"]),
        ValueError,
        "marked_labels must be one label for each of 1 boxes, got None",
    ),
    (
        lambda: match([BOX], [BOX], labels=["a", "b"], marked_labels=["a"]),
        ValueError,
        r"labels must be one label for each of 1 boxes, got \['a', 'b'\]",
    ),
    (
        lambda: match([BOX], [BOX], labels="a", marked_labels=["a"]),
        ValueError,
        "labels must be one label for each of 1 boxes, got 'a'",
    ),
    (
        lambda: match([BOX], [BOX], labels={"a"}, marked_labels=["a"]),
        ValueError,
        "labels must be one label for each of 1 boxes, got {'a'}: give a list of texts",
    ),
    (
        lambda: match([BOX], [BOX], labels=["a"], marked_labels=np.array([["a"]])),
        ValueError,
        "marked_labels must be one label for each of 1 boxes, got array",
    ),
    (
        lambda: precision(0, 0),
        ValueError,
        "precision needs at least one detection, got 0: lower the threshold",
    ),
    (lambda: precision(-1, 2), ValueError, "true_positives must be at least 0, got -1"),
    (lambda: precision(1, 0.5), TypeError, "false_positives must be a whole number, got 0.5"),
    (
        lambda: recall(0, 0),
        ValueError,
        "recall needs at least one marked box, got 0: mark what is to be found",
    ),
    (lambda: recall("a", 2), TypeError, "true_positives must be a whole number"),
    (lambda: recall(1, -2), ValueError, "false_negatives must be at least 0, got -2"),
    (lambda: precision_recall_curve([], [], 1), ValueError, "scores is empty"),
    (lambda: precision_recall_curve([[1]], [1], 1), ValueError, r"scores has shape \(n,\), got \(1, 1\)"),
    (
        lambda: precision_recall_curve([1, 2], [True], 1),
        ValueError,
        r"correct has shape \(2,\), got \(1,\): one answer for each detection",
    ),
    (
        lambda: precision_recall_curve([1, 2], [0, -1], 1),
        ValueError,
        "correct must hold True or False: compare what match gives with -1, found >= 0",
    ),
    (
        lambda: precision_recall_curve([1, 2], [True, True], 1),
        ValueError,
        "marked must be at least the 2 that were found, got 1",
    ),
    (lambda: precision_recall_curve([1], [True], 0), ValueError, "marked must be at least 1, got 0"),
    (
        lambda: average_precision([1, 1], [1]),
        ValueError,
        r"recalls has shape \(2,\), got \(1,\): one for each precision",
    ),
    (lambda: average_precision([], []), ValueError, "precisions is empty"),
    (lambda: average_precision([1.5], [1]), ValueError, "precisions must lie from 0 to 1, got 1.5"),
    (lambda: average_precision([1], [-0.5]), ValueError, "recalls must lie from 0 to 1, got -0.5"),
    (
        lambda: average_precision([1, 1], [0.5, 0.25]),
        ValueError,
        "recalls must never fall: sort the detections by their scores, the best first",
    ),
    (lambda: integral_image([1, 2]), ValueError, r"image has shape \(height, width\), got \(2,\)"),
    (lambda: integral_image([[np.inf]]), ValueError, "image must hold finite numbers, got inf"),
    (
        lambda: rectangle_sum([1], BOX),
        ValueError,
        r"integral has shape \(height \+ 1, width \+ 1\), got \(1,\)",
    ),
    (
        lambda: rectangle_sum(np.zeros((3, 3)), [0, 0, 1]),
        ValueError,
        r"box has shape \(4,\), got \(3,\): left",
    ),
    (lambda: rectangle_sum(np.zeros((3, 3)), [1, 0, 1, 1]), ValueError, "box must have left < right"),
    (
        lambda: rectangle_sum(np.zeros((3, 4)), [0, 0, 1.5, 1]),
        ValueError,
        r"box must hold whole pixels within 3 x 2, got \[0.0, 0.0, 1.5, 1.0\]: round it and clip it",
    ),
    (lambda: rectangle_sum([[0, 0], [0]], BOX), ValueError, "integral must be a regular array"),
    (lambda: rectangle_sum([[0, 0], [0, "a"]], BOX), TypeError, "integral must hold real numbers"),
    (lambda: rectangle_sum(np.full((2, 2), np.nan), BOX), ValueError, "integral must hold finite numbers"),
    (lambda: rectangle_sum(np.zeros((3, 4)), [0, 0, 1e30, 1]), ValueError, "box must hold whole pixels"),
    (lambda: rectangle_sum(np.zeros((3, 4)), [-1, 0, 1, 1]), ValueError, "box must hold whole pixels"),
    (lambda: rectangle_sum(np.zeros((3, 4)), [0, -1, 1, 1]), ValueError, "box must hold whole pixels"),
    (lambda: rectangle_sum(np.zeros((3, 4)), [0, 0, 4, 1]), ValueError, "box must hold whole pixels"),
    (lambda: rectangle_sum(np.zeros((3, 4)), [0, 0, 1, 3]), ValueError, "box must hold whole pixels"),
    (lambda: detect_faces(PHOTO / 1, tile=64), TypeError, "image must hold bytes"),
    (lambda: detect_faces(PHOTO, tile=8), ValueError, "tile must be at least 16, got 8"),
    (lambda: detect_faces(PHOTO, tile=10**9), ValueError, "tile must be at most 8192, got 1000000000: the"),
    (lambda: detect_faces(PHOTO, tile=64.0), TypeError, "tile must be a whole number, got 64.0"),
    (lambda: detect_faces(PHOTO, tile=64, minimum_score=2), ValueError, "minimum_score must be at most 1"),
    (lambda: detect_faces(PHOTO, tile=64, maximum_iou=-1), ValueError, "maximum_iou must be at least 0"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
