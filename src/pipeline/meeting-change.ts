/** What people put right after a meeting: added to what they put right before. */
import { z } from 'zod';
import { addEdit, summaryEdit } from './minutes/edit-summary.ts';
import { foldWords } from './minutes/words.ts';
import { correction, type GlossaryEntry, MOST_CORRECTIONS, recordingOptions } from './recording-options.ts';
import type { Meeting } from './store/meetings.ts';

const people = recordingOptions.pick({ speakerNames: true, speakerMerges: true, speakerSplits: true });

export const meetingChange = z.object({
  ...people.shape,
  corrections: z.array(correction).optional(),
  edits: z.array(summaryEdit).optional(),
});
export type MeetingChange = z.infer<typeof meetingChange>;

const kept = recordingOptions.pick({ corrections: true, summaryEdits: true });

/** Names, merges and splits replace those before; corrections and edits add to them. */
export function changeOptions(options: Meeting['options'], change: MeetingChange): Meeting['options'] {
  const { corrections = [], summaryEdits = [] } = kept.parse(options);
  const { edits = [], corrections: added = [], ...named } = change;
  return z.record(z.string(), z.json()).parse(
    JSON.parse(
      JSON.stringify({
        ...options,
        ...named,
        corrections: addCorrections(corrections, added),
        summaryEdits: edits.reduce(addEdit, summaryEdits),
      }),
    ),
  );
}

/** A phrase is written in one way: the later one counts. */
export function addCorrections<Entry extends GlossaryEntry>(
  before: readonly Entry[],
  added: readonly Entry[],
): Entry[] {
  const phraseOf = ({ heard, written }: Entry) => foldWords(heard ?? written).join(' ');
  const known = new Set(added.map(phraseOf));
  return [...before.filter(entry => !known.has(phraseOf(entry))), ...added].slice(-MOST_CORRECTIONS);
}
