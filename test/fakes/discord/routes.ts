/** Which request goes where. */
import type { UploadedFile } from './request-body.ts';

export interface ApiRequest {
  /** What stands for `:id` and `:token`, in order. */
  params: readonly string[];
  query: URLSearchParams;
  body: unknown;
  files: readonly UploadedFile[];
}

export interface Route {
  method: string;
  /** E.g. `/channels/:id/messages`. */
  path: string;
  /** Needs no token. */
  isOpen?: boolean;
  /** @returns the answer's body; undefined: 204. @throws Refusal */
  handle(request: ApiRequest): unknown;
}

/** One parameter of a path that is there. */
export function param({ params }: ApiRequest, index: number): string {
  return params[index] ?? '';
}

export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { route: Route; params: string[] } | undefined {
  const given = path.split('/').map(decodeURIComponent);
  for (const route of routes) {
    const wanted = route.path.split('/');
    if (route.method !== method || wanted.length !== given.length) continue;
    const isSame = wanted.every((part, index) => fits(part, given[index] ?? ''));
    if (!isSame) continue;
    const params = given.filter((_, index) => wanted[index]?.startsWith(':'));
    return { route, params };
  }
  return undefined;
}

function fits(wanted: string, given: string): boolean {
  if (wanted === ':id') return /^\d{17,20}$/.test(given);
  return wanted.startsWith(':') ? given.length > 0 : wanted === given;
}
