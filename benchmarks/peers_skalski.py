"""The layers of P. Skalski's "Let's code convolutional neural network in plain NumPy" (2020), the fast ones.

In our own words, and only their way of working: the windows are picked out by arrays of indices, the slopes
go back with `np.add.at`, and pooling goes from place to place in a loop.
"""

import numpy as np


class Conv:
    def __init__(self, kernel, bias, padding):
        self.kernel, self.bias, self.padding = kernel, bias, padding

    def _places(self, shape):
        """Return the indices of channel, row and column of each number of each window."""
        height, width, channels, _ = self.kernel.shape
        down, right = shape[2] - height + 1, shape[3] - width + 1
        row = np.tile(np.repeat(np.arange(height), width), channels)[:, None] + np.repeat(
            np.arange(down), right
        )
        column = np.tile(np.arange(width), height * channels)[:, None] + np.tile(np.arange(right), down)
        return np.repeat(np.arange(channels), height * width)[:, None], row, column

    def forward(self, x):
        p = self.padding
        padded = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0))).transpose(0, 3, 1, 2)
        self.shape = padded.shape
        windows = padded[(slice(None), *self._places(self.shape))]
        self.windows = windows.transpose(1, 2, 0).reshape(windows.shape[1], -1)
        rows = self.kernel.transpose(3, 2, 0, 1).reshape(self.kernel.shape[3], -1)
        y = (rows @ self.windows).reshape(-1, x.shape[1], x.shape[2], len(x))
        return y.transpose(3, 1, 2, 0) + self.bias

    def backward(self, dy):
        height, width, channels, filters = self.kernel.shape
        self.d_bias = dy.sum(axis=(0, 1, 2))
        flat = dy.transpose(3, 1, 2, 0).reshape(filters, -1)
        d_rows = (flat @ self.windows.T).reshape(filters, channels, height, width)
        self.d_kernel = d_rows.transpose(2, 3, 1, 0)
        rows = self.kernel.transpose(3, 2, 0, 1).reshape(filters, -1)
        d_windows = (rows.T @ flat).reshape(len(self.windows), -1, len(dy)).transpose(2, 0, 1)
        d_padded = np.zeros(self.shape, dy.dtype)
        np.add.at(d_padded, (slice(None), *self._places(self.shape)), d_windows)
        p = self.padding
        return d_padded[:, :, p:-p, p:-p].transpose(0, 2, 3, 1)

    def step(self, learning_rate):
        self.kernel = self.kernel - learning_rate * self.d_kernel
        self.bias = self.bias - learning_rate * self.d_bias


class Pool:
    def forward(self, x):
        self.x_shape, self.masks = x.shape, {}
        n, height, width, channels = x.shape
        y = np.zeros((n, height // 2, width // 2, channels), x.dtype)
        for i in range(height // 2):
            for j in range(width // 2):
                window = x[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].reshape(n, 4, channels)
                mask = np.zeros_like(window)
                best = window.argmax(axis=1)
                mask[np.arange(n)[:, None], best, np.arange(channels)] = 1
                self.masks[i, j] = mask.reshape(n, 2, 2, channels)
                y[:, i, j] = window.max(axis=1)
        return y

    def backward(self, dy):
        dx = np.zeros(self.x_shape, dy.dtype)
        for (i, j), mask in self.masks.items():
            dx[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2] += dy[:, i : i + 1, j : j + 1] * mask
        return dx

    def step(self, learning_rate):
        pass


class ReLU(Pool):
    def forward(self, x):
        self.z = x
        return np.maximum(0, x)

    def backward(self, dy):
        dz = np.array(dy)
        dz[self.z <= 0] = 0
        return dz


class Dense(Conv):
    def __init__(self, weights, bias):
        self.kernel, self.bias = weights, bias  # weights of shape (n_prev, n)

    def forward(self, x):
        self.shape, self.x = x.shape, x.reshape(len(x), -1)
        return self.x @ self.kernel + self.bias

    def backward(self, dy):
        self.d_kernel, self.d_bias = self.x.T @ dy, dy.sum(axis=0)
        return (dy @ self.kernel.T).reshape(self.shape)


def step(layers, x, labels, learning_rate):
    """Take one step of gradient descent on the mean cross-entropy of the softmax."""
    for layer in layers:
        x = layer.forward(x)
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(labels)), labels] -= 1
    slopes = p / len(labels)
    for layer in reversed(layers):
        slopes = layer.backward(slopes)
    for layer in layers:
        layer.step(learning_rate)
