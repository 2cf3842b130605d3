#!/usr/bin/env python3
"""Makes stand-ins for models whose weights cannot be had here: graphs of a few kilobytes with the published tensor names and shapes.

usage: make_stand_ins.py test/fixtures/stand-ins
They hear whistling: each tone of TONES is one token, silence is none. So a test can whistle a text, and everything around
the graph has to be right for it to be heard: features, inputs, decoding, times and words. They say nothing about accuracy.
"""

import pathlib
import sys

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from graph_builder import IR_VERSION, OPSET, write_model

# Hz; test/builders/whistle.ts has the same ones.
TONES = [500, 800, 1200, 1700, 2400, 3300, 4500, 6000]
NEVER = -100.0


def make_all(folder):
    make_sense_voice(folder / "sensevoice-small")


class Graph:
    def __init__(self):
        self.nodes, self.initializers = [], []

    def constant(self, value, dtype=np.float32):
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(value, dtype), name))
        return name

    def op(self, op_type, *inputs, name=None, **attributes):
        output = name or f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(op_type, list(inputs), [output], **attributes))
        return output

    def write(self, path, inputs, outputs, metadata=None):
        """`inputs` and `outputs`: name -> (element type, shape); a string is a free dimension."""
        infos = [
            [helper.make_tensor_value_info(name, element_type, shape) for name, (element_type, shape) in values.items()]
            for values in (inputs, outputs)
        ]
        graph = helper.make_graph(self.nodes, path.stem, *infos, self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="hansard")
        model.ir_version = IR_VERSION
        helper.set_model_props(model, metadata or {})
        path.parent.mkdir(parents=True, exist_ok=True)
        write_model(model, path)


def write_pieces(path, pieces):
    path.write_text("".join(f"{piece} {index}\n" for index, piece in enumerate(pieces)))


def nearest_bands(centres):
    return [int(np.abs(np.array(centres) - tone).argmin()) for tone in TONES]


def kaldi_centres(count=80, low=20.0, high=8000.0):
    mel = lambda hz: 1127 * np.log(1 + hz / 700)
    step = (mel(high) - mel(low)) / (count + 1)
    return [700 * (np.exp((mel(low) + (band + 1) * step) / 1127) - 1) for band in range(count)]


def make_sense_voice(folder):
    """The export of sherpa-onnx: x [N, T, 560], x_length, language, text_norm -> logits [N, 4 + T, vocabulary]."""
    spoken = ["今", "天", "气", "好", "▁hel", "lo", "▁world", "。"]
    languages = {"zh": 3, "en": 4, "yue": 7, "ja": 11, "ko": 12}
    tags = [f"<|{code}|>" for code in languages] + ["<|nospeech|>", "<|NEUTRAL|>", "<|Speech|>", "<|withitn|>", "<|woitn|>"]
    pieces = ["<unk>", "<s>", "</s>", *spoken, *tags]
    token = {piece: index for index, piece in enumerate(pieces)}
    size, width, middle = len(pieces), 7, 3
    with_itn, without_itn = 14, 15

    def row(**scores):
        values = np.full(size, NEVER)
        for piece, score in scores.items():
            values[token[f"<|{piece}|>"]] = score
        return values

    by_query = np.full((16, size), NEVER)
    by_query[0] = row(zh=3, yue=2)
    for code, query in languages.items():
        by_query[query] = row(**{code: 5})
    by_query[with_itn], by_query[without_itn] = row(withitn=5), row(woitn=5)
    # Without numbers and signs there is no full stop.
    itn_bias = np.zeros((16, size))
    itn_bias[without_itn, token["。"]] = NEVER

    scale, bias, band = np.zeros(size), np.full(size, NEVER), np.zeros(size)
    bias[token["<unk>"]] = 16  # the blank
    for piece, nearest in zip(spoken, nearest_bands(kaldi_centres()), strict=True):
        scale[token[piece]], bias[token[piece]], band[token[piece]] = 10, 0, middle * 80 + nearest

    graph = Graph()
    heard = graph.op("Gather", "x", graph.constant(band, np.int64), axis=2)
    scores = graph.op("Add", graph.op("Mul", heard, graph.constant(scale)), graph.constant(bias))
    axis = graph.constant([1], np.int64)
    bias_of_itn = graph.op("Unsqueeze", graph.op("Gather", graph.constant(itn_bias), "text_norm"), axis)
    query = lambda name: graph.op("Unsqueeze", graph.op("Gather", graph.constant(by_query), name), axis)
    always = graph.constant(np.stack([row(NEUTRAL=5), row(Speech=5)])[None])
    rows = graph.op("Expand", always, graph.op("Concat", graph.op("Shape", "x_length"), graph.constant([2, size], np.int64), axis=0))
    graph.op("Concat", query("language"), rows, query("text_norm"), graph.op("Add", scores, bias_of_itn), axis=1, name="logits")
    stack = lambda value: ",".join([value] * (80 * width))
    graph.write(
        folder / "model.int8.onnx",
        {"x": (TensorProto.FLOAT, ["N", "T", 80 * width])} | {name: (TensorProto.INT32, ["N"]) for name in ("x_length", "language", "text_norm")},
        {"logits": (TensorProto.FLOAT, ["N", "L", size])},
        {
            **{"lfr_window_size": "7", "lfr_window_shift": "6", "normalize_samples": "0", "model_type": "sense_voice_ctc"},
            **{"vocab_size": str(size), "neg_mean": stack("-10"), "inv_stddev": stack("0.2"), "lang_auto": "0"},
            **{f"lang_{code}": str(query) for code, query in languages.items()},
            **{"with_itn": str(with_itn), "without_itn": str(without_itn)},
        },
    )
    write_pieces(folder / "tokens.txt", pieces)


if __name__ == "__main__":
    make_all(pathlib.Path(sys.argv[1]))
