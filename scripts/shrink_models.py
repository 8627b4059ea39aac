# /// script
# requires-python = ">=3.11"
# dependencies = ["cvlessons[onnx]", "onnx==1.23.2"]
# ///
"""Store the weights of the ONNX models in 8 or 16 bits: a quarter or half of the bytes, the same network.

    uv run --with . scripts/shrink_models.py ../shared/data/models src/cvlessons/data/models

A large float32 weight becomes int8 with one scale for each output channel, or float16 with scale 1; two
small nodes (Cast, Mul) turn it back when the model is loaded, so that ONNX Runtime computes in float32 as
before. What the rounding costs is measured at the end, and decided which model has which: with int8, DeepLab
gave 0.7 % of the swan's picture another label. So that the chapters can measure it too, the answers of the
unrounded networks are stored beside the models: `coco_ssd_float32.csv`, `deeplabv3_voc_swan.png`. Afterwards:

    cd src/cvlessons/data && sha256sum [!l]*/*.* > SHA256SUMS
"""

import csv
import sys
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession, SessionOptions

from cvlessons.datasets import data_path, load_photo
from cvlessons.detection import detect
from cvlessons.images import write_image
from cvlessons.segmentation import segment
from cvlessons.video import frame_at

MODELS = {  # file: (shorter file, type of its weights)
    "coco_ssd_nodered.onnx": ("coco_ssd.onnx", np.int8),
    "deeplabv3_mnv2_voc_codait.onnx": ("deeplabv3_voc.onnx", np.float16),
}
PHOTOGRAPHS = ("swan", "ducks", "cat", "fruits", "coffee", "astronaut")
FRAMES = (0, 30, 60, 119)  # of the video; with the photographs, what the chapter on detection judges
OTHERS = ("licenseplate_motion", "butterfly", "starry_night")
SMALLEST = 1024  # smaller weights (biases, anchors, sizes) stay as they are


def rounded(weight, dtype):
    """Return the short weights and the float32 scale of each output channel (the first axis)."""
    if dtype is np.float16:
        return weight.astype(np.float16), np.ones((1,), np.float32)
    largest = np.abs(weight).max(axis=tuple(range(1, weight.ndim)), keepdims=True)
    scale = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weight / scale).astype(np.int8), scale


def restoring_nodes(name):
    """Return the nodes that turn the rounded weight back into the float32 weight of that name."""
    cast = helper.make_node("Cast", [f"{name}/short"], [f"{name}/float"], to=TensorProto.FLOAT)
    return [cast, helper.make_node("Mul", [f"{name}/float", f"{name}/scale"], [name])]


def shrink(model, dtype):
    """Replace each convolution's large weight in the graph of `model`."""
    graph = model.graph
    weights = {node.input[1] for node in graph.node if node.op_type == "Conv"}
    nodes = []
    for tensor in [t for t in graph.initializer if t.name in weights]:
        weight = numpy_helper.to_array(tensor)
        if weight.size < SMALLEST or weight.dtype != np.float32:
            continue
        values, scale = rounded(weight, dtype)
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(values, f"{tensor.name}/short"))
        graph.initializer.append(numpy_helper.from_array(scale, f"{tensor.name}/scale"))
        nodes += restoring_nodes(tensor.name)
    for node in reversed(nodes):  # a graph lists its nodes in the order of computation
        graph.node.insert(0, node)
    onnx.checker.check_model(model)


def main(source, target):
    for name, (short, dtype) in MODELS.items():
        model = onnx.load(Path(source, name))
        shrink(model, dtype)
        onnx.save(model, Path(target, short))
        before, after = Path(source, name), Path(target, short)
        print(f"{name}: {before.stat().st_size:,} -> {after.stat().st_size:,} bytes")
        compare(*map(session, (before, after)))
    record_detections(session(Path(source, "coco_ssd_nodered.onnx")), Path(target, "coco_ssd_float32.csv"))
    record_swan(Path(source, "deeplabv3_mnv2_voc_codait.onnx"), Path(target, "deeplabv3_voc_swan.png"))


def session(model):
    """Return a model, by its path or its bytes, ready to run on one thread."""
    options = SessionOptions()
    options.intra_op_num_threads = 1
    model = model if isinstance(model, bytes) else str(model)
    return InferenceSession(model, options, providers=["CPUExecutionProvider"])


def record_detections(network, path):
    """Write what a detector finds in the pictures of the chapter, from a score of 0.05 up."""
    video = data_path("video/vtest_120f.mp4")
    pictures = {f"vtest_{number}": frame_at(video, number) for number in FRAMES}
    pictures |= {name: load_photo(name) for name in PHOTOGRAPHS + OTHERS}
    pictures["solvay_1927_people"] = load_photo("solvay_1927")
    with path.open("w", newline="") as file, patch("cvlessons.detection.session", lambda name: network):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["picture", "label", "score", "left", "top", "right", "bottom"])
        for name, picture in pictures.items():
            for box, label, score in zip(*detect(picture, minimum_score=0.05), strict=True):
                writer.writerow([name, label, f"{score:.5f}", *(f"{side:.2f}" for side in box)])


def record_swan(source, path):
    """Write the swan's labels as the three channels of a picture: by 32, by 16 and by 8 bits."""
    answers = []
    for dtype in (None, np.float16, np.int8):
        model = onnx.load(source)
        if dtype is not None:
            shrink(model, dtype)
        network = session(model.SerializeToString())
        with patch("cvlessons.segmentation.session", lambda name, network=network: network):
            answers.append(segment(load_photo("swan")).astype(np.uint8))
    write_image(path, np.stack(answers, axis=-1))


def compare(before, after):
    """Print what the rounding changed in the answers about the photographs."""
    for photo in PHOTOGRAPHS:
        image = load_photo(photo)
        detector = "Postprocessor" in before.get_outputs()[0].name
        scale = 513 / max(image.shape)
        size = (300, 300) if detector else (round(image.shape[1] * scale), round(image.shape[0] * scale))
        feed = {before.get_inputs()[0].name: cv2.resize(image, size, interpolation=cv2.INTER_AREA)[None]}
        old, new = before.run(None, feed)[0], after.run(None, feed)[0]
        if detector:
            changed = np.count_nonzero((old > 0.5) != (new > 0.5))
            said = f"{np.count_nonzero(old > 0.5)} scores above 0.5, {changed} changed sides"
        else:
            said = f"{np.mean(old == new):.2%} of the pixels keep their label"
        print(f"    {photo}: {said}")


if __name__ == "__main__":
    main(*sys.argv[1:])
