"""A Jupyter server of another environment; notebooks run in it by REST and WebSocket, as from a browser.

Its user is `elsewhere.py`. It takes `websocket-client`, which comes with JupyterLab.
"""

import json
import os
import re
import socket
import subprocess
import time
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import websocket

VIEW = "application/vnd.jupyter.widget-view+json"
PATIENCE = 900  # seconds that one cell may take, on a busy machine


class CellError(Exception):
    """A cell has raised, or a figure has not appeared."""


@dataclass
class Ran:
    """What the run of one notebook has shown."""

    cells: int
    figures: int
    seconds: float


class Server:
    """A server of the environment at `prefix` that shows `folder`; use it in a with statement."""

    def __init__(self, prefix, folder, command=("jupyter", "lab"), environment=None):
        self.prefix, self.folder, self.command = Path(prefix), Path(folder), command
        self.environment = environment or dict(os.environ)
        self.token = uuid.uuid4().hex
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # Binder's servers, too, have a path of their own and a token.
        self.place = f"127.0.0.1:{self.port}/user/reader/"

    def __enter__(self):
        options = [
            "--no-browser",
            "--ip=127.0.0.1",
            f"--port={self.port}",
            "--ServerApp.base_url=/user/reader/",
            f"--IdentityProvider.token={self.token}",
            "--ServerApp.allow_origin=*",
            *(["--allow-root"] if os.geteuid() == 0 else []),
        ]
        self.log = self.folder / ".jupyter-server-log.txt"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [self.prefix / "bin" / self.command[0], *self.command[1:], *options],
                cwd=self.folder,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        for _ in range(480):
            try:
                self.ask("api/status")
                return self
            except OSError:
                if self.process.poll() is not None:
                    break
                time.sleep(0.25)
        self.__exit__()
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def ask(self, path, method="GET", /, **content):
        """Return the server's answer to a REST request, read as JSON where it is JSON."""
        request = urllib.request.Request(
            f"http://{self.place}{path}",
            method=method,
            data=json.dumps(content).encode() if content else None,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
        return json.loads(text) if answer.headers.get_content_type() == "application/json" else text

    def extensions(self):
        """Return the names of the extensions that JupyterLab's page loads."""
        settings = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', self.ask("lab"), re.S)
        return {extension["name"] for extension in json.loads(settings[1])["federated_extensions"]}

    def run(self, path):
        """Open a notebook, run all its cells in a new kernel, and say what was seen."""
        start = time.monotonic()
        cells = [
            cell
            for cell in self.ask(f"api/contents/{path}")["content"]["cells"]
            if cell["cell_type"] == "code"
        ]
        session = self.ask(
            "api/sessions", "POST", path=path, name=path, type="notebook", kernel={"name": "python3"}
        )
        kernel = session["kernel"]["id"]
        address = f"ws://{self.place}api/kernels/{kernel}/channels?token={self.token}"
        try:
            with closing(websocket.create_connection(address, timeout=PATIENCE)) as channel:
                figures = sum(run_cell(channel, cell) for cell in cells)
        finally:
            self.ask(f"api/sessions/{session['id']}", "DELETE")
        return Ran(len(cells), figures, time.monotonic() - start)


def run_cell(channel, cell):
    """Run one cell; return how many widgets it has shown."""
    source = cell["source"]
    said = list(messages(channel, source))
    errors = [content for kind, content in said if kind == "error"]
    if errors and "raises-exception" not in cell["metadata"].get("tags", []):
        traceback = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(errors[0]["traceback"]))
        raise CellError(f"this cell has raised:\n\n{source}\n\n{traceback}")
    views = sum(VIEW in content.get("data", {}) for _, content in said)
    if "from cvlessons.figures import" in source and not views:
        raise CellError(f"this cell has shown no figure:\n\n{source}")
    return views


def messages(channel, source):
    """Send code to a kernel; yield the kind and the content of all that it says to it, until it is idle."""
    header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "check", "username": ""}
    content = {"code": source, "silent": False, "allow_stdin": False, "stop_on_error": False}
    message = {"header": {**header, "version": "5.3", "date": ""}, "parent_header": {}, "metadata": {}}
    channel.send(json.dumps({**message, "content": content, "channel": "shell", "buffers": []}))
    waiting = {"execute_reply", "idle"}
    while waiting:
        frame = channel.recv()
        if not isinstance(frame, str):
            continue  # a widget's message with bytes in it
        answer = json.loads(frame)
        if answer["parent_header"].get("msg_id") != header["msg_id"]:
            if answer["content"].get("execution_state") in ("dead", "restarting"):
                raise CellError(f"the kernel has died at this cell:\n\n{source}")
            continue
        kind = answer["header"]["msg_type"]
        yield kind, answer["content"]
        waiting -= {kind, answer["content"].get("execution_state")}


def run_all(server, paths, at_once=None):
    """Run notebooks, some at a time, and tell of each; after one that fails begin no other, and stop."""
    paths = list(paths)
    with ThreadPoolExecutor(at_once or os.cpu_count()) as pool:
        runs = [(path, pool.submit(server.run, path)) for path in paths]
        for number, (path, run) in enumerate(runs, 1):
            try:
                ran = run.result()
            except Exception as error:
                pool.shutdown(wait=False, cancel_futures=True)
                raise SystemExit(f"{path}: {error}") from None
            seen = f"{ran.cells} cells, interactive figures: {ran.figures}, {ran.seconds:.0f} s"
            print(f"chapter {number} of {len(paths)}: {Path(path).stem}, {seen}", flush=True)
