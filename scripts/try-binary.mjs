// Tries a binary of the core on the platform that it is for: it loads, and bakes.
//
//     node scripts/try-binary.mjs FILE                without a network and without any package, as in a bare container
//     node scripts/try-binary.mjs FILE --stand-in     what the stand-in for AWS keeps

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const [file, asked] = process.argv.slice(2);
if (file === undefined || (asked !== undefined && asked !== '--stand-in')) {
  console.error('Say which binary to try: node scripts/try-binary.mjs FILE [--stand-in]');
  process.exit(2);
}
const require = createRequire(import.meta.url);
/** @type {typeof import('../binding.js')} */
const { Bundle, Session } = require(resolve(file));
const { CALLER } = require('../plugin/caller.js');

await (asked === undefined ? bakeAlone() : bakeFromStandIn());
console.log(`${file}: loads on ${process.platform} ${process.arch} with Node ${process.versions.node}, and bakes`);

/** A ciphertext of KMS in the config asks nobody. */
async function bakeAlone() {
  // As KMS writes one, as far as the core looks; nothing is sealed in it.
  const kms = Buffer.concat([Buffer.from('0102020078', 'hex'), Buffer.alloc(150, 7)]).toString('base64');
  const keyArn = 'arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  await bake([{ name: 'TRIED', kms, keyArn }], {});
}

async function bakeFromStandIn() {
  const { credentials, region, startStandIn } = await import('../__test__/aws/stand-in.mjs');
  const standIn = await startStandIn();
  try {
    await standIn.putSecret('/tried/secret', 'a value');
    await bake({ TRIED: '/tried/secret' }, { region, credentials, endpoints: { ssm: standIn.endpoint } });
  } finally {
    await standIn.stop();
  }
}

/**
 * @param {unknown} secrets as in `custom.secretBaker`
 * @param {object} more of the request
 */
async function bake(secrets, more) {
  const config = JSON.stringify(secrets);
  const { value, failure } = await new Session(CALLER).bake({ config, written: config, serviceDir: '.', ...more });
  assert(value, failure?.message);
  const baked = Buffer.from(value.bundle.bytes());
  assert.deepEqual(Object.keys(JSON.parse(String(baked))), ['TRIED']);
  assert(Bundle.read(baked).value, 'it does not read what it baked');
}
