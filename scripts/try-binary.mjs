// `node scripts/try-binary.mjs FILE`: loads a binary of the core on the platform that it is for, and bakes a secret with it. Needs
// neither a network nor a package, so that it runs in a bare container.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [file] = process.argv.slice(2);
if (file === undefined) {
  console.error('Say which binary to try: node scripts/try-binary.mjs FILE');
  process.exit(2);
}
const require = createRequire(import.meta.url);
/** @type {typeof import('../binding.js')} */
const { Bundle, Session } = require(resolve(file));
const { CALLER } = require('../plugin/caller.js');

const KEY = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
/** As KMS writes it as far as the core looks, but nothing is sealed in it. */
const CIPHERTEXT = Buffer.concat([Buffer.from('0102020078', 'hex'), Buffer.alloc(150, 7)]).toString('base64');

const config = JSON.stringify([{ name: 'TRIED', kms: CIPHERTEXT, keyArn: KEY }]);
const { value, failure } = await new Session(CALLER).bake({ config, written: config, serviceDir: '.' });
assert(value, failure?.message);
const baked = Buffer.from(value.bundle.bytes());
assert.deepEqual(Object.keys(JSON.parse(String(baked))), ['TRIED']);
assert(Bundle.read(baked).value, 'it does not read what it baked');
console.log(`${file}: loads on ${process.platform} ${process.arch} with Node ${process.versions.node}, and bakes`);
