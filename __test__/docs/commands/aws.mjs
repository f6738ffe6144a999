// `aws SERVICE OPERATION --option value...` as the AWS CLI sends it, to the stand-in that AWS_ENDPOINT_URL names: options are the fields
// of the request, `file://` is a text and `fileb://` are bytes of a file; `--query` and `--output text` choose what is printed.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const [service = '', operation = '', ...args] = process.argv.slice(2);

const TARGETS = /** @type {Record<string, string>} */ ({ kms: 'TrentService', ssm: 'AmazonSSM' });
/** What is not a text in the request. @type {Record<string, (text: string) => unknown>} */
const TYPES = {
  PendingWindowInDays: Number,
  // To delete one, moto knows a key by its id only; AWS takes the ARN too.
  KeyId: (text) => (operation === 'schedule-key-deletion' ? text.split('/').at(-1) : text),
  Plaintext: (text) => Buffer.from(text.startsWith('fileb://') ? readFileSync(text.slice(8)) : text).toString('base64'),
  EncryptionContext: (text) => Object.fromEntries(text.split(',').map((pair) => pair.split('='))),
};

const target = TARGETS[service];
if (!target) throw new Error(`nobody has said what \`aws ${service}\` sends`);

const named = (/** @type {string} */ kebab) => kebab.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
const { tokens } = parseArgs({ args, strict: false, tokens: true });
/** @type {Record<string, string | true>} */
const options = {};
for (let at = 0; at < tokens.length; at += 1) {
  const [option, value] = [tokens[at], tokens[at + 1]];
  if (option?.kind !== 'option') throw new Error(`${args.join(' ')} is no list of options`);
  options[option.name] = value?.kind === 'positional' ? value.value : (option.value ?? true);
  if (value?.kind === 'positional') at += 1;
}
const { query, output, region = process.env.AWS_REGION, ...fields } = options;
if (!region) throw new Error('You must specify a region');

const body = Object.fromEntries(
  Object.entries(fields).map(([option, value]) => {
    const name = named(option);
    const text = typeof value === 'string' && value.startsWith('file://') ? readFileSync(value.slice(7), 'utf8') : value;
    return [name, typeof text === 'string' && TYPES[name] ? TYPES[name](text) : text];
  }),
);
const response = await fetch(String(process.env.AWS_ENDPOINT_URL), {
  method: 'POST',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `${target}.${named(operation)}`,
    authorization: `AWS4-HMAC-SHA256 Credential=${process.env.AWS_ACCESS_KEY_ID}/20260101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
  },
  body: JSON.stringify(body),
});
const text = await response.text();
if (!response.ok) throw new Error(text);
const answer = text === '' ? undefined : JSON.parse(text);
const chosen = typeof query === 'string' ? query.split('.').reduce((value, key) => value?.[key], answer) : answer;
if (chosen !== undefined && Object.keys(chosen).length > 0)
  console.log(output === 'text' ? String(chosen) : JSON.stringify(chosen, null, 4));
