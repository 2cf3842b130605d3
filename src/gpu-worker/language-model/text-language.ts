/** Whether a text is in a language: enough to notice a summary in the wrong one, no more. */

/** Writing that only these languages use. */
const SCRIPTS: Readonly<Record<string, RegExp>> = {
  zh: /\p{sc=Han}/u,
  yue: /\p{sc=Han}/u,
  ja: /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u,
  ko: /\p{sc=Hangul}/u,
  ru: /\p{sc=Cyrillic}/u,
  uk: /\p{sc=Cyrillic}/u,
  el: /\p{sc=Greek}/u,
  ar: /\p{sc=Arabic}/u,
  fa: /\p{sc=Arabic}/u,
  he: /\p{sc=Hebrew}/u,
  hi: /\p{sc=Devanagari}/u,
  th: /\p{sc=Thai}/u,
};

/** Small words that are frequent in one of these languages and rare in the others. */
const SMALL_WORDS: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    en: 'the and of to is was for with that this will they are be by it has have from',
    de: 'der die das und ist nicht wird werden mit für auf den dem ein eine zu von im sich des wurde',
    fr: 'le les des et est une dans pour que qui sur pas avec sont du ce au par il sera',
    es: 'el los las y es en que para con una por del se no su más como al será',
    it: 'il che di è per una con del della non sono gli nel si al i da più sarà',
    pt: 'o os e é um uma para que com não do da em no na as por será mais dos',
    nl: 'de het een en van is niet voor met op te dat zijn wordt aan er bij worden',
    pl: 'i w na nie się z do że jest to będzie o po za od dla przez są',
    sv: 'och att det som en är på för med av ett inte till den ska de har',
    da: 'og at det som en er på for med af et ikke til den skal de har',
    tr: 've bir bu için ile de da olarak olan çok daha gibi kadar ancak',
  }).map(([language, words]) => [language, new Set(words.split(' '))]),
);

/** Fewer words than this say nothing certain. */
const ENOUGH_WORDS = 8;
/** Another language must be so much likelier. */
const CLEARLY = 2;

/**
 * False only where the text is clearly in another language; short texts and languages that are not known here pass.
 * @param language ISO 639-1 code
 */
export function isInLanguage(text: string, language: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const script = SCRIPTS[language];
  if (script)
    return letters.length < ENOUGH_WORDS || letters.filter(letter => script.test(letter)).length * 2 >= letters.length;
  const words = text.toLowerCase().match(/[\p{L}']+/gu) ?? [];
  const own = SMALL_WORDS[language];
  if (!own) return true;
  if (
    letters.length >= ENOUGH_WORDS &&
    letters.filter(letter => /\p{sc=Latin}/u.test(letter)).length * 2 < letters.length
  )
    return false;
  if (words.length < ENOUGH_WORDS) return true;
  const count = (small: ReadonlySet<string>) => words.filter(word => small.has(word)).length;
  const best = Math.max(...Object.values(SMALL_WORDS).map(count));
  return best <= count(own) * CLEARLY;
}
