"""Start workers of train_multiworker.py on this machine, and measure what the chapter on scaling quotes.

    unshare --map-root-user --net sh -c "ip link set lo up && python scripts/record_multiworker.py"

The bytes are counted at the loopback device; so that nobody else's are among them, the workers get a network
of their own. It takes some minutes. Afterwards renew SHA256SUMS (see CONTRIBUTING.md).
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

for variable in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ[variable] = "1"  # a core for each worker

import numpy as np  # noqa: E402

DATA = Path(__file__).parents[1] / "src/cvlessons/data"
STARTING = 3  # the first steps also build the graph: they are not measured


def measure(folder, kind):
    """Be one worker; write down the first batch's slopes, the costs, the last weights, bytes and seconds."""
    import keras
    import tensorflow as tf

    import train_multiworker

    class Forgetful(train_multiworker.Worker):
        """Divides by the number of its own examples, as one does with a single worker."""

        def slopes(self, x, y):
            with tf.GradientTape() as tape:
                losses = keras.losses.sparse_categorical_crossentropy(y, self.model(x, training=True))
                cost = tf.reduce_mean(losses)
            return cost, tape.gradient(cost, self.model.trainable_variables)

    class KerasLoss(train_multiworker.Worker):
        """Leaves the division to Keras's loss object."""

        def slopes(self, x, y):
            with tf.GradientTape() as tape:
                cost = keras.losses.SparseCategoricalCrossentropy()(y, self.model(x, training=True))
            return cost, tape.gradient(cost, self.model.trainable_variables)

    kinds = {"right": train_multiworker.Worker, "forgetful": Forgetful, "keras loss": KerasLoss}
    worker = kinds[kind]()
    strategy = worker.strategy

    @tf.function
    def summed_slopes(x, y):
        each = strategy.run(lambda x, y: worker.slopes(x, y)[1], (x, y))
        return [strategy.reduce("SUM", slope, axis=None) for slope in each]

    batches = list(worker.batches())
    arrays = {f"slopes {k:02}": s.numpy() for k, s in enumerate(summed_slopes(*batches[0]))}
    costs, seconds, before = [], [], 0
    for number, (x, y) in enumerate(batches):
        if number == STARTING:
            before = loopback_bytes()
        begin = time.process_time()
        costs.append(float(worker.step(x, y)))
        seconds.append(time.process_time() - begin)
    sent = (loopback_bytes() - before) / (len(batches) - STARTING)
    arrays |= {f"weights {k:02}": w for k, w in enumerate(worker.model.get_weights())}
    index = strategy.cluster_resolver.task_id or 0
    np.savez(Path(folder, f"{index}.npz"), costs=costs, seconds=seconds[STARTING:], sent=sent, **arrays)


def loopback_bytes():
    """Return how many bytes the loopback device has sent, once the others are waiting for this worker."""
    time.sleep(1)
    for line in Path("/proc/net/dev").read_text().splitlines():
        device, _, numbers = line.partition(":")
        if device.strip() == "lo":
            return int(numbers.split()[8])
    raise OSError("this machine has no loopback device lo")


def fit(folder):
    """Be one worker that leaves it all to Keras; write down what it says."""
    import train_multiworker

    worker = train_multiworker.Worker()
    worker.model.compile(worker.optimizer, "sparse_categorical_crossentropy", jit_compile=False)
    size = train_multiworker.BATCH
    try:
        worker.model.fit(np.zeros((size, 32, 32, 3)), np.zeros(size), batch_size=size, verbose=0)
        said = "works"
    except Exception as error:  # whatever it is: it is what we want to know
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
    index = worker.strategy.cluster_resolver.task_id
    Path(folder, f"{index}.txt").write_text(said, encoding="utf-8")


def free_ports(count):
    """Return ports that nobody listens on: the system chooses them."""
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("localhost", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start(count, *arguments):
    """Start workers, each a process with its own TF_CONFIG, and wait until all have ended."""
    addresses = [f"localhost:{port}" for port in free_ports(count)]
    workers = []
    for index in range(count):
        config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": index}}
        environment = {**os.environ, "TF_CONFIG": json.dumps(config), "TF_CPP_MIN_LOG_LEVEL": "3"}
        command = [sys.executable, __file__, *map(str, arguments)]
        workers.append(subprocess.Popen(command, env=environment))
    try:
        if any(worker.wait(timeout=900) for worker in workers):
            raise RuntimeError("a worker failed: see above")
    finally:
        for worker in workers:
            worker.kill()  # one whose neighbour is gone would wait for ever


def record():
    if loopback_bytes():
        raise SystemExit("others use this network, too: see the top of this file")
    runs = {}
    kinds = {"1": "right", "2": "right", "3": "right", "4": "right"}
    kinds |= {f"2 {kind}": kind for kind in ("forgetful", "keras loss")}
    with tempfile.TemporaryDirectory() as folder:
        start(2, "fit", folder)
        said = Path(folder, "0.txt").read_text(encoding="utf-8")
        print(said[:60], "…", said[-120:], flush=True)
        for name, kind in kinds.items():
            start(int(name[0]), "measure", folder, kind)
            workers = [dict(np.load(Path(folder, f"{index}.npz"))) for index in range(int(name[0]))]
            runs[name] = workers[0]
            for other in workers[1:]:
                assert largest_apart(workers[0], other, "weights") == 0, "the workers are not alike"
            print(name, summary(workers[0], runs["1"]), flush=True)
    alone = runs["1"]
    result = {
        "seed": 0,
        "batch": 96,
        "steps": len(alone["costs"]),
        "weights": sum(array.size for name, array in alone.items() if name.startswith("weights")),
        "versions": {name: version(name) for name in ("keras", "tensorflow-cpu")},
        "fit": f"{said[:46]} … {said[-101:]}" if len(said) > 150 else said,
        "largest_slope": max(float(abs(a).max()) for name, a in alone.items() if name.startswith("slopes")),
        "step_seconds": float(np.median(alone["seconds"])),
        "runs": {name: summary(run, alone) for name, run in runs.items()},
    }
    (DATA / "results/multiworker.json").write_text(json.dumps(result) + "\n", encoding="utf-8")


def largest_apart(run, other, kind):
    return max(float(abs(run[name] - other[name]).max()) for name in run if name.startswith(kind))


def summary(run, alone):
    """Return what is stored of a run: how far it is from that of a single worker, its costs and its bytes."""
    ours, single = (
        np.concatenate([r[name].ravel() for name in r if name.startswith("slopes")]) for r in (run, alone)
    )
    return {
        "costs": run["costs"].tolist(),
        "slopes_apart": largest_apart(run, alone, "slopes"),
        "slopes_ratio": float(ours @ single / (single @ single)),
        "weights_apart": largest_apart(run, alone, "weights"),
        "bytes_each_step": float(run["sent"]),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case []:
            record()
        case ["measure", folder, kind]:
            measure(folder, kind)
        case ["fit", folder]:
            fit(folder)
