"""Finds the tensors of a CTranslate2 model.bin (binary version 6), which may be cut into several files, without reading them.

The format: CTranslate2, python/ctranslate2/specs/model_spec.py, `_serialize`.
"""

import pathlib
import struct
from typing import NamedTuple

import numpy as np

ELEMENT_TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}


class Part(NamedTuple):
    """Bytes of a tensor in one file."""

    file_name: str
    offset: int
    length: int


class TensorRef(NamedTuple):
    """A tensor and the files that hold its bytes, one after the other: two where the cut goes through it."""

    dtype: type
    shape: tuple[int, ...]
    parts: tuple[Part, ...]


def read_model(paths):
    """The tensors by name; `paths` are the parts of model.bin in order."""
    files = [(pathlib.Path(path).name, pathlib.Path(path).read_bytes()) for path in paths]
    data = b"".join(content for _, content in files)
    position = 0

    def take(form):
        nonlocal position
        (value,) = struct.unpack_from(f"<{form}", data, position)
        position += struct.calcsize(f"<{form}")
        return value

    def take_text():
        length = take("H")
        return take(f"{length}s")[:-1].decode()

    version, spec = take("I"), take_text()
    if version != 6 or spec != "WhisperSpec":
        raise ValueError(f"{spec} of version {version}, not a WhisperSpec of version 6")
    take("I")  # revision of the spec
    tensors = {}
    for _ in range(take("I")):
        name, rank = take_text(), take("B")
        shape = tuple(take("I") for _ in range(rank))
        dtype, length = ELEMENT_TYPES[take("B")], take("I")
        tensors[name] = TensorRef(dtype, shape, _locate(files, position, length))
        position += length
    for _ in range(take("I")):
        alias, name = take_text(), take_text()
        tensors[alias] = tensors[name]
    return tensors


def _locate(files, offset, length):
    parts, start = [], 0
    for name, content in files:
        low, high = max(offset, start), min(offset + length, start + len(content))
        if low < high:
            parts.append(Part(name, low - start, high - low))
        start += len(content)
    return tuple(parts)
