"""Train the network of the chapter on Keras's workflow on 500 digits only, for too long, and keep its log.

    python scripts/train_few_digits.py

Half a minute of one core. With so few digits the network soon knows them by heart: what overfitting looks
like. A second run makes steps that are a hundred times smaller, and is nowhere near done after as many
epochs. The log goes into data/results; afterwards renew SHA256SUMS (CONTRIBUTING.md). The digits that are
watched after each epoch are no test digits: those are looked at once, at the end.
"""

import json
from pathlib import Path

import numpy as np

from cvlessons.datasets import load_mnist
from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
from cvlessons.optimizers import SGD
from cvlessons.sequential import Sequential

SEED = 0
EPOCHS = 40
BATCH = 50
MOMENTUM = 0.9
RATES = {"few_digits": 0.05, "small_steps": 0.0005}
RESULTS = Path(__file__).parents[1] / "src/cvlessons/data/results"


def pictures(x):
    return x[..., None].astype(np.float32) / 255


def digits():
    """Return the digits to learn from, those to watch, and those for the end, each with its labels."""
    (x, labels), test = load_mnist()
    return (
        (pictures(x[:500]), labels[:500]),
        (pictures(x[58000:]), labels[58000:]),
        (pictures(test[0]), test[1]),
    )


def new_network():
    stages = [Conv2D(8, 3, padding=1), ReLU(), MaxPool(), Conv2D(16, 3, padding=1), ReLU(), MaxPool()]
    return Sequential((28, 28, 1), [*stages, Flatten(), Dense(10)], seed=SEED)


def train(rate, epochs=EPOCHS):
    """Return the trained network and its history: one dict of lists."""
    (x, labels), watched, _ = digits()
    network, optimizer = new_network(), SGD(rate, momentum=MOMENTUM)
    options = {"epochs": epochs, "batch_size": BATCH, "optimizer": optimizer, "seed": SEED}
    return network, network.fit(x, labels, validation=watched, **options)


def judged(network):
    """Return the accuracy on the test digits, and the confusion matrix."""
    x, labels = digits()[2]
    answers = network.predict(x)
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (labels, answers), 1)
    return {"test_accuracy": float((answers == labels).mean()), "confusion": confusion.tolist()}


def main():
    for name, rate in RATES.items():
        network, history = train(rate)
        rounded = {key: [round(float(value), 5) for value in values] for key, values in history.items()}
        result = {"network": name, "seed": SEED, "epochs": EPOCHS, "batch": BATCH, "learning_rate": rate}
        result |= {"weights": network.count(), **judged(network), "history": rounded}
        (RESULTS / f"{name}.json").write_text(json.dumps(result) + "\n", encoding="utf-8")
        print(name, "right on the test digits:", result["test_accuracy"])


if __name__ == "__main__":
    main()
