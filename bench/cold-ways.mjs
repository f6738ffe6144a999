// The ways to a secret in a function, each as its documentation shows it.

import { execFileSync } from 'node:child_process';
import { python } from '../__test__/aws/python.mjs';
import { nodeClients, pythonClients } from '../__test__/lambda/clients.mjs';

/** @import { Client } from '../__test__/lambda/clients.mjs' */

/**
 * @typedef {object} Way
 * @property {string} title
 * @property {Client} client that runs it
 * @property {string} handler in `cold/`
 * @property {string[]} [external] packages that are not put into its one file
 * @property {boolean} [launched] Whether the launcher starts its runtime
 * @property {boolean} [ownRoots] Whether it brings roots of its own, in whose place stands what AWS_CA_BUNDLE names
 */

const WHICH = 'import sys, sysconfig; print("%d.%d" % sys.version_info[:2], sysconfig.get_path("purelib"), sep="\\n")';
const [version = '', packages = ''] = execFileSync(python, ['-c', WHICH], { encoding: 'utf8' }).split('\n');

/** Where boto3 and Powertools lie. */
export const pythonPackages = packages;

const python3 = /** @type {Client} */ (pythonClients.find(({ name }) => name === `python${version}`) ?? pythonClients.at(-1));
const newest = /** @type {Client} */ (nodeClients.at(-1));
const older = nodeClients.slice(0, -1).reverse();

/** What each language is called in titles. @param {Client} client */
export const languageOf = ({ name }) => name.replace('node', 'Node.js ').replace('python', 'Python ');
const on = (/** @type {string} */ what, /** @type {Client} */ client) => `${what}, ${languageOf(client)}`;

const SDK = '@aws-sdk/client-kms v3';

export const OURS = {
  node: on('secret-baker', newest),
  python: on('secret-baker', python3),
  launcher: on('the launcher', newest),
};
export const THEIRS = {
  sdk3: on(SDK, newest),
  sdk2: on('aws-sdk v2 (the old example)', newest),
  boto3: on('boto3 (the old example)', python3),
};

/** Those that open nothing, with which the others are compared. @type {Way[]} */
export const BASES = [newest, ...older, python3].map((client) => ({ title: on('nothing', client), client, handler: 'none' }));

/** @type {Way[]} */
export const WAYS = [
  { title: OURS.node, client: newest, handler: 'ours' },
  { title: THEIRS.sdk3, client: newest, handler: 'sdk3' },
  { title: `${THEIRS.sdk3}, not bundled`, client: newest, handler: 'sdk3', external: ['@aws-sdk/*'] },
  { title: THEIRS.sdk2, client: newest, handler: 'sdk2' },
  { title: on('@middy/ssm', newest), client: newest, handler: 'middy' },
  { title: on('Powertools for TypeScript', newest), client: newest, handler: 'powertools' },
  ...older.flatMap((client) => [
    { title: on('secret-baker', client), client, handler: 'ours' },
    { title: on(SDK, client), client, handler: 'sdk3' },
  ]),
  { title: OURS.python, client: python3, handler: 'ours' },
  { title: THEIRS.boto3, client: python3, handler: 'boto3_', ownRoots: true },
  { title: on('Powertools for Python', python3), client: python3, handler: 'powertools', ownRoots: true },
  { title: OURS.launcher, client: newest, handler: 'variables', launched: true },
];

/** The same without any secret. @param {Way} way */
export const baseOf = ({ client }) => /** @type {Way} */ (BASES.find((base) => base.client === client));

/** Ours in the same runtime. @param {Way} way */
export const oursFor = ({ client }) => /** @type {Way} */ (WAYS.find((way) => way.client === client && way.handler === 'ours'));

/** Each version's own, and what it is compared with. */
export const PAIRS = {
  node: [newest, ...older].map((client) => ({ ours: on('secret-baker', client), theirs: on(SDK, client) })),
  python: [{ ours: OURS.python, theirs: THEIRS.boto3 }],
};
