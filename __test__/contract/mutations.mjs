// Right bundles, changed in one place or a few: bytes of the file, fields of the entry, letters of base64, parts of a message; and
// now and then AWS's answer instead.

import { apart, number, together } from './message-parts.mjs';
import { randomOf } from './random.mjs';

/**
 * @typedef {import('./random.mjs').Random} Random
 * @typedef {import('./table-aws.mjs').Table} Table what AWS answers
 * @typedef {{file: Buffer, table: Table, what: string, answer: (right: Buffer) => Buffer}} Mutant
 * @typedef {{title: string, file: string, table: Table}} Seed
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
  'arn:aws:kms:eu-central-1:123456789012:key/1',
];

/**
 * @param {Seed[]} seeds
 * @param {Random} random
 * @returns {Mutant}
 */
export function mutantOf(seeds, random) {
  const { title, file, table } = random.oneOf(seeds);
  const right = Buffer.from(file);
  if (random.below(ANSWERS_ONE_IN) === 0) {
    // Each attempt of each opener gets the same.
    const seed = random.below(2 ** 31);
    const answer = (/** @type {Buffer} */ bytes) => several(ANSWER_CHANGES, randomOf(seed))(bytes);
    return { file: right, table, what: `answer ${seed} of AWS to: ${title}`, answer };
  }
  const change = several(CHANGES, random);
  return { file: change(right), table, what: `${change.what} of: ${title}`, answer: (bytes) => bytes };
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

/** @type {Change} */
const fieldOfTheEntry = (file, random) =>
  withEntry(file, (entry) => {
    const name = random.oneOf(['ciphertext', 'arn', 'version', 'source', 'note']);
    if (random.below(4) === 0) delete entry[name];
    else entry[name] = random.oneOf(VALUES);
  });

/** @type {Change} */
const lettersOfTheArn = (file, random) => withText(file, 'arn', random);

/** @type {Change} */
const lettersOfTheCiphertext = (file, random) => withText(file, 'ciphertext', random);

/** @type {Change} */
const bytesOfTheCiphertext = (file, random) => withCiphertext(file, (raw) => bytesChanged(raw, random));

/** @type {Change} */
const lengthOfTheCiphertext = (file, random) =>
  withCiphertext(file, (raw) => {
    const length = Math.max(0, random.oneOf([0, 1, 2, 3, raw.length - 1, raw.length + 1, 6144, 6145, 65_536, 65_537]));
    return Buffer.concat([raw, Buffer.alloc(length)]).subarray(0, length);
  });

/** @type {Change} */
const partsOfTheMessage = (file, random) =>
  withCiphertext(file, (raw) => {
    const parts = partsOf(raw);
    if (!parts) return bytesChanged(raw, random);
    random.oneOf(PARTS)(parts, random);
    return together(parts);
  });

/** Those that reach deep are there more than once. @type {Change[]} */
const CHANGES = [
  bytesAsTheyAre,
  snippetAnywhere,
  snippetBetween,
  fieldOfTheEntry,
  lettersOfTheArn,
  lettersOfTheArn,
  lettersOfTheCiphertext,
  bytesOfTheCiphertext,
  bytesOfTheCiphertext,
  lengthOfTheCiphertext,
  ...Array(5).fill(partsOfTheMessage),
];

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

/** @param {Buffer} file @param {string} name @param {Random} random */
function withText(file, name, random) {
  return withEntry(file, (entry) => {
    const text = String(entry[name]);
    const parts = text.split(':');
    const whole = name === 'arn' && random.below(2) === 0;
    const at = random.below(whole ? parts.length : text.length + 1);
    const other = random.oneOf(LETTERS);
    entry[name] = whole ? parts.with(at, other).join(':') : text.slice(0, at) + other + text.slice(at + random.below(3));
  });
}

/** @param {Buffer} file @param {(raw: Buffer) => Buffer} change */
function withCiphertext(file, change) {
  return withEntry(file, (entry) => {
    entry.ciphertext = change(Buffer.from(String(entry.ciphertext), 'base64')).toString('base64');
  });
}

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
