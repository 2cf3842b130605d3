/** Learns voices without ffmpeg and models. */
import type { VoiceTeacher } from '../../src/pipeline/voices/learn-handler.ts';
import type { VoiceVector } from '../../src/pipeline/voices/voice-vector.ts';
import { voiceVector } from '../builders/voice-vector.ts';

export interface FakeTeacher extends VoiceTeacher {
  /** What the next voice sounds like. */
  voice: VoiceVector;
  /** … and over a telephone. */
  narrow: VoiceVector;
  /** It is refused so. */
  fault: Error | undefined;
  /** Where it listened. */
  heard: Parameters<VoiceTeacher['learn']>[1][];
}

export function createFakeTeacher(model = 'hash of the voice model'): FakeTeacher {
  const fake: FakeTeacher = {
    model,
    voice: voiceVector(1),
    narrow: voiceVector(2),
    fault: undefined,
    heard: [],
    async learn(_file, spans) {
      fake.heard.push(spans);
      if (fake.fault) throw fake.fault;
      return { vector: fake.voice, narrow: fake.narrow, seconds: 18 };
    },
  };
  return fake;
}
