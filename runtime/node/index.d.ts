/// <reference types="node" />
import type { Agent } from 'node:http';

/** Stable; the same in every language. */
export type SecretBakerErrorCode =
  | 'SECRET_BAKER_BUNDLE_MISSING'
  | 'SECRET_BAKER_BUNDLE_INVALID'
  | 'SECRET_BAKER_NOT_IN_BUNDLE'
  | 'SECRET_BAKER_UNKNOWN_SOURCE'
  | 'SECRET_BAKER_UNKNOWN_CIPHERTEXT'
  | 'SECRET_BAKER_WRONG_CONTEXT'
  | 'SECRET_BAKER_TAMPERED'
  | 'SECRET_BAKER_NOT_TEXT'
  | 'SECRET_BAKER_ACCESS_DENIED'
  | 'SECRET_BAKER_KEY_UNUSABLE'
  | 'SECRET_BAKER_CREDENTIALS'
  | 'SECRET_BAKER_THROTTLED'
  | 'SECRET_BAKER_UNREACHABLE'
  | 'SECRET_BAKER_SERVICE_ERROR';

/** What is wrong with one secret. */
export interface Problem {
  readonly code: SecretBakerErrorCode;
  /** Absent where the bundle itself is the problem. */
  readonly secret: string | undefined;
  readonly message: string;
}

/** A secret that cannot be opened. It never holds a plaintext. */
export class SecretBakerError extends Error {
  constructor(code: SecretBakerErrorCode, message: string, about?: { secret?: string; problems?: readonly Problem[] });
  /** With several problems, that of the first. */
  readonly code: SecretBakerErrorCode;
  /** The secret's name; absent where the bundle itself, or more than one secret, is the problem. */
  readonly secret: string | undefined;
  /** All that is wrong, in the order of the names; at least one. */
  readonly problems: readonly Problem[];
}

export interface Opening {
  /** Ask KMS again, for the same baked version, and keep the answer. */
  fresh?: boolean;
}

export interface Selection {
  /** Names; all of the bundle if absent. */
  only?: readonly string[];
}

export interface LoadEnvOptions extends Selection {
  /** Put before each name. */
  prefix?: string;
  /** Replace variables that are set already; otherwise they are kept and their secrets are not opened. */
  override?: boolean;
}

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string | undefined;
}

/** `undefined` puts a default back. */
export interface Configuration {
  /** Path of the bundle, instead of looking for it. What was opened from another is forgotten. */
  file?: string | undefined;
  /** URL of KMS, instead of AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL and the region's own. */
  endpoint?: string | undefined;
  /** Instead of looking for them. A function is asked before each attempt, such as a credential provider of the AWS SDK. */
  credentials?: Keys | (() => Keys | Promise<Keys>) | undefined;
  /** For the connection to KMS, such as one for a proxy. */
  agent?: Agent | undefined;
  /** Milliseconds for one secret with all attempts: 10,000. */
  timeout?: number | undefined;
  /** Milliseconds for one attempt: 3,000. */
  attemptTimeout?: number | undefined;
  /** Milliseconds until a connection stands: 1,000. */
  connectTimeout?: number | undefined;
}

/** What `secrets()` gives: read by name, and shown by no log. Its properties are not enumerable. */
export type Secrets<Name extends string = string> = Readonly<Record<Name, string>>;

/**
 * The plaintext of a secret, as text. KMS is asked once in the life of the process; later calls get the same promise.
 * @throws {SecretBakerError}
 */
export function secret(name: string, options?: Opening): Promise<string>;

/**
 * The plaintext of a secret, as bytes: a copy each time, which may be overwritten.
 * @throws {SecretBakerError}
 */
export function secretBytes(name: string, options?: Opening): Promise<Buffer>;

/**
 * All secrets, opened side by side.
 * @throws {SecretBakerError} one for all that fail
 */
export function secrets<Name extends string = string>(selection?: { only?: readonly Name[] }): Promise<Secrets<Name>>;

/**
 * Opens secrets into `process.env`. Where one fails, nothing is set.
 * @returns the names of the variables that were set
 * @throws {SecretBakerError} one for all that fail
 */
export function loadEnv(options?: LoadEnvOptions): Promise<string[]>;

/** What a context has inside `withSecrets`: `context: Context & WithSecrets<'DB_PASSWORD'>`. */
export interface WithSecrets<Name extends string = string> {
  secrets: Secrets<Name>;
}

/**
 * A Lambda handler that finds its secrets in `context.secrets`. They are opened before its first call.
 */
export function withSecrets<Context extends WithSecrets, Event = any, Rest extends unknown[] = [], Result = unknown>(
  handler: (event: Event, context: Context, ...rest: Rest) => Result,
  selection?: Selection,
): (event: Event, context: Omit<Context, 'secrets'>, ...rest: Rest) => Promise<Awaited<Result>>;

/** One that streams its response. */
export function withSecrets<Context extends WithSecrets, Event, Stream extends object, Result>(
  handler: (event: Event, stream: Stream, context: Context) => Result,
  selection?: Selection,
): (event: Event, stream: Stream, context: Omit<Context, 'secrets'>) => Promise<Awaited<Result>>;

/** The same for middy: `middy(handler).use(secretsMiddleware())`. */
export function secretsMiddleware(selection?: Selection): { before: (request: { context: object }) => Promise<void> };

/**
 * Changes what the next calls use; a key that is not named stays as it is.
 * @throws {TypeError} for a key that is not known and a value that does not fit; then nothing changes
 */
export function configure(changes: Configuration): void;
