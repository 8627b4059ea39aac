"""Execute the chapters before Sphinx reads them: in parallel, and never from a stale cache.

jupyter-cache keeps outputs by the text of the cells alone, so a change in the package would not be seen.
Here each chapter has a key (see dependencies.py); where it differs from the last one, the cached outputs
go, jupyter-cache's own parallel executor makes new ones, and Sphinx reads that chapter again.
A cell that fails stops the build, on the first run as on every later one.
"""

import json
import logging as std_logging
import os
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors import load_executor
from myst_nb.core.read import is_myst_markdown_notebook
from sphinx.errors import ExtensionError
from sphinx.util import logging

from dependencies import chapter_key

logger = logging.getLogger(__name__)
KEYS = "chapter_keys.json"
# One thread a kernel: two kernels run side by side, and sums come out the same on every run.
ENVIRONMENT = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
}


def chapters(app):
    """Return docname -> path for the documents that have code cells."""
    paths = {name: Path(app.env.doc2path(name)) for name in sorted(app.env.found_docs)}
    return {
        name: path
        for name, path in paths.items()
        if is_myst_markdown_notebook(path.read_text(encoding="utf-8"))
    }


def execute(app, env, added, changed, removed):
    """Renew the outputs whose key has changed, and name the documents that Sphinx must read again."""
    paths = chapters(app)
    keys = {name: chapter_key(path) for name, path in paths.items()}
    store = Path(app.config.nb_execution_cache_path) / KEYS
    cache = get_cache(app.config.nb_execution_cache_path)
    for path in paths.values():
        cache.add_nb_to_project(str(path), read_data={"name": "myst_nb_md", "type": "plugin"})
    done = json.loads(store.read_text()) if store.exists() else {}
    _forget(cache, [paths[name] for name in paths if done.get(name) != keys[name]])
    failed = _run(cache, [str(path) for path in paths.values()], app.config.nb_execution_timeout)
    good = {name: key for name, key in keys.items() if str(paths[name]) not in failed}
    store.write_text(json.dumps(good, indent=1))
    if failed:
        raise ExtensionError("\n\n".join(_why(cache, uri) for uri in failed))
    before = getattr(env, "chapter_keys", {})
    env.chapter_keys = keys  # kept with the doctrees, so it says what these were made from
    return [name for name in paths if before.get(name) != keys[name]]


def _forget(cache, paths):
    for path in paths:
        record = cache.get_cached_project_nb(str(path))
        if record is not None:
            cache.remove_cache(record.pk)


def _kernel_settings(folder):
    """Have each figure drawn twice: dots for the pages, lines for the printed book."""
    profile = folder / "profile_default"
    profile.mkdir(parents=True, exist_ok=True)
    text = 'c.InlineBackend.figure_formats = {"png", "pdf"}\n'
    (profile / "ipython_kernel_config.py").write_text(text)
    return {"IPYTHONDIR": str(folder)}


def _run(cache, uris, timeout):
    """Execute the chapters that have no outputs; return those that failed."""
    waiting = cache.list_unexecuted(filter_uris=uris)
    if not waiting:
        return []
    names = ", ".join(Path(record.uri).stem for record in waiting)
    logger.info("executing %d chapters on %d cores: %s", len(waiting), os.cpu_count(), names)
    os.environ.update(ENVIRONMENT | _kernel_settings(Path(cache.path).parent / ".ipython"))
    executor = load_executor("local-parallel", cache=cache, logger=_report())
    result = executor.run_and_cache(filter_uris=uris, timeout=timeout)
    for uri in result.succeeded:
        _join_streams(cache, uri)
    return result.excepted + result.errored


def _join_streams(cache, uri):
    """Make one text of what a cell printed: the kernel cuts it anywhere, and MyST-NB would break the line."""
    record = cache.get_cached_project_nb(uri)
    if record is None:
        raise ExtensionError(f"{Path(uri).name} was changed while it was executed: build again")
    old = cache.get_cache_bundle(record.pk)
    for cell in old.nb.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    new = CacheBundleIn(old.nb, uri, data=old.record.data)
    cache.cache_notebook_bundle(new, check_validity=False, overwrite=True)


def joined(outputs):
    """Return the outputs of a cell with the pieces of each stream put together, where the first one stood."""
    kept, streams = [], {}
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        if name in streams:
            streams[name]["text"] += output["text"]
            continue
        if name is not None:
            streams[name] = output
        kept.append(output)
    return kept


def _report():
    """Return a logger at the level at which jupyter-cache's workers say what they begin and end."""
    report = std_logging.getLogger("cvlessons.execution")
    report.setLevel(std_logging.INFO)
    return report


def _why(cache, uri):
    trace = cache.get_project_record(uri).traceback or "it could not be read; see the message above"
    return f"a cell of {Path(uri).name} failed:\n{trace}"


def setup(app):
    app.connect("env-get-outdated", execute)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
