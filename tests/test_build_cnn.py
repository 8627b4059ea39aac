"""build_cnn.py against sums by hand, Keras, TensorFlow's gradients, OpenCV, and the stored results."""

from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import build_cnn
from cvlessons.build_cnn import (
    augmented,
    batch_normalisation,
    one_cycle,
    prepare,
    residual_chain,
    residual_network,
    residual_slopes,
    workshop_ann,
    workshop_cnn,
)
from cvlessons.conv_shape import Conv, Dense, Flatten, Pool, ReLU, cnn_table
from cvlessons.datasets import load_cifar10, load_photo, load_results, load_weights
from cvlessons.gradcheck import numerical_gradient

DATA = Path(str(resources.files("cvlessons"))) / "data"
STORED = sorted(file.stem for file in (DATA / "results").glob("*.json") if hasattr(build_cnn, file.stem))


# ---- batch normalisation --------------------------------------------------------------------------


@pytest.mark.judge("eq-batch-normalisation", "hand")
def test_a_batch_normalised_by_hand():
    # 2, 4, 9: mean 5, variance (9 + 1 + 16) / 3 = 26 / 3, with 1/3 more 9; so the spread is 3
    y = batch_normalisation([[2], [4], [9]], [6], [10], epsilon=1 / 3)
    assert_allclose(y, [[10 + 6 * -1], [10 + 6 * -1 / 3], [10 + 6 * 4 / 3]])
    # with numbers from elsewhere: mean 1, spread 2
    y = batch_normalisation([[2], [4], [9]], [6], [10], mean=[1], variance=[3], epsilon=1)
    assert_allclose(y, [[13], [19], [34]])


@pytest.mark.judge("eq-batch-normalisation", "library")
@pytest.mark.parametrize("shape", [(5, 3), (4, 6, 7, 3)])
def test_batch_normalisation_agrees_with_keras(rng, shape):
    keras = pytest.importorskip("keras")
    x = rng.normal(3, 5, shape).astype(np.float32)
    scale, shift, mean = rng.normal(size=(3, 3))
    variance = rng.uniform(0.5, 2, 3)
    layer = keras.layers.BatchNormalization()
    layer.build(shape)
    layer.set_weights([scale, shift, mean, variance])
    assert_allclose(batch_normalisation(x, scale, shift), layer(x, training=True), rtol=1e-4, atol=1e-5)
    layer.set_weights([scale, shift, mean, variance])  # the training call has moved its running numbers
    ours = batch_normalisation(x, scale, shift, mean=mean, variance=variance)
    assert_allclose(ours, layer(x, training=False), rtol=1e-4, atol=1e-5)
    assert ours.dtype == np.float32


@pytest.mark.judge("eq-batch-normalisation", "law")
@given(st.integers(0, 10_000))
def test_what_comes_out_has_the_mean_and_the_spread_that_were_learned(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(rng.normal(0, 9, 4), rng.uniform(1, 9, 4), (6, 5, 5, 4))
    scale, shift = rng.uniform(0.5, 3, 4), rng.normal(size=4)
    y = batch_normalisation(x, scale, shift, epsilon=1e-12)
    assert_allclose(y.mean(axis=(0, 1, 2)), shift, atol=1e-9)
    assert_allclose(y.std(axis=(0, 1, 2)), scale, rtol=1e-9)
    # however the channels were scaled and shifted before, the same comes out
    assert_allclose(batch_normalisation(7 * x - 2, scale, shift, epsilon=1e-12), y, atol=1e-8)


def test_a_channel_that_is_everywhere_the_same_is_no_division_by_zero():
    assert batch_normalisation([[5.0], [5.0]], [3], [2]).tolist() == [[2], [2]]


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        (([1, 2], [1, 1], [0, 0]), {}, ValueError, r"x has shape \(\.\.\., channels\) .*, got \(2,\): try x"),
        (([[1, 2]], [1], [0, 0]), {}, ValueError, r"scale has shape \(2,\), got \(1,\)"),
        (([[1, 2]], [1, 1], [0]), {}, ValueError, r"shift has shape \(2,\), got \(1,\)"),
        (([[1]], [1], [0]), {"epsilon": 0}, ValueError, "epsilon must be above 0, got 0"),
        (([[1]], [1], [0]), {"mean": [0]}, ValueError, "mean and variance belong together"),
        (([[1]], [1], [0]), {"variance": [0]}, ValueError, "mean and variance belong together"),
        (
            ([[1]], [1], [0]),
            {"mean": [0], "variance": [-1]},
            ValueError,
            "variance must be at least 0, got -1: it is a mean of squares",
        ),
        (([[np.inf]], [1], [0]), {}, ValueError, "x must hold finite numbers, got inf"),
    ],
)
def test_what_batch_normalisation_cannot_take_is_explained(arguments, options, error, message):
    with pytest.raises(error, match=message):
        batch_normalisation(*arguments, **options)


# ---- augmentation ---------------------------------------------------------------------------------


def test_each_picture_is_a_window_of_the_padded_one_or_its_mirror_image(rng):
    """OpenCV pads, and every window is tried."""
    images = rng.integers(0, 256, (60, 6, 7, 3), np.uint8)
    out = augmented(images, np.random.default_rng(3), shift=2)
    assert (out.dtype, out.shape) == (images.dtype, images.shape)
    found = set()
    for before, after in zip(images, out, strict=True):
        padded = cv2.copyMakeBorder(before, 2, 2, 2, 2, cv2.BORDER_REFLECT_101)
        places = [
            (top, left, mirrored)
            for top in range(5)
            for left in range(5)
            for mirrored in (False, True)
            if np.array_equal(padded[top : top + 6, left : left + 7][:, :: -1 if mirrored else 1], after)
        ]
        assert len(places) == 1
        found.add(places[0])
    assert {mirrored for *_, mirrored in found} == {False, True}
    assert {top for top, *_ in found} == {left for _, left, _ in found} == set(range(5))


def test_the_pictures_that_came_in_stay_and_a_seed_repeats(rng):
    images = rng.random((8, 5, 5, 1)).astype(np.float32)
    kept = images.copy()
    first, again, other = (augmented(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert_array_equal(images, kept)
    assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.dtype == np.float32


@pytest.mark.parametrize(
    ("images", "rng", "shift", "error", "message"),
    [
        (
            np.zeros((5, 5, 3)),
            np.random.default_rng(0),
            1,
            ValueError,
            r"got \(5, 5, 3\): one picture: image\[",
        ),
        ("cat", np.random.default_rng(0), 1, ValueError, r"got str: one picture: image\[None\]"),
        (
            np.zeros((1, 5, 5, 3)),
            0,
            1,
            TypeError,
            r"rng must be a random generator, got 0: np\.random\.default_rng",
        ),
        (
            np.zeros((1, 5, 9, 3)),
            np.random.default_rng(0),
            5,
            ValueError,
            "shift must be less than 5, .*got 5",
        ),
        (
            np.zeros((1, 5, 5, 3)),
            np.random.default_rng(0),
            -1,
            ValueError,
            "shift must be at least 0, got -1",
        ),
    ],
)
def test_what_cannot_be_augmented_is_explained(images, rng, shift, error, message):
    with pytest.raises(error, match=message):
        augmented(images, rng, shift=shift)


# ---- schedule -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-one-cycle", "hand")
def test_the_schedule_by_hand():
    # half of the rise; the top; two thirds of the fall are left; none
    assert_allclose(one_cycle([0.125, 0.25, 0.5, 1], 0.006), [0.003, 0.006, 0.004, 0])
    assert one_cycle(0.5, 0.006) == pytest.approx(0.004)
    assert isinstance(one_cycle(0.5, 0.006), float)


@pytest.mark.judge("eq-one-cycle", "library")
def test_the_schedule_is_what_numpy_interpolates_and_rises_as_kerass():
    keras = pytest.importorskip("keras")
    done = np.linspace(0, 1, 101)
    assert_allclose(one_cycle(done, 0.4), np.interp(done, [0, 0.25, 1], [0, 0.4, 0]), atol=1e-12)
    # Keras's own schedule of a linear rise has the same first quarter
    rise = keras.optimizers.schedules.PolynomialDecay(0.0, 25, end_learning_rate=0.4, power=1.0)
    assert_allclose(
        [float(rise(step)) for step in range(26)], one_cycle(done[:26], 0.4), rtol=1e-5, atol=1e-7
    )


@pytest.mark.judge("eq-one-cycle", "law")
@given(st.floats(1e-6, 10))
def test_the_rate_is_never_negative_nor_above_the_highest_and_its_mean_is_half_of_it(highest):
    rates = one_cycle(np.linspace(0, 1, 4001), highest)
    assert rates.min() >= 0
    assert rates.max() == pytest.approx(highest)
    assert rates[0] == rates[-1] == 0
    assert np.trapezoid(rates, dx=1 / 4000) == pytest.approx(highest / 2)  # the area of a triangle
    assert (np.diff(rates[:1001]) > 0).all()
    assert (np.diff(rates[1000:]) < 0).all()


@pytest.mark.parametrize(
    ("done", "highest", "message"),
    [
        (-0.1, 1, r"done must be from 0 to 1, got -0\.1: divide the step by all the steps"),
        ([0, 1.5], 1, r"done must be from 0 to 1, got 1\.5"),
        (0.5, 0, "highest must be above 0, got 0"),
    ],
)
def test_a_bad_part_of_the_training_is_explained(done, highest, message):
    with pytest.raises(ValueError, match=message):
        one_cycle(done, highest)


# ---- residual blocks ------------------------------------------------------------------------------


TWO = [[[0.5, 1], [0, 2]], [[1, 0], [-1, 1]]]


@pytest.mark.judge("eq-residual", "hand")
def test_two_blocks_by_hand():
    # (2, -1): ReLU (2, 0), W (1, 0), sum (3, -1); ReLU (3, 0), W (3, -3), sum (6, -4)
    assert residual_chain([2, -1], TWO).tolist() == [6, -4]
    # without the shortcut: W (1, 0); ReLU (1, 0), W (1, -1)
    assert residual_chain([2, -1], TWO, shortcut=False).tolist() == [1, -1]
    assert residual_chain([2, -1], []).tolist() == [2, -1]


@pytest.mark.judge("eq-residual-slope", "hand")
def test_the_slopes_of_two_blocks_by_hand():
    # in both blocks only the first number is above 0: I + [[0.5, 0], [0, 0]], then I + [[1, 0], [-1, 0]]
    assert residual_slopes([2, -1], TWO).tolist() == [[3, 0], [-1.5, 1]]
    assert residual_slopes([2, -1], TWO, shortcut=False).tolist() == [[0.5, 0], [-0.5, 0]]
    assert residual_slopes([2, -1], []).tolist() == [[1, 0], [0, 1]]


@pytest.fixture
def chain(rng):
    return rng.normal(size=7), list(rng.normal(0, 0.4, (5, 7, 7)))


def _keras_chain(keras, weights, shortcut):
    x = first = keras.Input((7,))
    for W in weights:
        layer = keras.layers.Dense(7, use_bias=False)
        y = layer(keras.layers.ReLU()(x))
        layer.set_weights([W.T])
        x = keras.layers.Add()([x, y]) if shortcut else y
    return keras.Model(first, x)


@pytest.mark.judge("eq-residual", "library")
@pytest.mark.parametrize("shortcut", [True, False])
def test_the_chain_agrees_with_keras(chain, shortcut):
    keras = pytest.importorskip("keras")
    x, weights = chain
    theirs = _keras_chain(keras, weights, shortcut)(x[None].astype(np.float32))
    assert_allclose(residual_chain(x, weights, shortcut=shortcut), theirs[0], rtol=1e-4, atol=1e-5)


@pytest.mark.judge("eq-residual-slope", "library")
@pytest.mark.parametrize("shortcut", [True, False])
def test_the_slopes_agree_with_tensorflow(chain, shortcut):
    keras = pytest.importorskip("keras")
    tf = pytest.importorskip("tensorflow")
    x, weights = chain
    model = _keras_chain(keras, weights, shortcut)
    start = tf.constant(x[None], tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(start)
        end = model(start)
    theirs = tape.jacobian(end, start)[0, :, 0]
    assert_allclose(residual_slopes(x, weights, shortcut=shortcut), theirs, rtol=1e-4, atol=1e-5)


@pytest.mark.judge("eq-residual", "law")
def test_blocks_that_add_nothing_pass_everything_and_chains_can_be_joined(chain):
    x, weights = chain
    assert_array_equal(residual_chain(x, 9 * [np.zeros((7, 7))]), x)
    middle = residual_chain(x, weights[:2])
    assert_allclose(residual_chain(middle, weights[2:]), residual_chain(x, weights))
    # a block with the shortcut is the plain block, and the input
    assert_allclose(residual_chain(x, weights[:1]), x + residual_chain(x, weights[:1], shortcut=False))


@pytest.mark.judge("eq-residual-slope", "law")
@pytest.mark.parametrize("shortcut", [True, False])
def test_the_slopes_are_those_of_finite_differences(chain, shortcut):
    x, weights = chain
    slopes = residual_slopes(x, weights, shortcut=shortcut)
    for i in range(7):
        numeric = numerical_gradient(lambda v, i=i: residual_chain(v, weights, shortcut=shortcut)[i], x)
        assert_allclose(slopes[i], numeric, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("function", [residual_chain, residual_slopes])
@pytest.mark.parametrize(
    ("x", "weights", "shortcut", "message"),
    [
        ([[1]], [], True, r"x has shape \(n,\), got \(1, 1\)"),
        ([1, 2], [[[1]]], True, r"weights\[0\] has shape \(2, 2\), got \(1, 1\)"),
        ([1], [], "no", "shortcut must be one of True, False, got 'no'"),
    ],
)
def test_a_chain_that_does_not_fit_is_explained(function, x, weights, shortcut, message):
    with pytest.raises(ValueError, match=message):
        function(x, weights, shortcut=shortcut)


# ---- the reader's own pictures ---------------------------------------------------------------------


def test_the_square_in_the_middle_is_averaged():
    """A picture of 96 by 128: each pixel of the middle 96 columns is the mean of nine."""
    image = np.random.default_rng(0).integers(0, 256, (96, 128, 3), np.uint8)
    means = image[:, 16:112].reshape(32, 3, 32, 3, 3).mean(axis=(1, 3))
    assert np.abs(prepare(image) - means).max() <= 0.5  # rounded
    assert_array_equal(prepare(image.swapaxes(0, 1)), prepare(image).swapaxes(0, 1))


def test_a_picture_of_the_right_size_stays_and_a_small_one_grows():
    (x_train, _), _ = load_cifar10()
    assert_array_equal(prepare(x_train[0]), x_train[0])
    small = prepare(np.dstack([np.linspace(0, 255, 8, dtype=np.uint8)[None].repeat(8, 0)] * 3))
    assert small.shape == (32, 32, 3)
    assert (np.diff(small[0, :, 0].astype(int)) >= 0).all()
    assert len(np.unique(small)) > 20  # smooth, not eight bars


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.zeros((40, 40, 3)), TypeError, "image must hold bytes, uint8 from 0 to 255, got float64: "),
        ("cat.jpg", TypeError, "got str"),
        (np.zeros((40, 40), np.uint8), ValueError, r"got \(40, 40\): a grey one: np\.dstack"),
        (
            np.zeros((40, 40, 4), np.uint8),
            ValueError,
            r"got \(40, 40, 4\): .* transparency: image\[:, :, :3\]",
        ),
        (np.zeros((0, 40, 3), np.uint8), ValueError, r"got \(0, 40, 3\)"),
    ],
)
def test_what_is_no_picture_is_explained(image, error, message):
    with pytest.raises(error, match=message):
        prepare(image)


def test_a_photo_can_be_prepared():
    assert prepare(load_photo("cat")).dtype == np.uint8


# ---- the networks ---------------------------------------------------------------------------------


def _pair(filters):
    return 2 * [Conv(filters, 3, padding=1), ReLU()] + [Pool(2)]


def test_the_workshop_cnn_has_the_shapes_and_weights_that_the_formulas_predict():
    pytest.importorskip("keras")
    layers = [*_pair(32), *_pair(64), *_pair(64), Flatten(), Dense(512), ReLU(), Dense(10)]
    rows = [row for row in cnn_table((32, 32, 3), layers).rows[1:] if row.weights]
    theirs = [layer for layer in workshop_cnn().layers if layer.count_params()]
    assert [row.weights for row in rows] == [layer.count_params() for layer in theirs]
    assert [row.output_shape for row in rows] == [layer.output.shape[1:] for layer in theirs]


def test_batch_normalisation_follows_each_convolution_of_the_network_that_has_it():
    pytest.importorskip("keras")
    kinds = [type(layer).__name__ for layer in workshop_cnn(batch_normalisation=True).layers]
    after = [kinds[k + 1] for k, kind in enumerate(kinds) if kind == "Conv2D"]
    assert after == 6 * ["BatchNormalization"]
    assert "BatchNormalization" not in [type(layer).__name__ for layer in workshop_cnn().layers]
    with pytest.raises(ValueError, match="batch_normalisation must be one of True, False, got 'yes'"):
        workshop_cnn(batch_normalisation="yes")


def test_the_residual_network_adds_three_times():
    pytest.importorskip("keras")
    kinds = [type(layer).__name__ for layer in residual_network().layers]
    assert kinds.count("Add") == 3
    assert residual_network().input_shape == (None, 32, 32, 3)


@pytest.mark.parametrize("build", [workshop_ann, workshop_cnn, residual_network])
def test_the_answers_are_probabilities(build):
    keras = pytest.importorskip("keras")
    keras.utils.set_random_seed(0)
    _, (x_test, _) = load_cifar10()
    rated = build().predict(x_test[:3], verbose=0)
    assert_allclose(rated.sum(axis=1), 1, rtol=1e-5)
    assert rated.min() >= 0


def _accuracy(name):
    """Return the share of the package's 2000 test pictures that a network with its stored weights names."""
    model = getattr(build_cnn, name)()
    model.set_weights(list(load_weights(name).values()))
    _, (x_test, y_test) = load_cifar10()
    return (model.predict(x_test, batch_size=250, verbose=0).argmax(axis=1) == y_test).mean()


@pytest.mark.parametrize("name", STORED)
def test_the_stored_weights_achieve_what_the_results_say(name):
    """Another processor adds in another order: two pictures in doubt may then fall to the other side."""
    pytest.importorskip("keras")
    results = load_results(name)
    assert _accuracy(name) == pytest.approx(results["package_test_accuracy"], abs=0.001)


@pytest.mark.parametrize("name", STORED)
def test_the_results_agree_with_themselves(name):
    results = load_results(name)
    confusion = np.array(results["confusion"])
    assert confusion.sum(axis=1).tolist() == 10 * [1000]
    assert results["test_accuracy"] == pytest.approx(np.trace(confusion) / 10_000)
    assert abs(results["test_accuracy"] - results["float32_test_accuracy"]) < 0.003
    assert {len(curve) for curve in results["history"].values()} == {results["epochs"]}
    assert results["history"]["val_accuracy"][-1] == pytest.approx(results["float32_test_accuracy"], abs=2e-5)
