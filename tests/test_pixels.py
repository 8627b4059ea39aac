"""pixels.py against numbers worked by hand, OpenCV, SciPy, scikit-image, and the laws of sampling."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_photo, load_table
from cvlessons.pixels import alias, box_average, histogram, image_bytes, quantise, sample

pictures = arrays(np.uint8, (4, 6))
# JavaScript reads the same file, so that the figure and the package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/pixels.json").read_text(encoding="utf-8"))
FIGURE = Path(__file__).parents[1] / "figures/pixels"
ALL_LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16)


@pytest.fixture
def photo(rng):
    return rng.integers(0, 256, size=(24, 36, 3), dtype=np.uint8)


# ---- quantising -----------------------------------------------------------------------------------


@pytest.mark.judge("eq-quantise", "hand")
def test_levels_worked_by_hand():
    # 2 bits: four bins of 64; 100 lies in the second, 64 to 127, whose middle is 95.5
    assert quantise([[0, 63, 64, 100, 255]], bits=2).tolist() == [[31.5, 31.5, 95.5, 95.5, 223.5]]
    # 7 bits: bins of two; 8 bits: every number is its own bin
    assert quantise([[6, 7, 8]], bits=7).tolist() == [[6.5, 6.5, 8.5]]
    assert_array_equal(quantise(ALL_LEVELS, bits=8), ALL_LEVELS)


@pytest.mark.judge("eq-quantise", "library")
@pytest.mark.parametrize("bits", range(1, 9))
def test_every_number_goes_to_the_nearest_level_that_scipy_finds(bits):
    vq = pytest.importorskip("scipy.cluster.vq")
    # 2**bits levels, evenly spaced, the first as far from 0 as the last from 255
    step = 256 / 2**bits
    levels = np.linspace((step - 1) / 2, 255 - (step - 1) / 2, 2**bits)[:, None]
    nearest, distance = vq.vq(ALL_LEVELS.reshape(-1, 1).astype(float), levels)
    quantised = quantise(ALL_LEVELS, bits).ravel()
    assert_allclose(quantised, levels[nearest, 0], rtol=1e-12)
    assert_allclose(abs(quantised - ALL_LEVELS.ravel()), distance, rtol=1e-12)


@pytest.mark.judge("eq-quantise", "law")
@given(pictures, st.integers(1, 8))
def test_error_is_bounded_and_a_second_time_changes_nothing(image, bits):
    step = 256 // 2**bits
    quantised = quantise(image, bits)
    assert np.abs(quantised - image).max() <= (step - 1) / 2
    assert len(np.unique(quantised)) <= 2**bits
    assert_array_equal(quantise(np.floor(quantised), bits), quantised)


@pytest.mark.parametrize("bits", range(1, 9))
def test_mean_square_error_is_that_of_a_uniform_error(bits):
    step = 256 // 2**bits
    error = quantise(ALL_LEVELS, bits) - ALL_LEVELS
    assert_allclose((error**2).mean(), (step**2 - 1) / 12, rtol=1e-12)


# ---- sampling -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-box-average", "hand")
def test_means_worked_by_hand():
    image = [[1, 3, 10, 10], [5, 7, 10, 50]]
    assert box_average(image, 2).tolist() == [[(1 + 3 + 5 + 7) / 4, (10 + 10 + 10 + 50) / 4]]
    assert sample(image, 2).tolist() == [[1, 10]]
    assert sample(image, 1).tolist() == image == box_average(image, 1).tolist()


@pytest.mark.judge("eq-box-average", "library")
@pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 12])
def test_means_agree_with_opencv_and_scikit_image(photo, step):
    cv2 = pytest.importorskip("cv2")
    transform = pytest.importorskip("skimage.transform")
    ours = box_average(photo, step)
    size = (36 // step, 24 // step)
    assert_allclose(ours, cv2.resize(photo.astype(np.float32), size, interpolation=cv2.INTER_AREA), rtol=1e-5)
    assert_allclose(ours, transform.downscale_local_mean(photo, (step, step, 1)), rtol=1e-12)


def test_samples_agree_with_opencv(photo):
    cv2 = pytest.importorskip("cv2")
    ours = sample(photo, 3)
    assert_array_equal(ours, cv2.resize(photo, (12, 8), interpolation=cv2.INTER_NEAREST))


@pytest.mark.judge("eq-box-average", "law")
@given(pictures, pictures, st.sampled_from([1, 2]), st.floats(-10, 10))
def test_average_keeps_the_mean_and_is_linear(one, other, step, scale):
    assert_allclose(box_average(one, step).mean(), one.mean(), rtol=1e-12)
    combined = box_average(one + scale * other.astype(float), step)
    assert_allclose(combined, box_average(one, step) + scale * box_average(other, step), atol=1e-9)


def test_types_and_the_given_image_are_kept(photo):
    single = photo.astype(np.float32)
    assert sample(single, 2).dtype == box_average(single, 2).dtype == np.float32
    assert sample(photo, 2).dtype == box_average(photo, 2).dtype == np.float64
    kept = sample(single, 1)
    kept[:] = 0
    assert single.max() > 0


@pytest.mark.judge("eq-alias", "hand")
@pytest.mark.parametrize(
    ("frequency", "step", "seen"),
    [
        (0.25, 1, 0.25),
        (0.25, 2, 0.5),
        (0.25, 3, 0.25),
        (0.25, 4, 0),
        (0.3, 3, 0.1),
        (0.45, 2, 0.1),
        (0, 7, 0),
    ],
)
def test_frequencies_worked_by_hand(frequency, step, seen):
    # 0.3 periods a pixel are 0.9 in 3 pixels: one whole period less 0.1
    assert_allclose(alias(frequency, step), seen, atol=1e-12)


@pytest.mark.judge("eq-alias", "library")
@pytest.mark.parametrize("step", [1, 2, 3, 5])
@pytest.mark.parametrize("periods", [3, 40, 77, 119])
def test_the_peak_of_scipy_s_spectrum_lies_there(periods, step):
    signal = pytest.importorskip("scipy.signal")
    stripes = np.cos(2 * np.pi * periods / 240 * np.arange(240) + 0.3)
    frequencies, power = signal.periodogram(sample(stripes[None].repeat(step, axis=0), step)[0])
    assert_allclose(frequencies[power.argmax()], alias(periods / 240, step), atol=1e-12)


@pytest.mark.judge("eq-alias", "law")
@given(st.floats(0, 3), st.integers(1, 8))
def test_the_samples_are_those_of_the_alias(frequency, step):
    seen = alias(frequency, step)
    assert 0 <= seen <= 0.5
    n = np.arange(20)
    assert_allclose(np.cos(2 * np.pi * frequency * step * n), np.cos(2 * np.pi * seen * n), atol=1e-9)


# ---- memory and histogram -------------------------------------------------------------------------


@pytest.mark.judge("eq-image-bytes", "hand")
def test_bytes_worked_by_hand():
    assert image_bytes(16, 12, 1) == 192
    assert image_bytes(1080, 1920, 3) == 6_220_800
    assert image_bytes(3000, 4000, 1, bits=12) == 18_000_000
    assert image_bytes(1, 3, 1, bits=1) == 1  # three bits still need a byte


@pytest.mark.judge("eq-image-bytes", "library")
@pytest.mark.parametrize(
    ("shape", "dtype", "ending"),
    [((24, 36, 3), np.uint8, ".ppm"), ((24, 36), np.uint8, ".pgm"), ((24, 36), np.uint16, ".pgm")],
)
def test_an_uncompressed_file_of_opencv_is_a_short_head_and_these_bytes(shape, dtype, ending):
    cv2 = pytest.importorskip("cv2")
    image = np.zeros(shape, dtype)
    stored = cv2.imencode(ending, image)[1].tobytes()
    head = b"P6" if len(shape) == 3 else b"P5"
    largest = b"65535" if dtype == np.uint16 else b"255"
    head += b"\n36 24\n" + largest + b"\n"
    bits = image.dtype.itemsize * 8
    assert stored.startswith(head)
    assert len(stored) - len(head) == image_bytes(*shape[:2], image.ndim if image.ndim == 3 else 1, bits=bits)


@pytest.mark.judge("eq-image-bytes", "law")
@given(st.integers(1, 5000), st.integers(1, 5000), st.integers(1, 4), st.integers(1, 4))
def test_twice_the_side_is_four_times_the_bytes(height, width, channels, whole):
    once = image_bytes(height, width, channels, bits=8 * whole)
    assert image_bytes(2 * height, 2 * width, channels, bits=8 * whole) == 4 * once
    assert image_bytes(height, width, channels) * whole == once
    assert once == np.zeros((height, width), f"V{channels * whole}").nbytes


@given(pictures)
def test_histogram_agrees_with_opencv_and_scikit_image(image):
    cv2 = pytest.importorskip("cv2")
    exposure = pytest.importorskip("skimage.exposure")
    ours = histogram(image)
    assert ours.sum() == image.size
    assert_array_equal(ours, cv2.calcHist([image], [0], None, [256], [0, 256])[:, 0])
    counts, levels = exposure.histogram(image, source_range="dtype")
    assert_array_equal(ours[levels], counts)


def test_histogram_does_not_care_where_a_pixel_is(rng, photo):
    assert histogram([[7, 7, 0]])[:8].tolist() == [1, 0, 0, 0, 0, 0, 0, 2]
    grey = photo[:, :, 0]
    assert_array_equal(histogram(rng.permuted(grey)), histogram(grey))


# ---- errors ---------------------------------------------------------------------------------------

ANY_PICTURE = [
    ([[1, np.nan]], ValueError, "image must hold finite numbers, got nan"),
    ([], ValueError, "image is empty"),
    ([1, 2], ValueError, r"\(height, width\) or \(height, width, channels\), got \(2,\): give one picture"),
    ([["a"]], TypeError, "image must hold real numbers"),
]
LEVELS = [
    ([[0, 256]], ValueError, r"whole numbers from 0 to 255, got 256 at index \(0, 1\): bring it to 0 to 255"),
    ([[-1]], ValueError, "from 0 to 255, got -1"),
    ([[0.5]], ValueError, r"from 0 to 255, got 0\.5 at index \(0, 0\).*and round it"),
    ([[255.0000001]], ValueError, r"got 255\.0000001 at index"),
    (np.float32([[0.1]]), ValueError, r"got 0\.1 at index"),
]


@pytest.mark.parametrize(("image", "error", "message"), ANY_PICTURE + LEVELS)
@pytest.mark.parametrize("function", [lambda image: quantise(image, 4), histogram])
def test_what_is_no_picture_of_levels_is_explained(function, image, error, message):
    with pytest.raises(error, match=message):
        function(image)


@pytest.mark.parametrize(("image", "error", "message"), ANY_PICTURE)
@pytest.mark.parametrize("function", [sample, box_average])
def test_what_is_no_picture_is_explained(function, image, error, message):
    with pytest.raises(error, match=message):
        function(image, 1)


@pytest.mark.parametrize("function", [sample, box_average])
@pytest.mark.parametrize(
    ("step", "error", "message"),
    [
        (2, ValueError, "step must divide height and width, got 2 for 3 x 4: cut it to 2 x 4"),
        (4, ValueError, "got 4 for 3 x 4: use a smaller step"),
        (0, ValueError, "step must be at least 1, got 0"),
        (1.5, TypeError, r"step must be a whole number, got 1\.5"),
    ],
)
def test_a_step_that_does_not_fit_is_explained(function, step, error, message):
    with pytest.raises(error, match=message):
        function(np.zeros((3, 4)), step)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: quantise([[0]], 0), ValueError, "bits must be at least 1, got 0"),
        (lambda: quantise([[0]], 9), ValueError, "bits must be at most 8, got 9: the image has no more"),
        (lambda: quantise([[0]], 2.0), TypeError, "bits must be a whole number"),
        (lambda: histogram(np.zeros((2, 2, 3))), ValueError, r"got \(2, 2, 3\): one channel"),
        (lambda: alias(-0.1, 2), ValueError, "frequency must be at least 0, got -0.1"),
        (lambda: alias("x", 2), TypeError, "frequency must be a number"),
        (lambda: alias(1e308, 10), ValueError, "frequency times step must be finite, got inf"),
        (lambda: alias(0.1, 10**400), ValueError, "step must be finite, got 1000"),
        (lambda: box_average([[1e308, 1e308], [0, 0]], 2), ValueError, "means of image must hold finite"),
        (lambda: alias(0.1, 0), ValueError, "step must be at least 1, got 0"),
        (lambda: image_bytes(0, 1, 1), ValueError, "height must be at least 1, got 0"),
        (lambda: image_bytes(1, 1.5, 1), TypeError, "width must be a whole number"),
        (lambda: image_bytes(1, 1, 0), ValueError, "channels must be at least 1"),
        (lambda: image_bytes(1, 1, 1, bits=0), ValueError, "bits must be at least 1"),
    ],
)
def test_other_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- the figure -----------------------------------------------------------------------------------


def cases_of(*functions):
    cases = [case for case in CASES if case["function"] in functions]
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@cases_of("quantise")
def test_the_figures_levels_are_those_of_the_package(case):
    image, bits = np.array(case["image"]), case["bits"]
    assert quantise(image, bits).tolist() == case["output"]
    assert (image >> (8 - bits)).tolist() == case["bins"]


@cases_of("sample", "box_average")
def test_the_figures_samples_are_those_of_the_package_and_of_opencv(case):
    cv2 = pytest.importorskip("cv2")
    function = {"sample": sample, "box_average": box_average}[case["function"]]
    image, step = np.array(case["image"], float), case["step"]
    if case["output"] is None:
        with pytest.raises(ValueError, match="step must divide height and width"):
            function(image, step)
        return
    assert_allclose(function(image, step), case["output"], rtol=1e-12)
    if function is box_average:
        size = (image.shape[1] // step, image.shape[0] // step)
        assert_allclose(cv2.resize(image, size, interpolation=cv2.INTER_AREA), case["output"], rtol=1e-6)


@cases_of("enlarged")
def test_the_figures_smooth_passages_are_those_of_opencv(case):
    cv2 = pytest.importorskip("cv2")
    image, scale = np.array(case["image"], float), case["scale"]
    smooth = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    assert_allclose(smooth, case["output"], atol=1e-3)


@cases_of("image_bytes")
def test_the_figures_bytes_are_those_of_the_package(case):
    assert image_bytes(*case["image"], bits=case["bits"]) == case["output"]


def test_the_figures_pictures_are_those_of_the_package():
    face = np.fromfile(FIGURE / "lincoln_16x12.bin", np.uint8).reshape(16, 12)
    assert_array_equal(face, load_table())
    cat = np.fromfile(FIGURE / "cat_64x80.bin", np.uint8).reshape(64, 80, 3)
    assert_array_equal(cat, np.floor(box_average(load_photo("cat")[20:276, 60:380], 4) + 0.5))
