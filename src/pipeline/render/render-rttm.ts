/** transcript.rttm: who speaks when, for scorers and other tools (NIST Rich Transcription Time Marked). */
import type { NamedSpan } from '../stages/assign-speakers.ts';

/** @param name of the recording; RTTM fields hold no spaces */
export function renderRttm(spans: readonly NamedSpan[], name: string): string {
  const file = name.replace(/\s+/gu, '_');
  return spans
    .map(({ speaker, startMs, endMs }) => {
      const [start, length] = [startMs / 1000, (endMs - startMs) / 1000];
      return `SPEAKER ${file} 1 ${start.toFixed(3)} ${length.toFixed(3)} <NA> <NA> ${speaker} <NA> <NA>\n`;
    })
    .join('');
}
