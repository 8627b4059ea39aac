"""Measure several ways of doing the same, side by side: one thread, CPU time, interleaved rounds, medians.

Import this module before NumPy: the libraries read once how many threads they may use.
"""

import os

os.environ.update(
    OPENBLAS_NUM_THREADS="1",
    OMP_NUM_THREADS="1",
    MKL_NUM_THREADS="1",
    VECLIB_MAXIMUM_THREADS="1",
    TF_NUM_INTRAOP_THREADS="1",
    TF_NUM_INTEROP_THREADS="1",
    TF_CPP_MIN_LOG_LEVEL="3",
)

import platform
import statistics
import time
from functools import partial
from pathlib import Path

import numpy as np

HOW = "One thread, CPU time, interleaved rounds; a ratio is the peer's time over ours, in the same round."
MOST = (
    "At most: the ratio if we did nothing but the matrix products, with all numbers at hand.\n"
    "Copied: if we also copied what they need, and stepped the weights; but no bias, ReLU, softmax, check."
)


def torch_or_none():
    """Return torch on one thread, or None after saying how to get it."""
    try:
        import torch
    except ImportError:
        print("torch is not installed, so its rows are missing: .venv/bin/pip install torch==2.13.0\n")
        return None
    # Torch loads its compiler, Triton, when the first optimiser is made. If TensorFlow is there by then, the
    # two copies of LLVM get mixed up, and the process crashes. The other way round they get along.
    import torch._dynamo

    torch.set_num_threads(1)
    return torch


def machine():
    """Return the name of the processor and the versions of Python and NumPy."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    processor = names[0] if names else platform.processor() or platform.machine()
    return f"{processor}, Python {platform.python_version()}, NumPy {np.__version__}"


def seconds(way, repeats=1):
    """Return how long a way takes; of several repeats, the mean."""
    start = time.process_time()
    for _ in range(repeats):
        way()
    return (time.process_time() - start) / repeats


def peak(size=768, rounds=15):
    """Return how many thousand million operations a large float32 matrix product does in a second."""
    a = np.random.default_rng(0).random((size, size), np.float32)
    return 2 * size**3 / min(seconds(lambda: a @ a) for _ in range(rounds)) / 1e9


def rounds(ways, number, least=0.01):
    """Return the times of each way in each round. Within a round, what is short is repeated.

    So each way finds its own data in the cache, and not those of the peer before it.
    """
    for way in ways.values():
        way()  # not counted: what is only done once
    repeats = {name: max(1, round(least / max(seconds(way), 1e-6))) for name, way in ways.items()}
    times = {name: [] for name in ways}
    for _ in range(number):
        for name, way in ways.items():
            times[name].append(seconds(way, repeats[name]))
    return times


def fastest(ways, number=7):
    """Return the way that takes the least time."""
    return min(ways, key=lambda way: min(seconds(way) for _ in range(number)))


def products(rows, inner, columns):
    """Return ways of doing a matrix product and nothing else, in parts of its rows, which stay in the cache.

    First as on the way forward; then with the sum over the rows, as for the slopes by the weights.
    """
    found = []
    for size in 2**16, 2**18, 2**20, 2**30:
        part = min(rows, max(16, size // (4 * inner)))
        a, b, c = (np.ones(shape, np.float32) for shape in ((part, inner), (inner, columns), (part, columns)))
        found.append((-(-rows // part), a, b, c))
    forward = [partial(_repeat, n, a, b, np.empty_like(c)) for n, a, b, c in found]
    by_weights = [partial(_repeat, n, a.T, c, np.empty_like(b)) for n, a, b, c in found]
    return forward, by_weights


def _repeat(number, a, b, out):
    for _ in range(number):
        np.matmul(a, b, out=out)


def head():
    columns = (
        f"{'ours ms':>9}{'peer ms':>10}{'ratio':>8}{'spread':>15}{'at most':>9}{'copied':>8}{'target':>8}"
    )
    print(f"\n{'what':<27}{'peer':<20}{columns}")


def compare(what, times, targets, scales=None):
    """Print one row for each peer: times, the median ratio, its spread, and whether the target is met.

    If `times` has "products" among them, what takes no longer than these would have the ratio "at most"; what
    takes no longer than "products" and "copies" together, the ratio "copied".
    """
    ours, bare, copies = times["ours"], times.get("products"), times.get("copies")
    for peer, values in times.items():
        if peer in ("ours", "products", "copies"):
            continue
        values = [(scales or {}).get(peer, 1) * value for value in values]
        ratios = _ratios(values, ours)
        middle = statistics.median(ratios)
        target = targets.get(peer)
        said = "" if target is None else f"{target:8.2g} {'met' if middle >= target else 'MISSED'}"
        spread = f"{ratios[0]:.2f}–{ratios[-1]:.2f}"
        most = copied = ""
        if bare:
            most = f"{statistics.median(_ratios(values, bare)):.2f}"
            both = [a + b for a, b in zip(bare, copies, strict=True)]
            copied = f"{statistics.median(_ratios(values, both)):.2f}"
        mine, other = 1e3 * statistics.median(ours), 1e3 * statistics.median(values)
        row = f"{mine:9.2f}{other:10.2f}{middle:8.2f}{spread:>15}{most:>9}{copied:>8}{said}"
        print(f"{what:<27}{peer:<20}{row}".rstrip(), flush=True)


def _ratios(theirs, ours):
    """Return how many times as long theirs takes, round by round, the smallest first."""
    return sorted(b / a for a, b in zip(ours, theirs, strict=True))
