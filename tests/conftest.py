"""The built book in Chromium, for every test that opens a page."""

import functools
import os
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from machine import find_browser, node_folder

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("CVLESSONS_SITE", ROOT / "_build/html"))
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
def address(site):
    handler = functools.partial(Quiet, directory=site)
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


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

    def open_it(path, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        context.route("**/*", on_route)
        page = context.new_page()
        page.on("console", lambda m: m.type in ("error", "warning") and wrong.append(f"console: {m.text}"))
        page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}"))
        page.on("response", lambda r: r.status >= 400 and wrong.append(f"{r.status}: {r.url}"))
        page.goto(address + path, wait_until="networkidle")
        return page

    yield open_it, wrong
    for context in contexts:
        context.close()
