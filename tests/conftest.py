"""The built book in Chromium, for every test that opens a page."""

import functools
import json
import os
import re
import sys
import threading
from contextlib import ExitStack
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from machine import find_browser, node_folder

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("CVLESSONS_SITE", ROOT / "_build/html"))
DESK = {"width": 1280, "height": 900}
# What a headless Chromium would ask its maker for, it need not ask. The camera is a moving test picture.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".mjs": "text/javascript"}  # noqa: RUF012

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A page that is closed while a picture is on its way is no fault of the server."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@pytest.fixture(scope="session")
def site():
    """The folder of the built book (CVLESSONS_SITE names another)."""
    return SITE


@pytest.fixture(scope="session")
def serve():
    """Return a function that serves a folder as long as the tests run, and gives its address."""
    with ExitStack() as running:

        def start(folder):
            server = running.enter_context(
                Server(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
            )
            thread = threading.Thread(target=server.serve_forever, daemon=True)
            thread.start()
            running.callback(thread.join)
            running.callback(server.shutdown)
            return f"http://127.0.0.1:{server.server_port}/"

        yield start


@pytest.fixture(scope="session")
def address(serve, site):
    return serve(site)


@pytest.fixture(scope="session")
def chromium():
    sync_api = pytest.importorskip("playwright.sync_api")
    # Playwright's own Node.js wants libatomic, which a bare Debian has not; ours wants nothing.
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node_folder() / "node")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, address):
    """Return a function that opens a page with the network blocked, and the list of what went wrong."""
    contexts, wrong = [], []

    def on_route(route):
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            wrong.append(f"asks for {route.request.url}")
            route.abort()

    def is_sign(url):
        """Chromium looks for the page's sign whenever the address changes, without a network, too."""
        return urlsplit(url).path.endswith("/favicon.svg")

    def on_console(message):
        if message.type in ("error", "warning") and not is_sign(message.location.get("url", "")):
            wrong.append(f"console: {message.text}")

    def open_it(path, script="", **options):
        """Run the script before the page's own."""
        context = chromium.new_context(**options)
        contexts.append(context)
        context.route("**/*", on_route)
        page = context.new_page()
        page.add_init_script(script)
        page.on("console", on_console)
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on(
            "requestfailed", lambda request: is_sign(request.url) or wrong.append(f"failed: {request.url}")
        )
        page.on("response", lambda r: r.status >= 400 and wrong.append(f"{r.status}: {r.url}"))
        page.goto(address + path, wait_until="networkidle")
        return page

    yield open_it, wrong
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def places(site):
    """Where the figures stand: stem -> id of the element -> page, in the order of the pages."""
    found = {}
    for page in sorted(site.glob("book/*.html")):
        text = page.read_text(encoding="utf-8")
        for key, stem in re.findall(r'<cv-figure id="([^"]+)" src="[^"]*/([a-z_0-9]+)\.mjs', text):
            found.setdefault(stem, {})[key] = f"book/{page.name}"
    return found


@pytest.fixture
def open_figure(open_page, places):
    """Return a function that opens the page of a figure and waits until it is live; nothing may go wrong.

    A state goes into the link. Of a figure that stands in several places, `key` says which is meant.
    """
    open_it, wrong = open_page

    def open_stem(stem, state=None, key=None, **options):
        if stem not in places:
            pytest.fail(f"the figure {stem} stands on no page")
        key = key or next(iter(places[stem]))
        anchor = f"#{key}={quote(json.dumps(state))}" if state is not None else ""
        page = open_it(places[stem][key] + anchor, **{"viewport": DESK, **options})
        figure = page.locator(f"#{key}")
        figure.scroll_into_view_if_needed()
        page.wait_for_selector(f"#{key}[data-ready]")
        return page, figure

    yield open_stem
    assert not wrong


@pytest.fixture(scope="session")
def state_of():
    """Return a function that reads the state of a figure."""
    return lambda figure: figure.evaluate("(figure) => figure.model.state")


@pytest.fixture(scope="session")
def middle():
    """Return a function that brings an element into view and says where its middle is."""

    def middle_of(element):
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    return middle_of


@pytest.fixture(scope="session")
def drag_finger():
    """Return a function that puts a finger down and draws it from point to point."""

    def drag(page, points):
        session = page.context.new_cdp_session(page)
        for k, (x, y) in enumerate(points):
            kind = "touchMove" if k else "touchStart"
            session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    return drag
