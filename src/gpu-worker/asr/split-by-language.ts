/** Where people know the language better than the models, they say so; the rest is heard as the options say. */
import type { LanguageSpan } from '../../pipeline/meeting.ts';
import type { TranscribeOptions } from '../../pipeline/ports.ts';

/** The whole recording as stretches in time order, each with its language or `auto`. Where spans overlap the later one counts. */
export function splitByLanguage(
  durationMs: number,
  { language, spokenLanguages = [] }: TranscribeOptions,
): LanguageSpan[] {
  let stretches: LanguageSpan[] = [{ startMs: 0, endMs: durationMs, language }];
  for (const span of spokenLanguages) {
    const startMs = Math.min(span.startMs, durationMs);
    const endMs = Math.min(span.endMs, durationMs);
    if (endMs <= startMs) continue;
    const before = stretches.map(other => ({ ...other, endMs: Math.min(other.endMs, startMs) }));
    const after = stretches.map(other => ({ ...other, startMs: Math.max(other.startMs, endMs) }));
    stretches = [...before, { ...span, startMs, endMs }, ...after].filter(other => other.startMs < other.endMs);
  }
  return stretches;
}
