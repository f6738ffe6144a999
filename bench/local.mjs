// The first local run of a developer: a SOPS file for age, opened and sealed anew, and the first secret in a handler.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { sealForAge } from '../scripts/sops-file.mjs';
import { startChild } from './child.mjs';
import { median, ms } from './numbers.mjs';

/** @import { Opened } from './local-child.mjs' */

const COUNT = 10;

/** @typedef {{count: number, loadMs: number, sealMs: number, openMs: number}} Local */

/**
 * @param {string} folder
 * @param {number} runs each in a process of its own
 * @param {(text: string) => void} say
 * @returns {Promise<Local>}
 */
export async function measureLocal(folder, runs, say) {
  say('local values');
  const identity = await generateX25519Identity();
  const values = Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`SECRET_${index}`, `value ${index}`]));
  const serviceDir = mkdtempSync(join(folder, 'local-'));
  writeFileSync(join(serviceDir, 'secrets.yaml'), await sealForAge(values, [await identityToRecipient(identity)]));
  /** @type {Opened[]} */
  const done = [];
  for (let run = 0; run < runs; run += 1) {
    const child = startChild('local-child.mjs', [], folder, { SOPS_AGE_KEY: identity });
    try {
      done.push(
        await child.ask({ config: Object.keys(values), serviceDir, file: 'secrets.yaml', expected: values.SECRET_0 ?? '' }),
      );
    } finally {
      await child.end();
    }
  }
  const of = (/** @type {keyof Opened} */ key) => median(done.map((opened) => opened[key]));
  return { count: COUNT, loadMs: of('loadMs'), sealMs: of('sealMs'), openMs: of('openMs') };
}

/** @param {Local} measured */
export function localLine({ count, loadMs, sealMs, openMs }) {
  const whole = ms(loadMs + sealMs + openMs);
  return (
    `From nothing to the first of ${count} local secrets ${whole}: the addon loads in ${ms(loadMs)}, the SOPS file is opened by an age identity and sealed anew in ${ms(sealMs)}, ` +
    `and the package for Node.js opens its first secret in ${ms(openMs)}.`
  );
}
