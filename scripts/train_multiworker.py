"""Train the workshop's CNN further on several workers, each with its part of a batch: this is one of them.

    TF_CONFIG='{"cluster": {"worker": ["localhost:5001", "localhost:5002"]},
                "task": {"type": "worker", "index": 0}}' python train_multiworker.py

and the same with index 1 beside it. Without TF_CONFIG it is the only one.
"""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
import keras
import numpy as np
import tensorflow as tf

from cvlessons.build_cnn import workshop_cnn
from cvlessons.datasets import load_cifar10, load_weights

SEED, STEPS = 0, 16
BATCH = 96  # that of all workers together


def cluster():
    """Return who the workers are: Slurm says it in its own way, everyone else in TF_CONFIG."""
    if "SLURM_PROCID" in os.environ:
        # One task on each machine, with one graphics card. The resolver fails where it counts none.
        alone = {"gpus_per_node": 1, "gpus_per_task": 1, "auto_set_gpu": False}
        return tf.distribute.cluster_resolver.SlurmClusterResolver(**alone)
    return tf.distribute.cluster_resolver.TFConfigClusterResolver()


class Worker:
    """One of several workers. They begin alike, and after each step they are alike again."""

    def __init__(self):
        self.strategy = tf.distribute.MultiWorkerMirroredStrategy(cluster())  # here they meet
        keras.utils.set_random_seed(SEED)
        with self.strategy.scope():
            layers = [layer for layer in workshop_cnn().layers if not isinstance(layer, keras.layers.Dropout)]
            self.model = keras.Sequential([keras.Input((32, 32, 3)), *layers])
            self.model.set_weights(list(load_weights("workshop_cnn").values()))  # go on from there
            self.optimizer = keras.optimizers.SGD(0.001, momentum=0.9)
            self.optimizer.build(self.model.trainable_variables)

    def batches(self):
        """Return this worker's part of each batch: with n workers every n-th example."""
        (x, y), _ = load_cifar10()
        order = np.random.default_rng(SEED).permutation(len(y))[: STEPS * BATCH]
        examples = x[order].astype(np.float32), y[order].astype(np.int32)

        def part(context):
            number, workers = context.input_pipeline_id, context.num_input_pipelines
            mine = tf.data.Dataset.from_tensor_slices(examples).shard(workers, number)
            return mine.batch(context.get_per_replica_batch_size(BATCH))

        return self.strategy.distribute_datasets_from_function(part)

    def slopes(self, x, y):
        """Return this worker's part of the cost, and the slopes of that part."""
        with tf.GradientTape() as tape:
            losses = keras.losses.sparse_categorical_crossentropy(y, self.model(x, training=True))
            cost = tf.reduce_sum(losses) / BATCH  # not reduce_mean, which divides by its own part
        return cost, tape.gradient(cost, self.model.trainable_variables)

    @tf.function
    def step(self, x, y):
        """Do a step with all the others; return the cost of the whole batch."""

        def own(x, y):
            cost, slopes = self.slopes(x, y)
            self.optimizer.apply(slopes)  # adds up the slopes of all workers, then moves the weights
            return cost

        return self.strategy.reduce("SUM", self.strategy.run(own, (x, y)), axis=None)


def main():
    worker = Worker()
    for number, (x, y) in enumerate(worker.batches(), start=1):
        print(f"step {number:2}: cost {float(worker.step(x, y)):.4f}", flush=True)


if __name__ == "__main__":
    main()
