'use strict';

const { SecretBakerError } = require('./error.js');

/** @type {Record<string, [string, string]>} what failed, and what to do */
const SENTENCES = {
  BUNDLE_MISSING: ['the bundle is missing', 'package with the Secret Baker plugin, or name the file in SECRET_BAKER_FILE'],
  BUNDLE_INVALID: ['the bundle is invalid', 'package and deploy again'],
  NOT_IN_BUNDLE: ['it is not in the bundle', 'add it to custom.secretBaker and deploy'],
  UNKNOWN_SOURCE: ['its source is not known', 'take a newer version of this package'],
  UNKNOWN_CIPHERTEXT: ['its ciphertext is of an unknown kind', 'bake a SecureString, or take a newer version of this package'],
  WRONG_CONTEXT: [
    'its ciphertext does not fit the parameter or the key',
    'the context is PARAMETER_ARN=$arn; bake and deploy again',
  ],
  TAMPERED: ['its ciphertext was altered', 'bake and deploy again, and find out who changed the artefact'],
  NOT_TEXT: ['it is not text', 'read it with secretBytes()'],
  ACCESS_DENIED: [
    'KMS denies kms:Decrypt',
    "allow it to the function's role on the parameter's key, with the encryption context PARAMETER_ARN=$arn; " +
      'the key alias/aws/ssm serves no function, so take one of your own',
  ],
  KEY_UNUSABLE: ['its KMS key cannot be used', 'enable the key or cancel its deletion, or encrypt the parameter under another'],
  CREDENTIALS: [
    'there are no credentials that KMS accepts',
    "in Lambda they are those of the function's role; elsewhere set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, " +
      'install @aws-sdk/credential-providers, or call configure({ credentials })',
  ],
  THROTTLED: ['KMS throttled every attempt', 'ask for a higher request quota of KMS'],
  UNREACHABLE: ['KMS cannot be reached', "in a VPC it takes a NAT gateway, or an endpoint of KMS in the parameter's region"],
  SERVICE_ERROR: ['KMS answers an error', 'try again, then look for it in the documentation of kms:Decrypt'],
};

/** @type {T.ErrorOf} */
const errorOf = ({ kind, key, message }, secret, arn = '') => {
  const [what = '', hint = ''] = SENTENCES[kind] ?? [];
  const subject = secret === undefined ? '' : `secret \`${secret.replace(/\p{Cc}/gu, ' ')}\`: `;
  const place = [arn && `parameter ${arn}, region ${arn.split(':')[3]}`, key && `key ${key}`].filter(Boolean).join(', ');
  const sentence = `${subject}${what}${place && ` (${place})`}: ${message}\n  hint: ${hint.replace('$arn', () => arn)}`;
  return new SecretBakerError(/** @type {T.Code} */ (`SECRET_BAKER_${kind}`), sentence, { secret });
};

/** @type {T.AllOf} */
const allOf = ([first, ...others], asked) => {
  const errors = [first, ...others];
  const bug = errors.find((error) => !(error instanceof SecretBakerError));
  if (bug || others.length === 0) return bug ?? first;
  const message = [`${errors.length} of ${asked} secrets cannot be opened`, ...errors.map((error) => error.message)].join('\n');
  return new SecretBakerError(first.code, message, { problems: errors.flatMap(({ problems }) => problems) });
};

module.exports = { allOf, errorOf };
