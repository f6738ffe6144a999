'use strict';

const { entryOf } = require('./bundle.js');
const { SecretBakerError } = require('./error.js');

/** @type {Record<string, [string, string]>} what failed, and what to do */
const SENTENCES = {
  BUNDLE_MISSING: ['the bundle is missing', 'package with the plugin, or set SECRET_BAKER_FILE'],
  BUNDLE_INVALID: ['the bundle is invalid', 'package and deploy again'],
  NOT_IN_BUNDLE: ['it is not in the bundle', 'add it to custom.secretBaker and deploy'],
  UNKNOWN_SOURCE: ['its source is not known', 'update this package'],
  UNKNOWN_CIPHERTEXT: ['its ciphertext is of an unknown kind', 'bake a SecureString, or update this package'],
  WRONG_CONTEXT: ['it does not fit the parameter or the key', 'bake and deploy again; the context is PARAMETER_ARN=$arn'],
  TAMPERED: ['its ciphertext was altered', 'find out who changed the artefact, then deploy again'],
  NOT_TEXT: ['it is not text', 'read it with secretBytes()'],
  NOT_A_VARIABLE: ['it cannot be an environment variable', 'read it with secret(), and leave it out by `only`'],
  ACCESS_DENIED: [
    'KMS denies kms:Decrypt',
    'allow it to the role, on the key of the parameter, for the encryption context PARAMETER_ARN=$arn; alias/aws/ssm serves no function',
  ],
  KEY_UNUSABLE: ['its KMS key cannot be used', 'enable it or cancel its deletion, or encrypt the parameter under another'],
  CREDENTIALS: [
    'there are no credentials that KMS accepts',
    'in Lambda they come from the role; elsewhere set AWS_ACCESS_KEY_ID and its like, or install @aws-sdk/credential-providers',
  ],
  THROTTLED: ['KMS throttled every attempt', 'ask for a higher request quota of KMS'],
  UNREACHABLE: ['KMS cannot be reached', 'a VPC needs a NAT gateway or an endpoint of KMS in that region'],
  SERVICE_ERROR: ['KMS answers an error', 'see the documentation of kms:Decrypt'],
};

/** @param {any} name */
const arnOf = (name) => {
  try {
    return entryOf(name).arn;
  } catch {
    return '';
  }
};

/** @type {T.ErrorOf} */
exports.errorOf = ({ kind, key, message }, secret) => {
  const arn = arnOf(secret);
  const [what, hint] = SENTENCES[kind] ?? [];
  const subject = secret === undefined ? '' : `secret \`${secret.replace(/\p{Cc}/gu, ' ')}\`: `;
  const place = [arn && `parameter ${arn}, region ${arn.split(':')[3]}`, key && `key ${key}`].filter(Boolean).join(', ');
  const sentence = `${subject}${what}${place && ` (${place})`}: ${message}\n  hint: ${hint?.replace('$arn', () => arn)}`;
  return new SecretBakerError(/** @type {T.Code} */ (`SECRET_BAKER_${kind}`), sentence, { secret });
};

/** @type {T.AllOf} */
exports.allOf = (errors, asked) => {
  const bug = errors.find((error) => !(error instanceof SecretBakerError));
  if (bug || errors.length === 1) return bug ?? errors[0];
  const message = [`${errors.length} of ${asked} secrets cannot be opened`, ...errors.map((error) => error.message)].join('\n');
  return new SecretBakerError(errors[0].code, message, { problems: errors.flatMap(({ problems }) => problems) });
};

/** @type {T.HintFor} */
exports.hintFor = (wanted, names) => {
  const pairs = pairsOf(wanted);
  const near = names.filter((name) => {
    const others = pairsOf(name);
    return [...pairs].filter((pair) => others.has(pair)).length * 2 >= Math.max(pairs.size, others.size, 1);
  });
  if (near.length > 0) return `did you mean \`${near.slice(0, 3).join('` or `')}\`?`;
  return `none of its ${names.length} names is similar`;
};

// Of neighbouring letters; case and separators are what people confuse most.
/** @param {string} name */
const pairsOf = (name) => {
  const plain = name.toLowerCase().replace(/[\W_]/g, '');
  return new Set(Array.from(plain, (_, at) => plain.slice(at, at + 2)));
};
