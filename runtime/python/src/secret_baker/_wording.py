"""What openers say of failures, and of a service's, made by `scripts/make_contract.py`: do not edit it."""

# ruff: noqa: Q000
# fmt: off
from __future__ import annotations

PAGE = 'https://github.com/secret-baker/serverless-secret-baker/blob/main/docs/troubleshooting.md'
SENTENCES = {'BUNDLE_MISSING': 'there is no bundle',
 'BUNDLE_INVALID': 'the bundle is invalid',
 'NOT_IN_BUNDLE': 'it is not in the bundle',
 'UNKNOWN_SOURCE': 'its source is not known to this version',
 'UNKNOWN_CIPHERTEXT': 'its ciphertext is of no known kind',
 'WRONG_CONTEXT': 'its ciphertext does not fit its encryption context or its key',
 'TAMPERED': 'its ciphertext is damaged or was changed',
 'NOT_TEXT': 'its value is not text in UTF-8',
 'NO_SUCH_FIELD': 'its value has no such field',
 'VARIABLE_INVALID': 'the environment variable holds no sealed secret',
 'NOT_A_VARIABLE': 'it cannot be an environment variable',
 'ACCESS_DENIED': '{service} denies {action}',
 'KEY_UNUSABLE': 'its KMS key cannot be used',
 'SECRET_GONE': '{service} does not have it any more',
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
 'UNKNOWN_CIPHERTEXT': {'': 'store the secret encrypted by a customer managed key, in Parameter Store as a '
                            'SecureString, then package and deploy again; or update the package '
                            'secret-baker'},
 'WRONG_CONTEXT': {'': 'package and deploy again: it opens under the encryption context {context} only, by '
                       'the key that it was encrypted with'},
 'TAMPERED': {'': 'find out who changed the artefact, then package and deploy again'},
 'NOT_TEXT': {'': 'read it as bytes'},
 'NO_SUCH_FIELD': {'': "correct `field` where the secret is configured, or the secret's value, then package "
                       'and deploy again'},
 'VARIABLE_INVALID': {'': "set it where the function is configured, to the framework's variable "
                          '`secretBaker:NAME` or to the base64 of a ciphertext of KMS, and deploy again',
                      'unset': "it is not set: set it where the function is configured, to the framework's "
                               'variable `secretBaker:NAME`, and deploy again'},
 'NOT_A_VARIABLE': {'': 'read it with the package instead, and leave it out where the variables are chosen',
                    'reserved': 'that variable belongs to the runtime, a loader or AWS: rename the secret, '
                                'or read it with the package instead',
                    'onlyNamed': 'that variable changes where programs connect or what a shell runs: it is '
                                 'set only where it is chosen by its name',
                    'twice': 'two secrets would be the same variable: rename one of them'},
 'ACCESS_DENIED': {'': "allow {action} to the function's role on the customer managed key that encrypted it, "
                       "in the role's policy and in the key's, for the encryption context {context}; a key "
                       'that AWS manages, such as alias/aws/ssm, serves no function'},
 'KEY_UNUSABLE': {'': 'enable the key or cancel its deletion, in this account and region; or encrypt the '
                      'secret under another key, then package and deploy again'},
 'SECRET_GONE': {'': 'package and deploy again, which takes the version of now; `label: true` where the '
                     'secret is configured keeps rotation from deleting a version that is deployed'},
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
SENTENCES_OF = {'secretsmanager': {'KEY_UNUSABLE': '{service} cannot use its KMS key',
                    'WRONG_CONTEXT': '{service} answers with another secret or version'}}
HINTS_OF = {'secretsmanager': {'ACCESS_DENIED': {'': "allow {action} to the function's role on the secret, in the "
                                          "role's policy and, from another account, in the secret's; and "
                                          "kms:Decrypt on the secret's key where that is a customer managed "
                                          'one'},
                    'KEY_UNUSABLE': {'': "enable the secret's key or cancel its deletion, or let the "
                                         "function's role use it; or encrypt the secret under another key"},
                    'WRONG_CONTEXT': {'': 'check the endpoint, then package and deploy again'}}}
