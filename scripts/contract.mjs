// `node scripts/contract.mjs`: writes the tables of docs/bundle.md that say what runtime/contract.json says, between their
// markers, and the numbers of the vectors. With `--check` it changes nothing, and fails when a table is not as it would be written.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../__test__/aws/python.mjs';

const PAGE = 'docs/bundle.md';
const MARKED = /(<!-- contract: (\w+) -->\n)[\s\S]*?(<!-- \/contract -->)/g;

const contract = JSON.parse(readFileSync(join(root, 'runtime/contract.json'), 'utf8'));
const number = (/** @type {number} */ value) => value.toLocaleString('en-US');
const code = (/** @type {unknown} */ text) => `\`${text}\``;

/** What stands between the markers of each name. @type {Record<string, () => string>} */
const parts = {
  ciphertexts: () =>
    table(
      ['bytes', 'base64 begins', 'what it is'],
      contract.ciphertexts.map((/** @type {any} */ one) => [
        code(spaced(one.bytes)),
        one.base64.split(', ').map(code).join(', '),
        one.what,
      ]),
    ),
  suites: () =>
    table(
      ['suite', 'version', 'key derivation', 'commitment', 'signature'],
      contract.suites.map((/** @type {any} */ { id, version, kdf, commitment, signature }) => [
        code(id),
        version,
        kdf,
        commitment ? 'yes' : 'none',
        signature ?? 'none',
      ]),
    ),
  places: () => contract.places.map(place).join('\n'),
  partitions: () =>
    table(
      ['partition', 'regions', '`suffix`', '`dualStack`', 'both stacks by `suffix`'],
      Object.entries(contract.partitions).map(([name, { suffix, dualStack }]) => [
        code(name),
        regionsOf(name),
        code(suffix),
        code(dualStack),
        hostsOfBoth(name),
      ]),
    ),
  patterns: () =>
    table(
      ['what', 'pattern'],
      Object.entries(contract.patterns).map(([name, pattern]) => [name, code(pattern.replaceAll('|', '\\|'))]),
    ),
  limits: () =>
    table(
      ['limit', 'value', 'what'],
      Object.entries(contract.limits).map(([name, { value, what }]) => [code(name), measured(name, value), what]),
    ),
  codes: () =>
    table(
      ['code', 'what', 'what to do'],
      Object.entries({ ...contract.codes, ...contract.launcherCodes }).map(([name, { meaning, hint }]) => [
        code(`SECRET_BAKER_${name}`),
        meaning,
        hint,
      ]),
    ),
  hints: () =>
    table(
      ['code', 'hint', 'what to do'],
      [
        ...Object.entries(contract.codes).flatMap(([name, { hints = {} }]) =>
          Object.entries(hints).map(([hint, text]) => [code(`SECRET_BAKER_${name}`), code(hint), text]),
        ),
        ...Object.values(contract.services).flatMap(({ name, codes = {} }) =>
          Object.entries(codes).map(([kind, { hint }]) => [code(`SECRET_BAKER_${kind}`), `of ${name}`, hint]),
        ),
      ],
    ),
  errors: () => table(['the service answers', 'code', 'another attempt'], [...grouped(contract.errors)]),
  reserved: () => `${contract.variables.reserved.map(code).join(', ')}`,
  named: () => `${contract.variables.onlyNamed.map(code).join(', ')}`,
  vectors: () =>
    table(
      ['file', 'cases', 'failures', 'what'],
      [
        ...readdirSync(join(root, '__test__/vectors/bundles')).sort().map(ofBundles),
        counted('variables.json', 'what stands in an environment variable, what AWS answers, and what must happen'),
        counted('answers.json', 'what KMS and Secrets Manager may answer to one right entry of each kind'),
        counted('http.json', 'how an answer may be put on a connection'),
        counted('endpoints.json', 'what may be set as the address of KMS'),
      ],
    ),
};

/**
 * The page with all tables written anew.
 * @param {string} page
 */
export function renewed(page) {
  const found = new Set();
  const text = page.replace(MARKED, (_whole, before, name, after) => {
    const part = parts[name];
    if (!part) throw new Error(`${PAGE}: there is no table \`${name}\`; there are: ${Object.keys(parts).join(', ')}`);
    found.add(name);
    return `${before}${part()}\n${after}`;
  });
  const absent = Object.keys(parts).filter((name) => !found.has(name));
  if (absent.length > 0) throw new Error(`${PAGE}: it has no place for ${absent.join(', ')}`);
  return text;
}

/**
 * @param {string[]} head
 * @param {unknown[][]} rows
 */
function table(head, rows) {
  const line = (/** @type {unknown[]} */ cells) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** @param {string} hex */
const spaced = (hex) => hex.replace(/(..)(?=.)/g, '$1 ');

/** @param {{variable?: string, folder?: string, what: string}} place @param {number} index */
const place = ({ variable, folder, what }, index) =>
  `${index + 1}. ${variable || /^[A-Z_]+$/.test(folder ?? '') ? `${code(variable ?? folder)}: ` : ''}${what}`;

/** @param {string} partition */
function regionsOf(partition) {
  const [pattern] = Object.entries(contract.regions).find(([, name]) => name === partition) ?? [];
  return pattern ? code(`${pattern.slice(1)}*`) : 'all others';
}

/** What begins hosts that serve both stacks by `suffix`. @param {string} partition */
function hostsOfBoth(partition) {
  const hosts = Object.values(contract.services).flatMap(({ bothStacks = {} }) => Object.entries(bothStacks));
  const those = hosts.filter(([, partitions]) => partitions.includes(partition));
  return those.map(([host]) => code(host)).join(', ') || '–';
}

/** @param {string} name @param {number} value */
function measured(name, value) {
  if (name.endsWith('Ms')) return value < 1_000 ? `${value} ms` : `${number(value / 1_000)} s`;
  if (!name.endsWith('Bytes')) return number(value);
  const mib = value / 2 ** 20;
  return Number.isInteger(mib) ? `${mib} MiB` : `${number(value)} bytes`;
}

/** Names of errors that mean the same. @param {Record<string, {code: string, retry?: boolean}>} errors */
function* grouped(errors) {
  const kinds = Object.values(errors).map(({ code, retry }) => `${code} ${retry ? 'yes' : 'no'}`);
  for (const kind of new Set(kinds)) {
    const [name, again] = kind.split(' ');
    const names = Object.keys(errors).filter((_, index) => kinds[index] === kind);
    yield [names.map(code).join(', '), code(`SECRET_BAKER_${name}`), again];
  }
}

/** Beside the file as such, one of each source. @param {string} file */
const ofBundles = (file) =>
  file === 'file.json'
    ? counted('bundles/file.json', 'a bundle, a secret, what AWS answers, and what must happen: the file as such')
    : counted(`bundles/${file}`, `the same for entries of the source \`${file.replace('.json', '')}\``);

/** @param {string} file @param {string} what */
function counted(file, what) {
  const { cases } = JSON.parse(readFileSync(join(root, '__test__/vectors', file), 'utf8'));
  const failures = cases.filter((/** @type {any} */ { expect }) => expect.fails).length;
  return [code(file), cases.length, failures, what];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, PAGE);
  const page = readFileSync(file, 'utf8');
  const text = renewed(page);
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  else if (text !== page) {
    console.error(`${PAGE} does not say what runtime/contract.json says: run \`node scripts/contract.mjs\``);
    process.exit(1);
  }
}
