"""convolution.py against sums worked by hand, SciPy, OpenCV and TensorFlow, and the laws of convolution."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import convolution
from cvlessons.conv_shape import conv_output_shape
from cvlessons.convolution import (
    BOX_BLUR_KERNEL,
    EDGE_KERNEL,
    GAUSSIAN_BLUR_KERNEL,
    SHARPEN_KERNEL,
    SOBEL_X_KERNEL,
    SOBEL_Y_KERNEL,
    conv2d,
    conv2d_gradients,
    convolve2d,
    cross_correlate2d,
    cross_correlate2d_by_loops,
    pad,
)
from cvlessons.datasets import load_photo
from cvlessons.gradcheck import check_gradient

CORRELATIONS = [cross_correlate2d_by_loops, cross_correlate2d]
KERNELS = [
    BOX_BLUR_KERNEL,
    EDGE_KERNEL,
    GAUSSIAN_BLUR_KERNEL,
    SHARPEN_KERNEL,
    SOBEL_X_KERNEL,
    SOBEL_Y_KERNEL,
]
seeds = st.integers(0, 2**32 - 1)
close = {"rtol": 1e-10, "atol": 1e-10}


def channels(seed, *, most=40, kernel_most=6):
    """Return a random channel, and a random kernel that fits into it."""
    rng = np.random.default_rng(seed)
    height, width = rng.integers(1, most, size=2)
    kernel_shape = rng.integers(1, np.minimum(kernel_most, (height, width)) + 1)
    return rng.normal(size=(height, width)), rng.normal(size=kernel_shape)


def layer(seed, *, batch=None):
    """Return a random image (or batch), kernels, bias, and a stride and padding for which they fit."""
    rng = np.random.default_rng(seed)
    kernel_height, kernel_width, in_channels, out_channels = rng.integers(1, 5, size=4)
    stride, padding = int(rng.integers(1, 4)), int(rng.integers(0, 3))
    height = max(1, kernel_height - 2 * padding) + rng.integers(0, 8)
    width = max(1, kernel_width - 2 * padding) + rng.integers(0, 8)
    shape = (height, width, in_channels)
    image = rng.normal(size=shape if batch is None else (batch, *shape))
    kernels = rng.normal(size=(kernel_height, kernel_width, in_channels, out_channels))
    return (
        image,
        kernels,
        rng.normal(size=out_channels),
        {"stride": stride, "padding": padding, "floor": True},
    )


def around(padding):
    """Return a padding as TensorFlow wants it."""
    return [[0, 0], [padding, padding], [padding, padding], [0, 0]]


def full(one, other):
    """Return the whole convolution of two square arrays: wherever they overlap at all."""
    return convolve2d(pad(one, len(other) - 1), other)


@pytest.fixture(scope="module")
def cv2():
    return pytest.importorskip("cv2")


@pytest.fixture(scope="module")
def signal():
    return pytest.importorskip("scipy.signal")


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


# ---- cross-correlation ----------------------------------------------------------------------------


@pytest.mark.judge("eq-cross-correlation", "hand")
@pytest.mark.parametrize("function", CORRELATIONS)
def test_correlation_worked_by_hand(function):
    image = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    # 1*1 + 2*2 + 4*3 + 5*4 = 37 at the top left, then one pixel to the right, and so on
    assert_array_equal(function(image, [[1, 2], [3, 4]]), [[37, 47], [67, 77]])


@pytest.mark.judge("eq-cross-correlation", "hand")
@pytest.mark.parametrize("function", CORRELATIONS)
def test_the_edge_kernel_on_an_edge(function):
    image = np.repeat([[0, 0, 0, 9, 9, 9]], 4, axis=0)
    # left of the edge: minus three bright neighbours; right of it: 8 * 9 - 5 * 9
    assert_array_equal(function(image, EDGE_KERNEL), [[0, -27, 27, 0]] * 2)


@given(seeds)
def test_the_fast_version_agrees_with_the_one_to_read(seed):
    image, kernel = channels(seed)
    assert_allclose(cross_correlate2d(image, kernel), cross_correlate2d_by_loops(image, kernel), **close)


@pytest.mark.judge("eq-cross-correlation", "library")
@given(seeds)
def test_correlation_agrees_with_scipy(signal, seed):
    image, kernel = channels(seed, kernel_most=12)
    expected = signal.correlate2d(image, kernel, mode="valid")
    assert_allclose(cross_correlate2d(image, kernel), expected, **close)


@pytest.mark.judge("eq-cross-correlation", "library")
@given(seeds)
def test_correlation_agrees_with_opencv(cv2, seed):
    image, kernel = channels(seed)
    filtered = cv2.filter2D(image, cv2.CV_64F, kernel, anchor=(0, 0))
    expected = filtered[: image.shape[0] - kernel.shape[0] + 1, : image.shape[1] - kernel.shape[1] + 1]
    assert_allclose(cross_correlate2d(image, kernel), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-cross-correlation", "law")
@given(seeds, st.floats(-10, 10))
def test_correlation_is_linear_in_image_and_kernel(seed, scale):
    image, kernel = channels(seed)
    other_image, other_kernel = np.sin(image), np.cos(kernel)
    once = cross_correlate2d(image, kernel)
    assert_allclose(
        cross_correlate2d(image + scale * other_image, kernel),
        once + scale * cross_correlate2d(other_image, kernel),
        **close,
    )
    assert_allclose(
        cross_correlate2d(image, kernel + scale * other_kernel),
        once + scale * cross_correlate2d(image, other_kernel),
        **close,
    )


@pytest.mark.judge("eq-cross-correlation", "law")
@given(seeds, st.integers(0, 9), st.integers(0, 9))
def test_a_shifted_image_gives_the_shifted_map(seed, down, right):
    image, kernel = channels(seed, most=25)
    shifted = np.pad(image, [(down, 0), (right, 0)], mode="wrap")
    assert_allclose(
        cross_correlate2d(shifted, kernel)[down:, right:], cross_correlate2d(image, kernel), **close
    )


@pytest.mark.parametrize("width", [15, 16, 17, 32, 33])
def test_every_width_around_a_band_of_sixteen(rng, width):
    image, kernel = rng.normal(size=(4, width + 2)), rng.normal(size=(2, 3))
    out = cross_correlate2d(image, kernel)
    assert out.shape == (3, width)
    assert out.flags.c_contiguous
    assert_allclose(out, cross_correlate2d_by_loops(image, kernel), **close)


# ---- true convolution -----------------------------------------------------------------------------


@pytest.mark.judge("eq-convolution", "hand")
def test_convolution_worked_by_hand():
    image = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
    # the kernel flipped: 1*4 + 2*3 + 4*2 + 5*1 = 23
    assert_array_equal(convolve2d(image, [[1, 2], [3, 4]]), [[23, 33], [53, 63]])


@pytest.mark.judge("eq-convolution", "library")
@given(seeds)
def test_convolution_agrees_with_scipy(signal, seed):
    image, kernel = channels(seed)
    expected = signal.convolve2d(image, kernel, mode="valid")
    assert_allclose(convolve2d(image, kernel), expected, **close)


@pytest.mark.judge("eq-convolution", "law")
@given(seeds, *[st.integers(1, 6)] * 3)
def test_convolution_commutes_and_associates(seed, n, m, k):
    rng = np.random.default_rng(seed)
    one, two, three = (rng.normal(size=(size, size)) for size in (n, m, k))
    assert_allclose(full(one, two), full(two, one), **close)
    assert_allclose(full(full(one, two), three), full(one, full(two, three)), **close)


@pytest.mark.judge("eq-convolution", "law")
def test_convolution_is_a_product_of_spectra(rng):
    """The convolution theorem, which holds for the flipped kernel only."""
    image, kernel = rng.normal(size=(9, 9)), rng.normal(size=(3, 3))
    size = (11, 11)
    product = np.fft.fft2(image, size) * np.fft.fft2(kernel, size)
    assert_allclose(full(image, kernel), np.fft.ifft2(product).real, **close)


def test_correlation_does_neither():
    """What the chapter says about the operation of the slide."""
    one, two = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.0, 1.0], [0.0, 0.0]])

    def full_correlation(a, b):
        return cross_correlate2d(pad(a, len(b) - 1), b)

    assert not np.allclose(full_correlation(one, two), full_correlation(two, one))
    left = full_correlation(full_correlation(one, two), one)
    right = full_correlation(one, full_correlation(two, one))
    assert not np.allclose(left, right)


# ---- padding and constants ------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 4), (5, 2, 3, 4)])
@pytest.mark.parametrize("padding", [0, 1, 3])
def test_padding_agrees_with_numpy(rng, shape, padding):
    image = rng.normal(size=shape).astype(np.float32)
    widths = [(padding, padding) if axis in (0, 1) else (0, 0) for axis in range(len(shape))]
    if len(shape) == 4:
        widths = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    padded = pad(image, padding)
    assert padded.dtype == np.float32
    assert not np.shares_memory(padded, image)
    assert_array_equal(padded, np.pad(image, widths))


def test_the_kernels_do_what_their_lines_say():
    assert EDGE_KERNEL.tolist() == [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]  # slide 51
    sums = [round(float(kernel.sum()), 12) for kernel in KERNELS]
    assert sums == [1, 0, 1, 1, 0, 0]  # a blur and a sharpening keep the brightness, a difference drops it
    ramp = np.repeat([[0.0, 1.0, 2.0]], 3, axis=0)  # brighter by 1 a pixel, to the right
    assert cross_correlate2d(ramp, SOBEL_X_KERNEL) == 8
    assert cross_correlate2d(ramp, SOBEL_Y_KERNEL) == 0
    assert cross_correlate2d(ramp.T, SOBEL_Y_KERNEL) == 8
    dot = np.pad([[16.0]], 1)
    got = [cross_correlate2d(dot, kernel).item() for kernel in KERNELS]
    assert_allclose(got, [16 / 9, 128, 4, 80, 0, 0], rtol=1e-15)


@pytest.mark.parametrize(("kernel", "name"), [(SOBEL_X_KERNEL, (1, 0)), (SOBEL_Y_KERNEL, (0, 1))])
def test_sobel_is_that_of_opencv(cv2, rng, kernel, name):
    image = rng.normal(size=(6, 7))
    assert_allclose(
        cross_correlate2d(image, kernel), cv2.Sobel(image, cv2.CV_64F, *name)[1:-1, 1:-1], **close
    )


def test_blurs_are_those_of_opencv(cv2, rng):
    image = rng.normal(size=(6, 7))
    box, gauss = cv2.blur(image, (3, 3)), cv2.GaussianBlur(image, (3, 3), 0)
    assert_allclose(cross_correlate2d(image, BOX_BLUR_KERNEL), box[1:-1, 1:-1], **close)
    assert_allclose(cross_correlate2d(image, GAUSSIAN_BLUR_KERNEL), gauss[1:-1, 1:-1], **close)


@pytest.mark.parametrize("kernel", KERNELS)
def test_no_chapter_can_change_a_kernel_for_the_next(kernel):
    with pytest.raises(ValueError, match="read-only"):
        kernel[0, 0] = 1


# ---- many channels, many kernels ------------------------------------------------------------------


@pytest.mark.judge("eq-conv2d", "hand")
def test_a_layer_worked_by_hand():
    image = np.array([[[1, 10], [2, 20], [3, 30]]])  # one row of three pixels, two channels
    first, second = [[[1, 0]], [[0, 1]]], [[[0, 0]], [[1, -1]]]  # (kernel_width, in_channels) in a row each
    kernels = np.stack([np.reshape(first, (1, 2, 2)), np.reshape(second, (1, 2, 2))], axis=-1)
    # first: channel 0 of a pixel plus channel 1 of the next; second: the next pixel's difference
    maps = conv2d(image, kernels, bias=[0, 100])
    assert_array_equal(maps, [[[1 + 20, 100 + 2 - 20], [2 + 30, 100 + 3 - 30]]])


@pytest.mark.judge("eq-conv2d", "hand")
def test_stride_and_padding_worked_by_hand():
    image = np.arange(1, 10).reshape(3, 3, 1)  # padded to 5 x 5; windows start at 0 and 2
    maps = conv2d(image, np.ones((3, 3, 1, 1)), stride=2, padding=1)
    assert_array_equal(maps[:, :, 0], [[1 + 2 + 4 + 5, 2 + 3 + 5 + 6], [4 + 5 + 7 + 8, 5 + 6 + 8 + 9]])


@pytest.mark.judge("eq-conv2d", "library")
@given(seeds, st.sampled_from([None, 1, 3]))
def test_a_layer_agrees_with_tensorflow(tf, seed, batch):
    image, kernels, bias, options = layer(seed, batch=batch)
    images = image if batch else image[None]
    expected = tf.nn.conv2d(images, kernels, options["stride"], around(options["padding"])).numpy() + bias
    got = conv2d(image, kernels, bias, **options)
    assert_allclose(got, expected if batch else expected[0], **close)


@pytest.mark.judge("eq-conv2d", "law")
@given(seeds)
def test_a_layer_is_a_sum_of_correlations_one_for_each_channel(seed):
    image, kernels, bias, options = layer(seed)
    padded, S = pad(image, options["padding"]), options["stride"]
    maps = conv2d(image, kernels, bias, **options)
    for k in range(kernels.shape[3]):
        parts = [
            cross_correlate2d_by_loops(padded[:, :, c], kernels[:, :, c, k]) for c in range(image.shape[2])
        ]
        assert_allclose(maps[:, :, k], sum(parts)[::S, ::S] + bias[k], **close)
    assert maps.shape == conv_output_shape(image.shape, kernels.shape[3], kernels.shape[:2], **options)


@pytest.mark.judge("eq-conv2d", "law")
def test_a_layer_moves_with_the_picture(rng):
    """Two pixels down at stride 2 are one row down in the maps."""
    image, kernels = rng.normal(size=(11, 11, 2)), rng.normal(size=(3, 3, 2, 4))
    moved = np.roll(image, 2, axis=0)
    assert_allclose(conv2d(moved, kernels, stride=2)[1:], conv2d(image, kernels, stride=2)[:-1], **close)


def test_a_batch_is_its_images_one_by_one(rng):
    images, kernels = rng.normal(size=(3, 6, 5, 2)), rng.normal(size=(3, 2, 2, 4))
    maps = conv2d(images, kernels, 0.5, padding=1)
    assert_allclose(maps, [conv2d(image, kernels, 0.5, padding=1) for image in images], **close)


def test_a_size_that_does_not_divide_is_explained_and_floor_takes_it(rng):
    image, kernels = rng.normal(size=(6, 7, 1)), rng.normal(size=(3, 3, 1, 1))
    message = "^height: a filter of 3 with stride 2 and padding 0 does not end at .* input 5 or 7"
    with pytest.raises(ValueError, match=message):
        conv2d(image, kernels, stride=2)
    with pytest.raises(ValueError, match=message):
        conv2d_gradients(image, kernels, np.ones((2, 3, 1)), stride=2)
    cut = conv2d(image[:5], kernels, stride=2)
    assert_array_equal(conv2d(image, kernels, stride=2, floor=True), cut)


# ---- gradients ------------------------------------------------------------------------------------


@pytest.mark.judge("eq-conv2d-image-gradient", "hand")
@pytest.mark.judge("eq-conv2d-kernel-gradient", "hand")
@pytest.mark.judge("eq-conv2d-bias-gradient", "hand")
def test_gradients_worked_by_hand():
    image, kernels, upstream = np.array([[1, 2, 3]]), np.array([[10, 20]]), np.array([[5, 7]])
    got = conv2d_gradients(image[:, :, None], kernels[:, :, None, None], upstream[:, :, None])
    d_image, d_kernels, d_bias = (gradient.squeeze() for gradient in got)
    # C = (1*10 + 2*20, 2*10 + 3*20): the middle pixel met weight 20 first, then weight 10
    assert_array_equal(d_image, [5 * 10, 5 * 20 + 7 * 10, 7 * 20])
    assert_array_equal(d_kernels, [5 * 1 + 7 * 2, 5 * 2 + 7 * 3])
    assert d_bias == 5 + 7


@pytest.mark.judge("eq-conv2d-image-gradient", "library")
@pytest.mark.judge("eq-conv2d-kernel-gradient", "library")
@pytest.mark.judge("eq-conv2d-bias-gradient", "library")
@given(seeds, st.sampled_from([None, 2]))
def test_gradients_agree_with_tensorflow(tf, seed, batch):
    image, kernels, bias, options = layer(seed, batch=batch)
    upstream = np.cos(conv2d(image, kernels, bias, **options))
    given_ = [tf.constant(value) for value in (image if batch else image[None], kernels, bias)]
    with tf.GradientTape() as tape:
        tape.watch(given_)
        maps = tf.nn.conv2d(given_[0], given_[1], options["stride"], around(options["padding"])) + given_[2]
        loss = tf.reduce_sum(maps * upstream)
    for got, expected in zip(
        conv2d_gradients(image, kernels, upstream, **options), tape.gradient(loss, given_), strict=True
    ):
        assert_allclose(got, expected.numpy().reshape(got.shape), **close)


@pytest.mark.judge("eq-conv2d-image-gradient", "law")
@pytest.mark.judge("eq-conv2d-kernel-gradient", "law")
@pytest.mark.judge("eq-conv2d-bias-gradient", "law")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("batch", [None, 2])
def test_gradients_are_the_slopes(seed, batch):
    image, kernels, bias, options = layer(seed, batch=batch)
    upstream = np.cos(conv2d(image, kernels, bias, **options))

    def loss(image=image, kernels=kernels, bias=bias):
        return np.sum(conv2d(image, kernels, bias, **options) * upstream)

    d_image, d_kernels, d_bias = conv2d_gradients(image, kernels, upstream, **options)
    check_gradient(lambda x: loss(image=x), d_image, image)
    check_gradient(lambda x: loss(kernels=x), d_kernels, kernels)
    check_gradient(lambda x: loss(bias=x), d_bias, bias)


def test_a_pixel_that_no_window_reached_has_no_gradient():
    image, kernels = np.ones((4, 4, 1)), np.ones((3, 3, 1, 1))
    d_image, _, _ = conv2d_gradients(image, kernels, np.ones((1, 1, 1)), stride=2, floor=True)
    assert_array_equal(d_image[:, :, 0], np.pad(np.ones((3, 3)), [(0, 1), (0, 1)]))


# ---- dtypes and bad input -------------------------------------------------------------------------

F32, F64 = np.float32, np.float64


@pytest.mark.parametrize(
    ("image", "kernel", "result"),
    [
        (F32, F32, F32),
        (np.uint8, F32, F32),
        (F32, int, F32),
        (F64, F32, F64),
        (F32, F64, F64),
        (int, int, F64),
    ],
)
def test_float32_stays_and_whole_numbers_have_no_say(image, kernel, result):
    A, H = np.ones((4, 4), image), np.ones((3, 3), kernel)
    for function in (*CORRELATIONS, convolve2d):
        assert function(A, H).dtype == result
    A, H = A[:, :, None], H[:, :, None, None]
    assert conv2d(A, H, bias=0.5, padding=1).dtype == result
    assert {g.dtype for g in conv2d_gradients(A, H, np.ones((2, 2, 1)))} == {np.dtype(result)}


def test_float32_results_are_as_good_as_float32(rng):
    image, kernels = rng.normal(size=(9, 9, 3)), rng.normal(size=(3, 3, 3, 2))
    small = conv2d(image.astype(F32), kernels.astype(F32))
    assert_allclose(small, conv2d(image, kernels), rtol=1e-4, atol=1e-5)


def test_no_function_writes_into_what_it_is_given(rng):
    given_ = rng.normal(size=(5, 5, 1)), rng.normal(size=(3, 3, 1, 1)), rng.normal(size=(3, 3, 1))
    for array in given_:
        array.setflags(write=False)
    conv2d(*given_[:2])
    conv2d_gradients(*given_)
    cross_correlate2d(given_[0][:, :, 0], given_[1][:, :, 0, 0])
    convolve2d(given_[0][:, :, 0], given_[1][:, :, 0, 0])


@pytest.mark.parametrize("function", [*CORRELATIONS, convolve2d])
@pytest.mark.parametrize(
    ("image", "kernel", "error", "message"),
    [
        (
            np.ones((2, 2, 3)),
            [[1]],
            ValueError,
            r"image has shape .* got \(2, 2, 3\): one channel, for example",
        ),
        ([[1]], [1], ValueError, r"kernel has shape \(kernel_height, kernel_width\), got \(1,\)"),
        ([[]], [[1]], ValueError, "image is empty"),
        ([[1]], [[np.nan]], ValueError, "kernel must hold finite numbers, got nan"),
        ([["a"]], [[1]], TypeError, "image must hold real numbers"),
        (
            [[1, 1]],
            [[1], [1]],
            ValueError,
            r"got a kernel of \(2, 1\) and an image of \(1, 2\): use a smaller",
        ),
        ([[1], [1]], [[1, 1]], ValueError, "kernel must fit into the image"),
    ],
)
def test_bad_channels_are_explained(function, image, kernel, error, message):
    with pytest.raises(error, match=message):
        function(image, kernel)


ONE = np.ones((1, 1, 1, 1))


@pytest.mark.parametrize("function", [conv2d, lambda *a, **k: conv2d_gradients(*a, np.ones((1, 1, 1)), **k)])
@pytest.mark.parametrize(
    ("image", "kernels", "options", "error", "message"),
    [
        (np.ones((5, 5)), ONE, {}, ValueError, r"got \(5, 5\): a grey .* 1, image\[:, :, None\]"),
        (np.ones((1, 1, 2)), ONE, {}, ValueError, r"in_channels = 2 for this image, got \(1, 1, 1, 1\)"),
        (np.ones((1, 1, 1)), np.ones((3, 3)), {}, ValueError, r"in_channels = 1 for .*, got \(3, 3\)"),
        (np.ones((0, 1, 1)), ONE, {}, ValueError, "image is empty"),
        (np.ones((1, 1, 1)), ONE * np.inf, {}, ValueError, "kernels must hold finite numbers, got inf"),
        (np.ones((1, 1, 1)), np.ones((2, 1, 1, 1)), {}, ValueError, "^height: a filter of 2 does not fit"),
        (np.ones((1, 1, 1)), np.ones((1, 2, 1, 1)), {}, ValueError, "^width: a filter of 2 does not fit"),
        (np.ones((1, 1, 1)), ONE, {"stride": 0}, ValueError, "stride must be at least 1, got 0"),
        (np.ones((1, 1, 1)), ONE, {"padding": -1}, ValueError, "padding must be at least 0, got -1"),
        (np.ones((1, 1, 1)), ONE, {"padding": 0.5}, TypeError, "padding must be a whole number, got 0.5"),
    ],
)  # fmt: skip
def test_bad_layers_are_explained(function, image, kernels, options, error, message):
    with pytest.raises(error, match=message):
        function(image, kernels, **options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: conv2d(ONE, ONE, [1, 2]),
            ValueError,
            r"bias is one number, or one for each of the 1 kernels, got \(2,\)",
        ),
        (lambda: conv2d(ONE, ONE, np.nan), ValueError, "bias must hold finite numbers"),
        (lambda: conv2d(ONE, ONE, "no"), TypeError, "bias must hold real numbers"),
        (
            lambda: conv2d_gradients(ONE, ONE, ONE[0]),
            ValueError,
            r"upstream has shape \(1, 1, 1, 1\), got \(1, 1, 1\): the shape of the",
        ),
        (lambda: pad([1], 1), ValueError, r"image has shape \(height, width\), .* got \(1,\)"),
        (lambda: pad(np.ones((1,) * 5), 1), ValueError, r"image has shape .* got \(1, 1, 1, 1, 1\)"),
        (lambda: pad([[1]], -1), ValueError, "padding must be at least 0, got -1"),
    ],
)
def test_other_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_sizes_of_eight_bits_do_not_wrap_around(rng):
    image, kernels = rng.random((300, 300, 1)), rng.random((4, 4, 1, 1))
    upstream = rng.random((150, 150, 1))
    small = conv2d_gradients(image, kernels, upstream, stride=np.uint8(2), padding=np.uint8(1))
    for got, expected in zip(
        small, conv2d_gradients(image, kernels, upstream, stride=2, padding=1), strict=True
    ):
        assert_array_equal(got, expected)


# ---- the cases of the figure: JavaScript reads the same file ---------------------------------------

ROOT = Path(__file__).parents[1]
FIGURE = json.loads((ROOT / "tests/cases/convolution.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", FIGURE["maps"], ids=lambda case: case["name"])
def test_the_maps_of_the_figure(tf, signal, case):
    picture, kernel = np.array(case["picture"], float), np.array(case["kernel"]) / case["divisor"]
    upright = kernel[::-1, ::-1] if case["turned"] else kernel
    S, P = case["stride"], case["padding"]
    ours = conv2d(picture[:, :, None], upright[:, :, None, None], stride=S, padding=P, floor=True)[:, :, 0]
    assert_allclose(ours, case["output"], atol=1e-9)
    around = [[0, 0], [P, P], [P, P], [0, 0]]
    theirs = tf.nn.conv2d(picture[None, :, :, None], upright[:, :, None, None], S, around)[0, :, :, 0]
    assert_allclose(theirs, case["output"], atol=1e-9)
    slide = signal.convolve2d if case["turned"] else signal.correlate2d
    assert_allclose(slide(np.pad(picture, P), kernel, "valid")[::S, ::S], case["output"], atol=1e-9)


def test_the_kernels_of_the_figure():
    for name, kernel in FIGURE["kernels"].items():
        assert_allclose(np.array(kernel["rows"]) / kernel["divisor"], getattr(convolution, name))


def test_the_photograph_of_the_figure():
    grey = load_photo("home").mean(axis=2)[96:288, 200:392].reshape(96, 2, 96, 2).mean(axis=(1, 3))
    stored = np.fromfile(ROOT / "figures/convolution/tower_96x96.bin", np.uint8)
    assert_array_equal(stored.reshape(96, 96), grey.round())
