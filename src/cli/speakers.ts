/** `hansard speakers MEETING list | name | merge | split | play`: who is who in a meeting of the server on this machine. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { Command } from 'commander';
import { createMinutesReader, type MinutesReader } from '../bot/read-minutes.ts';
import { HansardError } from '../errors.ts';
import { cutOpus } from '../gpu-worker/ffmpeg/cut-opus.ts';
import { blobKeys, download } from '../pipeline/blobs/blob-store.ts';
import { speakerId, type Transcript } from '../pipeline/meeting.ts';
import { type MeetingChange, meetingChange } from '../pipeline/meeting-change.ts';
import { suggestionsFor } from '../pipeline/minutes/suggest-names.ts';
import { MOST_NAME_CHARACTERS, type RecordingOptions, recordingOptions } from '../pipeline/recording-options.ts';
import { formatClock, formatLength } from '../pipeline/render/format-time.ts';
import type { Meeting } from '../pipeline/store/meetings.ts';
import type { Store } from '../pipeline/store/open-store.ts';
import { chooseLineUp } from '../pipeline/voices/choose-line-up.ts';
import { confirmSpeakers } from '../pipeline/voices/confirm-speakers.ts';
import { openWorkFolder } from '../pipeline/work-folder.ts';
import { findMeeting } from './meetings.ts';
import { type Load, localUser, type Services, withServices } from './open-services.ts';
import { printable } from './report.ts';

interface Heard {
  meeting: Meeting;
  minutes: MinutesReader;
  transcript: Transcript;
  changes: Pick<RecordingOptions, 'speakerNames' | 'speakerMerges' | 'speakerSplits'>;
}

type Act = (
  heard: Heard,
  words: readonly string[],
  services: Services,
  flags: { json?: true; out?: string },
) => Promise<void> | void;

const actions: Record<string, Act> = { list, name, merge, split, play };

export function speakersCommand(load: Load): Command {
  return new Command('speakers')
    .description('who is who in a meeting')
    .argument('<meeting>', "a meeting's id, or how it begins or ends")
    .argument('<action>', 'list | name SPEAKER NAME | merge FROM INTO | split SPEAKER TURN… | play SPEAKER')
    .argument('[words...]')
    .option('--json', 'list: print JSON')
    .option('--out <file>', 'play: write the clip there (.ogg) instead')
    .action((id: string, action: string, words: string[], flags: { json?: true; out?: string }) =>
      withServices(load, async services => {
        const act = Object.hasOwn(actions, action) ? actions[action] : undefined;
        if (!act) throw new HansardError('invalid_usage', `${action} is none of ${Object.keys(actions).join(', ')}`);
        const meeting = findMeeting(services.store, id);
        const minutes = createMinutesReader(services.store, services.blobs);
        const transcript = await minutes.transcript(meeting.id);
        const { speakerNames, speakerMerges, speakerSplits } = recordingOptions
          .pick({ speakerNames: true, speakerMerges: true, speakerSplits: true })
          .parse(meeting.options);
        await act(
          { meeting, minutes, transcript, changes: { speakerNames, speakerMerges, speakerSplits } },
          words,
          services,
          flags,
        );
      }),
    );
}

async function list(
  { meeting, minutes, transcript }: Heard,
  _words: readonly string[],
  _services: Services,
  { json }: { json?: true },
): Promise<void> {
  const read = await minutes.namesRead(meeting.id);
  const speakers = transcript.speakers.map(speaker => ({
    ...speaker,
    suggestions: suggestionsFor(speaker.id, transcript, read),
  }));
  if (json) return void process.stdout.write(`${JSON.stringify(speakers)}\n`);
  for (const { id, label, by, speechMs, suggestions } of speakers) {
    const name = label === id ? '' : ` ${printable(label)}${by === 'voice' ? ' (by voice)' : ''}`;
    process.stdout.write(`${id}${name}, ${formatLength(speechMs)}\n`);
    for (const { name: maybe, confidence, from, evidence } of suggestions) {
      const why = evidence ? `“${printable(evidence.quote)}” at ${formatClock(evidence.start * 1000)}` : `by ${from}`;
      process.stdout.write(`  perhaps ${printable(maybe)} (${Math.round(confidence * 100)} %): ${why}\n`);
    }
  }
}

/** A name of somebody who is known links the voice to them. */
async function name(
  { meeting, minutes, transcript, changes }: Heard,
  words: readonly string[],
  services: Services,
): Promise<void> {
  const [id = '', ...rest] = words;
  const said = rest.join(' ').trim();
  assertSpeaker(transcript, id);
  if (said === '' || said.length > MOST_NAME_CHARACTERS)
    throw new HansardError('invalid_usage', `a name has 1 to ${MOST_NAME_CHARACTERS} characters`);
  const heard = await minutes.heard(meeting.id);
  const names = await confirmSpeakers(services, meeting, heard, { [id]: { name: said } });
  correct(services.store, meeting, { speakerNames: { ...changes.speakerNames, ...names } });
}

function merge({ meeting, transcript, changes }: Heard, words: readonly string[], { store }: Services): void {
  const [from = '', into = ''] = words;
  assertSpeaker(transcript, from);
  assertSpeaker(transcript, into);
  if (from === into) throw new HansardError('invalid_usage', 'name two speakers');
  correct(store, meeting, { speakerMerges: { ...changes.speakerMerges, [from]: into } });
}

/** The turns get a new speaker; without turns a speaker that was merged comes back. */
function split({ meeting, transcript, changes }: Heard, words: readonly string[], { store }: Services): void {
  const [id = '', ...turnIds] = words;
  const { speakerMerges = {}, speakerSplits = [] } = changes;
  if (turnIds.length === 0) {
    if (!Object.hasOwn(speakerMerges, id))
      throw new HansardError('invalid_usage', `${id} was not merged: name the turns`);
    const { [id]: _apart, ...left } = speakerMerges;
    return void correct(store, meeting, { speakerMerges: left });
  }
  assertSpeaker(transcript, id);
  const turns = transcript.turns.filter(turn => turnIds.includes(turn.id) && turn.speaker === id);
  if (turns.length !== new Set(turnIds).size)
    throw new HansardError('invalid_usage', `not all of these are turns of ${id}`);
  const used = [
    ...transcript.speakers.map(speaker => speaker.id),
    ...Object.keys(speakerMerges),
    ...speakerSplits.map(({ to }) => to),
  ];
  const to = speakerId(1 + Math.max(...used.map(one => Number(one.slice('SPEAKER_'.length)))));
  // a speaker that others were merged into says their words as well
  const sources = [id, ...Object.keys(speakerMerges).filter(from => speakerMerges[from] === id)];
  const added = turns.flatMap(({ startMs, endMs }) => sources.map(from => ({ from, to, startMs, endMs })));
  correct(store, meeting, { speakerSplits: [...speakerSplits, ...added] });
  process.stdout.write(`${to}\n`);
}

async function play(
  { meeting, minutes, transcript, changes }: Heard,
  words: readonly string[],
  services: Services,
  { out }: { out?: string },
): Promise<void> {
  const [id = ''] = words;
  assertSpeaker(transcript, id);
  const { transcription, diarization } = await minutes.heard(meeting.id);
  const clip = chooseLineUp(transcript, transcription, diarization, changes).find(({ speaker }) => speaker === id);
  if (!clip) throw new HansardError('unknown_speaker', `${id} is never heard alone`);
  const work = await openWorkFolder(path.join(services.config.dataDir, 'work'));
  const { signal } = new AbortController();
  try {
    const wavPath = path.join(work.path, 'audio.wav');
    await download(services.blobs, blobKeys.audio(meeting.audioHash ?? ''), wavPath, signal);
    const target = out ?? path.join(work.path, 'clip.ogg');
    const { length } = await cutOpus(wavPath, clip, target, signal);
    if (out === undefined) await playFile(target);
    else process.stdout.write(`${printable(out)}: ${id} at ${formatClock(clip.startMs)}, ${length} bytes\n`);
  } finally {
    await work.remove();
  }
}

function playFile(file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const player = spawn('ffplay', ['-v', 'error', '-nodisp', '-autoexit', file], { stdio: 'inherit' });
    player.on('error', cause =>
      reject(new HansardError('ffmpeg_missing', 'ffplay plays clips; or use --out', { cause })),
    );
    player.on('close', () => resolve());
  });
}

/** Written down for the bot, which makes the files again, and posts them. */
function correct(store: Store, meeting: Meeting, wish: MeetingChange): void {
  const change = JSON.parse(JSON.stringify(meetingChange.parse(wish)));
  store.outbox.put({ topic: 'correct', meetingId: meeting.id, payload: { change, who: localUser() } });
  process.stdout.write(`${meeting.id}: the bot was told\n`);
}

function assertSpeaker(transcript: Transcript, id: string): void {
  if (!transcript.speakers.some(speaker => speaker.id === id)) throw new HansardError('unknown_speaker', id);
}
