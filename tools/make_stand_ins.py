#!/usr/bin/env python3
"""Makes stand-ins for models whose weights cannot be had here: graphs of a few kilobytes with the published tensor names and shapes.

usage: make_stand_ins.py test/fixtures/stand-ins
They hear whistling: each tone of TONES is one token, silence is none. So a test can whistle a text, and everything around
the graph has to be right for it to be heard: features, inputs, decoding, times and words. They say nothing about accuracy.
"""

import json
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
    for name in ("parakeet-tdt-0.6b-v2", "parakeet-tdt-0.6b-v3"):
        make_parakeet(folder / name)
    make_whisper_tiny(folder / "whisper-tiny")


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


def slaney_centres(count):
    break_hz, break_mel, log_step = 1000, 15, np.log(6.4) / 27
    highest = break_mel + np.log(8000 / break_hz) / log_step
    mels = [highest * (band + 1) / (count + 1) for band in range(count)]
    return [mel * break_hz / break_mel if mel < break_mel else break_hz * np.exp((mel - break_mel) * log_step) for mel in mels]


def make_parakeet(folder):
    """The export of istupakov: an encoder, and a decoder with its joint network and the states of its LSTM."""
    spoken = ["▁hel", "lo", "▁wor", "ld", ",", "▁good", "▁day", "."]
    pieces = ["<unk>", *spoken, "<blk>"]
    size, blank, width, bands, durations = len(pieces), len(pieces) - 1, 1024, 128, 5

    encoder = Graph()
    every_eighth = [encoder.constant([value], np.int64) for value in (0, 2**62, 2, 8)]
    fewer = encoder.op("Slice", "audio_signal", *every_eighth)
    encoder.op("Pad", fewer, encoder.constant([0, 0, 0, 0, width - bands, 0], np.int64), name="outputs")
    one, eight = encoder.constant(1, np.int64), encoder.constant(8, np.int64)
    encoder.op("Add", encoder.op("Div", encoder.op("Sub", "length", one), eight), one, name="encoded_lengths")
    encoder.write(
        folder / "encoder-model.int8.onnx",
        {"audio_signal": (TensorProto.FLOAT, ["B", bands, "T"]), "length": (TensorProto.INT64, ["B"])},
        {"outputs": (TensorProto.FLOAT, ["B", width, "F"]), "encoded_lengths": (TensorProto.INT64, ["B"])},
    )

    scale, bias, band = np.zeros(size), np.full(size, NEVER), np.zeros(size)
    bias[blank] = 25
    for index, nearest in enumerate(nearest_bands(slaney_centres(bands)), start=1):
        scale[index], bias[index], band[index] = 10, 0, nearest
    # "lo" leaps no frame, and is not said twice; all others leap over the rest of their tone.
    after = np.zeros((size, size))
    after[2, 2] = NEVER
    leaps = np.full((size, durations), NEVER)
    leaps[:, 4], leaps[blank], leaps[2] = 0, NEVER, NEVER
    leaps[blank, 1], leaps[2, 0] = 0, 0
    # The full stop comes after four tokens, which only the state knows.
    closing = np.zeros(size)
    closing[-2] = NEVER

    decoder = Graph()
    heard = decoder.op("Gather", "encoder_outputs", decoder.constant(band, np.int64), axis=1)
    axis = decoder.constant([2], np.int64)
    scores = decoder.op("Add", decoder.op("Mul", decoder.op("Squeeze", heard, axis), decoder.constant(scale)), decoder.constant(bias))
    last = decoder.op("Squeeze", decoder.op("Gather", decoder.constant(after), "targets"), decoder.constant([1], np.int64))
    count = decoder.op("Slice", "input_states_1", decoder.constant([0, 0, 0], np.int64), decoder.constant([1, 1, 1], np.int64))
    early = decoder.op("Cast", decoder.op("Less", decoder.op("Reshape", count, decoder.constant([1, 1], np.int64)), decoder.constant(4.0)), to=TensorProto.FLOAT)
    scores = decoder.op("Add", decoder.op("Add", scores, last), decoder.op("Mul", early, decoder.constant(closing)))
    token = decoder.op("ArgMax", scores, axis=1, keepdims=0)
    both = decoder.op("Concat", scores, decoder.op("Gather", decoder.constant(leaps), token), axis=1)
    decoder.op("Unsqueeze", both, decoder.constant([1, 2], np.int64), name="outputs")
    decoder.op("Identity", "target_length", name="prednet_lengths")
    decoder.op("Add", "input_states_1", decoder.constant(1.0), name="output_states_1")
    decoder.op("Identity", "input_states_2", name="output_states_2")
    states = {name: (TensorProto.FLOAT, [2, "B", 640]) for name in ("input_states_1", "input_states_2")}
    decoder.write(
        folder / "decoder_joint-model.int8.onnx",
        {
            "encoder_outputs": (TensorProto.FLOAT, ["B", width, "F"]),
            "targets": (TensorProto.INT32, ["B", "U"]),
            "target_length": (TensorProto.INT32, ["B"]),
            **states,
        },
        {
            "outputs": (TensorProto.FLOAT, ["B", "F", "U", size + durations]),
            "prednet_lengths": (TensorProto.INT32, ["B"]),
            **{name.replace("input", "output"): shape for name, shape in states.items()},
        },
    )
    write_pieces(folder / "vocab.txt", pieces)


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


def make_whisper_tiny(folder):
    """The `*_timestamped` export of onnx-community: an encoder, and a decoder of two branches with its cross attention."""
    spoken = ["hel", "lo", "Ġwor", "ld", ",", "Ġgood", "Ġday", "."]
    marks = ["endoftext", "startoftranscript", "en", "de", "translate", "transcribe", "startoflm", "startofprev", "nocaptions", "notimestamps"]
    # of the published 1501 marks of time as many as a text may begin with
    marks += [f"{step / 50:.2f}" for step in range(51)]
    pieces = [*spoken, *(f"<|{mark}|>" for mark in marks)]
    token = {piece: index for index, piece in enumerate(pieces)}
    size, layers, heads, width, mels, frames = len(pieces), 4, 6, 384, 80, 1500
    alignment = [(2, 2), (3, 0), (3, 2), (3, 3), (3, 4), (3, 5)]

    encoder = Graph()
    every_second = [encoder.constant([value], np.int64) for value in (0, 2**62, 2, 2)]
    fewer = encoder.op("Slice", "input_features", *every_second)
    wide = encoder.op("Pad", fewer, encoder.constant([0, 0, 0, 0, width - mels, 0], np.int64))
    encoder.op("Transpose", wide, perm=[0, 2, 1], name="last_hidden_state")
    encoder.write(
        folder / "encoder_model_quantized.onnx",
        {"input_features": (TensorProto.FLOAT, ["B", mels, 2 * frames])},
        {"last_hidden_state": (TensorProto.FLOAT, ["B", frames, width])},
    )

    graph = Graph()
    whole = lambda *values: graph.constant(values, np.int64)
    # What the sound contributes: computed by the first step, given to the later ones, which give none back.
    split = graph.op("Transpose", graph.op("Reshape", "encoder_hidden_states", whole(0, 0, heads, width // heads)), perm=[0, 2, 1, 3])
    is_first = graph.op("Sub", whole(1), graph.op("Cast", "use_cache_branch", to=TensorProto.INT64))
    fresh = graph.op("Slice", split, whole(0), graph.op("Mul", is_first, whole(frames)), whole(2))
    joined = graph.op("Concat", "past_key_values.0.encoder.value", fresh, axis=2)
    hidden = graph.op("Reshape", graph.op("Transpose", joined, perm=[0, 2, 1, 3]), whole(0, 0, width))
    # The answer to the first token is the language, that to the third a mark of time, that to the fourth the first of the text;
    # the tones follow one another every 24 frames.
    past = graph.op("Shape", "past_key_values.0.decoder.key", start=2, end=3)
    fed = graph.op("Shape", "input_ids", start=1, end=2)
    scalar = lambda name: graph.op("Squeeze", name, whole(0))
    positions = graph.op("Range", scalar(past), scalar(graph.op("Add", past, fed)), graph.constant(1, np.int64))
    beats = graph.op("Max", graph.op("Sub", positions, whole(3)), whole(0))
    attended = graph.op("Add", graph.op("Mul", beats, whole(24)), whole(18))
    looks = graph.op("OneHot", attended, whole(frames), graph.constant([0.0, 1.0]), axis=-1)
    heard = graph.op("MatMul", looks, hidden)

    scale, bias, band = np.zeros(size), np.full(size, NEVER), np.zeros(size)
    bias[token["<|endoftext|>"]] = 5
    for piece, nearest in zip(spoken, nearest_bands(slaney_centres(mels)), strict=True):
        scale[token[piece]], bias[token[piece]], band[token[piece]] = 10, 0, nearest
    begin = np.zeros((4, size))
    begin[[0, 2]] = NEVER
    begin[0, token["<|en|>"]], begin[0, token["<|de|>"]], begin[2, token["<|0.00|>"]] = 103, 101, 103
    at_begin = graph.op("Gather", graph.constant(begin), graph.op("Min", positions, whole(3)))
    tones = graph.op("Mul", graph.op("Gather", heard, graph.constant(band, np.int64), axis=2), graph.constant(scale))
    graph.op("Add", graph.op("Add", tones, graph.constant(bias)), at_begin, name="logits")

    rows = graph.op("Shape", "input_ids", start=0, end=1)
    zeros = graph.op("Expand", graph.constant(0.0), graph.op("Concat", rows, whole(heads), fed, whole(64), axis=0))
    for layer in range(layers):
        own = np.array([1.0 if (layer, head) in alignment else 0.0 for head in range(heads)]).reshape(1, heads, 1, 1)
        by_head = graph.op("Mul", graph.op("Unsqueeze", looks, whole(0, 1)), graph.constant(own))
        shape = graph.op("Concat", rows, whole(heads), fed, whole(frames), axis=0)
        graph.op("Expand", by_head, shape, name=f"cross_attentions.{layer}")
        for part in ("key", "value"):
            graph.op("Concat", f"past_key_values.{layer}.decoder.{part}", zeros, axis=2, name=f"present.{layer}.decoder.{part}")
            graph.op("Identity", fresh, name=f"present.{layer}.encoder.{part}")
    caches = [f"{layer}.{side}.{part}" for layer in range(layers) for side in ("decoder", "encoder") for part in ("key", "value")]
    graph.write(
        folder / "decoder_model_merged_quantized.onnx",
        {
            "input_ids": (TensorProto.INT64, ["B", "T"]),
            "encoder_hidden_states": (TensorProto.FLOAT, ["B", frames, width]),
            **{f"past_key_values.{cache}": (TensorProto.FLOAT, ["B", heads, "P", 64]) for cache in caches},
            "use_cache_branch": (TensorProto.BOOL, [1]),
        },
        {
            "logits": (TensorProto.FLOAT, ["B", "T", size]),
            **{f"present.{cache}": (TensorProto.FLOAT, ["B", heads, "Q", 64]) for cache in caches},
            **{f"cross_attentions.{layer}": (TensorProto.FLOAT, ["B", heads, "T", frames]) for layer in range(layers)},
        },
    )
    added = [{"id": token[piece], "content": piece} for piece in pieces[len(spoken) :]]
    tokenizer = {"model": {"vocab": {piece: token[piece] for piece in spoken}}, "added_tokens": added}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, indent=2, ensure_ascii=False) + "\n")
    (folder / "generation_config.json").write_text('{ "suppress_tokens": [], "begin_suppress_tokens": [] }\n')


if __name__ == "__main__":
    make_all(pathlib.Path(sys.argv[1]))
