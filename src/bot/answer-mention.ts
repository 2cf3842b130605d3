/** A question about the meetings of a thread, answered in it. */
import type { Transcript } from '../pipeline/meeting.ts';
import { answerQuestion } from '../pipeline/minutes/answer-question.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { ChatPlatform } from './chat-platform.ts';
import { presentAnswer } from './present/present-answer.ts';

const MOST_QUESTION_CHARACTERS = 500;
/** Of a thread with several recordings. */
const MOST_ASKED = 5;

/** @param questionId the same again is the same question. @returns why there is no answer, when there is none */
export async function answerMention(
  asked: { text: string; questionId: string; meetings: readonly Meeting[] },
  { platform, readTranscript }: { platform: ChatPlatform; readTranscript(meetingId: string): Promise<Transcript> },
): Promise<string | undefined> {
  const [latest, ...others] = asked.meetings.filter(({ state }) => state === 'done').slice(0, MOST_ASKED);
  if (!latest) return 'I am not done with that recording. Ask me when the summary is there.';
  const question = asked.text.slice(0, MOST_QUESTION_CHARACTERS);
  const answers = await Promise.all(
    [latest, ...others].map(async ({ id, title }) => ({
      title,
      quotes: answerQuestion(question, await readTranscript(id)).quotes,
    })),
  );
  await platform.answer(latest, asked.questionId, presentAnswer(question, answers));
  return undefined;
}
