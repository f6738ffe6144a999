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

  /** After a pause; all else at once and once in a call, since something was mended. Only the first counts as an attempt. */
  type Again = 'later' | 'connection' | 'credentials' | 'clock' | 'signature';

  interface Symptom {
    /** The KMS key, where it is known. */
    key?: string | undefined;
    /** The same call may succeed. */
    again?: Again | undefined;
    /** Which of the code's hints; without it the usual one. */
    hint?: string | undefined;
    /** The environment variable that the hint names. */
    variable?: string | undefined;
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
    /** What the promise gives, or what `late` says when it is over before. */
    within<Value>(promise: Promise<Value>, late: () => Error): Promise<Value>;
  }

  // base64.js, json.js, arn.js

  /** Standard base64 with padding in its canonical form, to bytes in memory of their own; undefined for everything else. */
  type DecodeBase64 = (text: unknown) => Buffer | undefined;
  /** A JSON object by the strict rules of docs/bundle.md; undefined for everything else. */
  type ReadJson = (bytes: Buffer) => Record<string, any> | undefined;
  /** undefined for what is no ARN of a parameter or key. */
  type ParseArn = (text: unknown, service: 'ssm' | 'kms') => Place | undefined;

  interface Place {
    /** `aws`, `aws-cn`… */
    partition: string;
    /** Of the parameter, and so of its key. */
    region: string;
  }

  // bundle.js: everything throws Trouble BUNDLE_MISSING and BUNDLE_INVALID

  /** What the file holds: not checked yet. */
  type Bundle = Record<string, any>;

  interface Entry extends Place, Ciphertext {
    /** The parameter's. */
    arn: string;
  }

  interface Ciphertext {
    ciphertext: Buffer;
    /** Of the Encryption SDK. Otherwise it is a blob of KMS. */
    isMessage: boolean;
  }

  type CiphertextOf = (text: string) => Ciphertext;

  /** One entry, checked and decoded. Throws Trouble NOT_IN_BUNDLE and UNKNOWN_SOURCE too. */
  type EntryOf = (name: string) => Entry;

  // endpoint.js

  interface Partition {
    suffix: string;
    dualStack: string;
  }

  /** Throws Trouble UNREACHABLE. */
  type EndpointOf = (partition: string, region: string) => URL;

  // http.js

  interface Answer {
    status: number;
    headers: import('node:http').IncomingHttpHeaders;
    /** May hold a plaintext. */
    body: Buffer;
  }

  interface Call {
    url: URL;
    method: string;
    /** Without line ends. */
    headers: Record<string, string>;
    body?: string;
  }

  interface Attempt {
    /** Set when its time was over. */
    late: Error | undefined;
    /** Over a connection that was kept. */
    reused: boolean;
  }

  type Agent = import('node:http').Agent;
  type MaybeAgent = Agent | false;

  /**
   * Sends one request and waits for the whole answer, whatever its status, as long as one attempt and the patience allow. `direct`: by no
   * proxy and no kept connection. Throws Trouble UNREACHABLE.
   */
  type Exchange = (call: Call, patience: Patience, direct?: boolean) => Promise<Answer>;
  type SendCall = (call: Call, agent: MaybeAgent, patience: Patience, attempt: Attempt) => Promise<Answer>;
  type AnswerOf = (request: import('node:http').ClientRequest, body: string) => Promise<Answer>;
  type WhenReady = (
    socket: import('node:net').Socket & { secureConnecting?: boolean },
    protocol: string,
    ready: () => void,
  ) => void;

  // outage.js

  type Outage = (url: URL, error: any, again: Again, direct?: boolean) => Trouble;

  // sign.js

  /** The headers of a call of `kms:Decrypt`, with its Signature Version 4. To be made anew for each attempt. */
  type Sign = (url: URL, region: string, body: string, keys: Keys) => Record<string, string>;
  /**
   * What the `Date` of a refusal says of the clock of this machine, and whether the next signature has another time than one with the
   * skew that was used.
   */
  type CompareClock = (date: string | undefined, used: number) => { corrected?: boolean; told?: string | undefined };

  // credentials.js, container.js, sdk.js: everything throws Trouble CREDENTIALS

  /**
   * The credentials of this moment: configured ones, those of the environment, those of the container (SnapStart, ECS), and
   * outside Lambda those that an installed AWS SDK finds.
   */
  type Find = (region: string, patience: Patience) => Promise<Keys>;
  type Checked = (who: string, given: any) => Keys;
  type Ask = (who: string, provider: () => Keys | Promise<Keys>, patience: Patience) => Promise<unknown>;
  /** Those of the container's endpoint, fetched once for all who ask and kept until shortly before they end: not checked yet. */
  type ContainerCredentials = (patience: Patience) => Promise<unknown>;
  type FetchKeys = (patience: Patience, found: (what: { accessKeyId: string; until: number }) => void) => Promise<unknown>;
  type AskContainer = (url: URL, patience: Patience) => Promise<Answer>;
  /** KMS has refused these. Says whether there may be others. */
  type Refused = (keys: Keys) => boolean;
  /** The default chain of an installed AWS SDK. It keeps and renews what it finds by itself; roles are assumed in the region. */
  type SdkChain = (region: string) => () => Promise<Keys>;

  // kms.js

  /** What `kms:Decrypt` is asked. */
  interface Sealed {
    partition: string;
    region: string;
    ciphertext: Buffer;
    context: Record<string, string>;
    /** The ARN of the key that must open it, where it is known. */
    key?: string | undefined;
  }

  /**
   * `kms:Decrypt` with retries, at most 16 of them at a time in this process. The patience is for all of it, the wait for a
   * free place too. Gives the plaintext, in memory of its own. Throws Trouble.
   */
  type Decrypt = (sealed: Sealed, patience: Patience) => Promise<Buffer>;
  type CanMend = (error: Symptom, mended: Set<Again>) => boolean;

  // refusal.js

  /** The call that was refused. */
  interface Signed {
    url: URL;
    credentials: Keys;
    at: number;
    skew: number;
  }

  interface Kind {
    code: string;
    hint?: string;
    retry?: boolean;
  }

  /** Why there is no plaintext. */
  type RefusalOf = (answer: Answer, content: Record<string, any>, signed: Signed) => Trouble;
  type KindOf = (name: string, status: number) => Kind;
  type CredentialsRefused = (name: string, hint: string | undefined, answer: Answer, signed: Signed) => Trouble;

  // message.js

  /** Asks KMS for a data key. */
  type OpenDataKey = (ciphertext: Buffer, context: Record<string, string>, key?: string) => Promise<Buffer>;

  /**
   * Opens a message of the AWS Encryption SDK. Nothing is asked before its structure is right, and nothing returned before its tags,
   * its commitment and its signature have been verified. Throws Trouble TAMPERED, WRONG_CONTEXT, UNKNOWN_CIPHERTEXT, and what `decrypt`
   * throws.
   */
  type OpenMessage = (message: Buffer, arn: string, decrypt: OpenDataKey) => Promise<Buffer>;

  interface Suite {
    version: number;
    /** Of HKDF. */
    digest: string;
    commits: boolean;
    signs: boolean;
  }

  interface DataKey {
    keyArn: string;
    ciphertext: Buffer;
  }

  interface Header {
    suite: Suite;
    suiteId: Buffer;
    messageId: Buffer;
    context: Map<string, string>;
    /** Those of KMS. */
    dataKeys: DataKey[];
    /** 0: the body is one block. */
    frameLength: number;
    commitment: Buffer | undefined;
    authenticated: Buffer;
    iv: Buffer;
    tag: Buffer;
    publicKey: import('node:crypto').KeyObject | undefined;
  }

  interface Frame {
    kind: string;
    number: number;
    iv: Buffer;
    sealed: Buffer;
    tag: Buffer;
  }

  interface Body {
    frames: Frame[];
    /** What the signature is of. */
    signed: Buffer;
    signature: Buffer | undefined;
  }

  interface Reader {
    bytes(length: number): Buffer;
    number(size: number): number;
    field(): Buffer;
    text(): string;
    message: Buffer;
    /** Where it is. */
    at: number;
    /** What was read up to here. */
    read: Buffer;
    ended: boolean;
  }

  type ReadHeader = (reader: Reader, arn: string) => Header;
  type ReadContext = (reader: Reader) => Map<string, string>;
  type ReadDataKeys = (reader: Reader) => DataKey[];
  type PublicKeyOf = (context: Map<string, string>, suite: Suite) => Header['publicKey'];
  type ReadBody = (reader: Reader, header: Header) => Body;
  type ReadSingle = (reader: Reader) => Frame;
  type ReadFrames = (reader: Reader, frameLength: number) => Frame[];
  type FirstDataKey = (header: Header, decrypt: OpenDataKey) => Promise<Buffer>;
  type ContentKey = (header: Header, dataKey: Buffer) => Buffer;
  type Unsealed = (header: Header, body: Body, key: Buffer) => Buffer;
  /** Throws Trouble TAMPERED. */
  type Check = (fits: unknown, what: string) => void;
  /** HKDF. */
  type Derive = (salt: Buffer | string, ...info: Buffer[]) => Buffer;
  /** AES-GCM. */
  type Unseal = (key: Buffer, iv: Buffer, authenticated: Buffer, sealed: Buffer, tag: Buffer) => Buffer;

  // unprintable.js

  type Hide = <Target extends object>(target: Target, shown: unknown) => Target;
  /** The same bytes. */
  type HiddenBytes = (bytes: Buffer) => Buffer;

  // selection.js

  /** The options themselves. Throws TypeError, in words. */
  type OptionsOf = (who: string, options: any, known?: string[]) => { only?: string[]; prefix?: string; override?: boolean };

  // vault.js, sentences.js

  type Wording = Record<string, { sentence: string; hint: string; hints?: Record<string, string> } | undefined>;
  type HintOf = (trouble: Trouble, arn: string) => string;

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

  // variables.js

  /** `isNamed`: the secret was chosen by its name. */
  type RefusedVariable = (variable: string, isNamed: boolean) => Trouble | undefined;

  // env.js

  type ByThread = (own: { port: import('node:worker_threads').MessagePort; done: Int32Array }) => Promise<void>;

  // handover.js

  /** Throws SecretBakerError for all of those that there is a reason against. */
  type Refuse = (wanted: string[], why: (name: string) => Trouble | undefined) => void;
  type WithThem = (context: any, secrets: import('../index.js').Secrets) => any;
  type Answered = (handler: (...args: any[]) => any, event: unknown, context: unknown) => Promise<unknown>;

  type LoadEnv = Baker['loadEnv'];
  type WithSecrets = (
    handler: (...args: any[]) => unknown,
    selection?: Selection,
  ) => (event: any, context: any, ...rest: any[]) => Promise<any>;
  type SecretsMiddleware = (selection?: Selection) => { before: (request: { context: any }) => Promise<void> };
}
