#!/usr/bin/env python3
"""Writes Whisper as weightless graphs over a CTranslate2 model.bin, with 8-bit products that are made at load.

usage: export_whisper_graphs.py ENCODER.onnx DECODER.onnx CONFIG.json MODEL.BIN.PART1 [MODEL.BIN.PART2 ...]
Beside ENCODER.onnx and DECODER.onnx it writes ENCODER-signed.onnx and DECODER-signed.onnx.

Encoder: input_features [batch, mels, 2 S] (S <= 1500 frames of 20 ms) -> for each layer of the decoder the keys and values of
  its attention to the sound, as sound_attention.py describes them.
Decoder: T tokens with a cache: input_ids [rows, T], past_key_values, per window what the encoder made of it, and suppressed
  [vocabulary], which is added to the scores -> logits of the last token, the likeliest of those and the marks of time (likeliest_tokens.py), present.N,
  and xattn [windows, heads, rows T / windows, S], the attention to the sound of the heads from which word times are made
  (`alignment_heads` of config.json, in this order).
  A window may have several rows, one after the other: texts that compete for it. They share its keys and values.
Weights are float16 in the file. At load each row is scaled to 8 bits (signed; or unsigned with zero point 128 for processors
without VNNI, see export_moonshine_graphs.py) and the activations are quantized as they come; the rest is float32,
also the second product of the encoder's feed-forward layers (with it in 8 bits Spanish and Italian lost words).
"""

import json
import pathlib
import re
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from ctranslate2_model import read_model
from graph_builder import IR_VERSION, OPSET, NodeBuilder, external_tensor, write_model
from likeliest_tokens import find_likeliest, likeliest_values, suppressed_value
from sound_attention import attend, keep_sound, sound_shapes

HEAD_SIZE = 64
# Of the multilingual vocabulary: text ends here, and marks of time begin (openai/whisper, tokenizer.py).
END_OF_TEXT, FIRST_MARK = 50_257, 50_364
# A beam of five asks for one more, since one may be the end of the text.
LIKELIEST = 6
EPSILON = 1e-5
ELEMENT_TYPES = {np.float16: TensorProto.FLOAT16, np.float32: TensorProto.FLOAT}


def export(encoder_out, decoder_out, config, paths):
    tensors = read_model(paths)
    heads = json.loads(pathlib.Path(config).read_text())["alignment_heads"]
    for path, build in ((encoder_out, build_encoder), (decoder_out, build_decoder)):
        out = pathlib.Path(path)
        write_model(build(Graph(tensors, heads, signed=False)), out)
        signed_out = out.with_name(f"{out.stem}-signed{out.suffix}")
        write_model(build(Graph(tensors, heads, signed=True)), signed_out)


class Graph(NodeBuilder):
    """Nodes and what they need of the model; names of tensors are those of CTranslate2."""

    def __init__(self, tensors, alignment_heads, signed):
        super().__init__()
        self.tensors, self.alignment_heads, self.signed = tensors, alignment_heads, signed
        self.width = tensors["encoder/layer_norm/gamma"].shape[0]
        self.heads = self.width // HEAD_SIZE
        self.mels = tensors["encoder/conv1/weight"].shape[1]
        self.layers = {side: self._count_layers(side) for side in ("encoder", "decoder")}
        self.vocabulary = tensors["decoder/embeddings/weight"].shape[0]

    def stored(self, key):
        """The tensor as it is in the file; joined where the file is cut within it."""
        ref = self.tensors[key]
        element_type = ELEMENT_TYPES[ref.dtype]
        if len(ref.parts) == 1:
            self.constants[key] = external_tensor(key, element_type, ref.shape, *ref.parts[0])
            return key
        pieces = []
        for index, part in enumerate(ref.parts):
            piece = f"{key}/part{index}"
            count = part.length // np.dtype(ref.dtype).itemsize
            self.constants[piece] = external_tensor(piece, element_type, [count], *part)
            pieces.append(piece)
        return self.op("Reshape", self.op("Concat", *pieces, axis=0), self.constant(ref.shape, np.int64))

    def floats(self, key):
        return self.op("Cast", self.stored(key), to=TensorProto.FLOAT)

    def quantized(self, key):
        """[rows, columns] of the file -> ([columns, rows] in 8 bits, scale of each row). Folded at load."""
        weight = self.floats(key)
        largest = self.op("ReduceMax", self.op("Abs", weight), axes=[1], keepdims=1)
        scale = self.op("Div", largest, self.constant(127))
        whole = self.op("Round", self.op("Div", weight, scale))
        if not self.signed:
            whole = self.op("Add", whole, self.constant(128))
        eight = self.op("Cast", whole, to=TensorProto.INT8 if self.signed else TensorProto.UINT8)
        return self.op("Transpose", eight, perm=[1, 0]), self.op("Squeeze", scale, self.constant([1], np.int64))

    def quantize_input(self, x):
        return self.op("DynamicQuantizeLinear", x, outputs=3)

    def project(self, x8, weight, bias=None, name=None):
        """A product in 8 bits; `x8` from quantize_input, `weight` from quantized."""
        values, x_scale, x_zero = x8
        table, scale = weight
        zero = "" if self.signed else self.constant(128, np.uint8)
        extra = [zero, bias] if bias else [zero] if zero else []
        return self.op(
            "MatMulIntegerToFloat", values, table, x_scale, scale, x_zero, *extra, name=name, domain="com.microsoft"
        )

    def linear(self, x, key):
        return self.project(self.quantize_input(x), self.quantized(f"{key}/weight"), self.floats(f"{key}/bias"))

    def layer_norm(self, x, key):
        return self.op(
            "LayerNormalization", x, self.floats(f"{key}/gamma"), self.floats(f"{key}/beta"), axis=-1, epsilon=EPSILON
        )

    def gelu(self, x):
        return self.op("Gelu", x, domain="com.microsoft")

    def split_heads(self, x, perm=(0, 2, 1, 3), name=None):
        """[batch, T, width] -> [batch, heads, T, size]"""
        shape = self.constant([0, 0, self.heads, HEAD_SIZE], np.int64)
        return self.op("Transpose", self.op("Reshape", x, shape), perm=list(perm), name=name)

    def join_heads(self, x):
        return self.op(
            "Reshape", self.op("Transpose", x, perm=[0, 2, 1, 3]), self.constant([0, 0, self.width], np.int64)
        )

    def linear_in_floats(self, x, key):
        weight = self.op("Transpose", self.floats(f"{key}/weight"), perm=[1, 0])
        return self.op("Add", self.op("MatMul", x, weight), self.floats(f"{key}/bias"))

    def feed_forward(self, x, key, second):
        """`second` makes the second product: it is fed what GELU leaves, in the encoder with outliers that 8 bits cannot hold."""
        hidden = self.linear(self.layer_norm(x, f"{key}/layer_norm"), f"{key}/linear_0")
        return self.op("Add", x, second(self.gelu(hidden), f"{key}/linear_1"))

    def model(self, inputs, outputs):
        graph = helper.make_graph(self.nodes, "whisper", inputs, outputs, list(self.constants.values()))
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="hansard")
        model.ir_version = IR_VERSION
        return model

    def sound_values(self):
        types = {"floats": TensorProto.FLOAT, "bytes": TensorProto.INT8 if self.signed else TensorProto.UINT8}
        return [
            helper.make_tensor_value_info(name, types[kind], shape)
            for name, kind, shape in sound_shapes(range(self.layers["decoder"]), self.heads, HEAD_SIZE)
        ]

    def _count_layers(self, side):
        return sum(re.fullmatch(rf"{side}/layer_\d+/ffn/linear_0/weight", key) is not None for key in self.tensors)


def build_encoder(g):
    x = "input_features"
    for conv, stride in (("conv1", 1), ("conv2", 2)):
        key = f"encoder/{conv}"
        x = g.op("Conv", x, g.floats(f"{key}/weight"), g.floats(f"{key}/bias"), strides=[stride], pads=[1, 1], kernel_shape=[3])
        x = g.gelu(x)
    x = g.op("Transpose", x, perm=[0, 2, 1])
    frames = g.op("Slice", g.op("Shape", x), *(g.constant([bound], np.int64) for bound in (1, 2)))
    zero = g.constant([0], np.int64)
    positions = g.op("Slice", g.floats("encoder/position_encodings/encodings"), zero, frames, zero)
    x = g.op("Add", x, positions)
    for layer in range(g.layers["encoder"]):
        key = f"encoder/layer_{layer}"
        heard = g.linear(g.layer_norm(x, f"{key}/self_attention/layer_norm"), f"{key}/self_attention/linear_0")
        q, k, v = g.op("Split", heard, outputs=3, axis=2)
        attended = g.op("MultiHeadAttention", q, k, v, num_heads=g.heads, domain="com.microsoft")
        x = g.op("Add", x, g.linear(attended, f"{key}/self_attention/linear_1"))
        x = g.feed_forward(x, f"{key}/ffn", g.linear_in_floats)
    hidden = g.quantize_input(g.layer_norm(x, "encoder/layer_norm"))
    for layer in range(g.layers["decoder"]):
        key = f"decoder/layer_{layer}/attention/linear_1"
        both = g.project(hidden, g.quantized(f"{key}/weight"), g.floats(f"{key}/bias"))
        k, v = g.op("Split", both, outputs=2, axis=2)
        scaled = g.op("Mul", k, g.constant(HEAD_SIZE**-0.5))
        keep_sound(g, g.split_heads(scaled, perm=(0, 2, 3, 1)), g.split_heads(v), layer, g.signed)
    return g.model([value("input_features", ["B", g.mels, "F"])], g.sound_values())


def build_decoder(g):
    layers = range(g.layers["decoder"])
    table = "decoder/embeddings/weight"
    embedded = g.op("Cast", g.op("Gather", g.stored(table), "input_ids"), to=TensorProto.FLOAT)
    past = g.op("Squeeze", g.op("Slice", g.op("Shape", "past_key_values.0.decoder.key"), *(g.constant([b], np.int64) for b in (2, 3))))
    added = g.op("Squeeze", g.op("Slice", g.op("Shape", "input_ids"), *(g.constant([b], np.int64) for b in (1, 2))))
    total = g.op("Add", past, added)
    steps = g.op("Range", past, total, g.constant(1, np.int64))
    x = g.op("Add", embedded, g.op("Gather", g.floats("decoder/position_encodings/encodings"), steps))
    # no token sees those after it: matters only where several are fed at once
    all_steps = g.op("Range", g.constant(0, np.int64), total, g.constant(1, np.int64))
    later = g.op("Greater", all_steps, g.op("Unsqueeze", steps, g.constant([1], np.int64)))
    causal = g.op("Mul", g.op("Cast", later, to=TensorProto.FLOAT), g.constant(-1e9))
    windows = g.op("Slice", g.op("Shape", "kt_shift.0"), *(g.constant([b], np.int64) for b in (0, 1)))
    by_window = g.op("Concat", windows, g.constant([-1, g.heads, HEAD_SIZE], np.int64), axis=0)

    watched = []
    for layer in layers:
        key = f"decoder/layer_{layer}"
        heard = g.linear(g.layer_norm(x, f"{key}/self_attention/layer_norm"), f"{key}/self_attention/linear_0")
        q, k, v = (g.split_heads(part) for part in g.op("Split", heard, outputs=3, axis=2))
        k = g.op("Concat", f"past_key_values.{layer}.decoder.key", k, axis=2, name=f"present.{layer}.decoder.key")
        v = g.op("Concat", f"past_key_values.{layer}.decoder.value", v, axis=2, name=f"present.{layer}.decoder.value")
        scores = g.op("FusedMatMul", q, k, transB=1, alpha=HEAD_SIZE**-0.5, domain="com.microsoft")
        weights = g.op("Softmax", g.op("Add", scores, causal), axis=-1)
        x = g.op("Add", x, g.linear(g.join_heads(g.op("MatMul", weights, v)), f"{key}/self_attention/linear_1"))

        q = g.linear(g.layer_norm(x, f"{key}/attention/layer_norm"), f"{key}/attention/linear_0")
        q = g.op("Transpose", g.op("Reshape", q, by_window), perm=[0, 2, 1, 3])
        attended, weights = attend(g, q, layer, g.signed)
        own = [head for of_layer, head in g.alignment_heads if of_layer == layer]
        if own:
            watched.append(g.op("Gather", weights, g.constant(own, np.int64), axis=1))
        attended = g.op("Transpose", attended, perm=[0, 2, 1, 3])
        x = g.op("Add", x, g.linear(g.op("Reshape", attended, g.op("Shape", x)), f"{key}/attention/linear_2"))
        x = g.feed_forward(x, f"{key}/ffn", g.linear)
    g.op("Concat", *watched, axis=1, name="xattn")
    last = g.op("Gather", x, g.constant(-1, np.int64), axis=1)
    g.project(g.quantize_input(g.layer_norm(last, "decoder/layer_norm")), g.quantized(table), name="logits")
    find_likeliest(g, "logits", LIKELIEST, END_OF_TEXT + 1, FIRST_MARK)

    caches = [f"{layer}.decoder.{part}" for layer in layers for part in ("key", "value")]
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["R", "T"])]
    inputs += [value(f"past_key_values.{cache}", ["R", g.heads, "P", HEAD_SIZE]) for cache in caches]
    inputs += [*g.sound_values(), suppressed_value()]
    outputs = [value("logits", ["R", g.vocabulary]), *likeliest_values(LIKELIEST), value("marks", ["R", g.vocabulary - FIRST_MARK]), value("xattn", ["B", len(g.alignment_heads), "Q", "S"])]
    outputs += [value(f"present.{cache}", ["R", g.heads, "P1", HEAD_SIZE]) for cache in caches]
    return g.model(inputs, outputs)


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


if __name__ == "__main__":
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    export(*sys.argv[1:4], sys.argv[4:])
