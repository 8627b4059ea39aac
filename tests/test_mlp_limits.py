"""mlp_limits.py against shifts worked by hand, SciPy, OpenCV and Keras, and the laws of shifting."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.convolution import SOBEL_X_KERNEL, conv2d
from cvlessons.datasets import load_results, load_weights
from cvlessons.mlp_limits import equivariance_error, invariance_error, shift
from cvlessons.pooling import max_pool

ROOT = Path(__file__).parents[1]
SOBEL = SOBEL_X_KERNEL[:, :, None, None]
offsets = st.integers(-9, 9)


@pytest.fixture
def pictures(rng):
    return rng.integers(1, 256, size=(3, 12, 16, 2)).astype(float)


@pytest.fixture
def framed(rng):
    """Return pictures of whole numbers with an empty border of 6 pixels, as digits have."""
    return np.pad(rng.integers(1, 256, size=(2, 12, 12, 1)).astype(float), [(0, 0), (6, 6), (6, 6), (0, 0)])


def by(down, right):
    return lambda images: shift(images, down, right)


def sobel(images, **options):
    return conv2d(images, SOBEL, **options)


# ---- eq-shift -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-shift", "hand")
def test_a_shift_by_hand():
    picture = np.array([[1, 2, 3], [4, 5, 6]])[:, :, None]
    assert shift(picture, 1, 0)[:, :, 0].tolist() == [[0, 0, 0], [1, 2, 3]]
    assert shift(picture, 0, -2)[:, :, 0].tolist() == [[3, 0, 0], [6, 0, 0]]
    assert shift(picture, -1, 1)[:, :, 0].tolist() == [[0, 4, 5], [0, 0, 0]]


@pytest.mark.judge("eq-shift", "library")
@given(down=offsets, right=offsets)
def test_shifts_agree_with_scipy_and_opencv(down, right):
    cv2 = pytest.importorskip("cv2")
    ndimage = pytest.importorskip("scipy.ndimage")
    picture = np.random.default_rng(0).uniform(size=(7, 9, 2)).astype(np.float32)
    ours = shift(picture, down, right)
    assert_array_equal(ours, ndimage.shift(picture, (down, right, 0), order=0))
    matrix = np.array([[1, 0, right], [0, 1, down]], float)
    assert_array_equal(ours, cv2.warpAffine(picture, matrix, (9, 7), flags=cv2.INTER_NEAREST))


@pytest.mark.judge("eq-shift", "law")
@given(first=st.tuples(offsets, offsets), second=st.tuples(offsets, offsets))
def test_two_shifts_are_one_where_nothing_was_lost(first, second):
    wide = np.zeros((1, 40, 40, 1))
    wide[0, 18:22, 18:22, 0] = np.arange(1, 17).reshape(4, 4)
    total = (first[0] + second[0], first[1] + second[1])
    there = shift(shift(wide, *first), *second)
    assert_array_equal(there, shift(wide, *total))
    assert_array_equal(shift(there, -total[0], -total[1]), wide)


def test_a_shift_keeps_the_dtype_and_the_given_array(pictures):
    before = pictures.copy()
    assert shift(pictures.astype(np.float32), 1, 1).dtype == np.float32
    assert shift(pictures.astype(np.uint8), 1, 1).dtype == np.float64
    assert_array_equal(shift(pictures, 0, 0), pictures)
    assert not np.shares_memory(shift(pictures, 0, 0), pictures)
    assert_array_equal(pictures, before)


def test_beyond_the_edge_nothing_is_left(pictures):
    for far in (12, -12, 13, -13, 99, -99):
        assert not shift(pictures, far, 0).any()
    for far in (16, -16, 17, -17, 99, -99):
        assert not shift(pictures, 0, far).any()
    assert shift(pictures, 11, -15).any()


# ---- eq-equivariance, eq-equivariance-error -------------------------------------------------------


@pytest.mark.judge("eq-equivariance-error", "hand")
@pytest.mark.judge("eq-equivariance", "hand")
def test_errors_worked_by_hand():
    picture = np.zeros((1, 1, 4, 1))
    picture[0, 0, :, 0] = [3, 4, 0, 0]
    ramp = np.array([1, 2, 3, 4]).reshape(1, 1, 4, 1)
    # f(T x) = (0, 6, 12, 0) and T f(x) = (0, 3, 8, 0): the difference is (0, 3, 4, 0), of length 5
    error = equivariance_error(lambda x: ramp * x, picture, by(0, 1))
    assert_allclose(error, 5 / np.sqrt(9 + 64), rtol=1e-15)
    # a square sees each pixel by itself: it is equivariant
    assert equivariance_error(np.square, picture, by(0, 1)) == 0


@pytest.mark.judge("eq-equivariance", "law")
@given(down=st.integers(-6, 6), right=st.integers(-6, 6))
def test_convolution_is_equivariant_to_the_last_bit(down, right):
    """Whole numbers: no rounding, so equal means equal."""
    rng = np.random.default_rng(1)
    inner = rng.integers(0, 256, size=(2, 12, 12, 1)).astype(float)
    framed = np.pad(inner, [(0, 0), (8, 8), (8, 8), (0, 0)])  # nothing of the result is lost
    assert equivariance_error(lambda x: sobel(x, padding=1), framed, by(down, right)) == 0
    full = rng.integers(0, 256, size=(2, 28, 28, 1)).astype(float)
    inside = equivariance_error(sobel, full, by(down, right), margin=6)
    assert inside == 0
    if down or right:
        assert equivariance_error(sobel, full, by(down, right)) > 0.1


@pytest.mark.judge("eq-equivariance", "library")
@pytest.mark.judge("eq-equivariance-error", "library")
def test_the_same_errors_with_keras_layers(framed):
    keras = pytest.importorskip("keras")
    kernel = np.asarray(SOBEL, np.float32)

    def theirs(x, stride):
        return keras.ops.convert_to_numpy(keras.ops.conv(x.astype(np.float32), kernel, stride))

    def ours(x, stride):
        return sobel(x, stride=stride, floor=True)

    assert equivariance_error(lambda x: theirs(x, 1), framed, by(2, 3)) == 0
    options = {"transform_out": by(1, 1)}
    for moved in ((2, 2), (1, 2)):
        pair = [
            equivariance_error(lambda x, f=f: f(x, 2), framed, by(*moved), **options) for f in (theirs, ours)
        ]
        assert_allclose(*pair, rtol=1e-6)
        assert (pair[0] == 0) == (moved == (2, 2))


@pytest.mark.judge("eq-equivariance-error", "law")
@given(factor=st.floats(0.01, 100), right=st.integers(-3, 3))
def test_the_error_does_not_depend_on_units_and_is_about_1_for_strangers(factor, right):
    rng = np.random.default_rng(2)
    pictures, ramp = rng.uniform(1, 2, size=(2, 8, 8, 1)), rng.uniform(size=(1, 8, 8, 1))
    plain, scaled = (
        equivariance_error(lambda x, scale=scale: scale * ramp * x, pictures, by(0, right))
        for scale in (1, factor)
    )
    assert_allclose(plain, scaled, rtol=1e-9, atol=1e-12)
    noise = iter([np.eye(200)[0], np.eye(200)[1]])  # two results at a right angle: sqrt(2)
    assert_allclose(invariance_error(lambda x: next(noise), pictures, by(0, 1)), np.sqrt(2), rtol=1e-15)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_pooling_is_equivariant_to_whole_windows_only(size, framed):
    for right in range(1, 7):
        steps = by(0, right // size)
        error = equivariance_error(lambda x: max_pool(x, size), framed, by(0, right), transform_out=steps)
        assert (error == 0) == (right % size == 0)


# ---- eq-invariance --------------------------------------------------------------------------------


@pytest.mark.judge("eq-invariance", "hand")
def test_invariance_by_hand():
    picture = np.zeros((1, 1, 4, 1))
    picture[0, 0, :, 0] = [3, 4, 0, 0]
    total, place = (lambda x: x.sum(axis=(1, 2))), (lambda x: x.argmax(axis=2))
    assert invariance_error(total, picture, by(0, 2)) == 0
    # the brightest pixel moves from column 1 to column 3
    assert invariance_error(place, picture, by(0, 2)) == 2
    # at the third step the 4 falls over the edge: 3 is left of 7
    assert_allclose(invariance_error(total, picture, by(0, 3)), 4 / 7, rtol=1e-15)


@pytest.mark.judge("eq-invariance", "library")
def test_keras_global_pooling_is_invariant_and_its_flatten_is_not(framed):
    keras = pytest.importorskip("keras")
    start = keras.Input((24, 24, 1))
    maps = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(start)
    pooled = keras.Model(start, keras.layers.GlobalMaxPooling2D()(maps))
    flat = keras.Model(start, keras.layers.Dense(3)(keras.layers.Flatten()(maps)))
    framed = framed / 255
    assert invariance_error(lambda x: pooled(x).numpy(), framed, by(3, -4)) < 1e-6
    assert invariance_error(lambda x: flat(x).numpy(), framed, by(3, -4)) > 0.1


@pytest.mark.judge("eq-invariance", "law")
@given(down=st.integers(-5, 5), right=st.integers(-5, 5))
def test_equivariant_then_pooled_over_the_whole_map_is_invariant(down, right):
    rng = np.random.default_rng(3)
    inner = rng.integers(0, 256, size=(2, 10, 10, 1)).astype(float)
    framed = np.pad(inner, [(0, 0), (7, 7), (7, 7), (0, 0)])
    for pool in (np.max, np.sum):
        assert invariance_error(lambda x, p=pool: p(sobel(x) ** 2, axis=(1, 2)), framed, by(down, right)) == 0


# ---- what is refused ------------------------------------------------------------------------------


def test_bad_pictures_and_shifts_are_refused(pictures):
    with pytest.raises(ValueError, match=r"got \(12, 16\): a grey picture needs a last axis of 1"):
        shift(pictures[0, :, :, 0], 1, 1)
    with pytest.raises(TypeError, match=r"right must be a whole number, got 0.5"):
        shift(pictures, 1, 0.5)
    with pytest.raises(TypeError, match="down must be a whole number, got True"):
        shift(pictures, True, 0)
    with pytest.raises(ValueError, match=r"images has shape .*got \(12, 16, 2\): one picture"):
        equivariance_error(np.square, pictures[0], by(0, 1))


@pytest.mark.parametrize("name", ["function", "transform", "transform_out"])
def test_what_cannot_be_called_is_refused(name, pictures):
    given = {"function": np.square, "transform": by(0, 1), "transform_out": by(0, 1)} | {name: 3}
    f, T, out = given.values()
    with pytest.raises(TypeError, match=f"{name} must be a function, got 3"):
        equivariance_error(f, pictures, T, transform_out=out)


def test_results_that_cannot_be_compared_are_refused(pictures):
    with pytest.raises(ValueError, match=r"the changed result has shape .*transform_out must keep its shape"):
        equivariance_error(np.square, pictures, by(0, 1), transform_out=lambda x: x[:1])
    with pytest.raises(ValueError, match="the result is zero everywhere"):
        equivariance_error(np.zeros_like, pictures, by(0, 1))
    with pytest.raises(ValueError, match=r"with a margin, the result has shape .*leave the margin at 0"):
        equivariance_error(
            lambda x: x.sum(axis=(1, 2)), pictures, by(0, 1), transform_out=np.asarray, margin=1
        )
    with pytest.raises(ValueError, match="margin must be at most 5 for a result of"):
        equivariance_error(np.square, pictures, by(0, 1), margin=6)


# ---- the networks of the figure (JavaScript reads the same cases) ---------------------------------

NETWORKS = ["mlp", "cnn", "cnn_global"]
CASES = json.loads((ROOT / "tests/cases/shift_networks.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "scripts/train_shift.py"))


@pytest.fixture(scope="module")
def stored_networks(script):
    return script["stored_networks"]()


@pytest.mark.parametrize("name", NETWORKS)
def test_the_stored_networks_are_as_good_as_the_results_say(script, stored_networks, name):
    stored, network = load_results("shift")["networks"][name], stored_networks[name]
    assert network.count() == stored["weights"]
    # Another processor may round one digit in a thousand otherwise.
    assert_allclose(script["accuracy"](network, count=10000), stored["test_accuracy"], atol=1e-3)
    for down, right in ((0, 0), (0, 3), (-5, 0), (8, -8)):
        again = script["accuracy"](network, down, right)
        assert_allclose(again, stored["accuracy"][down + 8][right + 8], atol=2e-3)


def test_what_the_chapter_says_of_shifts_holds_for_them_too():
    at_4 = {name: load_results("shift")["networks"][name]["accuracy"][8][12] for name in NETWORKS}
    assert at_4["mlp"] < 0.5 < at_4["cnn"] < 0.8 < 0.95 < at_4["cnn_global"]


@pytest.mark.parametrize("name", NETWORKS)
def test_the_figures_cases_are_what_ours_and_keras_compute(stored_networks, name):
    keras = pytest.importorskip("keras")
    sheet = np.frombuffer((ROOT / "figures/digits/test_digits.bin").read_bytes(), np.uint8).reshape(
        -1, 28, 28
    )
    digits = sheet[[case["digit"] for case in CASES], :, :, None] / np.float32(255)
    moved = np.stack([shift(d, case["down"], case["right"]) for d, case in zip(digits, CASES, strict=True)])
    wanted = [case[name] for case in CASES]
    assert_allclose(stored_networks[name].probabilities(moved), wanted, atol=1e-4)
    model = keras.Sequential([keras.Input((28, 28, 1)), *keras_layers(keras.layers, name)])
    model.set_weights([a for key, a in load_weights("shift").items() if key.split(".")[0] == name])
    assert_allclose(keras.ops.softmax(model(moved)), wanted, atol=1e-4)


def keras_layers(layers, name):
    def stage(filters, pool=2):
        return [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D(pool)]

    return {
        "mlp": [layers.Flatten(), layers.Dense(18, activation="relu"), layers.Dense(10)],
        "cnn": [*stage(8), *stage(24), layers.Flatten(), layers.Dense(10)],
        "cnn_global": [*stage(8), *stage(24), *stage(48, 7), layers.Flatten(), layers.Dense(10)],
    }[name]
