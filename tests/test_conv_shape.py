"""conv_shape.py against sizes worked by hand, Keras and TensorFlow, and positions that are counted."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cvlessons.conv_shape import (
    Conv,
    Dense,
    Flatten,
    NearestSizes,
    Pool,
    ReLU,
    Row,
    cnn_table,
    conv_output_shape,
    conv_output_size,
    n_multiplications,
    n_weights,
    nearest_sizes,
    output_shape,
    pool_output_shape,
    pool_output_size,
    same_padding,
)

# JavaScript reads the same file, so that the figures and the package cannot disagree.
CASES = json.loads((Path(__file__).parent / "cases/conv_output_size.json").read_text(encoding="utf-8"))
DIVIDING = [case for case in CASES if case["output"] is not None]
UNEVEN = [case for case in CASES if case["output"] is None and case["nearest"] is not None]
TOO_LARGE = [case for case in CASES if case["output"] is None and case["nearest"] is None]

CNN = [Conv(8, 3, padding=1), ReLU(), Pool(2), Conv(16, 3), ReLU(), Pool(2), Flatten(), Dense(10)]

sizes = st.integers(1, 40)
strides = st.integers(1, 9)
paddings = st.integers(0, 9)


def sizes_of(case):
    return (case["input"], case["filter"]), {"stride": case["stride"], "padding": case["padding"]}


def name_of(case):
    return case["name"]


def places(W1, F, S, P):
    """Count the places one by one: the first pixels at which a filter may lie."""
    return sum(1 for first in range(-P, W1 + P, S) if first + F <= W1 + P)


# ---- one axis -------------------------------------------------------------------------------------


@pytest.mark.judge("eq-conv-size", "hand")
@pytest.mark.parametrize("case", DIVIDING, ids=name_of)
def test_sizes_worked_by_hand(case):
    arguments, options = sizes_of(case)
    assert conv_output_size(*arguments, **options) == case["output"]
    assert conv_output_size(*arguments, **options, floor=True) == case["output"]


@pytest.mark.parametrize("case", UNEVEN, ids=name_of)
def test_a_size_that_does_not_divide_is_explained(case):
    arguments, options = sizes_of(case)
    nearest = {name: tuple(values) for name, values in case["nearest"].items()}
    assert nearest_sizes(*arguments, **options) == NearestSizes(**nearest)
    assert conv_output_size(*arguments, **options, floor=True) == case["floor"]
    with pytest.raises(ValueError, match="does not end at the edge") as error:
        conv_output_size(*arguments, **options)
    for name, values in (("input", "inputs"), ("padding", "paddings"), ("stride", "strides")):
        offered = re.search(rf"{name} ([\d or]+)[;.]", str(error.value))
        got = [int(size) for size in offered.group(1).split(" or ")] if offered else []
        assert got == case["nearest"][values]


@pytest.mark.parametrize("case", TOO_LARGE, ids=name_of)
def test_a_filter_that_fits_nowhere_is_explained(case):
    arguments, options = sizes_of(case)
    for function in (conv_output_size, nearest_sizes):
        with pytest.raises(ValueError, match="does not fit into an input") as error:
            function(*arguments, **options)
    offered = re.search(r"at most (\d+), or a padding of at least (\d+)", str(error.value))
    filter_size, padding = map(int, offered.groups())
    assert conv_output_size(arguments[0], filter_size, **options) == 1
    assert conv_output_size(*arguments, padding=padding) >= 1
    with pytest.raises(ValueError, match="does not fit"):
        conv_output_size(*arguments, padding=padding - 1)


def test_the_whole_message():
    with pytest.raises(ValueError) as error:
        conv_output_size(28, 5, stride=3, padding=1)
    assert str(error.value) == (
        "a filter of 5 with stride 3 and padding 1 does not end at the edge of an input of 28: "
        "(28 - 5 + 2*1) / 3 + 1 = 9.33333. These do: input 27 or 30; padding 2; stride 1 or 5. "
        "Or pass floor=True, as the frameworks do, to leave out the last 1 of 30 pixels"
    )


@pytest.mark.judge("eq-conv-size", "law")
@given(sizes, sizes, strides, paddings)
def test_the_formula_counts_the_places(W1, F, S, P):
    assume(W1 + 2 * P >= F)
    assert conv_output_size(W1, F, stride=S, padding=P, floor=True) == places(W1, F, S, P)


@given(sizes, sizes, strides, paddings)
def test_the_nearest_sizes_divide_and_none_is_nearer(W1, F, S, P):
    assume(W1 + 2 * P >= F)
    nearest = nearest_sizes(W1, F, stride=S, padding=P)

    def divides(size=W1, stride=S, padding=P):
        room = size - F + 2 * padding
        return room >= 0 and room % stride == 0

    if divides():
        assert nearest == NearestSizes((W1,), nearest.paddings, (S,))
        assert P >= F or nearest.paddings == (P,)
        return
    far = range(1, 200)
    for wanted, got, allowed in (
        (W1, nearest.inputs, [n for n in far if divides(size=n)]),
        (P, nearest.paddings, [n for n in range(F) if divides(padding=n)]),
        (S, nearest.strides, [n for n in far if n <= W1 - F + 2 * P and divides(stride=n)]),
    ):
        below, above = [n for n in allowed if n < wanted], [n for n in allowed if n > wanted]
        assert got == tuple(below[-1:] + above[:1])


@pytest.mark.judge("eq-conv-size", "library")
@pytest.mark.judge("eq-pool-size", "library")
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_shapes_are_those_of_keras(size, stride):
    keras = pytest.importorskip("keras")
    shape = (17, 12, 3)
    conv = keras.layers.Conv2D(4, size, strides=stride)
    pool = keras.layers.MaxPooling2D(size, strides=stride)
    options = {"stride": stride, "floor": True}
    assert (None, *conv_output_shape(shape, 4, size, **options)) == conv.compute_output_shape((None, *shape))
    assert (None, *pool_output_shape(shape, size, **options)) == pool.compute_output_shape((None, *shape))


@pytest.mark.judge("eq-conv-size", "library")
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_padded_shapes_are_those_of_tensorflow(padding):
    tf = pytest.importorskip("tensorflow")
    around = [[0, 0], [padding] * 2, [padding] * 2, [0, 0]]
    maps = tf.nn.conv2d(np.zeros((1, 9, 14, 2), np.float32), np.zeros((4, 3, 2, 5), np.float32), 2, around)
    assert conv_output_shape((9, 14, 2), 5, (4, 3), stride=2, padding=padding, floor=True) == maps.shape[1:]


@pytest.mark.judge("eq-pool-size", "hand")
def test_pooling_sizes_worked_by_hand():
    assert pool_output_size(4, 2) == 2  # the slide's example: (4 - 2) / 2 + 1
    assert pool_output_size(28, 2) == 14
    assert pool_output_size(55, 3, stride=2) == 27  # AlexNet: (55 - 3) / 2 + 1
    assert pool_output_size(5, 2, floor=True) == 2
    assert pool_output_shape((4, 6, 3)) == (2, 3, 3)
    assert pool_output_shape((5, 5, 1), 3, stride=1) == (3, 3, 1)


@pytest.mark.judge("eq-pool-size", "law")
@given(st.integers(1, 20), st.integers(1, 6))
def test_windows_side_by_side_cover_every_pixel_once(count, size):
    assert pool_output_size(count * size, size) == count
    assert pool_output_size(count * size + size - 1, size, floor=True) == count
    assert pool_output_size(count + size - 1, size, stride=1) == places(count + size - 1, size, 1, 0) == count


def test_pooling_that_does_not_divide_is_explained_without_padding():
    with pytest.raises(ValueError) as error:
        pool_output_size(13, 2)
    assert str(error.value) == (
        "a window of 2 with stride 2 does not end at the edge of an input of 13: (13 - 2) / 2 + 1 = 6.5. "
        "These do: input 12 or 14; stride 1 or 11. "
        "Or pass floor=True, as the frameworks do, to leave out the last 1 of 13 pixels"
    )
    with pytest.raises(ValueError, match=r"into an input of 2: use a window of at most 2$"):
        pool_output_size(2, 3)


@pytest.mark.judge("eq-same-padding", "hand")
def test_half_paddings_worked_by_hand():
    assert [same_padding(F) for F in (1, 3, 5, 7, 11)] == [0, 1, 2, 3, 5]


@pytest.mark.judge("eq-same-padding", "library")
@pytest.mark.parametrize("size", [1, 3, 5, 7])
def test_same_padding_is_that_of_keras(rng, size):
    keras = pytest.importorskip("keras")
    image, kernel = rng.normal(size=(1, 9, 8, 1)), rng.normal(size=(size, size, 1, 1))
    same = keras.ops.conv(image, kernel, padding="same")
    P = same_padding(size)
    padded = np.pad(image, [(0, 0), (P, P), (P, P), (0, 0)])
    np.testing.assert_allclose(keras.ops.conv(padded, kernel, padding="valid"), same, rtol=1e-12, atol=1e-12)


@pytest.mark.judge("eq-same-padding", "law")
@given(sizes, st.integers(0, 20))
def test_same_padding_keeps_every_size(W1, half):
    F = 2 * half + 1
    assert conv_output_size(W1, F, padding=same_padding(F)) == W1


def test_an_even_filter_cannot_keep_the_size():
    with pytest.raises(ValueError, match=r"must be odd .* got 4: \(F - 1\) / 2 = 1.5; use 3 or 5"):
        same_padding(4)


# ---- whole layers ---------------------------------------------------------------------------------


def test_shapes_worked_by_hand():
    assert conv_output_shape((28, 28, 1), 8, 3) == (26, 26, 8)
    assert conv_output_shape((10, 7, 3), 2, (4, 3), stride=2) == (4, 3, 2)
    assert conv_output_shape([10, 7, 3], 2, [4, 3], stride=2) == (4, 3, 2)
    assert output_shape(Conv(4, 3, stride=2, padding=1, floor=True), (6, 8, 1)) == (3, 4, 4)
    assert output_shape(Pool(3, stride=2, floor=True), (6, 8, 5)) == (2, 3, 5)
    assert output_shape(Pool(), (6, 8, 5)) == (3, 4, 5)
    assert output_shape(ReLU(), (2, 3, 4)) == (2, 3, 4)
    assert output_shape(ReLU(), (7,)) == (7,)
    assert output_shape(Flatten(), (2, 3, 4)) == (24,)
    assert output_shape(Dense(10), (24,)) == (10,)


@pytest.mark.judge("eq-conv-weights", "hand")
@pytest.mark.judge("eq-dense-weights", "hand")
def test_weights_worked_by_hand():
    assert n_weights(Conv(6, 5), (32, 32, 1)) == 5 * 5 * 1 * 6 + 6 == 156  # LeNet-5's C1, by its paper
    assert n_weights(Conv(64, 3), (112, 112, 64)) == 36928  # VGG's second layer
    assert n_weights(Dense(10), (84,)) == 850
    # slide 44: one neuron on a 224 x 224 picture in colour has some 150 000 weights
    assert n_weights(Dense(1), (224 * 224 * 3,)) == 150_529
    assert [n_weights(layer, (6, 6, 2)) for layer in (Pool(), ReLU(), Flatten())] == [0, 0, 0]


@pytest.mark.judge("eq-conv-weights", "library")
@pytest.mark.judge("eq-dense-weights", "library")
def test_a_table_is_the_summary_of_keras():
    keras = pytest.importorskip("keras")
    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, 3, padding="same"),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3),
            layers.ReLU(),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )
    table = cnn_table((28, 28, 1), CNN)
    assert [row.weights for row in table.rows[1:]] == [layer.count_params() for layer in model.layers]
    shapes = [layer.output.shape[1:] for layer in model.layers]
    assert [row.output_shape for row in table.rows[1:]] == shapes
    assert table.weights == model.count_params()


@pytest.mark.judge("eq-conv-weights", "law")
@given(sizes, st.integers(1, 7), st.integers(1, 5), st.integers(1, 5), st.integers(0, 30))
def test_weights_are_the_numbers_in_the_kernels_whatever_the_picture(more, F, D1, K, other):
    kernels, bias = np.zeros((F, F, D1, K)), np.zeros(K)
    for size in (F + more, F + more + other):
        assert n_weights(Conv(K, F), (size, size, D1)) == kernels.size + bias.size


@pytest.mark.judge("eq-dense-weights", "law")
@given(sizes, sizes)
def test_a_dense_layer_is_a_convolution_by_filters_of_the_size_of_the_picture(side, K):
    as_conv, picture = Conv(K, side), (side, side, 3)
    assert n_weights(Dense(K), output_shape(Flatten(), picture)) == n_weights(as_conv, picture)


@pytest.mark.judge("eq-dense-multiplications", "law")
@given(sizes, sizes)
def test_it_multiplies_as_often_too(side, K):
    as_conv, picture = Conv(K, side), (side, side, 3)
    dense = n_multiplications(Dense(K), output_shape(Flatten(), picture))
    assert dense == n_multiplications(as_conv, picture) == np.zeros((K, side * side * 3)).size


@pytest.mark.judge("eq-conv-multiplications", "hand")
@pytest.mark.judge("eq-dense-multiplications", "hand")
def test_multiplications_worked_by_hand():
    # 26 x 26 places, 8 filters, 9 weights each
    assert n_multiplications(Conv(8, 3), (28, 28, 1)) == 26 * 26 * 8 * 9 == 48_672
    # stride 2 on 7 x 9: 3 x 4 places; 2 filters of 3 x 3 x 5
    assert n_multiplications(Conv(2, 3, stride=2), (7, 9, 5)) == 3 * 4 * 2 * 45
    assert n_multiplications(Dense(10), (84,)) == 840
    assert [n_multiplications(layer, (6, 6, 2)) for layer in (Pool(), ReLU(), Flatten())] == [0, 0, 0]


@pytest.mark.judge("eq-conv-multiplications", "library")
@pytest.mark.judge("eq-dense-multiplications", "library")
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (1, 1), (2, 0)])
def test_multiplications_are_half_of_the_operations_that_tensorflow_counts(stride, padding):
    tf = pytest.importorskip("tensorflow")
    from tensorflow.python.framework import ops  # where its profiler gets its counts

    layer = Conv(8, 4, stride=stride, padding=padding)
    around = [[0, 0], [padding] * 2, [padding] * 2, [0, 0]]
    graph = tf.Graph()
    with graph.as_default():
        maps = tf.nn.conv2d(tf.zeros((1, 12, 16, 3)), tf.zeros((4, 4, 3, 8)), stride, around)
        vector = tf.reshape(maps, (1, -1))
        tf.matmul(vector, tf.zeros((vector.shape[1], 10)))
    operations = {
        node.type: ops.get_stats_for_node_def(graph, node.node_def, "flops").value
        for node in graph.get_operations()
        if node.type in ("Conv2D", "MatMul")
    }
    volume = output_shape(layer, (12, 16, 3))
    # it counts each multiplication and the addition that follows it
    assert operations["Conv2D"] == 2 * n_multiplications(layer, (12, 16, 3))
    assert operations["MatMul"] == 2 * n_multiplications(Dense(10), output_shape(Flatten(), volume))


@pytest.mark.judge("eq-conv-multiplications", "law")
@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3), st.integers(1, 3), st.integers(0, 2))
def test_multiplications_are_counted_one_by_one(height, width, F, S, P):
    rows, columns = places(height + F, F, S, P), places(width + F, F, S, P)
    count = sum(1 for _ in np.ndindex(rows, columns, 4, F, F, 2))
    layer = Conv(4, F, stride=S, padding=P, floor=True)
    assert n_multiplications(layer, (height + F, width + F, 2)) == count


# ---- a whole network ------------------------------------------------------------------------------

TABLE = """\
layer               output     weights  multiplications
INPUT          28 x 28 x 1           0                0
CONV           28 x 28 x 8          80           56,448
RELU           28 x 28 x 8           0                0
POOL           14 x 14 x 8           0                0
CONV          12 x 12 x 16       1,168          165,888
RELU          12 x 12 x 16           0                0
POOL            6 x 6 x 16           0                0
FLATTEN                576           0                0
FC                      10       5,770            5,760
total                            7,018          228,096"""


def test_the_table_of_a_cnn():
    table = cnn_table((28, 28, 1), CNN)
    assert table.rows[0] == Row("INPUT", (28, 28, 1), 0, 0)
    assert table.rows[4] == Row("CONV", (12, 12, 16), 1168, 165_888)
    assert (table.weights, table.multiplications) == (7018, 228_096)
    assert repr(table) == str(table) == TABLE


def test_the_table_in_a_notebook_says_the_same_and_names_its_rows():
    class Cells(HTMLParser):
        rows, scopes = [], []

        def handle_starttag(self, tag, attributes):
            if tag == "tr":
                self.rows.append([])
                self.scopes.append([])
            if tag in ("th", "td"):
                self.rows[-1].append("")
                self.scopes[-1].append(dict(attributes).get("scope"))

        def handle_data(self, data):
            if data.strip():
                self.rows[-1][-1] += data

    parser = Cells()
    parser.feed(cnn_table((28, 28, 1), CNN)._repr_html_())
    as_text = [re.split(r" {2,}", line) for line in TABLE.splitlines()]
    assert [[cell for cell in row if cell] for row in parser.rows] == as_text
    assert parser.scopes == [["col"] * 4] + [["row", None, None, None]] * (len(as_text) - 1)


# ---- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv_output_size(0, 1), ValueError, "input_size must be at least 1, got 0"),
        (lambda: conv_output_size(5, 0), ValueError, "filter_size must be at least 1, got 0"),
        (lambda: conv_output_size(5, 1, stride=0), ValueError, "stride must be at least 1, got 0"),
        (lambda: conv_output_size(5, 1, padding=-1), ValueError, "padding must be at least 0, got -1"),
        (lambda: conv_output_size(5.0, 1), TypeError, "input_size must be a whole number, got 5.0"),
        (
            lambda: conv_output_size(5, 3, padding="same"),
            TypeError,
            "padding must be a whole number, got 'same'",
        ),
        (lambda: pool_output_size(5, 0), ValueError, "pool_size must be at least 1, got 0"),
        (lambda: same_padding(0), ValueError, "filter_size must be at least 1, got 0"),
        (lambda: same_padding(3.0), TypeError, "filter_size must be a whole number"),
        (
            lambda: conv_output_shape((5, 5), 1, 3),
            ValueError,
            r"a shape is \(height, width, channels\) or \(n,\), got \(5, 5\)",
        ),
        (lambda: conv_output_shape((5,), 1, 3), ValueError, r"got \(5,\): put it before Flatten"),
        (
            lambda: conv_output_shape((5, 5, 0), 1, 3),
            ValueError,
            "a size in the shape must be at least 1, got 0",
        ),
        (lambda: conv_output_shape((5, 5, 1), 0, 3), ValueError, "n_filters must be at least 1, got 0"),
        (
            lambda: conv_output_shape((5, 5, 1), 1, (3,)),
            ValueError,
            r"one number or a pair \(height, width\), got \(3,\)",
        ),
        (lambda: conv_output_shape((2, 5, 1), 1, 3), ValueError, "^height: a filter of 3 does not fit"),
        (lambda: conv_output_shape((5, 2, 1), 1, 3), ValueError, "^width: a filter of 3 does not fit"),
        (
            lambda: pool_output_shape((5, 4, 1)),
            ValueError,
            "^height: a window of 2 with stride 2 does not end",
        ),
        (
            lambda: pool_output_shape((4, 5, 1)),
            ValueError,
            "^width: a window of 2 with stride 2 does not end",
        ),
        (lambda: pool_output_shape(7), ValueError, "a shape is .*, got 7: without the batch"),
        (
            lambda: output_shape("conv", (5, 5, 1)),
            TypeError,
            "a layer is a Conv, Pool, .*, got 'conv': try Conv",
        ),
        (lambda: n_weights("conv", (5, 5, 1)), TypeError, "a layer is a Conv"),
        (lambda: n_multiplications(Dense, (5,)), TypeError, "a layer is a Conv"),
        (
            lambda: output_shape(Dense(2), (5, 5, 1)),
            ValueError,
            r"Dense takes a vector of shape \(n,\), got \(5, 5, 1\): put Flatten",
        ),
        (lambda: output_shape(Dense(0), (5,)), ValueError, "n_outputs must be at least 1, got 0"),
        (lambda: n_weights(Conv(0, 3), (5, 5, 1)), ValueError, "n_filters must be at least 1, got 0"),
        (lambda: cnn_table((5, 5, 1), []), ValueError, "layers is empty: give at least one layer"),
        (
            lambda: cnn_table((28, 28, 1), [Conv(8, 3), Pool(4)]),
            ValueError,
            r"^layer 2: height: a window of 4 .* input 24 or 28",
        ),
        (lambda: cnn_table((5, 5, 1), [ReLU(), 3]), TypeError, "^layer 2: a layer is a Conv"),
    ],
)
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_a_filter_too_large_is_told_with_the_padding_it_had():
    with pytest.raises(ValueError, match="with padding 1 on each side"):
        conv_output_size(3, 7, padding=1)


def test_a_pool_that_does_not_divide_is_not_told_to_pad():
    """A padding of 1 would do for a convolution; a pooling layer has none."""
    with pytest.raises(ValueError) as error:
        pool_output_size(6, 2, stride=3)
    assert "padding" not in str(error.value)


def test_no_line_of_a_table_ends_in_blanks():
    lines = repr(cnn_table((8, 8, 1), [Conv(8, 3)])).splitlines()
    assert lines == [line.rstrip() for line in lines]


def test_defaults_are_stride_1_no_padding_and_no_silent_floor():
    assert conv_output_size(7, 3) == 5
    assert nearest_sizes(7, 3) == nearest_sizes(7, 3, stride=1, padding=0) != nearest_sizes(7, 3, stride=2)
    with pytest.raises(ValueError, match="height"):
        conv_output_shape((28, 28, 1), 8, 3, stride=2)


def test_sizes_of_8_bits_do_not_wrap_around():
    small = np.uint8
    assert (
        n_weights(Conv(small(8), small(16)), (28, 28, small(1)))
        == n_weights(Conv(8, 16), (28, 28, 1))
        == 2056
    )
    assert n_weights(Dense(small(10)), (small(200),)) == 2010
    assert n_multiplications(Conv(8, small(16)), (28, 28, small(3))) == 13 * 13 * 8 * 16 * 16 * 3
    assert n_multiplications(Dense(small(10)), (small(200),)) == 2000


# ---- the cases of the figure: JavaScript reads the same file ---------------------------------------

NETWORKS = json.loads((Path(__file__).parent / "cases/cnn_table.json").read_text(encoding="utf-8"))
MAKE = {
    "CONV": lambda layer, floor: Conv(layer["K"], layer["F"], layer["S"], layer["P"], floor),
    "POOL": lambda layer, floor: Pool(layer["F"], layer["S"], floor),
    "RELU": lambda layer, floor: ReLU(),
    "FLATTEN": lambda layer, floor: Flatten(),
    "FC": lambda layer, floor: Dense(layer["n"]),
}


def table_of(case):
    return cnn_table(case["input"], [MAKE[layer["layer"]](layer, case["floor"]) for layer in case["layers"]])


def most_pixels_seen(size, layers, places):
    """Follow each number of the last layer back to the pixels that it depends on, one by one."""
    seen = [{pixel} for pixel in range(size)]
    for layer, count in zip(layers, places, strict=True):
        if layer["layer"] == "FC":
            seen = [set().union(*seen)]
        elif layer["layer"] in ("CONV", "POOL"):
            firsts = [place * layer["S"] - layer.get("P", 0) for place in range(count)]
            windows = [range(max(0, first), min(len(seen), first + layer["F"])) for first in firsts]
            seen = [set().union(*(seen[i] for i in window)) for window in windows]
    return max(max(pixels) - min(pixels) + 1 for pixels in seen)


@pytest.mark.parametrize("case", [case for case in NETWORKS if "rows" in case], ids=name_of)
def test_the_networks_of_the_figure(case):
    rows = table_of(case).rows
    assert [(row.name, list(row.output_shape), row.weights, row.multiplications) for row in rows] == [
        (row["name"], row["shape"], row["weights"], row["multiplications"]) for row in case["rows"]
    ]
    for number, row in enumerate(case["rows"]):
        for axis, pixels in enumerate(row["window"]):
            places = [
                r.output_shape[axis] if len(r.output_shape) == 3 else None for r in rows[1 : number + 1]
            ]
            assert pixels == most_pixels_seen(case["input"][axis], case["layers"][:number], places)


@pytest.mark.parametrize("case", [case for case in NETWORKS if "error" in case], ids=name_of)
def test_the_words_of_the_figure_where_a_size_does_not_come_out(case):
    with pytest.raises(ValueError) as error:
        table_of(case)
    assert str(error.value) == case["error"]
