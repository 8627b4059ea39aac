"""Train the network that reads drawn digits, on all of MNIST, three times; and store what a browser needs.

    python scripts/train_digits.py [weights | activations]

Without a word, or with "weights": ten minutes of one core. Seeds 0, 1 and 2 differ in the first weights,
the order of the digits and their augmentation; the weights of seed 0 are stored, whatever the others
achieve. A fourth run, seed 0 without augmentation, is for comparison. The test digits choose nothing: they
are looked at once an epoch, for the record. "activations" computes from the stored weights what each layer
gives for a few digits, in tests/cases, for whoever writes the same network anew.

Afterwards renew WEIGHTS.md and SHA256SUMS (see there), then run it again with "activations".
"""

import hashlib
import json
import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[variable] = "1"  # the same sums in the same order each time
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from cvlessons.datasets import data_path, load_mnist, load_weights  # noqa: E402
from cvlessons.digits import augmented, build_model, digit_network, fold_normalisation, to_input  # noqa: E402
from cvlessons.engine import Dense, MaxPool, ReLU  # noqa: E402

SEEDS = (0, 1, 2)
EPOCHS = 8
BATCH = 128
LEARNING_RATE = 0.003  # the first; it falls to zero along half a cosine
ROOT = Path(__file__).parents[1]
DATA = ROOT / "src/cvlessons/data"
NAMES = tuple(f"{step} {k}" for k in (1, 2, 3) for step in ("convolution and ReLU", "pooling"))
NAMES += ("dense", "softmax")


def train(seed, augment):
    """Return a network trained on MNIST, and its history: one dict of lists."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    keras.utils.set_random_seed(seed)
    model = build_model(normalised=True)
    steps = EPOCHS * -(-len(x_train) // BATCH)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(LEARNING_RATE, steps)),
        "sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,
    )
    history = {}
    for epoch in range(EPOCHS):
        x = augmented(x_train, seed=1000 * seed + epoch) if augment else x_train
        step = model.fit(
            to_input(x),
            y_train,
            batch_size=BATCH,
            initial_epoch=epoch,
            epochs=epoch + 1,
            validation_data=(to_input(x_test), y_test),
            validation_batch_size=500,
            verbose=2,
        )
        for name, values in step.history.items():
            history.setdefault(name, []).append(round(float(values[0]), 5))
    return model, history


def without_normalisation(model):
    """Return the weights of the same network with each batch normalisation folded into its convolution."""
    weights = []
    for layer in model.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel = layer.get_weights()[0]
        elif isinstance(layer, keras.layers.BatchNormalization):
            weights += fold_normalisation(kernel, *layer.get_weights(), epsilon=layer.epsilon)
        elif isinstance(layer, keras.layers.Dense):
            weights += layer.get_weights()
    return weights


def accuracy(weights):
    """Return the share of the test digits that the network with these weights reads."""
    _, (x_test, y_test) = load_mnist()
    model = build_model()
    model.set_weights(weights)
    return float((model.predict(to_input(x_test), batch_size=500, verbose=0).argmax(axis=1) == y_test).mean())


def store_weights():
    result = {"seeds": SEEDS, "epochs": EPOCHS, "batch": BATCH, "runs": {}}
    runs = [("seed 0", 0, True), ("without augmentation", 0, False)]
    runs += [(f"seed {seed}", seed, True) for seed in SEEDS[1:]]
    for name, seed, augment in runs:
        model, history = train(seed, augment)
        weights = without_normalisation(model)
        short = [w.astype(np.float16) for w in weights]
        result["runs"][name] = {
            "float32_test_accuracy": accuracy(weights),
            "test_accuracy": accuracy([w.astype(np.float32) for w in short]),
            "history": history,
        }
        if seed == 0:
            names = [f"{layer}.{part}" for layer in ("1", "2", "3", "4") for part in ("kernel", "bias")]
            file = DATA / f"weights/digits{'' if augment else '_plain'}.npz"
            np.savez_compressed(file, **dict(zip(names, short, strict=True)))
        result["weights"] = sum(w.size for w in weights)
        (DATA / "results").mkdir(exist_ok=True)
        done = [run["test_accuracy"] for key, run in result["runs"].items() if key.startswith("seed")]
        result["mean_test_accuracy"] = float(np.mean(done))
        (DATA / "results/digits.json").write_text(json.dumps(result) + "\n")  # each run, so nothing is lost
        print(name, result["runs"][name]["test_accuracy"], flush=True)


def store_activations():
    """Compute with the stored weights what every layer gives for three digits, and the answers to 100."""
    network = digit_network()
    x_test, y_test = load_mnist()[1]
    kept = [k for k, layer in enumerate(network.layers) if isinstance(layer, ReLU | MaxPool | Dense)]
    table = {
        "source": "scripts/train_digits.py, the weights of src/cvlessons/data/weights/digits.npz",
        "sha256": hashlib.sha256(Path(data_path("weights/digits.npz")).read_bytes()).hexdigest(),
        "layout": {
            "pictures": "row by row, each pixel / 255; maps (height, width, channels), the last fastest",
            "kernels": "(height, width, in, out), out fastest; the kernel is not turned over",
            "4.kernel": "(in, out), out fastest; in as the last maps lie: (height, width, channels)",
        },
        "arrays": [[name, list(array.shape)] for name, array in load_weights("digits").items()],
        "layers": [
            {"name": name, "shape": list(network.shapes[k])}
            for name, k in zip(NAMES, [*kept, kept[-1]], strict=True)
        ],
        "digits": [],
        "probabilities": rounded(network.probabilities(to_input(x_test[:100]))),
    }
    for index in (0, 1, 2):
        outputs = network.outputs(to_input(x_test[index : index + 1]))
        maps = [outputs[k] for k in kept] + [network.probabilities(to_input(x_test[index : index + 1]))]
        table["digits"].append(
            {
                "test_index": index,
                "label": int(y_test[index]),
                "pixels": x_test[index].ravel().tolist(),
                "activations": [rounded(values.ravel()) for values in maps],
            }
        )
    file = ROOT / "tests/cases/digits_activations.json"
    file.write_text(json.dumps(table, separators=(",", ":")) + "\n")
    print(f"{file.stat().st_size:,} bytes")


def rounded(values):
    """Return numbers with five digits after the point, as lists; whole ones without a point."""
    if values.ndim > 1:
        return [rounded(row) for row in values]
    near = (round(float(value), 5) for value in values)
    return [int(value) if value == int(value) else value for value in near]


if __name__ == "__main__":
    if sys.argv[1:] == ["activations"]:
        store_activations()
    else:
        store_weights()
