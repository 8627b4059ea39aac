"""The figure of the pixels: walk, point, take numbers away, bring a picture of one's own."""

import cv2
import numpy as np
import pytest

from cvlessons.datasets import load_table
from cvlessons.pixels import box_average, image_bytes, quantise

pytestmark = [pytest.mark.site, pytest.mark.browser]
KEY = "live-fig-pixels-grid"
PHONE = {"width": 390, "height": 844}


def written(figure):
    """Return the numbers of the grid, as a table or as a picture."""
    rows = figure.locator("[role=row]").all()[1:]
    cells = [row.locator("[role=gridcell]").all_text_contents() for row in rows]
    return np.array([[[int(n) for n in cell.split("\n")] for cell in row] for row in cells]).squeeze()


def test_the_grid_is_the_slides_table(open_figure):
    _, figure = open_figure("pixels")
    assert written(figure).tolist() == load_table().tolist()
    assert "table[7, 3] is 84" in figure.locator(".figure").inner_text()


@pytest.mark.parametrize(("step", "bits"), [(2, 8), (4, 3), (1, 1)])
def test_a_link_shows_the_numbers_that_the_package_leaves(open_figure, step, bits):
    _, figure = open_figure("pixels", {"step": step, "bits": bits, "row": 8, "column": 4})
    levels = np.floor(box_average(load_table(), step) + 0.5)
    assert written(figure).tolist() == (levels.astype(int) >> (8 - bits)).tolist()
    height, width = levels.shape
    assert f"= {image_bytes(height, width, 1, bits=bits)} bytes" in figure.locator(".figure").inner_text()
    drawn = figure.locator("canvas.pixels").evaluate(
        "(c) => [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data]"
        ".filter((_, i) => i % 4 == 0)"
    )
    assert np.abs(np.reshape(drawn, levels.shape) - quantise(levels, bits)).max() <= 0.5


def test_arrow_keys_walk_and_the_window_goes_along(open_figure, state_of):
    page, figure = open_figure("pixels", {"picture": "cat", "row": 30, "column": 40})
    figure.locator("[role=gridcell][tabindex='0']").focus()
    for _ in range(12):
        page.keyboard.press("ArrowDown")
    assert state_of(figure)["row"] == 42
    assert figure.locator("[role=gridcell]:focus").get_attribute("aria-selected") == "true"
    assert "cat[42, 40]" in figure.locator(".figure").inner_text()


def test_pointing_shows_a_number_and_only_a_click_keeps_it(open_figure, state_of):
    page, figure = open_figure("pixels")
    box = figure.locator("canvas.pixels").bounding_box()
    cell = box["width"] / 12
    page.mouse.move(box["x"] + 9.5 * cell, box["y"] + 1.5 * cell)
    assert "table[1, 9] is 210" in figure.locator(".figure").inner_text()
    assert state_of(figure)["row"] == 7
    page.mouse.down()
    page.mouse.up()
    page.mouse.move(0, 0)
    assert "table[1, 9] is 210" in figure.locator(".figure").inner_text()


def test_a_finger_chooses_a_pixel(open_figure):
    _, figure = open_figure("pixels", viewport=PHONE, has_touch=True)
    box = figure.locator("canvas.pixels").bounding_box()
    figure.locator("canvas.pixels").tap(
        position={"x": box["width"] * 0.5 / 12, "y": box["height"] * 15.5 / 16}
    )
    assert "table[15, 0] is 195" in figure.locator(".figure").inner_text()


def test_a_step_that_does_not_divide_is_explained(open_figure):
    _, figure = open_figure("pixels")
    figure.get_by_role("button", name="8 × 8").click()
    assert "got 8 for 16 × 12: cut it to 16 × 8" in figure.locator(".wrong").inner_text()
    assert written(figure).shape == (16, 12)
    figure.get_by_role("button", name="4 × 4").click()
    assert not figure.locator(".wrong").is_visible()
    assert written(figure).shape == (4, 3)


def test_an_own_picture_comes_in_and_stays(open_figure, state_of, tmp_path):
    """Nothing is asked of the network, which the fixture watches, and a link holds none of the picture."""
    page, figure = open_figure("pixels")
    flag = np.zeros((48, 64, 3), np.uint8)
    flag[:, :32], flag[:, 32:] = (250, 10, 20), (30, 40, 240)
    path = tmp_path / "flag.png"
    cv2.imwrite(str(path), flag[:, :, ::-1])
    figure.locator("input[type=file]").set_input_files(path)
    figure.get_by_text("stays in this page").wait_for()
    assert state_of(figure)["picture"] == "own"
    assert {tuple(pixel) for pixel in written(figure).reshape(-1, 3).tolist()} == {
        (250, 10, 20),
        (30, 40, 240),
    }
    page.wait_for_function("location.hash.length > 1")
    fresh = page.context.new_page()
    fresh.goto(page.url)
    fresh.wait_for_selector(f"#{KEY}[data-ready]")
    assert "it stayed with them" in fresh.locator(f"#{KEY} .figure").inner_text()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("notes.txt", b"hello", "notes.txt is no picture: choose a JPEG"),
        ("broken.png", b"\x89PNG\r\n\x1a\nbroken", "broken.png cannot be opened: it is damaged"),
        ("empty.png", b"", "empty.png is empty"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_in_words(open_figure, state_of, tmp_path, name, content, told):
    _, figure = open_figure("pixels")
    path = tmp_path / name
    path.write_bytes(content)
    figure.locator("input[type=file]").set_input_files(path)
    figure.get_by_text(told).wait_for()
    assert state_of(figure)["picture"] == "face"
