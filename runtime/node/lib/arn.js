'use strict';

const { limits, patterns } = require('./contract.js');

/** @typedef {{partition: string, region: string}} Place such as `aws-cn` and `cn-north-1` */

const [partitions, regions, accounts, keys] = [patterns.partition, patterns.region, patterns.account, patterns.key].map(
  (pattern) => new RegExp(pattern),
);

/**
 * Where the resource is; undefined for what is no ARN of one. The region becomes part of a host name, so nothing else may get into it.
 * @param {unknown} text
 * @param {string} service
 * @param {RegExp | undefined} resource what comes after the account, as a whole
 * @returns {Place | undefined}
 */
const parseArn = (text, service, resource) => {
  if (typeof text !== 'string' || text.length > limits.arnBytes) return undefined;
  const [arn, partition = '', named, region = '', account = '', ...rest] = text.split(':');
  const fits =
    arn === 'arn' &&
    named === service &&
    partitions?.test(partition) &&
    regions?.test(region) &&
    accounts?.test(account) &&
    resource?.test(rest.join(':'));
  return fits ? { partition, region } : undefined;
};
exports.parseArn = parseArn;

/** The same of a KMS key or its alias. @param {unknown} text */
exports.parseKeyArn = (text) => parseArn(text, 'kms', keys);
