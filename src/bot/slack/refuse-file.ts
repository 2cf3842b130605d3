/** Why a file of Slack becomes no minutes, in one sentence for people. Pure. */
import { z } from 'zod';
import { HansardError } from '../../errors.ts';

const share = z.looseObject({ ts: z.string(), thread_ts: z.string().nullish() });
const shares = z.record(z.string(), z.array(share)).nullish();

/** What we read of `files.info`. */
export const fileSchema = z.looseObject({
  id: z.string(),
  name: z.string().nullish(),
  title: z.string().nullish(),
  mimetype: z.string().nullish(),
  filetype: z.string().nullish(),
  mode: z.string().nullish(),
  size: z.number().nullish(),
  user: z.string().nullish(),
  file_access: z.string().nullish(),
  shares: z.looseObject({ public: shares, private: shares }).nullish(),
});

const MEDIA_TYPES = /^(mp3|m4a|mp4|mov|webm|ogg|opus|wav|flac|aac|mkv|avi|amr|aiff?|caf|3gp|wma|wmv|mpe?g)$/;

/** A ZIP may be one of Craig; whether it is shows when it is opened. */
const ZIP = /^application\/(x-)?zip(-compressed)?$/;

/** @param asked somebody wants this very file: only then a ZIP is looked into */
export function refuseFile(
  { mimetype, filetype, mode, size, name, file_access: access }: z.infer<typeof fileSchema>,
  maxBytes: number,
  asked: boolean,
): string | undefined {
  if (mode === 'tombstone') return 'That file was deleted.';
  if (mode === 'hidden_by_limit') return 'Slack hides that file, since the workspace is over its limit. Post it again.';
  if (mode === 'external') return 'That file lies outside Slack. Post the recording itself.';
  if (access === 'access_denied' || access === 'file_not_found')
    return 'I may not see that file: it belongs to another workspace. Ask whoever posted it to share it with this one.';
  const isMedia = /^(audio|video)\//.test(mimetype ?? '') || MEDIA_TYPES.test(filetype ?? '');
  const isZip = filetype === 'zip' || ZIP.test(mimetype ?? '');
  if (!isMedia && !(isZip && asked)) return `“${name ?? 'That file'}” is neither audio nor video.`;
  if (size === 0) return 'That file is empty. Post the recording again.';
  if ((size ?? 0) > maxBytes) return new HansardError('too_large', '').userMessage;
  return undefined;
}
