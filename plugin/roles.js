'use strict';

const { given } = require('./failure.js');
const { shownKey } = require('./shown.js');

/** @import { CommandFunction, CommandService, Session } from '../binding.js' */
/** @import { RoleOfService, Serverless, ServerlessFunction } from './framework.js' */
/** @import { Report } from './report.js' */

const PER_FUNCTION = 'serverless-iam-roles-per-function';
/** The role of all functions that have none of their own; no function has such a key. */
const SHARED = '';

/** Lets the functions' roles open what they carry: `secretBakerOptions.iam`. */
class Roles {
  #serverless;
  #report;
  #session;
  #service;

  /**
   * @param {Serverless} serverless
   * @param {Report} report
   * @param {() => Session} session
   * @param {() => Promise<CommandService>} service
   */
  constructor(serverless, report, session, service) {
    this.#serverless = serverless;
    this.#report = report;
    this.#session = session;
    this.#service = service;
  }

  /**
   * Adds what is needed to the config, before the framework and others make roles of it.
   * @throws {Failure} every statement that cannot be told
   */
  async allow() {
    const { functions, ...service } = await this.#service();
    const roles = this.#roles(functions);
    if (roles.length === 0) return;
    const told = given(await this.#session().functionStatements({ ...service, functions: roles }));
    for (const notice of told.notices) this.#report.notice(notice);
    for (const { key, statements } of told.functions) this.#add(key, JSON.parse(statements));
  }

  /**
   * The roles that can be added to, each with what the functions carry that have it.
   * @param {CommandFunction[]} functions
   * @returns {CommandFunction[]}
   */
  #roles(functions) {
    const { service } = this.#serverless;
    const roles = [];
    const sharing = [];
    for (const each of functions.filter(({ only }) => only?.length !== 0)) {
      const own = service.functions?.[each.key] ?? {};
      if (own.role != null) this.#leave(`functions.${shownKey(each.key)}.role`);
      else if (this.#hasOwnRole(own)) roles.push(each);
      else sharing.push(each);
    }
    if (sharing.length === 0) return roles;
    const given = givenRole(service.provider ?? {});
    if (given === undefined) return [...roles, together(sharing)];
    this.#leave(given);
    return roles;
  }

  /** @param {ServerlessFunction} own */
  #hasOwnRole({ iamRoleStatements }) {
    const { plugins } = this.#serverless.service;
    const names = Array.isArray(plugins) ? plugins : (plugins?.modules ?? []);
    return names.includes(PER_FUNCTION) && iamRoleStatements !== undefined;
  }

  /** @param {string} place */
  #leave(place) {
    this.#report.notice(
      `${place} is a role of your own, and is left as it is: \`serverless secret-baker iam --role function\` prints what it needs`,
    );
  }

  /**
   * @param {string} key
   * @param {{Sid: string}[]} statements
   */
  #add(key, statements) {
    const { functions, provider } = this.#serverless.service;
    // No two statements of a role may share a Sid, and a function may inherit those of the service.
    const of = key.replace(/[^A-Za-z0-9]/g, '');
    const named = statements.map((statement) => ({ ...statement, Sid: `SecretBaker${statement.Sid}${of && `Of${of}`}` }));
    const own = functions?.[key];
    if (key !== SHARED && own) own.iamRoleStatements = [...(own.iamRoleStatements ?? []), ...named];
    else if (provider) addToService(provider, named);
  }
}

/**
 * @param {CommandFunction[]} functions
 * @returns {CommandFunction} one that carries all of it
 */
const together = (functions) => {
  const lists = functions.map(({ only }) => only);
  const only = lists.every((list) => list !== undefined) ? [...new Set(lists.flat())] : undefined;
  return { key: SHARED, only };
};

/**
 * Where the user gives the service a role that is made elsewhere.
 * @param {RoleOfService} provider
 * @returns {string | undefined}
 */
const givenRole = ({ role, iam }) => {
  if (role != null) return 'provider.role';
  const given = iam?.role;
  const isOfTemplate = given && Object.keys(given).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  return typeof given === 'string' || isOfTemplate ? 'provider.iam.role' : undefined;
};

/**
 * @param {RoleOfService} provider
 * @param {object[]} statements
 */
const addToService = (provider, statements) => {
  const { iam, iamRoleStatements: older } = provider;
  if (older && !iam?.role?.statements) {
    provider.iamRoleStatements = [...older, ...statements];
    return;
  }
  const role = iam?.role ?? {};
  provider.iam = { ...iam, role: { ...role, statements: [...(role.statements ?? []), ...statements] } };
};

module.exports = { Roles };
