// Right bundles, changed in one place or a few: bytes of the file, fields of the entry and of what is within it, letters of texts,
// bytes of base64, lists, parts of a message; and now and then AWS's answer instead, or the entry as what stands in a variable.

import { apart, number, together } from './message-parts.mjs';
import { randomOf } from './random.mjs';

/**
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./table-aws.mjs').Table} Table what AWS answers
 * @typedef {Record<string, string>} Environment
 * @typedef {{file?: Buffer, variable?: string, environment?: Environment, table: Table, what: string, answer: (right: Buffer) => Buffer}} Mutant
 *   a bundle with the secret `A`, or what stands in a variable
 * @typedef {{title: string, file: string, bare?: boolean, environment?: Environment, table: Table}} Seed a `bare` one is a blob without an
 *   entry, for a variable: in a bundle of its own it stands as `ciphertext`
 */

/** What may stand where something else was. */
const SNIPPETS = [
  ...[
    'NaN',
    'Infinity',
    '1e999',
    '-',
    '01',
    '1.',
    '\\ud800',
    '\\u0000',
    '\\u2028',
    '\\',
    '"',
    '""',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
  ],
  ...[
    'null',
    'true',
    '"A":1,',
    '"A":{},',
    '"source":"ssm",',
    '\ufeff',
    '\0',
    '\t',
    '\r\n',
    '\u2028',
    '\u00e4',
    ' ',
    '/*a*/',
    '%20',
  ],
  ...['['.repeat(101), '1'.repeat(310), '{"a":'.repeat(99), '\u0661'],
];
const LETTERS = [
  ...['', 'A', '/', '+', '-', '_', '=', '==', ' ', '\n', '.', '\0', '\u00e4', 'aws-cn', 'us-east-1', 'parameter/', ':'],
  ...['arn:aws:ssm:eu-central-1:123456789012:parameter/a', '12345678901', 'x'.repeat(2048)],
  ...['alias/', 'key/1', 'kms', 'secret:', 'SHA512', 'True', 'bool', '\ufeff'],
];
const VALUES = [
  null,
  true,
  0,
  1,
  -1,
  1.5,
  '',
  'A',
  [],
  {},
  ['A'],
  { A: 1 },
  'ssm',
  'sops',
  'arn:aws:kms:eu-central-1:123456789012:key/1',
];
/** What an entry of some source has, and what none has. */
const NAMES = [
  ...[
    'ciphertext',
    'arn',
    'version',
    'source',
    'note',
    'context',
    'key',
    'keys',
    'contents',
    'value',
    'iv',
    'tag',
    'aad',
    'type',
  ],
  ...['hmac', 'digest', 'region', 'name', 'versionId', 'field', '__proto__'],
];

/**
 * @param {Seed[]} seeds
 * @param {Random} random
 * @returns {Mutant}
 */
export function mutantOf(seeds, random) {
  const { title, file, bare = false, environment, table } = random.oneOf(seeds);
  const right = Buffer.from(file);
  if (random.below(ANSWERS_ONE_IN) === 0) {
    // Each attempt of each opener gets the same.
    const seed = random.below(2 ** 31);
    const answer = (/** @type {Buffer} */ bytes) => several(ANSWER_CHANGES, randomOf(seed))(bytes);
    return { ...placed(right, bare, false), environment, table, what: `answer ${seed} of AWS to: ${title}`, answer };
  }
  const change = several(CHANGES, random);
  const place = placed(change(right), bare, random.below(VARIABLES_ONE_IN) === 0);
  return { ...place, environment, table, what: `${change.what} of: ${title}`, answer: (bytes) => bytes };
}

/**
 * In a bundle, or in a variable where that can hold it: a text without NUL, of less than the 128 KiB that Linux allows one.
 * @param {Buffer} file
 * @param {boolean} bare
 * @param {boolean} inVariable
 * @returns {{file: Buffer} | {variable: string}}
 */
function placed(file, bare, inVariable) {
  const text = file.toString();
  const [, entry] = /^\{"A":(.*)\}$/s.exec(text) ?? [];
  const variable = bare ? parsed(file)?.A?.ciphertext : `secret-baker:${entry}`;
  const fits = typeof variable === 'string' && !variable.includes('\0') && Buffer.byteLength(variable) < 120_000;
  const isText = Buffer.from(text).equals(file);
  return (bare || (inVariable && entry !== undefined)) && fits && isText ? { variable } : { file };
}

/** One kind of change, made once or twice. @param {Change[]} changes @param {Random} random */
function several(changes, random) {
  const change = random.oneOf(changes);
  const times = 1 + random.below(2);
  const act = (/** @type {Buffer} */ bytes) =>
    Array.from({ length: times }).reduce((/** @type {Buffer} */ now) => change(now, random), bytes);
  return Object.assign(act, { what: change.name });
}

/** @typedef {(file: Buffer, random: Random) => Buffer} Change */

/** @type {Change} */
const bytesAsTheyAre = (file, random) => bytesChanged(file, random);

/** @type {Change} */
const snippetAnywhere = (file, random) => {
  const text = file.toString();
  const at = random.below(text.length + 1);
  return Buffer.from(text.slice(0, at) + random.oneOf(SNIPPETS) + text.slice(at + random.below(3)));
};

/** At the borders of names and values, where a parser decides. @type {Change} */
const snippetBetween = (file, random) => {
  const text = file.toString();
  const borders = [...text.matchAll(/[{}[\]":,]/g)].map(({ index }) => index);
  const at = random.oneOf([0, text.length, ...borders]) + random.below(2);
  return Buffer.from(text.slice(0, at) + random.oneOf(SNIPPETS) + text.slice(at));
};

/** Of the entry, or of what is within it. @type {Change} */
const field = (file, random) =>
  withEntry(file, (entry) => {
    const { owner, name } = random.oneOf([{ owner: entry, name: random.oneOf(NAMES) }, ...placesIn(entry)]);
    if (random.below(4) === 0) delete owner[name];
    else set(owner, name, random.oneOf(VALUES));
  });

/** @type {Change} */
const lettersOfAText = (file, random) =>
  withText(file, random, (text) => {
    const parts = text.split(':');
    const whole = text.startsWith('arn:') && random.below(2) === 0;
    const at = random.below(whole ? parts.length : text.length + 1);
    const other = random.oneOf(LETTERS);
    return whole ? parts.with(at, other).join(':') : text.slice(0, at) + other + text.slice(at + random.below(3));
  });

/** @type {Change} */
const bytesOfBase64 = (file, random) => withBase64(file, random, (raw) => bytesChanged(raw, random));

/** @type {Change} */
const lengthOfBase64 = (file, random) =>
  withBase64(file, random, (raw) => {
    const lengths = [0, 1, 2, 3, 16, 256, 257, raw.length - 1, raw.length + 1, 6144, 6145, 65_536, 65_537];
    const length = Math.max(0, random.oneOf(lengths));
    return Buffer.concat([raw, Buffer.alloc(length)]).subarray(0, length);
  });

/** @type {Change} */
const listWithin = (file, random) =>
  withEntry(file, (entry) => {
    const lists = placesIn(entry).map(({ owner, name }) => owner[name]);
    const list = random.oneOf(lists.filter(Array.isArray));
    if (list) changeList(list, random);
  });

/** @type {Change} */
const partsOfTheMessage = (file, random) => {
  const { source, ciphertext } = parsed(file)?.A ?? {};
  const parts = source === undefined ? partsOf(Buffer.from(String(ciphertext), 'base64')) : undefined;
  if (!parts) return bytesOfBase64(file, random);
  random.oneOf(PARTS)(parts, random);
  return withEntry(file, (entry) => {
    entry.ciphertext = together(parts).toString('base64');
  });
};

/** Those that reach deep are there more than once. @type {Change[]} */
const CHANGES = [
  bytesAsTheyAre,
  snippetAnywhere,
  snippetBetween,
  field,
  field,
  lettersOfAText,
  lettersOfAText,
  lettersOfAText,
  bytesOfBase64,
  lengthOfBase64,
  listWithin,
  ...Array(5).fill(partsOfTheMessage),
];

const VARIABLES_ONE_IN = 6;

/** An answer that is wrong is asked for five times. */
const ANSWERS_ONE_IN = 20;
const ANSWER_CHANGES = [bytesAsTheyAre, snippetAnywhere, snippetBetween];

/** What one change does to a message. @type {((parts: import('./message-parts.mjs').Parts, random: Random) => void)[]} */
const PARTS = [
  (parts, random) => {
    const name = random.oneOf(
      /** @type {const} */ (['version', 'suite', 'id', 'count', 'contentType', 'reserved', 'commitment', 'headerTag', 'footer']),
    );
    parts[name] = bytesChanged(parts[name], random);
  },
  (parts, random) => {
    parts.suite = number(random.oneOf([0x0014, 0x0178, 0x0214, 0x0346, 0x0378, 0x0478, 0x0578, 0xffff]), 2);
  },
  (parts, random) => {
    parts.contentType = number(random.below(5), 1);
  },
  (parts, random) => {
    parts.frameLength = number(random.oneOf([0, 1, 16, 127, 129, 4096, 2 ** 31, 2 ** 32 - 1]), 4);
  },
  (parts, random) => {
    parts.count = number(random.oneOf([0, 1, 2, 3, 65_535]), 2);
  },
  (parts, random) => changeList(parts.pairs, random),
  (parts, random) => {
    const one = random.oneOf(parts.pairs);
    const which = random.below(2);
    if (one) one[which] = bytesChanged(/** @type {Buffer} */ (one[which]), random);
  },
  (parts, random) => changeList(parts.dataKeys, random),
  (parts, random) => {
    const one = random.oneOf(parts.dataKeys);
    const which = random.below(3);
    if (one) one[which] = bytesChanged(/** @type {Buffer} */ (one[which]), random);
  },
  (parts, random) => {
    const arn = 'arn:aws:kms:eu-central-1:123456789012:';
    const texts = [
      '',
      'alias/a',
      `${arn}alias/a`,
      `${arn}key/`,
      `${arn}key/a b`,
      `${arn}key/\u00e4`,
      `${arn}key/a\n`,
      `${arn}key/mrk-1`,
    ];
    const one = random.oneOf(parts.dataKeys);
    if (one) one[1] = Buffer.from(random.oneOf(texts));
  },
  (parts, random) => changeList(parts.body, random),
  (parts, random) => {
    const which = random.below(parts.body.length);
    parts.body[which] = bytesChanged(/** @type {Buffer} */ (parts.body[which]), random);
  },
  (parts, random) => {
    const length = random.oneOf([0, 1, 2, parts.footer.length - 1, parts.footer.length + 1]);
    parts.footer = Buffer.concat([parts.footer, Buffer.alloc(1)]).subarray(0, Math.max(0, length));
  },
];

/** Doubled, dropped, put first, or many of it. @param {any[]} list @param {Random} random */
function changeList(list, random) {
  // A context may have no pairs.
  if (list.length === 0) return;
  const at = random.below(list.length);
  const one = list[at];
  const act = random.below(4);
  if (act === 0) list.splice(at, 1);
  else if (act === 1) list.splice(at, 0, one);
  else if (act === 2) list.unshift(...list.splice(at, 1));
  else list.push(...Array(random.oneOf([1, 2, 3, 300])).fill(one));
}

/** @type {Change} */
const bytesChanged = (bytes, random) => {
  const changed = Buffer.from(bytes);
  const at = random.below(bytes.length);
  const act = random.below(6);
  if (act === 0) return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(4))]);
  if (act === 1) return Buffer.concat([bytes.subarray(0, at), Buffer.from([random.below(256)]), bytes.subarray(at)]);
  if (act === 2) return bytes.subarray(0, at);
  if (bytes.length === 0) return Buffer.from([random.below(256)]);
  changed[at] = act === 3 ? random.oneOf([0, 1, 0x7f, 0x80, 0xff]) : Number(changed[at]) ^ (1 << random.below(8));
  return changed;
};

/**
 * Changes the entry `A` where the file is still one; else the file stays.
 * @param {Buffer} file
 * @param {(entry: any) => void} change
 */
function withEntry(file, change) {
  const bundle = parsed(file);
  if (typeof bundle?.A !== 'object' || bundle.A === null) return file;
  change(bundle.A);
  return Buffer.from(JSON.stringify(bundle));
}

/** @param {Buffer} file @param {Random} random @param {(text: string) => string} change */
function withText(file, random, change) {
  return withEntry(file, (entry) => {
    const texts = placesIn(entry).filter(({ owner, name }) => typeof owner[name] === 'string');
    const { owner, name } = random.oneOf(texts) ?? {};
    if (owner) set(owner, name, change(owner[name]));
  });
}

/** @param {Buffer} file @param {Random} random @param {(raw: Buffer) => Buffer} change */
function withBase64(file, random, change) {
  return withEntry(file, (entry) => {
    const texts = placesIn(entry).filter(({ owner, name }) => isBase64(owner[name]));
    const { owner, name } = random.oneOf(texts) ?? {};
    if (owner) set(owner, name, change(Buffer.from(owner[name], 'base64')).toString('base64'));
  });
}

/** @param {unknown} value */
const isBase64 = (value) => typeof value === 'string' && Buffer.from(value, 'base64').toString('base64') === value;

/**
 * Every field of it and of what is within it.
 * @param {any} value
 * @returns {{owner: any, name: string}[]}
 */
function placesIn(value) {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((name) => [{ owner: value, name }, ...placesIn(value[name])]);
}

/** A name such as `__proto__` is a field like any other. @param {any} owner @param {string} name @param {unknown} value */
const set = (owner, name, value) =>
  Object.defineProperty(owner, name, { value, enumerable: true, configurable: true, writable: true });

/** @param {Buffer} file */
function parsed(file) {
  try {
    return JSON.parse(file.toString());
  } catch {
    return undefined;
  }
}

/** A message that a change has already broken is in no parts. @param {Buffer} raw */
function partsOf(raw) {
  try {
    return raw[0] === 2 || raw[1] === 0x80 ? apart(raw) : undefined;
  } catch {
    return undefined;
  }
}
