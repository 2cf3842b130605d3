/** What a person fills into a modal, as the app gets it. */
import { COMPONENT } from './component-schemas.ts';
import { attached, type PostedFile } from './postings.ts';
import type { Json, World } from './server-world.ts';
import type { Show } from './show.ts';
import { type AnyComponent, nested } from './validate-components.ts';

export type Filled = string | boolean | readonly string[] | readonly PostedFile[];

/**
 * @param filled by `custom_id`; what is not named stays as the app set it
 * @throws Error what the client of a person would not let them send
 */
export function fillModal(
  components: readonly AnyComponent[],
  filled: Record<string, Filled>,
  { world, show }: { world: World; show: Show },
): { components: Json[]; resolved?: Json } {
  const fields = nested(components).flatMap(({ custom_id: id }) => id ?? []);
  const unknown = Object.keys(filled).find(id => !fields.includes(id));
  if (unknown !== undefined) throw new Error(`the modal has no field ${unknown}`);
  const [users, attachments]: [Record<string, Json>, Record<string, Json>] = [{}, {}];

  function enter(field: AnyComponent): Json {
    const { type, custom_id: id = '', id: number } = field;
    const given = filled[id];
    const common = { type, custom_id: id, id: number ?? 0 };
    const isRequired = field.required !== false;
    if (type === COMPONENT.textInput) return { ...common, value: typedInto(field, given, isRequired) };
    if (type === COMPONENT.checkbox)
      return { ...common, value: typeof given === 'boolean' ? given : (field.default ?? false) };
    const values = given === undefined ? chosenBefore(field) : listOf(given);
    const ids = values.map(value => (typeof value === 'string' ? value : keep(value)));
    const [least, most] = [isRequired ? Number(field.min_values ?? 1) : 0, Number(field.max_values ?? mostOf(field))];
    if (ids.length < least || ids.length > most)
      throw new Error(`${id} takes ${least} to ${most} values, not ${ids.length}`);
    const own = optionsOf(field);
    const foreign = own && ids.find(value => !own.some(one => one.value === value));
    if (foreign) throw new Error(`${id} has no option ${foreign}`);
    if (type === COMPONENT.userSelect) for (const user of ids) users[user] = show.user(user);
    return type === COMPONENT.radioGroup ? { ...common, value: ids[0] ?? null } : { ...common, values: ids };
  }
  function keep(file: PostedFile): string {
    const own = attached(file, world.newId());
    attachments[own.id] = show.attachment(own);
    return own.id;
  }

  const answered = components.map(({ type, id = 0, component, components: inner }): Json => {
    if (type === COMPONENT.textDisplay) return { type, id };
    if (type === COMPONENT.label) return { type, id, component: nested(component).map(enter)[0] };
    return { type, id, components: nested(inner).map(enter) };
  });
  const resolved = {
    ...(Object.keys(users).length > 0 && { users }),
    ...(Object.keys(attachments).length > 0 && { attachments }),
  };
  return { components: answered, ...(Object.keys(resolved).length > 0 && { resolved }) };
}

function typedInto(
  { value, custom_id: id, min_length: least, max_length: most }: AnyComponent,
  given: Filled | undefined,
  isRequired: boolean,
): string {
  const text = String(given ?? value ?? '');
  if (isRequired && text === '') throw new Error(`${id} has to be filled in`);
  const [from, to] = [Number(least ?? 0), Number(most ?? 4_000)];
  if (text !== '' && (text.length < from || text.length > to))
    throw new Error(`${id} takes ${from} to ${to} characters, not ${text.length}`);
  return text;
}

function listOf(given: Filled): readonly (string | PostedFile)[] {
  return typeof given === 'string' || typeof given === 'boolean' ? [String(given)] : given;
}

export interface ShownOption {
  value: string;
  default?: boolean;
}

/** Of a select or a group; undefined: it has none of its own. */
export function optionsOf({ options }: AnyComponent): ShownOption[] | undefined {
  if (!Array.isArray(options)) return undefined;
  return options.map(one => ({ value: String(one.value), default: one.default === true }));
}

function chosenBefore(field: AnyComponent): string[] {
  const users = Array.isArray(field.default_values) ? field.default_values.map(one => String(one.id)) : [];
  return [...users, ...(optionsOf(field) ?? []).filter(one => one.default).map(({ value }) => value)];
}

const mostOf = (field: AnyComponent): number =>
  field.type === COMPONENT.checkboxGroup ? (optionsOf(field)?.length ?? 1) : 1;
