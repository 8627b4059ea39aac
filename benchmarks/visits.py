"""What a visit costs: requests and kilobytes over the network, with headers, in Chromium.

Run it with ``python benchmarks/visits.py`` after ``make html``. The server compresses as hosts do. "kept" is
a host that obeys ``_headers``; "asked" one that cannot (GitHub Pages, after its ten minutes): each file is
asked for again, and answered with 304 where it is the same. Every page is read to its end: late pictures and
figures come, too.
"""

import functools
import gzip
import hashlib
import os
import re
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from machine import find_browser, node_folder  # noqa: E402

SITE = ROOT / "_build/html"
TEXTS = {".html", ".css", ".js", ".mjs", ".svg", ".json"}
VISITS = {
    "first visit, neuron": "book/neuron.html",
    "then convolution": "book/convolution.html",
    "neuron again": "book/neuron.html",
}
TO_THE_END = """async () => {
    for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
        scrollTo(0, y);
        await new Promise((done) => setTimeout(done, 50));
    }
}"""


class Host(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, *arguments, rules, **options):
        self.rules = rules
        super().__init__(*arguments, **options)

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        body = path.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        same = self.headers["If-None-Match"] == tag
        packed = path.suffix in TEXTS
        body = b"" if same else gzip.compress(body, mtime=0) if packed else body
        self.send_response(304 if same else 200)
        self.send_header("Cache-Control", self.rule(urlsplit(self.path).path))
        self.send_header("ETag", tag)
        if not same:
            kind = "text/javascript" if path.suffix == ".mjs" else self.guess_type(path)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            if packed:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)
        return None

    def rule(self, path):
        found = (
            value for rule, value in self.rules if path == rule or path.startswith(rule.rstrip("*") or "?")
        )
        return next(found, "max-age=0, must-revalidate")

    def log_message(self, *arguments):
        pass


def visit(context, address):
    """Return the requests that went out and the kilobytes that came, while a page was opened and read."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    asked, came = set(), []
    session.on(
        "Network.responseReceived", lambda e: e["response"]["fromDiskCache"] or asked.add(e["requestId"])
    )
    session.on("Network.loadingFinished", lambda e: came.append((e["requestId"], e["encodedDataLength"])))
    page.goto(address, wait_until="networkidle")
    page.evaluate(TO_THE_END)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.close()
    out = [size for request, size in came if request in asked and size]
    return len(out), sum(out) / 1024


def main():
    """Print the table."""
    from playwright.sync_api import sync_playwright

    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(node_folder() / "node")
    written = (SITE / "_headers").read_text(encoding="utf-8")
    rules = re.findall(r"^(/\S+)\n  Cache-Control: (.+)$", written, re.M)
    print(f"{'':22}{'kept':>24}{'asked':>24}")
    rows = {name: [] for name in VISITS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        for obeyed in (rules, []):
            handler = functools.partial(Host, directory=SITE, rules=obeyed)
            with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                context = browser.new_context(viewport={"width": 1280, "height": 900})
                for name, path in VISITS.items():
                    rows[name] += visit(context, f"http://127.0.0.1:{server.server_port}/{path}")
                context.close()
                server.shutdown()
        browser.close()
    for name, (kept, kept_kb, asked, asked_kb) in rows.items():
        print(f"{name:22}{kept:>12}{kept_kb:>9.1f} KB{asked:>12}{asked_kb:>9.1f} KB")


if __name__ == "__main__":
    main()
