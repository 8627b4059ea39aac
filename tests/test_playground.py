"""playground.py: the page's figure and the package follow the same rules, number for number."""

import base64
import json
from pathlib import Path

import numpy as np
import pytest

from cvlessons.datasets import data_path
from cvlessons.engine import Dense, Tanh
from cvlessons.optimizers import SGD, Adam
from cvlessons.playground import DATA, FEATURES, WeightPenalty, features, points, replay
from cvlessons.sequential import Sequential

# figures/playground/playground.test.js reads the same file.
CASES = json.loads((Path(__file__).parent / "cases/playground.json").read_text(encoding="utf-8"))
RUN = CASES["trainings"][0]["run"]
EXPORTED = data_path(CASES["exported"]["file"])


def weights_of(network):
    return np.concatenate([w.ravel() for w in network.parameters])


# --- points and features -------------------------------------------------------------------------------


def test_the_cases_of_the_stream_are_numpys():
    case = CASES["stream"]
    rng = np.random.RandomState(case["seed"])
    np.testing.assert_allclose(rng.random_sample(3), case["uniform"], atol=1e-14)
    np.testing.assert_allclose(rng.standard_normal(5), case["normal"], atol=1e-11)
    assert rng.permutation(10).tolist() == case["permutation"]


@pytest.mark.parametrize("case", CASES["points"], ids=lambda case: case["data"])
def test_points_are_the_pages(case):
    x, labels = points(case["data"], n=case["n"], noise=case["noise"], seed=case["seed"])
    np.testing.assert_allclose(x, case["x"], atol=1e-8)
    assert labels.tolist() == case["labels"]


def test_there_is_a_case_for_every_data_set_and_every_feature():
    assert [case["data"] for case in CASES["points"]] == list(DATA)
    assert CASES["features"]["names"] == list(FEATURES)


@pytest.mark.parametrize("data", DATA)
def test_points_lie_where_their_name_says(data):
    x, labels = points(data, n=300, seed=1)
    radius, angle = np.hypot(*x.T), np.arctan2(x[:, 1], x[:, 0])
    assert abs(x).max() < 3.3
    assert set(labels) == set(range(DATA[data]))
    if data == "circles":
        assert radius[labels == 0].max() <= 1.4
        assert radius[labels == 1].min() >= 2.1
    if data == "xor":
        np.testing.assert_array_equal(labels, x[:, 0] * x[:, 1] < 0)
        assert abs(x).min() >= 0.2
    if data == "blobs":
        np.testing.assert_array_equal(labels, x.sum(axis=1) > 0)
    if data == "moons":  # half a turn about the middle carries one onto the other: the same range
        upper, lower = x[labels == 0], -x[labels == 1]
        assert upper[:, 1].min() >= -0.5
        assert lower[:, 1].min() >= -0.5
    if data in ("spiral", "arms"):  # unwound, each arm is a straight line that begins at its own angle
        turn, apart = (3.5 * np.pi, np.pi) if data == "spiral" else (4, 2 * np.pi / 3)
        off = angle - turn * (radius - 0.2) / 2.8 - apart * labels
        np.testing.assert_allclose(np.cos(off), 1, atol=1e-9)


def test_noise_is_the_standard_deviation_of_what_is_added():
    clean, _ = points("spiral", n=4000, seed=2)
    noisy, _ = points("spiral", n=4000, noise=0.3, seed=2)
    assert (noisy - clean).std() == pytest.approx(0.3, rel=0.03)


def test_features_are_the_pages_and_those_of_their_names():
    case = CASES["features"]
    np.testing.assert_allclose(features(case["x"], case["names"]), case["features"], atol=1e-8)
    a, b = case["x"][0]
    assert features([[a, b]], list(FEATURES)).tolist() == [
        [a, b, a**2, b**2, a * b, np.sin(a), np.sin(b)],
    ]


# --- the penalty ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-playground-penalty-slope", "hand")
@pytest.mark.parametrize(
    ("price", "after"),
    [({"l1": 0.5}, [0.85, -1.85, 0]), ({"l2": 0.5}, [0.85, -1.8, 0]), ({}, [0.9, -1.9, 0])],
)
def test_a_step_pays_for_its_weights(price, after):
    """Slopes of 1, -1 and 0 with a learning rate of 0.1, and 0.05 times the sign or the weight."""
    W, b = np.array([[1.0, -2.0, 0.0]]), np.array([5.0])
    WeightPenalty(SGD(0.1), **price)([W, b], [np.array([[1.0, -1.0, 0.0]]), np.array([1.0])])
    np.testing.assert_allclose(W, [after], atol=1e-12)
    assert b == pytest.approx([4.9])


@pytest.mark.judge("eq-playground-penalty-slope", "library")
@pytest.mark.parametrize(("l1", "l2"), [(0.03, 0), (0, 0.05), (0.01, 0.02)])
def test_keras_learns_the_same_with_the_same_price(l1, l2):
    import keras

    x, labels = points("moons", n=40, noise=0.2, seed=3)
    ours = Sequential((2,), [Dense(3), Tanh(), Dense(2)], seed=4)
    # Keras charges l2 for the whole square, we for the half of it.
    price = {"kernel_regularizer": keras.regularizers.L1L2(l1, l2 / 2)}
    theirs = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(3, activation="tanh", **price),
            keras.layers.Dense(2, **price),
        ]
    )
    theirs.set_weights([w.T for w in ours.parameters])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    theirs.compile(optimizer=keras.optimizers.SGD(0.1), loss=loss)
    theirs.fit(x, labels, epochs=5, batch_size=40, verbose=0)
    ours.fit(x, labels, epochs=5, batch_size=40, optimizer=WeightPenalty(SGD(0.1), l1=l1, l2=l2))
    for mine, other in zip(ours.parameters, theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other.T, atol=1e-5)


@pytest.mark.judge("eq-playground-penalty-slope", "law")
@pytest.mark.parametrize(("l1", "l2"), [(0.3, 0), (0, 0.5), (0.2, 0.1)])
def test_the_slope_is_the_difference_quotient_of_what_is_paid(l1, l2):
    W, met = np.array([[0.7, -1.2], [2.0, -0.1]]), []
    WeightPenalty(lambda parameters, gradients: met.extend(gradients), l1=l1, l2=l2)([W], [np.zeros((2, 2))])

    def paid(weights):
        return l1 * abs(weights).sum() + l2 / 2 * (weights**2).sum()

    for place in np.ndindex(W.shape):
        step = np.zeros_like(W)
        step[place] = 1e-6
        quotient = (paid(W + step) - paid(W - step)) / 2e-6
        assert met[0][place] == pytest.approx(quotient, abs=1e-6)


def test_l2_shrinks_what_nothing_holds_and_l1_takes_the_same_from_each():
    for price, left in (({"l2": 0.5}, 4 * 0.95**10), ({"l1": 0.5}, 4 - 10 * 0.05)):
        W, step = np.array([[4.0]]), WeightPenalty(SGD(0.1), **price)
        for _ in range(10):
            step([W], [np.zeros((1, 1))])
        assert W[0, 0] == pytest.approx(left)


# --- the training --------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", CASES["trainings"], ids=lambda case: case["name"])
def test_twenty_steps_are_those_of_the_page(case):
    run = case["run"]
    np.testing.assert_allclose(weights_of(replay(run | {"steps": 0})), case["first"], atol=1e-6)
    network = replay(run)
    np.testing.assert_allclose(weights_of(network), case["weights"], atol=1e-5)
    x, labels = points(run["data"], n=run["points"], noise=run["noise"], seed=run["draw"])
    x, learned = features(x, run["features"]), run["points"] - round(run["points"] * run["test"])
    for name, part in (("train", slice(0, learned)), ("test", slice(learned, None))):
        judged = network.evaluate(x[part], labels[part])
        assert judged == pytest.approx(case[name], abs=1e-5), name


def test_the_cases_hold_every_optimiser_penalty_activation_and_dropout():
    runs = [case["run"] for case in CASES["trainings"]]
    assert {run["optimizer"] for run in runs} == {"sgd", "momentum", "rmsprop", "adam"}
    assert {run["penalty"] for run in runs} == {"none", "l1", "l2"}
    used = {name for run in runs for name in run["activations"]}
    assert used == {"linear", "relu", "leaky relu", "tanh", "sigmoid"}
    assert any(run["dropout"] for run in runs)


@pytest.mark.parametrize(("name", "optimizer"), [("sgd", SGD(0.1)), ("adam", Adam(0.1))])
def test_it_is_what_fit_does(name, optimizer):
    """With all points in one batch their order does not matter, and the two can be compared."""
    run = RUN | {"optimizer": name, "batch": 36, "steps": 12}
    network = replay(run | {"steps": 0})
    x, labels = (part[:36] for part in points(run["data"], n=60, noise=run["noise"], seed=run["draw"]))
    network.fit(x, labels, epochs=12, batch_size=36, optimizer=optimizer)
    np.testing.assert_allclose(weights_of(replay(run)), weights_of(network), atol=1e-5)


def test_a_run_may_be_cut_in_two():
    half = replay(RUN | {"steps": 9})
    start = base64.b64encode(weights_of(half).astype("<f4").tobytes()).decode()
    rest = replay(RUN | {"start": start, "before": 9, "steps": 11})
    np.testing.assert_array_equal(weights_of(rest), weights_of(replay(RUN)))


# --- the file that the page has written ----------------------------------------------------------------


def test_the_exported_network_answers_as_it_did_on_the_page():
    network = Sequential.load(EXPORTED)
    assert (
        repr(network) == "Sequential((2,), [Dense(units=8), Tanh(), Dense(units=8), Tanh(), Dense(units=2)])"
    )
    np.testing.assert_allclose(
        network.forward(CASES["exported"]["x"]), CASES["exported"]["scores"], atol=1e-5
    )


def test_what_it_says_of_its_training_gives_it_again():
    with np.load(EXPORTED) as file:
        run = json.loads(str(file["playground"]))
    np.testing.assert_allclose(weights_of(replay(run)), weights_of(Sequential.load(EXPORTED)), atol=1e-3)


# --- what is refused -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: points("rings"), ValueError, "data must be one of 'blobs'"),
        (lambda: points("moons", n=0), ValueError, "n must be at least 1"),
        (lambda: points("moons", noise=-1), ValueError, "noise must be at least 0"),
        (lambda: points("moons", seed=0.5), TypeError, "seed must be a whole number"),
        (lambda: features([1, 2], ["x1"]), ValueError, "a row for each point"),
        (lambda: features([[1, 2]], []), TypeError, "at least one feature, got"),
        (lambda: features([[1, 2]], "x1"), TypeError, "must be a list"),
        (lambda: features([[1, 2]], ["x3"]), ValueError, "a feature must be one of 'x1'"),
        (lambda: WeightPenalty(SGD), TypeError, "must be made first"),
        (lambda: WeightPenalty(SGD(0.1), l1=-1), ValueError, "l1 must be at least 0"),
        (lambda: WeightPenalty(SGD(0.1), l2=-1), ValueError, "l2 must be at least 0"),
        (lambda: replay(RUN | {"optimizer": "newton"}), ValueError, "optimizer must be one of 'sgd'"),
        (lambda: replay(RUN | {"activations": ["relu", "step"]}), ValueError, "an activation must be one of"),
        (lambda: replay(RUN | {"start": "AAAAAA=="}), ValueError, "start holds 1 weights, .* has 23"),
        (lambda: replay({}), KeyError, "data"),
    ],
)
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_fit_says_which_learning_rate_was_too_large():
    network = Sequential((2,), [Dense(2)])
    x, labels = points("circles", n=40)
    with pytest.raises(OverflowError, match="the learning rate 1e\\+30 is too large"):
        network.fit(x, labels, epochs=9, batch_size=40, optimizer=WeightPenalty(SGD(1e30), l2=1))
