"""How fast the engine trains, and its convolution layers go forward and back, beside other libraries.

Run it with ``make bench``, or alone: ``.venv/bin/python benchmarks/bench_engine.py``. The peers first have to
compute the same numbers as ours, then they race.
"""

import sidebyside as side  # before NumPy: it sets the threads

# isort: split

from functools import partial

import numpy as np

import peers_nielsen
import peers_skalski
from cvlessons._windows import count_neighbours, pad, strips_of_windows
from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
from cvlessons.optimizers import SGD
from cvlessons.sequential import Sequential

RATE = 0.05
LAYERS = [  # side, channels, filters; targets forward and backward against TensorFlow
    (28, 1, 8, 1, 1),
    (32, 3, 32, 1, 1),
    (14, 8, 16, 1, 1),
    (16, 32, 64, 0.6, 1),
]


def digits(count, shape):
    """Return random pictures and labels: how long a step takes does not depend on what they show."""
    rng = np.random.default_rng(0)
    return rng.random((count, *shape), np.float32), rng.integers(0, 10, count)


def dense_network():
    return Sequential((784,), [Dense(128), ReLU(), Dense(10)])


def lenet():
    first = [Conv2D(8, padding=1), ReLU(), MaxPool(), Conv2D(16, padding=1), ReLU(), MaxPool()]
    return Sequential((28, 28, 1), [*first, Flatten(), Dense(10)])


# ---- the same network elsewhere ---------------------------------------------------------------------


def keras_twin(network):
    import keras

    def twin(layer):
        if isinstance(layer, Conv2D):
            return keras.layers.Conv2D(layer.filters, layer.size, padding="same")
        if isinstance(layer, Dense):
            return keras.layers.Dense(layer.units)
        return {ReLU: keras.layers.ReLU, MaxPool: keras.layers.MaxPooling2D, Flatten: keras.layers.Flatten}[
            type(layer)
        ]()

    model = keras.Sequential([keras.layers.Input(network.input_shape), *map(twin, network.layers)])
    model.set_weights([w.T if w.ndim == 2 else w for w in network.parameters])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(RATE), loss)
    return model


def torch_twin(network, torch):
    """Return the network in torch, channels last in memory."""
    parts, shape = [], network.input_shape
    for layer, out in zip(network.layers, network.shapes, strict=True):
        if isinstance(layer, Conv2D):
            part = torch.nn.Conv2d(shape[2], layer.filters, layer.size, padding=layer.padding)
            arrays = [layer.parameters[0].transpose(3, 2, 0, 1), layer.parameters[1]]
        elif isinstance(layer, Dense):
            part, arrays = torch.nn.Linear(shape[0], layer.units), layer.parameters
        else:
            part, arrays = {ReLU: torch.nn.ReLU(), MaxPool: torch.nn.MaxPool2d(2)}.get(type(layer)), []
            part = part or _flatten(torch)
        with torch.no_grad():
            for w, array in zip(part.parameters(), arrays, strict=True):
                w.copy_(torch.from_numpy(array.copy()))
        parts.append(part)
        shape = out
    return torch.nn.Sequential(*parts).to(memory_format=torch.channels_last)


def _flatten(torch):
    class ChannelsLast(torch.nn.Module):
        def forward(self, x):
            return x.permute(0, 2, 3, 1).flatten(1)

    return ChannelsLast()


def torch_epoch(model, x, labels, batch, torch):
    x, labels = torch.from_numpy(x), torch.from_numpy(labels)
    if x.ndim == 4:
        x = x.permute(0, 3, 1, 2)
    optimizer = torch.optim.SGD(model.parameters(), RATE)

    def epoch():
        order = torch.randperm(len(x))
        for i in range(0, len(x), batch):
            part = order[i : i + batch]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x[part]), labels[part]).backward()
            optimizer.step()

    return epoch


def skalski_layers(network):
    made = []
    for layer in network.layers:
        if isinstance(layer, Conv2D):
            made.append(peers_skalski.Conv(*(w.copy() for w in layer.parameters), layer.padding))
        elif isinstance(layer, Dense):
            made.append(peers_skalski.Dense(layer.parameters[0].T.copy(), layer.parameters[1].copy()))
        elif not isinstance(layer, Flatten):
            made.append(peers_skalski.Pool() if isinstance(layer, MaxPool) else peers_skalski.ReLU())
    return made


def check_twins(make, x, labels, torch):
    """Refuse to race peers that compute something else: the same scores, and the same after a step."""
    ours = make()
    scores = ours.forward(x)
    twin = keras_twin(make())
    np.testing.assert_allclose(twin.predict_on_batch(x), scores, atol=1e-4)
    twin.train_on_batch(x, labels)
    other = torch_twin(make(), torch) if torch else None
    if torch:
        torch_epoch(other, x, labels, len(x), torch)()
    layers = skalski_layers(make()) if x.ndim == 4 else []
    if layers:
        peers_skalski.step(layers, x, labels, RATE)
    ours.fit(x, labels, epochs=1, batch_size=len(x), optimizer=SGD(RATE))
    last = ours.parameters[-2]
    np.testing.assert_allclose(twin.get_weights()[-2].T, last, atol=1e-5)
    first = ours.parameters[0]
    theirs = twin.get_weights()[0]
    np.testing.assert_allclose(theirs if first.ndim == 4 else theirs.T, first, atol=1e-5)
    if torch:
        np.testing.assert_allclose(list(other.parameters())[-2].detach().numpy(), last, atol=1e-5)
    if layers:
        np.testing.assert_allclose(layers[-1].kernel.T, last, atol=1e-5)
        np.testing.assert_allclose(layers[0].kernel, first, atol=1e-5)


# ---- the races --------------------------------------------------------------------------------------


def race_training(what, make, count, batch, targets, number, torch, extra=()):
    x, labels = digits(count, make().input_shape)
    check_twins(make, x[:batch], labels[:batch], torch)
    ours, twin, optimizer = make(), keras_twin(make()), SGD(RATE)
    ways = {
        "ours": lambda: ours.fit(x, labels, epochs=1, batch_size=batch, optimizer=optimizer),
        "Keras fit": lambda: twin.fit(x, labels, batch_size=batch, epochs=1, verbose=0),
    }
    if torch:
        ways["torch loop"] = torch_epoch(torch_twin(make(), torch), x, labels, batch, torch)
    scales = {}
    step, steps = bare_products(ours, batch), -(-count // batch)
    ways["products"] = lambda: [product() for _ in range(steps) for product in step]
    ways["copies"] = copies(ours, x, batch)
    for name, way, share in extra:
        ways[name], scales[name] = way(x, labels), share
    times = side.rounds(ways, number)
    side.compare(f"{what}, batch {batch}", times, targets, scales)
    return min(times["ours"]) / count


def nielsen(x, labels):
    """Return an epoch of Nielsen's network over a tenth of the digits."""
    network = peers_nielsen.Network([784, 128, 10])
    pairs = [(a[:, None].astype(float), np.eye(10)[k][:, None]) for a, k in zip(x, labels, strict=True)]
    pairs = pairs[: len(x) // 10]
    return lambda: [network.step(pairs[i : i + 64], RATE) for i in range(0, len(pairs), 64)]


def skalski(x, labels):
    """Return an epoch of Skalski's layers over a tenth of the digits."""
    layers, count = skalski_layers(lenet()), len(x) // 10
    return lambda: [
        peers_skalski.step(layers, x[i : i + 64], labels[i : i + 64], RATE) for i in range(0, count, 64)
    ]


def race_layer(size, channels, filters, forward, backward, torch, number, batch=64):
    """Race a convolution layer of 3 x 3 with padding, forward and back (by picture, kernel and bias)."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = rng.random((batch, size, size, channels), np.float32)
    dy = rng.standard_normal((batch, size, size, filters), np.float32)
    layer = Conv2D(filters, padding=1)
    layer.build(x.shape[1:], rng)
    kernel, bias = layer.parameters
    forth, back = {"ours": lambda: layer.forward(x)}, {"ours": lambda: layer.backward(dy)}
    forward_products, *back_products = bare_products_of(layer, x.shape[1:], dy.shape[1:], batch)
    forth["products"], back["products"] = forward_products, lambda: [way() for way in back_products]
    forth["copies"], *back_copies = bare_copies_of(layer, x.shape[1:], dy.shape[1:], batch)
    back["copies"] = lambda: [copy() for copy in back_copies]
    tx, tk, tb, tdy = (tf.constant(a) for a in (x, kernel, bias, dy))

    @tf.function
    def tf_forward():
        return tf.nn.bias_add(tf.nn.conv2d(tx + 0, tk, 1, "SAME"), tb)

    @tf.function
    def tf_backward():
        by_x = tf.raw_ops.Conv2DBackpropInput(
            input_sizes=x.shape, filter=tk, out_backprop=tdy + 0, strides=[1, 1, 1, 1], padding="SAME"
        )
        by_kernel = tf.raw_ops.Conv2DBackpropFilter(
            input=tx, filter_sizes=kernel.shape, out_backprop=tdy + 0, strides=[1, 1, 1, 1], padding="SAME"
        )
        return by_x, by_kernel, tf.reduce_sum(tdy + 0, [0, 1, 2])

    forth["tf.function"], back["tf.function"] = tf_forward, tf_backward
    np.testing.assert_allclose(layer.forward(x), tf_forward(), atol=1e-3)
    slopes = tf_backward()
    np.testing.assert_allclose(layer.backward(dy), slopes[0], atol=1e-2)
    for one, other in zip(layer.gradients, slopes[1:], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=0.1)
    if torch:
        last = {"memory_format": torch.channels_last}
        px, pdy = (torch.from_numpy(a.transpose(0, 3, 1, 2)) for a in (x, dy))
        pk, pb = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy()).to(**last), torch.from_numpy(bias)
        forth["torch"] = lambda: torch.nn.functional.conv2d(px, pk, pb, padding=1)
        options = ([filters], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, True, True])
        back["torch"] = lambda: torch.ops.aten.convolution_backward(pdy, px, pk, *options)
    name = f"{size} x {size} x {channels} -> {filters}"
    times = side.rounds(forth, number), side.rounds(back, number)
    side.compare(f"forward {name}", times[0], {"tf.function": forward})
    side.compare(f"back {name}", times[1], {"tf.function": backward})


def bare_products(network, batch):
    """Return the matrix products of a training step, each the fastest way that we know of."""
    shapes = [network.input_shape, *network.shapes]
    return [
        way
        for layer, shape, out in zip(network.layers, shapes, network.shapes, strict=False)
        if layer.parameters
        for way in bare_products_of(layer, shape, out, batch)
    ]


def bare_products_of(layer, shape, out, batch):
    """Return the products of a layer: forward, by the weights, and by what came in if anybody asks."""
    if isinstance(layer, Dense):
        forth, by_weights = side.products(batch, *shape, *out)
        back = side.products(batch, *out, *shape)[0]
    else:
        forth, by_weights = window_products(batch, out[:2], shape[2], out[2])
        back = window_products(batch, shape[:2], out[2], shape[2])[0]
    return [side.fastest(ways) for ways in (forth, by_weights, back)[: 2 if layer.first else 3]]


def window_products(batch, size, channels, filters):
    """Return the products of a convolution of 3 x 3, where 1, 2 or 4 outputs share a window."""
    forth, by_weights = [], []
    for t in 1, 2, 4:
        ways = side.products(batch * size[0] * size[1] // t, 3 * (t + 2) * channels, t * filters)
        forth += ways[0]
        by_weights += ways[1]
    return forth, by_weights


def bare_copies(network, batch):
    """Return the copies of windows in a training step."""
    shapes = [network.input_shape, *network.shapes]
    return [
        way
        for layer, shape, out in zip(network.layers, shapes, network.shapes, strict=False)
        if isinstance(layer, Conv2D)
        for way in bare_copies_of(layer, shape, out, batch)
    ]


def bare_copies_of(layer, shape, out, batch):
    """Return the copies of windows of a convolution: forward, by the kernel, and by what came in if asked."""
    size, last = layer.size, layer.size - 1 - layer.padding
    x, dy = np.ones((batch, *shape), np.float32), np.ones((batch, *out), np.float32)
    forth = partial(copy_windows, x, size, layer.padding, out[2])
    by_kernel = partial(copy_windows, pad(x, layer.padding), size, 0, out[2])
    back = partial(copy_windows, dy, size, last, shape[2])
    return [forth, by_kernel, back][: 2 if layer.first else 3]


def copy_windows(pictures, size, padding, filters):
    padded = pad(pictures, padding)
    t = count_neighbours(padded.shape[2] - size + 1, filters)
    for _ in strips_of_windows(padded, (size, size, padded.shape[3], filters), t, 1):
        pass


def copies(network, x, batch):
    """Return a way to do what an epoch copies, and to step the weights."""
    order, steps = np.random.default_rng(0).permutation(len(x)), bare_copies(network, batch)
    weights = [w.copy() for w in network.parameters]
    slopes = [np.zeros_like(w) for w in weights]

    def epoch():
        for first in range(0, len(x), batch):
            x.take(order[first : first + batch], axis=0)
            for copy in steps:
                copy()
            SGD(RATE)(weights, slopes)

    return epoch


def multiplications(network):
    """Return how many multiplications an example needs in a training step: forward, and twice back."""
    total = 0
    for layer, out in zip(network.layers, network.shapes, strict=True):
        if layer.parameters:
            weights = layer.parameters[0].size
            once = weights * (out[0] * out[1] if len(out) == 3 else 1)
            total += (2 if layer.first else 3) * once
    return total


def main():
    torch = side.torch_or_none()
    peak = side.peak()
    print(side.HOW)
    print(side.MOST)
    print(f"{side.machine()}; matrix product at its best: {peak:.0f} GF/s")
    print("Left out: numpy-ml; its last release, 0.1.2, cannot be imported on Python 3.10 or later.")
    side.head()
    rates = {}
    targets = {"Keras fit": 4, "torch loop": 2, "Nielsen": 40}
    extra = [("Nielsen", nielsen, 10)]
    rates["784-128-10, batch 64"] = race_training(
        "784-128-10", dense_network, 12800, 64, targets, 7, torch, extra
    )
    rates["784-128-10, batch 256"] = race_training(
        "784-128-10", dense_network, 12800, 256, {"Keras fit": 1.5}, 7, torch
    )
    targets = {"Keras fit": 0.8, "torch loop": 0.9, "Skalski": 6}
    extra = [("Skalski", skalski, 10)]
    rates["LeNet-like, batch 64"] = race_training("LeNet-like", lenet, 6400, 64, targets, 7, torch, extra)
    for layer in LAYERS:
        race_layer(*layer, torch, 9)
    print()
    for name, took in rates.items():
        made = dense_network if name.startswith("784") else lenet
        rate = 2 * multiplications(made()) / took / 1e9
        print(f"{name}: {rate:.0f} GF/s that are needed, {rate / peak:.0%} of the peak")


if __name__ == "__main__":
    main()
