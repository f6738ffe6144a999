// Runs the handler of the folder it is started in: event on stdin, answer on the descriptor that is its argument.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const answers = Number(process.argv[2]);
const answer = (/** @type {object} */ result) => {
  fs.writeSync(answers, JSON.stringify(result));
  process.exit(0);
};

try {
  const [file = '', name = ''] = String(process.env._HANDLER).split(/\.(?=[^.]*$)/);
  const base = path.resolve(file);
  const found = ['.js', '.cjs', '.mjs'].map((ending) => base + ending).find(fs.existsSync);
  if (!found) throw new Error(`Cannot find module ${file}`);
  const module = await import(pathToFileURL(found).href);
  const handler = module[name] ?? module.default[name];
  let event = '';
  for await (const chunk of process.stdin) event += chunk;
  const context = {
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    awsRequestId: 'stand-in',
    getRemainingTimeInMillis: () => 900_000,
  };
  answer({ value: (await handler(JSON.parse(event), context)) ?? null });
} catch (error) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  answer({ error: { errorType: name, errorMessage: message, trace: (stack ?? '').split('\n') } });
}
