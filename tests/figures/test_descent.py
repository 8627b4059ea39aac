"""Gradient descent on a curve and on a surface, in Chromium: what only this figure does."""

import numpy as np
import pytest

from cvlessons.descent import gradient_descent

pytestmark = [pytest.mark.site, pytest.mark.browser]
CURVE, SURFACE = "live-fig-descent-walk", "live-fig-descent-roll"
PHONE = {"width": 390, "height": 844}


def says(figure):
    return figure.locator(".says").inner_text()


def stops(figure):
    """Return the rows of the table of stops."""
    return [row.split("\t") for row in figure.locator("tbody tr").all_inner_texts()]


def on_map(figure, x, y):
    """Return where a place of the map (shares of its width and height) is on the screen."""
    figure.locator(".map").evaluate("(svg) => svg.scrollIntoView({ block: 'center' })")
    box = figure.locator(".map").bounding_box()
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def test_the_numbers_are_those_of_the_package(open_figure):
    _, figure = open_figure("descent", {"w1": 6, "rate": 0.1, "momentum": 0.5, "steps": 8})
    path = gradient_descent(lambda w: 2 * w, 6.0, learning_rate=0.1, steps=8, momentum=0.5)
    shown = [float(row[1].replace("−", "-")) for row in stops(figure)]
    assert shown == pytest.approx(path, abs=1e-2)
    last = figure.locator(".arithmetic").inner_text()
    assert f"{path[-1]:.4g}".replace("-", "−") in last


def test_buttons_take_steps_and_play_ends_where_the_walk_arrives(open_figure, state_of):
    page, figure = open_figure("descent", {"rate": 0.4, "steps": 0})
    assert "At the start: w = 8, loss 64, slope dW = 16" in says(figure)
    figure.get_by_role("button", name="Step").click()
    assert "After 1 step: w = 1.6, loss 2.56, down from 64" in says(figure)
    figure.get_by_role("button", name="Back").click()
    assert state_of(figure)["steps"] == 0
    figure.get_by_role("button", name="Play").click()
    page.wait_for_function("(p) => p.textContent.startsWith('Arrived')", arg=says_handle(figure))
    arrived = state_of(figure)["steps"]
    assert f"since step {arrived}." in says(figure)
    page.wait_for_timeout(600)
    assert state_of(figure)["steps"] == arrived


def says_handle(figure):
    return figure.locator(".says").element_handle()


def test_the_start_follows_a_click_a_drag_and_the_arrow_keys(open_figure, state_of):
    page, figure = open_figure("descent")
    page.mouse.click(*on_map(figure, 0.3, 0.5))
    assert -8 < state_of(figure)["w1"] < -3
    ring = figure.get_by_role("slider", name="Start of the walk")
    box = ring.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*on_map(figure, 0.75, 0.4), steps=6)
    page.mouse.up()
    dragged = state_of(figure)["w1"]
    assert 3 < dragged < 7
    ring.focus()
    page.keyboard.press("ArrowLeft")
    assert state_of(figure)["w1"] == pytest.approx(dragged - 0.2)
    assert ring.get_attribute("aria-valuetext") == f"w = {dragged - 0.2:.4g}"


def test_on_a_phone_a_tap_sets_the_start_on_a_surface(open_figure, state_of):
    page, figure = open_figure("descent", key=SURFACE, viewport=PHONE, has_touch=True)
    x, y = on_map(figure, 0.8, 0.2)
    page.touchscreen.tap(x, y)
    assert state_of(figure)["w1"] > 4
    assert state_of(figure)["w2"] > 2
    ring = figure.get_by_role("slider", name="Start of the walk")
    before = state_of(figure)["w2"]
    ring.focus()
    page.keyboard.press("ArrowDown")
    assert state_of(figure)["w2"] == pytest.approx(before - 0.2)


def test_divergence_is_said_with_the_largest_rate_and_nothing_is_nan(open_figure):
    _, figure = open_figure("descent", {"rate": 1.25, "steps": 200})
    assert says(figure).startswith("Diverged. After ")
    told = figure.locator(".figure").inner_text() + figure.locator(".map").text_content()
    assert "The learning rate must stay below 2 / a = 1, with a = 2" in told
    assert "α = 1.25 is above it" in told
    assert "1 − 1.25 · 2 = −1.5" in told
    assert "seen from" in told
    markup = figure.locator(".figure").inner_html()
    assert not any(wrong in markup for wrong in ("NaN", "Infinity", "undefined"))
    assert figure.get_by_role("button", name="Step").is_disabled()
    figure.get_by_role("slider", name="learning rate α").press("Home")
    assert "down from 64" in says(figure)


@pytest.mark.parametrize("shape", ["parabola", "dips", "plain", "bowl", "valley", "saddle", "bend"])
def test_no_landscape_at_any_rate_shows_what_is_no_number(open_figure, shape):
    _, figure = open_figure("descent", key=SURFACE)
    for state in ({"rate": 10, "momentum": 0.99, "steps": 300}, {"w1": 1000, "w2": -1000}, {"rate": 0.001}):
        figure.evaluate("(figure, state) => figure.enter(state)", {"shape": shape, **state})
        markup = figure.locator(".figure").inner_html()
        assert not any(wrong in markup for wrong in ("NaN", "Infinity", "undefined"))
        assert not figure.locator(".wrong").is_visible()


def test_with_momentum_the_valley_is_done_in_fifteen_and_is_compared_without(open_figure):
    _, figure = open_figure("descent", {"rate": 1, "momentum": 0.5, "steps": 15}, key=SURFACE)
    slopes = np.array([0.1, 2.0])
    path = gradient_descent(lambda w: slopes * w, [-9.0, 5.0], learning_rate=1, steps=15, momentum=0.5)
    assert "within 0.001 of the bottom since step 15" in says(figure)
    assert "Without momentum (dashed) the loss is 25." in says(figure)
    cells = [float(value.replace("−", "-")) for value in stops(figure)[9][1].strip("()").split(", ")]
    assert cells == pytest.approx(path[9], abs=1e-3)
    assert "2 (1 + μ) / a = 1.5" in figure.locator(".rule").inner_text()
    figure.get_by_role("button", name="Back").click()
    assert not says(figure).startswith("Arrived")


def test_a_learning_rate_that_is_none_is_explained(open_figure):
    _, figure = open_figure("descent")
    typed = figure.get_by_label("typed")
    typed.fill("0")
    assert "The learning rate must be above 0" in figure.locator(".wrong").inner_text()
    assert "After 3 steps: w = 1" in says(figure)
    typed.fill("0.5")
    assert not figure.locator(".wrong").is_visible()
    assert "Arrived: w = 0" in says(figure)


def test_it_answers_within_a_frame(open_figure):
    """In time of the processor: other work on the machine does not count."""
    page, figure = open_figure("descent", key=SURFACE)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(entry["value"] for entry in metrics if entry["name"] == "TaskDuration")

    before = spent()
    figure.evaluate("""(figure) => {
        for (let k = 0; k < 30; k++) {
            figure.model.set("rate", 0.3 + k / 50);
            figure.getBoundingClientRect();
        }
    }""")
    assert (spent() - before) / 30 < 0.016
