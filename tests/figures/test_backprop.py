"""Backpropagation step by step, in Chromium: what only this figure does."""

import math

import pytest

from cvlessons.backprop import backward, forward, update
from cvlessons.loss import mean_squared_error, mean_squared_error_gradient

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
ID = "live-fig-backprop-steps"
STEPS = 24


def found(figure):
    """Return the numbers that the step shown has found, as they are written."""
    return figure.locator(".line .made").all_inner_texts()


def test_the_keyboard_alone_walks_through_all_steps(open_figure, state_of):
    page, figure = open_figure("backprop")
    slider = figure.get_by_role("slider", name="Step")
    slider.focus()
    page.keyboard.press("Home")
    titles = set()
    for step in range(1, STEPS + 1):
        page.keyboard.press("ArrowRight")
        assert state_of(figure)["step"] == step
        titles.add(figure.locator(".title").inner_text())
        assert slider.get_attribute("aria-valuetext").startswith(f"{step} of {STEPS}: ")
    assert len(titles) == STEPS
    assert figure.get_by_role("button", name="Next").is_disabled()


def test_each_step_is_said_to_a_screen_reader(open_figure):
    page, figure = open_figure("backprop", {"step": 10})
    figure.get_by_role("button", name="Next").press("Enter")
    spoken = figure.locator(".spoken")
    page.wait_for_function("(e) => e.textContent.length > 0", arg=spoken.element_handle())
    assert "minus 10) times 1 + (minus 12) times 0) = minus 5." in spoken.inner_text()


def test_a_number_that_is_typed_gives_the_slopes_of_the_package(open_figure):
    _, figure = open_figure("backprop", {"step": 11})
    assert found(figure) == ["−5"]
    field = figure.get_by_label("Weight from hidden neuron 1 to the output")
    field.fill("2.5")
    X, target = [[2, 1], [1, 3]], [[1, -1]]
    parameters, names = [([[1, -1], [2, 1]], [0, -1]), ([[2.5, -2]], [1])], ["relu", "linear"]
    cache = forward(X, parameters, names)
    (_, (dW, _)) = backward(mean_squared_error_gradient(cache[-1].A, target), cache, parameters, names)
    assert found(figure) == [f"{dW[0, 0]:g}".replace("-", "−")]
    assert found(figure) != ["−5"]
    figure.get_by_label("Bias of hidden neuron 1").fill("-2")
    assert found(figure) == ["0"]


def test_steps_downhill_follow_the_package_and_can_be_taken_back(open_figure):
    _, figure = open_figure("backprop", {"step": 8})
    X, target, names = [[2, 1], [1, 3]], [[1, -1]], ["relu", "linear"]
    parameters = [([[1, -1], [2, 1]], [0, -1]), ([[3, -2]], [1])]
    for _ in range(3):
        cache = forward(X, parameters, names)
        dA = mean_squared_error_gradient(cache[-1].A, target)
        parameters = update(parameters, backward(dA, cache, parameters, names), learning_rate=0.01)
        figure.get_by_role("button", name="Take the step").click()
    J = mean_squared_error(forward(X, parameters, names)[-1].A, target)
    assert found(figure) == [f"{J:.4g}"]
    weight = figure.get_by_label("Weight from input 2 to hidden neuron 1").input_value()
    assert math.isclose(float(weight), parameters[0][0][0, 1], rel_tol=1e-3)
    assert "it began at 30.5" in figure.locator(".says").inner_text()
    for _ in range(3):
        figure.get_by_role("button", name="Take it back").click()
    assert found(figure) == ["30.5"]


def test_a_typed_number_starts_from_what_was_learnt(open_figure, state_of):
    _, figure = open_figure("backprop", {"updates": 5})
    learnt = figure.get_by_label("Bias of the output").input_value()
    figure.get_by_label("Input x1 of example 1").fill("3")
    assert state_of(figure)["updates"] == 0
    assert math.isclose(state_of(figure)["b2"][0], float(learnt), rel_tol=1e-3)
    assert state_of(figure)["X"][0][0] == 3


def test_a_rate_that_is_too_large_is_said_in_words_and_nothing_freezes(open_figure):
    _, figure = open_figure("backprop", {"rate": 1, "hidden": "linear", "updates": 40})
    says = figure.locator(".says").inner_text()
    assert "The next step would lead beyond" in says
    assert "α = 1 is too large" in says
    markup = figure.locator(".figure").inner_html()
    assert not any(wrong in markup for wrong in ("NaN", "Infinity", "undefined"))
    assert figure.get_by_role("button", name="Take the step").is_disabled()
    figure.get_by_role("slider", name="learning rate α").press("Home")
    assert "The next step lowers it" in figure.locator(".says").inner_text()


def test_an_empty_field_is_explained_and_the_last_network_stays(open_figure):
    _, figure = open_figure("backprop", {"step": 11})
    field = figure.get_by_label("Weight from hidden neuron 1 to the output")
    field.fill("")
    wrong = figure.locator(".wrong")
    assert "weight from hidden neuron 1 to the output is not a number yet" in wrong.inner_text()
    assert found(figure) == ["−5"]
    field.fill("5000")
    assert "must lie between −1000 and 1000, not at 5000" in wrong.inner_text()
    field.fill("3")
    assert not wrong.is_visible()


def test_on_a_phone_a_tap_leads_to_the_step_of_a_number_and_the_arithmetic_stays_in_view(
    open_figure, state_of
):
    _, figure = open_figure("backprop", {"step": 23}, viewport=PHONE, has_touch=True)
    figure.locator("[data-step='16']").tap()
    assert state_of(figure)["step"] == 16
    figure.locator(".graph-lines").evaluate("(svg) => svg.scrollIntoView({ block: 'start' })")
    box = figure.get_by_role("button", name="Next").bounding_box()
    assert 0 < box["y"] < 844 - 40


def test_play_goes_on_by_itself_and_stops_at_the_end(open_figure):
    page, figure = open_figure("backprop", {"step": STEPS - 1})
    figure.get_by_role("button", name="Play").click()
    page.wait_for_function(f"document.getElementById('{ID}').model.state.step === {STEPS}")
    assert figure.get_by_role("button", name="Play").is_visible()
