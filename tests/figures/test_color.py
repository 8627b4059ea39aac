"""The colour picker: bands by mouse, finger and key, through red, and OpenCV's numbers."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
ROOT = Path(__file__).parents[2]
BANDS = json.loads((ROOT / "tests/cases/color_hsv.json").read_text(encoding="utf-8"))["bands"]
STRONG = {"saturation_from": 102, "value_from": 102}


def mask_of(figure):
    """Return the mask that is drawn, as 0 and 255."""
    levels = figure.locator(".chosen canvas").evaluate(
        """(canvas) => {
            const options = { willReadFrequently: true };
            const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", options);
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
            return [...data].filter((_, i) => i % 4 == 0);
        }"""
    )
    return np.array(levels).reshape(118, 137)


@pytest.mark.parametrize("name", ["red, strong, through 0", "blue", "dark"])
def test_a_link_draws_the_mask_of_opencv_and_its_code_makes_it(open_figure, name):
    case = next(case for case in BANDS if case["name"] == name)
    band = {key: value for key, value in case.items() if key not in ("name", "pixels", "pieces")}
    _, figure = open_figure("color", band)
    told = figure.locator(".counts").inner_text()
    assert f"{len(case['pieces'])} pieces" in told and f"In all {case['pixels']} of" in told
    photo = np.fromfile(ROOT / "figures/color/sweets_118x137.bin", np.uint8).reshape(118, 137, 3)
    made = {"cv2": cv2, "photo": photo}
    exec(figure.locator("pre").inner_text(), made)
    np.testing.assert_array_equal(mask_of(figure), made["mask"])


def test_the_paper_is_red_until_saturation_is_asked_for(open_figure, state_of):
    page, figure = open_figure("color")
    assert (mask_of(figure) == 255).mean() > 0.6
    figure.get_by_role("slider", name="S, saturation, from").focus()
    for _ in range(10):
        page.keyboard.press("PageUp")
    assert state_of(figure)["saturation_from"] > 50
    assert (mask_of(figure) == 255).mean() < 0.1


def test_a_handle_is_dragged_round_the_wheel_through_red(open_figure, state_of):
    page, figure = open_figure("color", STRONG)
    figure.locator(".wheel").scroll_into_view_if_needed()
    handle = figure.get_by_role("slider", name="Hue from")
    handle.hover()
    box = figure.locator(".wheel svg").bounding_box()
    page.mouse.down()
    x, y = (box[side] + box[size] / 2 for side, size in (("x", "width"), ("y", "height")))
    for degrees in (-5, -12, -20):  # clockwise from red
        radius = 0.44 * box["width"]
        page.mouse.move(x + radius * np.cos(np.deg2rad(degrees)), y - radius * np.sin(np.deg2rad(degrees)))
    page.mouse.up()
    assert 160 < state_of(figure)["hue_from"] < 178
    assert state_of(figure)["hue_to"] == 5
    assert "through red" in figure.locator(".figure").inner_text()


@pytest.mark.parametrize("end", ["from", "to"])
def test_both_ends_of_a_band_can_be_taken_even_where_they_meet(open_figure, state_of, end):
    page, figure = open_figure("color", {"value_from": 128, "value_to": 128})
    strip = figure.locator("input[aria-label^='V']").first
    strip.scroll_into_view_if_needed()
    box = strip.bounding_box()
    middle = box["x"] + 24 + (box["width"] - 48) * 128 / 255
    side = -12 if end == "from" else 12
    page.mouse.move(middle + side, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(middle + 5 * side, box["y"] + box["height"] / 2)
    page.mouse.up()
    state = state_of(figure)
    assert (state["value_from"] < 110) == (end == "from")
    assert (state["value_to"] > 146) == (end == "to")


def test_keys_turn_the_whole_band(open_figure, state_of):
    page, figure = open_figure("color")
    figure.get_by_role("slider", name="The whole band of hues").focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowRight")
    assert (state_of(figure)["hue_from"], state_of(figure)["hue_to"]) == (171, 176)


def test_a_finger_takes_a_colour_of_the_picture(open_figure, state_of):
    _, figure = open_figure("color", viewport=PHONE, has_touch=True)
    canvas = figure.locator(".place canvas").first
    box = canvas.bounding_box()
    canvas.tap(position={"x": box["width"] * 126 / 137, "y": box["height"] * 27 / 118})  # a blue sweet
    figure.get_by_role("button", name="Take this colour").tap()
    state = state_of(figure)
    assert 90 < state["hue_from"] < state["hue_to"] < 130
    assert "3 pieces" in figure.locator(".counts").inner_text()


def test_a_band_the_wrong_way_round_is_explained(open_figure):
    _, figure = open_figure("color", {"saturation_from": 200, "saturation_to": 100})
    words = figure.locator(".wrong").inner_text()
    assert re.search(r"got 200 and 100: only the hue goes round", words)
    _, figure = open_figure("color", {"hue_to": 240})
    assert (
        "hue_to must be a whole number from 0 to 179, got 240: OpenCV counts"
        in figure.locator(".wrong").inner_text()
    )


def test_an_own_picture_is_masked_too(open_figure, tmp_path):
    _, figure = open_figure("color", STRONG)
    flag = np.zeros((60, 90, 3), np.uint8)
    flag[:, :30], flag[:, 30:] = (250, 10, 20), (30, 40, 240)
    cv2.imwrite(str(tmp_path / "flag.png"), flag[:, :, ::-1])
    figure.locator("input[type=file]").set_input_files(tmp_path / "flag.png")
    figure.get_by_text("stays in this page").wait_for()
    assert "In all 0 of 5400" in figure.locator(".counts").inner_text()  # H 179: below 0
    figure.get_by_role("slider", name="H, hue, from").fill("170")
    assert "In all 1800 of 5400" in figure.locator(".counts").inner_text()
