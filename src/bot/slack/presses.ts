/** Reads what people press, choose and tick, and of which meeting: in messages, in dialogs, in what they alone see. */
import type { App } from '@slack/bolt';
import { z } from 'zod';
import { HansardError } from '../../errors.ts';
import { SLACK_PLATFORM } from '../../pipeline/platforms.ts';
import type { Meeting } from '../../pipeline/store/meetings.ts';
import type { Store } from '../../pipeline/store/open-store.ts';
import type { Answering } from './answering.ts';
import { dialogMeeting } from './dialog.ts';

const idSchema = z.looseObject({ id: z.string() });
const choice = z.looseObject({ value: z.string() });

export const pressSchema = z.looseObject({
  team: idSchema.nullish(),
  user: idSchema,
  /** None in a dialog. */
  channel: idSchema.nullish(),
  view: z.looseObject({ id: z.string(), private_metadata: z.string().catch('') }).nullish(),
  trigger_id: z.string().catch(''),
  message: z
    .looseObject({
      blocks: z
        .array(
          z.looseObject({
            block_id: z.string().optional(),
            elements: z
              .array(z.looseObject({ options: z.array(choice).optional() }))
              .optional()
              .catch([]),
          }),
        )
        .catch([]),
    })
    .nullish(),
  actions: z.tuple([
    z.looseObject({
      block_id: z.string().catch(''),
      value: z.string().nullish(),
      selected_option: choice.nullish(),
      selected_options: z.array(choice).nullish(),
      selected_conversation: z.string().nullish(),
    }),
  ]),
});

export interface Press {
  meeting: Meeting;
  user: string;
  triggerId: string;
  /** Of the dialog in which it was pressed. */
  viewId: string | undefined;
  /** What was chosen: of a menu, or the boxes that are ticked. */
  chosen: string[];
  /** All boxes that there are; Slack sends only the ticked ones. */
  offered: string[];
}

/** Which meeting is meant, by the value of what was pressed and the block in which it stands. */
type MeetingIdOf = (pressed: { value: string; blockId: string }) => string | undefined;

export type OnPress = (action: string, meetingIdOf: MeetingIdOf, work: (press: Press) => Promise<unknown>) => void;

export function createOnPress(app: App, store: Store, answering: Answering): OnPress {
  return (action, meetingIdOf, work) =>
    app.action(action, async ({ ack, body }) => {
      await ack();
      const { user, channel, view, message, trigger_id: triggerId, actions } = pressSchema.parse(body);
      const [{ block_id: blockId, value, selected_option: option, selected_options: options }] = actions;
      const chosen = (options ?? (option ? [option] : [])).map(one => one.value);
      const elements = message?.blocks.find(block => block.block_id === blockId)?.elements ?? [];
      const offered = elements.flatMap(element => (element.options ?? []).map(one => one.value));
      const inDialog = view?.private_metadata ? dialogMeeting.safeParse(view.private_metadata).data : undefined;
      const where = channel?.id ?? inDialog?.channel ?? '';
      await answering(where, user.id, async () => {
        const id = meetingIdOf({ value: value ?? chosen[0] ?? '', blockId }) ?? inDialog?.id ?? '';
        const meeting = store.meetings.find(id);
        // what a button names must belong to the channel in which it was pressed
        if (meeting?.platform !== SLACK_PLATFORM || meeting.channel !== where)
          throw new HansardError('unknown_meeting', id);
        await work({ meeting, user: user.id, triggerId, viewId: view?.id, chosen, offered });
      });
    });
}
