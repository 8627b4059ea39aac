"""The interactive figures in JupyterLab: what a reader moves, the kernel knows, and the other way round."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from socket import socket

import nbformat
import pytest

pytestmark = [pytest.mark.browser]

SHOW = "import cvlessons.figures as figures\nwidget = figures.{name}()\nwidget"
MOVED = "print('moved:', [name for name, start in widget.state.items() if getattr(widget, name) != start])"
BACK = "for name, start in widget.state.items(): setattr(widget, name, start)\nprint('back')"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Return the address of a JupyterLab of its own, and the folder that it serves."""
    folder, own = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("jupyter")
    with closing(socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    homes = {f"JUPYTER_{what}_DIR": str(own / what.lower()) for what in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser",
        "--allow-root",
        "--ip=127.0.0.1",
        f"--port={port}",
        f"--ServerApp.root_dir={folder}",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    log = own / "log"
    with log.open("w") as file:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", *options],
            env={**os.environ, **homes, "IPYTHONDIR": str(own)},
            stderr=file,
        )
    address = f"http://127.0.0.1:{port}/"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}api/status", timeout=5).close()
            break
        except OSError:
            if server.poll() is not None:
                pytest.fail(log.read_text())
            time.sleep(0.25)
    yield address, folder
    server.terminate()
    server.wait()


def write_notebook(folder, name):
    cells = [nbformat.v4.new_code_cell(text) for text in (SHOW.format(name=name), MOVED, BACK)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, folder / f"{name}.ipynb")


def run_cell(page, number):
    """Run one cell of the open notebook and return the text of its output."""
    return page.evaluate(
        """async (number) => {
            const panel = window.jupyterapp.shell.currentWidget;
            await panel.context.ready;
            await panel.sessionContext.ready;
            panel.content.activeCellIndex = number;
            await window.jupyterapp.commands.execute("notebook:run-cell");
            const outputs = panel.content.widgets[number].model.outputs.toJSON();
            return outputs.map((output) => output.text ?? "").join("");
        }""",
        number,
    )


@pytest.mark.parametrize(
    ("name", "slider"), [("ConvStepper", "stride S"), ("Descent", "learning rate"), ("NeuronKnobs", "w₁")]
)
def test_a_figure_and_its_kernel_know_of_each_other(chromium, lab, name, slider):
    address, folder = lab
    write_notebook(folder, name)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    wrong = []
    page = context.new_page()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(f"{address}lab/workspaces/{name}/tree/{name}.ipynb")
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.context?.path?.endsWith('.ipynb')", timeout=60_000
    )
    run_cell(page, 0)
    control = page.locator(".jp-OutputArea-output").get_by_role("slider", name=slider).first
    control.wait_for(timeout=30_000)
    start = control.input_value()
    control.focus()
    page.keyboard.press("ArrowRight" if start != control.get_attribute("max") else "ArrowLeft")
    moved = control.input_value()
    assert moved != start
    page.wait_for_timeout(300)  # the message is on its way to the kernel
    told = run_cell(page, 1)
    assert json.loads(told.removeprefix("moved: ").replace("'", '"'))
    assert run_cell(page, 2) == "back\n"
    page.wait_for_function("([e, start]) => e.value === start", arg=[control.element_handle(), start])
    assert not wrong
    context.close()
