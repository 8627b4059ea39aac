"""Train the three networks of the chapter on the limits of MLPs on all of MNIST: for the figure that shifts.

    python scripts/train_shift.py

Twenty minutes of one core. The networks are the chapter's, which trains them on a part of the digits while
it is built; no digit is shifted in training. How often each is right for each shift, on the first 2000 test
digits, goes into data/results; the test digits choose nothing. Afterwards renew WEIGHTS.md and SHA256SUMS
(see there).
"""

import json
from pathlib import Path

import numpy as np

from cvlessons.datasets import load_mnist, load_weights
from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
from cvlessons.mlp_limits import shift
from cvlessons.optimizers import Adam
from cvlessons.sequential import Sequential

SEED = 0
BATCH = 64
RATES = (0.002, 0.0005)  # for the first epochs, and for the last two
EPOCHS = {"mlp": 10, "cnn": 5, "cnn_global": 6}
FARTHEST = 8
COUNTED = 2000
DATA = Path(__file__).parents[1] / "src/cvlessons/data"


def stage(filters, pool=2):
    return [Conv2D(filters, padding=1), ReLU(), MaxPool(pool)]


def new_network(name):
    """Return one of the three networks, untrained."""
    layers = {
        "mlp": [Flatten(), Dense(18), ReLU(), Dense(10)],
        "cnn": [*stage(8), *stage(24), Flatten(), Dense(10)],
        "cnn_global": [*stage(8), *stage(24), *stage(48, pool=7), Flatten(), Dense(10)],
    }[name]
    return Sequential((28, 28, 1), layers, seed=SEED)


def pictures(x):
    return x[..., None] / np.float32(255)


def turned(arrays):
    """Return weights with each matrix transposed: a column for each neuron, as Keras has it, or back."""
    return [array.T if array.ndim == 2 else array for array in arrays]


def train(name):
    (x, labels), _ = load_mnist()
    network, optimizer = new_network(name), Adam(RATES[0])
    for epoch in range(EPOCHS[name]):
        optimizer.learning_rate = RATES[epoch >= EPOCHS[name] - 2]
        step = {"epochs": 1, "batch_size": BATCH, "optimizer": optimizer, "seed": SEED + epoch}
        history = network.fit(pictures(x), labels, **step)
        print(name, epoch + 1, history["loss"], flush=True)
    return network


def stored_networks():
    """Return the networks with the weights that are stored, by name."""
    arrays, networks = load_weights("shift"), {}
    for name in EPOCHS:
        networks[name] = new_network(name)
        own = [array for key, array in arrays.items() if key.split(".")[0] == name]
        networks[name].set_parameters(turned(own))
    return networks


def accuracy(network, down=0, right=0, count=COUNTED):
    """Return how often a network is right on the first test digits, shifted."""
    _, (x, labels) = load_mnist()
    return network.evaluate(shift(pictures(x[:count]), down, right), labels[:count])["accuracy"]


def main():
    networks = {name: train(name) for name in EPOCHS}
    before = {name: accuracy(network, count=10000) for name, network in networks.items()}
    arrays = {}
    for name, network in networks.items():
        for k, array in enumerate(turned(network.parameters)):
            arrays[f"{name}.{k // 2 + 1}.{('kernel', 'bias')[k % 2]}"] = array.astype(np.float16)
    np.savez_compressed(DATA / "weights/shift.npz", **arrays)
    shifts = range(-FARTHEST, FARTHEST + 1)
    result = {"seed": SEED, "batch": BATCH, "counted": COUNTED, "farthest": FARTHEST, "networks": {}}
    for name, network in networks.items():
        network.set_parameters([array.astype(np.float16) for array in network.parameters])
        grid = [[accuracy(network, down, right) for right in shifts] for down in shifts]
        result["networks"][name] = {
            "weights": network.count(),
            "float32_test_accuracy": before[name],
            "test_accuracy": accuracy(network, count=10000),
            "accuracy": np.round(
                grid, 4
            ).tolist(),  # a row for each shift down, a column for each to the right
        }
        print(name, before[name], result["networks"][name]["test_accuracy"], flush=True)
    (DATA / "results/shift.json").write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
