// What a careful script in plain JavaScript would do in place of `list`: the same calls of Parameter Store, all at once. Without aliases.
//
//     node commands-sdk.mjs ENDPOINT PATH...

import { createRequire } from 'node:module';
import { region } from '../__test__/aws/stand-in.mjs';

const { SSM } = createRequire(import.meta.url)('@aws-sdk/client-ssm');
const [, , endpoint, ...paths] = process.argv;
const client = new SSM({ endpoint, region });

/** @param {number} length */
const parts = (length) =>
  Array.from({ length: Math.ceil(paths.length / length) }, (_, at) => paths.slice(at * length, (at + 1) * length));

const [values, described] = await Promise.all([
  Promise.all(parts(10).map((Names) => client.getParameters({ Names, WithDecryption: false }))),
  Promise.all(
    parts(50).map((Values) =>
      client.describeParameters({ ParameterFilters: [{ Key: 'Name', Option: 'Equals', Values }], MaxResults: 50 }),
    ),
  ),
]);
const keys = new Map(described.flatMap(({ Parameters = [] }) => Parameters).map(({ Name, KeyId }) => [Name, KeyId]));
const secrets = values
  .flatMap(({ Parameters = [] }) => Parameters)
  .map(({ Name, Version }) => ({ path: Name, latest: { id: String(Version) }, keys: [{ name: keys.get(Name) }] }));
process.stdout.write(JSON.stringify({ secrets }));
