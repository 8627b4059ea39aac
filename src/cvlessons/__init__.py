"""The lesson package of the book *Deep Learning for Computer Vision*.

One module for each idea, with the name of its chapter: ``from cvlessons.neuron import neuron``.
Importing the package loads nothing; each module brings NumPy, and asks for more only where it is used.
"""

__version__ = "0.1.0"
