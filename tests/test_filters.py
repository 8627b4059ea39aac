"""filters.py against sums worked by hand, OpenCV, SciPy, and the laws of a sum of products and a cosine."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.filters import (
    CURVE_FILTER,
    MATCHING_FIELD,
    OTHER_FIELD,
    normalised_response,
    response,
    response_map,
)

MEASURES = [response, normalised_response]
patches = arrays(float, (3, 4), elements=st.floats(-100, 100).map(lambda x: round(x, 3)))


@pytest.fixture
def picture(rng):
    return rng.uniform(0, 255, size=(20, 30)).astype(np.float32)


@pytest.fixture
def pattern(rng):
    return rng.normal(size=(5, 7)).astype(np.float32)


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-filter-response", "hand")
def test_the_sums_of_the_slides():
    # slide 49: four pixels of 50 and one of 20 lie under weights of 30; slide 50: none does
    assert response(MATCHING_FIELD, CURVE_FILTER) == 4 * (50 * 30) + 20 * 30 == 6600
    assert response(OTHER_FIELD, CURVE_FILTER) == 0


def test_the_arrays_are_those_of_the_slides():
    rows, columns = np.nonzero(CURVE_FILTER)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [
        (0, 5), (1, 4), (2, 3), (3, 3), (4, 3), (5, 3)
    ]  # fmt: skip
    assert set(CURVE_FILTER[rows, columns].tolist()) == {30}
    assert MATCHING_FIELD.sum(axis=0).tolist() == [0, 0, 0, 220, 300, 50, 80]
    assert MATCHING_FIELD.sum(axis=1).tolist() == [30, 150, 70, 100, 100, 100, 100]
    assert OTHER_FIELD.sum(axis=0).tolist() == [105, 135, 90, 50, 0, 0, 0]
    assert OTHER_FIELD.sum(axis=1).tolist() == [0, 40, 80, 60, 50, 50, 100]


@pytest.mark.parametrize("array", [CURVE_FILTER, MATCHING_FIELD, OTHER_FIELD])
def test_no_chapter_can_change_the_arrays_for_the_next(array):
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1


@pytest.mark.judge("eq-normalised-response", "hand")
def test_cosines_worked_by_hand():
    # (3, 4) has length 5: (3*4 + 4*3) / 25
    assert_allclose(normalised_response([[3, 4]], [[4, 3]]), 24 / 25, rtol=1e-15)
    # slide 49: 6600 over the two lengths, row by row of the receptive field
    field = 30**2 + 3 * 50**2 + (20**2 + 50**2) + 4 * (2 * 50**2)
    weights = 6 * 30**2
    expected = 6600 / np.sqrt(field * weights)
    assert_allclose(normalised_response(MATCHING_FIELD, CURVE_FILTER), expected, rtol=1e-15)


@pytest.mark.judge("eq-filter-response", "library")
@pytest.mark.judge("eq-normalised-response", "library")
def test_maps_agree_with_opencv_template_matching(picture, pattern):
    cv2 = pytest.importorskip("cv2")
    plain = cv2.matchTemplate(picture, pattern, cv2.TM_CCORR)
    cosine = cv2.matchTemplate(picture, pattern, cv2.TM_CCORR_NORMED)
    assert_allclose(response_map(picture, pattern), plain, rtol=1e-3, atol=1e-2)  # it works in float32
    assert_allclose(response_map(picture, pattern, normalised=True), cosine, atol=1e-5)


@pytest.mark.judge("eq-filter-response", "library")
def test_map_agrees_with_scipy(picture, pattern):
    signal = pytest.importorskip("scipy.signal")
    picture, pattern = picture.astype(float), pattern.astype(float)
    expected = signal.correlate2d(picture, pattern, mode="valid")
    assert_allclose(response_map(picture, pattern), expected, rtol=1e-12, atol=1e-9)


@pytest.mark.judge("eq-filter-response", "law")
@given(patches, patches, patches, st.floats(-10, 10))
def test_response_is_linear_in_the_patch_and_symmetric(one, other, weights, scale):
    combined = response(one + scale * other, weights)
    apart = response(one, weights) + scale * response(other, weights)
    assert_allclose(combined, apart, rtol=1e-9, atol=1e-6)
    assert response(one, weights) == response(weights, one)


@pytest.mark.judge("eq-normalised-response", "law")
@given(patches, patches, st.floats(0.01, 100))
def test_cosine_ignores_brightness_and_keeps_its_bounds(field, weights, brightness):
    if not weights.any():
        weights[0, 0] = 1
    likeness = normalised_response(field, weights)
    assert -1 <= likeness <= 1
    assert_allclose(normalised_response(brightness * field, weights), likeness, atol=1e-12)
    assert_allclose(normalised_response(-field, weights), -likeness, atol=1e-12)
    assert normalised_response(weights, weights) == pytest.approx(1)
    assert np.sign(likeness) == np.sign(np.round(response(field, weights), 9)) or abs(likeness) < 1e-9


# ---- edges ----------------------------------------------------------------------------------------


def test_a_black_patch_resembles_nothing():
    assert normalised_response(np.zeros((7, 7)), CURVE_FILTER) == 0


@pytest.mark.parametrize("size", [1e-320, 1e-160, 1e160, 1e308])
def test_cosine_neither_overflows_nor_vanishes(size):
    assert_allclose(normalised_response([[0.75 * size, size]], [[3, 4]]), 1, rtol=1e-3)


@given(arrays(float, (2, 2), elements=st.floats(-1e3, 1e3)))
def test_cosine_with_itself_never_oversteps_one(weights):
    if weights.any():
        assert normalised_response(weights, weights) <= 1


def test_a_map_has_one_entry_for_each_place():
    image = np.arange(12).reshape(3, 4)
    assert_array_equal(response_map(image, [[1]]), image)
    assert response_map(image, np.ones((3, 4))).tolist() == [[66]]
    # the 2 x 1 filter takes the lower pixel from the upper: 4 less everywhere, in 2 rows of 4
    assert_array_equal(response_map(image, [[1], [-1]]), np.full((2, 4), -4))


@pytest.mark.parametrize("function", MEASURES)
@pytest.mark.parametrize(
    ("field", "weights", "error", "message"),
    [
        ([[1, 2]], [[1]], ValueError, r"filter has shape \(1, 2\), got \(1, 1\): one weight for each pixel"),
        ([1, 2], [1, 2], ValueError, r"receptive_field has shape \(height, width\), got \(2,\)"),
        ([[]], [[]], ValueError, "receptive_field is empty"),
        ([[1, np.nan]], [[1, 1]], ValueError, r"receptive_field must hold finite numbers, got nan"),
        ([[1]], [[np.inf]], ValueError, "filter must hold finite numbers, got inf"),
        ([["a"]], [[1]], TypeError, "receptive_field must hold real numbers"),
    ],
)
def test_bad_input_is_explained(function, field, weights, error, message):
    with pytest.raises(error, match=message):
        function(field, weights)


def test_a_filter_without_pattern_is_explained():
    with pytest.raises(ValueError, match="filter must not be all zeros: it has no pattern; give it a weight"):
        normalised_response([[1]], [[0]])


@pytest.mark.parametrize("shape", [(3, 1), (1, 4)])
def test_a_filter_larger_than_the_image_is_explained(shape):
    height, width = shape
    message = rf"got a filter of \({height}, {width}\) and an image of \(2, 3\): use a smaller filter"
    with pytest.raises(ValueError, match=message):
        response_map(np.zeros((2, 3)), np.ones(shape))


@pytest.mark.parametrize(
    ("image", "weights", "message"),
    [
        (np.zeros((2, 2, 3)), [[1]], r"image has shape \(height, width\), got \(2, 2, 3\)"),
        ([[1]], [1], r"filter has shape \(filter_height, filter_width\), got \(1,\)"),
    ],
)
def test_a_map_of_the_wrong_shape_is_explained(image, weights, message):
    with pytest.raises(ValueError, match=message):
        response_map(image, weights)
