/** Text that breaks out of careless formats. */
import fc from 'fast-check';

export const hostileTexts = [
  '<script>alert(1)</script>',
  '</script><img src=x onerror=alert(1)>',
  '</style><b>',
  '"><a href="javascript:alert(1)">x</a>',
  '--> 00:00:00.000 --> 99:00:00.000',
  '=HYPERLINK("http://evil.example","x")',
  '+1+cmd|calc',
  '-2+3',
  '@SUM(A1)',
  '＝1+1',
  '@everyone <!channel> <@U123>',
  '[click](http://evil.example) ![x](http://evil.example/x.png)',
  'http://evil.example www.evil.example',
  '{{constructor}} {{{policy}}} {{> evidence}}',
  '# heading * bold _em_ `code` ~~x~~ | cell | $x$',
  '1. list',
  '&lt;b&gt; &amp; &#60;',
  '\u202egnp.exe\u202c \u2066x\u2069 \u200b\ufeff',
  'a\r\nEND:VEVENT\r\nBEGIN:VALARM',
  'a\u0000b\u0007c\u001b[31m\u0085d\u2028e\u2029f',
  'line one\n\n2\n00:00:01,000 --> 00:00:02,000\nforged',
  '\ud800 lone \udfff surrogate',
  '👩‍👩‍👧 e\u0301 日本語 العربية',
  '__proto__',
  'semi;colon, comma\\ backslash "quote"',
  '{\\an8}<b>top</b>',
  '',
  '   ',
  'x'.repeat(1_000_000),
];

export const hostile = fc.oneof(fc.constantFrom(...hostileTexts.slice(0, -1)), fc.string({ unit: 'binary' }));
