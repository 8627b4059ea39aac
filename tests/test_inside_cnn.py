"""inside_cnn.py against windows counted by hand, TensorFlow and OpenCV, and the laws of slopes and axes."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_weights
from cvlessons.digits import digit_network, to_input
from cvlessons.engine import AveragePool, Conv2D, Dense, Flatten, LeakyReLU, MaxPool, ReLU, Tanh
from cvlessons.gradcheck import check_gradient
from cvlessons.inside_cnn import (
    Field,
    ascend,
    grad_cam,
    layer_slopes,
    occlusion_map,
    principal_components,
    receptive_field,
    top_patches,
    unit_window,
)
from cvlessons.sequential import Sequential

STACKS = [
    [(3, 1, 0)],
    [(3, 1, 1), (2, 2, 0), (3, 1, 1)],
    [(5, 2, 2), (3, 1, 0), (2, 2, 0), (3, 2, 1)],
    [(1, 1, 0), (3, 3, 0), (2, 1, 0)],
]


@pytest.fixture(scope="module")
def tf():
    return pytest.importorskip("tensorflow")


def smooth():
    """Return a small network whose layers have slopes everywhere."""
    layers = [Conv2D(3, padding=1), Tanh(), AveragePool(), Conv2D(2, stride=2, floor=True), LeakyReLU(0.3)]
    return Sequential((8, 8, 2), [*layers, Flatten(), Dense(4), Tanh(), Dense(3)], seed=1)


# ---- receptive fields and windows -----------------------------------------------------------------


def changed(layers, shape, place):
    """Return the box of the pixels that change one unit, found by changing each pixel of a picture."""
    steps = [Conv2D(1, size, stride=s, padding=p, floor=True) for size, s, p in layers]
    network = Sequential((*shape, 1), [*steps, Flatten(), Dense(2)])
    network.set_parameters([np.ones_like(w) for w in network.parameters])
    pictures = np.concatenate([np.zeros((1, *shape, 1)), np.eye(np.prod(shape)).reshape(-1, *shape, 1)])
    maps = network.outputs(pictures)[len(layers) - 1][:, :, :, 0]
    seen = (maps[1:, *place] != maps[0, *place]).reshape(shape)
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


def clipped(window, shape):
    left, top, right, bottom = window
    return max(left, 0), max(top, 0), min(right, shape[1]), min(bottom, shape[0])


@pytest.mark.judge("eq-receptive-field", "hand")
def test_receptive_fields_counted_by_hand():
    # 3 x 3 after 3 x 3 sees 5; after a pooling of 2 a step is two pixels: 6 + (3 - 1) * 2 = 10
    fields = receptive_field([(3, 1, 1), (3, 1, 1), (2, 2, 0), (3, 1, 1)])
    assert fields == [Field(3, 1, -1), Field(5, 1, -2), Field(6, 2, -2), Field(10, 2, -4)]
    assert receptive_field([]) == []


@pytest.mark.judge("eq-unit-window", "hand")
def test_a_window_counted_by_hand():
    # the second unit of 2 x 2 windows side by side sees the pixels 2 and 3
    assert unit_window(Field(2, 2, 0), row=0, column=1) == (2, 0, 4, 2)
    assert unit_window(Field(10, 2, -4), row=3, column=0) == (-4, 2, 6, 12)


@pytest.mark.judge("eq-receptive-field", "library")
@pytest.mark.judge("eq-unit-window", "library")
@pytest.mark.parametrize("layers", STACKS)
def test_tensorflow_has_slopes_for_the_pixels_of_the_window_only(tf, layers):
    picture = tf.zeros((1, 24, 20, 1))
    with tf.GradientTape() as tape:
        tape.watch(picture)
        x = picture
        for size, stride, padding in layers:
            around = [[0, 0], [padding] * 2, [padding] * 2, [0, 0]]
            x = tf.nn.conv2d(tf.pad(x, around), tf.ones((size, size, 1, 1)), stride, "VALID")
        row, column = x.shape[1] // 2, x.shape[2] // 3
        unit = x[0, row, column, 0]
    seen = tape.gradient(unit, picture).numpy()[0, :, :, 0] > 0
    left, top, right, bottom = clipped(unit_window(receptive_field(layers)[-1], row, column), (24, 20))
    expected = np.zeros((24, 20), bool)
    expected[top:bottom, left:right] = True
    assert_array_equal(seen, expected)


@pytest.mark.judge("eq-receptive-field", "law")
@pytest.mark.judge("eq-unit-window", "law")
@pytest.mark.parametrize("layers", STACKS)
@pytest.mark.parametrize("place", [(0, 0), (1, 2)])
def test_only_pixels_of_the_window_change_the_unit(layers, place):
    window = unit_window(receptive_field(layers)[-1], *place)
    assert changed(layers, (24, 30), place) == clipped(window, (24, 30))


@pytest.mark.parametrize(
    ("layers", "error", "message"),
    [
        ([(3, 1)], TypeError, r"layers\[0\] must be \(size, stride, padding\), got \(3, 1\): try"),
        ([3], TypeError, r"layers\[0\] must be"),
        ([(3, 1, 1), (0, 1, 1)], ValueError, r"layers\[1\]: size must be at least 1, got 0"),
        ([(3, 0, 1)], ValueError, r"layers\[0\]: stride must be at least 1"),
        ([(3, 1, -1)], ValueError, r"layers\[0\]: padding must be at least 0"),
        ([(3.0, 1, 1)], TypeError, r"layers\[0\]: size must be a whole number"),
    ],
)
def test_layers_that_are_none_are_explained(layers, error, message):
    with pytest.raises(error, match=message):
        receptive_field(layers)


@pytest.mark.parametrize("place", [{"row": -1, "column": 0}, {"row": 0, "column": -1}])
def test_places_that_are_none_are_explained(place):
    with pytest.raises(ValueError, match=r"(row|column) must be at least 0, got -1"):
        unit_window(Field(3, 1, 0), **place)


# ---- top patches ----------------------------------------------------------------------------------


def test_the_strongest_patches_come_first_one_from_each_picture():
    images = np.arange(3 * 4 * 4, dtype=np.uint8).reshape(3, 4, 4, 1)
    maps = np.zeros((3, 3, 3))
    maps[0, 1, 2], maps[0, 0, 0], maps[2, 2, 0] = 5, 4, 9
    patches, pictures, values = top_patches(images, maps, Field(2, 1, 0), k=2)
    assert_array_equal(pictures, [2, 0])
    assert_array_equal(values, [9, 5])
    assert_array_equal(patches[:, :, :, 0], [[[40, 41], [44, 45]], [[6, 7], [10, 11]]])
    assert patches.dtype == np.uint8


def test_of_equals_the_earlier_picture_comes_first():
    _, pictures, _ = top_patches(np.zeros((4, 2, 2, 1)), np.ones((4, 1, 1)), Field(1, 1, 0), k=3)
    assert_array_equal(pictures, [0, 1, 2])


def test_a_patch_over_the_edge_is_filled_up():
    image = np.arange(1, 10).reshape(1, 3, 3, 1)
    for place, expected in {
        (0, 0): [[7, 7, 7], [7, 1, 2], [7, 4, 5]],
        (2, 2): [[5, 6, 7], [8, 9, 7], [7, 7, 7]],
        (1, 1): [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    }.items():
        maps = np.zeros((1, 3, 3))
        maps[0, *place] = 1
        patches, _, _ = top_patches(image, maps, Field(3, 1, -1), k=1, fill=7)
        assert_array_equal(patches[0, :, :, 0], expected)


def test_a_patch_that_sees_only_padding_is_filled():
    for start in (-2, 2):  # before the picture, and behind it
        patches, _, _ = top_patches(np.ones((1, 2, 2, 3)), np.ones((1, 1, 1)), Field(2, 1, start), k=1)
        assert_array_equal(patches, np.zeros((1, 2, 2, 3)))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"images": np.ones((2, 4, 4))}, ValueError, r"images has shape \(n, height, width, channels\)"),
        ({"maps": np.ones((3, 4, 4))}, ValueError, r"maps has shape \(2, .* one map for each image"),
        ({"k": 3}, ValueError, "k must be at most the number of images, 2, got 3"),
        ({"k": 0}, ValueError, "k must be at least 1"),
        ({"fill": "black"}, TypeError, "fill must be a number"),
    ],
)
def test_patches_that_cannot_be_are_explained(arguments, error, message):
    given = {"images": np.ones((2, 4, 4, 1)), "maps": np.ones((2, 4, 4)), "field": Field(1, 1, 0), "k": 2}
    with pytest.raises(error, match=message):
        top_patches(**given | arguments)


# ---- occlusion ------------------------------------------------------------------------------------


@pytest.mark.judge("eq-occlusion", "hand")
def test_occlusion_worked_by_hand():
    image = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])[:, :, None]

    def score(pictures):
        return pictures[:, 0, 0, 0] + 10 * pictures[:, 2, 2, 0]

    # the square over the corner takes 1 (or 10 * 9) away; the others cover nothing that counts
    assert_array_equal(occlusion_map(score, image, size=2), [[1, 0], [0, 90]])
    # covered with 2, the corner counts 2 in place of 1: the score grows
    assert_array_equal(occlusion_map(score, image, size=2, fill=2), [[-1, 0], [0, 70]])


@pytest.mark.judge("eq-occlusion", "library")
@pytest.mark.parametrize("stride", [1, 2])
def test_for_a_linear_score_scipy_adds_up_the_square(stride, rng):
    """Without the square, a sum of weights times pixels lacks the products under it."""
    signal = pytest.importorskip("scipy.signal")
    image, weights, fill = rng.normal(size=(17, 19, 2)), rng.normal(size=(17, 19, 2)), rng.normal(size=2)
    lost = (weights * (image - fill)).sum(axis=2)
    expected = signal.correlate2d(lost, np.ones((3, 3)), mode="valid")[::stride, ::stride]
    found = occlusion_map(
        lambda x: (x * weights).sum(axis=(1, 2, 3)), image, size=3, stride=stride, fill=fill
    )
    assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-occlusion", "law")
def test_squares_side_by_side_take_a_linear_score_apart(rng):
    image = rng.normal(size=(6, 8, 3))

    def score(pictures):
        return pictures.sum(axis=(1, 2, 3))

    drops = occlusion_map(score, image, size=2, stride=2)
    assert_allclose(drops.sum(), score(image[None])[0])
    same = occlusion_map(lambda x: np.sin(x).sum(axis=(1, 2, 3)), np.full((4, 4, 1), 3), size=2, fill=3)
    assert not same.any()  # covered with what is there already


def test_many_places_are_scored_in_parts(monkeypatch):
    asked = []
    image = np.arange(49.0).reshape(7, 7, 1)

    def score(pictures):
        asked.append(len(pictures))
        return pictures.sum(axis=(1, 2, 3))

    whole = occlusion_map(score, image, size=1)
    monkeypatch.setattr("cvlessons.inside_cnn.CHUNK", 20)
    assert_array_equal(occlusion_map(score, image, size=1), whole)
    assert asked == [49, 1, 20, 20, 9, 1]
    assert_array_equal(whole, image[:, :, 0])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"image": np.ones((4, 4))}, ValueError, r"image has shape \(height, width, channels\)"),
        ({"size": 0}, ValueError, "size must be at least 1"),
        ({"stride": 0}, ValueError, "stride must be at least 1"),
        ({"size": 5}, ValueError, "does not fit into an input of 4"),
        ({"stride": 3}, ValueError, "These do: "),
        ({"fill": [1, 2]}, ValueError, r"fill must be one number, .* got shape \(2,\)"),
        ({"score": lambda x: x}, ValueError, r"score\(pictures\) has shape \(9,\).* one for each picture"),
    ],
)
def test_occlusions_that_cannot_be_are_explained(arguments, error, message):
    given = {"score": lambda x: x.sum(axis=(1, 2, 3)), "image": np.ones((4, 4, 1)), "size": 2}
    with pytest.raises(error, match=message):
        occlusion_map(**given | arguments)


# ---- Grad-CAM -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-grad-cam", "hand")
def test_grad_cam_worked_by_hand():
    maps = np.stack([[[1, 2], [0, 3]], [[5, 0], [1, 1]]], axis=-1)
    slopes = np.stack([[[1, 1], [1, 5]], [[0, -4], [0, 0]]], axis=-1)
    # means: 8 / 4 = 2 and -4 / 4 = -1; 2 * first map - second map, and what is negative becomes 0
    assert_array_equal(grad_cam(maps, slopes), [[0, 4], [0, 5]])


@pytest.mark.judge("eq-grad-cam", "library")
def test_grad_cam_agrees_with_tensorflow(tf, rng):
    """The whole way in TensorFlow: network, tape, mean, sum and ReLU."""
    layers = [Conv2D(4, padding=1), ReLU(), MaxPool(), Conv2D(5, padding=1), ReLU(), Flatten(), Dense(3)]
    network = Sequential((8, 8, 2), layers, seed=3)
    kernel, bias, kernel2, bias2, weights, bias3 = (tf.constant(w) for w in network.parameters)
    x = rng.normal(size=(1, 8, 8, 2)).astype(np.float32)
    with tf.GradientTape() as tape:
        first = tf.nn.relu(tf.nn.conv2d(x, kernel, 1, "SAME") + bias)
        maps = tf.nn.relu(tf.nn.conv2d(tf.nn.max_pool2d(first, 2, 2, "VALID"), kernel2, 1, "SAME") + bias2)
        tape.watch(maps)
        score = (tf.reshape(maps, (1, -1)) @ tf.transpose(weights) + bias3)[0, 1]
    slopes = tape.gradient(score, maps)
    theirs = tf.nn.relu(tf.reduce_sum(tf.reduce_mean(slopes, (1, 2), keepdims=True) * maps, -1))[0]
    ours = grad_cam(network.outputs(x)[4][0], layer_slopes(network, x, [[0, 1, 0]], by=4)[0])
    assert ours.max() > 0
    assert_allclose(ours, theirs.numpy(), rtol=1e-4, atol=1e-6)


@pytest.mark.judge("eq-grad-cam", "law")
def test_where_means_are_all_that_follows_it_is_the_class_activation_map(rng):
    """Score = weights @ means of the maps: its slope by each number of a map is the weight / (h w)."""
    maps, weights = rng.normal(size=(4, 6, 5)), rng.normal(size=5)
    slopes = np.broadcast_to(weights / 24, maps.shape)
    activation_map = np.maximum(maps @ weights, 0)
    assert_allclose(grad_cam(maps, slopes), activation_map / 24)


def test_float32_stays():
    ones = np.ones((2, 2, 1), np.float32)
    assert grad_cam(ones, ones).dtype == np.float32
    assert grad_cam(ones, ones.astype(float)).dtype == np.float64


@pytest.mark.parametrize(
    ("maps", "slopes", "message"),
    [
        (np.ones((2, 2)), np.ones((2, 2)), r"maps has shape \(height, width, channels\)"),
        (np.ones((2, 2, 3)), np.ones((2, 2, 1)), r"slopes has shape \(2, 2, 3\), .*: a slope for each"),
    ],
)
def test_maps_that_do_not_fit_are_explained(maps, slopes, message):
    with pytest.raises(ValueError, match=message):
        grad_cam(maps, slopes)


# ---- slopes between layers ------------------------------------------------------------------------


@pytest.mark.parametrize("of", [1, 4, 8, -1])
def test_slopes_by_the_pixels_are_those_of_a_finite_difference(of, rng):
    network = smooth()
    x = rng.normal(size=(2, 8, 8, 2))
    upstream = rng.normal(size=(2, *network.shapes[of]))

    def answer(pictures):
        return float((upstream * network.outputs(pictures)[of]).sum())

    # 32 bits: coarse steps, coarse agreement
    check_gradient(answer, layer_slopes(network, x, upstream, of=of), x, step=1e-2, rtol=2e-2, atol=2e-3)


def test_slopes_agree_with_tensorflow_for_every_pair_of_layers(tf, rng):
    layers = [Conv2D(3, padding=1), ReLU(), MaxPool(), Flatten(), Dense(4), Tanh(), Dense(3)]
    network = Sequential((4, 4, 2), layers, seed=2)
    kernel, bias, weights, bias2, weights2, bias3 = (tf.constant(w) for w in network.parameters)
    x = tf.constant(rng.normal(size=(2, 4, 4, 2)), tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(x)
        outs = [tf.nn.conv2d(x, kernel, 1, "SAME") + bias]
        outs.append(tf.nn.relu(outs[-1]))
        outs.append(tf.nn.max_pool2d(outs[-1], 2, 2, "VALID"))
        outs.append(tf.reshape(outs[-1], (2, -1)))
        outs.append(outs[-1] @ tf.transpose(weights) + bias2)
        outs.append(tf.tanh(outs[-1]))
        outs.append(outs[-1] @ tf.transpose(weights2) + bias3)
        upstream = [np.cos(np.arange(np.prod(y.shape))).reshape(y.shape).astype(np.float32) for y in outs]
        answers = [tf.reduce_sum(y * u) for y, u in zip(outs, upstream, strict=True)]
    for of in range(len(layers)):
        for by in (None, *range(of)):
            theirs = tape.gradient(answers[of], x if by is None else outs[by]).numpy()
            ours = layer_slopes(network, x.numpy(), upstream[of], of=of, by=by)
            assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)


def test_neither_network_nor_arguments_are_changed(rng):
    network = smooth()
    x, labels = rng.normal(size=(3, 8, 8, 2)).astype(np.float32), [0, 1, 2]
    before = [g.copy() for g in network.backward(x, labels)]
    upstream = np.ones((3, *network.shapes[4]), np.float32)
    x.setflags(write=False)
    upstream.setflags(write=False)
    layer_slopes(network, x, upstream, of=4)
    for old, new in zip(before, network.gradients, strict=True):
        assert_array_equal(old, new)
    assert [layer.first for layer in network.layers].index(True) == 0
    for old, new in zip(before, network.backward(x, labels), strict=True):
        assert_array_equal(old, new)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"network": None}, TypeError, "network must be a cvlessons Sequential, got None"),
        ({"x": np.ones((8, 8, 2))}, ValueError, r"x has shape \(batch, 8, 8, 2\).* x\[None\]"),
        ({"upstream": [1, 0, 0]}, ValueError, r"upstream has shape \(1, 3\), .* each output of the layer"),
        ({"of": 9}, ValueError, "of must be below 9, the number of layers, got 9"),
        ({"of": -10}, ValueError, "of must be at least -9"),
        ({"by": 8}, ValueError, "by must be a layer before layer 8, got 8: slopes run backwards"),
        ({"by": "conv"}, TypeError, "by must be a whole number"),
    ],
)
def test_slopes_that_cannot_be_are_explained(arguments, error, message):
    given = {"network": smooth(), "x": np.ones((1, 8, 8, 2)), "upstream": [[1, 0, 0]]}
    with pytest.raises(error, match=message):
        layer_slopes(**given | arguments)


# ---- gradient ascent ------------------------------------------------------------------------------


@pytest.mark.judge("eq-ascent", "hand")
def test_a_step_of_ascent_worked_by_hand():
    # x^2 + y^2 at (3, 4) has the slopes (6, 8), of length 10: a step of 5 leads to (6, 8)
    assert_allclose(ascend(lambda x: 2 * x, [3, 4], steps=1, rate=5), [6, 8])


@pytest.mark.judge("eq-ascent", "library")
def test_keras_descends_the_same_path_with_gradients_of_length_one(tf, rng):
    """SGD on minus the answer, each gradient scaled to length 1 by `tf.linalg.normalize`."""
    matrix = rng.normal(size=(6, 6)).astype(np.float32)
    start = rng.normal(size=6).astype(np.float32)
    variable = tf.Variable(start)
    optimizer = tf.keras.optimizers.SGD(0.1)
    for _ in range(10):
        with tf.GradientTape() as tape:
            loss = -tf.reduce_sum(tf.tanh(tf.linalg.matvec(matrix, variable)))
        direction, _ = tf.linalg.normalize(tape.gradient(loss, variable))
        optimizer.apply_gradients([(direction, variable)])

    def slopes(x):
        return matrix.T @ (1 - np.tanh(matrix @ x) ** 2)

    assert_allclose(ascend(slopes, start, steps=10, rate=0.1), variable.numpy(), rtol=1e-4, atol=1e-5)


@pytest.mark.judge("eq-ascent", "law")
def test_a_linear_answer_grows_by_the_length_of_its_weights_in_each_step(rng):
    weights, start = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    end = ascend(lambda x: weights, start, steps=7, rate=0.5)
    assert_allclose((weights * (end - start)).sum(), 7 * 0.5 * np.linalg.norm(weights))
    assert_allclose(np.linalg.norm(end - start), 3.5)


def test_the_picture_is_put_right_between_the_steps():
    seen = []

    def clip(x):
        seen.append(x.copy())
        return np.minimum(x, 1)

    end = ascend(lambda x: np.array([1.0, 0]), [0, 0], steps=3, rate=0.6, between=clip)
    assert_allclose(seen, [[0.6, 0], [1.2, 0], [1.6, 0]])
    assert_array_equal(end, [1, 0])


def test_at_a_top_it_stays():
    calls = []

    def slopes(x):
        calls.append(1)
        return np.where(x < 1, 1.0, 0.0)

    assert_array_equal(ascend(slopes, [0], steps=9, rate=1), [1])
    assert len(calls) == 2


def test_start_is_not_changed_and_float32_stays():
    start = np.zeros(2, np.float32)
    end = ascend(lambda x: np.ones(2, np.float32), start, steps=1, rate=1)
    assert end.dtype == np.float32
    assert not start.any()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"slopes": lambda x: 0 * x}, ValueError, "all slopes are 0: start elsewhere"),
        ({"slopes": lambda x: x[:1]}, ValueError, r"slopes\(picture\) has shape \(2,\), got \(1,\)"),
        ({"between": lambda x: x[:1]}, ValueError, r"between\(picture\) has shape \(2,\), got \(1,\)"),
        ({"steps": 0}, ValueError, "steps must be at least 1"),
        ({"rate": 0}, ValueError, "rate must be above 0"),
        ({"start": [np.nan, 0]}, ValueError, "start must hold finite numbers"),
    ],
)
def test_ascents_that_cannot_be_are_explained(arguments, error, message):
    given = {"slopes": lambda x: x, "start": [1, 1], "steps": 1, "rate": 1}
    with pytest.raises(error, match=message):
        ascend(**given | arguments)


# ---- principal components -------------------------------------------------------------------------


@pytest.mark.judge("eq-principal-components", "hand")
def test_components_of_four_points_worked_by_hand():
    # a cross: 2 to each side along (3, 4) / 5, 1 to each side across it; variances 4 to 1
    along, across = np.array([3, 4]) / 5, np.array([-4, 3]) / 5
    points = 1 + np.array([2 * along, -2 * along, across, -across])
    found = principal_components(points)
    assert_allclose(found.mean, [1, 1])
    assert_allclose(found.directions, [along, -across], atol=1e-12)  # its largest number is positive
    assert_allclose(found.coordinates, [[2, 0], [-2, 0], [0, -1], [0, 1]], atol=1e-12)
    assert_allclose(found.shares, [0.8, 0.2])


@pytest.mark.judge("eq-principal-components", "library")
@pytest.mark.parametrize("shape", [(30, 5), (5, 30)])
def test_components_agree_with_opencv(shape, rng):
    cv2 = pytest.importorskip("cv2")
    features = rng.normal(size=shape) * np.arange(1, shape[1] + 1)
    mean, directions, variances = cv2.PCACompute2(features, mean=None, maxComponents=3)
    found = principal_components(features, k=3)
    signs = np.sign((found.directions * directions).sum(axis=1, keepdims=True))
    assert_allclose(found.mean, mean[0])
    assert_allclose(found.directions, signs * directions, atol=1e-9)
    assert_allclose(found.coordinates, cv2.PCAProject(features, mean, directions) * signs.T, atol=1e-8)
    assert_allclose(found.shares, variances[:, 0] / features.var(axis=0).sum())


@pytest.mark.judge("eq-principal-components", "law")
def test_components_are_uncorrelated_keep_all_distances_and_none_spreads_wider(rng):
    features = rng.normal(size=(40, 6)) @ rng.normal(size=(6, 6))
    found = principal_components(features, k=6)
    assert_allclose(found.directions @ found.directions.T, np.eye(6), atol=1e-10)
    covariance = np.cov(found.coordinates.T)
    assert_allclose(covariance, np.diag(np.diag(covariance)), atol=1e-9)
    assert_allclose(found.mean + found.coordinates @ found.directions, features)
    assert_allclose(found.shares.sum(), 1)
    others = rng.normal(size=(200, 6))
    others /= np.linalg.norm(others, axis=1, keepdims=True)
    assert (features @ others.T).var(axis=0).max() <= found.coordinates[:, 0].var()


@pytest.mark.parametrize(
    ("features", "k", "error", "message"),
    [
        (np.ones(3), 1, ValueError, r"features has shape \(n, features\)"),
        (np.full((3, 2), 0.1), 1, ValueError, "features must differ from row to row, got equal rows"),
        (np.eye(3), 4, ValueError, r"k must be at most 3 for features of \(3, 3\), got 4"),
        (np.eye(3), 0, ValueError, "k must be at least 1"),
        ([["a"]], 1, TypeError, "features must hold real numbers"),
    ],
)
def test_features_without_axes_are_explained(features, k, error, message):
    with pytest.raises(error, match=message):
        principal_components(features, k)


# ---- the units that the figure writes out ---------------------------------------------------------


def test_the_cases_of_the_figure_are_what_the_package_gives():
    cases = json.loads((Path(__file__).parent / "cases/inside_cnn.json").read_text(encoding="utf-8"))
    bundled = Path(__file__).parents[1] / "figures/digits/test_digits.bin"
    x = to_input(np.frombuffer(bundled.read_bytes(), np.uint8).reshape(-1, 28, 28)[cases["digit"]][None])
    network = digit_network()
    outputs = [out[0] for out, layer in zip(network.outputs(x), network.layers, strict=True)
               if not isinstance(layer, Flatten)]  # fmt: skip
    chances = network.probabilities(x)[0]
    maps = [x[0], *(np.reshape(out, (1, 1, -1)) if out.ndim == 1 else out for out in outputs)]
    maps.append(chances.reshape(1, 1, 10))
    geometry = [(5, 1, 0), (1, 1, 0), (2, 2, 0), *[(3, 1, 1), (1, 1, 0), (2, 2, 0)] * 2, (3, 1, 0), (1, 1, 0)]
    fields = [Field(1, 1, 0), *receptive_field(geometry)]
    stored = list(load_weights("digits").values())
    stored[6] = stored[6].reshape(3, 3, 48, 10)  # a dense layer on 3 x 3 maps: one window
    kernels = dict(zip((1, 4, 7, 10), zip(stored[::2], stored[1::2], (0, 1, 1, 0), strict=True), strict=True))
    assert {case["layer"] for case in cases["units"]} == set(range(12)) == set(range(len(maps)))
    for case in cases["units"]:
        layer, unit, row, column = (case[name] for name in ("layer", "map", "row", "column"))
        assert_allclose(maps[layer][row, column, unit], case["value"], atol=1e-4)
        left, top, right, bottom = clipped(unit_window(fields[layer], row, column), (28, 28))
        assert case["field"] == [top, left, bottom - top, right - left]
        if layer in kernels:
            kernel, bias, padding = kernels[layer]
            around = np.pad(maps[layer - 1], ((padding, padding), (padding, padding), (0, 0)))
            window = around[row : row + len(kernel), column : column + len(kernel)]
            assert_allclose((window * kernel[..., unit]).sum(axis=(0, 1)), case["terms"], atol=1e-4)
            assert_allclose(bias[unit], case["bias"], atol=1e-6)
            assert_allclose(sum(case["terms"]) + case["bias"], case["value"], atol=1e-3)
