/**
 * Menus below one another in a message that one person sees: more than the five fields of a dialog. What is chosen stands in the
 * message itself, so that a form outlives us.
 */
import { ComponentType } from 'discord.js';
import { z } from 'zod';
import type { Choice } from '../choices.ts';
import { type Block, type ButtonSpec, paragraph } from '../message.ts';
import { asButton, asDiscord, asRows } from './components.ts';
import { formatCustomId, parseCustomId } from './custom-id.ts';
import { optionsOf } from './modal.ts';

export interface FormField {
  name: string;
  label: string;
  choices: readonly Choice[];
  /** '': nothing yet, and the name of the field stands there. */
  chosen: string;
}

/**
 * @param blocks under the title, in the same box
 * @param action what hears of each choice: its custom ids are `action.field:value`
 */
export function buildForm({
  title,
  blocks = [],
  action,
  value,
  fields,
  buttons,
}: {
  title: string;
  blocks?: readonly Block[];
  action: string;
  value: string;
  fields: readonly FormField[];
  buttons: readonly ButtonSpec[];
}) {
  const heading = asDiscord({
    text: title,
    blocks: [paragraph({ text: title, style: 'bold' }), ...blocks],
  }).components;
  const selects = fields.map(({ name, label, choices, chosen }) => ({
    type: ComponentType.ActionRow,
    components: [
      {
        type: ComponentType.StringSelect,
        custom_id: formatCustomId(`${action}.${name}`, value),
        placeholder: label,
        options: optionsOf(
          // what is chosen stands there without the name of the field
          choices.map(choice => (chosen === '' ? choice : { ...choice, label: `${label}: ${choice.label}` })),
          chosen,
        ),
      },
    ],
  }));
  return [...heading, ...selects, ...asRows(buttons.map(asButton))];
}

const selectSchema = z.looseObject({
  custom_id: z.string(),
  options: z.array(z.looseObject({ value: z.string(), default: z.boolean().optional() })),
});
const rowSchema = z.looseObject({ components: z.array(z.unknown()) });

/** The same form with another choice made in it. @param components as the message has them */
export function withChoice(components: readonly unknown[], customId: string, values: readonly string[]): unknown[] {
  return components.map(component => {
    const row = rowSchema.safeParse(component).data;
    if (!row) return component;
    const inner = row.components.map(one => {
      const select = selectSchema.safeParse(one).data;
      if (select?.custom_id !== customId) return one;
      return {
        ...select,
        options: select.options.map(option => ({ ...option, default: values.includes(option.value) })),
      };
    });
    return { ...row, components: inner };
  });
}

/** What is chosen in it, by field. */
export function readForm(components: readonly unknown[], action: string): Map<string, string> {
  const chosen = new Map<string, string>();
  for (const component of components)
    for (const one of rowSchema.safeParse(component).data?.components ?? []) {
      const select = selectSchema.safeParse(one).data;
      const named = select && parseCustomId(select.custom_id).action;
      if (!select || !named?.startsWith(`${action}.`)) continue;
      const value = select.options.find(option => option.default)?.value;
      if (value !== undefined) chosen.set(named.slice(action.length + 1), value);
    }
  return chosen;
}

/** All that a select offers, wherever it stands in the message. */
export function optionsOffered(components: unknown, customId: string): string[] {
  const found: string[] = [];
  JSON.stringify(components, (_key, value: unknown) => {
    const select = selectSchema.safeParse(value).data;
    if (select?.custom_id === customId) found.push(...select.options.map(option => option.value));
    return value;
  });
  return found;
}
