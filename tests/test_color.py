"""color.py against colours worked by hand, OpenCV, colorsys, SciPy, and the laws of hues and light."""

import colorsys
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.color import (
    REC_601,
    encoded,
    grey_world,
    hue_distance,
    hue_mask,
    linear_light,
    luma,
    luminance_weights,
    relight,
    rgb_to_hsv,
    rgb_to_lab,
)
from cvlessons.datasets import load_photo
from cvlessons.pixels import box_average

# JavaScript reads the same file, so that the figure and OpenCV cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/color_hsv.json").read_text(encoding="utf-8"))
SWEETS = Path(__file__).parents[1] / "figures/color/sweets_118x137.bin"

TAKE_COLOURS = [luma, rgb_to_hsv, rgb_to_lab, linear_light, encoded]
colours = arrays(float, (5, 3), elements=st.floats(0, 1).map(lambda x: round(x, 4)))
hues = st.floats(-1000, 1000)


@pytest.fixture
def picture(rng):
    return rng.integers(0, 256, size=(20, 30, 3), dtype=np.uint8)


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-color-luma", "hand")
def test_grey_levels_worked_by_hand():
    assert_allclose(luma([1, 0.5, 0.25]), 0.299 + 0.2935 + 0.0285, rtol=1e-15)
    assert_allclose(luma(np.array([255, 0, 51], np.uint8)), 0.299 + 0.2 * 0.114, rtol=1e-15)
    assert_allclose(luma([[1, 0, 0], [0, 0, 1]], [0.5, 0.3, 0.2]), [0.5, 0.2])


@pytest.mark.judge("eq-color-luma", "library")
def test_grey_levels_agree_with_opencv(picture):
    cv2 = pytest.importorskip("cv2")
    expected = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    assert np.abs(255 * luma(picture) - expected).max() <= 0.51  # it rounds


@pytest.mark.judge("eq-color-luma", "law")
@given(colours, st.floats(0, 1))
def test_grey_levels_are_linear_keep_greys_and_lie_between(rgb, grey):
    assert_allclose(luma(rgb * grey), grey * luma(rgb), atol=1e-12)
    assert luma([grey] * 3) == pytest.approx(grey)
    assert np.all(luma(rgb) <= rgb.max(axis=1) + 1e-12)
    assert np.all(luma(rgb) >= rgb.min(axis=1) - 1e-12)


@pytest.mark.judge("eq-color-hsv", "hand")
@pytest.mark.parametrize(
    ("rgb", "expected"),
    [
        ((1, 0.5, 0), (30, 1, 1)),  # red wins, green pulls: 60 * 0.5
        ((1, 0, 0.5), (330, 1, 1)),  # red wins, blue pulls: -30, and 360 more
        ((0.5, 0.75, 0.25), (90, 2 / 3, 0.75)),  # green: 60 * (2 - 0.25 / 0.5)
        ((0, 1, 1), (180, 1, 1)),  # green and blue are equal: the same from both cases
        ((0.2, 0.4, 0.8), (220, 0.75, 0.8)),  # blue: 60 * (4 - 0.2 / 0.6)
        ((0.3, 0.3, 0.3), (0, 0, 0.3)),
        ((0, 0, 0), (0, 0, 0)),
    ],
)
def test_hues_worked_by_hand(rgb, expected):
    assert_allclose(rgb_to_hsv(rgb), expected, rtol=1e-12)


@pytest.mark.judge("eq-color-hsv", "library")
def test_hues_agree_with_opencv_in_floats_and_in_bytes(picture):
    cv2 = pytest.importorskip("cv2")
    ours = rgb_to_hsv(picture)
    theirs = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2HSV)
    assert_allclose(ours, theirs, atol=1e-3)
    in_bytes = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(float)
    assert hue_distance(ours[..., 0], 2 * in_bytes[..., 0]).max() < 1.5
    assert_allclose(255 * ours[..., 1:], in_bytes[..., 1:], atol=1)


def test_hues_agree_with_python(rng):
    for rgb in rng.uniform(size=(50, 3)):
        assert_allclose(rgb_to_hsv(rgb) / [360, 1, 1], colorsys.rgb_to_hsv(*rgb), atol=1e-12)


@pytest.mark.judge("eq-color-hsv", "law")
@given(colours, st.floats(0.1, 1), st.floats(0, 1))
def test_shade_and_white_leave_the_hue_and_turning_the_channels_turns_it(rgb, shade, white):
    rgb = 0.5 * rgb
    rgb[0] = [0.5, 0.1, 0.2]
    strong = np.ptp(rgb, axis=1) > 0.01  # the hue of the others is rounding
    hue = rgb_to_hsv(rgb)[strong, 0]
    assert np.all((hue >= 0) & (hue < 360))
    for changed, turn in [
        (rgb * shade, 0),
        (rgb + 0.5 * white, 0),
        (np.roll(rgb, 1, axis=1), 120),
        (rgb[:, ::-1], 240 - 2 * hue),
    ]:
        assert_allclose(hue_distance(rgb_to_hsv(changed)[strong, 0], hue + turn), 0, atol=1e-6)


def test_a_hue_next_to_red_stays_below_360():
    assert rgb_to_hsv([1, 0, 1e-300])[0] == 0
    assert rgb_to_hsv([1, 0, 1e-17])[0] < 360


@pytest.mark.judge("eq-color-hue-distance", "hand")
def test_distances_on_the_circle_worked_by_hand():
    one = [0, 350, 10, 90, 0, 720, -10]
    other = [180, 10, 350, 100, 181, 1, 20]
    assert_allclose(hue_distance(one, other), [180, 20, 20, 10, 179, 1, 30])
    assert_allclose(hue_distance([355, 5, 100], 0), [5, 5, 100])


@pytest.mark.judge("eq-color-hue-distance", "library")
def test_distances_agree_with_the_rotations_of_scipy(rng):
    transform = pytest.importorskip("scipy.spatial.transform")
    one, other = rng.uniform(0, 360, size=(2, 100))
    turned = [transform.Rotation.from_euler("z", angles[:, None], degrees=True) for angles in (one, other)]
    expected = np.rad2deg((turned[0].inv() * turned[1]).magnitude())
    assert_allclose(hue_distance(one, other), expected, atol=1e-9)


@pytest.mark.judge("eq-color-hue-distance", "law")
@given(hues, hues, hues)
def test_distance_is_a_metric_of_the_circle(one, other, third):
    gap = hue_distance(one, other)
    assert 0 <= gap <= 180
    assert gap == hue_distance(other, one)
    assert hue_distance(one, one) == 0
    assert_allclose(hue_distance(one + 360, other), gap, atol=1e-9)
    assert gap <= hue_distance(one, third) + hue_distance(third, other) + 1e-9


@pytest.mark.judge("eq-color-lab", "hand")
def test_lab_worked_by_hand():
    # grey of 0.5: light ((0.5 + 0.055) / 1.055)^2.4 of white in X, Y and Z alike
    light = (0.555 / 1.055) ** 2.4
    assert_allclose(rgb_to_lab([0.5, 0.5, 0.5]), [116 * light ** (1 / 3) - 16, 0, 0], atol=1e-9)
    # nearly black: the straight piece, 903.3 times the light
    assert_allclose(rgb_to_lab([0.02] * 3)[0], 0.02 / 12.92 * (29 / 3) ** 3, rtol=1e-9)
    # pure green: X, Y, Z are its column over those of white
    x, y, z = np.cbrt([0.357580 / 0.950456, 0.715160, 0.119193 / 1.088754])
    assert_allclose(rgb_to_lab([0, 1, 0]), [116 * y - 16, 500 * (x - y), 200 * (y - z)], rtol=1e-9)


@pytest.mark.judge("eq-color-lab", "library")
def test_lab_agrees_with_opencv(picture):
    cv2 = pytest.importorskip("cv2")
    theirs = cv2.cvtColor(picture.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    assert_allclose(rgb_to_lab(picture), theirs, atol=0.6)  # it looks the roots up in a table
    assert np.abs(rgb_to_lab(picture) - theirs).mean() < 0.1


@pytest.mark.judge("eq-color-lab", "law")
@given(st.floats(0, 1), st.floats(0, 1))
def test_lab_of_greys_has_no_colour_and_grows_with_the_light(one, other):
    (L1, *colour), (L2, *_) = rgb_to_lab([[one] * 3, [other] * 3])
    assert_allclose(colour, 0, atol=1e-9)
    assert 0 <= L1 <= 100 + 1e-9
    assert np.sign(L1 - L2) == np.sign(one - other) or abs(L1 - L2) < 1e-9


def test_lab_has_no_step_at_its_knee():
    knee = encoded([(6 / 29) ** 3] * 3)
    below, above = rgb_to_lab([knee - 1e-9, knee + 1e-9])
    assert_allclose(below, above, atol=1e-5)


# ---- lamps, whites and masks ----------------------------------------------------------------------


def test_the_weights_of_rec_601_are_those_of_the_television_of_1953():
    ntsc = luminance_weights([(0.67, 0.33), (0.21, 0.71), (0.14, 0.08)], (0.3101, 0.3162))
    assert_allclose(ntsc, REC_601, atol=5e-4)
    srgb = luminance_weights([(0.64, 0.33), (0.3, 0.6), (0.15, 0.06)], (0.3127, 0.329))
    assert_allclose(srgb, [0.2126, 0.7152, 0.0722], atol=5e-5)


def test_weights_add_up_and_a_white_that_is_a_lamp_is_that_lamp():
    primaries = [(0.6, 0.3), (0.2, 0.7), (0.1, 0.1)]
    assert luminance_weights(primaries, (0.3, 0.35)).sum() == pytest.approx(1)
    assert_allclose(luminance_weights(primaries, (0.2, 0.7)), [0, 1, 0], atol=1e-12)


@given(colours)
def test_light_and_numbers_are_inverse_and_grow_together(rgb):
    assert_allclose(encoded(linear_light(rgb)), rgb, atol=1e-6)  # the standard's two pieces nearly meet
    assert np.all(linear_light(rgb) <= rgb + 1e-12)


def test_light_worked_by_hand():
    assert_allclose(linear_light([0.02, 0.5, 1]), [0.02 / 12.92, (0.555 / 1.055) ** 2.4, 1])
    assert_allclose(encoded([0.001, 0.2, 1]), [0.01292, 1.055 * 0.2 ** (1 / 2.4) - 0.055, 1])


def test_another_lamp_multiplies_light_and_cuts_off_at_white(picture):
    assert_allclose(relight(picture, 1), picture / 255, atol=1e-6)
    assert_allclose(linear_light(relight(picture, 0.25)), 0.25 * linear_light(picture), atol=1e-6)
    assert relight([0.9, 0.9, 0.1], (3, 1, 1))[0] == pytest.approx(1, rel=1e-12)
    assert_allclose(relight([1, 1, 1], (1, 0.5, 0)), encoded([1, 0.5, 0]))


def test_grey_world_undoes_the_lamp_on_a_world_that_is_grey(rng):
    grey = encoded(np.repeat(rng.uniform(0.05, 0.3, size=(8, 9, 1)), 3, axis=2))
    cured = grey_world(relight(grey, (1, 0.7, 0.4)))
    assert_allclose(np.ptp(cured, axis=2), 0, atol=1e-6)
    assert_allclose(grey_world(grey), grey, atol=1e-9)


def test_grey_world_makes_the_means_of_the_light_equal(rng):
    picture = encoded(rng.uniform(0, 0.4, size=(8, 9, 3)) * [1, 0.7, 0.6])
    means = linear_light(grey_world(picture)).mean(axis=(0, 1))
    assert_allclose(means, linear_light(picture).mean(), rtol=1e-6)


def test_a_mask_asks_for_hue_saturation_and_value():
    rgb = [[1, 0, 0.1], [1, 0.1, 0], [1, 0.9, 0.9], [0.1, 0, 0], [0, 1, 0]]
    assert hue_mask(rgb, 0, 10).tolist() == [True, True, True, True, False]
    assert hue_mask(rgb, 360, 10, min_saturation=0.5).tolist() == [True, True, False, True, False]
    assert hue_mask(rgb, 0, 10, min_value=0.5).tolist() == [True, True, True, False, False]
    assert hue_mask(rgb, 120, 0).tolist() == [False] * 4 + [True]
    assert hue_mask(np.zeros((4, 5, 3), np.uint8), 0, 0).shape == (4, 5)


def test_the_weights_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        REC_601[0] = 1


@pytest.mark.parametrize("function", TAKE_COLOURS)
def test_bytes_are_divided_and_the_input_is_left_alone(function):
    rgb = np.array([[0, 51, 255]], np.uint8)
    assert_allclose(function(rgb), function([[0, 0.2, 1]]), rtol=1e-12)
    assert_array_equal(rgb, [[0, 51, 255]])
    assert_array_equal(function([rgb[0]]), function(rgb))  # a list of pixels in bytes is bytes
    assert function(np.float32([[0, 0.5, 1]])).dtype == np.float64


# ---- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", TAKE_COLOURS)
@pytest.mark.parametrize(
    ("rgb", "error", "message"),
    [
        (0.5, ValueError, r"has shape \(..., 3\), got \(\): the last axis is red, green, blue"),
        ([[1, 1]], ValueError, r"has shape \(..., 3\), got \(1, 2\): the last axis is red, green, blue"),
        ([[0, 0, 128]], ValueError, "must be bytes or lie between 0 and 1, got 128: divide by 255"),
        ([[0, -1, 0]], ValueError, "must be bytes or lie between 0 and 1, got -1: divide by 255"),
        ([[0, np.nan, 0]], ValueError, "must hold finite numbers, got nan"),
        (np.zeros((0, 3)), ValueError, "is empty"),
        ("red", TypeError, "must hold real numbers"),
    ],
)
def test_what_is_no_colour_is_explained(function, rgb, error, message):
    with pytest.raises(error, match=message):
        function(rgb)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: luma([1, 1, 1], [1, 2]),
            r"weights has shape \(3,\), got \(2,\): one for red",
        ),
        (
            lambda: hue_distance([1, 2], [1, 2, 3]),
            r"must fit together, got shapes \(2,\) and \(3,\)",
        ),
        (lambda: hue_mask([1, 0, 0], 0, 181), "tolerance must be at most 180, got 181"),
        (lambda: hue_mask([1, 0, 0], 0, 5, min_saturation=2), "min_saturation must be at most 1, got 2"),
        (lambda: hue_mask([1, 0, 0], 0, 5, min_value=-1), "min_value must be at least 0, got -1"),
        (lambda: hue_mask([1, 0, 0], np.inf, 5), "hue must be finite, got inf"),
        (lambda: relight([1, 0, 0], [1, 2]), r"one number or three, none below 0, got \[1.0, 2.0\]"),
        (lambda: relight([1, 0, 0], -1), "one number or three, none below 0, got -1.0"),
        (
            lambda: grey_world([[1, 1, 1]]),
            r"shape \(height, width, 3\), got \(1, 3\): give one picture",
        ),
        (lambda: grey_world([[[1, 0, 1]]]), r"some light of each colour, got means \[1.0, 0.0, 1.0\]"),
        (lambda: luminance_weights([(0.6, 0.3)], (0.3, 0.3)), r"primaries has shape \(3, 2\), got \(1, 2\)"),
        (lambda: luminance_weights([(0.6, 0.3)] * 3, (0.3,)), r"white has shape \(2,\), got \(1,\): x and y"),
        (
            lambda: luminance_weights([(0.6, 0.0)] * 3, (0.3, 0.3)),
            "y must be above 0, got 0.0: light of",
        ),
        (
            lambda: luminance_weights([(0.1, 0.1), (0.2, 0.2), (0.3, 0.3)], (0.3, 0.3)),
            "primaries must not lie on one line",
        ),
        (
            lambda: luminance_weights([(0.64, 0.33), (0.3, 0.6), (0.15, 0.06)], (0.8, 0.15)),
            r"white must lie within the triangle of the primaries, got \[0.8, 0.15\]",
        ),
    ],
)
def test_other_mistakes_are_explained(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ---- the figure -----------------------------------------------------------------------------------


def sweets():
    return np.fromfile(SWEETS, np.uint8).reshape(118, 137, 3)


def test_the_figures_sweets_are_those_of_the_package():
    photo = load_photo("smarties")[:354, :411]
    assert_array_equal(sweets(), np.floor(box_average(photo, 3) + 0.5))


@pytest.mark.parametrize("case", CASES["colours"], ids=[case["name"] for case in CASES["colours"]])
def test_the_figures_hue_saturation_value_are_opencvs_and_near_ours(case):
    cv2 = pytest.importorskip("cv2")
    rgb = np.array(case["rgb"], np.uint8)
    assert cv2.cvtColor(rgb[None, None], cv2.COLOR_RGB2HSV)[0, 0].tolist() == case["hsv"]
    hue, saturation, value = rgb_to_hsv(rgb)
    assert hue_distance(2 * case["hsv"][0], hue) <= 1.01  # half of OpenCV's step of two degrees
    assert_allclose(case["hsv"][1:], [255 * saturation, 255 * value], atol=0.51)


def test_every_third_level_of_all_channels_is_opencvs():
    cv2 = pytest.importorskip("cv2")
    case = CASES["every"]
    levels = np.arange(0, 256, case["step"], dtype=np.uint8)
    colours = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(1, -1, 3)
    hsv = cv2.cvtColor(colours, cv2.COLOR_RGB2HSV)[0].astype(np.int64)
    weights = np.arange(len(hsv)) % case["weight_modulus"] + 1
    assert (hsv * weights[:, None]).sum(axis=0).tolist() == case["sums"]


@pytest.mark.parametrize("case", CASES["bands"], ids=[case["name"] for case in CASES["bands"]])
def test_the_figures_masks_are_those_of_inrange(case):
    cv2 = pytest.importorskip("cv2")
    hsv = cv2.cvtColor(sweets(), cv2.COLOR_RGB2HSV)
    low = [case["saturation_from"], case["value_from"]]
    high = [case["saturation_to"], case["value_to"]]
    first, last = case["hue_from"], case["hue_to"]
    spans = [(first, last)] if first <= last else [(first, 179), (0, last)]
    mask = sum(cv2.inRange(hsv, np.array([a, *low]), np.array([b, *high])) // 255 for a, b in spans)
    assert mask.sum() == case["pixels"]
    stats = cv2.connectedComponentsWithStats(mask)[2]
    sizes = sorted(stats[1:, cv2.CC_STAT_AREA].tolist(), reverse=True)
    assert [size for size in sizes if size >= 56] == case["pieces"]
