// docs/troubleshooting.md has each code once, and says of it what the program says.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { root } from '../aws/python.mjs';
import { CODES, examplesOf, failures, PAGE, renewed } from './troubleshooting.mjs';

const page = readFileSync(join(root, PAGE), 'utf8');
const contract = JSON.parse(readFileSync(join(root, 'runtime/contract.json'), 'utf8'));
const all = [...new Set([...CODES.deploy, ...CODES.function])];

/** A part of the page, from its heading to the next one of its level. @param {string} heading */
const under = (heading) => page.split(`\n${heading}\n`)[1]?.split(/\n## /)[0] ?? '';
/** @param {string} text */
const headings = (text) => [...text.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
/** @param {string} code */
const isOfBoth = (code) => CODES.deploy.includes(code) && CODES.function.includes(code);

describe('the page of all codes', () => {
  it('has the address that failures name', () => {
    assert.ok(contract.page.endsWith(`/blob/main/${PAGE}`), contract.page);
  });

  it('has just one heading for each code, and none for another', () => {
    assert.deepEqual(headings(page).sort(), all.map((code) => `SECRET_BAKER_${code}`).sort());
  });

  it('has each code where it occurs', () => {
    const named = (/** @type {string[]} */ codes) => codes.map((code) => `SECRET_BAKER_${code}`).sort();
    const alone = (/** @type {string[]} */ codes) => named(codes.filter((code) => !isOfBoth(code)));
    assert.deepEqual(headings(under('## At the deploy')).sort(), alone(CODES.deploy));
    assert.deepEqual(headings(under('## In the function')).sort(), alone(CODES.function));
    assert.deepEqual(headings(under('## At the deploy or in the function')).sort(), named(all.filter(isOfBoth)));
  });

  it('has all of them in the table at its top, each with a link to its heading', () => {
    const rows = [...page.matchAll(/^\| \[`(SECRET_BAKER_\w+)`\]\(#(\w+)\) \| (deploy|function|both) \| /gm)];
    assert.deepEqual(
      rows.map(([, code, anchor, where]) => [code, anchor, where]),
      headings(page).map((code) => [code, code.toLowerCase(), whereOf(code.replace('SECRET_BAKER_', ''))]),
    );
  });

  it('says of each what it means, why it comes and what to do', () => {
    for (const part of page.split('\n### ').slice(1)) {
      const [code] = part.split('\n');
      for (const words of ['\nUsual causes:\n\n- ', '\nWhat to do:\n\n1. ']) assert.equal(part.split(words).length, 2, code);
    }
  });

  it('has an example for each code of each place', () => {
    const wanted = Object.entries(CODES).flatMap(([place, codes]) => codes.map((code) => `${place} ${code}`));
    assert.deepEqual(
      examplesOf(page)
        .map(({ place, code }) => `${place} ${code}`)
        .sort(),
      wanted.sort(),
    );
  });

  it('has only codes that there are, wherever it names one', () => {
    const variables = ['FILE', 'ENV', 'LOCAL', 'BINARY', 'NEXT_WRAPPER'];
    for (const [, name = ''] of page.matchAll(/SECRET_BAKER_([A-Z]+(?:_[A-Z]+)*)/g))
      assert.ok(all.includes(name) || variables.includes(name), name);
  });
});

describe('what the program says of each code', () => {
  /** @type {Awaited<ReturnType<typeof failures>>} */
  let told;
  before(async () => {
    told = await failures();
  });

  for (const place of /** @type {const} */ (['deploy', 'function'])) {
    for (const code of CODES[place]) {
      it(`${place}: ${code} names its part of the page`, () => {
        const { code: found, message } = told[place][code] ?? assert.fail();
        assert.equal(found, `SECRET_BAKER_${code}`, message);
        const pages = message.split(/\n(?:secret-baker-launcher: )? {2}more: /).slice(1);
        const several = ['PARAMETER_NOT_FOUND', 'NOT_ENCRYPTED'];
        const named = code === 'SEVERAL_PROBLEMS' ? several : [code];
        assert.deepEqual(
          pages,
          named.map((one) => `${contract.page}#secret_baker_${one.toLowerCase()}`),
        );
      });
    }
  }

  it('stands in the page as it is said', () => {
    assert.equal(page, renewed(page, told), 'run node __test__/docs/troubleshooting.mjs');
  });
});

/** @param {string} code */
function whereOf(code) {
  if (isOfBoth(code)) return 'both';
  return CODES.deploy.includes(code) ? 'deploy' : 'function';
}
