/** Answers with recorded bytes: one recording per route, as a real server sent them. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../fixtures/ollama-wire');

export interface WireReplay {
  host: string;
  /** Bodies of the requests, by route. */
  asked: { route: string; body: string }[];
  close(): Promise<void>;
}

/** @param recordings route → name of a recording; several names are given one after the other, the last from then on */
export async function replayWire(recordings: Readonly<Record<string, readonly string[]>>): Promise<WireReplay> {
  const asked: WireReplay['asked'] = [];
  const server = http.createServer(async (request, response) => {
    const route = request.url ?? '';
    let body = '';
    for await (const piece of request) body += String(piece);
    const before = asked.filter(one => one.route === route).length;
    asked.push({ route, body });
    const names = recordings[route] ?? [];
    const name = names[Math.min(before, names.length - 1)];
    if (name === undefined) return void response.writeHead(404).end('404 page not found');
    const { status, type, content } = read(name);
    response.writeHead(status, { 'content-type': type });
    // line by line, as it came
    for (const line of content.split(/(?<=\n)/u)) {
      response.write(line);
      await new Promise(resolve => setImmediate(resolve));
    }
    response.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function read(name: string): { status: number; type: string; content: string } {
  const raw = fs.readFileSync(path.join(folder, `${name}.http`), 'utf8');
  const end = raw.indexOf('\r\n\r\n');
  const head = raw.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d+)/u.exec(head)?.[1]),
    type: /^content-type: (.*)$/imu.exec(head)?.[1]?.trim() ?? '',
    content: raw.slice(end + 4),
  };
}
