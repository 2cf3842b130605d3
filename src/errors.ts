/** One error class, one table. `message` is for the log; `userMessage` is what a person reads, and says what to do. */

const faults = {
  file_missing: { retryable: false, userMessage: 'There is no such file. Check the path and try again.' },
  not_a_file: { retryable: false, userMessage: 'That is not a file. Name one recording, not a folder.' },
  file_unreadable: { retryable: false, userMessage: 'That file may not be read. Check its permissions.' },
  empty_file: { retryable: false, userMessage: 'That file is empty. Copy or upload the recording again.' },
  web_page: {
    retryable: false,
    userMessage:
      'That file is a web page, not a recording; the download was probably a sign-in page. Download it again.',
  },
  not_media: { retryable: false, userMessage: 'That file is neither audio nor video that ffmpeg can read.' },
  no_audio: { retryable: false, userMessage: 'That video has no audio track, so there is nothing to transcribe.' },
  damaged_media: {
    retryable: false,
    userMessage: 'That recording is damaged: its index or its sound is missing. Export or upload it again.',
  },
  too_short: { retryable: false, userMessage: 'That recording is too short to hold speech.' },
  too_long: { retryable: false, userMessage: 'That recording is longer than allowed. Cut it into parts.' },
  zip_damaged: { retryable: false, userMessage: 'That ZIP file is damaged. Download it again, or make a new one.' },
  zip_encrypted: {
    retryable: false,
    userMessage: 'That ZIP file has a password. Make one without, or post the recordings themselves.',
  },
  zip_unsafe: {
    retryable: false,
    userMessage: 'That ZIP file wants to write outside its own folder, so I do not open it. Make a new one.',
  },
  zip_too_large: {
    retryable: false,
    userMessage: 'That ZIP file unpacks to far more than a recording needs. Post the recordings themselves.',
  },
  zip_nested: {
    retryable: false,
    userMessage: 'That ZIP file holds another ZIP file. Unpack it and post the inner one.',
  },
  zip_no_audio: { retryable: false, userMessage: 'There is no recording in that ZIP file.' },
  zip_not_craig: {
    retryable: false,
    userMessage:
      'That ZIP file has no info.txt of Craig, which says whose each track is. Post the recordings themselves.',
  },
  too_many_tracks: {
    retryable: false,
    userMessage: 'That recording has more than 50 tracks. Leave out those of people who only listened.',
  },
  ffmpeg_missing: {
    retryable: false,
    userMessage: 'ffmpeg is not installed. Type: sudo apt-get install -y ffmpeg',
  },
  ffmpeg_too_old: { retryable: false, userMessage: 'This ffmpeg is too old. Install version 5.1 or newer.' },
  decode_failed: { retryable: true, userMessage: 'The recording could not be decoded. Try again.' },
  model_missing: { retryable: false, userMessage: 'A model is missing. Type: npx hansard models pull' },
  model_corrupt: {
    retryable: false,
    userMessage: 'A model file is not the published one. Type: npx hansard models pull, which fetches it again.',
  },
  model_unavailable: {
    retryable: true,
    userMessage: 'A model could not be fetched from any of its sources. Check the network and try again.',
  },
  model_unfit: {
    retryable: false,
    userMessage:
      'A speech recognition model does not hear a known recording as it should. Choose another one; npx hansard models check NAME looks again.',
  },
  device_unavailable: { retryable: false, userMessage: 'The device that was asked for cannot be used here.' },
  inference_failed: { retryable: true, userMessage: 'A model stopped working twice on this recording.' },
  out_of_memory: {
    retryable: true,
    userMessage: 'There was not enough memory for this recording. Close other programs and try again.',
  },
  summarizer_offline: {
    retryable: true,
    userMessage: 'The summary model did not answer. Check that its server is running and has the model.',
  },
  summarizer_failed: { retryable: true, userMessage: 'The summary model gave no usable answer.' },
  output_unwritable: {
    retryable: false,
    userMessage: 'The output folder cannot be written. Check its permissions and the free space.',
  },
  disk_full: { retryable: true, userMessage: 'The disk is full. Free some space and run the same command again.' },
  database_corrupt: {
    retryable: false,
    userMessage: 'The database is damaged. Stop Hansard, put the latest backup in its place and start again.',
  },
  database_newer: {
    retryable: false,
    userMessage: 'The database was written by a newer Hansard. Install that version, or restore an older backup.',
  },
  database_busy: { retryable: true, userMessage: 'The database is busy. Try again in a moment.' },
  data_unwritable: {
    retryable: false,
    userMessage: 'The data folder cannot be written. Check its permissions, or set HANSARD_DATA to another folder.',
  },
  models_unwritable: {
    retryable: false,
    userMessage: 'The model folder cannot be written. Check its permissions, or set HANSARD_MODELS to another folder.',
  },
  blob_missing: {
    retryable: false,
    userMessage: 'The recording, or what was made from it, is no longer kept. Post it again.',
  },
  blobs_unavailable: {
    retryable: true,
    userMessage: 'The store of recordings does not answer. Work goes on when it is back.',
  },
  blobs_refused: {
    retryable: false,
    userMessage: 'The store of recordings refuses access. Check S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.',
  },
  bot_running: {
    retryable: false,
    userMessage: 'A bot already runs on this data folder. Stop it first, or set HANSARD_DATA to another folder.',
  },
  address_in_use: {
    retryable: false,
    userMessage: 'The address for HTTP cannot be used. Set HANSARD_HTTP to another HOST:PORT, or to off.',
  },
  quota_exceeded: {
    retryable: false,
    userMessage: 'The minutes for today are used up. Try again when some are free, or ask for more.',
  },
  platform_busy: { retryable: true, userMessage: 'The chat platform asks for patience. It is tried again by itself.' },
  platform_unavailable: {
    retryable: true,
    userMessage: 'The chat platform does not answer. It is tried again by itself.',
  },
  platform_refused: { retryable: false, userMessage: 'The chat platform refused that. The log says why.' },
  link_refused: {
    retryable: false,
    userMessage: 'I take only public https links that lead to the recording itself, without signing in.',
  },
  links_off: {
    retryable: false,
    userMessage: 'Links are switched off here. An administrator can set HANSARD_LINKS=on.',
  },
  link_unavailable: {
    retryable: true,
    userMessage: 'The address of the recording does not answer. It is tried again by itself.',
  },
  thread_gone: {
    retryable: false,
    userMessage: 'The message with the recording was deleted, so there is no thread to answer in. Post it again.',
  },
  maybe_posted: {
    retryable: false,
    userMessage:
      'I do not know whether my message arrived, and may not look: the app lacks the right to read history. Ask me again.',
  },
  channel_closed: {
    retryable: false,
    userMessage: 'I may not post there. Invite me to the channel, or take it out of the archive, and try again.',
  },
  scope_missing: {
    retryable: false,
    userMessage: 'A permission is missing. An administrator has to install the app again with the manifest.',
  },
  permission_missing: {
    retryable: false,
    userMessage: 'I lack a permission in that channel. An administrator sees which one with: npx hansard doctor',
  },
  not_installed: {
    retryable: false,
    userMessage:
      'I am not on this server, so I could not post here. An administrator can invite me; or write to me directly.',
  },
  intents_refused: {
    retryable: false,
    userMessage:
      'Discord refuses an intent: switch on Message Content Intent in the developer portal (Bot), or set HANSARD_AUTO_PROCESS=off.',
  },
  auto_off: {
    retryable: false,
    userMessage:
      'Here I take recordings only when somebody asks me to (HANSARD_AUTO_PROCESS=off); whoever runs me can change that.',
  },
  attachment_gone: {
    retryable: false,
    userMessage: 'The recording was deleted, or its address has expired and I may not look it up. Post it again.',
  },
  token_refused: {
    retryable: false,
    userMessage: 'The chat platform no longer accepts our token. An administrator has to install the app again.',
  },
  too_large: {
    retryable: false,
    userMessage: 'That recording is larger than allowed. Export it with fewer bits, or cut it.',
  },
  not_yours: {
    retryable: false,
    userMessage: 'Only whoever posted the recording, or manages the channel, may do that.',
  },
  not_manager: {
    retryable: false,
    userMessage: 'Only whoever made the channel, or manages it, may change its settings.',
  },
  too_late: { retryable: false, userMessage: 'That took me too long for the chat platform. Press it again.' },
  item_changed: { retryable: false, userMessage: 'That item reads differently by now. Look at the latest notes.' },
  illegal_move: { retryable: false, userMessage: 'That cannot be done in the present state of the meeting.' },
  unknown_meeting: { retryable: false, userMessage: 'There is no such meeting.' },
  voices_off: {
    retryable: false,
    userMessage:
      'Recognising people by voice is switched off. An administrator allows it with: npx hansard settings set global voices true',
  },
  voice_consent_missing: {
    retryable: false,
    userMessage: 'A voice is kept only with the consent of the person. Name the file that shows it with --consent.',
  },
  voice_consent_expired: {
    retryable: false,
    userMessage: 'The consent to be recognised by voice is over. Ask the person again, and enrol a new sample.',
  },
  voice_sample_unasked: {
    retryable: false,
    userMessage: 'I do not wait for a sample of your voice now. Type /transcribe voice, and press “Remember my voice”.',
  },
  voice_not_yours: {
    retryable: false,
    userMessage:
      'That is no longer offered, or not to you. Say again who you are in the meeting, or type /transcribe voice.',
  },
  name_taken: {
    retryable: false,
    userMessage:
      'Somebody is called that here already. Take a name that nobody else has, or ask an administrator (hansard people rename).',
  },
  voice_too_short: {
    retryable: false,
    userMessage: 'That sample holds too little speech. Record 20 seconds of one person talking.',
  },
  voice_too_long: {
    retryable: false,
    userMessage: 'That sample is longer than five minutes. Record 20 seconds of one person talking.',
  },
  voice_too_quiet: {
    retryable: false,
    userMessage: 'That sample is too quiet to learn a voice from. Record it closer to the microphone.',
  },
  voice_too_noisy: {
    retryable: false,
    userMessage: 'That sample holds music or noise beside the voice. Record it in a quiet room.',
  },
  voice_narrow: {
    retryable: false,
    userMessage: 'That sample sounds like a telephone call, which hides half of a voice. Record it with a microphone.',
  },
  voice_mixed: {
    retryable: false,
    userMessage: 'That sample holds more than one voice. Record one person alone.',
  },
  voice_differs: {
    retryable: false,
    userMessage: 'That sample does not sound like the samples of this person so far. Record that person again.',
  },
  voice_known: {
    retryable: false,
    userMessage:
      'That voice is known already, as somebody else. Record the person alone, or forget the other one first.',
  },
  voice_key_missing: {
    retryable: false,
    userMessage: 'The key of the voices is not there. Put the key file back, or set HANSARD_VOICE_KEY_FILE to it.',
  },
  voice_key_unusable: {
    retryable: false,
    userMessage: 'The key file of the voices cannot be used. It must hold the key and be readable by its owner alone.',
  },
  voice_key_wrong: {
    retryable: false,
    userMessage: 'The voices were encrypted with another key. Put the right key file back.',
  },
  voiceprint_damaged: {
    retryable: false,
    userMessage: 'A stored voice is damaged. Forget that person and let them enrol again.',
  },
  voice_other_model: {
    retryable: false,
    userMessage: 'Voices of another model are not compared. The people concerned have to enrol again.',
  },
  unknown_person: { retryable: false, userMessage: 'There is no such person. Type: npx hansard people list' },
  unknown_speaker: {
    retryable: false,
    userMessage: 'There is no such speaker in this meeting. Type: npx hansard speakers MEETING list',
  },
  person_forgotten: {
    retryable: false,
    userMessage: 'This person asked to be forgotten. Only they can change that: enrol them with --again.',
  },
  queue_unavailable: {
    retryable: true,
    userMessage: 'The queue does not answer. What was accepted is saved, and starts when the queue is back.',
  },
  queue_unsafe: {
    retryable: false,
    userMessage: 'Redis is set up so that it may lose jobs. Set appendonly yes and maxmemory-policy noeviction.',
  },
  version_mismatch: {
    retryable: true,
    userMessage: 'A worker has another version or other models than the bot. Update it; work then goes on.',
  },
  unknown_job: { retryable: false, userMessage: 'That kind of job is not known here. Type: npx hansard jobs types' },
  invalid_job: { retryable: false, userMessage: 'That job is not well formed.' },
  job_crashed: {
    retryable: false,
    userMessage: 'This step stopped the program again and again and was given up. An administrator can retry it.',
  },
  job_timed_out: { retryable: true, userMessage: 'This step took longer than allowed.' },
  cancelled: { retryable: false, userMessage: 'Stopped. Run the same command again to go on where it stopped.' },
  invalid_usage: { retryable: false, userMessage: 'The command was not understood.' },
  invalid_setting: { retryable: false, userMessage: 'A setting is wrong.' },
} as const satisfies Record<string, { retryable: boolean; userMessage: string }>;

export type FaultCode = keyof typeof faults;

/** An error that we understand. `detail` says what exactly was wrong (ids, paths, stderr), `cause` keeps the original. */
export class HansardError extends Error {
  override readonly name = 'HansardError';
  readonly code: FaultCode;
  readonly detail: string;

  constructor(code: FaultCode, detail: string, options?: ErrorOptions) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
  }

  get retryable(): boolean {
    return faults[this.code].retryable;
  }

  get userMessage(): string {
    return faults[this.code].userMessage;
  }
}

/** True for a code of the table; used where an error crosses a process boundary. */
export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code);
}
