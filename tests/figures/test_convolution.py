"""The convolution stepper: drawn by mouse, finger and keys; a kernel typed in; sums, goals and sizes."""

import numpy as np
import pytest

from cvlessons.convolution import SOBEL_X_KERNEL, convolve2d

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
KEY = "live-fig-convolution-stepper"
STRIPES = [[9, 9, 0, 0] * 2] * 8


def output_of(figure):
    size = figure.locator(".output .cell").count()
    return [float(figure.locator(".output .cell").nth(i).inner_text().replace("−", "-")) for i in range(size)]


def pixel(figure, m, n):
    return figure.locator(f'.picture [data-at="{m} {n}"]')


def test_a_link_shows_its_window_and_its_sum(open_figure):
    state = {"picture": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 2], [3, 4]], "place": [0, 1]}
    _, figure = open_figure("convolution", state)
    assert output_of(figure) == [37, 47, 67, 77]
    sum_ = " ".join(figure.locator(".sum").inner_text().split())
    assert sum_ == "C[0][1] = 2 · 1 + 3 · 2 + 5 · 3 + 6 · 4 = 47"


def test_pointing_at_an_output_and_walking_move_the_window(open_figure, state_of):
    page, figure = open_figure("convolution")
    page.evaluate(
        "addEventListener('pointermove', (e) => (rest = { screenX: e.screenX, screenY: e.screenY }), true)"
    )
    figure.locator('.output [data-at="4 0"]').hover()
    assert state_of(figure)["place"] == [4, 0]
    figure.locator('.output [data-at="4 0"]').focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    assert state_of(figure)["place"] == [3, 1]
    # a page that scrolls under a pointer at rest sends its events again, from the same place
    figure.locator('.output [data-at="5 5"]').evaluate(
        "(cell) => cell.dispatchEvent(new PointerEvent('pointermove', {...rest, bubbles: true}))"
    )
    assert state_of(figure)["place"] == [3, 1]
    page.wait_for_timeout(300)  # the frame glides
    frame, cell = figure.locator(".frame").bounding_box(), pixel(figure, 3, 1).bounding_box()
    assert abs(frame["x"] - cell["x"]) < 2
    assert abs(frame["y"] - cell["y"]) < 2
    assert abs(frame["width"] - 3 * cell["width"]) < 2


def test_a_mouse_draws_and_rubs_out(open_figure, state_of, middle):
    page, figure = open_figure("convolution", {"picture": [[0] * 5] * 5})
    figure.locator(".picture").scroll_into_view_if_needed()
    for n in range(2):
        page.mouse.move(*middle(pixel(figure, 1, 1)))
        page.mouse.down()
        page.mouse.move(*middle(pixel(figure, 1, 3)), steps=8)
        page.mouse.up()
        assert state_of(figure)["picture"][1] == ([0, 9, 9, 9, 0] if n == 0 else [0] * 5)


def test_a_finger_draws_and_the_page_stays(open_figure, state_of, middle, drag_finger):
    page, figure = open_figure("convolution", {"picture": [[0] * 5] * 5}, viewport=PHONE, has_touch=True)
    figure.locator(".picture").scroll_into_view_if_needed()
    (x, y), (_, below) = middle(pixel(figure, 0, 2)), middle(pixel(figure, 3, 2))
    before = page.evaluate("scrollY")
    drag_finger(page, [(x, y + (below - y) * step / 8) for step in range(9)])
    assert [row[2] for row in state_of(figure)["picture"]] == [9, 9, 9, 9, 0]
    assert page.evaluate("scrollY") == before


def test_keys_draw(open_figure, state_of):
    page, figure = open_figure("convolution", {"picture": [[0] * 4] * 4})
    pixel(figure, 0, 0).focus()
    for key in ("5", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    picture = state_of(figure)["picture"]
    assert (picture[0][0], picture[1][1]) == (5, 9)


def test_a_stride_that_does_not_divide_is_explained_and_mended(open_figure):
    _, figure = open_figure("convolution")
    before = output_of(figure)
    figure.get_by_role("slider", name="stride S").fill("2")
    words = (
        "height: a filter of 3 with stride 2 and padding 0 does not end at the edge of an input of 8: "
        "(8 - 3) / 2 + 1 = 3.5. These do: input 7 or 9; stride 1 or 5. "
        "Or pass floor=True, as the frameworks do, to leave out the last 1 of 8 pixels"
    )
    assert words in figure.locator(".wrong").inner_text()
    assert output_of(figure) == before
    figure.get_by_role("button", name="input 9").click()
    assert not figure.locator(".wrong").is_visible()
    assert figure.locator(".output .cell").count() == 16
    figure.get_by_role("button", name="Reset").click()
    figure.get_by_role("slider", name="stride S").fill("2")
    figure.get_by_role("button", name="floor=True").click()
    assert figure.locator(".output .cell").count() == 9
    assert figure.locator(".cell.unseen").count() == 15  # the last row and the last column of 8 × 8


def test_an_empty_weight_is_explained_and_the_old_output_stays(open_figure):
    _, figure = open_figure("convolution")
    before = output_of(figure)
    weight = figure.get_by_label("weight in row 1, column 1")
    weight.fill("")
    assert "row 1, column 1: type one" in figure.locator(".wrong").inner_text()
    assert output_of(figure) == before
    weight.fill("9")
    assert not figure.locator(".wrong").is_visible()
    assert output_of(figure) != before


def test_true_convolution_turns_the_kernel(open_figure):
    dot = [[0, 0, 0, 0, 0]] * 2 + [[0, 0, 1, 0, 0]] + [[0, 0, 0, 0, 0]] * 2
    _, figure = open_figure("convolution", {"picture": dot, "kernel": [[5, 0, 0], [0, 0, 5], [5, 0, 0]]})
    assert output_of(figure) == [0, 0, 5, 5, 0, 0, 0, 0, 5]
    figure.get_by_label("true convolution").check()
    assert output_of(figure) == [5, 0, 0, 0, 0, 5, 5, 0, 0]
    assert figure.get_by_text("turned, it lies so").is_visible()


def test_the_three_goals_can_be_reached(open_figure):
    _, figure = open_figure("convolution", {"picture": STRIPES})
    goals = figure.get_by_role("list", name="Three goals").get_by_role("listitem")
    done = lambda: [" Done: " in text for text in goals.all_inner_texts()]  # noqa: E731
    kernel = figure.get_by_role("combobox", name="kernel", exact=True)
    assert done() == [False, False, False]
    kernel.select_option("SOBEL_Y_KERNEL")
    assert done() == [True, False, False]
    kernel.select_option("SOBEL_X_KERNEL")
    assert done() == [False, False, True]
    kernel.select_option("nothing")
    assert done() == [False, False, False]
    figure.get_by_label("weight in row 0, column 1").fill("1")
    assert done() == [False, True, False]
    assert "it moves by 1 down" in goals.nth(1).inner_text()


def test_it_plays_to_the_end_and_stops(open_figure, state_of):
    page, figure = open_figure(
        "convolution",
        {"picture": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "kernel": [[1, 2], [3, 4]], "place": [1, 1]},
    )
    figure.get_by_role("button", name="Play").click()
    assert state_of(figure)["place"] == [0, 0]
    assert figure.locator(".output .cell").all_inner_texts() == ["37", "", "", ""]  # what comes is not told
    page.wait_for_function(f"JSON.stringify(document.getElementById('{KEY}').model.state.place) === '[1,1]'")
    figure.get_by_role("button", name="Play").wait_for()
    assert figure.locator(".output .cell.todo").count() == 0


def test_the_widget_computes_what_the_figure_shows(open_figure):
    figures = pytest.importorskip("cvlessons.figures")
    picture = np.arange(30).reshape(5, 6) % 7
    widget = figures.ConvStepper(picture=picture.tolist(), kernel=SOBEL_X_KERNEL.tolist(), turned=True)
    np.testing.assert_allclose(widget.output(), convolve2d(picture, SOBEL_X_KERNEL))
    widget.stride, widget.padding, widget.floor, widget.divisor = 2, 1, True, 8
    _, figure = open_figure("convolution", {name: getattr(widget, name) for name in widget.state})
    np.testing.assert_allclose(output_of(figure), widget.output().ravel(), atol=0.006)
