"""The decoder's attention to the sound in 8 bits: a step waits for memory, most of it the keys and values of the whole window.

The encoder keeps, for each layer N of the decoder:
  kt.N [B, heads, size, S] and v.N [B, heads, S, size] in 8 bits, with a scale for each of the `size` channels of a head,
  kt_scale.N and v_scale.N [B, heads, 1, size],
  kt_shift.N [B, heads, 1, S]: what each frame's product has too much, since queries are unsigned (128 times the sum of its keys).
  A frame with 1e30 there is not seen: that is how shorter windows are padded.
Bytes are signed for processors with VNNI; for others unsigned with zero point 128 (see export_moonshine_graphs.py).
`g` makes nodes: `g.op(type, *inputs, ...)` and `g.constant(value, dtype)`, both answer with a name.
"""

import numpy as np
from onnx import TensorProto

MIDDLE = 128
"""What a query of 0 becomes as an unsigned byte; also of a key or value where these are unsigned."""
TINY = 1e-20
"""Keeps a row of zeros from being divided by zero."""


def keep_sound(g, kt, v, layer, signed):
    """Writes the outputs of a layer from kt [B, heads, size, S] (scaled by size^-0.5) and v [B, heads, S, size] in floats."""
    kt_scale, kt_bytes = _quantize(g, kt, 3, signed, f"kt.{layer}")
    g.op("Transpose", kt_scale, perm=[0, 1, 3, 2], name=f"kt_scale.{layer}")
    v_scale, _ = _quantize(g, v, 2, signed, f"v.{layer}")
    g.op("Identity", v_scale, name=f"v_scale.{layer}")
    whole = g.op("Cast", kt_bytes, to=TensorProto.FLOAT)
    if not signed:
        whole = g.op("Sub", whole, g.constant(MIDDLE))
    total = g.op("ReduceSum", whole, g.constant([2], np.int64), keepdims=1)
    g.op("Mul", total, g.constant(MIDDLE), name=f"kt_shift.{layer}")


def attend(g, q, layer, signed):
    """q [B, heads, rows, size] -> what is heard [B, heads, rows, size], and the attention [B, heads, rows, S]."""
    zero = [] if signed else ["", g.constant(MIDDLE, np.uint8)]
    q = g.op("Mul", q, f"kt_scale.{layer}")
    largest = g.op("ReduceMax", g.op("Abs", q), axes=[3], keepdims=1)
    step = g.op("Max", g.op("Mul", largest, g.constant(1 / 127)), g.constant(TINY))
    q8 = g.op("QuantizeLinear", g.op("Div", q, step), g.constant(1), g.constant(MIDDLE, np.uint8))
    product = g.op("Cast", g.op("MatMulInteger", q8, f"kt.{layer}", *zero), to=TensorProto.FLOAT)
    weights = g.op("Softmax", g.op("Mul", g.op("Sub", product, f"kt_shift.{layer}"), step), axis=-1)
    # each row by its own largest, or nothing were left of an attention that is spread over all frames
    largest = g.op("ReduceMax", weights, axes=[3], keepdims=1)
    weights8 = g.op("QuantizeLinear", g.op("Div", weights, largest), g.constant(1 / 255), g.constant(0, np.uint8))
    heard = g.op("Cast", g.op("MatMulInteger", weights8, f"v.{layer}", *zero), to=TensorProto.FLOAT)
    scale = g.op("Mul", g.op("Mul", largest, g.constant(1 / 255)), f"v_scale.{layer}")
    return g.op("Mul", heard, scale), weights


def sound_shapes(layers, heads, size):
    """(name, "bytes" or "floats", shape) of all that `keep_sound` writes."""
    parts = {
        "kt": ("bytes", [heads, size, "S"]),
        "kt_scale": ("floats", [heads, 1, size]),
        "kt_shift": ("floats", [heads, 1, "S"]),
        "v": ("bytes", [heads, "S", size]),
        "v_scale": ("floats", [heads, 1, size]),
    }
    return [(f"{part}.{layer}", kind, ["B", *shape]) for layer in layers for part, (kind, shape) in parts.items()]


def _quantize(g, x, frames_axis, signed, name):
    """Bytes called `name` with a scale for each channel of each head -> (the scales, `name`)."""
    largest = g.op("ReduceMax", g.op("Abs", x), axes=[frames_axis], keepdims=1)
    scale = g.op("Max", g.op("Mul", largest, g.constant(1 / 127)), g.constant(TINY))
    zero = g.constant(0, np.int8) if signed else g.constant(MIDDLE, np.uint8)
    return scale, g.op("QuantizeLinear", g.op("Div", x, scale), g.constant(1), zero, name=name)
