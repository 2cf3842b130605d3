/** From a sample that somebody recorded of themselves to the vector of their voice. The sound is not kept. */

import { HansardError } from '../../errors.ts';
import type { DecodedAudio, StageContext } from '../../pipeline/ports.ts';
import type { Stages } from '../../pipeline/process-recording.ts';
import { hashFile, statRecording } from '../../pipeline/recording-file.ts';
import { MOST_SPEAKERS, type RecordingOptions } from '../../pipeline/recording-options.ts';
import type { VoiceClip } from '../../pipeline/store/voiceprints.ts';
import type { VoiceVector } from '../../pipeline/voices/voice-vector.ts';
import { openWorkFolder } from '../../pipeline/work-folder.ts';
import { openWavFile } from '../audio/wav-file.ts';
import { assessSample, LEVEL_MS } from './assess-sample.ts';

export interface LearnedVoice {
  vector: VoiceVector;
  clip: VoiceClip;
}

/** The models do not depend on these. */
const OPTIONS: RecordingOptions = {
  ...{ language: 'auto', model: 'moonshine-base', summarizer: 'extractive', timeZone: 'UTC' },
  ...{ minSpeakers: 0, maxSpeakers: MOST_SPEAKERS },
};

/**
 * Whether it is really the person who speaks (liveness, a replayed recording) is not found out.
 * @throws HansardError what `decode` throws; `voice_too_quiet`, `voice_too_short`, `voice_mixed`, `voice_too_noisy`
 */
export async function learnVoice(
  file: string,
  {
    stages,
    workDir,
    signal,
  }: { stages: Pick<Stages, 'decode' | 'diarize' | 'voices'>; workDir: string; signal: AbortSignal },
): Promise<LearnedVoice> {
  await statRecording(file);
  const nothing = () => {};
  const context: StageContext = { signal, onProgress: nothing, addCpuSeconds: nothing, onDevice: nothing };
  const work = await openWorkFolder(workDir);
  try {
    const { audio } = await stages.decode.run({ sourcePath: file, workDir: work.path }, OPTIONS, context);
    const { spans } = await stages.diarize.run(audio, OPTIONS, context);
    const voice = assessSample({ levelsDb: measureLevels(audio), spans });
    const own = spans.filter(({ speaker }) => speaker === voice);
    const [heard] = await stages.voices.measure(audio, own, OPTIONS, context);
    if (!heard) throw new HansardError('voice_too_short', 'nothing was left to listen to');
    return { vector: heard.vector, clip: { from: await hashFile(file, signal), seconds: Math.round(heard.seconds) } };
  } finally {
    await work.remove();
  }
}

function measureLevels({ wavPath, sampleCount, durationMs }: DecodedAudio): number[] {
  const wav = openWavFile(wavPath);
  try {
    const count = Math.floor(durationMs / LEVEL_MS);
    const size = sampleCount / Math.max(1, durationMs / LEVEL_MS);
    return Array.from({ length: count }, (_, index) => {
      const samples = wav.read(Math.round(index * size), Math.round((index + 1) * size));
      const power = samples.reduce((sum, value) => sum + value * value, 0) / Math.max(1, samples.length);
      return 10 * Math.log10(power + 1e-10);
    });
  } finally {
    wav.close();
  }
}
