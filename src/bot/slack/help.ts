/** What can be done in Slack, as `/transcribe help` says it. */
import type { Piece } from '../message.ts';

export const HELP: Piece[][] = [
  [{ text: 'Post a recording and mention me, or use the shortcut “Summarise recording” on any message with one.' }],
  [{ text: 'Mention me in the thread of a meeting with a question: I answer with what was said.' }],
  [{ text: '/transcribe', style: 'code' }, { text: ' the latest recordings of this channel' }],
  [{ text: '/transcribe status', style: 'code' }, { text: ' what I am working on in this channel' }],
  [{ text: '/transcribe search words', style: 'code' }, { text: ' who said that in this channel' }],
  [
    { text: '/transcribe cancel', style: 'code' },
    { text: ', ' },
    { text: 'retry', style: 'code' },
    { text: ', ' },
    { text: 'speakers', style: 'code' },
    { text: ' or ' },
    { text: 'forget', style: 'code' },
    { text: ' the latest recording, or one by its name' },
  ],
  [{ text: '/transcribe voice', style: 'code' }, { text: ' be recognised by your voice, or no longer' }],
  [{ text: '/transcribe settings', style: 'code' }, { text: ' what this channel wants; or: settings auto on' }],
  [{ text: '/transcribe https://…', style: 'code' }, { text: ' a recording by its link, where links are allowed' }],
  [{ text: '/transcribe help', style: 'code' }, { text: ' this' }],
];
