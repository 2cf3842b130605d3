/** The files of a meeting, with a link to each. Pure. */
import type { ModalView } from '@slack/types';
import { paragraph } from '../message.ts';
import { plainText } from './blocks.ts';
import { buildDialog, type DialogMeeting } from './dialog.ts';
import { LIMITS } from './limits.ts';

export function buildFilesDialog(meeting: DialogMeeting, files: readonly { name: string; url: string }[]): ModalView {
  const shown = files.filter(({ url }) => url !== '').slice(0, LIMITS.buttons);
  return buildDialog('hansard_files_dialog', meeting, {
    title: 'Files',
    blocks:
      shown.length === 0
        ? [paragraph({ text: 'The files are not there yet, or were removed. Run it again to get them.' })]
        : [
            {
              type: 'actions',
              elements: shown.map(({ name, url }, index) => ({
                type: 'button',
                action_id: `hansard_open.${index}`,
                text: plainText(name, LIMITS.buttonText),
                url,
              })),
            },
          ],
  });
}
