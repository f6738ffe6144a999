/// <reference types="node" />

export type SecretBakerErrorCode = `SECRET_BAKER_${
  | 'BUNDLE_MISSING'
  | 'BUNDLE_INVALID'
  | 'NOT_IN_BUNDLE'
  | 'UNKNOWN_SOURCE'
  | 'UNKNOWN_CIPHERTEXT'
  | 'WRONG_CONTEXT'
  | 'TAMPERED'
  | 'NOT_TEXT'
  | 'NO_SUCH_FIELD'
  | 'VARIABLE_INVALID'
  | 'NOT_A_VARIABLE'
  | 'ACCESS_DENIED'
  | 'KEY_UNUSABLE'
  | 'SECRET_GONE'
  | 'CREDENTIALS'
  | 'THROTTLED'
  | 'UNREACHABLE'
  | 'SERVICE_ERROR'}`;

export interface Problem {
  readonly code: SecretBakerErrorCode;
  /** Absent for the bundle itself, several secrets, or an environment variable. */
  readonly secret: string | undefined;
  readonly message: string;
}

export class SecretBakerError extends Error {
  constructor(code: SecretBakerErrorCode, message: string, about?: { secret?: string; problems?: readonly Problem[] });
  readonly code: SecretBakerErrorCode;
  readonly secret: string | undefined;
  readonly problems: readonly Problem[];
}

export interface Opening {
  /** Ask KMS or Secrets Manager again, for the same baked version, and keep the answer. */
  fresh?: boolean;
}

export interface Selection<Name extends string = string> {
  /** Without it, all. Anything but a list of names is a `TypeError`. */
  only?: readonly Name[];
}

export interface LoadEnvOptions extends Selection {
  prefix?: string;
  /** Replace what is set. Otherwise it is kept, and its secret not opened. */
  override?: boolean;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** `undefined` puts a default back. Times are in milliseconds. */
export type Configuration = {
  /** Path of the bundle. What was opened is forgotten. */
  file: string;
  /** Where every service is asked: KMS, and Secrets Manager too. For one alone there are variables such as `AWS_ENDPOINT_URL_KMS`. */
  endpoint: string;
  /** Take plain HTTP to other hosts than loopback: plaintexts are on the wire then. */
  allowInsecureEndpoint: boolean;
  /** A function is asked before each attempt. */
  credentials: Keys | (() => Keys | Promise<Keys>);
  /** Such as one that knows a proxy. Its connections are its own. */
  agent: import('node:http').Agent;
  /** For one secret from the first wish, with all waits and attempts: 10,000. */
  timeout: number;
  /** 3,000. */
  attemptTimeout: number;
  /** 1,000. */
  connectTimeout: number;
};

/** Read by name; not enumerable, and no log shows them. */
export type Secrets<Name extends string = string> = Readonly<Record<Name, string>>;

/** As in `Context & WithSecrets<'DB_PASSWORD'>`. */
export type WithSecrets<Name extends string = string> = { secrets: Secrets<Name> };

/** KMS, or Secrets Manager, is asked once in the life of the process. */
export function secret(name: string, options?: Opening): Promise<string>;

/** A copy each time; neither a log nor JSON shows them. */
export function secretBytes(name: string, options?: Opening): Promise<Buffer>;

/**
 * What stands sealed in an environment variable: an entry that the framework's variable `${secretBaker:NAME}` gave, or the base64 of a
 * ciphertext of KMS, of Lambda's console or of `aws kms encrypt`. Kept until the variable has another value.
 */
export function secretFromEnv(variable: string, options?: Opening): Promise<string>;

/** The same as bytes: a copy each time; neither a log nor JSON shows them. */
export function secretBytesFromEnv(variable: string, options?: Opening): Promise<Buffer>;

/** Side by side, with one error for all that fail. */
export function secrets<Name extends string = string>(selection?: Selection<Name>): Promise<Secrets<Name>>;

/** Into `process.env`: all or none. Gives the variables that were set. */
export function loadEnv(options?: LoadEnvOptions): Promise<string[]>;

/** A handler that finds them in `context.secrets`. It may answer by a promise, a callback or a stream. */
export function withSecrets<C extends WithSecrets, E, Rest extends unknown[], R>(
  handler: (event: E, context: C, ...rest: Rest) => R,
  selection?: Selection,
): (event: E, context: Omit<C, 'secrets'>, ...rest: Rest) => Promise<Awaited<R>>;

export function secretsMiddleware(selection?: Selection): { before: (request: { context: object }) => Promise<void> };

/** Refuses an unknown key; one that is not named stays as it is. */
export function configure(changes: { [Key in keyof Configuration]?: Configuration[Key] | undefined }): void;
