'use strict';

const { limits, patterns } = require('./contract.js');

const [partitions, regions, accounts, parameter, key] = [
  patterns.partition,
  patterns.region,
  patterns.account,
  patterns.parameter,
  patterns.key,
].map((pattern) => new RegExp(pattern));
const resources = { ssm: parameter, kms: key };

// The region becomes part of a host name, so nothing else may get into it.
/** @type {T.ParseArn} */
exports.parseArn = (text, service) => {
  if (typeof text !== 'string' || text.length > limits.arnBytes) return undefined;
  const [arn, partition = '', named, region = '', account = '', ...resource] = text.split(':');
  const fits =
    arn === 'arn' &&
    named === service &&
    partitions?.test(partition) &&
    regions?.test(region) &&
    accounts?.test(account) &&
    resources[service]?.test(resource.join(':'));
  return fits ? { partition, region } : undefined;
};
