// Opens one secret a line by the runtime for Node, for those who compare. In: {"id","file","secret","environment"} for one of a bundle,
// {"id","variable","environment"} for what stands in a variable. Out, in the same order: {"id","text"}, {"id","bytes"} in base64 for what
// is no text, or {"id","code","pages"}.

import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import { configure, SecretBakerError, secretBytes, secretBytesFromEnv } from '../../runtime/node/index.mjs';

/** Of these the process has those that a line names. */
const CHANGING = ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_LAMBDA_FUNCTION_NAME', 'DB'];

/** @param {{file?: string, secret: string, variable?: string, environment: Record<string, string>}} asked */
async function opened({ file, secret, variable, environment }) {
  for (const name of CHANGING) delete process.env[name];
  Object.assign(process.env, environment, variable !== undefined && { DB: variable });
  try {
    if (file !== undefined) configure({ file });
    const bytes = file !== undefined ? await secretBytes(secret) : await secretBytesFromEnv('DB', { fresh: true });
    return isUtf8(bytes) ? { text: bytes.toString() } : { bytes: bytes.toString('base64') };
  } catch (/** @type {any} */ error) {
    // Not swallowed: whoever compares is to see it.
    if (!(error instanceof SecretBakerError)) return { code: `RAISED ${error?.name}: ${error?.message}` };
    return { code: error.code, pages: error.message.split('\n  more: ').slice(1) };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id: asked.id, ...(await opened(asked)) })}\n`);
}
