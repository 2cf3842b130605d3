/**
 * `fetch` for a server that may load a model for minutes before its first byte. Node's own gives up on the headers
 * after 300 s, and its limits cannot be changed without another package; here the caller's signal is the only limit.
 */
import http from 'node:http';
import https from 'node:https';
import { Readable } from 'node:stream';

/** Only what the ollama client uses: a URL as text, a body as text. */
export const patientFetch: typeof fetch = (input, init) =>
  new Promise((resolve, reject) => {
    const url = new URL(String(input));
    const request = (url.protocol === 'https:' ? https : http).request(url, {
      method: init?.method ?? 'GET',
      headers: Object.fromEntries(new Headers(init?.headers)),
      ...(init?.signal ? { signal: init.signal } : {}),
    });
    request.once('error', reject);
    request.once('response', response => {
      // a break in mid-answer is the reader's to see
      response.on('error', () => {});
      const headers = new Headers();
      for (const [name, value] of Object.entries(response.headers)) headers.set(name, String(value));
      const status = response.statusCode ?? 502;
      const isEmpty = status === 204 || status === 304;
      resolve(new Response(isEmpty ? null : (Readable.toWeb(response) as ReadableStream), { status, headers }));
    });
    request.end(typeof init?.body === 'string' ? init.body : undefined);
  });
