"""The activations' figure: the point on the curve by mouse, finger and keys; two layers that collapse."""

import pytest

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
TANGENT, LAYERS = "live-fig-activations-tangent", "live-fig-activations-layers"


def test_the_point_is_dragged_into_saturation(open_figure, state_of, middle):
    page, figure = open_figure("activations", key=TANGENT)
    assert "the slope is 0.105" in figure.locator(".says >> visible=true").inner_text()
    x, y = middle(figure.get_by_role("slider", name="The point z"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 80, y, steps=4)
    page.mouse.up()
    assert state_of(figure)["z"] > 4.6
    assert "below a hundredth: saturated" in figure.locator(".says >> visible=true").inner_text()


def test_a_finger_drags_the_point_and_the_page_stays(open_figure, state_of, middle, drag_finger):
    page, figure = open_figure("activations", key=TANGENT, viewport=PHONE, has_touch=True)
    x, y = middle(figure.get_by_role("slider", name="The point z"))
    before = page.evaluate("scrollY")
    drag_finger(page, [(x, y), (x - 20, y + 30), (x - 75, y + 90)])
    assert -3 < state_of(figure)["z"] < -1
    assert page.evaluate("scrollY") == before


def test_arrow_keys_move_the_point_and_say_the_slope(open_figure, state_of):
    page, figure = open_figure("activations", {"activation": "tanh", "z": 0.1}, key=TANGENT)
    point = figure.get_by_role("slider", name="The point z")
    point.focus()
    page.keyboard.press("ArrowLeft")
    assert state_of(figure)["z"] == 0
    assert point.get_attribute("aria-valuetext") == "z = 0, output 0, slope 1"


@pytest.mark.parametrize(
    ("activation", "words"),
    [("relu", "the output does not move at all"), ("leaky_relu", "the slope is 0.01: if z grows")],
)
def test_left_of_zero_a_relu_is_dead_and_a_leaky_one_is_not(open_figure, activation, words):
    _, figure = open_figure("activations", {"activation": activation, "z": -3}, key=TANGENT)
    assert words in figure.locator(".says >> visible=true").inner_text()


def test_two_linear_layers_are_one_and_a_relu_makes_them_exclusive_or(open_figure, state_of):
    page, figure = open_figure("activations", key=LAYERS)
    says = figure.locator(".says >> visible=true")
    assert "y = −1 x + 2" in figure.locator(".written").inner_text()
    assert "2 of 3 points met, and a line can do no more" in says.inner_text()
    lines = figure.evaluate(
        "(f) => [...f.querySelector('.cv-figure-live > div').shadowRoot"
        ".querySelectorAll('[clip-path=\"url(#plane)\"]')].map((line) => line.getAttribute('d'))"
    )
    assert lines[2] == lines[3], "the two layers lie on the one that they collapse into"
    figure.get_by_label("Activation between the layers").focus()
    page.keyboard.press("R")
    assert state_of(figure)["between"] == "relu"
    assert "3 of 3 points met: 0, 1, 0" in says.inner_text()


def test_a_knob_beyond_its_end_is_explained(open_figure):
    _, figure = open_figure("activations", {"v2": 1000}, key=LAYERS)
    assert "v2 must be a number from −6 to 6" in figure.locator(".wrong").inner_text()


def test_the_widget_collapses_its_layers_by_the_package():
    figures = pytest.importorskip("cvlessons.figures")
    W, b = figures.Activations().collapsed()
    assert (W.tolist(), b.tolist()) == ([[-1]], [2])
