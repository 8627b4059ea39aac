"""classification.py against counts by hand, Keras, SciPy, OpenCV, and the laws of shares and distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.classification import (
    build_model,
    calibration_error,
    nearest_neighbours,
    reliability,
    top_k_accuracy,
    wilson_interval,
)
from cvlessons.datasets import load_cifar10, load_weights

RATED = [[0.5, 0.3, 0.2], [0.1, 0.3, 0.6], [0.4, 0.35, 0.25], [0.0, 0.9, 0.1]]
LABELS = [0, 1, 2, 1]


def random_answers(rng, n=300, classes=7):
    rated = rng.dirichlet(np.full(classes, 0.4), n)
    return rated, rng.integers(0, classes, n)


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-top-k", "hand")
def test_ranks_counted_by_hand():
    # the true class stands first, second, third and first
    assert top_k_accuracy(RATED, LABELS) == 2 / 4
    assert top_k_accuracy(RATED, LABELS, k=2) == 3 / 4
    assert top_k_accuracy(RATED, LABELS, k=3) == 1


@pytest.mark.judge("eq-top-k", "library")
@pytest.mark.parametrize("k", [1, 2, 5])
def test_top_k_agrees_with_keras(rng, k):
    keras = pytest.importorskip("keras")
    rated, labels = random_answers(rng)
    theirs = keras.metrics.sparse_top_k_categorical_accuracy(
        labels.astype(np.int32), rated.astype(np.float32), k=k
    )
    assert_allclose(top_k_accuracy(rated, labels, k=k), np.mean(theirs), rtol=1e-6)


@pytest.mark.judge("eq-top-k", "law")
@given(st.integers(0, 10_000))
def test_top_k_grows_with_k_to_one_and_only_the_order_counts(seed):
    rated, labels = random_answers(np.random.default_rng(seed), n=20)
    shares = [top_k_accuracy(rated, labels, k=k) for k in range(1, 8)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert shares == [top_k_accuracy(np.exp(3 * rated), labels, k=k) for k in range(1, 8)]
    assert shares[0] == (rated.argmax(axis=1) == labels).mean()


def test_a_tie_counts_against_the_classifier():
    assert top_k_accuracy([[0.5, 0.5]], [0]) == 0
    assert top_k_accuracy([[0.5, 0.5]], [0], k=2) == 1


@pytest.mark.judge("eq-wilson", "hand")
def test_wilson_worked_by_hand():
    # confidence with z = 2: middle (0.5 + 4/8) / 2, reach 2 * sqrt(1/16 + 1/16) / 2
    confidence = 0.9544997361036416
    low, high = wilson_interval(2, 4, confidence=confidence)
    assert_allclose([low, high], [0.5 - np.sqrt(1 / 8), 0.5 + np.sqrt(1 / 8)], rtol=1e-9)
    # none right of 4: from 0 to 4 / (4 + 4)
    assert_allclose(wilson_interval(0, 4, confidence=confidence), [0, 0.5], rtol=1e-9)


@pytest.mark.judge("eq-wilson", "library")
@pytest.mark.parametrize(("right", "total"), [(0, 5), (5, 5), (3, 7), (1480, 2000)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilson_agrees_with_scipy(right, total, confidence):
    stats = pytest.importorskip("scipy.stats")
    theirs = stats.binomtest(right, total).proportion_ci(confidence, method="wilson")
    assert_allclose(wilson_interval(right, total, confidence=confidence), theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.judge("eq-wilson", "law")
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_mirrors_and_narrows(counts):
    right, total = counts
    low, high = wilson_interval(right, total)
    assert 0 <= low <= right / total <= high <= 1
    assert_allclose(wilson_interval(total - right, total), [1 - high, 1 - low], atol=1e-12)
    closer = wilson_interval(4 * right, 4 * total)
    assert closer[1] - closer[0] < high - low


@pytest.mark.judge("eq-wilson", "law")
def test_wilson_holds_the_true_share_as_often_as_it_says(rng):
    """The mean over all counts of 50 answers, weighted by how probable they are at a share of 0.7."""
    stats = pytest.importorskip("scipy.stats")
    counts = np.arange(51)
    holds = [low <= 0.7 <= high for low, high in (wilson_interval(int(c), 50) for c in counts)]
    assert stats.binom.pmf(counts, 50, 0.7)[holds].sum() == pytest.approx(0.95, abs=0.02)


@pytest.mark.judge("eq-calibration-error", "hand")
def test_calibration_error_worked_by_hand():
    # sure 0.5 and 0.4 (one right), 0.6 (wrong), 0.9 (right), in bins of 0.25
    counts, confidence, accuracy = reliability(RATED, LABELS, bins=4)
    assert counts.tolist() == [0, 2, 1, 1]
    assert_allclose(confidence, [np.nan, 0.45, 0.6, 0.9])
    assert_allclose(accuracy, [np.nan, 0.5, 0, 1])
    expected = (2 * 0.05 + 1 * 0.6 + 1 * 0.1) / 4
    assert_allclose(calibration_error(RATED, LABELS, bins=4), expected, rtol=1e-12)


@pytest.mark.judge("eq-calibration-error", "library")
@pytest.mark.parametrize("bins", [1, 7, 15])
def test_calibration_error_agrees_with_scipy_bins(rng, bins):
    stats = pytest.importorskip("scipy.stats")
    rated, labels = random_answers(rng)
    sure, right = rated.max(axis=1), rated.argmax(axis=1) == labels
    (confidence, accuracy), *_ = stats.binned_statistic(sure, [sure, right], "mean", bins, (0, 1))
    counts, *_ = stats.binned_statistic(sure, sure, "count", bins, (0, 1))
    for ours, theirs in zip(
        reliability(rated, labels, bins=bins), (counts, confidence, accuracy), strict=True
    ):
        assert_allclose(ours, theirs, rtol=1e-12)
    expected = np.nansum(counts * abs(confidence - accuracy)) / len(labels)
    assert_allclose(calibration_error(rated, labels, bins=bins), expected, rtol=1e-12)


@pytest.mark.judge("eq-calibration-error", "law")
@given(st.integers(0, 10_000), st.integers(1, 20))
def test_calibration_error_keeps_its_bounds(seed, bins):
    rated, labels = random_answers(np.random.default_rng(seed), n=40)
    error = calibration_error(rated, labels, bins=bins)
    sure, right = rated.max(axis=1), rated.argmax(axis=1) == labels
    # no finer sorting makes it smaller than the gap of all, or larger than the mean gap of each
    assert abs(sure.mean() - right.mean()) - 1e-12 <= error <= abs(sure - right).mean() + 1e-12
    order = np.random.default_rng(1).permutation(len(labels))
    assert_allclose(calibration_error(rated[order], labels[order], bins=bins), error)


@pytest.mark.judge("eq-calibration-error", "law")
def test_who_is_sure_and_right_is_calibrated_and_who_is_sure_and_wrong_is_not():
    assert calibration_error([[1, 0], [0, 1]], [0, 1]) == 0
    assert calibration_error([[1, 0], [0, 1]], [1, 0]) == 1


def test_the_ends_of_a_bin_belong_to_the_bin_below():
    counts, *_ = reliability([[0.7, 0.3], [0.71, 0.29], [1.0, 0.0]], [0, 0, 0])
    assert counts.tolist() == [0, 0, 0, 0, 0, 0, 1, 1, 0, 1]
    counts, *_ = reliability(np.array([[0.3, 0.3, 0.2, 0.2]], np.float32), [0])
    assert counts.tolist() == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]


def test_reliability_takes_float32():
    counts, confidence, accuracy = reliability(np.array(RATED, np.float32), LABELS)
    assert counts.sum() == 4
    assert confidence.dtype == accuracy.dtype == np.float64


# ---- neighbours -----------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 4])
def test_neighbours_agree_with_scipy_and_opencv(rng, k):
    spatial, cv2 = pytest.importorskip("scipy.spatial"), pytest.importorskip("cv2")
    examples, queries = (rng.normal(size=(n, 6)).astype(np.float32) for n in (80, 30))
    distances, indices = nearest_neighbours(examples, queries, k=k)
    their_distances, their_indices = spatial.cKDTree(examples).query(queries, k=[*range(1, k + 1)])
    assert_array_equal(indices, their_indices)
    assert_allclose(distances, their_distances, rtol=1e-5)
    knn = cv2.ml.KNearest_create()
    knn.train(examples, cv2.ml.ROW_SAMPLE, np.arange(80, dtype=np.float32))
    assert_array_equal(indices, knn.findNearest(queries, k)[2])


def test_of_equal_distances_the_lower_row_comes_first():
    assert nearest_neighbours([[1.0], [-1.0], [1.0]], [[0.0]], k=3)[1].tolist() == [[0, 1, 2]]


def test_rounding_hides_no_neighbour():
    """Far from zero the squares differ by less than 32 bits can tell; the distances do not."""
    rng = np.random.default_rng(0)
    two_heaps = np.where(np.arange(80) < 40, -1000, 1000)[:, None]
    examples, queries = ((two_heaps + rng.normal(0, 0.01, (80, 3))).astype(np.float32) for _ in range(2))
    exact = np.linalg.norm(queries.astype(float)[:, None] - examples, axis=2).min(axis=1)
    distances, _ = nearest_neighbours(examples, queries)
    assert distances.dtype == np.float32
    assert_allclose(distances[:, 0], exact, rtol=1e-6)


@given(st.integers(0, 10_000))
def test_each_example_is_its_own_neighbour_and_distances_grow(seed):
    examples = np.random.default_rng(seed).normal(size=(12, 3))
    distances, indices = nearest_neighbours(examples, examples, k=12)
    assert_array_equal(indices[:, 0], np.arange(12))
    assert_allclose(distances[:, 0], 0)
    assert (np.diff(distances, axis=1) >= 0).all()
    assert_array_equal(np.sort(indices, axis=1), np.tile(np.arange(12), (12, 1)))


# ---- the network ----------------------------------------------------------------------------------


def test_the_stored_weights_fit_the_network_and_name_pictures():
    pytest.importorskip("keras")
    model = build_model()
    weights = list(load_weights("classifier").values())
    assert [w.shape for w in weights] == [tuple(w.shape) for w in model.weights]
    model.set_weights(weights)
    _, (x_test, y_test) = load_cifar10()
    rated = model.predict(x_test[::10], verbose=0)
    assert_allclose(rated.sum(axis=1), 1, rtol=1e-5)
    assert top_k_accuracy(rated, y_test[::10]) > 0.65


# ---- edges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [top_k_accuracy, reliability, calibration_error])
@pytest.mark.parametrize(
    ("rated", "labels", "error", "message"),
    [
        ([0.5, 0.5], [0, 1], ValueError, r"probabilities has shape \(n, classes\), got \(2,\)"),
        ([[0.5, 0.5]], [0, 1], ValueError, r"labels has shape \(1,\), got \(2,\): one label for each row"),
        ([[0.5, 0.5]], [2], ValueError, "labels must be whole numbers from 0 to 1, got 2"),
        ([[0.5, 0.5]], [-1], ValueError, "labels must be whole numbers from 0 to 1, got -1"),
        ([[0.5, 0.5]], [0.5], ValueError, "labels must be whole numbers from 0 to 1, got 0.5"),
        ([[np.nan, 0.5]], [0], ValueError, "probabilities must hold finite numbers, got nan"),
        ([[]], [0], ValueError, "probabilities is empty"),
        ([["a", "b"]], [0], TypeError, "probabilities must hold real numbers"),
    ],
)
def test_bad_answers_are_explained(function, rated, labels, error, message):
    with pytest.raises(error, match=message):
        function(rated, labels)


@pytest.mark.parametrize("rated", [[[2.0, 1.0]], [[1.5, -0.5]], [[0.5, 0.5], [0.1, 0.1]], [[1e308] * 2]])
def test_scores_that_are_no_probabilities_are_explained(rated):
    with pytest.raises(ValueError, match=r"the sum 1 in each row, got .*: turn scores into prob.*softmax"):
        reliability(rated, [0] * len(rated))


def test_a_bad_k_or_number_of_bins_is_explained():
    with pytest.raises(ValueError, match="k must be at most the number of classes, 3, got 4"):
        top_k_accuracy(RATED, LABELS, k=4)
    with pytest.raises(ValueError, match="k must be at least 1, got 0"):
        top_k_accuracy(RATED, LABELS, k=0)
    with pytest.raises(ValueError, match="bins must be at least 1, got 0"):
        reliability(RATED, LABELS, bins=0)


@pytest.mark.parametrize(
    ("arguments", "confidence", "error", "message"),
    [
        ((1, 0), 0.95, ValueError, "total must be at least 1, got 0"),
        ((-1, 5), 0.95, ValueError, "right must be at least 0, got -1"),
        ((6, 5), 0.95, ValueError, "right must be at most total, 5, got 6"),
        ((0.5, 5), 0.95, TypeError, "right must be a whole number, got 0.5"),
        ((1, 5), 0, ValueError, "confidence must be above 0, got 0"),
        ((1, 5), 1, ValueError, "confidence must be below 1, got 1: try 0.95"),
        ((1, 5), 1 - 2**-53, ValueError, "confidence must be below 1, got 1: try 0.95"),
        ((1, 10**400), 0.95, ValueError, r"total must be at most 10\*\*15, .*, got about 2\*\*1328: count"),
    ],
)
def test_bad_counts_are_explained(arguments, confidence, error, message):
    with pytest.raises(error, match=message):
        wilson_interval(*arguments, confidence=confidence)


@pytest.mark.parametrize(
    ("examples", "queries", "k", "message"),
    [
        ([1, 2], [[1]], 1, r"examples has shape \(n, features\), got \(2,\)"),
        ([[1, 2]], [[1]], 1, r"queries has shape \(m, 2\), got \(1, 1\): as many features as the examples"),
        ([[1, 2]], [[1, 2]], 2, "k must be at most the number of examples, 1, got 2"),
        ([[1, 2]], [[1, 2]], 0, "k must be at least 1, got 0"),
        ([[1, np.inf]], [[1, 2]], 1, "examples must hold finite numbers, got inf"),
        ([[1e200]], [[1]], 1, r"examples must lie between -3e\+153 and 3e\+153, .*, got 1e\+200 in size"),
        (
            np.float32([[1]]),
            np.float32([[1e30]]),
            1,
            r"queries must lie between .* too large for float32, got 1e\+30",
        ),
    ],
)
def test_bad_neighbours_are_explained(examples, queries, k, message):
    with pytest.raises(ValueError, match=message):
        nearest_neighbours(examples, queries, k=k)
