"""The likeliest tokens, chosen in the graph: carrying the scores of a whole vocabulary to JavaScript took longer than the choice."""

import numpy as np
from onnx import TensorProto, helper


def find_likeliest(g, logits, count, text_tokens=None, first_mark=None):
    """logits [rows, vocabulary] + suppressed -> `likeliest` [rows, count], falling, and `likeliest_log`, natural logs of their probabilities.

    Only the first `text_tokens` of the vocabulary are chosen from. `marks` [rows, marks]: logs of the probabilities of the
    tokens from `first_mark` on, which mark times.
    """
    logs = g.op("LogSoftmax", g.op("Add", logits, "suppressed"), axis=-1)
    text = logs
    if text_tokens is not None:
        part = lambda start, end: [g.constant([bound], np.int64) for bound in (start, end, 1)]
        text = g.op("Slice", logs, *part(0, text_tokens))
        g.op("Slice", logs, *part(first_mark, np.iinfo(np.int64).max), name="marks")
    top, tokens = g.op("TopK", text, g.constant([count], np.int64), outputs=2, axis=-1)
    g.op("Identity", top, name="likeliest_log")
    g.op("Cast", tokens, to=TensorProto.INT32, name="likeliest")


def suppressed_value():
    """Added to the scores: negative infinity for tokens that must not come; or a single 0."""
    return helper.make_tensor_value_info("suppressed", TensorProto.FLOAT, ["V"])


def likeliest_values(count):
    return [
        helper.make_tensor_value_info("likeliest", TensorProto.INT32, ["R", count]),
        helper.make_tensor_value_info("likeliest_log", TensorProto.FLOAT, ["R", count]),
    ]
