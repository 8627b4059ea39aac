"""scale.py against sums by hand, TensorFlow in one process and in several, workers on a clock, and laws."""

import ast
import asyncio
import json
import os
import subprocess
import textwrap
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_results
from cvlessons.scale import all_reduce_bytes, combined_gradient, ring_all_reduce, speed_up, step_seconds

ROOT = Path(__file__).parents[1]
WORKERS = st.integers(1, 9)


# ---- the gradient of all ---------------------------------------------------------------------------


@pytest.mark.judge("eq-scale-gradient", "hand")
def test_gradients_weighed_by_hand():
    # (2 · 1 + 1 · 4 + 1 · 2) / 4
    assert combined_gradient([1.0, 4.0, 2.0], [2, 1, 1]) == 2
    assert_array_equal(combined_gradient([[[3, -6]], [[0, 3]]], [1, 2]), [[1, 0]])


@pytest.mark.judge("eq-scale-gradient", "library")
@pytest.mark.parametrize("counts", [[24], [12, 12], [1, 23], [5, 9, 3, 7]])
def test_parts_give_the_gradient_that_tensorflow_has_of_the_whole(rng, counts):
    tf = pytest.importorskip("tensorflow")
    x, labels = rng.normal(size=(24, 5)), rng.integers(0, 3, 24)
    W = tf.Variable(rng.normal(size=(5, 3)))

    def slopes(part):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels[part], x[part] @ W)
            loss = tf.reduce_mean(losses)
        return tape.gradient(loss, W).numpy()

    ends = np.cumsum([0, *counts])
    parts = [slopes(slice(*pair)) for pair in pairwise(ends)]
    assert_allclose(combined_gradient(parts, counts), slopes(slice(24)), rtol=1e-12, atol=1e-15)


@pytest.mark.judge("eq-scale-gradient", "law")
@given(st.integers(0, 10_000), st.lists(st.integers(1, 50), min_size=1, max_size=6))
def test_the_gradient_lies_among_its_parts_and_parts_may_be_joined_first(seed, counts):
    parts = np.random.default_rng(seed).normal(size=(len(counts), 4))
    whole = combined_gradient(parts, counts)
    assert (whole >= parts.min(axis=0) - 1e-12).all() and (whole <= parts.max(axis=0) + 1e-12).all()
    first = combined_gradient(parts[:1], counts[:1])
    if len(counts) > 1:
        rest = combined_gradient(parts[1:], counts[1:])
        assert_allclose(combined_gradient([first, rest], [counts[0], sum(counts[1:])]), whole, atol=1e-12)
    # equal parts: the plain mean
    assert_allclose(combined_gradient(parts, [7] * len(counts)), parts.mean(axis=0), atol=1e-12)


# ---- the ring --------------------------------------------------------------------------------------


@given(st.integers(0, 10_000), WORKERS, st.lists(st.integers(1, 5), max_size=3))
def test_the_ring_gives_every_worker_the_plain_sum(seed, n, shape):
    arrays = np.random.default_rng(seed).normal(size=(n, *shape))
    before = arrays.copy()
    sums, sent = ring_all_reduce(arrays)
    assert len(sums) == len(sent) == n
    for own in sums:
        assert own.shape == tuple(shape)
        assert_allclose(own, arrays.sum(axis=0), rtol=1e-12, atol=1e-12)
        assert_array_equal(own, sums[0])  # bit for bit: the networks must stay alike
    assert_array_equal(arrays, before)


def test_the_ring_keeps_float32_and_lends_no_memory():
    arrays = [np.ones(5, np.float32), np.full(5, 2, np.float32)]
    sums, sent = ring_all_reduce(arrays)
    assert sums[0].dtype == np.float32
    assert sent == [20, 20]
    sums[0][:] = 0
    assert_array_equal(sums[1], np.full(5, 3))
    alone, nothing = ring_all_reduce(arrays[:1])
    alone[0][:] = 0
    assert nothing == [0]
    assert_array_equal(arrays[0], np.ones(5))


@pytest.mark.judge("eq-all-reduce", "hand")
def test_bytes_counted_by_hand():
    # three workers, 300 bytes: pieces of 100, two rounds to add up and two to hand round
    assert all_reduce_bytes(3, 300) == 400
    assert all_reduce_bytes(2, 300) == 300
    assert all_reduce_bytes(1, 300) == 0


@pytest.mark.judge("eq-all-reduce", "library")
@pytest.mark.parametrize("workers", [2, 3, 4])
def test_tensorflows_workers_send_as_many_bytes(workers):
    """Counted at the network device, all workers together: a chief's sum would be the same.

    What is more than the slopes are headers and messages of order.
    """
    results = load_results("multiworker")
    each = results["runs"][f"{workers}"]["bytes_each_step"] / workers
    assert 1 <= each / all_reduce_bytes(workers, 4 * results["weights"]) < 1.05


@pytest.mark.judge("eq-all-reduce", "law")
@given(WORKERS, st.integers(1, 40))
def test_the_ring_sends_what_the_formula_says(n, length):
    _, sent = ring_all_reduce(np.ones((n, n * length)))
    assert sent == [pytest.approx(all_reduce_bytes(n, 8 * n * length))] * n
    # if the pieces are not equal, the longest is an element longer
    _, sent = ring_all_reduce(np.ones((n, n * length + n // 2)))
    formula = all_reduce_bytes(n, 8 * (n * length + n // 2))
    assert max(abs(np.array(sent) - formula)) < 8 * 2
    assert np.mean(sent) == pytest.approx(formula)
    assert formula < 2 * 8 * (n * length + n // 2)


# ---- time ------------------------------------------------------------------------------------------


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock does not wait: it jumps to the next event."""

    now = 0.0

    def time(self):
        return self.now

    def _run_once(self):
        if not self._ready and self._scheduled:
            self.now = max(self.now, self._scheduled[0].when())
        super()._run_once()


def ticking(n, compute, size, bandwidth, latency):
    """Return when n workers of asyncio, who compute, send to the right and wait for the left, are done."""

    async def worker(number, inboxes):
        await asyncio.sleep(compute / n)
        for _round in range(2 * (n - 1)):
            deliver = inboxes[(number + 1) % n].put_nowait
            asyncio.get_running_loop().call_later(latency + size / n / bandwidth, deliver, None)
            await inboxes[number].get()

    async def all_workers():
        inboxes = [asyncio.Queue() for _worker in range(n)]
        await asyncio.gather(*(worker(number, inboxes) for number in range(n)))

    def run():
        loop = JumpingLoop()
        try:
            loop.run_until_complete(all_workers())
            return loop.now
        finally:
            loop.close()

    # A thread of its own: in that of the tests a browser's loop may be running.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.judge("eq-step-seconds", "hand")
def test_seconds_worked_by_hand():
    # a quarter of 8 s; 2 · 3/4 · 40 bytes at 10 a second; six messages
    assert step_seconds(4, compute=8, size=40, bandwidth=10, latency=0.5) == 2 + 6 + 3


@pytest.mark.judge("eq-step-seconds", "library")
@given(WORKERS, st.floats(0.1, 10), st.floats(0, 1e6), st.floats(1e3, 1e9), st.floats(0, 0.1))
def test_seconds_agree_with_workers_that_wait_for_each_other(n, compute, size, bandwidth, latency):
    ours = step_seconds(n, compute=compute, size=size, bandwidth=bandwidth, latency=latency)
    assert_allclose(ours, ticking(n, compute, size, bandwidth, latency), rtol=1e-12)


@pytest.mark.judge("eq-step-seconds", "law")
@given(WORKERS, st.floats(0.1, 10), st.floats(1, 1e6), st.floats(1e3, 1e9))
def test_more_bandwidth_never_makes_it_slower_and_sending_sets_a_floor(n, compute, size, bandwidth):
    seconds = step_seconds(n, compute=compute, size=size, bandwidth=bandwidth)
    assert step_seconds(n, compute=compute, size=size, bandwidth=2 * bandwidth) <= seconds
    assert compute / n <= seconds <= compute / n + 2 * size / bandwidth
    # units do not matter: kilobytes, and kilobytes a second
    assert_allclose(step_seconds(n, compute=compute, size=size / 1e3, bandwidth=bandwidth / 1e3), seconds)


@pytest.mark.judge("eq-speed-up", "hand")
def test_speed_up_worked_by_hand():
    # 8 s alone; 2 + 6 s with four
    assert speed_up(4, compute=8, size=40, bandwidth=10) == 1
    assert speed_up(4, compute=8, size=0, bandwidth=10) == 4


@pytest.mark.judge("eq-speed-up", "library")
@pytest.mark.parametrize("n", [1, 2, 5, 64])
def test_speed_up_agrees_with_workers_that_wait_for_each_other(n):
    options = {"compute": 0.7, "size": 2.7e6, "bandwidth": 1.25e8, "latency": 1e-4}
    expected = ticking(1, **options) / ticking(n, **options)
    assert_allclose(speed_up(n, **options), expected, rtol=1e-12)


@pytest.mark.judge("eq-speed-up", "law")
@given(WORKERS, st.floats(0.1, 10), st.floats(0, 1e6), st.floats(1e3, 1e9), st.floats(0, 0.1))
def test_n_hands_are_at_most_n_times_as_fast_and_ever_more_meet_a_limit(n, compute, size, bandwidth, latency):
    options = {"compute": compute, "size": size, "bandwidth": bandwidth}
    bounds = [speed_up(n, **options, latency=latency), speed_up(n, **options), n]
    assert all(low <= high * (1 + 1e-12) for low, high in pairwise(bounds))
    assert speed_up(1, **options, latency=latency) == 1
    if size > 1:
        assert_allclose(speed_up(10**18, **options), compute * bandwidth / (2 * size), rtol=1e-2)


# ---- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: combined_gradient([], []), ValueError, "gradients is empty: give one array for each worker"),
        (lambda: combined_gradient([[1.0]], []), ValueError, "one number for each of 1 gradients, got 0"),
        (lambda: combined_gradient([[1.0]], [0]), ValueError, r"counts\[0\] must be at least 1, got 0"),
        (
            lambda: combined_gradient([[1.0], [1, 2]], [1, 1]),
            ValueError,
            r"gradients\[1\] must have",
        ),
        (lambda: ring_all_reduce([]), ValueError, "arrays is empty"),
        (lambda: ring_all_reduce([[np.inf]]), ValueError, r"arrays\[0\] must hold finite numbers"),
        (lambda: ring_all_reduce([[1.0], [[1.0]]]), ValueError, r"shape \(1,\) of arrays\[0\], got \(1, 1\)"),
        (lambda: all_reduce_bytes(0, 1), ValueError, "workers must be at least 1, got 0"),
        (lambda: all_reduce_bytes(1.5, 1), TypeError, "workers must be a whole number"),
        (lambda: all_reduce_bytes(2, -1), ValueError, "size must be at least 0, got -1"),
        (lambda: step_seconds(2, compute=0, size=1, bandwidth=1), ValueError, "compute must be above 0"),
        (lambda: speed_up(2, compute=1, size=1, bandwidth=0), ValueError, "bandwidth must be above 0"),
        (
            lambda: speed_up(2, compute=1, size=1, bandwidth=1, latency=-1),
            ValueError,
            "latency must be at least 0",
        ),
    ],
)
def test_what_is_wrong_is_said(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- the stored run of real workers ----------------------------------------------------------------


def script_constants():
    tree = ast.parse((ROOT / "scripts/train_multiworker.py").read_text(encoding="utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name | ast.Tuple):
            names = ast.unparse(node.targets[0]).strip("()").split(", ")
            values = ast.literal_eval(node.value)
            found |= dict(zip(names, values if isinstance(values, tuple) else [values], strict=True))
    return found


@pytest.mark.skipif(not (ROOT / "scripts").exists(), reason="only the package is here")
def test_the_stored_run_is_that_of_the_script():
    results = load_results("multiworker")
    assert script_constants() == {name.upper(): results[name] for name in ("seed", "steps", "batch")}


@pytest.mark.skipif(not (ROOT / "scripts").exists(), reason="only the package is here")
def test_the_script_understands_slurms_variables(monkeypatch):
    pytest.importorskip("tensorflow")
    from train_multiworker import cluster

    slurm = {
        "PROCID": "1",
        "STEP_NUM_TASKS": "3",
        "STEP_TASKS_PER_NODE": "1(x3)",
        "STEP_NODELIST": "node[07-09]",
    }
    for name, value in slurm.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    resolver = cluster()
    assert resolver.cluster_spec().as_dict() == {"worker": [f"node0{k}:8888" for k in (7, 8, 9)]}
    assert (resolver.task_type, resolver.task_id) == ("worker", 1)


@pytest.mark.skipif(not (ROOT / "book").exists(), reason="only the package is here")
def test_the_lines_of_shell_make_a_tf_config():
    """The chapter's listings, with a program in place of the training that says what it is told."""
    chapter = (ROOT / "book/scale.md").read_text(encoding="utf-8")
    told = {}
    for start, end, workers in (
        ("```bash\nworkers=", "```", ["localhost:5001", "localhost:5002"]),
        ("            - |\n", "```", ["cnn-0.cnn:5000", "cnn-1.cnn:5000"]),
    ):
        lines = start.rpartition("\n")[2] + chapter.partition(start)[2].partition(end)[0]
        says = lines.replace("python train_multiworker.py", """sh -c 'echo "$TF_CONFIG"'""") + "wait\n"
        run = subprocess.run(
            ["sh", "-c", textwrap.dedent(says)],
            env={**os.environ, "JOB_COMPLETION_INDEX": "1"},
            capture_output=True,
            text=True,
            check=True,
        )
        told[start] = [json.loads(line) for line in run.stdout.splitlines()]
        assert all(config["cluster"] == {"worker": workers} for config in told[start])
    by_hand, by_kubernetes = told.values()
    assert sorted(config["task"]["index"] for config in by_hand) == [0, 1]
    assert [config["task"] for config in by_kubernetes] == [{"type": "worker", "index": 1}]


def test_the_stored_workers_agree_with_the_single_one():
    results = load_results("multiworker")
    assert results["weights"] == 669354
    alone = results["runs"]["1"]
    assert alone["slopes_apart"] == alone["weights_apart"] == 0
    assert alone["bytes_each_step"] < 1000  # a sign of life now and then
    for count in "234":
        run = results["runs"][count]
        assert 0 < run["slopes_apart"] < 1e-5 * results["largest_slope"]
        assert run["slopes_ratio"] == pytest.approx(1, abs=1e-5)
        assert_allclose(run["costs"][:5], alone["costs"][:5], rtol=1e-5)
        assert_allclose(run["costs"], alone["costs"], rtol=5e-3)  # rounding grows from step to step
        assert len(run["costs"]) == results["steps"]


def test_the_stored_mistake_doubles_the_slopes():
    results = load_results("multiworker")
    run = results["runs"]["2 forgetful"]
    assert run["slopes_ratio"] == pytest.approx(2, rel=1e-4)
    assert run["costs"][0] == pytest.approx(2 * results["runs"]["1"]["costs"][0], rel=1e-4)
    # Keras's own loss object divides by the number of workers
    assert results["runs"]["2 keras loss"]["slopes_ratio"] == pytest.approx(1, rel=1e-4)


def test_the_first_cost_is_that_of_the_stored_weights():
    """Keras, asked anew about the first batch: the stored run is of this network and of these pictures."""
    keras = pytest.importorskip("keras")
    from cvlessons.build_cnn import workshop_cnn
    from cvlessons.datasets import load_cifar10, load_weights

    results = load_results("multiworker")
    (x, y), _ = load_cifar10()
    first = np.random.default_rng(results["seed"]).permutation(len(y))[: results["batch"]]
    model = workshop_cnn()
    model.set_weights(list(load_weights("workshop_cnn").values()))
    rated = model.predict(x[first].astype(np.float32), verbose=0)  # without dropout, as the script has it
    cost = np.mean(keras.losses.sparse_categorical_crossentropy(y[first].astype(np.int32), rated))
    assert cost == pytest.approx(results["runs"]["1"]["costs"][0], rel=1e-3)
