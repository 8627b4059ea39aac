"""The neuron's figure: its line is taken by mouse, finger and keys, and the numbers follow."""

import pytest

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


def test_the_line_is_moved_by_its_middle_and_solves_or(open_figure, state_of, middle):
    page, figure = open_figure("neuron")
    assert "2 of 4 right" in figure.locator(".says").inner_text()
    x, y = middle(figure.get_by_role("slider", name="Move the line"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 70, y + 70, steps=5)
    page.mouse.up()
    state = state_of(figure)
    assert (state["w1"], state["w2"]) == (1, 1)
    assert -1 < state["b"] < 0
    assert "4 of 4 right" in figure.locator(".says").inner_text()


def test_the_line_is_turned_by_its_end_and_keeps_the_length_of_its_weights(open_figure, state_of, middle):
    page, figure = open_figure("neuron")
    x, y = middle(figure.get_by_role("slider", name="Turn the line by its first end"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y + 120, steps=5)
    page.mouse.up()
    state = state_of(figure)
    assert state["w1"] < 0.5
    assert state["w1"] ** 2 + state["w2"] ** 2 == pytest.approx(2, abs=0.05)


def test_a_finger_moves_the_line(open_figure, state_of, middle, drag_finger):
    page, figure = open_figure("neuron", viewport=PHONE, has_touch=True)
    x, y = middle(figure.get_by_role("slider", name="Move the line"))
    before = page.evaluate("scrollY")
    drag_finger(page, [(x, y), (x - 10, y + 10), (x - 80, y + 80)])
    assert -1 < state_of(figure)["b"] < 0
    assert page.evaluate("scrollY") == before, "the page stays under the finger"


def test_arrow_keys_move_turn_and_ask(open_figure, state_of):
    page, figure = open_figure("neuron")
    figure.get_by_role("slider", name="Move the line").focus()
    page.keyboard.press("ArrowUp")
    assert state_of(figure)["b"] == -1.55
    figure.get_by_role("slider", name="Turn the line by its second end").focus()
    before = state_of(figure)
    page.keyboard.press("ArrowRight")
    assert state_of(figure)["w1"] != before["w1"]
    figure.get_by_role("slider", name="The asked inputs").focus()
    page.keyboard.press("ArrowRight")
    assert state_of(figure)["x1"] == 0.1


def test_a_link_shows_its_sum_written_out(open_figure):
    _, figure = open_figure(
        "neuron", {"w1": 0.5, "w2": -2, "b": 1, "x1": 1, "x2": 1, "activation": "sigmoid"}
    )
    words = figure.locator(".sum").inner_text()
    assert "z = 0.5 · 1 + (−2) · 1 + 1 = −0.5" in words
    assert "sigmoid(−0.5) = 0.38: no" in words


def test_exclusive_or_is_said_to_be_out_of_reach(open_figure):
    _, figure = open_figure("neuron", {"question": "xor", "b": -0.5})
    assert "3 of 4 right, and no line can do better" in figure.locator(".says").inner_text()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"b": -6}, "The line lies outside of the picture: turn the bias"),
        ({"w1": 0, "w2": 0}, "With w₁ and w₂ at zero there is no line"),
    ],
)
def test_a_line_that_cannot_be_seen_is_explained(open_figure, state, words):
    _, figure = open_figure("neuron", state)
    assert words in figure.locator(".says").inner_text()
    assert figure.get_by_role("slider", name="Move the line").count() == 0


def test_an_answer_is_turned_in_the_table_and_makes_a_question_of_ones_own(open_figure, state_of):
    _, figure = open_figure("neuron", {"question": "and"})
    figure.get_by_role("button", name="At 0, 0 it should say no: change").click()
    state = state_of(figure)
    assert (state["question"], state["own"]) == ("own", "10000010")
    assert "3 of 4 right" in figure.locator(".says").inner_text()


def test_the_second_plane_has_the_third_weight_in_hand(open_figure, state_of):
    page, figure = open_figure("neuron", {"inputs": 3})
    figure.get_by_role("slider", name="Move the line").nth(1).focus()
    page.keyboard.press("ArrowUp")
    state = state_of(figure)
    assert (state["w3"], state["b"]) == (0.95, -1.5)


def test_a_weight_beyond_its_knob_is_explained(open_figure):
    _, figure = open_figure("neuron", {"w1": 99})
    assert "w1 must be a number from −4 to 4" in figure.locator(".wrong").inner_text()


def test_the_widget_asks_the_package_for_its_sum():
    figures = pytest.importorskip("cvlessons.figures")
    assert figures.NeuronKnobs(x1=1, x2=1).weighted_sum() == 0.5
    assert figures.NeuronKnobs(inputs=3, w3=2, x3=1).weighted_sum() == 1.5
