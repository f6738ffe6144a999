'use strict';

/** @import { Serverless } from './framework.js' */

/**
 * What `doctor` looks at beside the service: the framework, and its plugins in their order.
 * @param {Serverless} serverless
 * @returns {Record<string, unknown>} fit for JSON
 */
const surroundings = ({ version, service }) => {
  const { plugins = [] } = service;
  return {
    framework: version,
    node: process.version,
    plugins: Array.isArray(plugins) ? plugins : (plugins.modules ?? []),
  };
};

module.exports = { surroundings };
