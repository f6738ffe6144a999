'use strict';

const { given } = require('./failure.js');
const { shownKey } = require('./shown.js');

/** @import { CommandFunction, CommandService, Session } from '../binding.js' */
/** @import { RoleOfService, Serverless, ServerlessFunction } from './framework.js' */
/** @import { Report } from './report.js' */

const PER_FUNCTION = 'serverless-iam-roles-per-function';
const NO_LIST = 'is no list of statements';
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
      else if (this.#hasOwnRole(own) && !isList(own.iamRoleStatements)) {
        this.#leave(`functions.${shownKey(each.key)}.iamRoleStatements`, NO_LIST);
      } else if (this.#hasOwnRole(own)) roles.push(each);
      else sharing.push(each);
    }
    if (sharing.length === 0) return roles;
    const given = notOurs(service.provider ?? {});
    if (given === undefined) return [...roles, together(sharing)];
    this.#leave(given.place, given.why);
    return roles;
  }

  /** @param {ServerlessFunction} own */
  #hasOwnRole({ iamRoleStatements }) {
    const { plugins } = this.#serverless.service;
    const names = Array.isArray(plugins) ? plugins : (plugins?.modules ?? []);
    return names.includes(PER_FUNCTION) && iamRoleStatements !== undefined;
  }

  /**
   * @param {string} place
   * @param {string} [why]
   */
  #leave(place, why = 'is a role of your own') {
    this.#report.notice(
      `${place} ${why}, and is left as it is: \`serverless secret-baker iam --role function\` prints what it needs`,
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
 * What keeps the service's role from being added to.
 * @param {RoleOfService} provider
 * @returns {{place: string, why?: string} | undefined}
 */
const notOurs = ({ role, iam, iamRoleStatements }) => {
  if (role != null) return { place: 'provider.role' };
  const given = iam?.role;
  const isOfTemplate = given && Object.keys(given).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  if (typeof given === 'string' || isOfTemplate) return { place: 'provider.iam.role' };
  if (!isList(given?.statements)) return { place: 'provider.iam.role.statements', why: NO_LIST };
  return isList(iamRoleStatements) ? undefined : { place: 'provider.iamRoleStatements', why: NO_LIST };
};

/** Absent, it becomes one. @param {unknown} statements */
const isList = (statements) => statements == null || Array.isArray(statements);

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
