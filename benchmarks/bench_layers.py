"""What vectorising a layer buys: neuron by neuron, example by example, and the whole batch at once.

Run it with ``make bench``, or alone: ``.venv/bin/python benchmarks/bench_layers.py``. All of them do the same
multiplications on the same numbers, on one thread; the first also checks its input at every neuron, so a bare
loop of dot products stands beside it. The rounds are interleaved, so that a busy moment of the
machine meets all alike. Trust the ratios; the times are those of your machine.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy is imported: it reads this once

import statistics
import time

import numpy as np

from cvlessons.activations import sigmoid
from cvlessons.layers import layer, layer_batch, layer_by_neurons

SIZES = [(4, 6), (784, 10), (784, 128)]  # inputs, neurons: the slide's layer, then two that read digits
EXAMPLES = 64
ROUNDS = 15


def each_example(function):
    def run(A_prev, W, b):
        return np.stack([function(a_prev, W, b, sigmoid)[1] for a_prev in A_prev.T], axis=1)

    return run


def bare_dot_products(A_prev, W, b):
    return sigmoid([[w_i @ a_prev + b_i for a_prev in A_prev.T] for w_i, b_i in zip(W, b, strict=True)])


def whole_batch(A_prev, W, b):
    return layer_batch(A_prev, W, b, sigmoid)[1]


WAYS = {
    "neuron by neuron": each_example(layer_by_neurons),
    "bare loop of dot products": bare_dot_products,
    "one product an example": each_example(layer),
    "one product for the batch": whole_batch,
}


def seconds(way, arrays):
    start = time.process_time()
    way(*arrays)
    return time.process_time() - start


def medians(arrays):
    """Return the median time of each way, in seconds, after checking that all give the same."""
    results = [way(*arrays) for way in WAYS.values()]
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-9)
    times = {name: [] for name in WAYS}
    for _ in range(ROUNDS):
        for name, way in WAYS.items():
            times[name].append(seconds(way, arrays))
    return {name: statistics.median(values) for name, values in times.items()}


def main():
    rng = np.random.default_rng(0)
    print(f"A layer for {EXAMPLES} examples, CPU time on one thread, median of {ROUNDS} interleaved rounds\n")
    print(f"{'layer':>11}  {'way':<26}{'ms':>9}  times as fast as neuron by neuron")
    for n_prev, n in SIZES:
        arrays = rng.normal(size=(n_prev, EXAMPLES)), rng.normal(size=(n, n_prev)), rng.normal(size=n)
        measured = medians(arrays)
        slowest = measured["neuron by neuron"]
        for name, value in measured.items():
            print(f"{f'{n_prev} -> {n}':>11}  {name:<26}{1000 * value:9.3f}  {slowest / value:8.0f}")


if __name__ == "__main__":
    main()
