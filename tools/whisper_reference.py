"""Whisper in numpy and 32-bit floats, as openai/whisper (model.py) defines it: what the weightless graphs are compared with."""

import pathlib

import numpy as np
from ctranslate2_model import read_model

HEAD_SIZE = 64
EPSILON = 1e-5


class WhisperReference:
    def __init__(self, paths):
        self.tensors = read_model(paths)
        self.content = {pathlib.Path(path).name: pathlib.Path(path).read_bytes() for path in paths}

    def encode(self, features):
        """[mels, 2 S] -> [S, width]"""
        x = _gelu(self._convolve(features, "encoder/conv1", 1))
        x = _gelu(self._convolve(x, "encoder/conv2", 2)).T
        x = x + self._weight("encoder/position_encodings/encodings")[: len(x)]
        for layer in range(self._count("encoder")):
            key = f"encoder/layer_{layer}"
            x = x + self._attend_self(x, f"{key}/self_attention", causal=False)
            x = x + self._feed_forward(x, f"{key}/ffn")
        return self._norm(x, "encoder/layer_norm")

    def decode(self, tokens, hidden):
        """Logits after each token: [tokens, vocabulary]"""
        table = self._weight("decoder/embeddings/weight")
        x = table[tokens] + self._weight("decoder/position_encodings/encodings")[: len(tokens)]
        for layer in range(self._count("decoder")):
            key = f"decoder/layer_{layer}"
            x = x + self._attend_self(x, f"{key}/self_attention", causal=True)
            cross = f"{key}/attention"
            q = self._linear(self._norm(x, f"{cross}/layer_norm"), f"{cross}/linear_0")
            k, v = np.split(self._linear(hidden, f"{cross}/linear_1"), 2, axis=1)
            x = x + self._linear(_attention(q, k, v), f"{cross}/linear_2")
            x = x + self._feed_forward(x, f"{key}/ffn")
        return self._norm(x, "decoder/layer_norm") @ table.T

    def _weight(self, key):
        ref = self.tensors[key]
        data = b"".join(self.content[part.file_name][part.offset : part.offset + part.length] for part in ref.parts)
        return np.frombuffer(data, ref.dtype).reshape(ref.shape).astype(np.float32)

    def _count(self, side):
        return sum(key.startswith(f"{side}/layer_") and key.endswith("/ffn/linear_0/weight") for key in self.tensors)

    def _linear(self, x, key):
        return x @ self._weight(f"{key}/weight").T + self._weight(f"{key}/bias")

    def _norm(self, x, key):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
        return scaled * self._weight(f"{key}/gamma") + self._weight(f"{key}/beta")

    def _attend_self(self, x, key, causal):
        q, k, v = np.split(self._linear(self._norm(x, f"{key}/layer_norm"), f"{key}/linear_0"), 3, axis=1)
        return self._linear(_attention(q, k, v, causal), f"{key}/linear_1")

    def _feed_forward(self, x, key):
        return self._linear(_gelu(self._linear(self._norm(x, f"{key}/layer_norm"), f"{key}/linear_0")), f"{key}/linear_1")

    def _convolve(self, x, key, stride):
        padded = np.pad(x, ((0, 0), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, 3, axis=1)[:, ::stride]
        return np.einsum("ock,ctk->ot", self._weight(f"{key}/weight"), windows) + self._weight(f"{key}/bias")[:, None]


def _attention(q, k, v, causal=False):
    out = np.empty_like(q)
    for at in range(0, q.shape[1], HEAD_SIZE):
        own = slice(at, at + HEAD_SIZE)
        scores = q[:, own] @ k[:, own].T / np.sqrt(HEAD_SIZE)
        if causal:
            scores = scores + np.triu(np.full(scores.shape, -1e9, np.float32), 1)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        out[:, own] = weights / weights.sum(-1, keepdims=True) @ v[:, own]
    return out


def _gelu(x):
    return (0.5 * x * (1 + _erf(x / np.sqrt(2)))).astype(np.float32)


def _erf(x):
    """Abramowitz and Stegun 7.1.26, off by 1.5e-7 at most."""
    t = 1 / (1 + 0.3275911 * np.abs(x))
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    return np.sign(x) * (1 - series * np.exp(-(x**2)))
