import 'secret-baker/env';
import { Agent } from 'node:https';
import {
  configure,
  loadEnv,
  SecretBakerError,
  type SecretBakerErrorCode,
  type Secrets,
  secret,
  secretBytes,
  secretBytesFromEnv,
  secretFromEnv,
  secrets,
  secretsMiddleware,
  type WithSecrets,
  withSecrets,
} from 'secret-baker';

interface Context {
  functionName: string;
  getRemainingTimeInMillis(): number;
}

export const text: string = await secret('A');
export const again: string = await secret('A', { fresh: true });
export const bytes: Buffer = await secretBytes('A');
export const variable: string = await secretFromEnv('DB', { fresh: true });
export const variableBytes: Buffer = await secretBytesFromEnv('DB');
const all: Secrets = await secrets();
export const one: string | undefined = all.A;
const { DB_PASSWORD, TOKEN } = await secrets({ only: ['DB_PASSWORD', 'TOKEN'] });
export const both: [string, string] = [DB_PASSWORD, TOKEN];
export const names: string[] = await loadEnv({ only: ['A'], prefix: 'APP_', override: true });
configure({ file: 'x', endpoint: undefined, timeout: 5_000 });
configure({ agent: new Agent({ keepAlive: true }), allowInsecureEndpoint: true });
configure({ credentials: async () => ({ accessKeyId: 'x', secretAccessKey: 'y' }) });

export const handler: (event: { id: number }, context: Context) => Promise<string> = withSecrets(
  async (event: { id: number }, context: Context & WithSecrets<'A'>) =>
    `${event.id} ${context.secrets.A.length} ${context.functionName}`,
  { only: ['A'] },
);
export const plain = withSecrets(async (event: { id?: number }, { secrets }) => [event.id, secrets.A?.length]);
await plain({}, {});
export const middleware: { before: (request: { context: Context }) => Promise<void> } = secretsMiddleware();

try {
  await secret('A');
} catch (error) {
  if (!(error instanceof SecretBakerError)) throw error;
  const code: SecretBakerErrorCode = error.code;
  const where: string | undefined = error.secret;
  console.log(
    code,
    where,
    error.problems.map(({ message }) => message),
  );
}

// @ts-expect-error a name is a string
await secret(5);
// @ts-expect-error a name is a string
await secretFromEnv(process.env.DB);
// @ts-expect-error an option that is not there
await secret('A', { frehs: true });
// @ts-expect-error only what was named
(await secrets({ only: ['A'] })).B;
// @ts-expect-error read only
all.A = 'x';
// @ts-expect-error a key that is not there
configure({ fiel: 'x' });
// @ts-expect-error a code that is not there
new SecretBakerError('WRONG', '');
