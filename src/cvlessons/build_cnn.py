"""The workshop's networks for CIFAR-10, and a better one: how they are built, in Keras.

Each takes pictures of shape (batch, 32, 32, 3) with numbers from 0 to 255 and answers with probabilities
of shape (batch, 10).

Chapter: ``book/build_cnn.md`` (slide 62); ``workshop_ann`` is of ``book/first_network.md`` (slide 43).
"""

from cvlessons._validate import checked_choice

__all__ = ["residual_network", "workshop_ann", "workshop_cnn"]


def workshop_ann():
    """Return the workshop's fully connected network, untrained: 3072 inputs, 1000, 512 and 10 neurons.

    Returns
    -------
    keras.Sequential

    Raises
    ------
    ImportError
        If Keras is not installed.

    References
    ----------
    Slide 43 of the workshop.

    Examples
    --------
    >>> workshop_ann().count_params()
    3590642
    """
    from keras import Sequential, layers

    return Sequential(
        [
            layers.Input((32, 32, 3)),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(1000, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(512, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(10, activation="softmax"),
        ],
        name="workshop_ann",
    )


def workshop_cnn(*, batch_normalisation=False):
    """Return the workshop's convolutional network, untrained: three pairs of convolutions and a dense layer.

    Parameters
    ----------
    batch_normalisation : bool, default False
        Whether a batch normalisation follows each convolution. The workshop's network has none.

    Returns
    -------
    keras.Sequential

    Raises
    ------
    ImportError
        If Keras is not installed.
    ValueError
        If the switch is neither True nor False.

    References
    ----------
    Slide 62 of the workshop.

    Examples
    --------
    >>> workshop_cnn().count_params(), workshop_cnn(batch_normalisation=True).count_params()
    (669354, 670634)
    """
    from keras import Sequential, layers

    checked_choice(batch_normalisation, "batch_normalisation", (True, False))
    stack = [layers.Input((32, 32, 3)), layers.Rescaling(1 / 255)]
    for filters in (32, 64, 64):
        for _ in range(2):
            stack.append(layers.Conv2D(filters, 3, padding="same"))
            if batch_normalisation:
                stack.append(layers.BatchNormalization())
            stack.append(layers.ReLU())
        stack += [layers.MaxPooling2D(), layers.Dropout(0.25)]
    stack += [layers.Flatten(), layers.Dense(512, activation="relu"), layers.Dropout(0.5)]
    stack.append(layers.Dense(10, activation="softmax"))
    return Sequential(stack, name="workshop_cnn")


def residual_network():
    """Return a small residual network, untrained: a first convolution and three blocks with a short cut.

    Each block computes what is to be *added* to what came in, after two convolutions with batch
    normalisation. It halves the picture; its short cut is a convolution of 1 by 1 pixels, which only makes
    the shapes fit.

    Returns
    -------
    keras.Model

    Raises
    ------
    ImportError
        If Keras is not installed.

    References
    ----------
    K. He, X. Zhang, S. Ren, J. Sun, "Deep residual learning for image recognition", CVPR 2016.

    Examples
    --------
    >>> residual_network().output_shape
    (None, 10)
    """
    from keras import Model, layers

    def convolution(x, filters, size=3, strides=1):
        x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    pixels = layers.Input((32, 32, 3))
    x = layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    x = layers.ReLU()(convolution(x, 32))
    for filters in (48, 96, 192):
        shortcut = convolution(x, filters, 1, strides=2)
        x = layers.ReLU()(convolution(x, filters, strides=2))
        x = layers.ReLU()(layers.Add()([convolution(x, filters), shortcut]))
    x = layers.GlobalAveragePooling2D()(x)
    return Model(pixels, layers.Dense(10, activation="softmax")(x), name="residual_network")
