"""What an interactive figure costs: bytes, time until it is ready, time to answer, frames while it plays.

Run it with ``make bench-figures``. Medians in headless Chromium, each round in a fresh browser profile, from
a server that compresses as hosts do. Slow 4G is 1.44 Mbit/s with 562 ms of delay, as Lighthouse has it.
"Ready" is from the moment the reader comes near; "page" from the click on a link to the figure, with all that
the page itself needs. "Answer" is that of the slowest control, from event to end of script and layout;
"frame" is the script of one frame while the figure plays.
"""

import functools
import gzip
import os
import re
import statistics
import subprocess
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tqdm import tqdm

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from machine import find_browser, node_folder  # noqa: E402

SITE = ROOT / "_build/html"
ROUNDS = 3
SLOW_4G = {
    "offline": False,
    "latency": 562,
    "downloadThroughput": 1.44e6 / 8,
    "uploadThroughput": 0.7e6 / 8,
}
PLACED = re.compile(r'<cv-figure id="([^"]+)" src="[^"]*/(\w+)\.mjs')
TEXTS = {".html", ".css", ".js", ".mjs", ".svg", ".json"}

# Scripts that a figure puts off to the next frame are part of its answer.
COUNT_FRAMES = """
    window.inFrames = 0;
    const next = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (run) => next((time) => {
        const start = performance.now();
        run(time);
        window.inFrames += performance.now() - start;
    });
"""
ANSWER = """async (figure) => {
    const frame = () => new Promise((done) => setTimeout(done, 40));
    const inside = figure.querySelector(".cv-figure-live > div").shadowRoot;
    const longest = [];
    for (const control of inside.querySelectorAll("input[type=range], input[type=checkbox], select")) {
        if (control.disabled || !control.checkVisibility()) continue;
        const times = [];
        for (let k = 0; k < 6; k++) {
            if (control.type === "range") control.value = k % 2 ? control.max : control.min;
            else if (control.type === "checkbox") control.checked = !control.checked;
            else control.selectedIndex = k % control.options.length;
            window.inFrames = 0;
            const start = performance.now();
            control.dispatchEvent(new Event(control.type === "range" ? "input" : "change"));
            inside.querySelector(".all").getBoundingClientRect();
            const took = performance.now() - start;
            await frame();
            times.push(took + window.inFrames);
        }
        longest.push(times.sort((a, b) => a - b)[times.length >> 1]);
    }
    return longest.length ? Math.max(...longest) : null;
}"""
FRAMES = """async (figure) => {
    const inside = figure.querySelector(".cv-figure-live > div").shadowRoot;
    const play = inside.querySelector("button.play:not(:disabled)");
    if (!play) return null;
    play.click();
    let frames = 0, on = true;
    const count = () => { frames++; if (on) requestAnimationFrame(count); };
    requestAnimationFrame(count);
    window.inFrames = 0;
    await new Promise((done) => setTimeout(done, 2000));
    on = false;
    return [frames / 2, window.inFrames / frames];
}"""


class Compressing(SimpleHTTPRequestHandler):
    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if path.suffix not in TEXTS or not path.is_file():
            return super().do_GET()
        body = gzip.compress(path.read_bytes(), mtime=0)
        self.send_response(200)
        self.send_header(
            "Content-Type", "text/javascript" if path.suffix == ".mjs" else self.guess_type(path)
        )
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *arguments):
        pass


def places():
    """Return stem -> (page, id) of the first place of each figure."""
    found = {}
    for page in sorted(SITE.glob("book/*.html")):
        for key, stem in PLACED.findall(page.read_text(encoding="utf-8")):
            found.setdefault(stem, (f"book/{page.name}", key))
    return found


def visit(browser, address, path, key, slow=False):
    """Open a page by a link to its figure; return milliseconds: the figure's own, and the whole page's."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(COUNT_FRAMES)
    if slow:
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_4G)
    page.goto(f"{address}{path}#{key}=%7B%22%22%3A0%7D")
    page.wait_for_selector(f"#{key}[data-ready]", timeout=60_000)
    entry = page.evaluate("(key) => performance.getEntriesByName(key)[0].toJSON()", key)
    return page, entry["duration"], entry["startTime"] + entry["duration"]


def measured(browser, address, stem, path, key):
    """Return the row of one figure."""
    times = {False: [], True: []}
    for slow in times:
        for _ in range(ROUNDS):
            page, *both = visit(browser, address, path, key, slow)
            times[slow].append(both)
            page.context.close()
    page, *_ = visit(browser, address, path, key)
    figure = page.locator(f"#{key}")
    page.wait_for_load_state("networkidle")
    answer, frames = figure.evaluate(ANSWER), figure.evaluate(FRAMES)
    page.context.close()
    middle = [statistics.median(column) for slow in times for column in zip(*times[slow], strict=True)]
    size = len(gzip.compress((SITE / f"_static/figures/{stem}.mjs").read_bytes(), mtime=0)) / 1024
    return [size, *middle, answer, *(frames or [None, None])]


def main():
    """Print the table."""
    from playwright.sync_api import sync_playwright

    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node_folder() / "node")
    handler = functools.partial(Compressing, directory=SITE)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        browser = playwright.chromium.launch(
            executable_path=find_browser(),
            args=["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"],
        )
        rows = {
            stem: measured(browser, address, stem, *place)
            for stem, place in tqdm(places().items(), desc="figures", leave=False)
        }
        browser.close()
        server.shutdown()
    heads = [
        "KB gzipped",
        "ready ms",
        "page ms",
        "slow ready",
        "slow page",
        "answer ms",
        "frames/s",
        "frame ms",
    ]
    print(f"{'figure':16}" + "".join(f"{head:>12}" for head in heads))
    for stem, row in rows.items():
        print(f"{stem:16}" + "".join(f"{'–' if value is None else f'{value:.1f}':>12}" for value in row))
    node = [node_folder() / "node", ROOT / "benchmarks/forward.mjs"]
    done = subprocess.run(node, capture_output=True, text=True, check=True)
    print(
        f"\ninside_cnn: one forward pass with every map of every layer takes {done.stdout.strip()} ms (Node)"
    )


if __name__ == "__main__":
    main()
