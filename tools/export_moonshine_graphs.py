#!/usr/bin/env python3
"""Rebuilds Moonshine's published quantized ONNX files into weightless graphs that decode faster, with the same words.

usage: export_moonshine_graphs.py encoder_model_quantized.onnx decoder_model_merged_quantized.onnx ENCODER DECODER
Beside ENCODER.onnx and DECODER.onnx it writes ENCODER-signed.onnx and DECODER-signed.onnx.

Encoder: input_values -> last_hidden_state and, for each layer, the keys and values of the decoder's attention to the sound
  (sound_attention.py), which the published decoder computes again for each sentence.
Decoder: one step with a cache, without the published `If` between first and later steps: input_ids, past_key_values and
  what the encoder made -> logits, the likeliest of them (likeliest_tokens.py), present.N and xattn (attention to the sound
  of all layers and heads, from which word times are made).
  The projection onto the vocabulary stays in 8 bits; the published graph expands it to float in each step.
Signed: the same integers less 128, made at load. Processors with VNNI multiply unsigned by signed bytes twice as fast and
  exactly; others saturate in 16 bits and must keep to the unsigned graphs.
Every tensor of 64 bytes or more points into the published files.
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from graph_builder import NodeBuilder, external_tensor, write_model
from likeliest_tokens import find_likeliest, likeliest_values, suppressed_value
from sound_attention import attend, keep_sound, sound_shapes

HEADS = 8
VOCABULARY = 32_768
EMBEDDING = "model.decoder.embed_tokens.weight_merged_0"
LIKELIEST = 1
LEAST_EXTERNAL_BYTES = 64
IR_VERSION = 10


def export(encoder_path, decoder_path, encoder_out, decoder_out):
    published = PublishedFiles(encoder_path, decoder_path)
    for signed in (False, True):
        encoder, decoder = onnx.load(encoder_path), MergedDecoder(decoder_path)
        encoder = with_sound(encoder, decoder, signed)
        for model, out in ((encoder, pathlib.Path(encoder_out)), (build_step(decoder, signed), pathlib.Path(decoder_out))):
            published.without_weights(model)
            if signed:
                with_signed_weights(model)
                out = out.with_name(f"{out.stem}-signed{out.suffix}")
            write_model(model, out)


class MergedDecoder:
    """The published decoder: one `If` node, whose branches are the first step and the later ones."""

    def __init__(self, path):
        model = onnx.load(path)
        branches = {attribute.name: attribute.g for attribute in model.graph.node[0].attribute}
        self.opsets = model.opset_import
        self.weights = {tensor.name: tensor for tensor in model.graph.initializer}
        self.inputs = {value.name: value for value in model.graph.input}
        self.first_step, self.later_step = branches["else_branch"], branches["then_branch"]
        self.layers = sum(name.endswith(".decoder.key") for name in self.inputs)
        self.head_size = self.inputs["past_key_values.0.decoder.key"].type.tensor_type.shape.dim[3].dim_value

    def cross_key(self, layer):
        return f"/model/decoder/layers.{layer}/encoder_attn/Mul_1_output_0"


def with_sound(encoder, decoder, signed):
    """The encoder graph followed by that part of the decoder's first step which depends on the encoder alone."""
    outputs = {}
    for layer in range(decoder.layers):
        outputs[f"kt.{layer}"] = decoder.cross_key(layer)
        outputs[f"v.{layer}"] = f"present.{layer}.encoder.value"
    nodes = list(decoder.first_step.node)
    for node in nodes:
        # The published graph derives scale and shape from the query, which the encoder side does not have.
        if any(output in outputs.values() and output.endswith("Mul_1_output_0") for output in node.output):
            node.input[1] = "key_scale"
        if node.op_type == "Reshape" and "/encoder_attn/" in node.name:
            node.input[1] = "heads_shape"
    nodes, needed = prune(nodes, outputs.values())
    prefix = "cross/"
    own_names = {"key_scale": "key_scale", "heads_shape": "heads_shape", "encoder_hidden_states": "last_hidden_state"}
    for node in nodes:
        node.name = prefix + node.name
        node.input[:] = [own_names.get(name, prefix + name) if name else "" for name in node.input]
        node.output[:] = [prefix + name if name else "" for name in node.output]

    graph = encoder.graph
    graph.node.extend(nodes)
    for name in sorted(needed & decoder.weights.keys()):
        weight = graph.initializer.add()
        weight.CopyFrom(decoder.weights[name])
        weight.name = prefix + name
    scale = np.float32(np.sqrt(1 / np.sqrt(decoder.head_size)))
    graph.initializer.append(numpy_helper.from_array(np.array(scale, np.float32), "key_scale"))
    graph.initializer.append(
        numpy_helper.from_array(np.array([0, -1, HEADS, decoder.head_size], np.int64), "heads_shape")
    )
    builder = NodeBuilder(prefix)
    for layer in range(decoder.layers):
        keep_sound(builder, *(prefix + outputs[f"{part}.{layer}"] for part in ("kt", "v")), layer, signed)
    graph.node.extend(builder.nodes)
    graph.initializer.extend(builder.constants.values())
    graph.output.extend(sound_values(decoder, signed))
    del graph.value_info[:]  # onnxruntime infers the shapes again
    return encoder


def build_step(decoder, signed):
    """The decoder's later step as a graph of its own."""
    layers, weights = range(decoder.layers), dict(decoder.weights)
    builder = NodeBuilder("own/")
    # of each layer's attention to the sound: the product with the keys, whose query is ours, and that with the values
    keys = {decoder.cross_key(layer): layer for layer in layers}
    values = {f"past_key_values.{layer}.encoder.value": layer for layer in layers}
    attention = {}
    for node in decoder.later_step.node:
        layer = next((keys[name] for name in node.input if name in keys and node.op_type == "MatMul"), None)
        if layer is not None:
            attention[layer] = attend(builder, node.input[0], layer, signed)
        elif node.op_type == "MatMul" and node.input[1] in values:
            builder.op("Identity", attention[values[node.input[1]]][0], name=node.output[0])
        else:
            builder.nodes.append(node)
    nodes = builder.nodes
    keep_projection_in_8_bits(nodes, weights)
    builder.op("Concat", *(attention[layer][1] for layer in layers), axis=1, name="xattn")
    find_likeliest(builder, builder.op("Squeeze", "logits", builder.constant([1], np.int64)), LIKELIEST)
    weights |= builder.constants

    caches = [f"{layer}.decoder.{part}" for layer in layers for part in ("key", "value")]
    inputs = [decoder.inputs["input_ids"]] + [decoder.inputs[f"past_key_values.{cache}"] for cache in caches]
    inputs += [*sound_values(decoder, signed), suppressed_value()]
    outputs = [value("logits", ["batch_size", 1, VOCABULARY]), *likeliest_values(LIKELIEST)]
    outputs += [value(f"present.{cache}", ["batch_size", HEADS, "P1", decoder.head_size]) for cache in caches]
    outputs += [value("xattn", ["batch_size", decoder.layers * HEADS, 1, "S"])]
    nodes, needed = prune(nodes, [output.name for output in outputs])
    initializers = [weights[name] for name in sorted(needed & weights.keys())]
    graph = helper.make_graph(nodes, "moonshine-decoder-step", inputs, outputs, initializers)
    model = helper.make_model(graph, opset_imports=decoder.opsets, producer_name="hansard")
    model.ir_version = IR_VERSION
    return model


def keep_projection_in_8_bits(nodes, weights):
    """Multiplies in integers with the embedding table, which is transposed at load and used for the look-up too."""
    table, scale, zero_point = (f"{EMBEDDING}_{part}" for part in ("quantized", "scale", "zero_point"))
    lookup = next(index for index, node in enumerate(nodes) if node.op_type == "Gather" and node.input[0] == table)
    ids, embedded = nodes[lookup].input[1], nodes[lookup].output[0]
    nodes[lookup : lookup + 1] = [
        helper.make_node("Transpose", [table], ["table_t"], perm=[1, 0]),
        helper.make_node("Gather", ["table_t", ids], ["embedded_t"], axis=1),
        helper.make_node("Transpose", ["embedded_t"], [embedded], perm=[1, 2, 0]),
    ]
    projection = next(index for index, node in enumerate(nodes) if node.name == "/proj_out/MatMul")
    hidden, logits = nodes[projection].input[0], nodes[projection].output[0]
    nodes[projection : projection + 1] = [
        helper.make_node("DynamicQuantizeLinear", [hidden], ["hidden_8", "hidden_scale", "hidden_zero"]),
        helper.make_node("MatMulInteger", ["hidden_8", "table_t", "hidden_zero", zero_point], ["logits_32"]),
        helper.make_node("Cast", ["logits_32"], ["logits_raw"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["hidden_scale", scale], ["logits_scale"]),
        helper.make_node("Mul", ["logits_raw", "logits_scale"], [logits]),
    ]


def with_signed_weights(model):
    """Shifts the 8-bit weights of all integer products, and their zero points, from 0..255 to -128..127."""
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.array(128, np.int32), "signed_shift"))
    weights = {tensor.name for tensor in graph.initializer}
    nodes, signed = [], {}

    def shift(name):
        if name not in signed:
            signed[name] = f"{name}_signed"
            nodes.append(helper.make_node("Cast", [name], [f"{name}_32"], to=TensorProto.INT32))
            nodes.append(helper.make_node("Sub", [f"{name}_32", "signed_shift"], [f"{name}_shifted"]))
            nodes.append(helper.make_node("Cast", [f"{name}_shifted"], [signed[name]], to=TensorProto.INT8))
        return signed[name]

    for node in graph.node:
        if node.op_type == "MatMulInteger" and (node.input[1] in weights or node.input[1] == "table_t"):
            node.input[1], node.input[3] = shift(node.input[1]), shift(node.input[3])
        nodes.append(node)
    del graph.node[:]
    graph.node.extend(nodes)
    return model


class PublishedFiles:
    def __init__(self, *paths):
        self.files = [(pathlib.Path(path).name, pathlib.Path(path).read_bytes()) for path in paths]

    def without_weights(self, model):
        tensors = [self._external(tensor) for tensor in model.graph.initializer]
        del model.graph.initializer[:]
        model.graph.initializer.extend(tensors)
        return model

    def _external(self, tensor):
        data = numpy_helper.to_array(tensor).tobytes()
        if len(data) < LEAST_EXTERNAL_BYTES:
            return tensor
        for name, content in self.files:
            offset = content.find(data)
            if offset >= 0:
                return external_tensor(tensor.name, tensor.data_type, tensor.dims, name, offset, len(data))
        raise ValueError(f"{tensor.name} is in none of the published files")


def prune(nodes, outputs):
    """The nodes, in order, that `outputs` depend on, and the names of everything these read."""
    producers = {output: node for node in nodes for output in node.output if output}
    needed, kept, open_names = set(), set(), list(outputs)
    while open_names:
        name = open_names.pop()
        if name in needed:
            continue
        needed.add(name)
        node = producers.get(name)
        if node is not None and id(node) not in kept:
            kept.add(id(node))
            open_names += [name for name in node.input if name]
    return [node for node in nodes if id(node) in kept], needed


def sound_values(decoder, signed):
    types = {"floats": TensorProto.FLOAT, "bytes": TensorProto.INT8 if signed else TensorProto.UINT8}
    shapes = sound_shapes(range(decoder.layers), HEADS, decoder.head_size)
    return [helper.make_tensor_value_info(name, types[kind], shape) for name, kind, shape in shapes]


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    export(*sys.argv[1:])
