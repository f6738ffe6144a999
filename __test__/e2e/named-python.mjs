// The tools call the interpreter by the runtime's name.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { python } from '../aws/python.mjs';

/** @import { Service } from './harness.mjs' */

/**
 * Ours by these names, whatever else the machine has: some rewrite their own folders at each installation.
 * @param {Service} service gets a folder beside it
 * @returns {string} PATH with that folder first
 */
export function namedPython(service) {
  const bin = join(service.parent, 'bin');
  for (const alias of ['python3.11', 'python3']) {
    service.write({ [`../bin/${alias}`]: `#!/bin/sh\nexec "${python}" "$@"\n` });
    chmodSync(join(bin, alias), 0o755);
  }
  return `${bin}:${process.env.PATH}`;
}
