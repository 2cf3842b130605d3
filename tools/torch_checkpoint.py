"""Finds the tensors of a PyTorch checkpoint inside its zip file, without PyTorch and without running its pickles."""

import collections
import io
import math
import pickle
import struct
import zipfile
from typing import NamedTuple

ITEM_BYTES = {"FloatStorage": 4, "LongStorage": 8}
LOCAL_HEADER_BYTES = 30  # PKWARE APPNOTE 4.3.7


class TensorRef(NamedTuple):
    """Where a tensor's bytes lie: `offset` counts from the start of the checkpoint file."""

    storage: str
    shape: tuple[int, ...]
    offset: int
    length: int


def read_checkpoint(path):
    """The pickled structure with a TensorRef in place of every tensor; unknown objects become empty stubs."""
    with zipfile.ZipFile(path) as archive:
        places = {entry.filename: _data_place(path, entry) for entry in archive.infolist()}
        pickle_name = next(name for name in archive.namelist() if name.endswith("data.pkl"))
        data = archive.read(pickle_name)
    root = pickle_name.removesuffix("data.pkl")
    return _Unpickler(io.BytesIO(data), places, root).load()


def _data_place(path, entry):
    """(offset, length) of a stored member. The local header has its own extra field, which aligns the data."""
    if entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError(f"{entry.filename} is compressed, so no graph can point into it")
    with open(path, "rb") as file:
        file.seek(entry.header_offset)
        name_length, extra_length = struct.unpack("<HH", file.read(LOCAL_HEADER_BYTES)[26:30])
    return entry.header_offset + LOCAL_HEADER_BYTES + name_length + extra_length, entry.file_size


class _Stub:
    def __init__(self, *_args, **_kwargs):
        pass

    def __setstate__(self, state):
        pass

    def __setitem__(self, key, value):
        pass

    def append(self, _value):
        pass


class _StorageType:
    def __init__(self, name):
        self.name = name


class _Unpickler(pickle.Unpickler):
    def __init__(self, file, places, root):
        super().__init__(file)
        self.places = places
        self.root = root

    def persistent_load(self, pid):
        _, storage_type, key, _, _ = pid
        offset, length = self.places[f"{self.root}data/{key}"]
        return storage_type.name, offset, length

    def find_class(self, module, name):
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch" and name.endswith("Storage"):
            return _StorageType(name)
        return type(name, (_Stub,), {})


def _rebuild_tensor(storage, storage_offset, shape, stride, *_):
    name, base, storage_length = storage
    contiguous = [math.prod(shape[axis + 1 :]) for axis in range(len(shape))]
    if any(size != 1 and have != want for size, have, want in zip(shape, stride, contiguous, strict=True)):
        raise ValueError(f"a tensor of shape {shape} and stride {stride} is not contiguous")
    item = ITEM_BYTES[name]
    length = math.prod(shape) * item
    if storage_offset * item + length > storage_length:
        raise ValueError(f"a tensor of shape {shape} reaches beyond its storage")
    return TensorRef(name, tuple(shape), base + storage_offset * item, length)
