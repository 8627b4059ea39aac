"""Nielsen's first network: one digit at a time, a column each, sigmoid neurons, the quadratic cost.

As M. Nielsen, Neural networks and deep learning, 2015, chapter 1, describes it, in our own words. Only its
way of working matters here: Python loops over the examples of a mini-batch, float64.
"""

import itertools

import numpy as np


class Network:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.weights = [rng.standard_normal((n, n_prev)) for n_prev, n in itertools.pairwise(sizes)]
        self.biases = [rng.standard_normal((n, 1)) for n in sizes[1:]]

    def slopes(self, x, y):
        """Return the slopes of the cost of one example by each bias and each weight."""
        outs = [x]
        for W, b in zip(self.weights, self.biases, strict=True):
            outs.append(1 / (1 + np.exp(-(W @ outs[-1] + b))))
        delta = (outs[-1] - y) * outs[-1] * (1 - outs[-1])
        by_bias, by_weight = [delta], [delta @ outs[-2].T]
        for layer in range(2, len(outs)):
            out = outs[-layer]
            delta = self.weights[-layer + 1].T @ delta * out * (1 - out)
            by_bias.insert(0, delta)
            by_weight.insert(0, delta @ outs[-layer - 1].T)
        return by_bias, by_weight

    def step(self, examples, learning_rate):
        """Go down the mean slope of a mini-batch, a list of pairs (x, y)."""
        sums = [np.zeros(w.shape) for w in (*self.biases, *self.weights)]
        for x, y in examples:
            by_bias, by_weight = self.slopes(x, y)
            sums = [s + g for s, g in zip(sums, (*by_bias, *by_weight), strict=True)]
        for w, s in zip((*self.biases, *self.weights), sums, strict=True):
            w -= learning_rate / len(examples) * s
