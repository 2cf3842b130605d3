#!/usr/bin/env node
// Starts src/main.ts with Node 24 or newer. Where this Node is older, the one from the platform package that came with
// `npm ci` is started instead. Syntax for old Node versions, no dependencies.
'use strict';

const path = require('node:path');
const { pathToFileURL } = require('node:url');

const MAIN = path.join(__dirname, '..', 'src', 'main.ts');
const REQUIRED_MAJOR = 24;
/** BSD sysexits: a service that is needed is unavailable. */
const EXIT_UNAVAILABLE = 69;

if (Number(process.versions.node.split('.')[0]) >= REQUIRED_MAJOR) {
  require('node:module').enableCompileCache(); // commands start twice as fast
  import(pathToFileURL(MAIN).href);
} else {
  const node = findNode();
  if (node) {
    runWith(node);
  } else {
    console.error(
      `hansard needs Node ${REQUIRED_MAJOR} or newer and this is ${process.versions.node}: ` +
        'install a newer Node, or type "npm ci" in the project folder on Linux, which brings one.',
    );
    process.exit(EXIT_UNAVAILABLE);
  }
}

function findNode() {
  try {
    const manifest = require.resolve(`node-${process.platform}-${process.arch}/package.json`);
    return path.join(path.dirname(manifest), 'bin', 'node');
  } catch {
    return undefined;
  }
}

function runWith(node) {
  const { spawn } = require('node:child_process');
  const child = spawn(node, [...process.execArgv, MAIN, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the channel lets the program notice when this shim is killed
    env: {
      NODE_COMPILE_CACHE: path.join(require('node:os').tmpdir(), 'node-compile-cache'),
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH || ''}`,
    }, // for its children
  });
  // after Ctrl-C the program may hear of it twice, from the terminal and from here, and takes that for one
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', error => {
    console.error(`hansard could not start ${node}: ${error.message}`);
    process.exit(EXIT_UNAVAILABLE);
  });
  child.on('exit', (code, signal) => {
    if (!signal) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
