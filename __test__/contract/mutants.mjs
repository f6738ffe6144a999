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
import { startAws } from './table-aws.mjs';

/** The launcher is a process for each mutant: it opens one in so many. */
const ONE_IN = 4;

const read = (/** @type {string} */ path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

/** Right cases of all sources, of which one is changed. @returns {import('./mutations.mjs').Seed[]} */
function seeds() {
  const folder = '../vectors/bundles/';
  const bundles = readdirSync(new URL(folder, import.meta.url)).flatMap((name) => rightOf(read(folder + name)));
  const ofA = bundles.filter(({ file, secret }) => typeof file === 'string' && secret === 'A');
  // Entries in variables are those of the bundles.
  const bare = rightOf(read('../vectors/variables.json')).filter(({ variable }) => !variable.startsWith('secret-baker:'));
  const asEntry = (/** @type {string} */ ciphertext) => JSON.stringify({ A: { ciphertext } });
  return [...ofA, ...bare.map((one) => ({ ...one, file: asEntry(one.variable), bare: true }))];
}

/** The cases that open, each with its whole table. @param {any} content @returns {any[]} */
const rightOf = ({ otherwise, calls, cases }) =>
  cases
    .filter((/** @type {any} */ { expect }) => !expect.fails)
    .map((/** @type {any} */ { calls: own = [], ...one }) => ({ ...one, table: { calls: [...own, ...calls], otherwise } }));

/**
 * @param {{count: number, seed: number, say?: (line: string) => void}} options
 * @returns {Promise<{codes: Record<string, number>, disagreements: string[], folder: string}>}
 */
export async function compare({ count, seed, say = () => {} }) {
  const right = seeds();
  const random = randomOf(seed);
  const folder = mkdtempSync(join(tmpdir(), 'secret-baker-mutants-'));
  const openers = await startOpeners(startAws);
  const disagreements = [];
  /** @type {Record<string, number>} */
  const codes = {};
  try {
    for (let i = 1; i <= count; i++) {
      const mutant = mutantOf(right, random);
      const file = join(folder, `${seed}-${i}${mutant.file ? '.json' : '.txt'}`);
      writeFileSync(file, mutant.file ?? String(mutant.variable));
      const told = await Promise.all(chosenFrom(openers, i, mutant).map((opener) => outcomeOf(opener, file, mutant)));
      const kind = told[0]?.code ?? 'opened';
      codes[kind] = (codes[kind] ?? 0) + 1;
      if (agree(told)) rmSync(file);
      else say(String(disagreements[disagreements.push(`${file}: ${mutant.what}\n${told.map(line).join('\n')}`) - 1]));
      if (i % 500 === 0) say(`${i} mutants, ${disagreements.length} disagreements`);
    }
  } finally {
    for (const opener of openers) opener.stop();
  }
  if (disagreements.length === 0) rmSync(folder, { recursive: true });
  return { codes, disagreements, folder };
}

/**
 * The launcher leaves variables that are no sealed entries as they are.
 * @template T
 * @param {T[]} openers
 * @param {number} index
 * @param {import('./mutations.mjs').Mutant} mutant
 */
function chosenFrom(openers, index, { variable }) {
  const opensByLauncher = variable === undefined || variable.startsWith('secret-baker:');
  return index % ONE_IN === 0 && opensByLauncher ? openers : openers.slice(0, 3);
}

/**
 * @param {import('./openers.mjs').Opener<Awaited<ReturnType<typeof startAws>>>} opener
 * @param {string} file
 * @param {import('./mutations.mjs').Mutant} mutant
 */
async function outcomeOf(opener, file, { variable, environment, table, answer }) {
  Object.assign(opener.aws, { table, answer, calls: 0 });
  const sealed = variable === undefined ? { file, secret: 'A' } : { variable };
  const outcome = await opener.open({ ...sealed, environment });
  return { name: opener.name, asked: opener.aws.calls > 0, ...outcome };
}

/** @typedef {Awaited<ReturnType<typeof outcomeOf>>} Told */

/** @param {Told[]} told */
function agree(told) {
  const { codes, page } = read('../../runtime/contract.json');
  const known = Object.keys(codes).map((code) => `SECRET_BAKER_${code}`);
  const [first, ...others] = told;
  const isKnown = told.every(
    ({ code, pages }) => code === undefined || (known.includes(code) && String(pages) === `${page}#${code.toLowerCase()}`),
  );
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
