"""processing.py against tables worked by hand, OpenCV, scikit-image, and the laws of histograms and bells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_photo
from cvlessons.processing import between_class_variance, equalise, gaussian_kernel, otsu_threshold

cv2 = pytest.importorskip("cv2")
pictures = arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=12))
PHOTOS = ["cat", "coins", "lincoln", "licenseplate_motion", "sudoku"]


# ---- equalised histograms -------------------------------------------------------------------------


@pytest.mark.judge("eq-equalisation", "hand")
def test_eight_pixels_equalised_by_hand():
    # C(50) = 4, C(60) = 6, C(200) = 8: 255 * (0, 2, 4) / 4; 127.5 is rounded to the even 128
    got = equalise([[50, 50, 50, 50], [60, 60, 200, 200]])
    assert got.dtype == np.uint8
    assert got.tolist() == [[0, 0, 0, 0], [128, 128, 255, 255]]


@pytest.mark.judge("eq-equalisation", "library")
@pytest.mark.parametrize("name", PHOTOS)
def test_photos_are_equalised_as_by_opencv(name):
    photo = load_photo(name, grey=True)
    assert_array_equal(equalise(photo), cv2.equalizeHist(photo))


@pytest.mark.judge("eq-equalisation", "law")
@given(pictures)
def test_equalising_keeps_the_order_and_uses_the_whole_scale(image):
    got = equalise(image)
    order = np.argsort(image, axis=None, kind="stable")
    assert (np.diff(got.ravel()[order].astype(int)) >= 0).all()
    if image.min() < image.max():
        assert (got[image == image.min()] == 0).all()
        assert (got[image == image.max()] == 255).all()


def test_a_picture_of_one_level_stays_as_it_is():
    assert equalise(np.full((2, 3), 77)).tolist() == [[77] * 3] * 2


# ---- Otsu -----------------------------------------------------------------------------------------


@pytest.mark.judge("eq-otsu", "hand")
def test_otsu_of_four_pixels_by_hand():
    # levels 0, 1, 5, 6 of one pixel each
    variance = between_class_variance([[0, 1], [5, 6]])
    assert_allclose(variance[0], 1 / 4 * 3 / 4 * (4 - 0) ** 2)  # {0} and {1, 5, 6}: means 0 and 4
    assert_allclose(variance[1:5], 1 / 2 * 1 / 2 * (5.5 - 0.5) ** 2)  # {0, 1} and {5, 6}
    assert_allclose(variance[5], 3 / 4 * 1 / 4 * (6 - 2) ** 2)  # {0, 1, 5} and {6}: means 2 and 6
    assert (variance[6:] == 0).all()
    assert variance.shape == (256,)
    assert otsu_threshold([[0, 1], [5, 6]]) == 1


@pytest.mark.judge("eq-otsu", "library")
@pytest.mark.parametrize("name", PHOTOS)
def test_thresholds_are_those_of_opencv_and_scikit_image(name):
    filters = pytest.importorskip("skimage.filters")
    photo = load_photo(name, grey=True)
    assert otsu_threshold(photo) == cv2.threshold(photo, 0, 255, cv2.THRESH_OTSU)[0]
    assert otsu_threshold(photo) == filters.threshold_otsu(photo)


@pytest.mark.judge("eq-otsu", "law")
@given(pictures)
def test_variance_between_and_within_the_classes_add_up_to_all_of_it(image):
    for t in (0, 77, 128, 254, 255):
        sides = [side for side in (image[image <= t], image[image > t]) if side.size]
        within = sum(side.size * side.astype(float).var() for side in sides) / image.size
        assert_allclose(between_class_variance(image)[t] + within, image.astype(float).var(), atol=1e-8)


@given(arrays(np.uint8, (4, 5), elements=st.integers(0, 127)))
def test_brighter_by_a_constant_moves_the_threshold_by_it(image):
    image[0, 0], image[0, 1] = 0, 127
    assert otsu_threshold(image + 100) == otsu_threshold(image) + 100


def test_the_lowest_of_equal_thresholds_is_taken():
    assert otsu_threshold([[10, 200]]) == 10


def test_otsu_without_two_levels_is_explained():
    message = "image must hold at least two grey levels, got 9 everywhere: there is nothing to part"
    with pytest.raises(ValueError, match=message):
        otsu_threshold([[9, 9]])


# ---- Gaussian kernel ------------------------------------------------------------------------------


def test_a_kernel_by_hand():
    # exp(-1/2) = e beside the middle, e² in the corners, over (1 + 2 e)²
    e = np.exp(-0.5)
    expected = np.array([[e * e, e, e * e], [e, 1, e], [e * e, e, e * e]]) / (1 + 2 * e) ** 2
    assert_allclose(gaussian_kernel(1, radius=1), expected, rtol=1e-14)


@pytest.mark.parametrize(("sigma", "radius"), [(0.5, 2), (1.5, 5), (3, 10)])
def test_kernels_are_those_of_opencv(sigma, radius):
    row = cv2.getGaussianKernel(2 * radius + 1, sigma)
    assert_allclose(gaussian_kernel(sigma, radius=radius), row @ row.T, rtol=1e-12, atol=1e-15)


@given(st.floats(0.2, 20), st.integers(0, 8))
def test_a_kernel_adds_up_to_one_and_looks_alike_from_all_sides(sigma, radius):
    kernel = gaussian_kernel(sigma, radius=radius)
    assert kernel.shape == (2 * radius + 1, 2 * radius + 1)
    assert_allclose(kernel.sum(), 1)
    assert_allclose(kernel, np.rot90(kernel), rtol=1e-12)
    assert kernel.max() == kernel[radius, radius]


@pytest.mark.parametrize("sigma", [1e-310, 1e-200, 1e-3])
def test_a_bell_much_narrower_than_a_pixel_is_the_pixel_alone(sigma):
    assert gaussian_kernel(sigma, radius=1).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("sigma", "radius", "error", "message"),
    [
        (0, 1, ValueError, "sigma must be above 0, got 0"),
        ("1", 1, TypeError, "sigma must be a number, got '1'"),
        (1, -1, ValueError, "radius must be at least 0, got -1"),
        (1, 1.5, TypeError, "radius must be a whole number, got 1.5"),
    ],
)
def test_a_kernel_that_cannot_be_is_explained(sigma, radius, error, message):
    with pytest.raises(error, match=message):
        gaussian_kernel(sigma, radius=radius)


# ---- checks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [equalise, between_class_variance, otsu_threshold])
@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.zeros((2, 2, 3)), ValueError, r"image has shape \(height, width\), got \(2, 2, 3\): one channel"),
        ([[]], ValueError, "image is empty"),
        ([[np.nan]], ValueError, "image must hold finite numbers"),
        ([["a"]], TypeError, "image must hold real numbers"),
        ([[0.5]], ValueError, "image must hold grey levels, whole numbers from 0 to 255, got 0.5: round it"),
        ([[-1]], ValueError, "whole numbers from 0 to 255, got -1"),
        ([[256]], ValueError, "whole numbers from 0 to 255, got 256"),
    ],
)
def test_bad_pictures_are_explained(function, image, error, message):
    with pytest.raises(error, match=message):
        function(image)
