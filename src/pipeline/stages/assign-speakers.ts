/** Puts words and voices together: who said what. */
import {
  type Diarization,
  type Span,
  type Speaker,
  type SpeakerSpan,
  speakerId,
  type Transcript,
  type Transcription,
  type Turn,
  type Word,
} from '../meeting.ts';
import type { TrackSpeaker } from '../tracks.ts';
import { assignVoices } from './assign-voices.ts';
import { cutTurns } from './cut-turns.ts';
import { orderSpeech } from './order-speech.ts';

/** Two voices at once for less than this are the diarizer's soft edges. */
const MIN_OVERLAP_MS = 200;

/**
 * The transcript. Speakers are numbered by their first word; a voice that said no word does not appear. Words without
 * any voice (the diarizer heard none) go to one `SPEAKER_00`.
 * @param people by voice, where each track is one speaker's; several of them may talk at once
 */
export function assignSpeakers(
  transcription: Transcription,
  diarization: Pick<Diarization, 'spans'>,
  durationMs: number,
  people?: readonly TrackSpeaker[],
): Transcript {
  const words = transcription.words.toSorted((a, b) => a.startMs - b.startMs);
  const voices = assignVoices(words, diarization.spans);
  const names = numberVoices(voices);
  const spoken = words.map((word, index) => ({ ...word, speaker: names.get(voices[index]!)! }));
  const turns = cutTurns(people ? orderSpeech(spoken) : spoken);
  markOverlaps(turns, diarization.spans, names);
  const speakers = [...names].map(([voice, id]) => ({
    ...buildSpeaker(id, voice, diarization.spans, turns),
    ...describePerson(people?.[voice]),
  }));
  return { language: transcription.language, durationMs, speakers, turns };
}

/** Which speaker of the transcript each voice of the diarizer is; voices without a word are left out. */
export function speakersOfVoices(words: readonly Word[], spans: readonly SpeakerSpan[]): Map<number, string> {
  return numberVoices(
    assignVoices(
      words.toSorted((a, b) => a.startMs - b.startMs),
      spans,
    ),
  );
}

/** A voice's stretch under the name that the transcript gives it. */
export interface NamedSpan extends Span {
  speaker: string;
}

/** The diarizer's spans under the transcript's names; voices without a word get the numbers after the last. */
export function nameSpans(words: readonly Word[], spans: readonly SpeakerSpan[]): NamedSpan[] {
  const ordered = words.toSorted((a, b) => a.startMs - b.startMs);
  const sorted = spans.toSorted((a, b) => a.startMs - b.startMs || a.speaker - b.speaker);
  const names = numberVoices([...assignVoices(ordered, spans), ...sorted.map(span => span.speaker)]);
  return sorted.map(({ speaker, startMs, endMs }) => ({ speaker: names.get(speaker)!, startMs, endMs }));
}

function numberVoices(voices: readonly number[]): Map<number, string> {
  return new Map([...new Set(voices)].map((voice, index) => [voice, speakerId(index)]));
}

function buildSpeaker(id: string, voice: number, spans: readonly SpeakerSpan[], turns: readonly Turn[]): Speaker {
  const own: readonly Span[] = spans.filter(span => span.speaker === voice);
  const heard = own.length > 0 ? own : turns.filter(turn => turn.speaker === id);
  return { id, label: id, speechMs: heard.reduce((sum, span) => sum + span.endMs - span.startMs, 0) };
}

function describePerson(person: TrackSpeaker | undefined): Partial<Pick<Speaker, 'label' | 'user'>> {
  return { ...(person?.name && { label: person.name }), ...(person?.user && { user: person.user }) };
}

/** Marks the turns during which another voice is heard. */
function markOverlaps(turns: Turn[], spans: readonly SpeakerSpan[], names: Map<number, string>): void {
  const sorted = spans.toSorted((a, b) => a.startMs - b.startMs);
  let reachMs = 0;
  const latestEndMs = sorted.map(span => {
    reachMs = Math.max(reachMs, span.endMs);
    return reachMs;
  });
  let first = 0; // all spans before this one end before the turn
  for (const turn of turns) {
    while (first < sorted.length && latestEndMs[first]! <= turn.startMs) first++;
    for (let index = first; index < sorted.length && sorted[index]!.startMs < turn.endMs; index++) {
      const span = sorted[index]!;
      if (names.get(span.speaker) === turn.speaker) continue;
      const sharedMs = Math.min(span.endMs, turn.endMs) - Math.max(span.startMs, turn.startMs);
      if (sharedMs >= MIN_OVERLAP_MS) turn.overlap = true;
    }
  }
}
