// Opens one secret a line by the runtime for Node, for those who compare. In: {"id","file","secret"}. Out, in the same order:
// {"id","text"}, {"id","bytes"} in base64 for what is no text, or {"id","code"}.

import { isUtf8 } from 'node:buffer';
import { createInterface } from 'node:readline';
import { configure, SecretBakerError, secretBytes } from '../../runtime/node/index.mjs';

/** @param {{file: string, secret: string}} asked */
async function opened({ file, secret }) {
  try {
    configure({ file });
    const bytes = await secretBytes(secret);
    return isUtf8(bytes) ? { text: bytes.toString() } : { bytes: bytes.toString('base64') };
  } catch (/** @type {any} */ error) {
    // Not swallowed: whoever compares is to see it.
    return { code: error instanceof SecretBakerError ? error.code : `RAISED ${error?.name}: ${error?.message}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ id: asked.id, ...(await opened(asked)) })}\n`);
}
