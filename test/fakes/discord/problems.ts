/** What is wrong with a body, in Discord's words, and the kinds of fields that most bodies consist of. */
import { z } from 'zod';

export interface Problem {
  path: string[];
  /** E.g. `BASE_TYPE_MAX_LENGTH`. */
  code: string;
  message: string;
}

export const problem = (path: readonly PropertyKey[], code: string, message: string): Problem => ({
  path: path.map(String),
  code,
  message,
});

const failed = (code: string, message: string) => ({ params: { code }, message });

/** Between so many characters. */
export function text(least: number, most: number): z.ZodString {
  const sentence =
    least > 0 ? `Must be between ${least} and ${most} in length.` : `Must be ${most} or fewer in length.`;
  const code = least > 0 ? 'BASE_TYPE_BAD_LENGTH' : 'BASE_TYPE_MAX_LENGTH';
  return z.string().refine(value => value.length >= least && value.length <= most, failed(code, sentence));
}

/** Between so many of them. */
export function list<T extends z.ZodType>(item: T, least: number, most: number): z.ZodArray<T> {
  const sentence = `Must be between ${least} and ${most} in length.`;
  return z
    .array(item)
    .refine(value => value.length >= least && value.length <= most, failed('BASE_TYPE_BAD_LENGTH', sentence));
}

/** A whole number in that range. */
export function number(least: number, most: number): z.ZodNumber {
  const sentence = `int value should be between ${least} and ${most}.`;
  return z
    .number()
    .refine(value => Number.isInteger(value) && value >= least && value <= most, failed('NUMBER_TYPE_RANGE', sentence));
}

/** @returns nothing when the value is as it should be */
export function problemsOf(schema: z.ZodType, value: unknown, root: readonly PropertyKey[] = []): Problem[] {
  const issues = schema.safeParse(value, { reportInput: true }).error?.issues ?? [];
  return issues.map(issue => {
    const path = [...root, ...issue.path];
    switch (issue.code) {
      case 'custom':
        return problem(path, String(issue.params?.code ?? 'BASE_TYPE_BAD'), issue.message);
      case 'invalid_type':
        if (issue.input === undefined) return problem(path, 'BASE_TYPE_REQUIRED', 'This field is required');
        return problem(
          path,
          `${issue.expected.toUpperCase()}_TYPE_CONVERT`,
          `Could not interpret as ${issue.expected}.`,
        );
      case 'invalid_union':
        return problem(path, 'UNION_TYPE_CHOICES', `Value of field "type" is not one of those that may stand here.`);
      case 'invalid_value':
        return problem(path, 'BASE_TYPE_CHOICES', `Value must be one of {${issue.values.map(String).join(', ')}}.`);
      default:
        return problem(path, 'BASE_TYPE_BAD', issue.message);
    }
  });
}
