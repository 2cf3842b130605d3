/** Who speaks where two voices speak at once: named after what the same local speakers say alone. */
import { munkres } from 'munkres';
import { ACTIVITY_CHANNELS, HOP_FRAMES, WINDOW_FRAMES } from './voice-models.ts';

const LOCAL_SPEAKERS = 3;

/**
 * In each window the three local speakers are matched with the voices whose solo frames they share (Hungarian), and lend
 * them their activity; in an overlapped frame the two voices with most activity over all windows speak.
 * @param activities [windows, WINDOW_FRAMES, ACTIVITY_CHANNELS] times 255
 * @param soloVoices per frame the voice that speaks alone, -1 elsewhere
 * @returns per voice and frame whether it speaks, [voiceCount, frames]
 */
export function nameOverlaps(
  activities: Uint8Array,
  voiceCounts: Uint8Array,
  soloVoices: Int8Array,
  voiceCount: number,
): Uint8Array[] {
  const frames = voiceCounts.length;
  const speaks = Array.from({ length: voiceCount }, (_, voice) =>
    Uint8Array.from(soloVoices, solo => Number(solo === voice)),
  );
  const overlapIndex = new Map<number, number>();
  for (let frame = 0; frame < frames; frame++) if (voiceCounts[frame] === 2) overlapIndex.set(frame, overlapIndex.size);
  const strength = new Float64Array(overlapIndex.size * voiceCount);
  const perWindow = WINDOW_FRAMES * ACTIVITY_CHANNELS;
  for (let window = 0; window * perWindow < activities.length; window++) {
    const local = activities.subarray(window * perWindow, (window + 1) * perWindow);
    const first = window * HOP_FRAMES;
    if (!voiceCounts.subarray(first, first + WINDOW_FRAMES).includes(2)) continue;
    const matches = matchSpeakers(local, soloVoices.subarray(first, first + WINDOW_FRAMES), voiceCount);
    for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
      const index = overlapIndex.get(first + frame);
      if (index === undefined) continue;
      for (const { speaker, voice } of matches) {
        strength[index * voiceCount + voice]! += local[frame * ACTIVITY_CHANNELS + speaker]!;
      }
    }
  }
  for (const [frame, index] of overlapIndex) {
    for (const voice of strongestTwo(strength.subarray(index * voiceCount, (index + 1) * voiceCount))) {
      speaks[voice]![frame] = 1;
    }
  }
  return speaks;
}

function matchSpeakers(local: Uint8Array, solo: Int8Array, voiceCount: number): { speaker: number; voice: number }[] {
  const shared = Array.from({ length: LOCAL_SPEAKERS }, () => new Array<number>(voiceCount).fill(0));
  for (let frame = 0; frame < WINDOW_FRAMES; frame++) {
    const voice = solo[frame]!;
    if (voice < 0) continue;
    for (let speaker = 0; speaker < LOCAL_SPEAKERS; speaker++) {
      shared[speaker]![voice]! += local[frame * ACTIVITY_CHANNELS + speaker]!;
    }
  }
  const pairs = munkres(shared.map(row => row.map(seconds => -seconds)));
  return pairs
    .filter(([speaker, voice]) => shared[speaker]![voice]! > 0)
    .map(([speaker, voice]) => ({ speaker, voice }));
}

function strongestTwo(strength: Float64Array): number[] {
  const voices = Array.from(strength.keys()).filter(voice => strength[voice]! > 0);
  return voices.sort((a, b) => strength[b]! - strength[a]!).slice(0, 2);
}
