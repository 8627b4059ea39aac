"""The five steps of book/keras_workflow.md as PyTorch spells them.

    pip install torch
    python scripts/keras_workflow_torch.py

It begins with the first weights of our own network and takes its mini-batches, so its losses must be ours:
tests/test_keras_workflow.py looks, where PyTorch is installed.
"""

import numpy as np
import torch
from torch import nn

from cvlessons.datasets import load_mnist
from cvlessons.engine import Conv2D, Dense, Flatten, MaxPool, ReLU
from cvlessons.sequential import Sequential

torch.set_num_threads(1)
(x_train, y_train), (x_test, y_test) = load_mnist()


# [data
def pictures(x):
    """Return digits as PyTorch wants them: float32 of shape (batch, channels, height, width)."""
    return torch.from_numpy(x[:, None].astype("float32") / 255)


x, labels = pictures(x_train[:2000]), torch.from_numpy(y_train[:2000].astype("int64"))
x_new, labels_new = pictures(x_test[:2000]), torch.from_numpy(y_test[:2000].astype("int64"))
# data]

# [create
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),  # PyTorch asks how many channels come in
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(8, 16, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(16 * 7 * 7, 10),
)
# create]

layers = [Conv2D(8, padding=1), ReLU(), MaxPool(), Conv2D(16, padding=1), ReLU(), MaxPool()]
ours = Sequential((28, 28, 1), [*layers, Flatten(), Dense(10)], seed=0)

# [weights
kernel_1, bias_1, kernel_2, bias_2, W, b = ours.parameters
moved = [
    kernel_1.transpose(3, 2, 0, 1),  # (height, width, in, out) becomes (out, in, height, width)
    bias_1,
    kernel_2.transpose(3, 2, 0, 1),
    bias_2,
    # Flatten puts rows, columns, channels in this order, PyTorch's channels, rows, columns.
    W.reshape(10, 7, 7, 16).transpose(0, 3, 1, 2).reshape(10, -1),
    b,
]
with torch.no_grad():
    for own, array in zip(model.parameters(), moved, strict=True):
        own.copy_(torch.from_numpy(array.copy()))
# weights]

# [configure
loss_of = nn.CrossEntropyLoss()  # takes scores, not probabilities
optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
# configure]

# [train
rng, history = np.random.default_rng(0), []
model.train()  # dropout on, if there were any
for _epoch in range(2):
    total = 0.0
    for batch in torch.from_numpy(rng.permutation(len(x))).split(64):
        loss = loss_of(model(x[batch]), labels[batch])  # forward
        optimizer.zero_grad()  # or the slopes would add up from batch to batch
        loss.backward()  # backward
        optimizer.step()  # update
        total += loss.item() * len(batch)
    history.append(total / len(x))
# train]

# [evaluate
model.eval()  # dropout off
with torch.no_grad():  # nothing is kept for a way back
    scores = model(x_new)
    test_loss = loss_of(scores, labels_new).item()
    test_accuracy = (scores.argmax(dim=1) == labels_new).float().mean().item()
# evaluate]

# [predict
with torch.no_grad():
    probabilities = model(x_new[:1]).softmax(dim=1)  # a batch of one
answer = probabilities.argmax(dim=1).item()
# predict]

if __name__ == "__main__":
    for epoch, mean in enumerate(history):
        print(f"epoch {epoch + 1}: loss {mean:.4f}")
    print(f"test: loss {test_loss:.4f}, accuracy {test_accuracy:.1%}")
    print(f"the first test digit is a {answer} with {probabilities.max():.1%}")
