/** What the files are made from. */
import type { MetaFile } from '../files.ts';
import type { Diarization, Transcript, Transcription } from '../meeting.ts';
import type { ActionItem, Summary } from '../summary.ts';

export interface Minutes {
  transcription: Transcription;
  diarization: Diarization;
  /** From `assignSpeakers` on the two above. */
  transcript: Transcript;
  summary: Summary;
  meta: MetaFile;
}

/** The action items that go into other programs: checked against what was said. */
export function verifiedActions(summary: Summary): ActionItem[] {
  return summary.actionItems.filter(item => item.verified);
}
