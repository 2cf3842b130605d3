/** From a sample that somebody recorded of themselves, or a meeting in which they speak, to the vectors of their voice. The sound is not kept. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import type { Span, SpeakerSpan } from '../../pipeline/meeting.ts';
import type { DecodedAudio, StageContext } from '../../pipeline/ports.ts';
import type { Stages } from '../../pipeline/process-recording.ts';
import { statRecording } from '../../pipeline/recording-file.ts';
import { MOST_SPEAKERS, type RecordingOptions } from '../../pipeline/recording-options.ts';
import type { LearnedVoice } from '../../pipeline/voices/voice-vector.ts';
import { openWorkFolder } from '../../pipeline/work-folder.ts';
import { openWavFile } from '../audio/wav-file.ts';
import { throughTelephone } from '../ffmpeg/through-telephone.ts';
import { assessSample, assessVoice, LEVEL_MS } from './assess-sample.ts';

/** The models do not depend on these. */
const OPTIONS: RecordingOptions = {
  ...{ language: 'auto', model: 'moonshine-base', summarizer: 'extractive', timeZone: 'UTC' },
  ...{ minSpeakers: 0, maxSpeakers: MOST_SPEAKERS },
};

/** A sample is a sample, and no meeting: telling voices apart in an hour of sound takes minutes. */
const MOST_SAMPLE_MS = 5 * 60_000;

type LearningStages = Pick<Stages, 'decode' | 'diarize' | 'voices'>;

/**
 * Whether it is really the person who speaks (liveness, a replayed recording) is not found out.
 * @param spans where the person speaks alone; null: the whole file is a sample of one person
 * @throws HansardError what `decode` throws; `voice_too_quiet`, `voice_too_short`, `voice_too_noisy`, `voice_narrow`; of a sample also
 *   `voice_mixed`, `voice_too_long`
 */
export async function learnVoice(
  file: string,
  spans: readonly Span[] | null,
  { stages, workDir, signal }: { stages: LearningStages; workDir: string; signal: AbortSignal },
): Promise<LearnedVoice & { seconds: number }> {
  await statRecording(file);
  const nothing = () => {};
  const context: StageContext = { signal, onProgress: nothing, addCpuSeconds: nothing, onDevice: nothing };
  const work = await openWorkFolder(workDir);
  try {
    const { audio } = await stages.decode.run({ sourcePath: file, workDir: work.path }, OPTIONS, context);
    const own = spans ? stretchesOf(audio, spans) : await findVoice(audio, stages, context);
    const wavPath = path.join(work.path, 'telephone.wav');
    const [[heard]] = await Promise.all([
      stages.voices.measure(audio, own, OPTIONS, context),
      throughTelephone(audio.wavPath, wavPath, signal),
    ]);
    if (heard?.isNarrow) throw new HansardError('voice_narrow', 'nothing above 4 kHz');
    const [narrow] = await stages.voices.measure({ ...audio, wavPath }, own, OPTIONS, context);
    if (!heard || !narrow) throw new HansardError('voice_too_short', 'nothing was left to listen to');
    return { vector: heard.vector, narrow: narrow.vector, seconds: Math.round(heard.seconds) };
  } finally {
    await work.remove();
  }
}

/** Of a sample: its one voice. */
async function findVoice(audio: DecodedAudio, stages: LearningStages, context: StageContext): Promise<SpeakerSpan[]> {
  if (audio.durationMs > MOST_SAMPLE_MS)
    throw new HansardError('voice_too_long', `${Math.round(audio.durationMs / 1000)} s`);
  const { spans } = await stages.diarize.run(audio, OPTIONS, context);
  const voice = assessSample({ levelsDb: measureLevels(audio), spans });
  return spans.filter(({ speaker }) => speaker === voice);
}

/** Of a meeting, in which others speak as well. */
function stretchesOf(audio: DecodedAudio, spans: readonly Span[]): SpeakerSpan[] {
  const own = spans.map(span => ({ ...span, speaker: 0 }));
  assessVoice({ levelsDb: measureLevels(audio), spans: own }, 0);
  return own;
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
