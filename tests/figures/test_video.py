"""The camera's figure: the camera is started by a hand only, and let go by every way out."""

import json

import pytest

pytestmark = [pytest.mark.site, pytest.mark.browser]

PHONE = {"width": 390, "height": 844}
FIGURE = "cv-figure#live-fig-video-camera"
# Remembers every camera that the page is given, and can refuse one.
WATCH = """
window.tracks = []; window.refuse = %s;
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wishes) => {
  if (window.refuse) throw new DOMException("no", window.refuse);
  const stream = await real(wishes);
  window.tracks.push(...stream.getTracks());
  return stream;
};
"""


@pytest.fixture
def open_camera(open_figure):
    """Return a function that opens the figure, on a page that notes its cameras."""

    def open_it(state=None, refuse=None, **options):
        return open_figure("video", state, script=WATCH % json.dumps(refuse), **options)

    return open_it


def told(figure):
    return figure.locator(".all").inner_text()


def alive(page):
    return page.evaluate("tracks.map((track) => track.readyState)")


def start(page, figure):
    figure.get_by_role("button", name="Start my camera").click()
    figure.get_by_role("button", name="Stop the camera").wait_for()
    page.wait_for_function(f"document.querySelector('{FIGURE}').querySelector('.cv-figure-live > div')"
                           ".shadowRoot.querySelector('.views canvas').width === 640")  # fmt: skip


def levels(figure):
    """Return the sums of the two large canvases."""
    return figure.evaluate(
        """(figure) => {
            const inside = figure.querySelector(".cv-figure-live > div").shadowRoot;
            return [...inside.querySelectorAll(".views canvas")].map((canvas) => {
                const options = { willReadFrequently: true };
                const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", options);
                copy.drawImage(canvas, 0, 0);
                const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
                return data.reduce((a, b) => a + b);
            });
        }"""
    )


def test_no_camera_starts_by_itself_and_the_film_plays(open_camera):
    page, figure = open_camera(permissions=["camera"])
    before = levels(figure)
    page.wait_for_timeout(300)
    assert alive(page) == []
    assert levels(figure) != before
    assert "stays in this page" in told(figure)


def test_every_filter_sees_the_camera_and_nothing_leaves_the_page(open_camera):
    page, figure = open_camera(permissions=["camera"])
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.context.set_offline(True)
    start(page, figure)
    seen = []
    for name in ("Grey", "Blur", "Sobel", "Canny", "Hue mask", "What moves"):
        figure.get_by_role("group", name="Filter").get_by_role("button", name=name).click()
        page.wait_for_timeout(250)
        seen.append(levels(figure)[1])
    assert len(set(seen)) == 6
    # a changed address makes Chromium look for the page's sign again
    assert [url for url in asked if "/favicon.svg" not in url] == []
    figure.get_by_role("button", name="Stop the camera").click()
    assert alive(page) == ["ended"]
    assert "The camera is off" in told(figure)


def test_the_camera_is_let_go_when_the_figure_is_out_of_sight(open_camera):
    page, figure = open_camera(permissions=["camera"])
    start(page, figure)
    assert alive(page) == ["live"]
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("tracks[0].readyState === 'ended'")
    figure.scroll_into_view_if_needed()
    assert "out of sight" in told(figure)
    start(page, figure)
    assert alive(page) == ["ended", "live"]


@pytest.mark.parametrize(
    ("refuse", "words"),
    [
        (None, "was refused"),  # no permission: the browser's own refusal
        ("NotFoundError", "finds no camera"),
        ("NotReadableError", "camera is busy"),
        ("SecurityError", "https"),
    ],
)
def test_a_refused_a_missing_and_a_busy_camera_are_said_in_words(open_camera, refuse, words):
    page, figure = open_camera(refuse=refuse)
    figure.get_by_role("button", name="Start my camera").click()
    figure.get_by_text(words).wait_for()
    assert alive(page) == []
    before = levels(figure)
    page.wait_for_timeout(300)
    assert levels(figure) != before, "the film plays on"


def test_a_camera_that_comes_too_late_is_let_go(open_camera):
    page, figure = open_camera(permissions=["camera"])
    page.evaluate(
        "() => { const real = navigator.mediaDevices.getUserMedia;"
        "navigator.mediaDevices.getUserMedia = async (wishes) => {"
        "await new Promise((done) => { window.allow = done }); return real(wishes) } }"
    )
    figure.get_by_role("button", name="Start my camera").click()
    figure.get_by_role("button", name="Do not wait").click()
    page.evaluate("allow()")
    page.wait_for_function("tracks.length === 1 && tracks[0].readyState === 'ended'")
    assert figure.get_by_role("button", name="Start my camera").is_visible()


def test_a_link_shows_a_frame_and_its_numbers(open_camera, state_of):
    page, figure = open_camera({"frame": 40, "filter": "canny", "low": 60, "high": 200})
    before = levels(figure)
    page.wait_for_timeout(300)
    assert levels(figure) == before
    assert "cv2.Canny(smooth, 60, 200)" in told(figure)
    figure.get_by_role("button", name="Step").click()
    assert state_of(figure)["frame"] == 41
    assert levels(figure) != before


def test_a_click_on_a_thing_takes_its_colour(open_camera, state_of):
    _, figure = open_camera({"frame": 40, "filter": "hue"}, viewport=PHONE, has_touch=True)
    picture = figure.get_by_role("img", name="click a colour")
    box = picture.bounding_box()
    picture.tap(position={"x": box["width"] * 262 / 320, "y": box["height"] * 126 / 240})  # the green coat
    hue = state_of(figure)["hue"]
    assert 135 <= hue <= 150
    assert f"{hue}°" in told(figure)


def test_where_no_motion_is_wanted_the_film_waits(open_camera):
    page, figure = open_camera(reduced_motion="reduce")
    before = levels(figure)
    page.wait_for_timeout(300)
    assert levels(figure) == before
    figure.get_by_role("button", name="Play the film").click()
    page.wait_for_timeout(300)
    assert levels(figure) != before


def test_thresholds_the_wrong_way_round_are_explained(open_camera):
    _, figure = open_camera({"filter": "canny", "low": 300, "high": 100})
    assert "low threshold must not be above the high one, got 300 and 100" in told(figure)
