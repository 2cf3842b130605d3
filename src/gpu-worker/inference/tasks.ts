/** What an inference child does with a task. It holds the models of one family at a time, so that its memory is bounded. */
import path from 'node:path';
import { openWavFile, type WavFile } from '../audio/wav-file.ts';
import type { VoiceContext } from '../diarization/voice-models.ts';
import { graphsDir } from '../models/catalogue.ts';
import type { EnglishModel, MultilingualModel } from '../models/plan-recognition.ts';
import { type Campplus, loadCampplus } from '../onnx/campplus.ts';
import { loadMoonshine, type Moonshine } from '../onnx/moonshine.ts';
import { loadParakeet } from '../onnx/parakeet.ts';
import { loadSegmentation, type Segmentation } from '../onnx/segmentation.ts';
import { loadSenseVoice } from '../onnx/sense-voice.ts';
import { loadSilero, type Silero } from '../onnx/silero.ts';
import { loadWhisper } from '../onnx/whisper.ts';
import type { WindowRecognizer } from '../onnx/window-recognizer.ts';
import { createShrinkingBatches, type ShrinkingBatches } from './out-of-memory.ts';
import { type ChildSettings, type Family, familyOf, type Task } from './protocol.ts';

export interface TaskContext extends VoiceContext {
  /** One piece at a time instead of batches. */
  frugal: boolean;
}

export interface TaskRunner {
  /** @throws HansardError, or the signal's reason once it is aborted */
  run(task: Task, context: TaskContext): Promise<unknown>;
}

interface Releasable {
  release(): Promise<void>;
}

/** A recogniser of English alone. */
type PieceRecognizer = Moonshine;

function hearingEnglish({ transcribe, release }: WindowRecognizer): PieceRecognizer {
  const options = { language: 'en', task: 'transcribe' } as const;
  return {
    transcribe: (wav, pieces, signal, onProgress) => transcribe(wav, pieces, options, signal, onProgress),
    release,
  };
}

export function createTaskRunner({ modelsDir, device, batchFactor }: ChildSettings): TaskRunner {
  const loaded = new Map<string, Promise<Releasable>>();
  let family: Family | undefined;

  /** Loads a model once. */
  function need<Model extends Releasable>(name: string, load: (weightsDir: string) => Promise<Model>): Promise<Model> {
    const known = loaded.get(name) as Promise<Model> | undefined;
    const model = known ?? load(path.join(modelsDir, name));
    loaded.set(name, model);
    model.catch(() => loaded.delete(name)); // the next task tries again
    return model;
  }

  async function changeFamily(next: Family): Promise<void> {
    if (family === next) return;
    family = next;
    const old = [...loaded.values()];
    loaded.clear();
    for (const model of old) await (await model).release();
  }

  const batches = new Map<string, ShrinkingBatches>();
  /** What fitted once is remembered for each model. */
  function batchesOf(model: string): ShrinkingBatches {
    const known = batches.get(model) ?? createShrinkingBatches();
    batches.set(model, known);
    return known;
  }

  const silero = (): Promise<Silero> => need('silero-vad', weights => loadSilero(weights, device));
  const englishRecognizer = (name: EnglishModel): Promise<PieceRecognizer> =>
    need<PieceRecognizer>(name, async weightsDir => {
      switch (name) {
        case 'parakeet-tdt-0.6b-v2':
        case 'parakeet-tdt-0.6b-v2-fp32':
          return hearingEnglish(await loadParakeet(name, { weightsDir, device }));
        default:
          return loadMoonshine(name, { weightsDir, graphsDir, device, batchFactor });
      }
    });
  const windowRecognizer = (name: MultilingualModel): Promise<WindowRecognizer> =>
    need<WindowRecognizer>(name, weightsDir => {
      switch (name) {
        case 'sensevoice-small':
        case 'sensevoice-small-fp32':
          return loadSenseVoice(name, { weightsDir, device });
        case 'parakeet-tdt-0.6b-v3':
        case 'parakeet-tdt-0.6b-v3-fp32':
          return loadParakeet(name, { weightsDir, device });
        default:
          return loadWhisper(name, { weightsDir, graphsDir, device, batchFactor });
      }
    });
  const segmentation = (): Promise<Segmentation> =>
    need('segmentation-3.0', weights => loadSegmentation(weights, graphsDir, device));
  const campplus = (): Promise<Campplus> => need('campplus', weights => loadCampplus(weights, graphsDir, device));

  async function compute(task: Task, wav: WavFile, { frugal, signal, onProgress }: TaskContext): Promise<unknown> {
    switch (task.kind) {
      case 'detect-speech':
        return (await silero()).probabilities(wav, task.fromFrame, task.toFrame, signal, onProgress);
      case 'recognize': {
        const recognizer = await englishRecognizer(task.model);
        return batchesOf(task.model).run(
          task.pieces,
          (pieces, onPart) => recognizer.transcribe(wav, pieces, signal, onPart),
          { frugal, onProgress },
        );
      }
      case 'recognize-windows': {
        const recognizer = await windowRecognizer(task.model);
        const { language, terms, translate } = task;
        const options = { language, terms, task: translate ? 'translate' : 'transcribe' } as const;
        return batchesOf(task.model).run(
          task.windows,
          (windows, onPart) => recognizer.transcribe(wav, windows, options, signal, onPart),
          { frugal, onProgress },
        );
      }
      case 'segment':
        return (await segmentation()).activities(wav, task.firstWindow, task.windowCount, signal, onProgress);
      case 'embed':
        return (await campplus()).embed(wav, task.spans, signal, onProgress);
    }
  }

  return {
    async run(task, context) {
      await changeFamily(familyOf(task));
      const wav = openWavFile(task.wavPath);
      try {
        return await compute(task, wav, context);
      } finally {
        wav.close();
      }
    },
  };
}
