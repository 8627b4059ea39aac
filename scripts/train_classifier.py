"""Train the small network of the chapter on classification, and store its weights in 16 bits.

    python scripts/train_classifier.py [file]

Eight minutes of one core. The part of CIFAR-10 that comes with the package, 10 000 training pictures, is
all that the network sees. The 2000 test pictures choose nothing: they are looked at once, at the end. Each
epoch shows every picture anew: mirrored or not, and moved by up to four pixels. Afterwards add the file to
WEIGHTS.md and SHA256SUMS (see there).
"""

import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[variable] = "1"  # the same sums in the same order each time
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402

from cvlessons.build_cnn import augmented  # noqa: E402
from cvlessons.classification import build_model  # noqa: E402
from cvlessons.datasets import load_cifar10  # noqa: E402

SEED = 0
EPOCHS = 27
BATCH = 50
LEARNING_RATE = 0.006  # the highest; it rises to this for a quarter of the steps, then falls to zero
WEIGHTS = Path(__file__).parents[1] / "src/cvlessons/data/weights/classifier.npz"


class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """A learning rate that rises from zero, and falls to zero again."""

    def __init__(self, steps, highest=LEARNING_RATE):
        self.steps = steps
        self.highest = highest

    def __call__(self, step):
        done = keras.ops.cast(step, "float32") / self.steps
        return self.highest * keras.ops.minimum(done / 0.25, (1 - done) / 0.75)


def main(file=WEIGHTS):
    keras.utils.set_random_seed(SEED)
    rng = np.random.default_rng(SEED)
    (x_train, y_train), (x_test, y_test) = load_cifar10()
    x_train, x_test = x_train.astype(np.float32), x_test.astype(np.float32)

    model = build_model()
    model.compile(
        keras.optimizers.AdamW(OneCycle(EPOCHS * len(x_train) // BATCH), weight_decay=0.02),
        keras.losses.SparseCategoricalCrossentropy(),
        metrics=["accuracy"],
        jit_compile=False,
    )
    for epoch in range(EPOCHS):
        model.fit(
            augmented(x_train, rng),
            y_train,
            batch_size=BATCH,
            initial_epoch=epoch,
            epochs=epoch + 1,
            verbose=2,
        )

    def accuracy():
        return (model.predict(x_test, verbose=0).argmax(axis=1) == y_test).mean()

    print(f"float32: {accuracy():.2%} of the {len(y_test)} test pictures right")
    short = [weight.astype(np.float16) for weight in model.get_weights()]
    model.set_weights([weight.astype(np.float32) for weight in short])
    print(f"float16: {accuracy():.2%}")
    np.savez_compressed(file, **{f"{k:02}": weight for k, weight in enumerate(short)})
    print(f"{len(short)} arrays, {Path(file).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
