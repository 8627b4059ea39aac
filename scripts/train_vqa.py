"""Train the network of the chapter on visual question answering: python scripts/train_vqa.py (2 minutes).

Writes src/cvlessons/data/weights/vqa.npz and prints what the network achieves, with the weights as they
were trained (32 bits) and as they are stored (16 bits). Afterwards:

    cd src/cvlessons/data && sha256sum [!l]*/*.* | grep -v WEIGHTS.md > SHA256SUMS
"""

import hashlib
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from cvlessons.datasets import load_easy_vqa
from cvlessons.vqa import build_model, group_by_picture, vocabulary_of

SEED, EPOCHS, BATCH = 0, 25, 16
STORED = Path(__file__).parents[1] / "src/cvlessons/data/weights/vqa.npz"


def main():
    keras.utils.set_random_seed(SEED)
    train, test, answers = load_easy_vqa()
    vocabulary = vocabulary_of(train["questions"])
    model = build_model(len(vocabulary), len(answers))
    fit(model, train, vocabulary)
    print(f"accuracy with 32 bits: {accuracy(model, test, vocabulary):.4%}")
    weights = {weight.path: weight.numpy().astype(np.float16) for weight in model.weights}
    model.set_weights([weight.astype(np.float32) for weight in weights.values()])
    print(f"accuracy with 16 bits: {accuracy(model, test, vocabulary):.4%}")
    store(weights)


def fit(model, train, vocabulary):
    bags, index = group_by_picture(train, vocabulary)
    asked = (index >= 0).astype(np.float32)  # places without question count for nothing
    steps = EPOCHS * -(-len(bags) // BATCH)
    model.compile(
        optimizer=keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps)),
        loss="sparse_categorical_crossentropy",
        weighted_metrics=["accuracy"],
    )
    answers = np.where(index >= 0, train["answers"][index], 0)
    inputs = [train["images"], bags]
    model.fit(inputs, answers, sample_weight=asked, batch_size=BATCH, epochs=EPOCHS, verbose=2)


def accuracy(model, part, vocabulary):
    """Return the share of the questions that the network answers rightly."""
    bags, index = group_by_picture(part, vocabulary)
    given = model.predict([part["images"], bags], verbose=0).argmax(axis=2)
    return (given == part["answers"][index])[index >= 0].mean()


def store(weights):
    np.savez_compressed(STORED, **{path.replace("/", "."): weight for path, weight in weights.items()})
    digest = hashlib.sha256(STORED.read_bytes()).hexdigest()
    print(f"{STORED.name}: {STORED.stat().st_size:,} bytes, SHA-256 {digest}")


if __name__ == "__main__":
    main()
