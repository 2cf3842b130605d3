/** Turns, kept so that words can be found across meetings. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import type { Turn } from '../meeting.ts';
import type { Database } from './open-database.ts';

const hitRow = z.object({
  meetingId: z.string(),
  title: z.string(),
  createdAt: z.string(),
  turnId: z.string(),
  speaker: z.string(),
  startMs: z.number(),
  /** The words around the hit; each word found stands between `[` and `]`. */
  snippet: z.string(),
});
export type Hit = z.infer<typeof hitRow>;

export interface Search {
  /** Replaces what is stored of the meeting. `label` names its speakers, e.g. SPEAKER_00 → Anna. */
  replaceTurns(meetingId: string, turns: readonly Turn[], label: (speaker: string) => string): void;
  renameSpeaker(meetingId: string, from: string, to: string): void;
  /**
   * Turns that hold all of the words; words inside double quotes must follow one another. Upper case and accents do
   * not matter. Best hits first. `channel` keeps to what was posted there.
   * @throws HansardError `invalid_usage` when there is no word in `words`
   */
  find(query: { words: string; channel?: { platform: string; channel: string }; limit: number }): Hit[];
}

const SNIPPET_WORDS = 16;

export function createSearch(db: Database): Search {
  return {
    renameSpeaker: (meetingId, from, to) =>
      void db.run('UPDATE turns SET speaker = ? WHERE meeting_id = ? AND speaker = ?', to, meetingId, from),
    replaceTurns: (meetingId, turns, label) =>
      db.transaction(() => {
        db.run('DELETE FROM turns WHERE meeting_id = ?', meetingId);
        for (const turn of turns)
          db.run(
            'INSERT INTO turns (meeting_id, turn_id, speaker, start_ms, end_ms, text) VALUES (?, ?, ?, ?, ?, ?)',
            meetingId,
            turn.id,
            label(turn.speaker),
            turn.startMs,
            turn.endMs,
            turn.text,
          );
      }),
    find({ words, channel, limit }) {
      const where = channel ? 'AND m.platform = ? AND m.channel = ?' : '';
      const rows = db.all(
        `SELECT t.meeting_id AS meetingId, m.title, m.created_at AS createdAt, t.turn_id AS turnId, t.speaker,
           t.start_ms AS startMs, snippet(turns_fts, 0, '[', ']', '…', ${SNIPPET_WORDS}) AS snippet
         FROM turns_fts JOIN turns t ON t.rowid = turns_fts.rowid JOIN meetings m ON m.id = t.meeting_id
         WHERE turns_fts MATCH ? ${where} ORDER BY bm25(turns_fts), t.rowid LIMIT ?`,
        matchExpression(words),
        ...(channel ? [channel.platform, channel.channel] : []),
        limit,
      );
      return rows.map(row => hitRow.parse(row));
    },
  };
}

/** Every word and phrase becomes an FTS5 string, so that nothing a person types is read as query syntax. */
function matchExpression(words: string): string {
  const terms = [...words.matchAll(/"([^"]*)"|[^\s"]+/g)].map(([term, phrase]) => phrase ?? term);
  const searchable = terms.filter(term => /[\p{L}\p{N}]/u.test(term));
  if (searchable.length === 0) throw new HansardError('invalid_usage', 'there is no word to search for');
  return searchable.map(term => `"${term}"`).join(' ');
}
