/// <reference types="node" />

/** Stable, and the same in every language. */
export type SecretBakerErrorCode = `SECRET_BAKER_${
  | 'BUNDLE_MISSING'
  | 'BUNDLE_INVALID'
  | 'NOT_IN_BUNDLE'
  | 'UNKNOWN_SOURCE'
  | 'UNKNOWN_CIPHERTEXT'
  | 'WRONG_CONTEXT'
  | 'TAMPERED'
  | 'NOT_TEXT'
  | 'ACCESS_DENIED'
  | 'KEY_UNUSABLE'
  | 'CREDENTIALS'
  | 'THROTTLED'
  | 'UNREACHABLE'
  | 'SERVICE_ERROR'}`;

export interface Problem {
  readonly code: SecretBakerErrorCode;
  /** Absent where the bundle itself is the problem, and in an error of several problems. */
  readonly secret: string | undefined;
  readonly message: string;
}

/** A secret that cannot be opened. It holds no plaintext. */
export class SecretBakerError extends Error implements Problem {
  constructor(code: SecretBakerErrorCode, message: string, about?: { secret?: string; problems?: readonly Problem[] });
  /** Of the first problem. */
  readonly code: SecretBakerErrorCode;
  readonly secret: string | undefined;
  readonly problems: readonly Problem[];
}

export interface Opening {
  /** Ask KMS again, for the same baked version, and keep the answer. */
  fresh?: boolean;
}

export interface Selection<Name extends string = string> {
  /** All if absent. */
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
export interface Configuration {
  /** Path of the bundle. What was opened is forgotten. */
  file?: string | undefined;
  /** URL of KMS. */
  endpoint?: string | undefined;
  /** A function is asked before each attempt. */
  credentials?: Keys | (() => Keys | Promise<Keys>) | undefined;
  /** Such as one for a proxy. */
  agent?: import('node:http').Agent | undefined;
  /** For one secret, with all attempts: 10,000. */
  timeout?: number | undefined;
  /** 3,000. */
  attemptTimeout?: number | undefined;
  /** 1,000. */
  connectTimeout?: number | undefined;
}

/** Read by name; its properties are not enumerable, and no log shows them. */
export type Secrets<Name extends string = string> = Readonly<Record<Name, string>>;

/** In a context: `Context & WithSecrets<'DB_PASSWORD'>`. */
export interface WithSecrets<Name extends string = string> {
  secrets: Secrets<Name>;
}

/** As text. KMS is asked once in the life of the process. */
export function secret(name: string, options?: Opening): Promise<string>;

/** As bytes: a copy each time. */
export function secretBytes(name: string, options?: Opening): Promise<Buffer>;

/** Side by side, with one error for all that fail. */
export function secrets<Name extends string = string>(selection?: Selection<Name>): Promise<Secrets<Name>>;

/** Into `process.env`: all or, where one fails, none. Gives the variables that were set. */
export function loadEnv(options?: LoadEnvOptions): Promise<string[]>;

/** A handler that finds them in `context.secrets`. */
export function withSecrets<C extends WithSecrets, Event = any, Rest extends unknown[] = [], Result = unknown>(
  handler: (event: Event, context: C, ...rest: Rest) => Result,
  selection?: Selection,
): (event: Event, context: Omit<C, 'secrets'>, ...rest: Rest) => Promise<Awaited<Result>>;

/** One that streams its response. */
export function withSecrets<C extends WithSecrets, Event, Stream, Result>(
  handler: (event: Event, stream: Stream, context: C) => Result,
  selection?: Selection,
): (event: Event, stream: Stream, context: Omit<C, 'secrets'>) => Promise<Awaited<Result>>;

/** For middy. */
export function secretsMiddleware(selection?: Selection): { before: (request: { context: object }) => Promise<void> };

/** Refuses an unknown key; one that is not named stays as it is. */
export function configure(changes: Configuration): void;
