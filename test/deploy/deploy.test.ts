import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config.ts';
import { createMetrics } from '../../src/http/metrics.ts';
import { startPipeline } from '../builders/pipeline.ts';

const root = path.join(import.meta.dirname, '..', '..');
const read = (name: string) => fs.readFileSync(path.join(root, name), 'utf8');

const serviceSchema = z.looseObject({
  user: z.string(),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  pids_limit: z.number(),
  networks: z.array(z.string()),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  healthcheck: z.looseObject({ test: z.array(z.string()).optional() }),
  ports: z.array(z.string()).optional(),
});
const composeSchema = z.object({
  services: z.record(z.string(), z.looseObject({})),
  networks: z.record(z.string(), z.looseObject({ internal: z.boolean().optional() })),
  volumes: z.record(z.string(), z.null()),
});

describe('docker-compose.yml', () => {
  const compose = composeSchema.parse(parse(read('docker-compose.yml'), { merge: true }));
  const services = Object.entries(compose.services);

  for (const [name, raw] of services)
    test(`${name} has no rights beyond what it needs`, () => {
      const service = serviceSchema.parse(raw);
      assert.doesNotMatch(service.user, /^(0|root)\b/);
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
    });

  test('nothing but the bot, and the fetching of models, has a way out', () => {
    assert.equal(compose.networks.back?.internal, true);
    const outside = services.filter(([, raw]) => serviceSchema.parse(raw).networks.includes('front'));
    assert.deepEqual(outside.map(([name]) => name).sort(), ['bot', 'models']);
  });

  test('the queue keeps what it is given', () => {
    const command = serviceSchema.parse(compose.services.valkey).command?.join(' ') ?? '';
    for (const setting of [
      '--appendonly yes',
      '--appendfsync everysec',
      '--maxmemory-policy noeviction',
      '--requirepass',
    ])
      assert.ok(command.includes(setting), setting);
  });

  test('every queue is served by somebody', () => {
    const served = services.flatMap(([, raw]) => {
      const command = serviceSchema.parse(raw).command ?? [];
      return command[0] === 'worker' ? (command[2]?.split(',') ?? []) : [];
    });
    assert.deepEqual(served.sort(), ['cpu', 'gpu', 'llm', 'media']);
  });

  test('every setting that it makes is one', () => {
    const known = new Set(read('src/config.ts').match(/\b[A-Z][A-Z0-9]*_[A-Z_0-9]+\b/g));
    for (const [name, raw] of services) {
      const { environment = {} } = serviceSchema.parse(raw);
      if (!['bot', 'gpu-worker', 'cpu-worker', 'models'].includes(name)) continue;
      for (const variable of Object.keys(environment))
        assert.ok(known.has(variable.replace(/_FILE$/, '')) || variable === 'TZ', variable);
    }
  });
});

describe('docker-compose.gpu.yml', () => {
  const base = composeSchema.parse(parse(read('docker-compose.yml'), { merge: true }));
  const gpuSchema = z.object({
    'x-gpu': z.unknown(),
    services: z.record(
      z.string(),
      z.looseObject({
        image: z.string().optional(),
        environment: z.record(z.string(), z.string()).optional(),
        volumes: z.array(z.string()).optional(),
        deploy: z.unknown().optional(),
      }),
    ),
  });
  const { services } = gpuSchema.parse(parse(read('docker-compose.gpu.yml'), { merge: true }));

  test('changes services that there are, and takes none of their restrictions away', () => {
    assert.deepEqual(Object.keys(services), ['bot', 'gpu-worker', 'ollama']);
    for (const [name, changes] of Object.entries(services)) {
      assert.ok(base.services[name], name);
      serviceSchema.parse({ ...base.services[name], ...changes });
    }
  });

  test('reserves one GPU for the worker and one for Ollama, and none for the bot', () => {
    const reserved = {
      resources: { reservations: { devices: [{ driver: 'nvidia', count: 1, capabilities: ['gpu'] }] } },
    };
    for (const name of ['gpu-worker', 'ollama']) assert.deepEqual(services[name]?.deploy, reserved, name);
    assert.equal(services.bot?.deploy, undefined);
  });

  test('the worker goes on with the CPU where it must, and can mark the models that it checked', () => {
    const { environment = {}, image, volumes } = services['gpu-worker'] ?? {};
    assert.equal(environment.HANSARD_DEVICE, 'auto');
    assert.equal(image, 'hansard-gpu');
    assert.deepEqual(volumes, ['models:/models']);
  });
});

describe('Dockerfile.gpu', () => {
  const instructions = read('Dockerfile.gpu').replaceAll('\\\n', ' ').split('\n');
  const last = (keyword: string) => instructions.findLast(line => line.startsWith(`${keyword} `)) ?? '';

  test('has the libraries that onnxruntime is built for, and its provider where it looks for it', () => {
    assert.match(last('FROM'), /^FROM nvidia\/cuda:13\.\d+\.\d+-cudnn-runtime-\S+$/);
    const { version } = z
      .object({ version: z.string() })
      .parse(JSON.parse(read('node_modules/onnxruntime-node/package.json')));
    assert.ok(Number(version.split('.')[1]) >= 27, 'older ones are built for CUDA 12');
    const [provider = ''] = /test -f (\S+)/.exec(instructions.join('\n'))?.slice(1) ?? [];
    assert.ok(fs.existsSync(path.join(root, path.dirname(provider), 'onnxruntime_binding.node')), provider);
    const manifest = read('node_modules/onnxruntime-node/script/install-metadata.js');
    const [, label = ''] = /--onnxruntime-node-install=(\w+)/.exec(instructions.join('\n')) ?? [];
    assert.ok(manifest.includes(`'linux/x64:${label}'`), label);
    assert.ok(manifest.includes(path.basename(provider)));
  });

  test('runs as nobody who matters, and holds all that the other image holds', () => {
    assert.equal(last('USER'), 'USER 10001:10001');
    assert.match(last('ENV'), / HANSARD_DEVICE=auto /);
    const copied = (file: string) => read(file).match(/^COPY (?!--from|package)\w+ \w+$/gm);
    assert.deepEqual(copied('Dockerfile.gpu'), copied('Dockerfile'));
    const sent = new Set(read('.dockerignore').match(/(?<=^!).+$/gm));
    for (const line of copied('Dockerfile') ?? []) assert.ok(sent.has(line.split(' ')[1] ?? ''), line);
  });
});

test('the README names every setting', () => {
  assert.ok(loadConfig({}));
  const settings = read('src/config.ts').match(/^ {2}(HANSARD|SLACK|DISCORD|S3|REDIS|OLLAMA|LOG)_\w+(?=:)/gm) ?? [];
  assert.ok(settings.length > 15);
  const readme = read('README.md');
  for (const setting of settings) assert.ok(readme.includes(setting.trim()), setting);
});

test('the dashboard shows metrics that there are', async t => {
  const { queue, store, submit, reaches, work } = await startPipeline(t);
  await work();
  await reaches((await submit()).id, 'done');
  const metrics = await createMetrics({ queue, store })();
  const dashboard = z
    .object({ panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })) })) })
    .parse(JSON.parse(read('deploy/grafana/hansard.json')));
  for (const { targets } of dashboard.panels)
    for (const { expr } of targets) {
      const name = /hansard_\w+/.exec(expr)?.[0] ?? '';
      assert.match(metrics, new RegExp(`^# TYPE ${name} `, 'm'), expr);
    }
});
