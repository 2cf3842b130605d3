#!/usr/bin/env python3
"""Records what the published models answer to fixed inputs; test/gpu-worker/models/graphs.test.ts compares our graphs.

usage: record_graph_outputs.py MODELS_DIR test/fixtures/graphs
Whisper is recorded from whisper_reference.py, in floats. Moonshine is recorded from the published ONNX files, untouched. The two speaker models are published for PyTorch and
are recorded from our graphs, which were once compared with PyTorch (equal to 5e-5), in Python's onnxruntime.
"""

import json
import pathlib
import sys

import numpy as np
import onnxruntime
from whisper_reference import WhisperReference

GRAPHS = pathlib.Path(__file__).parent.parent / "src/gpu-worker/models/graphs"
SAMPLED = 32
# Any tokens will do; 1 begins a sentence.
TOKENS = [1, 450, 9000, 31000]
# Begins a transcript, English, transcribe, no timestamps; then any tokens.
WHISPER_TOKENS = [50258, 50259, 50359, 50363, 400, 370]


def noise(count, amplitude):
    """The same numbers in every language: whole numbers below 2^53 until the last division."""
    i = np.arange(count, dtype=np.int64)
    return (((i * i * 31 + i * 17) % 1009 / 1009 - 0.5) * amplitude).astype(np.float32)


def record_moonshine(models, name, layers):
    folder = models / name
    encoder = onnxruntime.InferenceSession(folder / "encoder_model_quantized.onnx")
    decoder = onnxruntime.InferenceSession(folder / "decoder_model_merged_quantized.onnx")
    hidden = encoder.run(None, {"input_values": noise(24_000, 0.2).reshape(1, -1)})[0]
    caches = [value.name for value in decoder.get_inputs() if value.name.startswith("past_key_values")]
    head_size = decoder.get_inputs()[2].shape[3]
    past = {cache: np.zeros((1, 8, 0, head_size), np.float32) for cache in caches}
    names = [value.name for value in decoder.get_outputs()]
    logits = []
    for step, token in enumerate(TOKENS):
        feeds = {
            "input_ids": np.array([[token]]),
            "encoder_hidden_states": hidden,
            "use_cache_branch": np.array([step > 0]),
        }
        outputs = dict(zip(names, decoder.run(None, feeds | past), strict=True))
        logits.append(outputs["logits"][0, 0])
        for cache in caches:
            # Later steps answer with empty encoder caches: those of the first step stay.
            if step == 0 or ".decoder." in cache:
                past[cache] = outputs[cache.replace("past_key_values", "present")]
    assert len(caches) == 4 * layers
    return {
        "encoder": {"last_hidden_state": summarize(hidden)},
        "decoder": {"tokens": TOKENS, "steps": [summarize(row) | {"best": int(row.argmax())} for row in logits]},
    }


def record_whisper(folder):
    reference = WhisperReference([folder / "model.bin.part1", folder / "model.bin.part2"])
    hidden = reference.encode(noise(80 * 200, 2).reshape(80, 200))
    logits = reference.decode(WHISPER_TOKENS, hidden)
    return {
        "encoder": {"last_hidden_state": summarize(hidden[None])},
        "decoder": {"tokens": WHISPER_TOKENS, "steps": [summarize(row) | {"best": int(row.argmax())} for row in logits]},
    }


def record_graph(models, graph, model, feeds):
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(models / model))
    session = onnxruntime.InferenceSession((GRAPHS / graph).read_bytes(), options)
    return {session.get_outputs()[0].name: summarize(session.run(None, feeds)[0])}


def summarize(array):
    flat = array.reshape(-1)
    indices = np.arange(SAMPLED) * flat.size // SAMPLED
    return {
        "shape": list(array.shape),
        "norm": round(float(np.linalg.norm(flat.astype(np.float64))), 6),
        "samples": [round(float(value), 6) for value in flat[indices]],
    }


def main(models, out):
    models, out = pathlib.Path(models), pathlib.Path(out)
    records = {
        "moonshine-base": record_moonshine(models, "moonshine-base", 8),
        "moonshine-tiny": record_moonshine(models, "moonshine-tiny", 6),
        "whisper-base": record_whisper(models / "whisper-base"),
        "segmentation-3.0": record_graph(
            models, "segmentation-3.0.onnx", "segmentation-3.0", {"waveform": noise(160_000, 0.2).reshape(1, 1, -1)}
        ),
        "campplus": record_graph(
            models, "campplus.onnx", "campplus", {"fbank": noise(233 * 80, 4).reshape(1, 233, 80)}
        ),
    }
    for name, record in records.items():
        path = out / f"{name}.json"
        path.write_text(json.dumps({"onnxruntime": onnxruntime.__version__} | record, indent=2) + "\n")
        print(path)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
