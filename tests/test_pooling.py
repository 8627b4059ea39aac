"""pooling.py against windows worked by hand, TensorFlow and OpenCV, and the laws of maxima and means."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.conv_shape import pool_output_shape
from cvlessons.convolution import conv2d
from cvlessons.datasets import load_mnist, load_weights
from cvlessons.gradcheck import check_gradient
from cvlessons.pooling import average_pool, average_pool_gradient, max_pool, max_pool_gradient

POOLS = [max_pool, average_pool]
GRADIENTS = [max_pool_gradient, average_pool_gradient]
SLIDE = np.array([[7, 3, 5, 2], [8, 7, 1, 6], [4, 9, 3, 9], [0, 8, 4, 5]])[:, :, None]

seeds = st.integers(0, 2**32 - 1)
close = {"rtol": 1e-12, "atol": 1e-12}


def pooling(seed, *, batch=None):
    """Return a random image (or batch) without ties, and options for which it divides or is floored."""
    rng = np.random.default_rng(seed)
    size, stride = (int(number) for number in rng.integers(1, 5, size=2))
    height, width, channels = size + rng.integers(0, 8), size + rng.integers(0, 8), rng.integers(1, 4)
    shape = (height, width, channels) if batch is None else (batch, height, width, channels)
    # whole numbers, each once: no tie, and none so near that a finite difference steps over it
    image = rng.permutation(np.prod(shape)).reshape(shape) / 10
    return image, {"size": size, "stride": stride, "floor": True}


def windows(image, size, stride):
    """Yield (row, column, window) for every window of one image, by plain counting."""
    height, width, _ = image.shape
    for m, top in enumerate(range(0, height - size + 1, stride)):
        for n, left in enumerate(range(0, width - size + 1, stride)):
            yield m, n, image[top : top + size, left : left + size]


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-max-pool", "hand")
@pytest.mark.judge("eq-average-pool", "hand")
def test_the_example_of_the_slide():
    assert_array_equal(max_pool(SLIDE)[:, :, 0], [[8, 6], [9, 9]])
    # (7 + 3 + 8 + 7) / 4, (5 + 2 + 1 + 6) / 4, (4 + 9 + 0 + 8) / 4, (3 + 9 + 4 + 5) / 4
    assert_array_equal(average_pool(SLIDE)[:, :, 0], [[6.25, 3.5], [5.25, 5.25]])


@pytest.mark.judge("eq-max-pool", "hand")
@pytest.mark.judge("eq-average-pool", "hand")
def test_overlapping_windows_worked_by_hand():
    image = np.array([[1, 5, 2, 0], [3, 4, 6, 2]])[:, :, None]
    assert_array_equal(max_pool(image, 2, stride=1)[:, :, 0], [[5, 6, 6]])
    assert_array_equal(average_pool(image, 2, stride=1)[:, :, 0], [[13 / 4, 17 / 4, 10 / 4]])


@pytest.mark.judge("eq-max-pool", "library")
@pytest.mark.judge("eq-average-pool", "library")
@given(seeds, st.sampled_from([None, 1, 3]))
def test_pooling_agrees_with_tensorflow(tf, seed, batch):
    image, options = pooling(seed, batch=batch)
    images = tf.constant(image if batch else image[None])  # it would make float32 of an array
    where = (options["size"], options["stride"], "VALID")
    for ours, theirs in ((max_pool, tf.nn.max_pool2d), (average_pool, tf.nn.avg_pool2d)):
        expected = theirs(images, *where).numpy()
        assert_allclose(ours(image, **options), expected if batch else expected[0], **close)


@pytest.mark.judge("eq-max-pool", "law")
@given(seeds)
def test_a_maximum_is_one_of_its_window_and_none_is_larger(seed):
    image, options = pooling(seed)
    pooled = max_pool(image, **options)
    for m, n, window in windows(image, options["size"], options["stride"]):
        for c, largest in enumerate(pooled[m, n]):
            assert largest in window[:, :, c]
            assert (window[:, :, c] <= largest).all()
    assert pooled.shape == pool_output_shape(image.shape, options.pop("size"), **options)


@pytest.mark.judge("eq-max-pool", "law")
@given(seeds)
def test_a_maximum_commutes_with_whatever_keeps_the_order(seed):
    """Such as ReLU: pooling before it or after it is the same."""
    image, options = pooling(seed)
    image -= image.mean()
    for rising in (lambda x: np.maximum(x, 0), np.tanh, lambda x: 3 * x + 1):
        assert_allclose(max_pool(rising(image), **options), rising(max_pool(image, **options)), **close)


@pytest.mark.judge("eq-average-pool", "law")
@given(seeds)
def test_a_mean_is_a_convolution_with_equal_weights(seed):
    image, options = pooling(seed)
    size, channels = options.pop("size"), image.shape[2]
    kernels = np.zeros((size, size, channels, channels))
    kernels[:, :, range(channels), range(channels)] = 1 / size**2
    assert_allclose(average_pool(image, size, **options), conv2d(image, kernels, **options), rtol=1e-10)


@pytest.mark.judge("eq-max-pool-gradient", "hand")
@pytest.mark.judge("eq-average-pool-gradient", "hand")
def test_gradients_worked_by_hand():
    upstream = np.array([[1, 2], [3, 4]])[:, :, None]
    to_largest = [[0, 0, 0, 0], [1, 0, 0, 2], [0, 3, 0, 4], [0, 0, 0, 0]]  # the slide's 8, 6, 9 and 9
    assert_array_equal(max_pool_gradient(SLIDE, upstream)[:, :, 0], to_largest)
    in_shares = np.kron([[1, 2], [3, 4]], np.full((2, 2), 1 / 4))
    assert_array_equal(average_pool_gradient(SLIDE, upstream)[:, :, 0], in_shares)


@pytest.mark.judge("eq-max-pool-gradient", "hand")
def test_gradients_of_overlapping_windows_add_up():
    image, upstream = np.array([[1, 5, 2], [3, 4, 0]])[:, :, None], np.array([[10, 20]])[:, :, None]
    assert_array_equal(max_pool_gradient(image, upstream, stride=1)[:, :, 0], [[0, 30, 0], [0, 0, 0]])
    shares = [[2.5, 7.5, 5], [2.5, 7.5, 5]]
    assert_array_equal(average_pool_gradient(image, upstream, stride=1)[:, :, 0], shares)


def test_of_equals_only_the_first_gets_the_gradient():
    image = np.array([[0, 4, 4], [4, 4, 0]])[:, :, None]
    # windows (0 4 / 4 4) and (4 4 / 4 0): reading row by row, both begin with the 4 at the top middle
    gradient = max_pool_gradient(image, np.array([[1, 10]])[:, :, None], stride=1)
    assert_array_equal(gradient[:, :, 0], [[0, 11, 0], [0, 0, 0]])


@pytest.mark.judge("eq-max-pool-gradient", "library")
@pytest.mark.judge("eq-average-pool-gradient", "library")
@given(seeds, st.sampled_from([None, 2]), st.booleans())
def test_gradients_agree_with_tensorflow(tf, seed, batch, tied):
    image, options = pooling(seed, batch=batch)
    image = np.floor(image) % 3 if tied else image  # TensorFlow too takes the first of equals
    where = (options["size"], options["stride"], "VALID")
    images = tf.constant(image if batch else image[None])
    for ours, forward, theirs in (
        (max_pool_gradient, max_pool, tf.nn.max_pool2d),
        (average_pool_gradient, average_pool, tf.nn.avg_pool2d),
    ):
        upstream = np.cos(np.arange(forward(image, **options).size)).reshape(forward(image, **options).shape)
        with tf.GradientTape() as tape:
            tape.watch(images)
            loss = tf.reduce_sum(theirs(images, *where) * upstream)
        expected = tape.gradient(loss, images).numpy().reshape(image.shape)
        assert_allclose(ours(image, upstream, **options), expected, **close)


@pytest.mark.judge("eq-max-pool-gradient", "law")
@pytest.mark.judge("eq-average-pool-gradient", "law")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("batch", [None, 2])
def test_gradients_are_the_slopes(seed, batch):
    image, options = pooling(seed, batch=batch)
    for pool, gradient in zip(POOLS, GRADIENTS, strict=True):
        upstream = np.cos(np.arange(pool(image, **options).size)).reshape(pool(image, **options).shape)
        got = gradient(image, upstream, **options)
        check_gradient(lambda x, p=pool, u=upstream: np.sum(p(x, **options) * u), got, image)
        assert_allclose(got.sum(), upstream.sum(), **close)  # nothing is lost, nothing comes twice


def test_opencv_halves_a_picture_by_the_same_means(rng):
    cv2 = pytest.importorskip("cv2")
    image = rng.uniform(size=(6, 8, 3))
    halved = cv2.resize(image, (4, 3), interpolation=cv2.INTER_AREA)
    assert_allclose(average_pool(image), halved, rtol=1e-6)


# ---- edges ----------------------------------------------------------------------------------------


def test_windows_of_one_pixel_give_a_copy(rng):
    image = rng.normal(size=(3, 4, 2))
    for pool in POOLS:
        assert_array_equal(pool(image, 1), image)
        assert not np.shares_memory(pool(image, 1), image)


@pytest.mark.parametrize(
    ("given_", "result"), [(np.float32, np.float32), (np.uint8, np.float64), (float, float)]
)
def test_float32_stays(given_, result):
    image = np.ones((4, 4, 1), given_)
    assert {pool(image).dtype for pool in POOLS} == {np.dtype(result)}
    assert {gradient(image, np.ones((2, 2, 1))).dtype for gradient in GRADIENTS} == {np.dtype(result)}


def test_no_function_writes_into_what_it_is_given():
    image, upstream = np.ones((4, 4, 1)), np.ones((2, 2, 1))
    for array in (image, upstream):
        array.setflags(write=False)
    assert [pool(image).shape for pool in POOLS] == [(2, 2, 1)] * 2
    assert [gradient(image, upstream).sum() for gradient in GRADIENTS] == [4, 4]


def test_a_size_that_does_not_divide_is_explained_and_floor_takes_it(rng):
    image = rng.normal(size=(5, 4, 1))
    message = "^height: a window of 2 with stride 2 does not end at the edge of an input of 5.* 4 or 6"
    for pool, gradient in zip(POOLS, GRADIENTS, strict=True):
        with pytest.raises(ValueError, match=message):
            pool(image)
        with pytest.raises(ValueError, match=message):
            gradient(image, np.ones((2, 2, 1)))
        assert_array_equal(pool(image, floor=True), pool(image[:4]))
        assert not gradient(image, np.ones((2, 2, 1)), floor=True)[4].any()


@pytest.mark.parametrize(
    "function", [*POOLS, *[lambda image, g=g, **o: g(image, [[[1]]], **o) for g in GRADIENTS]]
)
@pytest.mark.parametrize(
    ("image", "options", "error", "message"),
    [
        (np.ones((2, 2)), {}, ValueError, r"got \(2, 2\): a grey .* 1, image\[:, :, None\]"),
        (np.ones((0, 2, 1)), {}, ValueError, "image is empty"),
        (np.full((2, 2, 1), np.nan), {}, ValueError, "image must hold finite numbers, got nan"),
        ([[["a"]]], {}, TypeError, "image must hold real numbers"),
        (np.ones((2, 1, 1)), {}, ValueError, "^width: a window of 2 does not fit into an input of 1: use"),
        (np.ones((2, 2, 1)), {"size": 0}, ValueError, "pool_size must be at least 1, got 0"),
        (np.ones((2, 2, 1)), {"size": 2.0}, TypeError, "pool_size must be a whole number, got 2.0"),
        (np.ones((2, 2, 1)), {"stride": 0}, ValueError, "stride must be at least 1, got 0"),
    ],
)  # fmt: skip
def test_bad_input_is_explained(function, image, options, error, message):
    with pytest.raises(error, match=message):
        function(image, **options)


@pytest.mark.parametrize("gradient", GRADIENTS)
def test_a_gradient_of_another_shape_is_explained(gradient):
    with pytest.raises(
        ValueError, match=r"upstream has shape \(2, 2, 1\), got \(4, 4, 1\): the shape of what"
    ):
        gradient(SLIDE, SLIDE)


def test_sizes_of_eight_bits_do_not_wrap_around(rng):
    picture = rng.random((300, 300, 1))
    assert_array_equal(max_pool(picture, 2, stride=np.uint8(2)), max_pool(picture, 2))
    assert_array_equal(average_pool(np.ones((16, 16, 1)), np.uint8(16)), [[[1]]])
    upstream = rng.random((150, 150, 1))
    for gradient in GRADIENTS:
        assert_array_equal(
            gradient(picture, upstream, np.uint8(2)),
            gradient(picture, upstream, 2),
        )


# ---- the cases of the figure: JavaScript reads the same file ---------------------------------------

ROOT = Path(__file__).parents[1]
FIGURE = json.loads((ROOT / "tests/cases/pooling.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", FIGURE, ids=lambda case: case["name"])
def test_the_cases_of_the_figure(case):
    tf = pytest.importorskip("tensorflow")
    image, upstream = (np.array(case[name], float)[:, :, None] for name in ("image", "upstream"))
    which, F, S = ["max", "average"].index(case["kind"]), case["size"], case["stride"]
    ours = POOLS[which](image, F, stride=S, floor=True)
    our_gradient = GRADIENTS[which](image, upstream, F, stride=S, floor=True)
    assert_allclose(ours[:, :, 0], case["output"], atol=1e-9)
    assert_allclose(our_gradient[:, :, 0], case["gradient"], atol=1e-9)
    batch = tf.constant(image[None])
    with tf.GradientTape() as tape:
        tape.watch(batch)
        theirs = (tf.nn.max_pool2d, tf.nn.avg_pool2d)[which](batch, F, S, "VALID")
        loss = tf.reduce_sum(theirs * upstream[None])
    assert_allclose(theirs[0, :, :, 0], case["output"], atol=1e-9)
    assert_allclose(tape.gradient(loss, batch)[0, :, :, 0], case["gradient"], atol=1e-9)


def test_the_digits_and_filters_of_the_figure():
    _, (x_test, y_test) = load_mnist()
    firsts = [int(np.argmax(y_test == digit)) for digit in range(10)]
    stored = np.fromfile(ROOT / "figures/pooling/digits.bin", np.uint8)
    assert_array_equal(stored.reshape(10, 28, 28), x_test[firsts])
    weights = load_weights("digits")
    numbers = np.fromfile(ROOT / "figures/pooling/filters.bin", "<f4")
    assert_array_equal(numbers[:300].reshape(5, 5, 1, 12), weights["1.kernel"])
    assert_array_equal(numbers[300:], weights["1.bias"])
