/** Whether a meeting is searched for voices, and for whose. Without the switch, or without anybody enrolled, nothing happens. */
import { z } from 'zod';
import { type FaultCode, HansardError } from '../../errors.ts';
import { VOICES_SETTING } from '../known-settings.ts';
import { FOLDER_PLATFORM } from '../platforms.ts';
import type { Meeting } from '../store/meetings.ts';
import type { Store } from '../store/open-store.ts';
import type { VoiceReferences } from '../store/voiceprints.ts';

/** The workspace of what is done at the terminal. */
export const LOCAL_WORKSPACE = 'local';

export interface VoicePlan {
  /** For the job: encrypted references; undefined when there is nobody to look for. */
  sealed?: string;
  /** Why somebody who is enrolled is not looked for. */
  fault?: FaultCode;
}

const placed = z.looseObject({ workspace: z.string().optional() });

/** `slack`, `discord:G1` where the source names its workspace, `local` for the command line. */
export function workspaceOf({ platform, source }: Pick<Meeting, 'platform' | 'source'>): string {
  if (platform === FOLDER_PLATFORM) return LOCAL_WORKSPACE;
  const { workspace } = placed.parse(source);
  return workspace === undefined ? platform : `${platform}:${workspace}`;
}

export function areVoicesOn(store: Store): boolean {
  return store.settings.find('global', VOICES_SETTING, z.boolean()) ?? false;
}

/** @returns undefined where voices are off, or the meeting was searched before */
export function planVoices(store: Store, meeting: Meeting, model: string, now = new Date()): VoicePlan | undefined {
  if (meeting.options.identified === true || !areVoicesOn(store)) return undefined;
  try {
    const { sealed, ...left } = store.voiceprints.sealedFor(meeting.id, workspaceOf(meeting), model, now);
    const fault = faultOf(left);
    store.voiceprints.dropExpired(now);
    if (sealed === undefined && fault === undefined) return undefined;
    return { ...(sealed !== undefined && { sealed }), ...(fault && { fault }) };
  } catch (error) {
    // a meeting without names is better than none
    if (!(error instanceof HansardError)) throw error;
    return { fault: error.code };
  }
}

export function faultOf({
  expired,
  otherModel,
}: Pick<VoiceReferences, 'expired' | 'otherModel'>): FaultCode | undefined {
  if (otherModel > 0) return 'voice_other_model';
  return expired > 0 ? 'voice_consent_expired' : undefined;
}
