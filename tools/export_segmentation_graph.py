#!/usr/bin/env python3
"""Writes the weightless ONNX graph of pyannote segmentation-3.0 (PyanNet: SincNet, four LSTM layers, powerset head).

usage: export_segmentation_graph.py pytorch_model.bin segmentation-3.0.onnx
The architecture is that of pyannote.audio 3.1 (pyannote/audio/models/segmentation/PyanNet.py) and asteroid-filterbanks'
ParamSincFB; the graph's outputs equal PyTorch's to 5e-5.
"""

import sys

import numpy as np

from graph_builder import GraphBuilder
from torch_checkpoint import read_checkpoint

INT = np.int64
SAMPLE_RATE_HZ = 16_000
SINC_WIDTH, SINC_STRIDE = 251, 10
MIN_LOW_HZ, MIN_BAND_HZ = 50.0, 50.0
LSTM_LAYERS, LSTM_SIZE = 4, 128
LEAKY_SLOPE = 0.01


def export(checkpoint, path):
    g = GraphBuilder("segmentation-3.0", checkpoint, read_checkpoint(checkpoint)["state_dict"])
    x = sincnet(g, "waveform")  # [frames, batch, 60]
    for layer in range(LSTM_LAYERS):
        x = lstm(g, x, layer)
    x = g.op("Transpose", x, perm=[1, 0, 2])  # [batch, frames, 256]
    for index in range(2):
        x = g.op("LeakyRelu", linear(g, x, f"linear.{index}"), alpha=LEAKY_SLOPE)
    g.op("LogSoftmax", linear(g, x, "classifier"), axis=-1, name="logprobs")
    g.write(path, {"waveform": ["batch", 1, "samples"]}, {"logprobs": ["batch", "frames", 7]})


def sincnet(g, waveform):
    x = instance_norm(g, waveform, "sincnet.wav_norm1d")
    x = g.op("Abs", g.op("Conv", x, sinc_filters(g), strides=[SINC_STRIDE], kernel_shape=[SINC_WIDTH]))
    for index in range(3):
        if index > 0:
            key = f"sincnet.conv1d.{index}"
            x = g.op("Conv", x, g.weight(f"{key}.weight"), g.weight(f"{key}.bias"), kernel_shape=[5])
        x = g.op("MaxPool", x, kernel_shape=[3], strides=[3])
        x = g.op("LeakyRelu", instance_norm(g, x, f"sincnet.norm1d.{index}"), alpha=LEAKY_SLOPE)
    return g.op("Transpose", x, perm=[2, 0, 1])


def sinc_filters(g):
    """80 band-pass filters from 40 learnt bands: even (cosine) and odd (sine). Constant: folded at load."""
    key = "sincnet.conv1d.0.filterbank."
    n, window = g.weight(key + "n_"), g.weight(key + "window_")
    two = g.constant(2.0)
    low = g.op("Add", g.constant(MIN_LOW_HZ), g.op("Abs", g.weight(key + "low_hz_")))
    high = g.op("Add", g.op("Add", low, g.constant(MIN_BAND_HZ)), g.op("Abs", g.weight(key + "band_hz_")))
    high = g.op("Clip", high, g.constant(MIN_LOW_HZ), g.constant(SAMPLE_RATE_HZ / 2))
    band = g.op("Sub", high, low)  # [40, 1]
    at_low, at_high, half = g.op("MatMul", low, n), g.op("MatMul", high, n), g.op("Div", n, two)

    def side(minuend, subtrahend):
        return g.op("Mul", g.op("Div", g.op("Sub", minuend, subtrahend), half), window)

    def reverse(v):
        start, end, axis, step = (g.constant([value], INT) for value in (-1, -1000, 1, -1))
        return g.op("Slice", v, start, end, axis, step)

    left = side(g.op("Sin", at_high), g.op("Sin", at_low))
    even = g.op("Concat", left, g.op("Mul", two, band), reverse(left), axis=1)
    left = side(g.op("Cos", at_low), g.op("Cos", at_high))
    odd = g.op("Concat", left, g.op("Mul", g.constant(0.0), band), g.op("Neg", reverse(left)), axis=1)
    scale = g.op("Mul", two, band)
    filters = g.op("Concat", g.op("Div", even, scale), g.op("Div", odd, scale), axis=0)  # [80, 251]
    return g.op("Unsqueeze", filters, g.constant([1], INT))


def lstm(g, x, layer):
    """One bidirectional layer: [frames, batch, in] -> [frames, batch, 256]."""

    def gates(key):
        """PyTorch stacks the gates i, f, g, o; ONNX wants i, o, f, c."""
        i, f, c, o = g.op("Split", g.weight(f"lstm.{key}"), outputs=4, axis=0)
        return g.op("Concat", i, o, f, c, axis=0)

    def both_directions(part):
        return g.op("Concat", *(g.op("Unsqueeze", part(d), g.constant([0], INT)) for d in ("", "_reverse")), axis=0)

    weights = both_directions(lambda d: gates(f"weight_ih_l{layer}{d}"))
    recurrent = both_directions(lambda d: gates(f"weight_hh_l{layer}{d}"))
    bias = both_directions(
        lambda d: g.op("Concat", gates(f"bias_ih_l{layer}{d}"), gates(f"bias_hh_l{layer}{d}"), axis=0)
    )
    y = g.op("LSTM", x, weights, recurrent, bias, hidden_size=LSTM_SIZE, direction="bidirectional")
    y = g.op("Transpose", y, perm=[0, 2, 1, 3])  # [frames, batch, direction, 128]
    return g.op("Reshape", y, g.constant([0, 0, 2 * LSTM_SIZE], INT))


def instance_norm(g, x, key):
    return g.op("InstanceNormalization", x, g.weight(key + ".weight"), g.weight(key + ".bias"), epsilon=1e-5)


def linear(g, x, key):
    weight = g.op("Transpose", g.weight(key + ".weight"), perm=[1, 0])
    return g.op("Add", g.op("MatMul", x, weight), g.weight(key + ".bias"))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    export(*sys.argv[1:])
