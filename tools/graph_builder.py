"""Writes an ONNX graph node by node; its weights are external data that points into the published checkpoint."""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
IR_VERSION = 8
ELEMENT_TYPES = {"FloatStorage": TensorProto.FLOAT, "LongStorage": TensorProto.INT64}


class NodeBuilder:
    """Nodes and the constants that they read; names begin with `prefix`."""

    def __init__(self, prefix=""):
        self.prefix = prefix
        self.nodes = []
        self.constants = {}
        self.last_id = 0

    def constant(self, value, dtype=np.float32):
        array = np.asarray(value, dtype)
        name = f"{self.prefix}const_{array.dtype}_{'x'.join(map(str, array.shape))}_{array.tobytes().hex()}"
        if len(name) > 80:
            name = self._next_id()
        self.constants.setdefault(name, numpy_helper.from_array(array, name))
        return name

    def op(self, op_type, *inputs, outputs=1, name=None, **attributes):
        """Adds a node; returns the name of its output, or a list of `outputs` names."""
        names = [name] if name else [self._next_id() for _ in range(outputs)]
        self.nodes.append(helper.make_node(op_type, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def _next_id(self):
        self.last_id += 1
        return f"{self.prefix}t{self.last_id}"


class GraphBuilder(NodeBuilder):
    def __init__(self, name, checkpoint, tensors):
        super().__init__()
        self.name = name
        self.file_name = pathlib.Path(checkpoint).name
        self.tensors = tensors
        self.used = {}

    def weight(self, key):
        """A tensor of the checkpoint, as an input for `op`."""
        self.used[key] = self.tensors[key]
        return key

    def write(self, path, inputs, outputs):
        """`inputs` and `outputs`: name -> shape of float tensors; a string is a free dimension."""
        initializers = [
            external_tensor(key, ELEMENT_TYPES[ref.storage], ref.shape, self.file_name, ref.offset, ref.length)
            for key, ref in self.used.items()
        ]
        graph = helper.make_graph(
            self.nodes,
            self.name,
            _value_infos(inputs),
            _value_infos(outputs),
            initializers + list(self.constants.values()),
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="hansard")
        model.ir_version = IR_VERSION
        write_model(model, path)


def external_tensor(name, element_type, shape, file_name, offset, length):
    """An initializer whose bytes are `length` bytes at `offset` of a file beside the graph."""
    tensor = TensorProto(name=name, data_type=element_type, dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", file_name), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor


def write_model(model, path):
    path = pathlib.Path(path)
    path.write_bytes(model.SerializeToString(deterministic=True))
    print(f"{path}: {path.stat().st_size} bytes, {len(model.graph.node)} nodes")


def _value_infos(shapes):
    return [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape) for name, shape in shapes.items()]
