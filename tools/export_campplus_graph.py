#!/usr/bin/env python3
"""Writes the weightless ONNX graph of 3D-Speaker's CAM++ (192 numbers per voice; Chinese and English).

usage: export_campplus_graph.py campplus_cn_en_common.pt campplus.onnx
The architecture is that of 3D-Speaker (speakerlab/models/campplus/DTDNN.py); the outputs equal PyTorch's to 5e-5.
"""

import sys

import numpy as np
from onnx import TensorProto

from graph_builder import GraphBuilder
from torch_checkpoint import read_checkpoint

INT = np.int64
MEL_BANDS, EMBEDDING = 80, 192
HEAD_CHANNELS = 320  # 32 channels x 10 bands that are left of 80
BOTTLENECK = 128
# (layers, dilation) of the three densely connected blocks
BLOCKS = ((12, 1), (24, 2), (16, 2))
SEGMENT_FRAMES = 100  # context-aware masking pools over segments of this length


def export(checkpoint, path):
    g = GraphBuilder("campplus", checkpoint, read_checkpoint(checkpoint))
    x = head(g, "fbank")
    x = relu(g, batch_norm(g, conv1d(g, x, "xvector.tdnn.linear", stride=2), "xvector.tdnn.nonlinear.batchnorm"))
    for number, (layers, dilation) in enumerate(BLOCKS, 1):
        for layer in range(1, layers + 1):
            x = dense_layer(g, x, f"xvector.block{number}.tdnnd{layer}", dilation)
        transit = f"xvector.transit{number}"
        x = conv1d(g, relu(g, batch_norm(g, x, f"{transit}.nonlinear.batchnorm")), f"{transit}.linear")
    x = relu(g, batch_norm(g, x, "xvector.out_nonlinear.batchnorm"))
    x = conv1d(g, mean_and_deviation(g, x), "xvector.dense.linear")
    x = g.op("Squeeze", x, g.constant([-1], INT))
    plain_norm(g, x, "xvector.dense.nonlinear.batchnorm", "embedding")
    assert_all_used(g)
    g.write(path, {"fbank": ["batch", "frames", MEL_BANDS]}, {"embedding": ["batch", EMBEDDING]})


def head(g, fbank):
    """Two-dimensional convolutions: [batch, frames, 80] -> [batch, 320, frames]."""
    x = g.op("Unsqueeze", g.op("Transpose", fbank, perm=[0, 2, 1]), g.constant([1], INT))
    x = relu(g, batch_norm(g, conv2d(g, x, "head.conv1.weight"), "head.bn1"))
    for layer in ("layer1", "layer2"):
        for block in range(2):
            x = residual_block(g, x, f"head.{layer}.{block}", stride=2 if block == 0 else 1)
    x = relu(g, batch_norm(g, conv2d(g, x, "head.conv2.weight", stride=2), "head.bn2"))
    return g.op("Reshape", x, g.constant([0, HEAD_CHANNELS, -1], INT))


def residual_block(g, x, key, stride):
    y = relu(g, batch_norm(g, conv2d(g, x, f"{key}.conv1.weight", stride), f"{key}.bn1"))
    y = batch_norm(g, conv2d(g, y, f"{key}.conv2.weight"), f"{key}.bn2")
    if f"{key}.shortcut.0.weight" in g.tensors:
        x = batch_norm(g, conv2d(g, x, f"{key}.shortcut.0.weight", stride), f"{key}.shortcut.1")
    return relu(g, g.op("Add", y, x))


def dense_layer(g, x, key, dilation):
    """A time-delay layer whose output is masked by its context and appended to its input."""
    y = conv1d(g, relu(g, batch_norm(g, x, f"{key}.nonlinear1.batchnorm")), f"{key}.linear1")
    y = relu(g, batch_norm(g, y, f"{key}.nonlinear2.batchnorm"))
    key += ".cam_layer"
    context = g.op("Add", mean(g, y), segment_means(g, y))
    gate = g.op("Sigmoid", conv1d(g, relu(g, conv1d(g, context, f"{key}.linear1")), f"{key}.linear2"))
    masked = g.op("Mul", conv1d(g, y, f"{key}.linear_local", dilation=dilation), gate)
    return g.op("Concat", x, masked, axis=1)


def segment_means(g, x):
    """Each frame's value is the mean of its segment of 100 frames; the last segment may be shorter."""
    pooled = g.op(
        "AveragePool", x, kernel_shape=[SEGMENT_FRAMES], strides=[SEGMENT_FRAMES], ceil_mode=1, count_include_pad=0
    )
    repeated = g.op(
        "Expand", g.op("Unsqueeze", pooled, g.constant([-1], INT)), g.constant([1, 1, 1, SEGMENT_FRAMES], INT)
    )
    repeated = g.op("Reshape", repeated, g.constant([0, BOTTLENECK, -1], INT))
    return g.op("Slice", repeated, g.constant([0], INT), frame_count(g, x), g.constant([2], INT))


def mean_and_deviation(g, x):
    """Statistics pooling with the unbiased variance, as torch.std has it."""
    average = mean(g, x)
    difference = g.op("Sub", x, average)
    one = g.constant(1.0)
    divisor = g.op("Max", g.op("Sub", g.op("Cast", frame_count(g, x), to=TensorProto.FLOAT), one), one)
    squares = g.op("ReduceSum", g.op("Mul", difference, difference), g.constant([-1], INT), keepdims=1)
    return g.op("Concat", average, g.op("Sqrt", g.op("Div", squares, divisor)), axis=1)


def frame_count(g, x):
    return g.op("Slice", g.op("Shape", x), g.constant([2], INT), g.constant([3], INT))


def mean(g, x):
    return g.op("ReduceMean", x, axes=[-1], keepdims=1)


def relu(g, x):
    return g.op("Relu", x)


def batch_norm(g, x, key):
    parts = (g.weight(f"{key}.{part}") for part in ("weight", "bias", "running_mean", "running_var"))
    return g.op("BatchNormalization", x, *parts, epsilon=1e-5)


def plain_norm(g, x, key, name):
    """A batch normalisation that learnt no scale and no shift."""
    scale, shift = g.constant(np.ones(EMBEDDING)), g.constant(np.zeros(EMBEDDING))
    running = (g.weight(f"{key}.{part}") for part in ("running_mean", "running_var"))
    return g.op("BatchNormalization", x, scale, shift, *running, epsilon=1e-5, name=name)


def conv2d(g, x, key, stride=1):
    kernel = list(g.tensors[key].shape[2:])
    return g.op("Conv", x, g.weight(key), kernel_shape=kernel, strides=[stride, 1], pads=[(kernel[0] - 1) // 2] * 4)


def conv1d(g, x, key, stride=1, dilation=1):
    kernel = g.tensors[f"{key}.weight"].shape[2]
    pad = (kernel - 1) // 2 * dilation
    bias = [g.weight(f"{key}.bias")] if f"{key}.bias" in g.tensors else []
    return g.op(
        "Conv",
        x,
        g.weight(f"{key}.weight"),
        *bias,
        kernel_shape=[kernel],
        strides=[stride],
        dilations=[dilation],
        pads=[pad, pad],
    )


def assert_all_used(g):
    unused = [key for key in g.tensors if key not in g.used and not key.endswith("num_batches_tracked")]
    if unused:
        raise ValueError(f"the graph leaves out weights: {unused}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    export(*sys.argv[1:])
