"""The shift experiment: a digit is moved by mouse, finger and keys; the numbers are the stored ones."""

import pytest

from cvlessons.datasets import load_results

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


def shifted(figure):
    state = figure.evaluate("(figure) => figure.model.state")
    return state["right"], state["down"]


def test_the_mouse_drags_it_and_no_further_than_the_maps_go(open_figure):
    page, figure = open_figure("mlp_limits", {"right": 0})
    field = figure.get_by_role("application")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    pixel, middle = box["width"] / 28, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 3 * pixel, middle[1] + 2 * pixel)
    assert shifted(figure) == (-3, 2)
    page.mouse.move(middle[0] - 3 * pixel, middle[1] + 20 * pixel)
    assert shifted(figure) == (-3, 8)
    page.mouse.up()
    page.mouse.move(*middle)
    assert shifted(figure) == (-3, 8)


def test_the_arrow_keys_move_it_and_home_brings_it_back(open_figure):
    page, figure = open_figure("mlp_limits", {"digit": 0, "right": 0})
    figure.get_by_role("application").focus()
    told = figure.locator(".says")
    assert "all three read it" in told.inner_text()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    assert "moved 4 to the right: MLP says 2, which is wrong; CNN says 0; CNN, global says 0" in (
        told.inner_text()
    )
    page.keyboard.press("ArrowUp")
    assert shifted(figure) == (4, -1)
    page.keyboard.press("Home")
    assert shifted(figure) == (0, 0)


def test_a_link_shows_the_share_of_the_stored_results(open_figure):
    _, figure = open_figure("mlp_limits", {"right": -5, "down": 3})
    stored = load_results("shift")["networks"]
    for name, network in zip(("MLP", "CNN", "CNN, global"), stored.values(), strict=True):
        share = network["accuracy"][8 + 3][8 - 5]
        assert figure.get_by_role("img", name=f"{name}: {round(100 * share)} % of 2000", exact=False).count()


def test_a_tap_on_a_map_moves_the_digit_there(open_figure):
    _, figure = open_figure("mlp_limits", viewport=PHONE, has_touch=True)
    map_ = figure.locator(".map canvas").first
    box = map_.bounding_box()
    map_.tap(position={"x": box["width"] * 2.5 / 17, "y": box["height"] * 12.5 / 17})
    assert shifted(figure) == (-6, 4)


def test_the_map_of_one_digit_fills_while_the_reader_goes_on(open_figure):
    page, figure = open_figure("mlp_limits", {"map": "one", "digit": 0, "right": 0})
    figure.get_by_role("application").focus()
    page.keyboard.press("ArrowRight")
    assert shifted(figure) == (1, 0)
    figure.get_by_text("of 289 places").last.wait_for()
    read = [int(words.split()[2]) for words in figure.locator(".network > small").all_inner_texts()]
    assert read[0] < read[1] < read[2] <= 289


def test_a_shift_beyond_the_maps_is_explained(open_figure):
    _, figure = open_figure("mlp_limits", {"right": 12})
    assert "right must be a whole number from -8 to 8, got 12" in figure.locator(".wrong").inner_text()
