/** A hub on 127.0.0.1 that serves one file, and can misbehave. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HubOrigins } from '../../src/gpu-worker/models/sources/hub.ts';

export interface FakeHub extends AsyncDisposable {
  origins: HubOrigins;
  /** The Range header of each request, or null. */
  ranges: (string | null)[];
  /** What the next requests meet. */
  behaviour: 'serve' | 'break off half way' | 'stall half way' | 'never answer' | 'no such file';
}

export async function startHub(bytes: Buffer): Promise<FakeHub> {
  const server = http.createServer((request, response) => {
    const range = request.headers.range ?? null;
    hub.ranges.push(range);
    if (hub.behaviour === 'never answer') return;
    if (hub.behaviour === 'no such file') {
      response.writeHead(404).end();
      return;
    }
    const from = range ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
    const rest = bytes.subarray(from);
    response.writeHead(range ? 206 : 200, { 'content-length': rest.length });
    if (hub.behaviour === 'serve') response.end(rest);
    else {
      response.write(rest.subarray(0, rest.length / 2), () => {
        if (hub.behaviour === 'break off half way') setTimeout(() => response.destroy(), 50);
      });
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hub: FakeHub = {
    origins: { huggingface: origin, modelscope: origin, github: origin },
    ranges: [],
    behaviour: 'serve',
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
  return hub;
}
