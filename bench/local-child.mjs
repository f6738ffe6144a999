// Opens local values with the core, and the first secret of them with the package for Node.js, in a process of its own.

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadAddon } from './addon.mjs';
import { answerParent } from './child.mjs';

const require = createRequire(import.meta.url);

/** @typedef {{loadMs: number, sealMs: number, openMs: number}} Opened */

/**
 * @param {{config: string[], serviceDir: string, file: string, expected: string}} question
 * @returns {Promise<Opened>}
 */
async function open({ config, serviceDir, file, expected }) {
  const start = performance.now();
  const { Session } = loadAddon();
  const loaded = performance.now();
  const request = { config: JSON.stringify(config), serviceDir, file, region: 'eu-central-1' };
  const { value, failure } = await new Session().openLocally(request);
  if (!value) throw new Error(failure?.message);
  const sealed = performance.now();
  const bundle = join(serviceDir, 'secret-baker-secrets.json');
  writeFileSync(bundle, value.baked.bundle.bytes());
  Object.assign(process.env, { SECRET_BAKER_FILE: bundle, AWS_ENDPOINT_URL_KMS: value.kms.endpoint, AWS_REGION: value.region });
  const asked = performance.now();
  const { secret } = require('../runtime/node/dist');
  const text = await secret(String(config[0]));
  const opened = performance.now();
  value.kms.stop();
  if (text !== expected) throw new Error('what was opened is not what stands in the file');
  return { loadMs: loaded - start, sealMs: sealed - loaded, openMs: opened - asked };
}

answerParent(open);
