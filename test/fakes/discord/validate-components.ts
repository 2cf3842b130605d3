/** Says what Discord would say of a message or a modal: the limits of each component are in the schemas, here is what concerns several. */
import { z } from 'zod';
import { COMPONENT, classicComponents, modal, newComponents } from './component-schemas.ts';
import { list, number, type Problem, problem, problemsOf, text } from './problems.ts';

/** `flags` of a message (docs.discord.com, resources/message). */
export const FLAG = {
  suppressEmbeds: 1 << 2,
  hasThread: 1 << 5,
  ephemeral: 1 << 6,
  loading: 1 << 7,
  silent: 1 << 12,
  componentsV2: 1 << 15,
};

/** Together with those within others (docs.discord.com, components/reference). */
const MOST_COMPONENTS = 40;
/** Of all text displays together. */
const MOST_DISPLAYED = 4_000;
const MOST_EMBED_TEXT = 6_000;

export interface MessageContext {
  /** `flags` of the message that is edited. */
  flags?: number;
  /** Names of the files that the message has. */
  files?: readonly string[];
  /** An edit may leave everything out. */
  isEdit?: boolean;
}

const embed = z.looseObject({
  ...{ title: text(0, 256).nullish(), description: text(0, 4_096).nullish() },
  fields: list(z.looseObject({ name: text(1, 256), value: text(1, 1_024) }), 0, 25).nullish(),
  footer: z.looseObject({ text: text(0, 2_048) }).nullish(),
  author: z.looseObject({ name: text(0, 256) }).nullish(),
});
const ids = z.array(z.string().regex(/^\d{17,20}$/)).max(100);
const body = z.looseObject({
  ...{ content: text(0, 2_000).nullish(), flags: z.number().int().nullish(), embeds: list(embed, 0, 10).nullish() },
  ...{ tts: z.boolean().nullish(), enforce_nonce: z.boolean().nullish() },
  nonce: z.union([text(0, 25), z.number().int()]).nullish(),
  allowed_mentions: z
    .looseObject({
      parse: z.array(z.enum(['users', 'roles', 'everyone'])).optional(),
      ...{ users: ids.nullish(), roles: ids.nullish(), replied_user: z.boolean().nullish() },
    })
    .nullish(),
  attachments: list(
    z.looseObject({ id: z.union([z.string(), z.number()]), description: text(0, 1_024).nullish() }),
    0,
    10,
  ).nullish(),
  message_reference: z.looseObject({ message_id: z.string(), type: number(0, 1).nullish() }).nullish(),
});

/** @returns nothing when Discord takes it */
export function validateMessage(
  message: unknown,
  { flags: before = 0, files = [], isEdit = false }: MessageContext = {},
): Problem[] {
  const mistakes = problemsOf(body, message);
  const parsed = body.safeParse(message);
  if (!parsed.success) return mistakes;
  const { content, embeds, allowed_mentions: mentions, nonce } = parsed.data;
  const components = parsed.data.components ?? [];
  const isNew = ((parsed.data.flags ?? before) & FLAG.componentsV2) !== 0;
  if (isEdit && parsed.data.flags != null && (before & FLAG.componentsV2) !== 0 && !isNew)
    return [
      problem(['flags'], 'MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG', 'The IS_COMPONENTS_V2 flag cannot be removed'),
    ];
  if (typeof nonce === 'string' && nonce === '' && parsed.data.enforce_nonce)
    mistakes.push(problem(['nonce'], 'BASE_TYPE_REQUIRED', 'This field is required'));
  for (const kind of ['users', 'roles'] as const)
    if (mentions?.parse?.includes(kind) && (mentions[kind]?.length ?? 0) > 0)
      mistakes.push(
        problem(
          ['allowed_mentions'],
          'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
          `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
        ),
      );
  const written = (embeds ?? []).reduce((sum, one) => sum + lengthOf(one), 0);
  if (written > MOST_EMBED_TEXT)
    mistakes.push(problem(['embeds'], 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000'));
  if (isNew && (content || (embeds?.length ?? 0) > 0))
    for (const key of content ? ['content'] : ['embeds'])
      mistakes.push(
        problem(
          [key],
          'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2',
          `The '${key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
        ),
      );
  const isLeftOut = isEdit && parsed.data.components == null;
  if (!isLeftOut) mistakes.push(...validateComponents(components, isNew, files));
  // rows of buttons alone are a message too
  const hasComponents = Array.isArray(components) && components.length > 0;
  const hasOther = Boolean(content?.trim()) || Boolean(embeds?.length) || files.length > 0;
  if (mistakes.length === 0 && !isEdit && !hasComponents && (isNew || !hasOther))
    mistakes.push(problem([], 'EMPTY_MESSAGE', 'Cannot send an empty message'));
  return mistakes;
}

/** @param isNew with `IS_COMPONENTS_V2` */
export function validateComponents(components: unknown, isNew: boolean, files: readonly string[] = []): Problem[] {
  if (Array.isArray(components) && components.length === 0) return [];
  const mistakes = problemsOf(isNew ? newComponents : classicComponents, components, ['components']);
  if (mistakes.length > 0) return mistakes;
  const all = nested(components);
  const tooMany = `The maximum number of components is ${MOST_COMPONENTS}, not ${all.length}`;
  if (all.length > MOST_COMPONENTS)
    mistakes.push(problem(['components'], 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', tooMany));
  const displayed = all
    .filter(({ type }) => type === COMPONENT.textDisplay)
    .reduce((sum, { content }) => sum + String(content).length, 0);
  if (displayed > MOST_DISPLAYED)
    mistakes.push(
      problem(
        ['components'],
        'COMPONENT_TEXT_DISPLAY_MAX_LENGTH_EXCEEDED',
        `${displayed} characters are displayed, at most ${MOST_DISPLAYED}`,
      ),
    );
  mistakes.push(...duplicatesIn(all));
  for (const name of namedFiles(components))
    if (!files.includes(name))
      mistakes.push(
        problem(
          ['components'],
          'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
          `The referenced attachment ${name} was not found`,
        ),
      );
  return mistakes;
}

/** @returns nothing when Discord takes it */
export function validateModal(given: unknown): Problem[] {
  const mistakes = problemsOf(modal, given);
  if (mistakes.length > 0) return mistakes;
  return duplicatesIn(nested(modal.parse(given).components));
}

export interface AnyComponent {
  type: number;
  custom_id?: string;
  id?: number;
  [key: string]: unknown;
}

/** Those and all within them, in the order in which they stand. */
export function nested(value: unknown): AnyComponent[] {
  if (Array.isArray(value)) return value.flatMap(nested);
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'number') return [];
  const { components, component, accessory }: Record<string, unknown> = { ...value };
  return [{ ...value, type: value.type }, ...[components, component, accessory].flatMap(nested)];
}

function duplicatesIn(all: readonly AnyComponent[]): Problem[] {
  const custom = all.flatMap(({ custom_id: own }) => own ?? []);
  const twice = custom.find((own, index) => custom.indexOf(own) !== index);
  const numbers = all.flatMap(({ id }) => (id ? [id] : []));
  const same = numbers.find((own, index) => numbers.indexOf(own) !== index);
  return [
    ...(twice === undefined
      ? []
      : [
          problem(
            ['components'],
            'COMPONENT_CUSTOM_ID_DUPLICATED',
            `Component custom id cannot be duplicated: ${twice}`,
          ),
        ]),
    ...(same === undefined
      ? []
      : [problem(['components'], 'COMPONENT_ID_DUPLICATED', `Component id cannot be duplicated: ${same}`)]),
  ];
}

/** The files that components show. */
function namedFiles(components: unknown): string[] {
  return [...JSON.stringify(components).matchAll(/"url":"attachment:\/\/([^"]+)"/g)].map(([, name]) => name ?? '');
}

/** All that counts as the text of an embed. */
function lengthOf({ title, description, fields, footer, author }: z.output<typeof embed>): number {
  const texts = [
    title,
    description,
    footer?.text,
    author?.name,
    ...(fields ?? []).flatMap(one => [one.name, one.value]),
  ];
  return texts.reduce((sum, one) => sum + (one?.length ?? 0), 0);
}
