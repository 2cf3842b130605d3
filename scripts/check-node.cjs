// Says what to do where `npm run` and `npm test` would meet a Node that cannot run TypeScript. Syntax for old Node versions.
'use strict';

const REQUIRED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) < REQUIRED_MAJOR) {
  console.error(
    `This needs Node ${REQUIRED_MAJOR} or newer and found ${process.versions.node}: ` +
      'type "npm ci" without --omit=optional, which brings one on Linux, or install a newer Node.',
  );
  process.exit(1);
}
