'use strict';

/**
 * The host of Parameter Store by the table of partitions: which proxy is exempt depends on it.
 * @param {string | undefined} region
 * @param {Record<string, string | undefined>} [environment]
 * @returns {string} empty without a region
 */
const serviceHost = (region, environment = process.env) => {
  if (!region) return '';
  // Published with the plugin. A command that bakes nothing does not read it.
  const { partitions, regions } = require('../runtime/contract.json');
  const [, name] = Object.entries(regions).find(([pattern]) => new RegExp(pattern).test(region)) ?? [];
  const { suffix, dualStack } = partitions[/** @type {keyof typeof partitions} */ (name)];
  const service = isOn(environment.AWS_USE_FIPS_ENDPOINT) ? 'ssm-fips' : 'ssm';
  return `${service}.${region}.${isOn(environment.AWS_USE_DUALSTACK_ENDPOINT) ? dualStack : suffix}`;
};

/**
 * A switch of AWS's own, in the environment.
 * @param {string | undefined} value
 */
const isOn = (value) => value?.toLowerCase() === 'true';

module.exports = { isOn, serviceHost };
