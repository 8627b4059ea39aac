"""swan.py against regions worked by hand, scikit-image, OpenCV and SciPy, and the laws of its measures."""

import dataclasses
import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_photo
from cvlessons.swan import (
    FEATURES,
    Measurements,
    Thresholds,
    blacken,
    dominates,
    draw_boat,
    draw_frontal,
    draw_open_wings,
    ellipse_of,
    find_beak,
    find_parts,
    hide_neck,
    judge,
    measure,
    ovalness,
    scan_settings,
    silhouette,
    slenderness,
    whiteness,
    within_box,
)

# JavaScript reads the same files, so that the figure and the package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/swan_judge.json").read_text(encoding="utf-8"))
FIGURE = Path(__file__).parents[1] / "figures/swan"
SCENES = json.loads((FIGURE / "scenes.json").read_text(encoding="utf-8"))
IN_FIGURE = [Measurements(**scene["measured"]) for scene in SCENES]
IS_SWAN = [scene["swan"] for scene in SCENES]
ALL = np.full((40, 40), True)
masks = arrays(bool, (9, 7))
numbers = st.floats(0, 10).map(lambda x: round(x, 1))
measurements = st.builds(Measurements, *[numbers] * 6)
SWAN = Measurements(0.5, 0.8, 3.0, 0.7, 0.01, 5.0)


@pytest.fixture(scope="module")
def photo():
    return load_photo("swan")


@pytest.fixture(scope="module")
def scenes(photo):
    ducks = load_photo("ducks")
    return {
        "swan": photo,
        "open wings": draw_open_wings(),
        "black": blacken(photo),
        "hidden neck": hide_neck(photo),
        "front": draw_frontal(),
        "duck": ducks[540:720, 520:720],
        "boat": draw_boat(),
    }


@pytest.fixture(scope="module")
def measured(scenes):
    return {name: measure(scene) for name, scene in scenes.items()}


def pond():
    return np.full((100, 120, 3), (120, 160, 190), np.uint8)


def ellipse_mask(rows, columns, angle):
    m, n = np.indices((160, 160)) - 80.0
    turned = np.cos(angle) * m + np.sin(angle) * n, -np.sin(angle) * m + np.cos(angle) * n
    return (turned[0] / rows) ** 2 + (turned[1] / columns) ** 2 <= 1


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-swan-whiteness", "hand")
def test_whiteness_of_three_colours():
    image = np.zeros((40, 40, 3), np.uint8)
    image[:10], image[10:20], image[20:] = (250, 240, 230), (20, 200, 30), (90, 100, 110)
    assert whiteness(image, ALL) == 90 / 255  # twice as many pixels as the others
    assert whiteness(image, ALL & (np.arange(40) < 20)[:, None]) == (230 + 20) / 2 / 255
    assert whiteness(image, ~ALL) == 0


@pytest.mark.judge("eq-swan-whiteness", "library")
def test_whiteness_is_value_times_one_minus_saturation(rng):
    color = pytest.importorskip("skimage.color")
    image = rng.integers(0, 256, (40, 40, 3)).astype(np.uint8)
    mask = rng.random((40, 40)) < 0.5
    hsv = color.rgb2hsv(image)[mask]
    assert_allclose(whiteness(image, mask), np.median(hsv[:, 2] * (1 - hsv[:, 1])), atol=1e-12)


@pytest.mark.judge("eq-swan-whiteness", "law")
@given(arrays(np.uint8, (32, 32, 3)), st.permutations([0, 1, 2]), st.integers(0, 255))
@settings(max_examples=25)
def test_whiteness_ignores_which_channel_is_dark_and_grows_with_light(image, order, level):
    mask = np.full((32, 32), True)
    assert whiteness(image, mask) == whiteness(image[:, :, order], mask)
    assert 0 <= whiteness(image, mask) <= whiteness(np.maximum(image, level), mask) <= 1
    assert whiteness(np.full_like(image, level), mask) == level / 255


@pytest.mark.judge("eq-swan-oval", "hand")
def test_ovalness_of_a_square():
    # A square of side s has variance s²/12, so its ellipse is the circle of radius 2 s/√12 = s/√3. Four
    # segments of 60° of the circle stick out: r² (π/6 - √3/4) each. The square keeps the rest.
    radius = 1 / np.sqrt(3)
    outside = 4 * radius**2 * (np.pi / 6 - np.sqrt(3) / 4)
    expected = (np.pi * radius**2 - outside) / (1 + outside)
    square = np.zeros((300, 300), bool)
    square[50:250, 30:230] = True
    assert_allclose(ovalness(square), expected, atol=2e-3)


def test_ellipse_of_a_row_by_hand():
    mask = np.zeros((5, 6), bool)
    mask[2, 1:4] = True  # columns 1, 2, 3: variance 2/3 of their centres, and 1/12 of a square pixel
    centre, covariance = ellipse_of(mask)
    assert centre.tolist() == [2, 2]
    assert_allclose(covariance, [[1 / 12, 0], [0, 2 / 3 + 1 / 12]], rtol=1e-15)


@pytest.mark.judge("eq-swan-oval", "library")
@pytest.mark.parametrize("shape", ["boot", "ell", "ellipse"])
def test_ovalness_agrees_with_scikit_image(shape):
    skmeasure, draw = pytest.importorskip("skimage.measure"), pytest.importorskip("skimage.draw")
    mask = ellipse_mask(50, 20, 0.7)
    if shape != "ellipse":
        mask = np.zeros((160, 160), bool)
        mask[40:130, 60:85] = mask[100:130, 60:125] = True
        mask[40:60, 60:110] = shape == "boot"
        mask[40:60, 60:85] = True
    region = skmeasure.regionprops(mask.astype(int))[0]
    half = region.axis_major_length / 2, region.axis_minor_length / 2
    theirs = np.zeros_like(mask)
    theirs[draw.ellipse(*region.centroid, *half, shape=mask.shape, rotation=region.orientation)] = True
    assert_allclose(ovalness(mask), (mask & theirs).sum() / (mask | theirs).sum(), atol=0.015)


@pytest.mark.judge("eq-swan-oval", "law")
@given(masks, st.integers(0, 3), st.integers(0, 5), st.integers(0, 5))
def test_ovalness_does_not_care_for_place_and_quarter_turns(mask, turns, down, right):
    moved = np.pad(np.rot90(mask, turns), ((down, 1), (right, 2)))
    assert_allclose(ovalness(moved), ovalness(mask), atol=1e-9)
    assert 0 <= ovalness(mask) <= 1


@pytest.mark.parametrize(("rows", "columns"), [(40, 40), (60, 20), (25, 70)])
@pytest.mark.parametrize("angle", [0, 0.4, 1.2])
def test_an_ellipse_is_oval(rows, columns, angle):
    assert ovalness(ellipse_mask(rows, columns, angle)) > 0.98


@pytest.mark.judge("eq-swan-slenderness", "hand")
def test_slenderness_by_hand():
    mask = np.zeros((20, 20), bool)
    mask[3, 2:14] = True
    assert slenderness(mask) == 12  # twelve pixels in a row: length 12, area 12
    mask[4:7, 2:14] = True  # 4 x 12: from corner to corner 3 down and 11 across, and one pixel more
    assert_allclose(slenderness(mask), (np.hypot(3, 11) + 1) ** 2 / 48, rtol=1e-12)
    assert slenderness(~ALL) == 0


@pytest.mark.judge("eq-swan-slenderness", "library")
@given(masks)
def test_slenderness_agrees_with_scipy(mask):
    distance = pytest.importorskip("scipy.spatial.distance")
    if mask.any():
        length = distance.pdist(np.argwhere(mask)).max(initial=0) + 1
        assert_allclose(slenderness(mask), length**2 / mask.sum(), rtol=1e-12)


@pytest.mark.judge("eq-swan-slenderness", "law")
@given(masks, st.integers(1, 4))
def test_slenderness_does_not_care_for_place_and_nothing_beats_a_disc(mask, shift):
    assert_allclose(slenderness(np.pad(np.rot90(mask), shift)), slenderness(mask), rtol=1e-12)
    if mask.any():  # of all shapes with this diameter (corner to corner of pixels) the disc has most area
        length = np.sqrt(slenderness(mask) * mask.sum())
        assert slenderness(mask) >= 4 / np.pi * (length / (length - 1 + np.sqrt(2))) ** 2 - 1e-9


@pytest.mark.parametrize("angle", [0.2, 0.8, 1.4])
def test_slenderness_does_not_care_for_the_direction(angle):
    assert_allclose(slenderness(ellipse_mask(60, 12, angle)), slenderness(ellipse_mask(60, 12, 0)), rtol=0.03)


# ---- parts ----------------------------------------------------------------------------------------


def test_the_silhouette_is_the_largest_greyish_thing_without_its_hole():
    scene = pond()
    scene[30:70, 40:80] = 250  # white, with a hole
    scene[45:55, 55:65] = pond()[0, 0]
    scene[10:16, 40:46] = 250  # white and small
    scene[84:96, 8:112] = (200, 150, 20)  # larger, but coloured
    mask = silhouette(scene)
    expected = np.zeros_like(mask)
    expected[30:70, 40:80] = True
    assert (mask ^ expected).sum() < 900  # blurred, its seam lies four pixels further out
    assert mask[50, 60] and not mask[13, 43] and not mask[90, 60]


def test_the_water_may_change_from_row_to_row():
    scene = np.repeat(np.linspace(60, 220, 100)[:, None, None], 120, axis=1).repeat(3, 2).astype(np.uint8)
    assert not silhouette(scene).any()
    scene[40:60, 50:70] = 10
    mask = silhouette(scene)
    assert mask[50, 60] and not mask[20, 60] and not mask[80, 60]


def test_parts_of_a_ball_on_a_stick():
    m, n = np.indices((120, 100))
    ball, stick = np.hypot(m - 90, n - 50) < 25, (abs(n - 50) < 5) & (m > 10) & (m < 90)
    body, neck, head = find_parts(ball | stick)
    assert (body ^ ball).sum() < 120
    assert neck[15:60, 48:53].all() and not neck[75:].any()
    assert head[12:18, 48:53].all() and not head[40:].any()
    assert not (head & ~neck).any() and not (body & neck).any()


def test_a_stick_below_the_middle_is_no_neck():
    m, n = np.indices((120, 100))
    body, neck, head = find_parts(
        (np.hypot(m - 30, n - 50) < 25) | ((abs(n - 50) < 5) & (m > 30) & (m < 110))
    )
    assert body.any() and not neck.any() and not head.any()


def test_of_nothing_there_are_no_parts():
    assert not any(part.any() for part in find_parts(~ALL))


def test_the_beak_is_the_most_orange_region_that_is_near_and_large_enough():
    scene = pond()
    scene[30:70, 40:80] = 250
    scene[34:44, 80:92] = (200, 30, 200)  # purple, larger
    scene[50:58, 80:90] = (226, 112, 44)
    scene[5:15, 5:20] = (226, 115, 40)  # orange, but far away
    beak = find_beak(scene, silhouette(scene))
    assert beak[54, 85] and not beak[38, 86] and not beak[10, 12]
    scene[50:58, 80:90] = pond()[0, 0]
    assert find_beak(scene, silhouette(scene))[38, 86]
    assert not find_beak(pond(), np.zeros((100, 120), bool)).any()


@pytest.mark.parametrize(("colour", "error"), [((255, 85, 0), 0), ((255, 0, 0), 20), ((255, 0, 85), 40)])
def test_the_hue_is_measured_round_the_wheel(colour, error):
    scene = pond()
    scene[30:70, 40:80] = 250
    scene[50:60, 80:95] = colour
    assert_allclose(measure(scene).beak_hue_error, error, atol=6)  # its seam is mixed with the water


def test_an_empty_lake_has_nothing_of_a_swan():
    assert measure(pond()) == Measurements(0, 0, 0, 0, 0, 180)


# ---- verdicts -------------------------------------------------------------------------------------


def test_the_scenes_fail_for_the_reasons_of_the_chapter(measured):
    failed = {name: {reason.split()[0] for reason in judge(one)[1]} for name, one in measured.items()}
    lost = {"neck_slenderness", "head_oval"}
    assert failed == {
        "swan": set(), "open wings": {"body_oval"}, "black": {"whiteness"},
        "hidden neck": lost, "front": lost, "duck": set(), "boat": set(),
    }  # fmt: skip


def test_the_boat_is_more_of_a_swan_than_a_swan(measured):
    swans = [measured[name] for name in ("swan", "open wings", "black", "hidden neck", "front")]
    assert dominates(measured["boat"], measured["hidden neck"])
    assert not dominates(measured["hidden neck"], measured["boat"])
    assert within_box(measured["boat"], swans) and not within_box(measured["duck"], swans)


@pytest.mark.parametrize("name", FEATURES)
def test_each_threshold_counts_and_reaching_it_is_enough(name):
    bars = Thresholds(**dataclasses.asdict(SWAN))
    assert judge(SWAN, bars) == (True, ())
    worse = 0.1 if name == "beak_hue_error" else -0.005
    below = dataclasses.replace(SWAN, **{name: getattr(SWAN, name) + worse})
    is_swan, reasons = judge(below, bars)
    assert not is_swan and len(reasons) == 1
    assert reasons[0].startswith(f"{name} {getattr(below, name):.3g} is ")
    assert ("above" if name == "beak_hue_error" else "below") in reasons[0]


def test_judge_uses_the_thresholds_of_the_chapter_by_default():
    assert judge(SWAN) == judge(SWAN, Thresholds()) == (True, ())


@given(measurements, measurements, measurements)
def test_no_bars_part_what_is_ordered_the_wrong_way(one, other, bars):
    accepted = [judge(m, Thresholds(**dataclasses.asdict(bars)))[0] for m in (one, other)]
    if dominates(one, other):
        assert accepted[0] or not accepted[1]
    assert dominates(one, one)


@given(measurements, st.lists(measurements, min_size=1, max_size=4))
def test_a_box_holds_what_lies_between(one, others):
    ranges = zip(*map(dataclasses.astuple, others), strict=True)
    between = [min(r) <= x <= max(r) for x, r in zip(dataclasses.astuple(one), ranges, strict=True)]
    assert within_box(one, others) == all(between)
    assert within_box(others[0], others)


@given(st.lists(st.tuples(measurements, st.booleans()), min_size=1, max_size=3))
@settings(max_examples=25, deadline=None)
def test_the_scan_counts_what_judge_says(scenes):
    measured, is_swan = [m for m, _ in scenes], np.array([truth for _, truth in scenes])
    found, alarms, bars = scan_settings(measured, is_swan)
    assert len(found) == np.prod([len({getattr(m, name) for m in measured}) for name in FEATURES])
    for k in range(0, len(found), 1 + len(found) // 20):
        says = np.array([judge(m, Thresholds(*bars[k]))[0] for m in measured])
        assert (found[k], alarms[k]) == (says[is_swan].sum(), says[~is_swan].sum())


def test_the_scan_misses_no_outcome(rng):
    measured = [Measurements(*row) for row in rng.integers(0, 3, (3, 6)).astype(float)]
    is_swan = np.array([True, True, False])
    found, alarms, _ = scan_settings(measured, is_swan)
    outcomes = set(zip(found.tolist(), alarms.tolist(), strict=True))
    for bars in itertools.product([0, 0.5, 1, 1.5, 2], repeat=6):
        says = np.array([judge(m, Thresholds(*bars))[0] for m in measured])
        assert not says.any() or (says[is_swan].sum(), says[~is_swan].sum()) in outcomes


# ---- scenes ---------------------------------------------------------------------------------------


def test_scenes_are_the_same_each_time_and_leave_the_photograph_alone(photo):
    before = photo.copy()
    for make in (lambda: blacken(photo), lambda: hide_neck(photo), draw_open_wings, draw_frontal, draw_boat):
        scene = make()
        assert scene.dtype == np.uint8 and scene.shape[2] == 3
        assert_array_equal(scene, make())
    assert_array_equal(photo, before)


def test_blacken_changes_the_bird_and_nothing_else(photo):
    black, bird = blacken(photo), silhouette(photo)
    assert black[bird].mean() < 0.35 * photo[bird].mean()
    assert_array_equal(black[:, :100], photo[:, :100])


def test_hide_neck_puts_water_where_the_head_was(photo):
    hidden = hide_neck(photo)
    assert silhouette(photo)[:60].any() and not silhouette(hidden)[:110].any()
    assert_array_equal(hidden[320:], photo[320:])
    assert_array_equal(hidden[190:200, 240:250], photo[52:62, 249:259])  # the beak, 138 down and 9 left


# ---- bad input ------------------------------------------------------------------------------------

WITH_IMAGE = [
    silhouette,
    measure,
    blacken,
    hide_neck,
    lambda i: whiteness(i, ALL),
    lambda i: find_beak(i, ALL),
]
WITH_MASK = [
    find_parts, ellipse_of, ovalness, slenderness,
    lambda m: whiteness(pond()[:40, :40], m), lambda m: find_beak(pond()[:40, :40], m),
]  # fmt: skip


@pytest.mark.parametrize("function", WITH_IMAGE)
@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        ([[1]], TypeError, r"image must be a uint8 array, got \[\[1\]\]: convert it, image.astype"),
        (np.zeros((40, 40, 3)), TypeError, "image must be a uint8 array, got float64"),
        (np.zeros((40, 40), np.uint8), ValueError, r"at least 32 x 32 pixels, got \(40, 40\)"),
        (np.zeros((40, 40, 4), np.uint8), ValueError, r"got \(40, 40, 4\): give a colour picture, RGB"),
        (np.zeros((40, 31, 3), np.uint8), ValueError, r"got \(40, 31, 3\)"),
    ],
)
def test_a_bad_image_is_explained(function, image, error, message):
    with pytest.raises(error, match=message):
        function(image)


@pytest.mark.parametrize("function", WITH_MASK)
@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        ("mask", TypeError, "mask must be an array of True and False, got 'mask': compare it, mask > 0"),
        (np.ones((40, 40)), TypeError, "got float64"),
        (np.full((40, 40, 1), True), ValueError, r"mask has shape \(height, width\).*got \(40, 40, 1\)"),
        (np.zeros((0, 4), bool), ValueError, r"is not empty, got \(0, 4\)"),
    ],
)
def test_a_bad_mask_is_explained(function, mask, error, message):
    with pytest.raises(error, match=message):
        function(mask)


@pytest.mark.parametrize("function", [whiteness, find_beak])
def test_a_mask_of_another_size_is_explained(function):
    with pytest.raises(ValueError, match=r"mask has shape \(100, 120\), got \(40, 40\): one entry for each"):
        function(pond(), ALL)


def test_an_empty_region_has_no_ellipse():
    with pytest.raises(ValueError, match="mask must hold a region, got one that is False everywhere"):
        ellipse_of(~ALL)


def test_hide_neck_wants_the_photograph():
    with pytest.raises(
        ValueError, match=r"photo has shape \(425, 640, 3\), got \(100, 120, 3\): give load_ph"
    ):
        hide_neck(pond())


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("1", TypeError, "body_oval must be a number, got '1'"),
        (-0.1, ValueError, "body_oval must be at least 0, got -0.1"),
        (np.nan, ValueError, "body_oval must be finite, got nan"),
    ],
)
def test_a_bad_threshold_is_explained(value, error, message):
    with pytest.raises(error, match=message):
        Thresholds(body_oval=value)


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (np.nan, ValueError, "whiteness must be finite, got nan"),
        (-1, ValueError, "whiteness must be at least 0, got -1"),
        ("white", TypeError, "whiteness must be a number, got 'white'"),
    ],
)
def test_a_bad_measurement_is_explained(value, error, message):
    with pytest.raises(error, match=message):
        Measurements(value, 1, 1, 1, 1, 1)


@pytest.mark.parametrize("truth", ["no", [1], ["no"], [None], [[True], [True, False]]])
def test_what_is_neither_true_nor_false_is_explained(truth):
    with pytest.raises(
        TypeError, match=r"is_swan must be a list of True and False, got .*: compare it, == 1"
    ):
        scan_settings([SWAN], truth)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: judge(Thresholds()),
            r"measurements must be Measurements, got Thresholds.*see swan.Measurem",
        ),
        (lambda: judge(SWAN, SWAN), "thresholds must be Thresholds, got Measurements"),
        (lambda: dominates(SWAN, 3), "measurements must be Measurements, got 3"),
        (lambda: within_box(SWAN, SWAN), "measurements must be a list, got Measurements.*into brackets"),
        (lambda: scan_settings([SWAN, 1], [True, False]), "measurements must be Measurements, got 1"),
    ],
)
def test_what_is_no_measurement_is_explained(call, message):
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: within_box(SWAN, []), "measurements is empty: give at least one"),
        (lambda: scan_settings([SWAN], [True, False]), r"one truth for each, got 1 and \(2,\): take fewer"),
        (lambda: scan_settings([SWAN] * 13, [True] * 13), r"must hold 1 to 12 scenes.*got 13 and \(13,\)"),
    ],
)
def test_a_wrong_number_of_scenes_is_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- the figure -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chapter_scenes(scenes):
    """The eight scenes under the chapter's names, in its order."""
    names = {"black": "black swan", "front": "from the front", "duck": "one duck"}
    named = {names.get(name, name): scene for name, scene in scenes.items()}
    return {scene["name"]: named.get(scene["name"], load_photo("ducks")) for scene in SCENES}


def test_the_figure_has_the_scenes_of_the_chapter_and_what_was_measured_in_them(chapter_scenes):
    assert [scene["name"] for scene in SCENES] == list(chapter_scenes)
    assert [scene["name"] for scene in SCENES if not scene["swan"]] == ["ducks", "one duck", "boat"]
    for found, picture in zip(IN_FIGURE, chapter_scenes.values(), strict=True):
        assert_allclose(dataclasses.astuple(found), dataclasses.astuple(measure(picture)), rtol=1e-4)


@pytest.mark.parametrize("scene", SCENES, ids=[scene["name"] for scene in SCENES])
def test_the_figures_pictures_and_outlines_are_those_of_the_scenes(chapter_scenes, scene):
    cv2 = pytest.importorskip("cv2")
    picture, (width, height) = chapter_scenes[scene["name"]], (scene["width"], scene["height"])
    row, column = divmod(SCENES.index(scene), 4)  # four scenes in a row, 200 x 150 pixels for each
    all_stored = cv2.imread(str(FIGURE / "scenes.jpg"))
    stored = all_stored[150 * row : 150 * row + height, 200 * column : 200 * column + width]
    small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)[:, :, ::-1]
    assert np.abs(stored.astype(int) - small).mean() < 8  # compressed with loss, to be looked at

    mask = silhouette(picture)
    parts = dict(zip(("body", "neck", "head"), find_parts(mask), strict=True))
    parts["beak"] = find_beak(picture, mask)
    for name, part in parts.items():
        drawn = np.zeros(mask.shape, np.uint8)
        if scene["parts"][name]:
            corners = [point.split(",") for point in scene["parts"][name].strip("MZ").split()]
            scale = picture.shape[1] / scene["width"]
            cv2.fillPoly(drawn, [np.rint(np.array(corners, float) * scale - 0.5).astype(np.int32)], 1)
        assert drawn.any() == part.any()
        shared, either = np.sum((drawn > 0) & part), np.sum((drawn > 0) | part)
        assert not either or shared / either > 0.75, name  # outlines are simplified; a beak is small


@pytest.mark.parametrize("case", CASES["judged"], ids=lambda case: f"{case['found']} and {case['alarms']}")
def test_the_figures_verdicts_are_those_of_the_package(case):
    verdicts = [judge(found, Thresholds(**case["thresholds"])) for found in IN_FIGURE]
    assert [list(reasons) for _, reasons in verdicts] == case["reasons"]
    says = np.array([said for said, _ in verdicts])
    assert case["found"] == says[IS_SWAN].sum()
    assert case["alarms"] == says.sum() - case["found"]
    assert case["right"] == (says == IS_SWAN).sum()


def test_the_figures_search_and_proof_are_those_of_the_package():
    found, alarms, all_settings = scan_settings(IN_FIGURE, IS_SWAN)
    reached = Counter(f"{f},{a}" for f, a in zip(found.tolist(), alarms.tolist(), strict=True))
    assert (len(all_settings), dict(reached)) == (CASES["settings"], CASES["reached"])
    pairs = list(zip(SCENES, IN_FIGURE, strict=True))
    for scene, one in pairs:
        above = [other["name"] for other, that in pairs if other is not scene and dominates(that, one)]
        assert CASES["dominated_by"][scene["name"]] == above
