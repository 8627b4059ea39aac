"""restoration.py against waves and holes worked by hand, SciPy, scikit-image, and the laws of both."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_photo
from cvlessons.processing import gaussian_kernel
from cvlessons.restoration import degrade, estimate_motion, fill_by_diffusion, motion_kernel, wiener_filter

numbers = st.floats(-100, 100).map(lambda x: round(x, 3))
pictures = arrays(float, (6, 8), elements=numbers)
kernels = arrays(float, (3, 5), elements=st.floats(0, 1).map(lambda x: round(x, 3)))
THIRDS = [[0.25, 0.5, 0.25]]  # leaves 1, 1/2 and 0 of the waves of 4 pixels


def blur(image, kernel):
    return degrade(image, kernel, sigma=0, seed=0)


@pytest.fixture(scope="module")
def photo():
    return load_photo("home", grey=True)[100:220, 200:330].astype(float)


# ---- y = Hx + n -----------------------------------------------------------------------------------


@pytest.mark.judge("eq-degradation", "hand")
def test_a_blur_that_wraps_round_by_hand():
    # each pixel: half of itself, a quarter of its left neighbour, a quarter of its right one
    assert_allclose(blur([[8, 0, 0, 4]], THIRDS), [[4 + 1, 2, 1, 2 + 2]], atol=1e-12)
    # a kernel that is not symmetric shows the direction: a point becomes a copy of the kernel
    assert_allclose(blur([[0, 1, 0, 0]], [[1, 2, 3]]), [[1, 2, 3, 0]], atol=1e-12)


@pytest.mark.judge("eq-degradation", "library")
def test_a_blur_is_scipys(photo, rng):
    ndimage = pytest.importorskip("scipy.ndimage")
    kernel = rng.uniform(size=(5, 9))
    assert_allclose(blur(photo, kernel), ndimage.convolve(photo, kernel, mode="wrap"), rtol=1e-9)


@pytest.mark.judge("eq-degradation", "law")
@given(pictures, pictures, kernels, numbers)
def test_a_blur_is_linear(one, other, kernel, factor):
    apart = blur(one, kernel) + factor * blur(other, kernel)
    assert_allclose(blur(one + factor * other, kernel), apart, atol=1e-6)


@pytest.mark.judge("eq-degradation", "law")
@given(pictures, kernels)
def test_a_blur_multiplies_the_sum_by_that_of_the_kernel(image, kernel):
    assert_allclose(blur(image, kernel).sum(), image.sum() * kernel.sum(), atol=1e-6)


def test_noise_is_added_after_the_blur_with_the_width_that_was_asked_for(photo):
    noise = degrade(photo, THIRDS, sigma=3, seed=1) - blur(photo, THIRDS)
    assert abs(noise.std() - 3) < 0.1
    assert abs(noise.mean()) < 0.1
    assert_array_equal(degrade(photo, THIRDS, sigma=3, seed=1), degrade(photo, THIRDS, sigma=3, seed=1))
    assert (degrade(photo, THIRDS, sigma=3, seed=2) != degrade(photo, THIRDS, sigma=3, seed=1)).any()


# ---- Wiener ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-wiener", "hand")
def test_two_waves_by_hand():
    # the flat wave has |h| = 1: times 1 / (1 + K); the wave 1, 0, -1, 0 has |h| = 1/2: times 1/2 / (1/4 + K)
    assert_allclose(wiener_filter([[6, 6, 6, 6]], THIRDS, 0.25), np.full((1, 4), 6 / 1.25), atol=1e-12)
    assert_allclose(wiener_filter([[1, 0, -1, 0]], THIRDS, 0.25), [[1, 0, -1, 0]], atol=1e-12)
    assert_allclose(wiener_filter([[1, 0, -1, 0]], THIRDS, 0.75), [[0.5, 0, -0.5, 0]], atol=1e-12)


@pytest.mark.judge("eq-wiener", "library")
@pytest.mark.parametrize("K", [0.001, 0.1])
def test_wiener_is_scikit_images(photo, K):
    restoration = pytest.importorskip("skimage.restoration")
    kernel = np.array([[0.1, 0.2, 0.0], [0.0, 0.4, 0.1], [0.1, 0.0, 0.1]])
    alike = np.ones(photo.shape, complex)
    theirs = restoration.wiener(photo, kernel, K, alike, is_real=False, clip=False).real
    assert_allclose(wiener_filter(photo, kernel, K), theirs, atol=1e-8)


@pytest.mark.judge("eq-wiener", "law")
@given(pictures, kernels, st.floats(0.01, 1))
def test_wiener_is_where_the_gradient_vanishes(y, kernel, K):
    # it minimises |Hx - y|² + K |x|², so H'(Hx - y) + Kx = 0; H' blurs with the kernel turned round
    x = wiener_filter(y, kernel, K)
    gradient = blur(blur(x, kernel) - y, kernel[::-1, ::-1]) + K * x
    assert_allclose(gradient, 0, atol=1e-6)


def test_without_noise_the_inverse_brings_the_picture_back_and_with_it_explodes(photo):
    lens = gaussian_kernel(1.2, radius=4)
    blurred = blur(photo, lens)
    assert_allclose(wiener_filter(blurred, lens, 0), photo, atol=1e-6)
    assert np.abs(wiener_filter(np.rint(blurred), lens, 0)).max() > 1e4


def test_a_frequency_that_is_wiped_out_is_explained():
    with pytest.raises(ValueError, match=r"wipes out a frequency, .* give a noise_to_signal above 0"):
        wiener_filter([[1, 2, 3, 4]], THIRDS, 0)


# ---- motion ---------------------------------------------------------------------------------------


def test_motions_by_hand():
    assert motion_kernel(0, 0).tolist() == [[1]]
    # of a way of 4 pixels the ends get half as much time as those between
    assert_allclose(motion_kernel(0, 4), [[1 / 8, 1 / 4, 1 / 4, 1 / 4, 1 / 8]], atol=0.002)
    assert_allclose(motion_kernel(2, 2), np.diag([1 / 4, 1 / 2, 1 / 4]), atol=0.005)
    assert_allclose(motion_kernel(2, -2), np.fliplr(motion_kernel(2, 2)), atol=0.005)


@given(st.floats(-30, 30), st.floats(-30, 30))
def test_a_motion_adds_up_to_one_and_reads_the_same_backwards(rows, columns):
    kernel = motion_kernel(rows, columns)
    assert_allclose(kernel.sum(), 1)
    assert kernel.shape[0] % 2 == kernel.shape[1] % 2 == 1
    assert abs(kernel.shape[0] - abs(rows)) <= 2
    assert abs(kernel.shape[1] - abs(columns)) <= 2
    assert_allclose(kernel, kernel[::-1, ::-1], atol=0.02)


@pytest.mark.parametrize("motion", [(9, 12), (5, -14), (12, 0), (0, 12)])
def test_a_motion_is_found_again(photo, motion):
    smeared = np.rint(degrade(photo, motion_kernel(*motion), sigma=1, seed=0))
    assert estimate_motion(smeared) == motion
    backwards = np.rint(degrade(photo, motion_kernel(*np.negative(motion)), sigma=1, seed=0))
    assert estimate_motion(backwards) == motion


@pytest.mark.parametrize("seed", range(4))
def test_a_motion_along_the_rows_is_said_to_go_right(seed):
    photo = load_photo("home", grey=True)[60:316, 200:456]
    smeared = np.rint(degrade(photo, motion_kernel(0, 12), sigma=1, seed=seed))
    assert estimate_motion(smeared) == (0, 12)


def test_the_motion_of_the_number_plate():
    assert estimate_motion(load_photo("licenseplate_motion", grey=True)) == (16, -16)


def test_a_motion_is_sought_between_the_shortest_and_the_longest(photo):
    smeared = blur(photo, motion_kernel(0, 12))
    rows, columns = estimate_motion(smeared, shortest=15, longest=20)
    assert 15 <= np.hypot(rows, columns) <= 20


# ---- holes ----------------------------------------------------------------------------------------


@pytest.mark.judge("eq-diffusion", "hand")
def test_one_missing_pixel_is_the_mean_of_its_four():
    image = [[0, 10, 0], [20, 99, 40], [0, 30, 0]]
    mask = [[0, 0, 0], [0, 1, 0], [0, 0, 0]]
    expected = [[0, 10, 0], [20, 25, 40], [0, 30, 0]]
    assert_allclose(fill_by_diffusion(image, mask, iterations=1), expected)


@pytest.mark.judge("eq-diffusion", "hand")
def test_two_missing_pixels_after_one_iteration():
    # both start at 25, the mean of the known; at the border the pixel itself stands in for its neighbour
    got = fill_by_diffusion([[10, 0, 0, 40]], [[0, 1, 1, 0]], iterations=1)
    assert_allclose(got, [[10, (25 + 25 + 10 + 25) / 4, (25 + 25 + 25 + 40) / 4, 40]])


@pytest.mark.judge("eq-diffusion", "library")
def test_a_hole_is_the_solution_of_the_equations_that_scipy_finds(photo):
    sparse, linalg = pytest.importorskip("scipy.sparse"), pytest.importorskip("scipy.sparse.linalg")
    image = photo[:14, :16]
    mask = np.zeros(image.shape, bool)
    mask[3:10, 4:12] = True
    mask[6, 6] = False  # an island that is known
    index = np.full(image.shape, -1)
    index[mask] = np.arange(mask.sum())
    A, b = sparse.lil_matrix((mask.sum(), mask.sum())), np.zeros(mask.sum())
    for m, n in np.argwhere(mask):
        A[index[m, n], index[m, n]] = 4
        for i, j in ((m - 1, n), (m + 1, n), (m, n - 1), (m, n + 1)):
            if mask[i, j]:
                A[index[m, n], index[i, j]] = -1
            else:
                b[index[m, n]] += image[i, j]
    expected = linalg.spsolve(A.tocsr(), b)
    got = fill_by_diffusion(np.where(mask, 0, image), mask, iterations=2000)
    assert_allclose(got[mask], expected, rtol=1e-9)


@pytest.mark.judge("eq-diffusion", "law")
@given(pictures, arrays(bool, (6, 8)), st.integers(1, 30))
def test_a_hole_never_leaves_the_range_of_what_is_known(image, mask, iterations):
    mask[0, 0] = False
    got = fill_by_diffusion(image, mask, iterations=iterations)
    assert_array_equal(got[~mask], image[~mask])
    known = image[~mask]
    assert (got >= known.min() - 1e-9).all()
    assert (got <= known.max() + 1e-9).all()


@pytest.mark.judge("eq-diffusion", "law")
def test_a_hole_in_a_ramp_becomes_the_ramp():
    m, n = np.indices((9, 11))
    ramp = 3.0 * m - 2.0 * n + 50
    mask = (m >= 2) & (m <= 6) & (n >= 3) & (n <= 8)
    assert_allclose(fill_by_diffusion(np.where(mask, 0, ramp), mask, iterations=1000), ramp, atol=1e-9)


def test_the_channels_of_a_colour_picture_are_filled_apart():
    photo = load_photo("fruits")[:20, :30]
    mask = np.zeros((20, 30))
    mask[5:9, 7:15] = 255
    got = fill_by_diffusion(photo, mask, iterations=20)
    for k in range(3):
        assert_allclose(got[:, :, k], fill_by_diffusion(photo[:, :, k], mask, iterations=20))


def test_holes_at_the_border_and_in_two_corners_are_filled():
    mask = np.zeros((5, 6))
    mask[0, 0] = mask[4, 5] = 1
    assert_allclose(fill_by_diffusion(np.where(mask, 0, 7), mask, iterations=3), np.full((5, 6), 7.0))


def test_without_a_hole_the_picture_stays_and_the_one_given_is_never_written_into():
    image = np.arange(12.0).reshape(3, 4)
    before = image.copy()
    assert_array_equal(fill_by_diffusion(image, np.zeros((3, 4)), iterations=1), image)
    fill_by_diffusion(image, np.eye(3, 4), iterations=1)
    assert_array_equal(image, before)


# ---- checks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "function", [blur, lambda image, kernel: wiener_filter(image, kernel, 0.1)], ids=["degrade", "wiener"]
)
@pytest.mark.parametrize(
    ("image", "kernel", "error", "message"),
    [
        ([1, 2, 3], [[1]], ValueError, r"image has shape \(height, width\), got \(3,\): one channel"),
        ([[1, 2, 3]], [1], ValueError, r"kernel has shape \(kernel_height, kernel_width\), got \(1,\)"),
        ([[np.nan]], [[1]], ValueError, "image must hold finite numbers"),
        ([[1]], [["a"]], TypeError, "kernel must hold real numbers"),
        ([[1, 2]], [[1, 1, 1]], ValueError, r"kernel must fit .* \(1, 3\) and an image of \(1, 2\): use a"),
        ([[1, 2]], [[1], [1], [1]], ValueError, "kernel must fit into the image"),
        ([[1, 2]], [[1, 1]], ValueError, r"kernel must have odd sizes, .* got \(1, 2\): add a row or column"),
        ([[1], [2]], [[1], [1]], ValueError, r"kernel must have odd sizes"),
    ],
)
def test_bad_pictures_and_kernels_are_explained(function, image, kernel, error, message):
    with pytest.raises(error, match=message):
        function(image, kernel)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: degrade([[1]], [[1]], sigma=-1, seed=0), ValueError, "sigma must be at least 0, got -1"),
        (lambda: degrade([[1]], [[1]], sigma=1, seed=-1), ValueError, "seed must be at least 0, got -1"),
        (lambda: wiener_filter([[1]], [[1]], -1), ValueError, "noise_to_signal must be at least 0, got -1"),
        (lambda: motion_kernel("a", 1), TypeError, "rows must be a number, got 'a'"),
        (lambda: motion_kernel(1, 1001), ValueError, "columns must be at most 1000, got 1001"),
        (lambda: motion_kernel(-1001, 1), ValueError, "rows must be at least -1000, got -1001"),
        (lambda: estimate_motion([1, 2]), ValueError, r"image has shape \(height, width\), got \(2,\)"),
        (
            lambda: estimate_motion(np.ones((80, 90))),
            ValueError,
            "larger than twice longest = 40",
        ),
        (lambda: estimate_motion(np.ones((90, 90)), shortest=0), ValueError, "shortest must be at least 1"),
        (
            lambda: estimate_motion(np.ones((90, 90)), shortest=9, longest=8),
            ValueError,
            "longest must be at least 9, got 8",
        ),
    ],
)
def test_impossible_settings_are_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("image", "mask", "iterations", "error", "message"),
    [
        ([1, 2], [0, 1], 1, ValueError, r"image has shape \(height, width\) or .* got \(2,\): choose one"),
        ([[1, 2]], [[0]], 1, ValueError, r"mask has shape \(1, 2\), got \(1, 1\): one entry for each pixel"),
        ([[1, 2]], [[1, 1]], 1, ValueError, "mask marks every pixel as missing: .* leave some out"),
        ([[1, 2]], [[0, 1]], 0, ValueError, "iterations must be at least 1, got 0"),
        ([[1, 2]], [[0, 1]], 1.5, TypeError, "iterations must be a whole number, got 1.5"),
        ([["a"]], [[0]], 1, TypeError, "image must hold real numbers"),
    ],
)
def test_holes_that_cannot_be_filled_are_explained(image, mask, iterations, error, message):
    with pytest.raises(error, match=message):
        fill_by_diffusion(image, mask, iterations=iterations)
