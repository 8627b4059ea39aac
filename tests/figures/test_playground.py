"""The playground trains as the package does; weights can be turned; the network leaves and comes back."""

import json
from pathlib import Path

import numpy as np
import pytest

from cvlessons.datasets import data_path
from cvlessons.engine import Dense, Tanh
from cvlessons.playground import replay
from cvlessons.sequential import Sequential

pytestmark = [pytest.mark.site, pytest.mark.browser]
KEY = "live-fig-playground-live"
CASES = json.loads((Path(__file__).parents[1] / "cases/playground.json").read_text(encoding="utf-8"))
PHONE = {"width": 390, "height": 844}


def words(figure):
    return figure.locator(".says").inner_text()


def wait_for_steps(figure, text):
    figure.locator(".row .number", has_text=text).wait_for()


def saved(page, figure, button, path):
    with page.expect_download() as download:
        figure.get_by_role("button", name=button).click()
    download.value.save_as(path)
    return path


@pytest.mark.parametrize("case", CASES["trainings"][4:7], ids=lambda case: case["name"])
def test_a_link_brings_the_training_of_the_package(open_figure, case):
    _, figure = open_figure("playground", case["run"])
    wait_for_steps(figure, "step 20")
    train, test = case["train"], case["test"]
    assert words(figure) == (
        f"Training points: loss {train['loss']:.3f}, {train['accuracy']:.0%} right. "
        f"Test points: loss {test['loss']:.3f}, {test['accuracy']:.0%} right."
    ).replace("%", " %")


def test_step_epoch_play_and_start_again(open_figure, state_of):
    page, figure = open_figure("playground", {"steps": 0})
    figure.get_by_role("button", name="Step", exact=True).click()
    assert state_of(figure)["steps"] == 1
    figure.get_by_role("button", name="Epoch").click()
    assert state_of(figure)["steps"] == 15
    figure.get_by_role("button", name="Play").click()
    page.wait_for_function(f"document.getElementById('{KEY}').model.state.steps > 100")
    figure.get_by_role("button", name="Pause").click()
    at = state_of(figure)["steps"]
    wait_for_steps(figure, f"step {at}")
    figure.get_by_role("button", name="Start again").click()
    assert state_of(figure)["steps"] == 0


def test_the_network_leaves_for_python_and_comes_back(open_figure, state_of, tmp_path):
    page, figure = open_figure("playground", CASES["trainings"][5]["run"] | {"units": [12, 3]})
    wait_for_steps(figure, "step 20")
    network = Sequential.load(saved(page, figure, "Save for Python", tmp_path / "here.npz"))
    same = replay(state_of(figure))
    assert repr(network) == repr(same)
    for mine, other in zip(network.parameters, same.parameters, strict=True):
        np.testing.assert_allclose(mine, other, atol=1e-5)
    told = words(figure)
    for path in (tmp_path / "here.npz", saved(page, figure, "Save as JSON", tmp_path / "here.json")):
        figure.get_by_role("button", name="Reset").click()
        assert words(figure) != told
        figure.locator("input[type=file]").set_input_files(path)
        figure.get_by_text(f"{path.name} is open").wait_for()
        assert words(figure) == told
        assert state_of(figure)["units"] == [12, 3]
        assert state_of(figure)["before"] == 20


def test_a_network_trained_in_python_is_opened_and_what_is_none_is_refused(open_figure, state_of, tmp_path):
    _, figure = open_figure("playground")
    network = Sequential((2,), [Dense(5), Tanh(), Dense(2)], seed=3)
    network.save(tmp_path / "python.npz")
    figure.locator("input[type=file]").set_input_files(tmp_path / "python.npz")
    figure.get_by_text("python.npz is open").wait_for()
    start = replay(state_of(figure))
    for mine, other in zip(network.parameters, start.parameters, strict=True):
        np.testing.assert_array_equal(mine, other)
    before = state_of(figure)
    for path, why in ((data_path("weights/vae.npz"), "It is compressed"), (__file__, "neither an npz")):
        figure.locator("input[type=file]").set_input_files(path)
        figure.get_by_text(why).wait_for()
        assert state_of(figure) == before


def test_a_weight_is_turned_by_keyboard_alone(open_figure, state_of):
    page, figure = open_figure("playground")
    figure.get_by_role("button", name="Unit 1 of layer 1").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert figure.get_by_role("group", name="Unit 2 of layer 2").is_visible()
    for _ in range(2):
        page.keyboard.press("Tab")
    knob = figure.get_by_label("the weight from unit 1 of layer 1, to type")
    assert knob.evaluate("(knob) => knob.getRootNode().activeElement === knob")
    value, told = float(knob.input_value()), words(figure)
    page.keyboard.press("ArrowUp")
    assert float(knob.input_value()) > value
    assert words(figure) != told
    assert state_of(figure)["before"] == 450
    W = replay(state_of(figure)).parameters[2]
    assert W[1, 0] == pytest.approx(float(knob.input_value()), abs=0.006)


def test_a_click_on_a_line_opens_its_weight(open_figure):
    page, figure = open_figure("playground")
    boxes = [figure.get_by_label("Feature x2"), figure.get_by_role("button", name="Unit 3 of layer 1")]
    left, right = (box.bounding_box() for box in boxes)
    x = (left["x"] + left["width"] + right["x"]) / 2
    y = (left["y"] + right["y"]) / 2 + left["height"] / 2
    page.mouse.move(x, y)
    assert figure.locator(".tip").inner_text().startswith("From x₂ to unit 3 of layer 1:")
    page.mouse.click(x, y)
    assert figure.get_by_role("group", name="Unit 3 of layer 1 (tanh)").is_visible()
    assert figure.get_by_label("the weight from x₂, to type").evaluate(
        "(e) => e.getRootNode().activeElement === e"
    )


def test_the_rate_may_change_on_the_way_and_the_network_begins_anew_with_another_shape(open_figure, state_of):
    _, figure = open_figure("playground")
    told = words(figure)
    figure.get_by_label("Learning rate").select_option("0.01")
    assert words(figure) == told
    assert (state_of(figure)["before"], state_of(figure)["steps"]) == (450, 0)
    figure.get_by_role("button", name="Layer 2: a unit more").click()
    assert words(figure) != told
    assert (state_of(figure)["before"], state_of(figure)["start"], state_of(figure)["units"]) == (
        0,
        "",
        [4, 3],
    )


def test_a_finger_adds_layers_on_a_phone_up_to_the_last(open_figure, state_of):
    page, figure = open_figure("playground", viewport=PHONE, has_touch=True)
    add = figure.get_by_role("button", name="+ Layer")
    for _ in range(4):
        add.tap()
    assert add.is_disabled()
    assert len(state_of(figure)["units"]) == 6
    small = figure.locator("button.unit").evaluate_all(
        "(all) => all.map((e) => e.getBoundingClientRect().width)"
    )
    assert min(small) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    figure.get_by_label("Activation of layer 6").select_option("relu")
    assert state_of(figure)["activations"] == ["tanh"] * 5 + ["relu"]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"features": []}, "at least one feature"),
        ({"units": [99, 2]}, "a whole number from 1 to 16, and 99 is not"),
        ({"start": "AAAA"}, "must be 28 numbers of 4 bytes"),
    ],
)
def test_a_setting_that_cannot_be_is_explained(open_figure, state, said):
    _, figure = open_figure("playground", state)
    assert said in figure.locator(".wrong").inner_text()
    wait_for_steps(figure, "step 450")


def test_weights_out_of_bounds_are_told_and_mended(open_figure, state_of):
    run = {
        "features": ["x1^2", "x2^2"],
        "units": [],
        "activations": [],
        "rate": 3,
        "penalty": "l2",
        "strength": 1,
    }
    _, figure = open_figure("playground", run | {"steps": 2000})
    figure.get_by_text("have grown out of bounds: the learning rate 3 is too large").wait_for()
    figure.get_by_label("Learning rate").select_option("0.01")
    assert "out of bounds" not in words(figure)
    assert state_of(figure)["start"] == ""


def test_the_widget_of_a_notebook_gives_its_network():
    pytest.importorskip("anywidget")
    from cvlessons.figures import Playground

    widget = Playground(units=[3], activations=["relu"], steps=30)
    assert repr(widget.network()) == "Sequential((2,), [Dense(units=3), ReLU(), Dense(units=2)])"
    widget.steps = 0
    assert not np.array_equal(widget.network().parameters[0], Playground(seed=2).network().parameters[0][:3])
