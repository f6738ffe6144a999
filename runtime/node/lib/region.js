'use strict';

const { patterns, regions } = require('./contract.js');

const REGION = new RegExp(patterns.region);

/** That of this process, as AWS's own tools have it; not checked yet. */
exports.ownRegion = () => process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION;

/**
 * Where a region is; undefined for what is none.
 * @param {string} region
 * @returns {import('./arn.js').Place | undefined}
 */
exports.placeOf = (region) => {
  if (!REGION.test(region)) return undefined;
  const [, partition = ''] = Object.entries(regions).find(([names]) => new RegExp(names).test(region)) ?? [];
  return { partition, region };
};
