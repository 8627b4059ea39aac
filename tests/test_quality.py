"""quality.py against numbers worked by hand, OpenCV, scikit-image, and the laws of errors and noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_photo
from cvlessons.quality import add_gaussian_noise, add_salt_and_pepper, mse, psnr, ssim

MEASURES = [mse, psnr, ssim]
NOISES = [
    lambda image: add_gaussian_noise(image, 5, seed=0),
    lambda image: add_salt_and_pepper(image, 0.1, seed=0),
]
pairs = st.tuples(*[arrays(np.uint8, (12, 13))] * 2)


@pytest.fixture(scope="module")
def cat():
    return load_photo("cat")[50:130, 100:190]


@pytest.fixture(scope="module")
def damaged(cat):
    noisy = add_gaussian_noise(cat, 20, seed=0)
    return [noisy, add_salt_and_pepper(cat, 0.1, seed=0), np.roll(cat, 3, axis=1), 255 - cat]


# ---- mean squared error and PSNR ------------------------------------------------------------------


def test_mse_by_hand():
    # (3² + 4² + 0² + 5²) / 4
    assert mse([[0, 10], [20, 30]], [[3, 6], [20, 35]]) == 12.5


def test_bytes_do_not_wrap_round():
    assert mse(np.uint8([[10]]), np.uint8([[20]])) == 100


@pytest.mark.judge("eq-psnr", "hand")
def test_psnr_by_hand():
    # an error of 25.5 everywhere: 10 log10(255² / 25.5²) = 20 log10(10)
    assert_allclose(psnr([[100.0]], [[125.5]]), 20)
    assert_allclose(psnr([[0.2]], [[0.3]], data_range=1), 20)
    assert psnr([[7]], [[7]]) == np.inf


@pytest.mark.judge("eq-psnr", "library")
def test_psnr_agrees_with_opencv_and_scikit_image(cat, damaged):
    cv2, metrics = pytest.importorskip("cv2"), pytest.importorskip("skimage.metrics")
    for image in damaged:
        assert_allclose(psnr(cat, image), cv2.PSNR(cat, image), rtol=1e-12)
        assert_allclose(psnr(cat, image), metrics.peak_signal_noise_ratio(cat, image), rtol=1e-12)
        theirs = metrics.peak_signal_noise_ratio(cat / 255, image / 255, data_range=1)
        assert_allclose(psnr(cat / 255, image / 255, data_range=1), theirs, rtol=1e-12)


@pytest.mark.judge("eq-psnr", "law")
@given(arrays(float, (2, 3), elements=st.floats(-100, 100).map(lambda x: round(x, 3))), st.floats(1.1, 50))
def test_psnr_falls_by_20_decibels_when_the_error_grows_tenfold(error, factor):
    error[0, 0] = 1
    once, more = psnr(np.zeros((2, 3)), error), psnr(np.zeros((2, 3)), factor * error)
    assert_allclose(once - more, 20 * np.log10(factor), rtol=1e-9)


@given(pairs)
def test_both_errors_are_the_same_either_way_round(pair):
    one, other = pair
    assert mse(one, other) == mse(other, one)
    assert psnr(one, other) == psnr(other, one)
    assert_allclose(ssim(one, other), ssim(other, one), rtol=1e-9, atol=1e-12)


# ---- SSIM -----------------------------------------------------------------------------------------


@pytest.mark.judge("eq-ssim", "hand")
def test_ssim_of_flat_pictures_by_hand():
    # no variance: the second fraction is c2 / c2 = 1; the first is (2 * 100 * 150 + c1) / (100² + 150² + c1)
    c1 = 2.55**2
    expected = (30000 + c1) / (32500 + c1)
    assert_allclose(ssim(np.full((11, 11), 100), np.full((11, 11), 150)), expected, rtol=1e-9)


@pytest.mark.judge("eq-ssim", "hand")
def test_ssim_of_opposite_patterns_by_hand():
    # x and -x with mean 0 under the window: means 0 and 0, covariance -v, variances v
    row = np.arange(-5, 6.0)
    weights = np.exp(-(row**2) / (2 * 1.5**2))
    v = np.sum(weights * row**2) / weights.sum()
    c2 = (0.03 * 255) ** 2
    ramp = np.tile(row, (11, 1))
    assert_allclose(ssim(ramp, -ramp), (c2 - 2 * v) / (c2 + 2 * v), rtol=1e-9)


@pytest.mark.judge("eq-ssim", "library")
def test_ssim_agrees_with_scikit_image(cat, damaged):
    metrics = pytest.importorskip("skimage.metrics")
    wang = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    for image in damaged:
        theirs = metrics.structural_similarity(cat, image, channel_axis=2, data_range=255, **wang)
        assert_allclose(ssim(cat, image), theirs, rtol=1e-9)
        one, other = cat[:, :, 1] / 255, image[:, :, 1] / 255
        theirs = metrics.structural_similarity(one, other, data_range=1, **wang)
        assert_allclose(ssim(one, other, data_range=1), theirs, rtol=1e-9)


@pytest.mark.judge("eq-ssim", "law")
@given(pairs)
def test_ssim_is_one_for_the_same_and_never_more(pair):
    one, other = pair
    assert -1 <= ssim(one, other) <= 1 + 1e-12
    assert_allclose(ssim(one, one), 1, rtol=1e-12)


def test_ssim_of_colours_is_the_mean_of_the_channels(cat, damaged):
    apart = [ssim(cat[:, :, k], damaged[0][:, :, k]) for k in range(3)]
    assert_allclose(ssim(cat, damaged[0]), np.mean(apart), rtol=1e-12)


def test_the_same_psnr_may_hide_a_different_ssim(cat):
    grey = cat[:, :, 1].astype(float)
    noise = 10 * np.sign(np.random.default_rng(0).normal(size=grey.shape))
    assert_allclose(psnr(grey, grey + 10), psnr(grey, grey + noise))
    assert ssim(grey, grey + 10) > 0.95 > 0.8 > ssim(grey, grey + noise)


# ---- noise ----------------------------------------------------------------------------------------


def test_gaussian_noise_has_the_mean_and_the_width_that_were_asked_for():
    noisy = add_gaussian_noise(np.full((200, 200, 3), 128), 20, seed=3)
    assert noisy.dtype == np.uint8
    assert abs(noisy.mean() - 128) < 0.3
    assert abs(noisy.std() - 20) < 0.3
    assert abs(np.corrcoef(noisy[:, :, 0].ravel(), noisy[:, :, 1].ravel())[0, 1]) < 0.02


def test_noise_on_black_and_white_is_cut_off_at_the_ends_of_the_scale():
    noisy = add_gaussian_noise([[0.0] * 50, [255.0] * 50], 30, seed=0)
    assert noisy.min() == 0
    assert noisy.max() == 255
    assert (noisy[0] == 0).sum() > 15
    assert (noisy[1] == 255).sum() > 15


def test_salt_and_pepper_hits_the_share_half_white_half_black():
    noisy = add_salt_and_pepper(np.full((200, 200), 128), 0.2, seed=0)
    assert abs((noisy == 255).mean() - 0.1) < 0.01
    assert abs((noisy == 0).mean() - 0.1) < 0.01
    assert (noisy == 128).mean() > 0.75


def test_salt_and_pepper_hits_all_channels_of_a_pixel_together():
    noisy = add_salt_and_pepper(np.full((50, 50, 3), 128), 0.3, seed=0)
    assert_array_equal(noisy, np.repeat(noisy[:, :, :1], 3, axis=2))


@pytest.mark.parametrize(("share", "levels"), [(0, {99.6: 100}), (1, None)])
def test_salt_and_pepper_on_none_and_on_all(share, levels):
    noisy = add_salt_and_pepper(np.full((9, 9), 99.6), share, seed=0)
    assert set(noisy.ravel().tolist()) == ({0, 255} if levels is None else set(levels.values()))


@pytest.mark.parametrize("noise", [add_gaussian_noise, add_salt_and_pepper])
def test_the_seed_decides_and_the_picture_given_stays(noise, cat):
    before = cat.copy()
    assert_array_equal(noise(cat, 0.5, seed=1), noise(cat, 0.5, seed=1))
    assert (noise(cat, 0.5, seed=1) != noise(cat, 0.5, seed=2)).any()
    assert_array_equal(cat, before)


def test_no_noise_is_the_picture(cat):
    assert_array_equal(add_gaussian_noise(cat, 0, seed=0), cat)


# ---- checks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize(
    ("reference", "image", "error", "message"),
    [
        ([1, 2], [1, 2], ValueError, r"reference has shape \(height, width\) or .*, got \(2,\): choose one"),
        (np.zeros((11, 11)), np.zeros((11, 12)), ValueError, r"image has shape \(11, 11\), got \(11, 12\): "),
        ([[]], [[]], ValueError, "reference is empty"),
        ([[np.inf]], [[1]], ValueError, "reference must hold finite numbers"),
        (np.zeros((11, 11)), np.full((11, 11), np.nan), ValueError, "image must hold finite numbers"),
        ([["a"]], [[1]], TypeError, "reference must hold real numbers"),
    ],
)
def test_bad_pictures_are_explained(measure, reference, image, error, message):
    with pytest.raises(error, match=message):
        measure(reference, image)


@pytest.mark.parametrize("measure", [psnr, ssim])
@pytest.mark.parametrize(
    ("data_range", "error", "message"),
    [
        (0, ValueError, "data_range must be above 0, got 0"),
        (1e-200, ValueError, "data_range must be at least 1e-100, got 1e-200"),
        (1e200, ValueError, r"data_range must be at most 1e\+100, got 1e\+200"),
        ("255", TypeError, "data_range must be a number, got '255'"),
    ],
)
def test_a_scale_that_cannot_be_is_explained(measure, data_range, error, message):
    with pytest.raises(error, match=message):
        measure(np.zeros((11, 11)), np.ones((11, 11)), data_range=data_range)


@pytest.mark.parametrize("shape", [(10, 11), (11, 10), (10, 30, 3)])
def test_a_picture_smaller_than_the_window_is_explained(shape):
    with pytest.raises(ValueError, match=r"image must be at least 11 pixels high .* take a larger"):
        ssim(np.zeros(shape), np.zeros(shape))


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        ([1, 2], ValueError, r"image has shape \(height, width\) or"),
        ([[-1]], ValueError, r"image must hold numbers from 0 to 255, got -1: np.clip\(image, 0, 255\)"),
        ([[255.5]], ValueError, "image must hold numbers from 0 to 255, got 255.5"),
        ([["a"]], TypeError, "image must hold real numbers"),
    ],
)
def test_noise_on_no_picture_is_explained(noise, image, error, message):
    with pytest.raises(error, match=message):
        noise(image)


@pytest.mark.parametrize(
    ("noise", "amount", "seed", "error", "message"),
    [
        (add_gaussian_noise, -1, 0, ValueError, "sigma must be at least 0, got -1"),
        (add_gaussian_noise, "1", 0, TypeError, "sigma must be a number"),
        (add_gaussian_noise, 1, -1, ValueError, "seed must be at least 0, got -1"),
        (add_salt_and_pepper, -0.1, 0, ValueError, "share must be at least 0, got -0.1"),
        (add_salt_and_pepper, 1.1, 0, ValueError, "share must be at most 1, got 1.1"),
        (add_salt_and_pepper, 0.1, 0.5, TypeError, "seed must be a whole number, got 0.5"),
    ],
)
def test_an_impossible_noise_is_explained(noise, amount, seed, error, message):
    with pytest.raises(error, match=message):
        noise([[1]], amount, seed=seed)
