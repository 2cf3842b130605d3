/** Dialogs of Discord: at most five fields. */
import { ComponentType, TextInputStyle } from 'discord.js';
import type { Choice } from '../choices.ts';
import { cut, plain } from '../text.ts';
import { LIMITS } from './limits.ts';

export interface Modal {
  title: string;
  custom_id: string;
  components: ReturnType<typeof label>[];
}

export interface Field {
  id: string;
  label: string;
  hint?: string;
  isOptional?: boolean;
}

export function buildModal(title: string, customId: string, fields: readonly ReturnType<typeof label>[]): Modal {
  return {
    title: cut(plain(title), LIMITS.modalTitle),
    custom_id: customId,
    components: fields.slice(0, LIMITS.modalFields),
  };
}

function label({ label: name, hint }: Field, component: object) {
  return {
    type: ComponentType.Label,
    label: cut(plain(name), LIMITS.fieldLabel),
    ...(hint && { description: cut(plain(hint), LIMITS.fieldDescription) }),
    component,
  };
}

export function textField(
  field: Field,
  { initial, most, isLong = false }: { initial?: string | undefined; most: number; isLong?: boolean },
) {
  return label(field, {
    type: ComponentType.TextInput,
    custom_id: field.id,
    style: isLong ? TextInputStyle.Paragraph : TextInputStyle.Short,
    max_length: most,
    required: !field.isOptional,
    ...(initial && { value: initial.slice(0, most) }),
  });
}

export function choiceField(field: Field, choices: readonly Choice[], initial?: string) {
  return label(field, {
    type: ComponentType.StringSelect,
    custom_id: field.id,
    required: !field.isOptional,
    options: optionsOf(choices, initial),
  });
}

export function optionsOf(choices: readonly Choice[], initial?: string) {
  return choices.slice(0, LIMITS.options).map(({ value, label: said }) => ({
    value,
    label: cut(plain(said) || '–', LIMITS.optionText),
    ...(value === initial && { default: true }),
  }));
}

export function personField(field: Field) {
  return label(field, {
    type: ComponentType.UserSelect,
    custom_id: field.id,
    required: !field.isOptional,
    max_values: 1,
  });
}

export function filesField(field: Field, most: number) {
  return label(field, {
    type: ComponentType.FileUpload,
    custom_id: field.id,
    required: !field.isOptional,
    min_values: field.isOptional ? 0 : 1,
    max_values: most,
  });
}
