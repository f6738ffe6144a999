// What `npm run lint` says of workflows: ours are clean, and a faulty one is not.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { faultyWorkflows, workflowLinter } from '../../scripts/workflows.mjs';
import { python, root } from '../aws/python.mjs';

const workflows = join(root, '.github/workflows');
const release = readFileSync(join(workflows, 'release.yml'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'secret-baker-workflows-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** An expression of a workflow, as it is written. */
const expression = (/** @type {string} */ inside) => `$\{{ ${inside} }}`;

/**
 * @param {string} text
 * @param {string} replacement
 * @returns {string} The release workflow with the one in place of the other
 */
function releaseWith(text, replacement) {
  assert(release.includes(text), `the workflow has no ${text}`);
  return release.replace(text, replacement);
}

describe('actionlint', () => {
  it('finds nothing in our workflows', async () => assert.deepEqual(await faultyWorkflows(), []));

  const cases = /** @type {[string, string, string, RegExp][]} */ ([
    ['a key that there is not', 'timeout-minutes: 5', 'timeout-minuts: 5', /unexpected key "timeout-minuts"/],
    ['a job that there is not', 'needs: publish', 'needs: publisch', /needs job "publisch" which does not exist/],
    [
      'a variable of no matrix',
      expression('matrix.platform'),
      expression('matrix.plattform'),
      /property "plattform" is not defined/,
    ],
    ['a machine that there is not', 'machine: macos-15 }', 'machine: macos-51 }', /label "macos-51" is unknown/],
    ['a permission that there is not', 'attestations: write', 'attestation: write', /unknown permission scope "attestation"/],
    [
      'what a stranger wrote in a command',
      'bash .ci/run',
      `echo ${expression('github.event.head_commit.message')}`,
      /potentially untrusted/,
    ],
  ]);
  for (const [what, text, replacement, expected] of cases) {
    it(`finds ${what}`, async () => {
      const faults = (await workflowLinter())(releaseWith(text, replacement), 'release.yml');
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(String(faults[0]), /^release\.yml:\d+:\d+: /);
      assert.match(String(faults[0]), expected);
    });
  }
});

describe('zizmor', () => {
  /** @param {string} text */
  const zizmor = (text) => {
    const path = join(folder, 'release.yml');
    writeFileSync(path, text);
    const { status, stdout, error } = spawnSync(
      join(dirname(python), 'zizmor'),
      ['--offline', '--no-progress', '--format=json', path],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(error, undefined);
    return { status, idents: JSON.parse(stdout).map((/** @type {{ident: string}} */ { ident }) => ident) };
  };

  it('finds nothing in the release', () => assert.deepEqual(zizmor(release), { status: 0, idents: [] }));

  const cases = /** @type {[string, string, string, string][]} */ ([
    [
      'an action that is not pinned by its hash',
      'actions/attest@1e69f48acb82d1966a394da916b4c1698aa569d6 # v4.2.2',
      'actions/attest@v4',
      'unpinned-uses',
    ],
    ['a checkout that keeps its token', 'persist-credentials: false', 'fetch-depth: 1', 'artipacked'],
    ['an expression in a command', 'bash .ci/run', `echo ${expression('github.ref_name')}`, 'template-injection'],
    ['all permissions', 'permissions:\n      contents: write', 'permissions: write-all', 'excessive-permissions'],
  ]);
  for (const [what, text, replacement, ident] of cases) {
    it(`finds ${what}`, () => {
      const { status, idents } = zizmor(releaseWith(text, replacement));
      assert.notEqual(status, 0);
      assert(idents.includes(ident), idents.join(', '));
    });
  }
});

describe('what neither looks for', () => {
  for (const name of readdirSync(workflows)) {
    const text = readFileSync(join(workflows, name), 'utf8');
    it(`holds in ${name}: least permissions, pinned actions with their version, a timeout for each job`, () => {
      assert.match(text, /^permissions: \{\}$/m);
      for (const [, used = ''] of text.matchAll(/uses: (.*)/g)) assert.match(used, /^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      const jobs = text
        .slice(text.indexOf('\njobs:\n') + 7)
        .split(/^ {2}(?=\w+:$)/m)
        .slice(1);
      assert(jobs.length > 0);
      for (const job of jobs) {
        assert.match(job, /^ {4}timeout-minutes: \d+$/m, job);
        assert.match(job, /^ {4}permissions:$/m, job);
      }
    });
  }

  it('is that a job without a checkout runs nothing that reads one', () => {
    const jobs = release.split(/^ {2}(?=\w+:$)/m).filter((job) => job.includes('steps:') && !job.includes('actions/checkout@'));
    assert.deepEqual(
      jobs.map((job) => job.split(':')[0]),
      ['github'],
    );
    for (const job of jobs) assert.doesNotMatch(job, /^(?!\s*#).*(--notes-from-tag|scripts\/|\b(git|npm|cargo) (?!\/))/m);
  });

  it('is that only the job which publishes gets an identity, and waits for somebody to approve', () => {
    const [, publish = '', ...more] = release.split(/^ {2}publish:$/m);
    assert.equal(more.length, 0);
    assert.equal(release.match(/id-token: write/g)?.length, 1);
    const job = publish.split(/^ {2}\w+:$/m)[0] ?? '';
    assert.match(job, /id-token: write/);
    assert.match(job, /^ {4}environment: release$/m);
    assert.doesNotMatch(release, /secrets\.|NODE_AUTH_TOKEN|actions\/cache@/);
  });
});
