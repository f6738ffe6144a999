// The contracts between the files of this folder. Not published, to keep the package small: the code reads without it.

// biome-ignore-all lint/suspicious/noExplicitAny: what comes from outside is of any type until it was looked at.

declare namespace T {
  type Baker = typeof import('../index.js');
  type Keys = import('../index.js').Keys;
  type SecretBakerError = import('../index.js').SecretBakerError;
  type Selection = import('../index.js').Selection;
  type Opening = import('../index.js').Opening;

  // error.js

  type Code = import('../index.js').SecretBakerErrorCode;

  interface About {
    secret?: string | undefined;
    problems?: readonly import('../index.js').Problem[];
  }

  /** Why something failed, before anybody knows for which secret. It never leaves this package. */
  interface Trouble extends Error, Symptom {
    /** The code without its prefix `SECRET_BAKER_`. */
    kind: string;
  }
  /** `detail` is what was seen: no plaintext, no credentials. */
  type MakeTrouble = (kind: string, detail: string, more?: Symptom) => Trouble;

  type Again = 'later' | 'now';

  interface Symptom {
    /** The KMS key, where it is known. */
    key?: string | undefined;
    /** The same call may succeed after a pause, or at once; the latter is not counted as an attempt. */
    again?: Again | undefined;
  }

  // settings.js

  type Settings = Partial<import('../index.js').Configuration> & {
    timeout: number;
    attemptTimeout: number;
    connectTimeout: number;
  };

  // patience.js

  /** Time in which this process is awake, counted down. */
  interface Patience {
    /** Milliseconds; 0 when it is over. */
    readonly left: number;
    stop(): void;
  }

  // decode.js

  /** Strict standard base64 with padding, to bytes in memory of their own; undefined for everything else. */
  type DecodeBase64 = (text: unknown) => Buffer | undefined;
  /** undefined for what is not JSON. */
  type ParseJson = (text: string) => any;

  // bundle.js: everything throws Trouble BUNDLE_MISSING and BUNDLE_INVALID

  /** What the file holds: not checked yet. */
  type Bundle = Record<string, any>;

  interface Entry {
    /** The parameter's. */
    arn: string;
    /** `aws`, `aws-cn`… */
    partition: string;
    /** Of the parameter, and so of its key. */
    region: string;
    ciphertext: Buffer;
  }

  /** One entry, checked and decoded. Throws Trouble NOT_IN_BUNDLE and UNKNOWN_SOURCE too. */
  type EntryOf = (name: string) => Entry;

  /** What to say of a name that the bundle does not have. */
  type HintFor = (wanted: string, names: string[]) => string;

  // connection.js

  interface Answer {
    status: number;
    /** Named in small letters. */
    headers: Record<string, string>;
    /** May hold a plaintext. */
    body: string;
    /** Another exchange may follow on the same connection. */
    reusable: boolean;
  }

  /**
   * An answer of HTTP/1.1 (RFC 9112), each byte of it a character; `ended`: no more will come. undefined as long as a part is
   * missing, null for what is no such answer.
   */
  type Parse = (text: string, ended?: boolean) => Answer | undefined | null;

  interface Content {
    body: string;
    /** Of all that belongs to it. */
    size: number;
  }

  type ContentOf = (rest: string, headers: Record<string, string>, ended?: boolean) => Content | undefined;
  type Chunks = (text: string) => Content | undefined;

  interface Call {
    url: URL;
    method: string;
    /** Without line ends. */
    headers: Record<string, string>;
    body?: string;
  }

  interface Connection {
    readonly origin: string;
    readonly open: boolean;
    send: Send;
    /** Whoever waits for an answer gets this error. */
    close(why: string): void;
  }

  type Send = (call: Call) => Promise<Answer>;

  interface Settle {
    resolve(answer: Answer): void;
    reject(error: Error): void;
  }

  // http.js

  /** Sends one request and waits for the whole answer, whatever its status, as long as one attempt and the time-out allow. Throws Trouble UNREACHABLE. */
  type Exchange = (call: Call, timeout: number) => Promise<Answer>;

  // sign.js

  /** The headers of a call of `kms:Decrypt`, with its Signature Version 4. To be made anew for each attempt. Throws Trouble CREDENTIALS. */
  type Sign = (url: URL, region: string, body: string, patience: Patience) => Promise<Record<string, string>>;
  /**
   * The credentials of this moment: configured ones, those of the environment, those of the container (SnapStart, ECS), and
   * outside Lambda those that an installed AWS SDK finds.
   */
  type Find = (region: string, timeout: number) => Keys | undefined | Promise<Keys | undefined>;

  type Ask = (who: string, provider: () => Keys | Promise<Keys>, timeout: number) => Promise<Keys>;

  // credentials.js: everything throws Trouble CREDENTIALS

  /** Those of the container's endpoint, fetched once for all who ask and kept until shortly before they end. */
  type ContainerCredentials = (timeout: number) => Promise<Keys>;
  /** The default chain of an installed AWS SDK. It keeps and renews what it finds by itself; roles are assumed in the region. */
  type SdkChain = (region: string) => () => Promise<Keys>;

  // kms.js

  /** What `kms:Decrypt` is asked. */
  interface Sealed {
    partition: string;
    region: string;
    ciphertext: Buffer;
    context: Record<string, string>;
  }

  /**
   * `kms:Decrypt` with retries, at most 16 of them at a time in this process. The patience is for all of it, the wait for a
   * free place too. Gives the plaintext, in memory of its own. Throws Trouble.
   */
  type Decrypt = (sealed: Sealed, patience: Patience) => Promise<Buffer>;
  /** Why there is no plaintext. `frozen`: the answer came so late that the process must have stood still. */
  type Refusal = (answer: Answer, content: any, host: string, frozen: boolean) => Error;

  // message.js

  /** Asks KMS for a data key. */
  type OpenDataKey = (ciphertext: Buffer, context: Record<string, string>) => Promise<Buffer>;

  /**
   * Opens a message of the AWS Encryption SDK. Nothing is returned before its tags, its commitment and its signature have
   * been verified and no byte is left. Throws Trouble TAMPERED, WRONG_CONTEXT, UNKNOWN_CIPHERTEXT, and what `decrypt` throws.
   */
  type OpenMessage = (message: Buffer, arn: string, decrypt: OpenDataKey) => Promise<Buffer>;

  /** Version of the message, bytes of the AES key, digest of HKDF (without it the data key itself is used), curve of the signature. */
  type Suite = readonly [version: 1 | 2, size: 16 | 24 | 32, kdf?: string, curve?: string];

  interface Header {
    suite: Suite;
    suiteId: Buffer;
    messageId: Buffer;
    context: Map<string, string>;
    /** Provider, ARN of the KMS key, ciphertext. */
    dataKeys: Buffer[][];
    /** 0: the body is one block. */
    frameLength: number;
    commitment: Buffer | undefined;
    authenticated: Buffer;
    iv: Buffer;
    tag: Buffer;
  }

  interface Reader {
    bytes(length: number): Buffer;
    number(size: number): number;
    field(): Buffer;
    message: Buffer;
    /** Where it is. */
    at: number;
    /** What was read up to here. */
    read: Buffer;
  }

  type ReadHeader = (reader: Reader) => Header;
  type ReadContext = (reader: Reader) => Map<string, string>;
  /** The first that KMS opens. */
  type FirstDataKey = (header: Header, decrypt: OpenDataKey) => Promise<Buffer>;
  type ContentKey = (header: Header, dataKey: Buffer) => Buffer;
  type ReadBody = (reader: Reader, header: Header, key: Buffer) => Buffer;
  /** Reads and verifies the signature, if the suite has one. */
  type Verify = (reader: Reader, header: Header) => void;
  /** Throws Trouble TAMPERED. */
  type Check = (fits: unknown, what: string) => void;
  /** HKDF. */
  type Derive = (salt: Buffer | string, length: number, ...info: Buffer[]) => Buffer;
  type OpenFrame = (kind: string, number: number, iv: Buffer, length: number) => Buffer;
  /** AES-GCM. */
  type Unseal = (key: Buffer, iv: Buffer, authenticated: Buffer, sealed: Buffer, tag: Buffer) => Buffer;

  // vault.js, sentences.js

  type Hide = <Target extends object>(target: Target, shown: unknown) => Target;

  /** Opens one secret of the bundle: the plaintext, in memory of its own. Throws SecretBakerError. */
  type Open = (name: string) => Promise<Buffer>;
  /** What a caller gets for whatever was thrown. */
  type Explained = (error: any, name?: string) => unknown;
  /** The error for a secret, or for the bundle. */
  type ErrorOf = (trouble: Trouble, secret?: string) => SecretBakerError;
  /** All failures of one call. A single one stays what it is. */
  type AllOf = (errors: any[], asked: number) => SecretBakerError;

  interface Kept {
    /** What is returned again and again: under way or opened, never failed. */
    texts: Map<string, Promise<string>>;
    plaintexts: Map<string, Buffer>;
    /** Calls of KMS that are under way: one at a time for each secret, however many ask. */
    flights: Map<string, Promise<Buffer>>;
  }

  type Text = (name: string, options?: Opening) => Promise<string>;
  type Bytes = (name: string, options?: Opening) => Promise<Buffer>;
  type TextAnew = (name: string, fresh?: boolean) => Promise<string>;
  type PlaintextOf = (name: string, fresh?: boolean) => Promise<Buffer>;
  type All = (selection?: Selection) => Promise<import('../index.js').Secrets>;

  // handover.js

  type LoadEnv = Baker['loadEnv'];
  type WithSecrets = (
    handler: (...args: any[]) => unknown,
    selection?: Selection,
  ) => (event: any, context: any, ...rest: any[]) => Promise<any>;
  type SecretsMiddleware = (selection?: Selection) => { before: (request: { context: any }) => Promise<void> };
}
