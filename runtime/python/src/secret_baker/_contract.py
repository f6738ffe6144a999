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
FILE_KEYS = 16
IV_BYTES = 128
REPLY_BYTES = 1048576
HEAD_BYTES = 16384
NAMES_SHOWN = 10
PAGES_SHOWN = 3
SHOWN_CHARS = 600
PATTERNS = {'partition': '^aws(-[a-z0-9]+)*$',
 'region': '^[a-z]{2,5}(-[a-z]{2,16}){1,3}-[0-9]{1,2}$',
 'account': '^[0-9]{12}$',
 'parameter': '^parameter/[A-Za-z0-9_./-]+$',
 'key': '^(key|alias)/[A-Za-z0-9_/-]+$',
 'errorName': '^[A-Za-z0-9]{1,64}$',
 'secret': '^secret:[A-Za-z0-9/_+=.@!-]+$',
 'version': '^[A-Za-z0-9_-]{1,64}$'}
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
BOTH_STACKS = {'secretsmanager': ('aws', 'aws-cn', 'aws-us-gov'), 'secretsmanager-fips': ('aws', 'aws-us-gov')}
REGIONS = {'^cn-': 'aws-cn',
 '^us-gov-': 'aws-us-gov',
 '^eusc-': 'aws-eusc',
 '^us-iso-': 'aws-iso',
 '^us-isob-': 'aws-iso-b',
 '^eu-isoe-': 'aws-iso-e',
 '^us-isof-': 'aws-iso-f',
 '': 'aws'}
SERVICES = {'kms': ('KMS', 'kms', 'AWS_ENDPOINT_URL_KMS'),
 'secretsmanager': ('Secrets Manager', 'secretsmanager', 'AWS_ENDPOINT_URL_SECRETS_MANAGER')}
CREDENTIALS_HOSTS = ('169.254.170.2', '169.254.170.23', 'fd00:ec2::23')
SEALED = 'secret-baker:'
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
ERRORS = {'AccessDenied': ('ACCESS_DENIED', '', False),
 'AccessDeniedException': ('ACCESS_DENIED', '', False),
 'InvalidCiphertextException': ('WRONG_CONTEXT', '', False),
 'DecryptionFailure': ('KEY_UNUSABLE', '', False),
 'DecryptionFailureException': ('KEY_UNUSABLE', '', False),
 'DisabledException': ('KEY_UNUSABLE', '', False),
 'IncorrectKeyException': ('KEY_UNUSABLE', '', False),
 'InvalidKeyUsageException': ('KEY_UNUSABLE', '', False),
 'KMSInvalidStateException': ('KEY_UNUSABLE', '', False),
 'NotFoundException': ('KEY_UNUSABLE', '', False),
 'InvalidRequestException': ('SECRET_GONE', '', False),
 'ResourceNotFoundException': ('SECRET_GONE', '', False),
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
 'InternalServiceError': ('SERVICE_ERROR', '', True),
 'InternalServiceErrorException': ('SERVICE_ERROR', '', True),
 'KMSInternalException': ('SERVICE_ERROR', '', True),
 'KeyUnavailableException': ('SERVICE_ERROR', '', True),
 'ServiceUnavailable': ('SERVICE_ERROR', '', True),
 'ServiceUnavailableException': ('SERVICE_ERROR', '', True)}
