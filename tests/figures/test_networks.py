"""The small network's figure: knobs by mouse, finger and keys; exclusive or by hand; all knobs at once."""

import pytest

from cvlessons.backprop import forward

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
KEY = "live-fig-networks-knobs"
SOLVED = {"W1": [[1, -1], [-1, 1]], "b1": [0, 0], "W2": [[6, 6]], "b2": [-3]}


def says(figure):
    return figure.locator(".says").inner_text()


def dial(figure, name):
    found = figure.get_by_role("slider", name=name, exact=True)
    found.scroll_into_view_if_needed()
    return found


def test_a_knob_is_dragged_up_for_more_and_only_it_turns(open_figure, state_of, middle):
    page, figure = open_figure("networks")
    before = state_of(figure)
    x, y = middle(dial(figure, "weight of x2 of hidden neuron 2"))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - 40, steps=4)
    page.mouse.up()
    state = state_of(figure)
    assert state["W1"] == [[1, 1], [1, 1]]
    assert {name: state[name] for name in ("b1", "W2", "b2")} == {
        name: before[name] for name in ("b1", "W2", "b2")
    }
    assert figure.get_by_text("Your turns: 1.").is_visible()


def test_a_finger_turns_a_knob_and_the_page_stays(open_figure, state_of, middle, drag_finger):
    page, figure = open_figure("networks", viewport=PHONE, has_touch=True)
    x, y = middle(dial(figure, "bias of the output"))
    before = page.evaluate("scrollY")
    drag_finger(page, [(x, y), (x, y - 10), (x, y - 60)])
    assert state_of(figure)["b2"] == [1.5]
    assert page.evaluate("scrollY") == before


def test_exclusive_or_is_solved_by_keys_alone(open_figure, state_of):
    page, figure = open_figure("networks", {**SOLVED, "b2": [-0.2], "W2": [[6, 5.9]]})
    assert "3 of 4" not in says(figure)
    dial(figure, "weight of hidden neuron 2 at the output").focus()
    page.keyboard.press("ArrowUp")
    dial(figure, "bias of the output").focus()
    for _ in range(28):
        page.keyboard.press("ArrowLeft")
    state = state_of(figure)
    assert (state["W2"], state["b2"]) == ([[6, 6]], [-3])
    assert "4 of 4 right, loss 0.049. Solved with 9 knobs" in says(figure)


def test_all_knobs_at_once_solve_it(open_figure, state_of):
    page, figure = open_figure("networks")
    assert "3 of 4 right" in says(figure)
    figure.get_by_role("button", name="Turn all at once").click()
    page.wait_for_function(
        f"document.getElementById('{KEY}').querySelector('.cv-figure-live > div').shadowRoot"
        ".querySelector('.says').textContent.includes('4 of 4 right')"
    )
    state = state_of(figure)
    assert all(number not in (0, 1, -1) for row in state["W1"] for number in row), "each of them has turned"


def test_the_arrows_say_which_way_helps_and_a_step_has_none(open_figure):
    _, figure = open_figure("networks", {"hints": True})
    turn = dial(figure, "weight of x1 of hidden neuron 1")
    assert turn.get_attribute("aria-valuetext") in ("1, more would help", "1, less would help")
    figure.get_by_label("Hidden activation").select_option("step")
    assert turn.get_attribute("aria-valuetext") == "1, no way helps"


def test_a_neuron_more_has_its_knobs_and_changes_nothing_at_first(open_figure):
    _, figure = open_figure("networks", SOLVED)
    before = says(figure)
    figure.get_by_role("button", name="3 hidden neurons").click()
    assert says(figure) == before.replace("9 knobs", "13 knobs")
    assert figure.get_by_role("slider").count() == 13
    figure.get_by_role("button", name="1 hidden neuron").click()
    assert figure.get_by_role("slider").count() == 5


def test_knobs_that_do_not_fit_together_are_explained(open_figure):
    _, figure = open_figure("networks", {"W2": [[1, 2, 3]]})
    assert "W2 must be one row of 2 numbers" in figure.locator(".wrong").inner_text()


def test_the_widget_gives_its_knobs_to_the_package():
    figures = pytest.importorskip("cvlessons.figures")
    cache = forward([[0, 0, 1, 1], [0, 1, 0, 1]], figures.NetworkKnobs(**SOLVED).parameters(), ["relu"] * 2)
    assert cache[-1].Z.tolist() == [[-3, 3, 3, -3]]
