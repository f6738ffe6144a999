// runtime/contract.json is well-formed, and stands nowhere a second time.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { renewed } from '../../scripts/contract.mjs';
import { python, root } from '../aws/python.mjs';

const textOf = (/** @type {string} */ path) => readFileSync(join(root, path), 'utf8');
const contract = JSON.parse(textOf('runtime/contract.json'));
/** @returns {[string, any][]} */
const entries = (/** @type {string} */ part) => Object.entries(contract[part]);
const isText = (/** @type {unknown} */ text) => typeof text === 'string' && text.trim() === text && text !== '';

/** What an opener knows to put into a sentence. */
const FILLED = ['names', 'context', 'variable', 'service', 'action', 'host', 'endpoint'].map((name) => `{${name}}`);

describe('the codes', () => {
  for (const [name, { meaning, sentence, hint, hints = {} }] of [...entries('codes'), ...entries('launcherCodes')]) {
    it(`${name} says what happened and what to do`, () => {
      assert.match(name, /^[A-Z]+(_[A-Z]+)*$/);
      for (const text of [meaning, sentence, hint, ...Object.values(hints)]) {
        assert.ok(isText(text), String(text));
        assert.doesNotMatch(text, /[.!\n]$/);
      }
    });

    it(`${name} leaves only such places open as an opener knows to fill`, () => {
      const open = [meaning, sentence, hint, ...Object.values(hints)].join(' ').match(/\{[^}]*\}/g) ?? [];
      for (const one of open) assert.ok(FILLED.includes(one), one);
    });
  }
});

describe('the errors of the services', () => {
  for (const [name, { code, hint, retry, ...others }] of entries('errors')) {
    it(`${name} has a known code, a hint of that code, and nothing else`, () => {
      assert.match(name, new RegExp(contract.patterns.errorName));
      assert.ok(Object.hasOwn(contract.codes, code), code);
      if (hint !== undefined) assert.ok(Object.hasOwn(contract.codes[code].hints ?? {}, hint), hint);
      if (retry !== undefined) assert.equal(retry, true);
      assert.deepEqual(others, {});
    });
  }

  it('make another attempt wherever a service throttles', () => {
    for (const [name, { code, retry }] of entries('errors')) if (code === 'THROTTLED') assert.equal(retry, true, name);
  });
});

describe('the tables', () => {
  it('have limits with a value and its meaning', () => {
    for (const [name, { value, what, ...others }] of entries('limits')) {
      assert.ok(Number.isSafeInteger(value) && value > 0, name);
      assert.ok(isText(what), name);
      assert.deepEqual(others, {}, name);
    }
  });

  it('have limits that fit each other', () => {
    const { limits } = contract;
    const value = (/** @type {string} */ name) => limits[name].value;
    assert.ok(value('connectMs') < value('attemptMs'));
    assert.ok(value('attemptMs') < value('launcherBudgetMs'));
    assert.ok(value('launcherBudgetMs') < value('budgetMs'));
    assert.ok(value('blobBytes') < value('ciphertextBytes'));
    assert.ok(value('ciphertextBytes') < value('bundleBytes'));
  });

  it('have ciphertexts whose base64 begins as it says', () => {
    for (const { bytes, base64, kind } of contract.ciphertexts) {
      assert.match(bytes, /^[0-9a-f]{4}$/);
      assert.ok(['blob', 'message'].includes(kind), kind);
      for (const start of base64.split(', ')) assert.equal(Buffer.from(start, 'base64').toString('hex').slice(0, 4), bytes);
    }
  });

  it('have suites of a version that a message may begin with', () => {
    for (const { id, version, kdf } of contract.suites) {
      const start = version === 1 ? '0180' : `02${id.slice(0, 2)}`;
      assert.ok(
        contract.ciphertexts.some((/** @type {any} */ one) => one.bytes === start && one.kind === 'message'),
        id,
      );
      assert.match(kdf, /^HKDF-SHA(256|384|512)$/);
    }
  });

  it('have services with a name, a host and the variable of their endpoint', () => {
    for (const [service, { name, host, endpoint, codes: _own, bothStacks = {}, ...others }] of entries('services')) {
      for (const text of [service, name]) assert.ok(isText(text), service);
      assert.match(host, /^[a-z-]+$/);
      assert.match(endpoint, /^AWS_ENDPOINT_URL_[A-Z_]+$/);
      for (const [one, partitions] of Object.entries(bothStacks)) {
        assert.ok([host, `${host}-fips`].includes(one), one);
        for (const partition of partitions) assert.ok(Object.hasOwn(contract.partitions, partition), partition);
      }
      assert.deepEqual(others, {}, service);
    }
  });

  for (const [service, { codes = {} }] of entries('services')) {
    it(`have sentences of ${service}'s own for known codes, and nothing else`, () => {
      for (const [code, { sentence, hint, ...others }] of Object.entries(codes)) {
        assert.ok(Object.hasOwn(contract.codes, code), code);
        for (const text of [sentence, hint].filter((one) => one !== undefined)) {
          assert.ok(isText(text), text);
          assert.doesNotMatch(text, /[.!\n]$/);
          for (const one of text.match(/\{[^}]*\}/g) ?? []) assert.ok(FILLED.includes(one), one);
        }
        assert.ok(sentence ?? hint, code);
        assert.deepEqual(others, {}, code);
      }
    });
  }

  it('have a region for each partition, of the shape that a region has', () => {
    const partitions = entries('partitions').map(([name]) => name);
    const named = entries('regions').map(([, name]) => name);
    assert.deepEqual([...new Set(named)].sort(), partitions.sort());
    assert.equal(entries('regions').at(-1)?.[0], '', 'the last one takes all others');
    for (const [pattern] of entries('regions')) {
      const region = `${pattern.slice(1) || 'ap-'}south-1`;
      assert.match(region, new RegExp(contract.patterns.region));
      assert.match(region, new RegExp(pattern));
    }
    for (const name of partitions) assert.match(name, new RegExp(contract.patterns.partition));
  });

  it('have patterns for whole parts', () => {
    for (const [name, pattern] of entries('patterns')) assert.match(pattern, /^\^.*\$$/, name);
  });

  it('have places that are one of a variable and a folder', () => {
    for (const { variable, folder, what } of contract.places) {
      assert.ok(isText(what));
      assert.equal([variable, folder].filter(isText).length, 1);
    }
  });

  it('have each variable once', () => {
    const { reserved, onlyNamed } = contract.variables;
    const all = [...reserved, ...onlyNamed];
    assert.deepEqual([...new Set(all)], all);
    for (const name of all) assert.match(name, /^\*?[A-Za-z_][A-Za-z0-9_]*\*?$/);
    const covers = (/** @type {string} */ name) => reserved.some((/** @type {string} */ one) => fits(one, name));
    for (const name of all) assert.ok(!all.some((one) => one !== name && one.endsWith('*') && fits(one, name)), name);
    for (const name of ['AWS_SECRET_ACCESS_KEY', 'LD_PRELOAD', 'NODE_OPTIONS', 'PYTHONPATH', 'SECRET_BAKER_FILE', 'DOTNET_ROOT'])
      assert.ok(covers(name), name);
  });
});

describe('what is made of it', () => {
  it('the tables of docs/bundle.md are', () => {
    const page = textOf('docs/bundle.md');
    assert.equal(page, renewed(page), 'run `node scripts/contract.mjs`');
  });

  for (const [page, sentences] of Object.entries(pages())) {
    it(`the limits of ${page} are`, () => {
      const text = textOf(page).replace(/\s+/g, ' ');
      for (const sentence of sentences) assert.ok(text.includes(sentence), sentence);
    });
  }

  it('the vectors are what their script makes', () => {
    execFileSync(python, [join(root, '__test__/vectors/make_bundles.py'), '--check'], { stdio: 'pipe' });
  });

  it('the vectors have each code that an answer or a bundle may lead to, and no other', () => {
    const bundles = readdirSync(join(root, '__test__/vectors/bundles')).map((name) => `bundles/${name}`);
    const files = [...bundles, 'variables.json', 'answers.json', 'http.json'].map((name) => textOf(`__test__/vectors/${name}`));
    const found = new Set(files.join('').match(/(?<="fails": "SECRET_BAKER_)\w+/g));
    // For these there must be no file, or a wish for environment variables.
    const elsewhere = ['BUNDLE_MISSING', 'NOT_A_VARIABLE'];
    assert.deepEqual([...found, ...elsewhere].sort(), Object.keys(contract.codes).sort());
  });

  it('the files of Node are what their script makes', async () => {
    const script = pathToFileURL(join(root, 'runtime/node/scripts/contract.mjs')).href;
    const { generated } = await import(script);
    for (const { path, text } of generated()) assert.equal(readFileSync(path, 'utf8'), text, `run ${script}`);
  });

  it('the modules of Python are what their script makes', () => {
    const script = 'runtime/python/scripts/make_contract.py';
    const check = [
      'import runpy, sys',
      'made = runpy.run_path(sys.argv[1])',
      "pairs = (('MODULE', 'module'), ('WORDING', 'wording'))",
      'sys.exit(any(made[file].read_text() != made[text]() for file, text in pairs))',
    ];
    execFileSync(python, ['-c', check.join('\n'), join(root, script)], { stdio: 'pipe' });
  });

  it('Rust is built from it, not from a copy', () => {
    assert.equal(textOf('runtime/rust/contract.json'), textOf('runtime/contract.json'));
  });

  for (const file of openers()) {
    it(`${file} has no copy of its names`, () => {
      const text = textOf(file);
      const copies = [...names()].filter((name) => ["'", '"'].some((quote) => text.includes(quote + name + quote)));
      assert.deepEqual(copies, []);
    });
  }
});

/** What pages say of limits in their own words. @returns {Record<string, string[]>} */
function pages() {
  const value = (/** @type {string} */ name) => contract.limits[name].value;
  const seconds = (/** @type {string} */ name) => `${value(name) / 1000} s`;
  const bytes = (/** @type {string} */ name) => `${value(name).toLocaleString('en-US')} bytes`;
  const [budget, attempt, connect, most] = [seconds('budgetMs'), seconds('attemptMs'), seconds('connectMs'), value('attempts')];
  return {
    'README.md': [`A secret opens within ${budget} or not at all`],
    'docs/bundle.md': [
      `At most ${value('bundleBytes') / 2 ** 20} MiB.`,
      `At most ${value('jsonDepth')} lists and objects within each other`,
      `at most ${bytes('arnBytes')}, its parts`,
      `Decoded at most ${bytes('ciphertextBytes')}, and a blob at most ${bytes('blobBytes').replace(' bytes', '')}, else`,
      `data keys: 1 to ${value('dataKeys')};`,
      `A head of more than ${value('headBytes') / 1024} KiB, a body of more than ${value('replyBytes') / 2 ** 20} MiB`,
      `after ${value('shownChars')} characters cut`,
    ],
    'runtime/python/README.md': [
      `A whole call takes at most ${budget}`,
      `One attempt ${attempt}, connecting ${connect} (the name, TCP, the proxy and TLS together), at most ${most} attempts, ${value('atOncePerProcess')} calls at once`,
      `after ${value('shownChars')} characters cut`,
    ],
    'runtime/rust/README.md': [
      `A wish has ${budget} in all`,
      `(${value('atOncePerProcess')} of a process are under way at once)`,
      `One attempt has ${attempt}, of which ${connect} is for connecting`,
      `at most ${most} times`,
      `off by more than ${value('clockMs') / 60_000} minutes`,
    ],
    'runtime/launcher/README.md': [`All secrets together have ${seconds('launcherBudgetMs')}`],
  };
}

/** @param {string} pattern with a star at one end at most @param {string} name */
function fits(pattern, name) {
  if (pattern.startsWith('*')) return name.endsWith(pattern.slice(1));
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** What an opener has no reason to name by itself. */
function names() {
  const suffixes = entries('partitions').flatMap(([, { suffix, dualStack }]) => [suffix, dualStack]);
  const suites = contract.suites.map((/** @type {any} */ { id }) => id);
  const variables = contract.variables.reserved.filter((/** @type {string} */ name) =>
    /^(LD_|NODE_TLS|PERL|GEM|OPENSSL)/.test(name),
  );
  return new Set([...entries('errors').map(([name]) => name), ...suffixes, ...suites, ...variables]);
}

/** The files of the openers that nobody generates. */
function openers() {
  const folders = ['runtime/node/lib', 'runtime/python/src/secret_baker', 'runtime/rust/src', 'runtime/launcher/src'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(js|py|rs)$/.test(entry.name))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  );
  return files.filter((file) => !/\/(contract\.js|wording\.js|_contract\.py|_wording\.py|tests?\.rs)$/.test(file));
}
