"""Draw a digit, in Chromium: by mouse, finger and keyboard, in both forms, as the package has it."""

import numpy as np
import pytest

from cvlessons.digits import centre, digit_network, to_input
from cvlessons.drawing import draw_strokes

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
ID = "live-fig-digits-pad"


def answers(figure):
    """Return what is read: from the pad made small, and in MNIST's form."""
    return figure.locator(".said").all_inner_texts()


def picture(figure, which):
    """Return the 28 x 28 pixels that stand on the page."""
    levels = (
        figure.locator(".small")
        .nth(which)
        .evaluate(
            "(c) => [...c.getContext('2d').getImageData(0, 0, 28, 28).data].filter((_, k) => k % 4 === 0)"
        )
    )
    return np.array(levels, np.uint8).reshape(28, 28)


def test_what_is_on_the_page_is_what_the_package_makes_of_the_strokes(open_figure, state_of):
    _, figure = open_figure("digits")
    strokes, pen = state_of(figure)["strokes"], state_of(figure)["pen"]
    expected = centre(draw_strokes([np.reshape(stroke, (-1, 2)) for stroke in strokes], width=pen))
    given = picture(figure, 1)
    assert np.mean(np.abs(given.astype(int) - expected)) < 2  # our pen is not quite OpenCV's
    chances = digit_network().probabilities(to_input([picture(figure, 0), given]))
    assert answers(figure) == [str(answer) for answer in chances.argmax(axis=1)] == ["7", "4"]


def test_a_one_drawn_with_the_mouse(open_figure, state_of):
    page, figure = open_figure("digits")
    figure.get_by_role("button", name="Clear").click()
    assert answers(figure) == ["–", "–"]
    assert "draw something" in figure.locator(".says").inner_text()
    box = figure.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 190, box["y"] + 220, steps=12)
    page.mouse.up()
    assert len(state_of(figure)["strokes"]) == 1
    assert answers(figure)[1] == "1"
    page.mouse.move(box["x"] + 20, box["y"] + 20)  # no button is down: nothing is drawn
    assert len(state_of(figure)["strokes"]) == 1


def test_a_zero_drawn_with_a_finger_on_a_phone_while_the_page_stays(open_figure, drag_finger):
    page, figure = open_figure("digits", {"strokes": []}, viewport=PHONE, has_touch=True)
    pad = figure.locator(".pad")
    pad.scroll_into_view_if_needed()
    box, before = pad.bounding_box(), page.evaluate("scrollY")
    angles = np.linspace(0, 2 * np.pi, 25)
    xs = box["x"] + box["width"] * (0.5 + 0.2 * np.cos(angles))
    ys = box["y"] + box["height"] * (0.5 + 0.3 * np.sin(angles))
    drag_finger(page, zip(xs, ys, strict=True))
    page.wait_for_function(f"document.getElementById('{ID}').model.state.strokes[0].length > 30")
    assert answers(figure)[1] == "0"
    assert page.evaluate("scrollY") == before


def test_a_seven_drawn_by_the_keyboard_and_taken_back(open_figure, state_of):
    page, figure = open_figure("digits", {"strokes": []})
    figure.locator(".pad").focus()
    page.keyboard.press("Space")
    for key, times in (("ArrowRight", 8), ("ArrowDown", 14)):
        for _ in range(times):
            page.keyboard.press(key)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowLeft")  # the pen is up: it moves, and leaves nothing
    assert [len(stroke) for stroke in state_of(figure)["strokes"]] == [2 * 23]
    assert answers(figure)[1] == "7"
    page.keyboard.press("Backspace")
    assert state_of(figure)["strokes"] == []


def test_the_hand_moves_the_drawing_and_only_the_small_pad_changes_its_mind(open_figure, state_of):
    page, figure = open_figure("digits")
    figure.get_by_role("button", name="Hand").click()
    figure.locator(".pad").focus()
    seen = set()
    for _ in range(14):
        page.keyboard.press("ArrowRight")
        small, in_form = answers(figure)
        assert in_form == "4"
        seen.add(small)
    assert len(seen) >= 2
    for _ in range(40):  # it stays on the pad
        page.keyboard.press("ArrowDown")
    ys = [y for stroke in state_of(figure)["strokes"] for y in stroke[1::2]]
    assert 250 < (min(ys) + max(ys)) / 2 <= 280


def test_a_hundred_drawings_by_rule_and_a_misread_one_comes_onto_the_pad(open_figure):
    page, figure = open_figure("digits")
    figure.get_by_role("button", name="Read 100 drawings").click()
    page.wait_for_function(
        "(f) => [...f.querySelector('.cv-figure-live > div').shadowRoot.querySelectorAll('.line')]"
        ".every((line) => line.textContent.includes(' of 100: '))",
        arg=figure.element_handle(), timeout=20000,
    )  # fmt: skip
    small, in_form = (int(text.split()[0]) for text in figure.locator(".line .number").all_inner_texts())
    assert small < 70
    assert in_form >= 95
    thumbs = figure.locator(".thumb")
    assert thumbs.count() == 100 - in_form
    drawn, _, said = thumbs.first.inner_text().split()
    thumbs.first.click()
    assert answers(figure)[1] == said != drawn


def test_strokes_that_a_link_garbles_are_refused_in_words(open_figure):
    _, figure = open_figure("digits", {"strokes": [[1, 2, 3]]})
    assert "x and y in turn" in figure.locator(".wrong").inner_text()
    assert answers(figure) == ["7", "4"]
