// A certificate for loopback and what trusts it, made for each run by what makes those of the stand-in.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { python, testFolder } from '../__test__/aws/python.mjs';

/** A name of AWS, under which the benchmark's servers are asked too. */
export const AWS_NAME = 'kms.eu-central-1.amazonaws.com';

// Named as the authorities of AWS are: whoever looks for theirs among all finds it.
const MAKE = `
import sys, pathlib
from aws.certificates import make
make(pathlib.Path(sys.argv[1]), "Amazon, as the benchmark plays it", ("localhost", "${AWS_NAME}"))
`;

/**
 * @typedef {object} Certificates PEM files
 * @property {string} ca The authority alone, for whoever trusts it beside the usual roots
 * @property {string} roots The usual roots and the authority, for whoever trusts only what this file holds
 * @property {string[]} server Certificate and key, as the servers of this folder take them
 */

/**
 * @param {string} folder
 * @returns {Certificates}
 */
export function makeCertificates(folder) {
  execFileSync(python, ['-c', MAKE, folder], { cwd: testFolder });
  const [ca, roots, certificate, key] = ['ca.pem', 'roots.pem', 'server.pem', 'server.key'].map((name) => join(folder, name));
  writeFileSync(String(roots), [...rootCertificates, readFileSync(String(ca), 'utf8')].join('\n'));
  return { ca: String(ca), roots: String(roots), server: [String(certificate), String(key)] };
}
