'use strict';

const { Failure, given } = require('./failure.js');

/** @import { PreflightFinding, CommandService, Session } from '../binding.js' */
/** @import { Report } from './report.js' */
/** @import { Settings } from './settings.js' */

/** Looks before a deployment whether it would go well, where the settings ask for it. */
class Preflight {
  #report;
  #session;
  #service;
  #settings;
  /** @type {Promise<void> | undefined} */
  #done;

  /**
   * @param {Report} report
   * @param {() => Session} session
   * @param {() => Promise<CommandService>} service
   * @param {() => Settings | undefined} settings undefined where nothing is baked
   */
  constructor(report, session, service, settings) {
    this.#report = report;
    this.#session = session;
    this.#service = service;
    this.#settings = settings;
  }

  /**
   * Once in a process, however many events ask for it.
   * @throws {Failure} at a problem; all else is a notice
   */
  run() {
    this.#done ??= this.#start();
    return this.#done;
  }

  async #start() {
    if (!this.#settings()?.check) return;
    const findings = given(await this.#session().preflight(await this.#service()));
    for (const finding of findings.filter(({ level }) => level !== 'problem')) this.#report.notice(told(finding));
    const problems = findings.filter(({ level }) => level === 'problem');
    const [first] = problems;
    if (first === undefined) return;
    const isOne = problems.every(({ code }) => code === first.code);
    const code = isOne ? first.code : 'SECRET_BAKER_SEVERAL_PROBLEMS';
    throw new Failure(code, `the check before the deployment has found:\n${problems.map(told).join('\n')}`);
  }
}

/** @param {PreflightFinding} finding */
const told = ({ message, hint }) => (hint ? `${message}\n  hint: ${hint}` : message);

module.exports = { Preflight };
