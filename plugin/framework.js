'use strict';

/**
 * What we use of the framework: the parts that `serverless` 3, `osls` 3 and 4 and `serverless` 4 share, and, marked
 * as optional, those that only some of them have.
 *
 * @typedef {() => unknown} Hook
 *
 * @typedef {Record<string, any>} Options the command line, without dashes
 *
 * @typedef {object} Package
 * @property {string[]} [patterns]
 * @property {string[]} [include] the older spelling of patterns
 * @property {string} [artifact] a zip: the user's, or what a plugin has packaged
 * @property {boolean} [individually]
 * @property {boolean} [disable]
 * @property {string} [path] of `deploy --package`, in the config
 *
 * @typedef {object} ServerlessFunction
 * @property {Package} [package]
 * @property {Record<string, any>} [environment]
 * @property {string | {name?: string, uri?: string}} [image]
 * @property {string} [runtime]
 * @property {string} [architecture] `x86_64` or `arm64`
 * @property {string} [name] at Lambda; the framework sets it
 * @property {unknown} [role]
 * @property {object[] | null} [iamRoleStatements] of serverless-iam-roles-per-function
 * @property {unknown} [secretBaker]
 *
 * @typedef {object} Service
 * @property {string} [service] its name
 * @property {Record<string, any>} [custom]
 * @property {string[] | {modules?: string[]}} [plugins]
 * @property {Package} [package]
 * @property {string} [artifact] the zip that the framework itself has made for the whole service
 * @property {Record<string, ServerlessFunction>} [functions]
 * @property {Record<string, {package?: Package}>} [layers]
 * @property {{profile?: string, runtime?: string, architecture?: string, environment?: Record<string, any>, ecr?: {images?: Record<string, any>}} & RoleOfService} [provider]
 *
 * @typedef {object} RoleOfService what says which role the functions have that name none
 * @property {unknown} [role] an older spelling of `iam.role`
 * @property {object[]} [iamRoleStatements] an older spelling of `iam.role.statements`
 * @property {{role?: any} | null} [iam]
 *
 * @typedef {import('../binding.js').AccessKeys} Keys
 *
 * @typedef {object} Provider
 * @property {() => any} [getCredentials] see credentials.js: each framework has its own shape
 * @property {() => Promise<{credentials?: () => Promise<Keys>}>} [getAwsSdkV3Config]
 * @property {() => string} [getRegion]
 * @property {() => string} [getStage]
 * @property {() => string | null | undefined} [getProfile]
 * @property {{getFunctionArtifactName: (name: string) => string, getServiceArtifactName: () => string}} [naming]
 * @property {any} [sdk] the JavaScript SDK, version 2; throws in osls 4
 *
 * @typedef {object} Serverless
 * @property {string} [version]
 * @property {string} [serviceDir]
 * @property {boolean} [devmodeEnabled] set by `dev` of serverless 4
 * @property {string} [configurationFilename] within the service's folder; serverless 4 leaves the ending out
 * @property {Record<string, any>} [configurationInput] the config; each variable is replaced by its value as soon as it is resolved
 * @property {{commands?: string[], options?: Options}} [processedInput] the command line before the framework completes it
 * @property {{servicePath: string}} config
 * @property {Service} service
 * @property {{hooks: Record<string, {pluginName: string, hook: Hook}[]>, commands?: Record<string, unknown>}} pluginManager
 * @property {{Error: new (message: string, code: string) => Error}} classes
 * @property {{defineCustomProperties: (schema: object) => void, defineFunctionProperties?: (provider: string, schema: object) => void}} [configSchemaHandler]
 * @property {{log: (text: string) => void}} [cli] the log of frameworks older than 3
 * @property {(name: string) => Provider | undefined} getProvider
 *
 * @typedef {object} VariableRequest what a source of variables is asked for
 * @property {unknown} [address] what stands behind the colon
 * @property {(keys: string[]) => Promise<any>} resolveConfigurationProperty waits for the variables in a part of the config
 *
 * @typedef {object} Progress
 * @property {(text: string) => void} update
 * @property {() => void} remove
 *
 * @typedef {object} Utils
 * @property {Record<'notice' | 'verbose', (text: string) => void>} [log]
 * @property {{create: (options: {name: string, message: string}) => Progress}} [progress]
 */

module.exports = {};
