/**
 * Answers an interaction. Discord waits three seconds for the first answer, and its token holds for a quarter of an hour: what
 * takes longer is put off in time, and results never come this way.
 */
import { InteractionResponseType, InteractionType, MessageFlags, type RawFile, Routes } from 'discord.js';
import { HansardError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import type { PostedFile } from '../chat.ts';
import { type ChatMessage, sentence } from '../message.ts';
import type { Discord } from './call-discord.ts';
import { asDiscord, type DiscordMessage } from './components.ts';
import type { Modal } from './modal.ts';
import { asRawFiles, withFiles } from './post-files.ts';

export interface Responder {
  /** For that person alone. */
  say(what: string | ChatMessage): Promise<void>;
  /** The same, with files under it: no more than one message takes, see `pack`. */
  sayFiles(what: string, files: readonly PostedFile[]): Promise<void>;
  /** The same of what is made of components already. */
  sayComponents(components: readonly unknown[]): Promise<void>;
  /** Changes the message in which something was pressed; with components as Discord has them. */
  update(what: ChatMessage | readonly unknown[]): Promise<void>;
  /** @throws HansardError `too_late` */
  open(modal: Modal): Promise<void>;
  /** Nothing needs to be said: what was pressed shows it. */
  acknowledge(): Promise<void>;
}

const PUT_OFF_MS = 1_800;

/** Does the work and answers; what goes wrong becomes a sentence for that person. */
export async function responding(
  { discord, logger, applicationId }: { discord: Discord; logger: Logger; applicationId: string },
  interaction: { id: string; token: string; type: number },
  work: (responder: Responder) => Promise<void>,
): Promise<void> {
  const { id, token, type } = interaction;
  const isPress = type === InteractionType.MessageComponent;
  let state: 'open' | 'put-off' | 'answered' = 'open';
  // one answer at a time: putting off must not overtake it
  let before: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(step: () => Promise<T>): Promise<T> => {
    const next = before.then(step);
    before = next.catch(() => {});
    return next;
  };
  const answer = (responseType: InteractionResponseType, data?: object, files: RawFile[] = []) =>
    discord.call('answer', rest =>
      rest.post(Routes.interactionCallback(id, token), {
        auth: false,
        body: { type: responseType, ...(data && { data }) },
        files,
      }),
    );
  const original = Routes.webhookMessage(applicationId, token);
  const edit = (body: object, files: RawFile[] = []) =>
    discord.call('answer', rest => rest.patch(original, { auth: false, body, files }));
  const follow = (body: object, files: RawFile[]) =>
    discord.call('answer', rest => rest.post(Routes.webhook(applicationId, token), { auth: false, body, files }));

  const say = (shown: Omit<DiscordMessage, 'components'> & { components: readonly unknown[] }, files: RawFile[] = []) =>
    inTurn(async () => {
      const secret = { ...shown, flags: shown.flags | MessageFlags.Ephemeral };
      if (state === 'open') await answer(InteractionResponseType.ChannelMessageWithSource, secret, files);
      else if (state === 'put-off' && !isPress) await edit(shown, files);
      else await follow(secret, files);
      state = 'answered';
    });

  const responder: Responder = {
    say: what => say(asDiscord(typeof what === 'string' ? sentence(what) : what)),
    sayFiles: (what, files) => say(withFiles(asDiscord(sentence(what)), files), asRawFiles(files)),
    sayComponents: components => say({ ...asDiscord(sentence('')), components }),
    update: what =>
      inTurn(async () => {
        const body = 'blocks' in what ? asDiscord(what) : { components: what, allowed_mentions: { parse: [] } };
        const { flags: _, ...changed } = { flags: 0, ...body };
        if (state === 'open') await answer(InteractionResponseType.UpdateMessage, changed);
        else await edit(changed);
        state = 'answered';
      }),
    open: modal =>
      inTurn(async () => {
        if (state !== 'open') throw new HansardError('too_late', 'the dialog came after the answer');
        await answer(InteractionResponseType.Modal, modal);
        state = 'answered';
      }),
    acknowledge: () =>
      inTurn(async () => {
        if (state === 'open') await answer(InteractionResponseType.DeferredMessageUpdate);
        state = 'answered';
      }),
  };

  const putOff = () =>
    inTurn(async () => {
      if (state !== 'open') return;
      if (isPress) await answer(InteractionResponseType.DeferredMessageUpdate);
      else await answer(InteractionResponseType.DeferredChannelMessageWithSource, { flags: MessageFlags.Ephemeral });
      state = 'put-off';
    }).catch(err => logger.warn({ err }, 'an interaction of Discord could not be put off'));
  const timer = setTimeout(putOff, PUT_OFF_MS);
  try {
    await work(responder);
  } catch (error) {
    if (!(error instanceof HansardError)) logger.error({ err: error }, 'an interaction of Discord failed');
    const why =
      error instanceof HansardError ? error.userMessage : 'That went wrong here. Try again; the log says more.';
    await responder.say(why).catch(err => logger.warn({ err }, 'nobody could be told'));
  } finally {
    clearTimeout(timer);
  }
}
