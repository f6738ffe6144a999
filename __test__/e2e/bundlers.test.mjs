// Each bundler runs handlers from a folder of its own. There, too, a handler finds the file where it looks.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { region, startStandIn } from '../aws/stand-in.mjs';
import { FILE, plainWith } from './harness.mjs';
import { namedPython } from './named-python.mjs';
import { startOffline } from './offline.mjs';

/** @import { Framework, Service } from './harness.mjs' */

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/bundled/one', 'one');
});
after(() => standIn.stop());

/** @param {string} word what the handler answers beside the names of its secrets */
const handler = (word) => `import fs from 'node:fs';
import path from 'node:path';

export const hello = async () => {
  const file = path.join(process.env.LAMBDA_TASK_ROOT as string, '${FILE}');
  const names = Object.keys(JSON.parse(fs.readFileSync(file, 'utf8')));
  return { statusCode: 200, body: JSON.stringify({ names, word: '${word}' }) };
};
`;

const plain = (/** @type {string} */ text) => text.replaceAll(' as string', '');

/** The same in Python. @param {string} word */
const inPython = (word) => `import json
import os


def hello(event, context):
    with open(os.path.join(os.environ['LAMBDA_TASK_ROOT'], '${FILE}'), encoding='utf-8') as file:
        names = list(json.load(file))
    return {'statusCode': 200, 'body': json.dumps({'names': names, 'word': '${word}'})}
`;

/**
 * @typedef {object} Bundler
 * @property {string} plugin
 * @property {string} file the handler's
 * @property {(word: string) => string} write
 * @property {Record<string, string>} [files]
 * @property {object} [keys] of `serverless.yml`
 * @property {Framework[]} on
 * @property {string[]} [orders] both unless told
 */

/** @type {Bundler[]} */
const bundlers = [
  { plugin: 'serverless-esbuild', file: 'handler.ts', write: handler, on: ['v3', 'osls3', 'osls4'] },
  {
    plugin: 'serverless-webpack',
    file: 'handler.js',
    write: (word) => plain(handler(word)),
    on: ['v3', 'osls4'],
    files: {
      'package.json': '{"name": "bundled", "version": "1.0.0"}',
      'webpack.config.js': `const { lib } = require('serverless-webpack');
module.exports = {
  entry: lib.entries,
  target: 'node',
  mode: 'none',
  output: { libraryTarget: 'commonjs2', filename: '[name].js', path: require('node:path').join(__dirname, '.webpack') },
};
`,
    },
  },
  {
    plugin: 'serverless-plugin-typescript',
    file: 'handler.ts',
    write: handler,
    // 2.1.5 asks for serverless 2 or 3.
    on: ['v3'],
    files: {
      'node_modules/.keep': '',
      'globals.d.ts': "declare const process: any;\ndeclare module 'node:*';\n",
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          target: 'es2020',
          module: 'commonjs',
          types: [],
          skipLibCheck: true,
          outDir: '.build',
          esModuleInterop: true,
        },
      }),
    },
  },
  {
    plugin: 'serverless-python-requirements',
    file: 'handler.py',
    write: inPython,
    on: ['v3', 'osls4'],
    keys: { provider: { name: 'aws', runtime: 'python3.11', region } },
    // It takes no part in these commands, so there is no order.
    orders: ['after'],
  },
];

/** @param {Service} service */
const env = (service) => ({ AWS_ENDPOINT_URL: standIn.endpoint, PATH: namedPython(service) });

// Mostly they wait for a watcher or a server, so they wait at once.
describe('bundlers', { concurrency: 2 }, () => {
  for (const { plugin, file, write, files, keys, on, orders = ['before', 'after'] } of bundlers) {
    for (const framework of on) {
      for (const order of orders) {
        describe(`${plugin} on ${framework}, listed ${order} us`, () => {
          const plugins = order === 'before' ? [plugin, 'serverless-secret-baker'] : ['serverless-secret-baker', plugin];
          /** @param {import('node:test').TestContext} t */
          const bundled = (t) =>
            plainWith(
              t,
              framework,
              {
                plugins: ['./.point-at-stand-in.js', ...plugins, 'serverless-offline'],
                custom: { secretBaker: { ONE: '/bundled/one' } },
                functions: { hello: { handler: 'handler.hello', events: [{ httpApi: 'GET /hello' }] } },
                ...keys,
              },
              { ...files, [file]: write('first') },
            );

          it('invoke local finds it, and leaves none', async (t) => {
            const service = bundled(t);
            const { code, stdout, output } = await service.run(['invoke', 'local', '-f', 'hello'], { env: env(service) });
            assert.equal(code, 0, output);
            assert.match(stdout.replaceAll('\\', ''), /"names":\s*\["ONE"\]/);
            assert.deepEqual(left(service), []);
          });

          for (const words of [['offline'], ['offline', 'start']]) {
            it(`${words.join(' ')} finds it, goes on when the code changes, and leaves none on Ctrl-C`, async (t) => {
              const service = bundled(t);
              const offline = await startOffline(service, [...words, '--reloadHandler'], { env: env(service) });
              assert.deepEqual((await offline.get('/hello')).names, ['ONE']);
              // serverless-plugin-typescript builds once.
              if (plugin !== 'serverless-plugin-typescript') {
                service.write({ [file]: write('second') });
                const { names } = await offline.getUntil('/hello', ({ word }) => word === 'second');
                assert.deepEqual(names, ['ONE']);
              }
              const { code, output } = await offline.stop('SIGINT');
              assert.equal(code, 0, output);
              assert.deepEqual(left(service), []);
            });
          }
        });
      }
    }
  }
});

/** @type {{framework: Framework, order: 'before' | 'after', individually: boolean, args?: string[]}[]} */
const keeping = [
  // That the user keeps the service's own file is no matter of order.
  { framework: 'v3', order: 'before', individually: false, args: ['--no-secret-baker-cleanup'] },
  .../** @type {const} */ (['v3', 'osls4']).flatMap((framework) =>
    /** @type {const} */ (['before', 'after']).flatMap((order) =>
      [false, true].map((individually) => ({ framework, order, individually })),
    ),
  ),
];

describe('serverless-esbuild that keeps its output keeps no copy of the file', { concurrency: 2 }, () => {
  for (const { framework, order, individually, args = [] } of keeping) {
    const how = `${individually ? 'individually, ' : ''}listed ${order} us`;
    it(['package', ...args, 'on', `${framework},`, how].join(' '), async (t) => {
      const plugins = ['serverless-esbuild', 'serverless-secret-baker'];
      const service = plainWith(
        t,
        framework,
        {
          plugins: ['./.point-at-stand-in.js', ...(order === 'before' ? plugins : plugins.toReversed())],
          custom: { secretBaker: { ONE: '/bundled/one' }, esbuild: { keepOutputDirectory: true } },
          package: { individually },
          functions: { hello: { handler: 'handler.hello', package: { patterns: ['extra.txt'] } } },
        },
        { 'handler.ts': handler('first'), 'extra.txt': '' },
      );
      const { code, output } = await service.run(['package', ...args], { env: env(service) });
      assert.equal(code, 0, output);
      assert.ok(service.has('.esbuild/.build'), 'its output is kept');
      assert.deepEqual(left(service), args.length > 0 ? [FILE] : []);
      assert.ok((await service.zip(`.serverless/${individually ? 'hello' : 'plain'}.zip`)).has(FILE));
    });
  }
});

/**
 * Every copy of the file below the service's folder.
 * @param {Service} service
 */
function left(service) {
  const names = readdirSync(service.dir, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.includes('secret-baker-secrets'));
}
