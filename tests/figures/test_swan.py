"""The bars of the swan detector: verdicts, marks and map follow them, and no setting does what none can."""

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests/cases/swan_judge.json").read_text(encoding="utf-8"))


def said(figure):
    return ["no swan" not in card for card in figure.locator(".card").all_inner_texts()]


@pytest.mark.parametrize(
    "case", CASES["judged"][:4], ids=lambda case: f"{case['found']} and {case['alarms']}"
)
def test_a_link_gives_the_verdicts_of_the_package(open_figure, case):
    _, figure = open_figure("swan", case["thresholds"])
    assert said(figure) == [not reasons for reasons in case["reasons"]]
    told = figure.locator(".score").inner_text()
    assert f"{case['right']} of 8 right" in told
    assert f"found: {case['found']} of 5" in told and f"alarms: {case['alarms']} of 3" in told


def test_a_bar_is_dragged_and_the_black_swan_gets_in(open_figure, state_of):
    page, figure = open_figure("swan")
    bar = figure.get_by_role("slider", name="White")
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    x = box["x"] + 14 + 0.35 * (box["width"] - 28)
    page.mouse.move(x, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 14 + 0.05 * (box["width"] - 28), box["y"] + 10, steps=4)
    page.mouse.up()
    assert state_of(figure)["whiteness"] < 0.11
    assert said(figure)[2]
    assert figure.locator(".map .open").count() >= 2  # where we are, and where we have been


def test_keys_move_a_bar_and_the_mark_falls_under_it(open_figure, state_of):
    page, figure = open_figure("swan")
    figure.get_by_role("slider", name="Large beak").focus()
    page.keyboard.press("End")
    assert state_of(figure)["beak_area"] == 0.02
    assert figure.locator(".strip").nth(4).locator(".dot.under").count() == 8
    assert "0 of 5" in figure.locator(".score").inner_text()


def test_the_scene_that_cannot_be_let_in_alone(open_figure):
    _, figure = open_figure("swan", viewport=PHONE, has_touch=True)
    figure.get_by_role("button", name="4 hidden neck").tap()
    words = figure.locator(".says").inner_text()
    assert "long neck (0) and oval head (0)" in words
    assert "5 (from the front) and 8 (boat) are each at least as much of a swan" in words
    figure.get_by_role("button", name="Lower the bars for it").tap()
    assert [k for k, called in enumerate(said(figure)) if called] == [0, 3, 4, 6, 7]


def test_every_setting_is_tried_and_the_best_is_taken(open_figure):
    _, figure = open_figure("swan")
    figure.get_by_role("button", name="Try every setting").click()
    settings = f"{CASES['settings']:,}".replace(",", " ")
    best = max(int(f) + 3 - int(a) for f, a in (key.split(",") for key in CASES["reached"]))
    assert f"All {settings} settings" in figure.locator(".figure").inner_text()
    assert figure.locator(".map .never").count() == 24 - len(CASES["reached"])
    figure.get_by_role("button", name="Take one of the best").click()
    assert f"{best} of 8 right" in figure.locator(".score").inner_text()


def test_a_bar_below_zero_is_explained(open_figure):
    _, figure = open_figure("swan", {"neck_slenderness": -1})
    assert "neck_slenderness must be at least 0, got -1" in figure.locator(".wrong").inner_text()
    assert "2 of 8 right" in figure.locator(".score").inner_text()
