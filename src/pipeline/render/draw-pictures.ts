/** talk-strip.png, drawn where a folder of files is written: chats do without, and text alone travels between machines. */
import path from 'node:path';

const fontFile = path.join(import.meta.dirname, '..', '..', '..', 'templates', 'fonts', 'dejavu-sans-subset.ttf');
/** The letters of our own font, see templates/fonts. */
const OWN_LETTERS = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Common}\p{Script=Inherited}]*$/u;
/** Twice the size of the SVG, for sharp text on today's screens. */
const ZOOM = 2;

/** The files with those that are pictures of others beside them. */
export async function drawPictures(files: ReadonlyMap<string, string>): Promise<Map<string, string | Uint8Array>> {
  const drawn = new Map<string, string | Uint8Array>(files);
  const svg = files.get('talk-strip.svg');
  if (svg !== undefined) drawn.set('talk-strip.png', await drawPng(svg));
  return drawn;
}

/**
 * The same bytes on every machine for names in Latin, Greek and Cyrillic letters. Names in other scripts need a font of the
 * system; where none has them they are left out.
 */
async function drawPng(svg: string): Promise<Uint8Array> {
  const { renderAsync } = await import('@resvg/resvg-js'); // native: loaded by who draws
  const image = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: ZOOM },
    font: {
      fontFiles: [fontFile],
      loadSystemFonts: !OWN_LETTERS.test(svg),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
    },
  });
  return image.asPng();
}
