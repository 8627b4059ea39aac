"""digits.py against numbers worked by hand, Keras and OpenCV, stored results, and the laws of a drawing."""

import base64
import hashlib
import json
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import data_path, load_mnist, load_results, load_weights
from cvlessons.digits import (
    _SKELETONS,
    _pen_drawing,
    augmented,
    build_model,
    centre,
    digit_network,
    fold_normalisation,
    ink,
    pen_digits,
    pen_strokes,
    to_input,
)
from cvlessons.drawing import centre_of_mass, draw_strokes, mnist_digit
from machine import node_folder

CASES = json.loads(Path(__file__).with_name("cases").joinpath("digits_activations.json").read_text())
DRAWINGS = Path(__file__).with_name("cases") / "digits_drawings.json"
FIGURES = Path(__file__).parents[1] / "figures"
NETWORKS = ("digits", "digits_plain")


@pytest.fixture(scope="module")
def test_digits():
    return load_mnist()[1]


@pytest.fixture(scope="module")
def network():
    return digit_network()


@pytest.fixture(scope="module")
def drawn():
    return pen_digits(1000)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


# ---- judges: batch normalisation, folded ----------------------------------------------------------


@pytest.mark.judge("eq-digits-fold", "hand")
def test_a_normalisation_folded_by_hand():
    # 6 (k * x - 2) / sqrt(8 + 1) + 1 = 2 k * x - 3, and 1 (k * x + 4) / sqrt(3 + 1) + 0 = k * x / 2 + 2
    kernel = np.arange(8.0).reshape(2, 2, 1, 2)
    folded, bias = fold_normalisation(kernel, [6, 1], [1, 0], [2, -4], [8, 3], epsilon=1)
    assert_allclose(folded[..., 0], 2 * kernel[..., 0])
    assert_allclose(folded[..., 1], kernel[..., 1] / 2)
    assert_allclose(bias, [-3, 2])


@pytest.mark.judge("eq-digits-fold", "library")
def test_folded_is_what_keras_does_in_two_layers(keras, rng):
    two = keras.Sequential(
        [
            keras.layers.Input((7, 6, 3)),
            keras.layers.Conv2D(4, 3, use_bias=False),
            keras.layers.BatchNormalization(),
        ]
    )
    kernel, gamma, beta, mean, variance = (
        rng.uniform(0.5, 2, w.shape).astype(np.float32) for w in two.get_weights()
    )
    two.set_weights([kernel, gamma, beta, mean, variance])
    one = keras.Sequential([keras.layers.Input((7, 6, 3)), keras.layers.Conv2D(4, 3)])
    one.set_weights(fold_normalisation(kernel, gamma, beta, mean, variance))
    x = rng.normal(size=(5, 7, 6, 3)).astype(np.float32)
    assert_allclose(one.predict(x, verbose=0), two.predict(x, verbose=0), rtol=1e-4, atol=1e-4)


@pytest.mark.judge("eq-digits-fold", "law")
@given(arrays(float, (4, 3), elements=st.floats(0.1, 5)), st.floats(1e-3, 1))
def test_what_goes_out_has_the_mean_beta_and_the_deviation_gamma(numbers, epsilon):
    gamma, beta, mean, variance = numbers
    kernel = np.ones((1, 1, 1, 3))
    folded, bias = fold_normalisation(kernel, gamma, beta, mean, variance, epsilon=epsilon)
    spread = np.sqrt(variance + epsilon)
    for distance in (-1, 0, 2):  # standard deviations from the mean
        assert_allclose(
            folded[0, 0, 0] * (mean + distance * spread) + bias, beta + distance * gamma, atol=1e-9
        )


# ---- judges: ink ----------------------------------------------------------------------------------


@pytest.mark.judge("eq-digits-ink", "hand")
def test_ink_worked_by_hand():
    # The paper is 210. Contrasts 0, 10, 40, 200: below 0.2 * 200 = 40 is paper, 40 is 40 / 200 of 255 = 51.
    drawing = np.full((5, 5), 210, np.uint8)
    drawing[2, 1:4] = 200, 170, 10
    expected = np.zeros((5, 5), np.uint8)
    expected[2, 1:4] = 0, 51, 255
    assert_array_equal(ink(drawing), expected)


@pytest.mark.judge("eq-digits-ink", "library")
@pytest.mark.parametrize("paper", [0, 90, 180, 255])
def test_ink_is_what_opencv_makes_of_the_difference(rng, paper):
    cv2 = pytest.importorskip("cv2")
    drawing = np.full((30, 40), paper, np.uint8)
    drawing[3:-3, 3:-3] = rng.integers(0, 256, (24, 34))
    difference = cv2.absdiff(drawing, np.full_like(drawing, paper)).astype(np.float32)
    _, kept = cv2.threshold(difference, 0.2 * difference.max() - 0.01, 0, cv2.THRESH_TOZERO)
    stretched = cv2.normalize(kept, None, 0, 255, cv2.NORM_MINMAX)
    assert_allclose(ink(drawing), stretched, atol=0.51)


@pytest.mark.judge("eq-digits-ink", "law")
@given(arrays(np.uint8, (6, 8)), st.integers(0, 100))
def test_ink_does_not_know_black_from_white_nor_how_dark_the_paper_is(middle, paper):
    drawing = np.zeros((10, 12), np.uint8)
    drawing[2:-2, 2:-2] = middle // 2
    drawing[5, 5] = 127
    once = ink(drawing)
    assert_array_equal(ink(255 - drawing), once)
    assert_array_equal(ink(drawing + np.uint8(paper)), once)
    assert_array_equal(ink(once), once)
    assert once.max() == 255


# ---- bringing a drawing into form -----------------------------------------------------------------


def test_a_drawing_is_brought_into_form_however_it_is_made():
    strokes = np.array([(30, 30), (90, 40), (60, 100)])
    pad = draw_strokes([strokes], width=9)
    digit = centre(pad)
    assert np.all(np.abs(np.subtract(centre_of_mass(digit), 14)) <= 0.5)
    assert_array_equal(digit, mnist_digit(ink(pad)))
    assert_array_equal(centre(draw_strokes([np.add(strokes, [130, 90])], width=9)), digit)
    assert_array_equal(centre(255 - pad), digit)
    on_paper = 200 - (pad * 0.6).astype(np.uint8)  # a pencil
    assert np.abs(centre(on_paper).astype(int) - digit).max() <= 4


def test_a_speck_of_dust_and_grain_do_not_move_the_digit(rng):
    pad = 230 - (draw_strokes([[(80, 80), (140, 90), (100, 200)]]) * 0.8).astype(np.uint8)
    grainy = pad + rng.integers(-15, 16, pad.shape)
    grainy[5:8, 5:8] -= 20
    difference = centre(grainy.astype(np.uint8)).astype(int) - centre(pad)
    assert np.abs(difference).mean() < 5


def test_digits_of_mnist_are_read_as_well_after_it(network, test_digits):
    x, y = test_digits[0][:500], test_digits[1][:500]
    again = to_input([centre(digit) for digit in x])
    assert network.evaluate(again, y)["accuracy"] >= network.evaluate(to_input(x), y)["accuracy"] - 0.01


# ---- the network ----------------------------------------------------------------------------------


def test_the_networks_are_small_and_alike(keras, network):
    assert network.count() == build_model().count_params() == 22002 < 30000
    kinds = [type(layer).__name__ for layer in build_model(normalised=True).layers]
    assert kinds.count("BatchNormalization") == 3
    shapes = [layer.output.shape[1:] for layer in build_model().layers]
    assert shapes == network.shapes


@pytest.mark.parametrize("name", NETWORKS)
def test_ours_gives_the_numbers_of_keras(keras, test_digits, name):
    model = build_model()
    model.set_weights(list(load_weights(name).values()))
    x = to_input(test_digits[0][:100])
    ours = digit_network(name)
    assert_allclose(ours.probabilities(x), model.predict(x, verbose=0), atol=1e-5)
    both = keras.Model(model.inputs, [layer.output for layer in model.layers[:-1]])
    outputs = ours.outputs(x[:5])
    for mine, theirs in zip(outputs[:-1], both.predict(x[:5], verbose=0), strict=True):
        assert_allclose(mine, theirs, atol=1e-4)


def test_the_stored_results_are_those_of_the_stored_weights(test_digits):
    results = load_results("digits")
    assert results["weights"] == 22002
    runs = results["runs"]
    for name, run in zip(NETWORKS, ("seed 0", "without augmentation"), strict=True):
        right = digit_network(name).predict(to_input(test_digits[0])) == test_digits[1]
        # Another processor may round one digit in a thousand otherwise.
        assert abs(right.mean() - runs[run]["test_accuracy"]) <= 0.0002
    with_augmentation = [runs[f"seed {seed}"]["test_accuracy"] for seed in results["seeds"]]
    assert_allclose(results["mean_test_accuracy"], np.mean(with_augmentation))
    assert results["mean_test_accuracy"] >= 0.993
    for run in runs.values():
        assert abs(run["test_accuracy"] - run["float32_test_accuracy"]) <= 0.0005
        assert len(run["history"]["val_accuracy"]) == results["epochs"]


def test_the_stored_activations_are_those_of_both(keras, network, test_digits):
    weights = Path(data_path("weights/digits.npz")).read_bytes()
    assert CASES["sha256"] == hashlib.sha256(weights).hexdigest()
    arrays_of = load_weights("digits")
    assert CASES["arrays"] == [[name, list(array.shape)] for name, array in arrays_of.items()]
    model = build_model()
    model.set_weights(list(arrays_of.values()))
    layers = [layer for layer in model.layers if layer.__class__.__name__ not in ("Conv2D", "Flatten")]
    both = keras.Model(model.inputs, [layer.output for layer in layers])
    for case in CASES["digits"]:
        image = np.array(case["pixels"], np.uint8).reshape(28, 28)
        assert_array_equal(image, test_digits[0][case["test_index"]])
        assert case["label"] == test_digits[1][case["test_index"]]
        x = to_input(image[None])
        kept = [out for out, layer in zip(network.outputs(x), network.layers, strict=True)
                if type(layer).__name__ in ("ReLU", "MaxPool", "Dense")]  # fmt: skip
        kept.append(network.probabilities(x))
        theirs = both.predict(x, verbose=0)
        assert len(case["activations"]) == len(CASES["layers"]) == len(kept) == len(theirs) + 1
        for stored, layer, ours in zip(case["activations"], CASES["layers"], kept, strict=True):
            assert list(ours.shape[1:]) == layer["shape"]
            assert_allclose(np.reshape(stored, ours.shape), ours, atol=1e-4)
        for stored, their in zip(case["activations"][:-2] + case["activations"][-1:], theirs, strict=True):
            assert_allclose(np.reshape(stored, their.shape), their, atol=1e-4)
    x = to_input(test_digits[0][:100])
    assert_allclose(CASES["probabilities"], network.probabilities(x), atol=1e-4)
    assert_allclose(CASES["probabilities"], model.predict(x, verbose=0), atol=1e-4)


# ---- drawings by rule -----------------------------------------------------------------------------


def test_drawings_are_repeated_bit_for_bit_and_labelled_in_turn():
    drawings, labels = pen_digits(12, seed=4)
    assert drawings.shape == (12, 280, 280)
    assert drawings.dtype == np.uint8
    assert labels.tolist() == [*range(10), 0, 1]
    assert_array_equal(pen_digits(12, seed=4)[0], drawings)
    assert not np.array_equal(pen_digits(12, seed=5)[0], drawings)


def test_another_pen_changes_nothing_but_the_pen():
    thin, thick = (pen_digits(30, widths=(w, w), sizes=(100, 100))[0] for w in (0.05, 0.2))
    assert np.mean(thick) > 2.5 * np.mean(thin)
    for a, b in zip(thin, thick, strict=True):  # the place depends on the room that the pen leaves
        assert np.all(np.abs(np.subtract(centre_of_mass(a), centre_of_mass(b))) < 12)


def test_a_straight_one_is_as_high_and_as_thick_as_asked():
    plain = {"sizes": (150, 150), "turns": (0, 0), "slants": (0, 0), "wobble": 0, "widths": (0.1, 0.1)}
    drawings, labels = pen_digits(40, **plain)
    for drawing in drawings[labels == 0]:
        rows, columns = np.nonzero(drawing > 127)
        assert abs(np.ptp(rows) + 1 - 165) <= 3
        assert rows.min() > 0
        assert columns.max() < 279
    lying, _ = pen_digits(40, **plain | {"turns": (90, 90)})
    for drawing in lying[labels == 0]:
        assert abs(np.ptp(np.nonzero(drawing > 127)[1]) + 1 - 165) <= 3


def test_what_is_slanted_to_the_right_has_its_top_at_the_right():
    plain = {"sizes": (150, 150), "turns": (0, 0), "wobble": 0}
    drawings, _ = pen_digits(1, slants=(0.3, 0.3), **plain)
    assert centre_of_mass(drawings[0, :140])[0] != centre_of_mass(drawings[0, 140:])[0]
    rows, columns = np.nonzero(drawings[0])
    assert columns[rows == rows.min()].mean() > columns[rows == rows.max()].mean() + 20
    turned, _ = pen_digits(1, slants=(0, 0), **plain | {"turns": (20, 20)})
    rows, columns = np.nonzero(turned[0])
    assert columns[rows == rows.min()].mean() > columns[rows == rows.max()].mean() + 20  # clockwise


def test_what_is_too_large_hangs_over_on_both_sides():
    drawings, _ = pen_digits(20, sizes=(200, 200), widths=(0.5, 0.5), turns=(45, 45), slants=(1, 1))
    big = drawings[[0, 10]]
    assert big[:, :, 0].any()
    assert big[:, :, -1].any()
    for drawing in big:  # zeros, so their middle is that of the pad
        assert abs(centre_of_mass(drawing)[0] - 139.5) < 6


def test_every_digit_has_ways_of_writing_it_within_its_box():
    for digit in range(10):
        for variant in range(2):
            points = np.concatenate(pen_strokes(digit, variant))
            assert points[:, 1].min() == pytest.approx(-0.5, abs=0.03)
            assert points[:, 1].max() == pytest.approx(0.5, abs=0.03)
            assert np.abs(points[:, 0]).max() < 0.36
    assert len(pen_strokes(4, 1)) == 2


def test_drawings_are_read_when_they_are_centred(network, drawn):
    cv2 = pytest.importorskip("cv2")
    drawings, labels = drawn
    centred = to_input([centre(drawing) for drawing in drawings])
    assert network.evaluate(centred, labels)["accuracy"] >= 0.95
    shrunk = [cv2.resize(drawing, (28, 28), interpolation=cv2.INTER_AREA) for drawing in drawings]
    assert network.evaluate(to_input(shrunk), labels)["accuracy"] < 0.7


# ---- augmentation ---------------------------------------------------------------------------------


def test_augmented_digits_are_other_digits_that_say_the_same(network, test_digits):
    images, labels = test_digits[0][:500], test_digits[1][:500]
    before = images.copy()
    changed = augmented(images, seed=1)
    assert_array_equal(images, before)
    assert_array_equal(augmented(images, seed=1), changed)
    assert not np.array_equal(augmented(images, seed=2), changed)
    assert np.mean([np.array_equal(a, b) for a, b in zip(changed, images, strict=True)]) < 0.05
    assert network.evaluate(to_input(changed), labels)["accuracy"] > 0.97


def test_augmented_digits_move_by_up_to_two_pixels_and_have_other_pens(test_digits):
    square = np.zeros((400, 28, 28), np.uint8)
    square[:, 10:18, 10:18] = 255
    changed = augmented(square)
    centres = np.array([centre_of_mass(image) for image in changed]) - 13.5
    assert 1.8 < np.abs(centres).max() < 2.1
    assert np.all(np.abs(centres.mean(axis=0)) < 0.3)
    masses = changed.sum(axis=(1, 2)) / square[0].sum()
    assert masses.min() < 0.6
    assert masses.max() > 1.5


# ---- errors ---------------------------------------------------------------------------------------

ONE = np.ones((1, 1, 1, 2))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: build_model(normalised=2), ValueError, "normalised must be one of True, False, got 2"),
        (lambda: digit_network("vqa"), ValueError, "name must be one of 'digits', 'digits_plain', got 'vqa'"),
        (
            lambda: fold_normalisation(ONE, [1], [1, 1], [0, 0], [1, 1]),
            ValueError,
            r"gamma has shape \(2,\), got \(1,\): one number for each kernel",
        ),
        (
            lambda: fold_normalisation(ONE[0], [1], [1], [0], [1]),
            ValueError,
            r"kernel has shape \(kernel_height, kernel_width, in_channels, out_channels\), got \(1, 1, 2\)",
        ),
        (
            lambda: fold_normalisation(ONE, [1, 1], [1, 1], [0, 0], [1, -1]),
            ValueError,
            "variance cannot be negative, got -1: are the arrays in order?",
        ),
        (
            lambda: fold_normalisation(ONE, [1, 1], [1, 1], [0, 0], [1, 1], epsilon=0),
            ValueError,
            "epsilon must be above 0, got 0",
        ),
        (lambda: to_input(np.zeros((28, 28))), ValueError, r"got \(28, 28\): one picture: images\[None\]"),
        (lambda: to_input([[[0, 256]]]), ValueError, "must lie between 0 and 255, got 0 to 256"),
        (lambda: to_input([[[-1, 5]]]), ValueError, "must lie between 0 and 255, got -1 to 5"),
        (lambda: ink(np.zeros((5, 5))), TypeError, "drawing must be uint8, got float64"),
        (lambda: ink(np.zeros((5, 5, 3), np.uint8)), ValueError, r"drawing has shape \(height, width\)"),
        (lambda: ink(np.zeros((0, 5), np.uint8)), ValueError, "drawing is empty"),
        (
            lambda: centre(np.arange(24, dtype=np.uint8)[None]),
            ValueError,
            "differs from its paper by 12 grey levels at most, and 25 are needed: draw something",
        ),
        (lambda: augmented(np.zeros((28, 28), np.uint8)), ValueError, r"images has shape \(n, 28, 28\)"),
        (lambda: augmented(np.zeros((2, 28, 28))), TypeError, "images must be uint8, got float64"),
        (lambda: augmented(np.zeros((2, 28, 28), np.uint8), seed=-1), ValueError, "seed must be at least 0"),
        (lambda: pen_strokes(10), ValueError, "digit must be one of 0, .*, 9, got 10"),
        (lambda: pen_strokes(0, 2), ValueError, "variant must be one of 0, 1, got 2"),
        (lambda: pen_strokes(1.5), TypeError, "digit must be a whole number, got 1.5"),
        (lambda: pen_digits(0), ValueError, "count must be at least 1, got 0"),
        (lambda: pen_digits(1, widths=(0.2, 0.1)), ValueError, "widths must go up, from 0.01 .* 0.2 to 0.1"),
        (
            lambda: pen_digits(1, sizes=(90, 300)),
            ValueError,
            "sizes must go up, from 20 .* to 200 at most",
        ),
        (lambda: pen_digits(1, turns=20), ValueError, r"turns has shape \(2,\), got \(\): from and to"),
        (lambda: pen_digits(1, slants=(-2, 0)), ValueError, "slants must go up, from -1 at least"),
        (lambda: pen_digits(1, wobble=1), ValueError, "wobble must be at most 0.2, got 1"),
    ],
)
def test_bad_input_is_refused_in_words(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- the same in JavaScript -----------------------------------------------------------------------


def unpacked(text):
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)


class Replay:
    """A random generator that gives the numbers that it is told to give."""

    def __init__(self, numbers):
        self.rest = list(numbers)

    def _next(self, count):
        taken, self.rest = self.rest[:count], self.rest[count:]
        return np.array(taken)

    def integers(self, high):
        return int(self._next(1)[0])

    def uniform(self, low, high):
        return self._next(1)[0]

    def random(self, count):
        return self._next(count)

    def normal(self, *, size):
        return self._next(np.prod(size)).reshape(size)


def test_the_figure_computes_what_keras_computes_in_every_layer(keras, test_digits):
    """All 29 828 numbers of each of 100 digits: what is on the page is what Keras has."""
    images = test_digits[0][:100]
    done = subprocess.run(
        [node_folder() / "node", FIGURES / "digits/activations.mjs"],
        input=images.tobytes(), capture_output=True, check=True,
    )  # fmt: skip
    ours = np.frombuffer(done.stdout, np.float32).reshape(100, -1)
    model = build_model()
    model.set_weights(list(load_weights("digits").values()))
    dense = model.layers[-1]  # two layers of the figure: the scores, and their softmax
    outputs = [layer.output for layer in model.layers]
    *maps, flat, chances = keras.Model(model.inputs, outputs).predict(to_input(images), verbose=0)
    scores = flat @ dense.kernel.numpy() + dense.bias.numpy()
    expected = np.concatenate([np.reshape(out, (100, -1)) for out in (*maps, scores, chances)], axis=1)
    assert expected.shape == ours.shape == (100, 29828)
    assert_allclose(ours, expected, atol=1e-3, rtol=0)


def test_the_cases_of_the_figure_are_what_the_package_gives(monkeypatch):
    cases = json.loads(DRAWINGS.read_text(encoding="utf-8"))
    for case in cases["form"]:
        drawing = unpacked(case["picture"]).reshape(case["height"], case["width"])
        assert_array_equal(centre(drawing), unpacked(case["centred"]).reshape(28, 28))
    written = []

    def draw(strokes, *, size, width):
        written.append((strokes, width))
        return draw_strokes(strokes, size=size, width=width)

    monkeypatch.setattr("cvlessons.digits.draw_strokes", draw)
    for case in cases["pen"]:
        drawing = _pen_drawing(case["digit"], [(0, 1)] * 4, 0.07, Replay(case["numbers"]))
        strokes, width = written.pop()
        assert width == case["width"]
        for stroke, expected in zip(strokes, case["strokes"], strict=True):
            assert_allclose(stroke[::6].ravel(), expected, atol=0.006)
        assert_array_equal(centre(drawing), unpacked(case["centred"]).reshape(28, 28))
    ways = {(case["digit"], int(case["numbers"][0])) for case in cases["pen"]}
    assert ways == {(digit, way) for digit, all_ways in enumerate(_SKELETONS) for way in range(len(all_ways))}


def test_the_digits_of_the_figure_are_those_of_the_test_set(test_digits, network):
    """The first of each kind, then the first three that the network misreads."""
    images, labels = test_digits
    first = [int(np.argmax(labels == digit)) for digit in range(10)]
    misread = np.flatnonzero(network.predict(to_input(images[:1500])) != labels[:1500])[:3]
    bundled = np.frombuffer((FIGURES / "digits/test_digits.bin").read_bytes(), np.uint8)
    assert_array_equal(bundled.reshape(-1, 28, 28), images[[*first, *misread]])
