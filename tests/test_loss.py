"""loss.py against sums worked by hand, Keras and SciPy, and finite differences."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.activations import sigmoid, softmax, softmax_jacobian
from cvlessons.loss import (
    binary_cross_entropy,
    binary_cross_entropy_gradient,
    categorical_cross_entropy,
    categorical_cross_entropy_from_logits,
    categorical_cross_entropy_from_logits_gradient,
    categorical_cross_entropy_gradient,
    mean_squared_error,
    mean_squared_error_gradient,
    one_hot,
)

EPS = np.finfo(np.float64).eps
BINARY = [binary_cross_entropy, binary_cross_entropy_gradient]
CATEGORICAL = [categorical_cross_entropy, categorical_cross_entropy_gradient]
LOGITS = [categorical_cross_entropy_from_logits, categorical_cross_entropy_from_logits_gradient]
SQUARED = [mean_squared_error, mean_squared_error_gradient]
shares = st.integers(0, 2**20).map(lambda k: k / 2**20)  # of these, 1 - p is exact
numbers = hnp.arrays(np.float64, (3, 4), elements=st.floats(-5, 5))
logits_and_labels = st.tuples(
    hnp.arrays(np.float64, (3, 4), elements=st.floats(-5, 5)),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
)


def differences(loss, prediction, target, step=1e-6):
    """Return m times the slope of the mean loss at each entry: the slope of that example's own loss."""
    slopes = np.empty(prediction.shape)
    for index in np.ndindex(prediction.shape):
        nudge = np.zeros(prediction.shape)
        nudge[index] = step
        slopes[index] = (loss(prediction + nudge, target) - loss(prediction - nudge, target)) / (2 * step)
    return slopes * prediction.shape[-1]


def tensorflow_slopes(loss, prediction):
    """Return what TensorFlow's own gradient of the summed losses of the examples is, in columns."""
    tf = pytest.importorskip("tensorflow")
    rows = tf.constant(prediction.T)
    with tf.GradientTape() as tape:
        tape.watch(rows)
        total = tf.reduce_sum(loss(rows))
    return tape.gradient(total, rows).numpy().T


# --- mean squared error ------------------------------------------------------------------------------


@pytest.mark.judge("eq-mse", "hand")
@pytest.mark.judge("eq-mse-gradient", "hand")
def test_squared_error_by_hand():
    prediction, target = [[1, 2, 0], [3, 5, 0]], [[0, 2, 0], [1, 2, 0]]
    # squares 1 + 4, 0 + 9, 0: means over the two outputs 2.5, 4.5, 0; mean over the three examples 7/3
    assert_allclose(mean_squared_error(prediction, target), 7 / 3, rtol=1e-15)
    # 2 (p - t) / 2 outputs, and no third
    assert_array_equal(mean_squared_error_gradient(prediction, target), [[1, 0, 0], [2, 3, 0]])
    # a single row: 2 (p - t)
    assert_array_equal(mean_squared_error_gradient([1, 5], [0, 2]), [2, 6])


@pytest.mark.judge("eq-mse", "library")
@pytest.mark.judge("eq-mse-gradient", "library")
def test_squared_error_agrees_with_keras(rng):
    losses = pytest.importorskip("keras").losses
    prediction, target = rng.normal(size=(2, 3, 4))
    per_example = losses.mean_squared_error(target.T, prediction.T).numpy()
    assert_allclose(mean_squared_error(prediction, target), per_example.mean(), rtol=1e-12)
    want = tensorflow_slopes(lambda rows: losses.mean_squared_error(target.T, rows), prediction)
    assert_allclose(mean_squared_error_gradient(prediction, target), want, rtol=1e-12)


@pytest.mark.judge("eq-mse", "law")
@given(numbers, numbers, st.floats(-3, 3))
def test_squared_error_is_symmetric_and_sees_only_differences(prediction, target, shift):
    loss = mean_squared_error(prediction, target)
    assert loss >= 0
    assert mean_squared_error(prediction, prediction) == 0
    assert mean_squared_error(target, prediction) == loss
    assert_allclose(mean_squared_error(prediction + shift, target + shift), loss, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-mse-gradient", "law")
@given(numbers, numbers)
def test_squared_error_gradient_is_the_slope(prediction, target):
    want = differences(mean_squared_error, prediction, target)
    assert_allclose(mean_squared_error_gradient(prediction, target), want, rtol=1e-6, atol=1e-6)


# --- binary cross-entropy ----------------------------------------------------------------------------


@pytest.mark.judge("eq-binary-cross-entropy", "hand")
@pytest.mark.judge("eq-binary-cross-entropy-gradient", "hand")
def test_binary_cross_entropy_by_hand():
    probability, target = [[0.5, 0.25], [0.5, 0.5]], [[1, 0], [0, 1]]
    # the probabilities of what was true: 1/2 and 1/2; 3/4 and 1/2
    want = (3 * math.log(2) + math.log(4 / 3)) / 4
    assert_allclose(binary_cross_entropy(probability, target), want, rtol=1e-15)
    # -1/p for a yes, 1/(1 - p) for a no; half of it, for two outputs
    assert_allclose(binary_cross_entropy_gradient(probability, target), [[-1, 2 / 3], [1, -1]], rtol=1e-15)
    assert_allclose(binary_cross_entropy_gradient([0.5, 0.25], [1, 0]), [-2, 4 / 3], rtol=1e-15)


@pytest.mark.judge("eq-binary-cross-entropy", "library")
@pytest.mark.judge("eq-binary-cross-entropy-gradient", "library")
def test_binary_cross_entropy_agrees_with_keras(rng):
    losses = pytest.importorskip("keras").losses
    probability = rng.uniform(0.01, 0.99, size=(3, 4))
    target = rng.integers(0, 2, size=(3, 4)).astype(float)
    per_example = losses.binary_crossentropy(target.T, probability.T).numpy()
    assert_allclose(binary_cross_entropy(probability, target), per_example.mean(), rtol=1e-12)
    want = tensorflow_slopes(lambda rows: losses.binary_crossentropy(target.T, rows), probability)
    assert_allclose(binary_cross_entropy_gradient(probability, target), want, rtol=1e-12)


@pytest.mark.judge("eq-binary-cross-entropy", "law")
@given(hnp.arrays(np.float64, 5, elements=shares), hnp.arrays(bool, 5))
def test_yes_and_no_may_change_places(probability, target):
    loss = binary_cross_entropy(probability, target)
    assert 0 <= loss <= -math.log(EPS)
    assert_allclose(binary_cross_entropy(1 - probability, ~target), loss, rtol=1e-9, atol=1e-9)
    # a certain answer cannot be beaten by a doubtful one
    assert binary_cross_entropy(target, target) <= loss


def test_two_independent_surprises_add():
    """-ln(pq) = -ln p - ln q: that is why the loss takes the logarithm."""
    both = binary_cross_entropy([0.3 * 0.4], [1])
    assert_allclose(both, binary_cross_entropy([0.3], [1]) + binary_cross_entropy([0.4], [1]), rtol=1e-14)


@pytest.mark.judge("eq-binary-cross-entropy-gradient", "law")
@given(hnp.arrays(np.float64, (2, 3), elements=st.floats(0.01, 0.99)), hnp.arrays(bool, (2, 3)))
def test_binary_gradient_is_the_slope(probability, target):
    want = differences(binary_cross_entropy, probability, target)
    assert_allclose(binary_cross_entropy_gradient(probability, target), want, rtol=1e-5, atol=1e-6)


# --- categorical cross-entropy -----------------------------------------------------------------------


@pytest.mark.judge("eq-cross-entropy", "hand")
@pytest.mark.judge("eq-cross-entropy-gradient", "hand")
def test_categorical_cross_entropy_by_hand():
    probability = [[0.5, 0.25], [0.25, 0.25], [0.25, 0.5]]
    target = [[1, 0], [0, 1], [0, 0]]
    # -ln 1/2 and -ln 1/4: together 3 ln 2, for two examples
    assert_allclose(categorical_cross_entropy(probability, target), 1.5 * math.log(2), rtol=1e-15)
    assert_array_equal(categorical_cross_entropy_gradient(probability, target), [[-2, 0], [0, -4], [0, 0]])


@pytest.mark.judge("eq-cross-entropy", "library")
def test_categorical_cross_entropy_agrees_with_keras_and_scipy(rng):
    stats = pytest.importorskip("scipy.stats")
    losses = pytest.importorskip("keras").losses
    probability = softmax(rng.normal(size=(5, 7)))
    target = one_hot(rng.integers(0, 5, size=7), 5)
    loss = categorical_cross_entropy(probability, target)
    assert_allclose(loss, losses.categorical_crossentropy(target.T, probability.T).numpy().mean(), rtol=1e-12)
    # the distance of Kullback and Leibler, which is the cross-entropy where one class is certain
    assert_allclose(loss, stats.entropy(target, probability).mean(), rtol=1e-12)


@pytest.mark.judge("eq-cross-entropy-gradient", "library")
def test_through_softmax_the_gradient_is_tensorflows(rng):
    """Keras divides by the sum of p first, so its own slope in p is not ours; through softmax it must be."""
    losses = pytest.importorskip("keras").losses
    tf = pytest.importorskip("tensorflow")
    logits = rng.normal(size=(4, 6))
    target = one_hot(rng.integers(0, 4, size=6), 4)
    want = tensorflow_slopes(
        lambda rows: losses.categorical_crossentropy(target.T, tf.nn.softmax(rows)), logits
    )
    slopes = categorical_cross_entropy_gradient(softmax(logits), target)
    chained = [softmax_jacobian(z) @ slope for z, slope in zip(logits.T, slopes.T, strict=True)]
    assert_allclose(np.transpose(chained), want, rtol=1e-12, atol=1e-15)


@pytest.mark.judge("eq-cross-entropy", "law")
@given(logits_and_labels)
def test_no_guess_beats_the_truth_and_order_does_not_matter(case):
    logits, labels = case
    probability, target = softmax(logits), one_hot(labels, 3)
    loss = categorical_cross_entropy(probability, target)
    assert loss >= categorical_cross_entropy(target, target) >= 0
    assert_allclose(categorical_cross_entropy(probability[::-1, ::-1], target[::-1, ::-1]), loss, rtol=1e-12)
    # with two classes it is the binary one
    yes = probability[:1] / probability[:2].sum(axis=0)
    both = np.vstack([yes, 1 - yes])
    answer = one_hot(np.array(labels) > 0, 2)
    assert_allclose(
        categorical_cross_entropy(both, answer), binary_cross_entropy(yes, answer[:1]), rtol=1e-9, atol=1e-12
    )


def test_knowing_nothing_costs_the_logarithm_of_the_number_of_classes():
    for n in (2, 3, 10, 1000):
        labels = np.arange(4) % n
        assert_allclose(categorical_cross_entropy(np.full((n, 4), 1 / n), one_hot(labels, n)), math.log(n))


@pytest.mark.judge("eq-cross-entropy-gradient", "law")
@given(logits_and_labels)
def test_categorical_gradient_is_the_slope(case):
    logits, labels = case
    probability, target = softmax(logits / 5), one_hot(labels, 3)
    want = differences(categorical_cross_entropy, probability, target)
    assert_allclose(categorical_cross_entropy_gradient(probability, target), want, rtol=1e-5, atol=1e-6)


# --- categorical cross-entropy from logits -------------------------------------------------------------


@pytest.mark.judge("eq-cross-entropy-logits", "hand")
@pytest.mark.judge("eq-cross-entropy-logits-gradient", "hand")
def test_from_logits_by_hand():
    logits = [[0, 0], [math.log(2), math.log(3)], [math.log(5), 0]]
    target = [[0, 0], [1, 1], [0, 0]]
    # probabilities (1, 2, 5)/8 and (1, 3, 1)/5: -ln 1/4 and -ln 3/5
    want = (math.log(4) + math.log(5 / 3)) / 2
    assert_allclose(categorical_cross_entropy_from_logits(logits, target), want, rtol=1e-15)
    slopes = categorical_cross_entropy_from_logits_gradient(logits, target)
    assert_allclose(slopes, [[1 / 8, 1 / 5], [-6 / 8, -2 / 5], [5 / 8, 1 / 5]], rtol=1e-14)


@pytest.mark.judge("eq-cross-entropy-logits", "library")
@pytest.mark.judge("eq-cross-entropy-logits-gradient", "library")
def test_from_logits_agrees_with_tensorflow(rng):
    nn = pytest.importorskip("tensorflow").nn
    logits = rng.normal(scale=10, size=(5, 7))
    target = one_hot(rng.integers(0, 5, size=7), 5)
    per_example = nn.softmax_cross_entropy_with_logits(labels=target.T, logits=logits.T).numpy()
    assert_allclose(categorical_cross_entropy_from_logits(logits, target), per_example.mean(), rtol=1e-12)
    want = tensorflow_slopes(
        lambda rows: nn.softmax_cross_entropy_with_logits(labels=target.T, logits=rows), logits
    )
    slopes = categorical_cross_entropy_from_logits_gradient(logits, target)
    assert_allclose(slopes, want, rtol=1e-12, atol=1e-15)


@pytest.mark.judge("eq-cross-entropy-logits", "law")
@given(logits_and_labels, st.floats(-100, 100))
def test_from_logits_is_cross_entropy_of_softmax_and_sees_only_differences(case, shift):
    logits, labels = case
    target = one_hot(labels, 3)
    loss = categorical_cross_entropy_from_logits(logits, target)
    assert_allclose(loss, categorical_cross_entropy(softmax(logits), target), rtol=1e-9, atol=1e-9)
    assert_allclose(categorical_cross_entropy_from_logits(logits + shift, target), loss, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-cross-entropy-logits-gradient", "law")
@given(logits_and_labels)
def test_from_logits_gradient_is_the_slope_and_the_chain_rule(case):
    logits, labels = case
    target = one_hot(labels, 3)
    slopes = categorical_cross_entropy_from_logits_gradient(logits, target)
    want = differences(categorical_cross_entropy_from_logits, logits, target)
    assert_allclose(slopes, want, rtol=1e-6, atol=1e-7)
    assert_allclose(slopes.sum(axis=0), 0, atol=1e-14)
    by_p = categorical_cross_entropy_gradient(softmax(logits), target)
    chained = [softmax_jacobian(z) @ slope for z, slope in zip(logits.T, by_p.T, strict=True)]
    assert_allclose(slopes.T, chained, rtol=1e-9, atol=1e-12)


# --- certain and wrong, and other extremes -------------------------------------------------------------


@pytest.mark.parametrize(("dtype", "clip"), [("float64", EPS), ("float32", float(np.finfo("float32").eps))])
def test_certain_and_wrong_costs_much_and_not_infinity(dtype, clip):
    zero_one = np.array([0, 1], dtype)
    wrong = zero_one[::-1]
    worst = -math.log(clip)
    assert_allclose(binary_cross_entropy(zero_one, wrong), worst, rtol=1e-6)
    assert_allclose(binary_cross_entropy_gradient(zero_one, wrong), [-1 / clip, 1 / clip], rtol=1e-6)
    columns, wrong_columns = zero_one[:, None], wrong[:, None]
    assert_allclose(categorical_cross_entropy(columns, wrong_columns), worst, rtol=1e-6)
    want = [[-1 / clip], [0]]
    assert_allclose(categorical_cross_entropy_gradient(columns, wrong_columns), want, rtol=1e-6)


def test_certain_and_right_costs_next_to_nothing_and_still_pulls():
    assert 0 <= binary_cross_entropy([0, 1], [0, 1]) < 1e-15
    assert_allclose(binary_cross_entropy_gradient([0, 1], [0, 1]), [1, -1], rtol=1e-15)
    assert 0 <= categorical_cross_entropy([[0], [1]], [[0], [1]]) < 1e-15


def test_logits_of_a_thousand_lose_nothing():
    logits = np.array([[1000.0, -1000], [-1000, 1000], [0, 0]])
    target = one_hot([1, 1], 3)
    assert categorical_cross_entropy_from_logits(logits, target) == (2000 + 0) / 2
    slopes = categorical_cross_entropy_from_logits_gradient(logits, target)
    assert_array_equal(slopes, [[1, 0], [-1, 0], [0, 0]])
    # each example has its own largest score
    level = categorical_cross_entropy_from_logits([[1000, -1000], [1000, -1000]], [[1, 0], [0, 1]])
    assert_allclose(level, math.log(2), rtol=1e-15)
    # and the difference counts, not how high up the two scores are
    high = categorical_cross_entropy_from_logits([[1e8 + 1], [1e8]], [[1], [0]])
    assert_allclose(high, math.log1p(math.exp(-1)), rtol=1e-15)


def test_sigmoid_then_binary_gives_the_same_simple_slope(rng):
    z = rng.normal(size=6)
    target = rng.integers(0, 2, size=6)
    p = sigmoid(z)
    assert_allclose(binary_cross_entropy_gradient(p, target) * p * (1 - p), p - target, rtol=1e-12)


@pytest.mark.parametrize("loss", [mean_squared_error, binary_cross_entropy])
def test_the_loss_is_the_mean_over_the_examples_and_each_gradient_is_its_own(loss, rng):
    gradient = dict([SQUARED, BINARY])[loss]
    prediction, target = rng.uniform(size=(3, 4)), rng.integers(0, 2, size=(3, 4))
    parts = [loss(prediction[:, [j]], target[:, [j]]) for j in range(4)]
    assert_allclose(loss(prediction, target), np.mean(parts), rtol=1e-12)
    alone = np.hstack([gradient(prediction[:, [j]], target[:, [j]]) for j in range(4)])
    assert_allclose(gradient(prediction, target), alone, rtol=1e-12)
    # (m,) is (1, m)
    assert loss(prediction[0], target[0]) == loss(prediction[:1], target[:1])
    assert_array_equal(gradient(prediction[0], target[0]), gradient(prediction[:1], target[:1])[0])


@pytest.mark.parametrize(("loss", "gradient"), [SQUARED, BINARY, CATEGORICAL, LOGITS])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_loss_is_a_float_and_the_gradient_has_the_type_of_the_prediction(loss, gradient, dtype):
    prediction = np.array([[0.25, 0.5], [0.75, 0.5]], dtype)
    target = np.array([[1, 0], [0, 1]])
    before = prediction.copy()
    assert type(loss(prediction, target)) is float
    slopes = gradient(prediction, target)
    assert (slopes.shape, slopes.dtype) == ((2, 2), dtype)
    slopes[...] = 9
    assert_array_equal(prediction, before)


# --- one-hot -----------------------------------------------------------------------------------------


def test_one_hot_columns():
    columns = one_hot(np.array([2, 0, 3], dtype=np.uint8), 4)
    assert_array_equal(columns, [[0, 1, 0], [0, 0, 0], [1, 0, 0], [0, 0, 1]])
    assert columns.dtype == np.float64


@given(st.lists(st.integers(0, 9), min_size=1, max_size=20))
def test_one_hot_can_be_undone(labels):
    columns = one_hot(labels, 10)
    assert columns.argmax(axis=0).tolist() == labels
    assert columns.sum(axis=0).tolist() == [1] * len(labels)


def test_one_hot_is_that_of_keras():
    keras = pytest.importorskip("keras")
    assert_array_equal(one_hot([3, 1, 1], 5), keras.utils.to_categorical([3, 1, 1], 5).T)


@pytest.mark.parametrize(
    ("labels", "n_classes", "error", "message"),
    [
        (
            [0, 5],
            3,
            ValueError,
            r"labels must hold whole numbers from 0 to 2, got 5.0 at index \(1,\): check n",
        ),
        ([-1], 3, ValueError, r"labels must hold whole numbers from 0 to 2, got -1.0 at index \(0,\)"),
        ([0.5], 3, ValueError, r"labels must hold whole numbers from 0 to 2, got 0.5"),
        ([[0]], 3, ValueError, r"labels has shape \(m,\), got \(1, 1\): one label for each example"),
        ([], 3, ValueError, "labels is empty"),
        (["cat"], 3, TypeError, "labels must hold real numbers"),
        ([0], 1, ValueError, "n_classes must be at least 2, got 1"),
        ([0], 2.0, TypeError, "n_classes must be a whole number, got 2.0"),
    ],
)
def test_bad_labels_are_explained(labels, n_classes, error, message):
    with pytest.raises(error, match=message):
        one_hot(labels, n_classes)


# --- errors --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("functions", "name"), [(SQUARED, "prediction"), (BINARY, "probability")])
@pytest.mark.parametrize("k", [0, 1])
@pytest.mark.parametrize(
    ("prediction", "target", "error", "message"),
    [
        ([0.5], [1, 0], ValueError, r"target has shape \(1,\), got \(2,\): the same shape as NAME"),
        ([[0.5, 1]], [1, 0], ValueError, r"target has shape \(1, 2\), got \(2,\): the same shape as NAME"),
        (0.5, 1, ValueError, r"NAME has shape \(n_outputs, m\) or \(m,\), got \(\): one example is one"),
        ([[[0.5]]], [[[1]]], ValueError, r"NAME has shape \(n_outputs, m\) or \(m,\), got \(1, 1, 1\)"),
        ([], [], ValueError, "NAME is empty"),
        ([np.nan], [1], ValueError, "NAME must hold finite numbers"),
        ([0.5], [np.inf], ValueError, "target must hold finite numbers"),
        (["a"], [1], TypeError, "NAME must hold real numbers"),
        ([1], ["a"], TypeError, "target must hold real numbers"),
    ],
)
def test_bad_pairs_are_explained(functions, name, k, prediction, target, error, message):
    with pytest.raises(error, match=message.replace("NAME", name)):
        functions[k](prediction, target)


@pytest.mark.parametrize("function", BINARY)
@pytest.mark.parametrize(
    ("probability", "target", "message"),
    [
        (
            [0.5, 1.5],
            [1, 0],
            r"probability must be from 0 to 1, got 1.5 at index \(1,\): put a sigmoid before",
        ),
        ([[-0.5]], [[1]], r"probability must be from 0 to 1, got -0.5 at index \(0, 0\)"),
        ([0.5], [2], r"target must hold only 0 and 1, got 2.0 at index \(0,\): 1 means yes, 0 means no"),
        ([0.5], [0.5], r"target must hold only 0 and 1, got 0.5"),
    ],
)
def test_bad_probabilities_are_explained(function, probability, target, message):
    with pytest.raises(ValueError, match=message):
        function(probability, target)


@pytest.mark.parametrize("function", CATEGORICAL)
@pytest.mark.parametrize(
    ("probability", "message"),
    [
        (
            [[1.5], [-0.5]],
            r"probability must be from 0 to 1, got 1.5 at index \(0, 0\): put a softmax before it",
        ),
        ([[1.0], [-0.5]], r"probability must be from 0 to 1, got -0.5 at index \(1, 0\)"),
        ([[0.9], [0.9]], r"each column of probability must sum to 1, got 1.8 at index \(0,\): put a softmax"),
        ([[0.4], [0.4]], r"each column of probability must sum to 1, got 0.8"),
    ],
)
def test_columns_that_are_no_probabilities_are_explained(function, probability, message):
    with pytest.raises(ValueError, match=message):
        function(probability, [[1], [0]])


def test_a_sum_may_be_off_by_a_thousandth():
    assert categorical_cross_entropy([[0.5009], [0.5]], [[1], [0]]) > 0
    with pytest.raises(ValueError, match=r"must sum to 1, got 1\.002"):
        categorical_cross_entropy([[0.502], [0.5]], [[1], [0]])


@pytest.mark.parametrize(
    ("function", "name"), [*((f, "probability") for f in CATEGORICAL), *((f, "logits") for f in LOGITS)]
)
@pytest.mark.parametrize(
    ("scores", "target", "error", "message"),
    [
        (
            [0.5, 0.5],
            [1, 0],
            ValueError,
            r"NAME has shape \(n_classes, m\), got \(2,\): one example is one col",
        ),
        (
            [[0.5], [0.5]],
            [[1, 0]],
            ValueError,
            r"target has shape \(2, 1\), got \(1, 2\): the same shape as NAME",
        ),
        (
            [[0.5], [0.5]],
            [[1], [1]],
            ValueError,
            r"got \[1.0, 1.0\] in column 0: use one_hot\(labels, n_classes\)",
        ),
        (
            [[0.5], [0.5]],
            [[0], [0]],
            ValueError,
            r"target must be one-hot, a single 1 in each column, got \[0",
        ),
        ([[0.5], [0.5]], [[2], [-1]], ValueError, r"target must be one-hot, .*got \[2.0, -1.0\] in column 0"),
        ([[0.5] * 2] * 2, [[0, 0.5], [1, 0.5]], ValueError, r"got \[0.5, 0.5\] in column 1"),
        ([[np.nan], [0.5]], [[1], [0]], ValueError, "NAME must hold finite numbers"),
        ([["a"], ["b"]], [[1], [0]], TypeError, "NAME must hold real numbers"),
        (np.empty((0, 2)), np.empty((0, 2)), ValueError, "NAME is empty"),
    ],
)
def test_bad_columns_are_explained(function, name, scores, target, error, message):
    with pytest.raises(error, match=message.replace("NAME", name)):
        function(scores, target)


def test_a_target_far_too_large_is_not_one_hot():
    with pytest.raises(ValueError, match="target must be one-hot"):
        categorical_cross_entropy([[0.5], [0.5]], [[1.7e308], [1.7e308]])
