/** Stand-ins for `npm` and `python3 -m pip`, first on the PATH: they hand out an archive that the test made. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import * as tar from 'tar';

/** A script named `npm` that copies an archive with `files` where `npm pack` was told to. */
export async function fakeNpm(binDir: string, files: Record<string, Buffer>): Promise<void> {
  const source = path.join(binDir, 'npm-package');
  for (const [name, bytes] of Object.entries(files)) {
    const target = path.join(source, 'package', name);
    await fs.mkdir(path.dirname(target), { recursive: true });
    await fs.writeFile(target, bytes);
  }
  const archive = path.join(binDir, 'package.tgz');
  await tar.c({ gzip: true, file: archive, cwd: source }, ['package']);
  await fakeClient(binDir, 'npm', archive, '--pack-destination');
}

/** A script named `python3` that copies a wheel with `files` where `pip download` was told to. */
export async function fakePip(binDir: string, files: Record<string, Buffer>): Promise<void> {
  const wheel = path.join(binDir, 'package-1.0-py3-none-any.whl');
  await fs.writeFile(wheel, storedZip(files));
  await fakeClient(binDir, 'python3', wheel, '--dest');
}

/** A script named `name` that fails as the real client does. */
export async function failingClient(binDir: string, name: 'npm' | 'python3', stderr: string): Promise<void> {
  const script = `#!/bin/sh\n[ "$3" = --version ] && exit 0\necho '${stderr}' >&2\nexit 1\n`;
  await fs.writeFile(path.join(binDir, name), script, { mode: 0o755 });
}

/** How often the fake was asked to download. */
export async function callsOf(binDir: string, name: 'npm' | 'python3'): Promise<number> {
  try {
    return (await fs.readFile(path.join(binDir, `${name}.calls`), 'utf8')).split('\n').length - 1;
  } catch {
    return 0;
  }
}

async function fakeClient(binDir: string, name: string, archive: string, folderFlag: string): Promise<void> {
  const script = [
    '#!/bin/sh',
    '[ "$3" = --version ] && exit 0',
    `echo called >> '${path.join(binDir, `${name}.calls`)}'`,
    `while [ "$1" != "${folderFlag}" ]; do shift; done`,
    `cp '${archive}' "$2"`,
  ];
  await fs.writeFile(path.join(binDir, name), `${script.join('\n')}\n`, { mode: 0o755 });
}

/** A zip without compression (PKWARE APPNOTE 4.3: local headers, central directory, its end). */
function storedZip(files: Record<string, Buffer>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0); // version needed
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, tail, Buffer.from(name));
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), bytes]);
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const count = Object.keys(files).length;
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}
