"""What all openers have in common, made by `scripts/make_contract.py`: do not edit it."""

# ruff: noqa: Q000
# fmt: off
from __future__ import annotations

FILE = 'secret-baker-secrets.json'
BUDGET_S = 10.0
ATTEMPT_S = 3.0
CONNECT_S = 1.0
ATTEMPTS = 5
AT_ONCE_PER_PROCESS = 16
FIRST_PAUSE_S = 0.05
LONGEST_PAUSE_S = 1.0
IDLE_S = 20.0
SIGNATURE_S = 60.0
CLOCK_S = 240.0
CREDENTIALS_EARLY_S = 60.0
CREDENTIALS_WITHOUT_END_S = 300.0
BUNDLE_BYTES = 16777216
JSON_DEPTH = 100
ARN_BYTES = 2048
CIPHERTEXT_BYTES = 65536
BLOB_BYTES = 6144
DATA_KEYS = 3
REPLY_BYTES = 1048576
HEAD_BYTES = 16384
NAMES_SHOWN = 10
SHOWN_CHARS = 600
PATTERNS = {'partition': '^aws(-[a-z0-9]+)*$',
 'region': '^[a-z]{2,5}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$',
 'account': '^[0-9]{12}$',
 'parameter': '^parameter/[A-Za-z0-9_./-]+$',
 'key': '^(key|alias)/[A-Za-z0-9_/-]+$',
 'errorName': '^[A-Za-z0-9]{1,64}$'}
CIPHERTEXTS = {b'\x01\x01': 'blob',
 b'\x01\x02': 'blob',
 b'\n ': 'blob',
 b'\x01\x80': 'message',
 b'\x02\x04': 'message',
 b'\x02\x05': 'message'}
SUITES = {b'\x01x': (1, 'sha256', False),
 b'\x03x': (1, 'sha384', True),
 b'\x04x': (2, 'sha512', False),
 b'\x05x': (2, 'sha512', True)}
PARTITIONS = {'aws': ('amazonaws.com', 'api.aws'),
 'aws-cn': ('amazonaws.com.cn', 'api.amazonwebservices.com.cn'),
 'aws-us-gov': ('amazonaws.com', 'api.aws'),
 'aws-eusc': ('amazonaws.eu', 'api.amazonwebservices.eu'),
 'aws-iso': ('c2s.ic.gov', 'api.aws.ic.gov'),
 'aws-iso-b': ('sc2s.sgov.gov', 'api.aws.scloud'),
 'aws-iso-e': ('cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'),
 'aws-iso-f': ('csp.hci.ic.gov', 'api.aws.hci.ic.gov')}
SERVICES = {'kms': ('KMS', 'kms', 'AWS_ENDPOINT_URL_KMS')}
CREDENTIALS_HOSTS = ('169.254.170.2', '169.254.170.23', 'fd00:ec2::23')
RESERVED = ('PATH',
 'HOME',
 'SHELL',
 'IFS',
 'CDPATH',
 'BASH_ENV',
 'SHELLOPTS',
 'BASHOPTS',
 'PS4',
 'PROMPT_COMMAND',
 'BASH_FUNC_*',
 '_HANDLER',
 'AWS_*',
 'LAMBDA_*',
 '_LAMBDA_*',
 '_X_AMZN_*',
 'SECRET_BAKER_*',
 'LD_*',
 'DYLD_*',
 'GCONV_PATH',
 'GETCONF_DIR',
 'GLIBC_TUNABLES',
 'LOCPATH',
 'NLSPATH',
 'MALLOC_*',
 'TZDIR',
 'HOSTALIASES',
 'LOCALDOMAIN',
 'RES_OPTIONS',
 'KRB5_CONFIG',
 'KRB5CCNAME',
 'OPENSSL_*',
 'SSL_CERT_FILE',
 'SSL_CERT_DIR',
 'SSLKEYLOGFILE',
 'REQUESTS_CA_BUNDLE',
 'CURL_CA_BUNDLE',
 'CURL_HOME',
 'NODE_OPTIONS',
 'NODE_PATH',
 'NODE_EXTRA_CA_CERTS',
 'NODE_TLS_REJECT_UNAUTHORIZED',
 'NODE_USE_ENV_PROXY',
 'NODE_USE_SYSTEM_CA',
 'NODE_V8_COVERAGE',
 'NODE_REDIRECT_WARNINGS',
 'NODE_REPL_EXTERNAL_MODULE',
 'NODE_COMPILE_CACHE',
 'NODE_ICU_DATA',
 'NODE_DEBUG',
 'NODE_DEBUG_NATIVE',
 'PYTHON*',
 'JAVA_TOOL_OPTIONS',
 'JDK_JAVA_OPTIONS',
 '_JAVA_OPTIONS',
 'JAVA_HOME',
 'CLASSPATH',
 'RUBYOPT',
 'RUBYLIB',
 'RUBYSHELL',
 'GEM_HOME',
 'GEM_PATH',
 'BUNDLE_GEMFILE',
 'BUNDLE_PATH',
 'BUNDLE_APP_CONFIG',
 'PERL5LIB',
 'PERL5OPT',
 'PERL5DB',
 'PERLLIB',
 'ERL_*',
 'ELIXIR_ERL_OPTIONS',
 'DOTNET_*',
 'CORECLR_*',
 'COR_PROFILER*',
 'COR_ENABLE_PROFILING',
 'COMPlus_*',
 'PHPRC',
 'PHP_INI_SCAN_DIR',
 'LUA_INIT*',
 'LUA_PATH*',
 'LUA_CPATH*',
 'GODEBUG',
 'GIT_SSH',
 'GIT_SSH_COMMAND',
 'GIT_EXEC_PATH',
 'GIT_PROXY_COMMAND',
 'GIT_CONFIG*')
ONLY_NAMED = ('*_PROXY', '*_proxy', 'ENV')
SENTENCES = {'BUNDLE_MISSING': 'there is no bundle',
 'BUNDLE_INVALID': 'the bundle is invalid',
 'NOT_IN_BUNDLE': 'it is not in the bundle',
 'UNKNOWN_SOURCE': 'its source is not known to this version',
 'UNKNOWN_CIPHERTEXT': 'its ciphertext is of no known kind',
 'WRONG_CONTEXT': 'its ciphertext does not fit its parameter or its key',
 'TAMPERED': 'its Encryption SDK message is damaged or was changed',
 'NOT_TEXT': 'its value is not text in UTF-8',
 'NOT_A_VARIABLE': 'it cannot be an environment variable',
 'ACCESS_DENIED': '{service} denies {action}',
 'KEY_UNUSABLE': 'its KMS key cannot be used',
 'CREDENTIALS': 'there are no credentials that {service} accepts',
 'THROTTLED': '{service} throttles every attempt',
 'UNREACHABLE': '{service} cannot be reached',
 'SERVICE_ERROR': '{service} answers an error'}
HINTS = {'BUNDLE_MISSING': {'': 'package the service with the plugin serverless-secret-baker, or set '
                        'SECRET_BAKER_FILE to the path of the file'},
 'BUNDLE_INVALID': {'': 'package and deploy the service again, and edit nothing in the file',
                    'unreadable': "check the file's mode, which is to be 0644, and that it is a file"},
 'NOT_IN_BUNDLE': {'': 'add it to custom.secretBaker and deploy; the bundle holds {names}',
                   'empty': 'the bundle is empty: add the secret to custom.secretBaker and deploy'},
 'UNKNOWN_SOURCE': {'': 'update the package secret-baker'},
 'UNKNOWN_CIPHERTEXT': {'': 'store the parameter as a SecureString under a customer managed key, then '
                            'package and deploy again; or update the package secret-baker'},
 'WRONG_CONTEXT': {'': 'package and deploy again: it opens under the encryption context {context} only, by '
                       'the key that it was encrypted with'},
 'TAMPERED': {'': 'find out who changed the artefact, then package and deploy again'},
 'NOT_TEXT': {'': 'read it as bytes'},
 'NOT_A_VARIABLE': {'': 'read it with the package instead, and leave it out where the variables are chosen',
                    'reserved': 'that variable belongs to the runtime, a loader or AWS: rename the secret, '
                                'or read it with the package instead',
                    'onlyNamed': 'that variable changes where programs connect or what a shell runs: it is '
                                 'set only where it is chosen by its name',
                    'twice': 'two secrets would be the same variable: rename one of them'},
 'ACCESS_DENIED': {'': "allow kms:Decrypt to the function's role on the parameter's customer managed key, in "
                       "the role's policy and in the key's, for the encryption context {context}; a key that "
                       'AWS manages, such as alias/aws/ssm, serves no function'},
 'KEY_UNUSABLE': {'': 'enable the key or cancel its deletion, in this account and region; or encrypt the '
                      'parameter under another key, then package and deploy again'},
 'CREDENTIALS': {'': "in Lambda they come from the function's role; elsewhere set AWS_ACCESS_KEY_ID and "
                     'AWS_SECRET_ACCESS_KEY',
                 'incomplete': 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY both, or neither of them',
                 'malformed': 'set it anew, without white space and line ends',
                 'expired': 'they have expired: renew them',
                 'unknown': 'AWS does not know them: check the access key and, for temporary ones, the '
                            'session token, and that they belong to this partition',
                 'signature': 'check the secret access key, and the clock of this machine',
                 'clock': 'set the clock of this machine: AWS refuses what was signed more than five minutes '
                          'early or late',
                 'container': 'check AWS_CONTAINER_CREDENTIALS_FULL_URI and '
                              'AWS_CONTAINER_AUTHORIZATION_TOKEN, which Lambda or the container sets'},
 'THROTTLED': {'': 'ask for a higher request quota of {service} in this account and region, or open fewer '
                   'secrets at once'},
 'UNREACHABLE': {'': 'a function in a VPC needs a NAT gateway or a VPC endpoint of {service} in that region, '
                     'and a security group that lets it through',
                 'name': 'check the region and the endpoint; in a VPC, that names are resolved and the VPC '
                         'endpoint of {service} has private DNS',
                 'refused': 'nothing listens there: check the endpoint',
                 'certificate': "the server's certificate is signed by nobody who is trusted: where a proxy "
                                "or an endpoint of your own signs by a company's authority, set "
                                'AWS_CA_BUNDLE to a PEM file with its certificate; else check the clock',
                 'caBundle': 'set AWS_CA_BUNDLE to a PEM file with certificates that can be read, or unset '
                             'it',
                 'proxy': 'check the proxy that {variable} names, or name the host of {service} in NO_PROXY',
                 'proxyUnused': 'the proxy that {variable} names is not used here: let {service} be reached '
                                'without it, by a NAT gateway or a VPC endpoint of {service}; the package '
                                'for Python uses proxies, and that for Node.js does from Node.js 24.5 on or '
                                'with an agent of yours',
                 'waiting': 'open fewer secrets at once, or allow more time',
                 'flag': 'set {variable} to true or false, or unset it',
                 'endpoint': 'set {variable} to a URL such as https://{host}.eu-central-1.amazonaws.com, or '
                             'unset it',
                 'insecure': 'plain HTTP would show the secret on the wire, so it is taken to loopback only: '
                             'use https, or set SECRET_BAKER_ALLOW_INSECURE_ENDPOINT=true in a network of '
                             'containers that nobody else sees',
                 'partition': 'set {endpoint} to the URL of {service} there, or update the package '
                              'secret-baker',
                 'fips': 'unset AWS_USE_FIPS_ENDPOINT, or unset {variable} so that the FIPS endpoint of the '
                         'region is used',
                 'answer': 'something other than {service} answers there: check the endpoint, and any proxy '
                           'on the way to it'},
 'SERVICE_ERROR': {'': "look it up in the API reference of {action}; errors of the service's own pass as a "
                       'rule'}}
ERRORS = {'AccessDenied': ('ACCESS_DENIED', '', False),
 'AccessDeniedException': ('ACCESS_DENIED', '', False),
 'InvalidCiphertextException': ('WRONG_CONTEXT', '', False),
 'DisabledException': ('KEY_UNUSABLE', '', False),
 'IncorrectKeyException': ('KEY_UNUSABLE', '', False),
 'InvalidKeyUsageException': ('KEY_UNUSABLE', '', False),
 'KMSInvalidStateException': ('KEY_UNUSABLE', '', False),
 'NotFoundException': ('KEY_UNUSABLE', '', False),
 'ExpiredToken': ('CREDENTIALS', 'expired', False),
 'ExpiredTokenException': ('CREDENTIALS', 'expired', False),
 'IncompleteSignature': ('CREDENTIALS', 'signature', False),
 'IncompleteSignatureException': ('CREDENTIALS', 'signature', False),
 'InvalidClientTokenId': ('CREDENTIALS', 'unknown', False),
 'InvalidSignatureException': ('CREDENTIALS', 'signature', False),
 'MissingAuthenticationToken': ('CREDENTIALS', 'signature', False),
 'MissingAuthenticationTokenException': ('CREDENTIALS', 'signature', False),
 'RequestExpired': ('CREDENTIALS', 'clock', False),
 'RequestInTheFuture': ('CREDENTIALS', 'clock', False),
 'RequestTimeTooSkewed': ('CREDENTIALS', 'clock', False),
 'SignatureDoesNotMatch': ('CREDENTIALS', 'signature', False),
 'UnrecognizedClientException': ('CREDENTIALS', 'unknown', False),
 'RequestLimitExceeded': ('THROTTLED', '', True),
 'RequestThrottled': ('THROTTLED', '', True),
 'RequestThrottledException': ('THROTTLED', '', True),
 'SlowDown': ('THROTTLED', '', True),
 'ThrottledException': ('THROTTLED', '', True),
 'Throttling': ('THROTTLED', '', True),
 'ThrottlingException': ('THROTTLED', '', True),
 'TooManyRequestsException': ('THROTTLED', '', True),
 'DependencyTimeoutException': ('SERVICE_ERROR', '', True),
 'InternalFailure': ('SERVICE_ERROR', '', True),
 'KMSInternalException': ('SERVICE_ERROR', '', True),
 'KeyUnavailableException': ('SERVICE_ERROR', '', True),
 'ServiceUnavailable': ('SERVICE_ERROR', '', True),
 'ServiceUnavailableException': ('SERVICE_ERROR', '', True)}
