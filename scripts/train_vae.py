"""Train the networks of the chapter on generation, and store their weights in 16 bits.

    python scripts/train_vae.py [file]

Six minutes of one core. Two variational autoencoders, with 2 latents and with 16, learn to draw the clothes
of Fashion-MNIST, and a classifier learns to name them: its features are the eyes with which the chapter
compares drawn clothes with real ones. All three see the 10 000 training pictures that come with the package;
the 2000 test pictures choose nothing. Afterwards add the file to WEIGHTS.md and SHA256SUMS (see there).
"""

import math
import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
    os.environ[variable] = "1"  # the same sums in the same order each time
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

from cvlessons.datasets import load_fashion_mnist  # noqa: E402
from cvlessons.generation import build_decoder, build_encoder, build_garment_classifier  # noqa: E402

SEED = 0
LATENTS = (2, 16)
EPOCHS = {"vae": 45, "garments": 10}
BATCH = 100
WEIGHTS = Path(__file__).parents[1] / "src/cvlessons/data/weights/vae.npz"


class VAE(keras.Model):
    """Encoder and decoder, trained together on the bound of the log-likelihood, with a learned spread."""

    def __init__(self, latents):
        super().__init__()
        self.encoder, self.decoder = build_encoder(latents), build_decoder(latents)
        self.log_std = self.add_weight(
            shape=(), initializer=keras.initializers.Constant(-1.5), name="log_std"
        )
        self.seed = keras.random.SeedGenerator(SEED)

    def call(self, pictures):
        return self.losses_of(pictures)

    def losses_of(self, pictures):
        """Return the two terms of the loss, each as nats a picture."""
        mean, log_variance = self.encoder(pictures)
        noise = keras.random.normal(keras.ops.shape(mean), seed=self.seed)
        drawn = self.decoder(mean + keras.ops.exp(log_variance / 2) * noise)
        squares = keras.ops.sum((pictures - drawn) ** 2, axis=(1, 2, 3))
        pixels = math.prod(pictures.shape[1:])
        missed = squares / (2 * keras.ops.exp(2 * self.log_std))
        missed += pixels * (self.log_std + math.log(2 * math.pi) / 2)
        kl = keras.ops.sum(mean**2 + keras.ops.exp(log_variance) - 1 - log_variance, axis=1) / 2
        return keras.ops.mean(missed), keras.ops.mean(kl)

    def train_step(self, pictures):
        with tf.GradientTape() as tape:
            missed, kl = self.losses_of(pictures)
            loss = missed + kl
        variables = self.trainable_variables
        self.optimizer.apply(tape.gradient(loss, variables), variables)
        return {"missed": missed, "kl": kl, "loss": loss}


def short(weight):
    """Return a weight as it is after it was stored in 16 bits."""
    return np.float32(np.float16(weight))


def train_vae(latents, x_train, x_test):
    """Return the weights of encoder, decoder and spread."""
    keras.utils.set_random_seed(SEED)
    vae = VAE(latents)
    steps = EPOCHS["vae"] * len(x_train) // BATCH
    vae.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.002, steps)), jit_compile=False
    )
    vae.fit(x_train, batch_size=BATCH, epochs=EPOCHS["vae"], verbose=2)

    def bound(pictures):
        missed, kl = vae.losses_of(pictures)
        return f"{-float(missed + kl):.1f} nats a picture, of it KL {float(kl):.1f}"

    print(f"{latents} latents, float32: bound on the training pictures {bound(x_train)}")
    print(f"{latents} latents, float32: bound on the test pictures {bound(x_test)}")
    for network in (vae.encoder, vae.decoder):
        network.set_weights([short(weight) for weight in network.get_weights()])
    vae.log_std.assign(np.log(short(np.exp(vae.log_std.numpy()))))
    print(f"{latents} latents, float16: bound on the test pictures {bound(x_test)}")
    return {
        "encoder": vae.encoder.get_weights(),
        "decoder": vae.decoder.get_weights(),
        "std": [np.exp(vae.log_std.numpy())],
    }


def train_garments(x_train, y_train, x_test, y_test):
    """Return the weights of the classifier."""
    keras.utils.set_random_seed(SEED)
    model, _ = build_garment_classifier()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    model.fit(x_train, y_train, batch_size=BATCH, epochs=EPOCHS["garments"], verbose=2)
    print(f"garments, float32: {model.evaluate(x_test, y_test, verbose=0)[1]:.2%} of the test pictures right")
    model.set_weights([short(weight) for weight in model.get_weights()])
    print(f"garments, float16: {model.evaluate(x_test, y_test, verbose=0)[1]:.2%}")
    return {"classifier": model.get_weights()}


def main(file=WEIGHTS):
    (x_train, y_train), (x_test, y_test) = load_fashion_mnist()
    x_train, x_test = (x[..., None].astype(np.float32) / 255 for x in (x_train, x_test))
    parts = {"garments": train_garments(x_train, y_train, x_test, y_test)}
    parts |= {f"vae{latents}": train_vae(latents, x_train, x_test) for latents in LATENTS}
    arrays = {
        f"{name}/{part}/{k}": np.asarray(weight, np.float16)
        for name, networks in parts.items()
        for part, weights in networks.items()
        for k, weight in enumerate(weights)
    }
    np.savez_compressed(file, **arrays)
    print(f"{len(arrays)} arrays, {Path(file).stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
