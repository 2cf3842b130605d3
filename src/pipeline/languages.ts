/** The languages that people may name: those of Whisper, whose large models know Cantonese (`yue`) too. */

/** ISO 639 codes in the order of Whisper's tokens (openai/whisper, tokenizer.py; its `jw` is `jv`). */
export const WHISPER_LANGUAGES: readonly string[] = [
  ...words('en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms'),
  ...words('cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn'),
  ...words('et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be'),
  ...words('tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha'),
  ...words('ba jv su'),
];

/** Every code that may be asked for. */
export const KNOWN_LANGUAGES: readonly string[] = [...WHISPER_LANGUAGES, 'yue'];

/** "German" for `de`; the code itself where there is no name. */
export function nameOfLanguage(code: string): string {
  return names.of(code) ?? code;
}

const names = new Intl.DisplayNames('en', { type: 'language' });

function words(text: string): string[] {
  return text.split(' ');
}
