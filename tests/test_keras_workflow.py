"""The PyTorch spelling of book/keras_workflow.md gives our numbers, and the chapter shows all of it."""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cvlessons.datasets import load_mnist, load_results
from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
from cvlessons.optimizers import SGD
from cvlessons.sequential import Sequential

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "scripts/keras_workflow_torch.py"
CHAPTER = ROOT / "book/keras_workflow.md"


@pytest.fixture(scope="module")
def spelling():
    """What the script has computed, name by name."""
    pytest.importorskip("torch", reason="the PyTorch spelling is tested where PyTorch is: pip install torch")
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def ours(spelling):
    """Our network after the same steps, its history, and the test digits."""
    (x, labels), (x_new, labels_new) = load_mnist()
    x, x_new = (pictures[:2000, ..., None].astype(np.float32) / 255 for pictures in (x, x_new))
    layers = [Conv2D(8, padding=1), ReLU(), MaxPool(), Conv2D(16, padding=1), ReLU(), MaxPool()]
    network = Sequential((28, 28, 1), [*layers, Flatten(), Dense(10)], seed=0)
    optimizer = SGD(0.05, momentum=0.9)
    history = network.fit(x, labels[:2000], epochs=2, batch_size=64, optimizer=optimizer, seed=0)
    return network, history, (x_new, labels_new[:2000])


def test_pytorch_has_our_losses(spelling, ours):
    _, history, _ = ours
    assert_allclose(spelling["history"], history["loss"], rtol=1e-3)


def test_pytorch_judges_as_we_do(spelling, ours):
    network, _, test = ours
    judged = network.evaluate(*test)
    assert_allclose(spelling["test_loss"], judged["loss"], rtol=1e-3)
    assert_allclose(spelling["test_accuracy"], judged["accuracy"], atol=1e-3)


def test_pytorch_gives_our_probabilities(spelling, ours):
    network, _, (x_new, _) = ours
    assert_allclose(spelling["scores"].numpy(), network.forward(x_new), rtol=1e-2, atol=1e-2)
    assert_allclose(spelling["probabilities"].numpy(), network.probabilities(x_new[:1]), atol=1e-4)
    assert spelling["answer"] == network.predict(x_new[:1])[0]


def test_the_chapter_shows_every_marked_part_of_the_script():
    text = SCRIPT.read_text(encoding="utf-8")
    opened, closed = (re.findall(mark, text, re.M) for mark in (r"^# \[(\w+)$", r"^# (\w+)\]$"))
    shown = re.findall(r":start-after: \"# \[(\w+)\"\n:end-before: \"# (\w+)\]\"", CHAPTER.read_text("utf-8"))
    assert opened == closed
    assert sorted(shown) == sorted((name, name) for name in opened)


# ---- the logs that the figure plays ---------------------------------------------------------------


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(ROOT / "scripts/train_few_digits.py"))


@pytest.mark.parametrize("name", ["few_digits", "small_steps"])
def test_the_script_gives_the_first_epochs_of_its_log_again(script, name):
    log = load_results(name)
    network, history = script["train"](script["RATES"][name], epochs=3)
    assert log["weights"] == network.count()
    for key, values in history.items():
        assert_allclose(values, log["history"][key][:3], rtol=1e-2, err_msg=key)


def test_the_log_of_few_digits_shows_overfitting_and_the_other_a_network_that_is_not_done():
    few, small = (load_results(name)["history"] for name in ("few_digits", "small_steps"))
    best = int(np.argmin(few["val_loss"]))
    assert best < 10
    assert few["loss"][-1] < 0.05 * few["loss"][best]
    assert few["val_loss"][-1] > 1.3 * few["val_loss"][best]
    assert int(np.argmin(small["val_loss"])) == len(small["val_loss"]) - 1


LOGS = ["few_digits", "small_steps", "workshop_ann", "workshop_cnn", "residual_network"]


@pytest.mark.parametrize("name", LOGS)
def test_a_log_and_its_confusions_agree(name):
    log = load_results(name)
    confusion = np.array(log["confusion"])
    assert confusion.sum() == 10000
    assert_allclose(np.trace(confusion) / 10000, log["test_accuracy"])
    assert {len(values) for values in log["history"].values()} == {log["epochs"]}


# ---- the figure's cases (JavaScript reads the same file) ------------------------------------------

STOPPING = json.loads((ROOT / "tests/cases/early_stopping.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", STOPPING, ids=lambda case: case["name"])
def test_the_figure_stops_where_keras_stops(case):
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    watcher = keras.callbacks.EarlyStopping(patience=case["patience"], restore_best_weights=True)
    watcher.set_model(model)
    model.stop_training = False
    watcher.on_train_begin()
    stopped = None
    for epoch, loss in enumerate(case["losses"]):
        watcher.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            stopped = epoch + 1
            break
    assert stopped == case["stopped"]
    assert watcher.best_epoch + 1 == case["best"]
