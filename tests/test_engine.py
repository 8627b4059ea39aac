"""engine.py against the book's own loops, SciPy, Keras and finite differences; nothing given is changed."""

import platform
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import _windows, engine
from cvlessons._windows import count_neighbours, strips_of_windows
from cvlessons.convolution import conv2d, conv2d_gradients
from cvlessons.engine import (
    AveragePool,
    Conv2D,
    Dense,
    Dropout,
    Flatten,
    Layer,
    LeakyReLU,
    MaxPool,
    ReLU,
    Sigmoid,
    Tanh,
    correlate,
    correlate_work,
)
from cvlessons.gradcheck import check_gradient
from cvlessons.network import initial_std
from cvlessons.pooling import average_pool, average_pool_gradient, max_pool, max_pool_gradient
from cvlessons.sequential import Sequential

# (shape of the picture, filters, options): not square, odd channels, one and many filters; widths that
# windows share and one that they do not; strides, even kernels, a padding wider than the kernel, a cut.
CONVOLUTIONS = [
    ((7, 5, 3), 4, {}),
    ((6, 8, 1), 8, {"padding": 1}),
    ((6, 11, 2), 5, {"padding": 1}),
    ((4, 6, 5), 70, {"size": 1}),
    ((5, 6, 2), 3, {"size": 2}),
    ((3, 4, 2), 3, {"size": 1, "padding": 1}),
    ((3, 4, 1), 2, {"size": 2, "padding": 3}),
    ((9, 13, 3), 4, {"size": 5, "stride": 2, "padding": 2}),
    ((7, 10, 2), 3, {"size": 4, "stride": 3}),
    ((8, 5, 3), 2, {"size": 2, "stride": 3}),
    ((8, 10, 3), 4, {"stride": 2, "floor": True}),
    ((9, 8, 1), 6, {"size": 4, "stride": 3, "padding": 1, "floor": True}),
    ((5, 5, 2), 1, {"size": 5}),
]
OTHERS = [
    (Dense(4), (5,)),
    (MaxPool(), (4, 6, 3)),
    (MaxPool(3), (3, 6, 2)),
    (MaxPool(1), (2, 3, 2)),
    (AveragePool(), (4, 6, 3)),
    (AveragePool(3), (6, 3, 1)),
    (MaxPool(2, floor=True), (5, 7, 2)),
    (AveragePool(2, floor=True), (5, 4, 2)),
    (MaxPool(3, floor=True), (3, 5, 1)),
    (ReLU(), (3, 4, 2)),
    (LeakyReLU(), (7,)),
    (LeakyReLU(0.25), (3, 4, 2)),
    (Sigmoid(), (3, 4, 2)),
    (Tanh(), (9,)),
    (Dropout(0.5), (9,)),
    (Flatten(), (3, 4, 2)),
    (Layer(), (3, 4, 2)),
]
CASES = [(Conv2D(filters, **options), shape) for shape, filters, options in CONVOLUTIONS] + OTHERS


def named(case):
    return " ".join(map(str, case))


every_layer = pytest.mark.parametrize("case", CASES, ids=named)
every_convolution = pytest.mark.parametrize("case", CONVOLUTIONS, ids=named)


def built(layer, shape, rng, dtype=np.float32):
    """Return a new layer like this one, with weights and biases in the given precision."""
    layer = type(layer)(**layer.options())
    layer.build(shape, np.random.default_rng(0))
    layer.parameters = [rng.normal(size=w.shape).astype(dtype) for w in layer.parameters]
    return layer


def example(shape, rng, batch=2, dtype=np.float32):
    return rng.normal(size=(batch, *shape)).astype(dtype)


def keras_twin(layer, shape):
    """Return a Keras model of the one layer, with the same weights."""
    keras = pytest.importorskip("keras")
    layers = keras.layers
    match layer:
        case Conv2D(filters=filters, size=size, stride=stride, padding=padding):
            twin = [layers.ZeroPadding2D(padding), layers.Conv2D(filters, size, stride)]
        case Dense(units=units):
            twin = [layers.Dense(units)]
        case AveragePool(size=size):
            twin = [layers.AveragePooling2D(size)]
        case MaxPool(size=size):
            twin = [layers.MaxPooling2D(size)]
        case LeakyReLU(slope=slope):
            twin = [layers.LeakyReLU(slope)]
        case ReLU() | Sigmoid() | Tanh():
            twin = [layers.Activation(type(layer).__name__.lower())]
        case Flatten():
            twin = [layers.Flatten()]
        case _:  # dropout without training, and the layer that changes nothing
            twin = [layers.Identity()]
    model = keras.Sequential([keras.Input(shape), *twin])
    model.set_weights([w.T if w.ndim == 2 else w for w in layer.parameters])
    return model


# Gradients


@every_layer
def test_every_gradient_agrees_with_finite_differences(case, rng):
    """In float64, which the layers compute in when they are given it; the cost is a random weighted sum."""
    layer, shape = built(*case, rng, np.float64), case[1]
    x = example(shape, rng, dtype=np.float64)
    share = rng.normal(size=layer.forward(x).shape)

    def cost(x):
        return np.sum(layer.forward(x) * share)

    layer.forward(x)
    check_gradient(cost, layer.backward(share.copy()), x)
    assert len(layer.gradients) == len(layer.parameters)
    for place, (gradient, w) in enumerate(zip(layer.gradients, layer.parameters, strict=True)):

        def cost_of(new, place=place):
            kept = layer.parameters
            layer.parameters = [*kept[:place], new, *kept[place + 1 :]]
            value = cost(x)
            layer.parameters = kept
            return value

        check_gradient(cost_of, gradient, w)


@every_layer
def test_what_goes_out_and_every_gradient_is_that_of_keras(case, rng):
    tf = pytest.importorskip("tensorflow")
    layer, shape = built(*case, rng), case[1]
    model, x = keras_twin(layer, shape), example(shape, rng, batch=3)
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        theirs = model(given)
        share = rng.normal(size=theirs.shape).astype(np.float32)
        cost = tf.reduce_sum(theirs * share)
    wanted = tape.gradient(cost, [given, *model.trainable_weights])
    y = layer.forward(x)
    assert y.dtype == np.float32
    assert y.shape == (3, *type(layer)(**layer.options()).build(shape, np.random.default_rng(0)))
    assert_allclose(y, theirs, rtol=1e-5, atol=1e-5)
    ours = [layer.backward(share), *layer.gradients]
    for mine, other in zip(ours, wanted, strict=True):
        assert mine.dtype == np.float32
        other = np.asarray(other)
        assert_allclose(
            mine,
            other.T if isinstance(layer, Dense) and mine.shape != x.shape else other,
            rtol=1e-4,
            atol=1e-4,
        )


@every_convolution
def test_convolutions_are_those_of_the_chapter_with_their_gradients(case, rng):
    shape, filters, options = case
    layer = built(Conv2D(filters, **options), shape, rng, np.float64)
    x = example(shape, rng, batch=3, dtype=np.float64)
    options = {name: value for name, value in options.items() if name != "size"}
    wanted = conv2d(x, *layer.parameters, **options)
    y = layer.forward(x)
    assert_allclose(y, wanted, rtol=1e-9, atol=1e-12)
    share = rng.normal(size=y.shape)
    gradients = [layer.backward(share), *layer.gradients]
    for mine, other in zip(
        gradients, conv2d_gradients(x, layer.parameters[0], share, **options), strict=True
    ):
        assert_allclose(mine, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("case", [case for case in CASES if case[0].options().keys() & {"units", "filters"}],
                         ids=named)  # fmt: skip
def test_the_first_layer_computes_no_slopes_that_nobody_wants(case, rng):
    layer = built(*case, rng)
    x = example(case[1], rng)
    share = np.ones_like(layer.forward(x))
    layer.backward(share)
    wanted, layer.first = layer.gradients, True
    assert layer.backward(share) is None
    for mine, other in zip(layer.gradients, wanted, strict=True):
        assert_array_equal(mine, other)


# Correlation


@every_convolution
def test_correlate_is_scipys(case, rng):
    signal = pytest.importorskip("scipy.signal")
    shape, filters, options = case
    x = example(shape, rng, dtype=np.float64)
    size, stride, p = (
        options.get(name, value) for name, value in (("size", 3), ("stride", 1), ("padding", 0))
    )
    kernel, bias = rng.normal(size=(size, size, shape[2], filters)), rng.normal(size=filters)
    got = correlate(x, kernel, bias, stride=stride, padding=p)
    padded = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
    for picture, y in zip(padded, got, strict=True):
        for k in range(filters):
            whole = signal.correlate(picture, kernel[..., k], "valid", method="direct")[:, :, 0]
            assert_allclose(y[:, :, k], whole[::stride, ::stride] + bias[k], rtol=1e-9, atol=1e-12)


@given(
    st.integers(1, 4), st.integers(1, 4), st.integers(0, 8), st.integers(0, 8), st.integers(1, 3),
    st.integers(1, 9), st.integers(1, 3), st.integers(0, 2), st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_correlate_is_conv2d_whatever_the_sizes(
    kernel_height, kernel_width, more_rows, more_columns, channels, filters, stride, padding, seed
):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 10, (2, kernel_height + more_rows, kernel_width + more_columns, channels)) * 1.0
    kernel = rng.integers(-9, 10, (kernel_height, kernel_width, channels, filters)) * 1.0
    got = correlate(x, kernel, stride=stride, padding=padding)
    assert_array_equal(got, conv2d(x, kernel, stride=stride, padding=padding, floor=True))


def test_correlate_worked_by_hand():
    # 1*1 + 2*10 + 4*100 + 5*1000 = 5421; one to the right, and one down, each pixel one and three more
    x = np.arange(1.0, 10).reshape(1, 3, 3, 1)
    kernel = 10.0 ** np.arange(4).reshape(2, 2, 1, 1)
    y = correlate(x, kernel, np.array([0.5]))
    assert y[0, :, :, 0].tolist() == [[5421.5, 6532.5], [8754.5, 9865.5]]
    ((place, windows),) = strips_of_windows(
        x, kernel.shape, 2, 1
    )  # two neighbours share one; ones for the bias
    assert place == slice(0, 2)
    assert windows.tolist() == [[1, 2, 3, 4, 5, 6, 1], [4, 5, 6, 7, 8, 9, 1]]


@pytest.mark.parametrize("size", [1, 700, 1500, 4000, 2**18])
def test_strips_of_any_size_give_the_same_numbers(size, rng, monkeypatch):
    """From a line at a time, by some lines with a rest, and some pictures with a rest, to all at once."""
    layer, x = built(Conv2D(3, padding=1), (7, 6, 2), rng), example((7, 6, 2), rng, batch=5)
    monkeypatch.setattr(_windows, "STRIP", 2**30)
    share = np.ones_like(layer.forward(x))
    wanted = [layer.forward(x), layer.backward(share), *layer.gradients]
    monkeypatch.setattr(_windows, "STRIP", size)
    got = [layer.forward(x), layer.backward(share), *layer.gradients]
    for mine, other in zip(got, wanted, strict=True):
        assert_allclose(mine, other, rtol=1e-5, atol=1e-5)
    strips = list(strips_of_windows(layer.padded, (3, 3, 2, 3), 3, 1))
    places = [i for place, _ in strips for i in range(5 * 7 * 2)[place]]
    assert places == list(range(5 * 7 * 2))
    assert len(strips) == {1: 35, 700: 20, 1500: 10, 4000: 3, 2**18: 1}[size]


def test_pictures_that_do_not_lie_in_one_piece_are_read_right(rng):
    x, kernel = example((6, 5, 4), rng), rng.normal(size=(3, 3, 2, 3)).astype(np.float32)
    part = x[::-1, :, ::-1, ::2]
    for padding in (0, 1):
        got = correlate(part, kernel, padding=padding)
        assert_array_equal(got, correlate(part.copy(), kernel, padding=padding))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="elsewhere memory is kept in another way")
def test_the_memory_of_large_arrays_is_kept_at_hand():
    """The system counts the pages that it fills with zeros: in a new process, from the second step on."""
    code = (
        "import resource, sys, numpy as np\n"
        "if sys.argv[1] == 'kept': import cvlessons.engine\n"
        "def step(): arrays = [np.ones(400_000) for _ in range(8)]\n"
        "pages = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt\n"
        "step(); before = pages(); step(); print(pages() - before)\n"
    )
    plain, kept = (
        int(subprocess.run([sys.executable, "-c", code, word], check=True, capture_output=True).stdout)
        for word in ("plain", "kept")
    )
    assert kept < plain / 10


# Pooling


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pooling_is_that_of_the_chapter(size, rng):
    """Whole numbers, so that many are equal: of the largest the first in reading order gets all."""
    x = rng.integers(0, 3, (4, 2 * size, 3 * size, 3)).astype(np.float32)
    share = rng.integers(1, 9, (4, 2, 3, 3)).astype(np.float32)
    for layer, forward, backward in (
        (MaxPool(size), max_pool, max_pool_gradient),
        (AveragePool(size), average_pool, average_pool_gradient),
    ):
        assert_allclose(layer.forward(x), forward(x, size), rtol=1e-6)
        assert_allclose(layer.backward(share), backward(x, share, size), rtol=1e-6)


def test_of_equal_numbers_the_first_wins_as_in_keras():
    """Along a row, down a column, across: Keras has the same winner. (Our order is by rows, then down.)"""
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    bits = (np.arange(16)[:, None] >> np.arange(4)) & 1  # all pictures of 2 by 2 pixels, black or white
    x = bits.reshape(16, 2, 2, 1).astype(np.float32)
    layer, given = MaxPool(), tf.constant(x)
    layer.forward(x)
    ours = layer.backward(np.ones((16, 1, 1, 1), np.float32))
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = keras.layers.MaxPooling2D()(given)
    assert_array_equal(ours, tape.gradient(y, given))
    assert_array_equal(ours[0].ravel(), [1, 0, 0, 0])


# Nothing that was given is changed, and nothing that is kept


@every_layer
def test_a_layer_by_itself_changes_nothing_that_it_is_given(case, rng):
    layer = built(*case, rng)
    x = example(case[1], rng)
    before = x.copy()
    y = layer.forward(x, training=True)
    share = rng.normal(size=y.shape).astype(np.float32)
    share_before = share.copy()
    layer.backward(share)
    assert_array_equal(x, before)
    assert_array_equal(share, share_before)


PAIRS = [Layer, ReLU, lambda: LeakyReLU(0.1), Sigmoid, Tanh, lambda: Dropout(0.5), MaxPool, AveragePool,
         lambda: MaxPool(1), lambda: AveragePool(1), lambda: Conv2D(2, padding=1),
         lambda: Conv2D(2, 1)]  # fmt: skip


@pytest.mark.parametrize("first", PAIRS, ids=lambda make: repr(make()))
@pytest.mark.parametrize("second", PAIRS, ids=lambda make: repr(make()))
def test_in_a_row_the_layers_do_not_spoil_each_others_numbers_nor_the_readers(first, second, rng):
    """In a network ReLU writes over what it gets. The same layers by themselves, which do not, judge it."""
    network = Sequential((4, 8, 2), [first(), second(), ReLU(), Flatten(), Dense(3)])
    alone = [type(layer)(**layer.options()) for layer in network.layers]
    shapes = [network.input_shape, *network.shapes]
    for mine, layer, shape in zip(alone, network.layers, shapes, strict=False):
        mine.build(shape, np.random.default_rng(0))
        mine.parameters = layer.parameters
    x = example((4, 8, 2), rng, batch=5)
    before, labels = x.copy(), [0, 1, 2, 1, 0]
    wanted = x
    for layer in alone:
        wanted = layer.forward(wanted)
    assert_array_equal(network.forward(x), wanted)
    assert_array_equal(x, before)
    ours = network.backward(x, labels)
    assert_array_equal(x, before)
    slopes = network.probabilities(x)
    slopes[np.arange(5), labels] -= 1
    slopes /= 5
    for layer in reversed(alone):
        slopes = layer.backward(slopes)
    for mine, other in zip(ours, [g for layer in alone for g in layer.gradients], strict=True):
        assert_allclose(mine, other, rtol=1e-4, atol=1e-6)
    network.fit(x, labels, epochs=1, batch_size=5)
    network.predict(x)
    network.outputs(x)
    assert_array_equal(x, before)


# Dropout


class Drawn:
    """A generator that draws what it is told."""

    def __init__(self, numbers):
        self.numbers = np.float32(numbers)

    def random(self, shape, dtype):
        return self.numbers.reshape(shape).astype(dtype)


@pytest.mark.judge("eq-dropout", "hand")
def test_dropout_worked_by_hand():
    # p = 0.75: 0.1 and 0.74 are below it and go, 0.75 and 0.9 stay and are divided by 1 - 0.75
    layer = Dropout(0.75)
    layer.build((4,), Drawn([0.1, 0.75, 0.9, 0.74]))
    assert layer.forward(np.float32([[1, 2, -3, 4]]), training=True).tolist() == [[0, 8, -12, 0]]
    assert layer.backward(np.float32([[1, 2, 3, 4]])).tolist() == [[0, 8, 12, 0]]


@pytest.mark.judge("eq-dropout", "library")
@pytest.mark.parametrize("rate", [0.0, 0.2, 0.5, 0.75])
def test_dropout_is_that_of_keras_with_the_same_neurons_at_home(rate, rng):
    tf = pytest.importorskip("tensorflow")
    keras = pytest.importorskip("keras")
    given = tf.constant(example((500,), rng) + np.float32(9))  # far from zero: a zero was dropped
    with tf.GradientTape() as tape:
        tape.watch(given)
        theirs = keras.layers.Dropout(rate, seed=0)(given, training=True)
    layer = Dropout(rate)
    layer.build((500,), Drawn(np.where(np.asarray(theirs) == 0, 0, 1) - 1e-7))
    assert_allclose(layer.forward(given.numpy(), training=True), theirs, rtol=1e-6)
    slopes = tape.gradient(theirs, given)
    assert_allclose(layer.backward(np.ones((2, 500), np.float32)), slopes, rtol=1e-6)
    assert abs(np.mean(np.asarray(theirs) == 0) - rate) < 0.06


@pytest.mark.judge("eq-dropout", "law")
def test_dropout_drops_a_share_and_keeps_the_mean(rng):
    layer = Dropout(0.25)
    layer.build((10000,), np.random.default_rng(0))
    x = np.ones((10, 10000), np.float32)
    y = layer.forward(x, training=True)
    assert set(np.unique(y)) == {0, np.float32(4 / 3)}
    assert abs(np.mean(y == 0) - 0.25) < 0.005
    assert abs(y.mean() - 1) < 0.01
    assert_array_equal(layer.backward(np.full_like(x, 3)), 3 * y)  # the same numbers are left out
    assert not np.array_equal(layer.forward(x, training=True), y)  # and others the next time
    assert layer.forward(x) is x
    assert layer.backward(x) is x


def test_dropout_of_nothing_changes_nothing(rng):
    layer, x = Dropout(0), example((7,), rng)
    layer.build((7,), rng)
    assert_array_equal(layer.forward(x, training=True), x)


# Activations


def test_activations_are_calm_far_from_zero_and_right_at_it():
    x = np.float32([[-1e30, -100, 0, 100, 1e30]])
    wanted = {
        Sigmoid(): ([0, 0, 0.5, 1, 1], [0, 0, 0.25, 0, 0]),
        Tanh(): ([-1, -1, 0, 1, 1], [0, 0, 1, 0, 0]),
        ReLU(): ([0, 0, 0, 100, 1e30], [0, 0, 0, 1, 1]),
        LeakyReLU(0.5): ([-5e29, -50, 0, 100, 1e30], [0.5, 0.5, 0.5, 1, 1]),
    }
    for layer, (y, slopes) in wanted.items():
        assert_array_equal(layer.forward(x), np.float32([y]))
        assert_array_equal(layer.backward(np.ones_like(x)), np.float32([slopes]))


# The start


@pytest.mark.parametrize(
    ("layer", "shape", "fan_in"), [(Dense(400), (900,), 900), (Conv2D(64, 5), (20, 20, 8), 200)]
)
def test_the_first_weights_have_hes_spread_and_the_biases_are_zero(layer, shape, fan_in):
    layer.build(shape, np.random.default_rng(0))
    weights, biases = layer.parameters
    assert weights.dtype == biases.dtype == np.float32
    assert_allclose(weights.std(), initial_std(fan_in, 1, "relu"), rtol=0.02)
    assert abs(weights.mean()) < 0.002
    assert not biases.any()


def test_a_layer_says_how_it_was_made():
    said = [repr(layer) for layer, _ in CASES]
    assert "Conv2D(filters=5, size=3, stride=1, padding=1, floor=False)" in said
    assert {"Dense(units=4)", "MaxPool(size=3)", "AveragePool(size=2)", "LeakyReLU(slope=0.25)",
            "Dropout(rate=0.5)", "ReLU()", "Flatten()", "Layer()"} <= set(said)  # fmt: skip
    for layer, _ in CASES:
        assert repr(eval(repr(layer), vars(engine))) == repr(layer)


@every_layer
def test_what_a_layer_says_it_keeps_bounds_what_it_makes(case, rng):
    """What goes out, and the padded picture; how near the bound is, test_sequential measures."""
    layer = built(*case, rng)
    x = example(case[1], rng, batch=1)
    y = layer.forward(x)
    made = 0 if np.shares_memory(x, y) else y.nbytes
    padded = getattr(layer, "padded", None)
    made += 0 if padded is None or np.shares_memory(x, padded) else padded.nbytes
    assert made <= layer.kept_bytes(case[1], y.shape[1:])


@every_convolution
@pytest.mark.parametrize("strip", [1, 2**18])
def test_no_strip_is_larger_than_a_layer_says_it_works_with(case, strip, rng, monkeypatch):
    """Forward and back, and with a line at least: NumPy is asked how large each strip was."""
    shape, filters, options = case
    layer, sizes, strips = built(Conv2D(filters, **options), shape, rng), [], strips_of_windows

    def measured(x, *rest):
        for place, windows in strips(x, *rest):
            sizes.append(windows.nbytes)
            yield place, windows

    for module in (engine, _windows):
        monkeypatch.setattr(module, "STRIP", strip)
        monkeypatch.setattr(module, "strips_of_windows", measured)
    y = layer.forward(example(shape, rng, batch=40))
    layer.backward(np.ones_like(y))
    assert max(sizes) <= layer.work_bytes(shape, y.shape[1:])


# What is refused


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Dense(0), ValueError, "units must be at least 1, got 0"),
        (lambda: Dense(2.5), TypeError, "units must be a whole number, got 2.5"),
        (lambda: Conv2D(0), ValueError, "filters must be at least 1, got 0"),
        (lambda: Conv2D(1, 0), ValueError, "size must be at least 1, got 0"),
        (lambda: Conv2D(1, stride=0), ValueError, "stride must be at least 1, got 0"),
        (lambda: Conv2D(1, padding=-1), ValueError, "padding must be at least 0, got -1"),
        (lambda: MaxPool(0), ValueError, "size must be at least 1, got 0"),
        (lambda: AveragePool("2"), TypeError, "size must be a whole number, got '2'"),
        (lambda: LeakyReLU(2), ValueError, "slope must be at most 1, got 2"),
        (lambda: LeakyReLU(-0.1), ValueError, "slope must be at least 0, got -0.1"),
        (lambda: Dropout(1), ValueError, "rate must be below 1, got 1.*: with 1 nothing would get through"),
        (lambda: Dropout(-0.1), ValueError, "rate must be at least 0, got -0.1"),
    ],
)
def test_a_bad_layer_is_explained(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize(
    ("layer", "shape", "message"),
    [
        (
            Dense(2),
            (4, 4, 1),
            r"Dense takes a row of numbers, got the shape \(4, 4, 1\): put Flatten\(\) bef",
        ),
        (Conv2D(2), (16,), r"Conv2D takes \(height, width, channels\), got the shape \(16,\): put it before"),
        (
            MaxPool(),
            (16,),
            r"MaxPool takes \(height, width, channels\), got the shape \(16,\): put it before",
        ),
        (AveragePool(), (16,), r"AveragePool takes \(height, width, channels\), got the shape \(16,\)"),
        (MaxPool(), (5, 4, 1), "height: .*does not end at the edge of an input of 5"),
        (Conv2D(2), (2, 4, 1), "height: a filter of 3 does not fit into an input of 2"),
        (Conv2D(2, stride=2), (5, 6, 1), "width: .*does not end at the edge of an input of 6"),
    ],
)
def test_a_shape_that_does_not_fit_is_explained(layer, shape, message):
    with pytest.raises(ValueError, match=message):
        layer.build(shape, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("x", "kernel", "options", "kind", "words"),
    [
        (
            np.ones((1, 4, 4, 1)),
            np.ones((3, 3, 1, 1)),
            {"stride": -1},
            ValueError,
            "stride must be at least 1",
        ),
        (
            np.ones((1, 4, 4, 1)),
            np.ones((3, 3, 1, 1)),
            {"padding": 0.5},
            TypeError,
            "padding must be a whole",
        ),
        (
            np.ones((1, 4, 4, 1), np.uint8),
            np.ones((3, 3, 1, 1)),
            {},
            TypeError,
            "x must hold floats, got uint8",
        ),
        (np.ones((4, 4, 1)), np.ones((3, 3, 1, 1)), {}, ValueError, r"got \(4, 4, 1\) and \(3, 3, 1, 1\)"),
        (np.ones((1, 4, 4, 2)), np.ones((3, 3, 1, 1)), {}, ValueError, r"got \(1, 4, 4, 2\)"),
        (np.ones((1, 2, 4, 1)), np.ones((3, 3, 1, 1)), {}, ValueError, "does not fit into pictures of"),
        (np.ones((1, 4, 1, 1)), np.ones((3, 4, 1, 1)), {"padding": 1}, ValueError, "with padding 1"),
    ],
)
def test_correlate_refuses_what_would_read_beside_the_picture(x, kernel, options, kind, words):
    with pytest.raises(kind, match=words):
        correlate(x, kernel, **options)


def test_correlate_takes_a_kernel_that_fits_only_with_its_padding():
    y = correlate(np.ones((1, 1, 2, 1)), np.ones((3, 3, 1, 1)), padding=1)
    assert y.ravel().tolist() == [2, 2]


# Formulas of the chapter


@pytest.mark.judge("eq-engine-copied", "hand")
@pytest.mark.judge("eq-engine-multiplications", "hand")
def test_work_counted_by_hand():
    # 2 x 4 outputs; a window of 3 x 3 pixels of 5 channels for each: 8 * 45 numbers, each met by 2 kernels
    assert correlate_work((2, 4), (3, 3, 5, 2), neighbours=1) == (360, 720)
    # two neighbours, two pixels apart, share 3 x 5 pixels: 4 * 75 numbers, each met by 2 * 2 columns
    assert correlate_work((2, 4), (3, 3, 5, 2), neighbours=2, stride=2) == (300, 1200)


@pytest.mark.judge("eq-engine-copied", "library")
@pytest.mark.judge("eq-engine-multiplications", "library")
@pytest.mark.parametrize("case", [((9, 9, 3), 4, 1), ((8, 14, 2), 16, 1), ((11, 11, 1), 5, 2)])
def test_work_is_the_size_of_numpys_windows_and_of_the_product(case, rng):
    shape, filters, stride = case
    x, kernel = rng.random((1, *shape)), rng.random((3, 3, shape[2], filters))
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))[:, ::stride, ::stride]
    size = windows.shape[1:3]
    path = np.einsum_path("nhwcij,ijcf->nhwf", windows, kernel)[1]
    flops = int(float(path.split("Naive FLOP count:")[1].split()[0]))
    alone = correlate_work(size, kernel.shape, stride=stride, neighbours=1)
    assert alone[0] == windows.size
    assert alone[1] == pytest.approx(flops / 2, rel=1e-3)  # NumPy rounds, and counts the additions, too
    t = count_neighbours(size[1], filters)
    shared = np.concatenate([w[:, :-1].copy() for _, w in strips_of_windows(x, kernel.shape, t, stride)])
    copied, multiplications = correlate_work(size, kernel.shape, stride=stride)
    assert copied == shared.size
    assert multiplications == shared.size * size[0] * size[1] * filters // len(shared)


@pytest.mark.judge("eq-engine-copied", "law")
@pytest.mark.judge("eq-engine-multiplications", "law")
@given(st.integers(1, 9), st.integers(1, 3), st.integers(1, 4), st.sampled_from([1, 2, 3, 4, 6, 12]))
def test_sharing_copies_less_and_multiplies_more(side, stride, channels, t):
    kernel = (side, side, channels, 8)
    alone = correlate_work((5, 12), kernel, stride=stride, neighbours=1)
    shared = correlate_work((5, 12), kernel, stride=stride, neighbours=t)
    wide = side + (t - 1) * stride
    assert shared[0] * t * side == alone[0] * wide
    assert shared[1] * side == alone[1] * wide


@pytest.mark.parametrize(
    ("given", "options", "message"),
    [
        (((2, 4), (3, 3, 1, 1)), {"neighbours": 3}, "neighbours must divide the width 4, got 3"),
        (((2, 0), (3, 3, 1, 1)), {}, r"out_size\[1\] must be at least 1, got 0"),
        (((2, 4), (3, 3, 0, 1)), {}, r"kernel_shape\[2\] must be at least 1, got 0"),
        (((2, 4), (3, 3, 1, 1)), {"stride": 0}, "stride must be at least 1, got 0"),
    ],
)
def test_work_of_no_convolution_is_explained(given, options, message):
    with pytest.raises(ValueError, match=message):
        correlate_work(*given, **options)


@pytest.mark.judge("eq-engine-memory", "hand")
def test_memory_of_a_step_by_hand():
    # 3 numbers in; 2 kept, and twice as many on the way: 9 numbers an example; 8 weights, ten times
    assert Sequential((3,), [Dense(2)]).training_bytes(5) == 4 * (5 * 9 + 10 * 8)


@pytest.mark.judge("eq-engine-memory", "library")
def test_memory_of_a_step_covers_the_arrays_that_numpy_holds(rng, monkeypatch):
    monkeypatch.setattr(engine, "STRIP", 0)  # strips come and go
    network = Sequential((8, 8, 2), [Conv2D(4, padding=1), ReLU(), MaxPool(), Flatten(), Dense(3)])
    network.backward(rng.random((7, 8, 8, 2)), [0, 1, 2, 0, 1, 2, 0])
    kept = {
        id(base): base.nbytes
        for layer in network.layers
        for value in (*vars(layer).values(), *layer.parameters, *layer.gradients)
        for array in (value if isinstance(value, list) else [value])
        if isinstance(array, np.ndarray)
        for base in [array if array.base is None else array.base]
    }
    # what is kept; the slopes on the way, twice the largest layer, and copies of the weights come and go
    assert 0.15 * network.training_bytes(7) < sum(kept.values()) < network.training_bytes(7)


@pytest.mark.judge("eq-engine-memory", "law")
def test_memory_grows_with_each_example_by_the_same():
    network = Sequential((8, 8, 2), [Conv2D(4, padding=1), ReLU(), MaxPool(), Flatten(), Dense(3)])
    sizes = [network.training_bytes(m) for m in range(1, 6)]
    assert len(set(np.diff(sizes))) == 1
    assert sizes[0] - np.diff(sizes)[0] == 40 * network.count() + engine.STRIP


def test_pooling_before_relu_is_the_listed_order_to_the_last_bit(rng):
    layers = [Conv2D(3, padding=1), ReLU(), MaxPool(), Flatten(), Dense(4)]
    network = Sequential((6, 8, 2), layers)
    assert [type(layer) for layer in network._order[:3]] == [Conv2D, MaxPool, ReLU]
    assert [type(layer) for layer in network.layers[:3]] == [Conv2D, ReLU, MaxPool]
    x, labels = rng.standard_normal((5, 6, 8, 2)).astype(np.float32), [0, 1, 2, 3, 0]
    quick = [array.copy() for array in (network.forward(x), *network.backward(x, labels))]
    assert_array_equal(network.outputs(x)[-1], quick[0])
    network._order = network.layers
    for one, other in zip(quick, (network.forward(x), *network.backward(x, labels)), strict=True):
        assert_array_equal(one, other)


def test_parts_for_the_cache_take_the_same_step(rng, monkeypatch):
    x, labels = rng.random((40, 6, 6, 1), np.float32), rng.integers(0, 3, 40)

    def after():
        network = Sequential((6, 6, 1), [Conv2D(4, padding=1), ReLU(), MaxPool(), Flatten(), Dense(3)])
        network.fit(x, labels, epochs=1, batch_size=40)
        return network

    whole = after()
    assert whole._handy() > 40
    monkeypatch.setattr("cvlessons.sequential.CACHE", 1)
    parts = after()
    assert parts._handy() == 16
    for one, other in zip(whole.parameters, parts.parameters, strict=True):
        assert_allclose(one, other, atol=1e-6)
