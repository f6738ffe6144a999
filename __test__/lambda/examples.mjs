// The services of examples/, each in a copy that is packaged against the stand-in with what its user installs or builds before.

import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import yaml from 'js-yaml';
import { root } from '../aws/python.mjs';
import { Service } from '../e2e/harness.mjs';
import { namedPython } from '../e2e/named-python.mjs';
import { makeZip } from '../e2e/zips.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */
/** @import { Framework } from '../e2e/harness.mjs' */

/** What every example answers with. */
export const ANSWER = { statusCode: 200, body: 'the password begins with thé' };

/**
 * @param {StandIn} standIn gets the example's secrets
 * @param {Framework} framework
 * @param {string} name
 * @param {import('node:test').TestContext} t
 */
export async function exampleOn(standIn, framework, name, t) {
  const service = new Service(framework, join(root, 'examples', name));
  t.after(() => service.remove());
  const text = readFileSync(join(service.dir, 'serverless.yml'), 'utf8');
  const { custom } = /** @type {any} */ (yaml.load(text));
  const paths = Object.values(custom.secretBaker).map((entry) => (typeof entry === 'string' ? entry : entry.path));
  for (const path of paths) await standIn.putSecret(path.split(':')[0], `thé secret of ${path}`);
  // The frameworks with the AWS SDK v2 read no AWS_ENDPOINT_URL.
  service.write({ 'serverless.yml': text.replace('plugins:\n', 'plugins:\n  - ./.point-at-stand-in.js\n') });
  return service;
}

/** @type {Record<string, (service: Service) => void | Promise<void>>} what is done before a service is packaged */
export const preparations = { node: installNode, python: offerWheel, rust: buildRust, ruby: () => {} };

/**
 * @param {StandIn} standIn
 * @param {Service} service
 */
export const environmentToPackage = (standIn, service) => ({
  AWS_ENDPOINT_URL: standIn.endpoint,
  PATH: namedPython(service),
  PIP_NO_INDEX: '1',
  PIP_FIND_LINKS: join(service.parent, 'wheels'),
});

/** As `npm install secret-baker` would. @param {Service} service */
function installNode(service) {
  cpSync(join(root, 'runtime/node/dist'), join(service.dir, 'node_modules/secret-baker'), { recursive: true });
}

/** The wheel that PyPI would have. @param {Service} service */
async function offerWheel(service) {
  const folder = join(root, 'runtime/python/src');
  const sources = readdirSync(join(folder, 'secret_baker')).filter((name) => /\.py$|py\.typed$/.test(name));
  const info = 'secret_baker-1.0.0.dist-info';
  const members = [
    ...sources.map((name) => ({ name: `secret_baker/${name}`, content: readFileSync(join(folder, 'secret_baker', name)) })),
    { name: `${info}/METADATA`, content: 'Metadata-Version: 2.1\nName: secret-baker\nVersion: 1.0.0\n' },
    { name: `${info}/WHEEL`, content: 'Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n' },
  ];
  const record = [...members.map(({ name }) => `${name},,`), `${info}/RECORD,,`].join('\n');
  const wheel = await makeZip([...members, { name: `${info}/RECORD`, content: `${record}\n` }]);
  service.write({ '../wheels/secret_baker-1.0.0-py3-none-any.whl': wheel });
}

/** As `cargo lambda build` would, for this machine and without optimisation. @param {Service} service */
async function buildRust(service) {
  const cwd = join(root, 'examples/rust');
  const target = process.env.CARGO_TARGET_DIR ?? join(root, 'runtime/target');
  execFileSync('cargo', ['build', '--locked', '--quiet'], { cwd, env: { ...process.env, CARGO_TARGET_DIR: target } });
  const content = readFileSync(join(target, 'debug/audit'));
  service.write({ 'target/lambda/audit/bootstrap.zip': await makeZip([{ name: 'bootstrap', content, mode: 0o100755 }]) });
}
