// Right bundles are changed, and all four openers must make the same of each: the same text or code, and the same answer to
// whether AWS was asked at all.
//
//     node __test__/contract/mutants.mjs --count 5000 --seed 7
//
// Each mutant on which they disagree is printed and stays in a folder.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { mutantOf } from './mutations.mjs';
import { startOpeners } from './openers.mjs';
import { randomOf } from './random.mjs';

/** The launcher is a process for each mutant: it opens one in so many. */
const ONE_IN = 4;

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** Right cases of all sources, of which one is changed. @returns {import('./mutations.mjs').Seed[]} */
function seeds() {
  const folder = '../vectors/bundles/';
  return readdirSync(new URL(folder, import.meta.url)).flatMap((name) => {
    const { otherwise, calls, cases } = read(folder + name);
    const right = cases.filter(
      (/** @type {any} */ { expect, file, secret }) => !expect.fails && typeof file === 'string' && secret === 'A',
    );
    return right.map((/** @type {any} */ { title, file, calls: own = [] }) => ({
      title,
      file,
      table: { calls: [...own, ...calls], otherwise },
    }));
  });
}

/**
 * @param {{count: number, seed: number, say?: (line: string) => void}} options
 * @returns {Promise<{codes: Record<string, number>, disagreements: string[], folder: string}>}
 */
export async function compare({ count, seed, say = () => {} }) {
  const right = seeds();
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'secret-baker-mutants-'));
  const openers = await startOpeners();
  const disagreements = [];
  /** @type {Record<string, number>} */
  const codes = {};
  try {
    for (let i = 1; i <= count; i++) {
      const mutant = mutantOf(right, random);
      const file = join(folder, `${seed}-${i}.json`);
      writeFileSync(file, mutant.file);
      const chosen = i % ONE_IN === 0 ? openers : openers.slice(0, 3);
      const told = await Promise.all(chosen.map((opener) => outcomeOf(opener, file, mutant)));
      const kind = told[0]?.code ?? 'opened';
      codes[kind] = (codes[kind] ?? 0) + 1;
      if (agree(told)) rmSync(file);
      else disagreements.push(`${file}: ${mutant.what}\n${told.map(line).join('\n')}`);
      if (!agree(told)) say(String(disagreements.at(-1)));
      if (i % 500 === 0) say(`${i} mutants, ${disagreements.length} disagreements`);
    }
  } finally {
    for (const opener of openers) opener.stop();
  }
  if (disagreements.length === 0) rmSync(folder, { recursive: true });
  return { codes, disagreements, folder };
}

/**
 * @param {import('./openers.mjs').Opener} opener
 * @param {string} file
 * @param {import('./mutations.mjs').Mutant} mutant
 */
async function outcomeOf(opener, file, { table, answer }) {
  Object.assign(opener.aws, { table, answer, calls: 0 });
  const outcome = await opener.open(file);
  return { name: opener.name, asked: opener.aws.calls > 0, ...outcome };
}

/** @typedef {Awaited<ReturnType<typeof outcomeOf>>} Told */

/** @param {Told[]} told */
function agree(told) {
  const known = Object.keys(read('../../runtime/contract.json').codes).map((code) => `SECRET_BAKER_${code}`);
  const [first, ...others] = told;
  const isKnown = told.every(({ code }) => code === undefined || known.includes(code));
  return (
    isKnown && first !== undefined && others.every((other) => same(other, other.name === 'launcher' ? asVariable(first) : first))
  );
}

/** @param {Told} one @param {Told} other */
const same = (one, other) =>
  one.asked === other.asked && one.code === other.code && one.text === other.text && one.bytes === other.bytes;

/** What the launcher makes of it: a variable is a text without a NUL. @param {Told} told @returns {Told} */
function asVariable(told) {
  const { name, asked, text, bytes } = told;
  if (bytes !== undefined) return { name, asked, code: 'SECRET_BAKER_NOT_TEXT' };
  return text?.includes('\0') ? { name, asked, code: 'SECRET_BAKER_NOT_A_VARIABLE' } : told;
}

/** @param {Told} told */
const line = ({ name, asked, ...outcome }) =>
  `  ${name.padEnd(8)} ${asked ? 'asked ' : 'silent'} ${JSON.stringify(outcome).slice(0, 200)}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({
    options: { count: { type: 'string', default: '5000' }, seed: { type: 'string', default: '1' } },
  });
  const { codes, disagreements, folder } = await compare({
    count: Number(values.count),
    seed: Number(values.seed),
    say: console.log,
  });
  console.log(codes);
  console.log(disagreements.length === 0 ? 'they agree on all' : `${disagreements.length} disagreements, kept in ${folder}`);
  process.exit(disagreements.length === 0 ? 0 : 1);
}
