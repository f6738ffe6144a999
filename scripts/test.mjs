// `npm test`: all set-up, then every test in every language.
//
//     npm test                       everything
//     npm test -- rust plugin        only these suites

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { python, root } from '../__test__/aws/python.mjs';
import { NEEDS } from './pack.mjs';
import { run } from './run.mjs';
import { setUp } from './steps.mjs';

/**
 * @typedef {object} Suite
 * @property {string} says
 * @property {string[]} needs Set-up steps
 * @property {() => Promise<void>} act
 */

/** @type {Record<string, Suite>} */
const suites = {
  rust: {
    says: 'the core, without Node and without a network',
    needs: [],
    act: () => run('cargo', ['test', '--locked', '--workspace'], { cwd: root }),
  },
  runtimes: {
    says: 'what opens the bundle in a function, in each language, and the launcher',
    needs: ['packages', 'runtime', 'python'],
    act: async () => {
      await nodeTest('runtime/node/test');
      await run(python, ['-m', 'pytest', '-q', 'runtime/python/tests'], { cwd: root });
      const cargo = (/** @type {string[]} */ ...args) =>
        run('cargo', ['test', '--locked', ...args], { cwd: join(root, 'runtime') });
      await cargo('--workspace');
      await cargo('-p', 'secret-baker', '--features', 'sdk', '--test', 'process', '--test', 'credentials');
      await cargo('--test', 'stand_in', '--', '--ignored');
    },
  },
  contract: {
    says: 'what all openers have in common: one file, one set of vectors, mutants on which they must agree, and what others store',
    needs: ['packages', 'python', 'contract', 'program'],
    act: async () => {
      await run(python, ['-m', 'pytest', '-q', '__test__/contract'], { cwd: root });
      await nodeTest('__test__/contract');
    },
  },
  plugin: {
    says: 'the plugin, hook by hook, with a fake framework',
    needs: ['packages', 'addon'],
    act: () => nodeTest('__test__/plugin'),
  },
  addon: {
    says: 'the border between JavaScript and Rust, with the real addon',
    needs: ['packages', 'python', 'addon'],
    act: () => nodeTest('__test__/addon'),
  },
  aws: {
    says: 'the stand-in for AWS: its own tests, then its conformance with AWS',
    needs: ['packages', 'python'],
    act: async () => {
      await run(python, ['-m', 'pytest', '-q', '__test__/aws/tests'], { cwd: root });
      await run(process.execPath, ['__test__/aws/conformance.mjs'], { cwd: root });
    },
  },
  e2e: {
    says: 'the real frameworks against the stand-in',
    needs: ['packages', 'python', 'addon', 'launcher', 'v3', 'osls3', 'osls4', 'bench'],
    act: () => nodeTest('__test__/e2e'),
  },
  commands: {
    says: 'secret-baker, command by command: the program, and the real frameworks, against the stand-in',
    needs: ['packages', 'runtime', 'python', 'sam', 'cdk', 'addon', 'program', 'launcher', 'v3', 'osls3', 'osls4'],
    act: () => nodeTest('__test__/commands'),
  },
  lambda: {
    says: "what opens the bundle, in Lambda's own runtimes",
    needs: ['packages', 'runtime', 'python', 'addon', 'launcher', 'lambda', 'v3', 'osls3', 'osls4', 'ruby'],
    act: () => nodeTest('__test__/lambda'),
  },
  install: {
    says: 'all packages, from a registry into empty projects, by each package manager',
    needs: [...NEEDS, 'v3', 'osls3', 'osls4', 'lambda', 'install'],
    act: () => run(process.execPath, ['__test__/install/main.mjs'], { cwd: root }),
  },
  release: {
    says: 'what a release is made of: its workflow, its versions, and what is in each package',
    needs: NEEDS,
    act: () => nodeTest('__test__/release'),
  },
  docs: {
    says: 'the README, the docs and the examples',
    needs: ['packages', 'runtime', 'python', 'addon', 'launcher', 'v3', 'osls3', 'osls4', 'bench', 'lambda'],
    act: () => nodeTest('__test__/docs'),
  },
  bench: {
    says: 'the benchmark, small: results are checked, times are not',
    needs: ['packages', 'runtime', 'python', 'addon', 'launcher', 'v3', 'bench', 'lambda'],
    act: () => run(process.execPath, ['bench/main.mjs', '--quick'], { cwd: root }),
  },
};

/** @param {string} dir */
function nodeTest(dir) {
  const files = readdirSync(join(root, dir)).filter((name) => /\.test\.m?js$/.test(name));
  const paths = files.map((name) => join(dir, name));
  return run(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=2', ...paths], { cwd: root });
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`There is no suite ${unknown.join(', ')}. There are: ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}

const chosen = Object.entries(suites).filter(([name]) => asked.length === 0 || asked.includes(name));
await setUp([...new Set(chosen.flatMap(([, suite]) => suite.needs))]);
const failed = [];
for (const [name, suite] of chosen) {
  const started = performance.now();
  console.log(`\n== ${name}: ${suite.says}`);
  try {
    await suite.act();
  } catch (error) {
    failed.push(name);
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(
    `== ${name}: ${failed.includes(name) ? 'FAILED' : 'passed'} after ${Math.round((performance.now() - started) / 1000)} s`,
  );
}
console.log(`\nsuites: ${chosen.length - failed.length} passed, ${failed.length} failed`);
process.exit(failed.length > 0 ? 1 : 0);
