'use strict';

/** @import { Serverless } from './framework.js' */

/**
 * What `doctor` looks at beside the service: the framework, its plugins in their order, and the keys of `custom`.
 * @param {Serverless} serverless
 * @returns {Record<string, unknown>} fit for JSON
 */
const surroundings = ({ version, service, configurationFilename }) => {
  const { plugins = [] } = service;
  return {
    framework: version,
    node: process.version,
    plugins: Array.isArray(plugins) ? plugins : (plugins.modules ?? []),
    custom: Object.keys(service.custom ?? {}),
    file: configurationFilename,
  };
};

module.exports = { surroundings };
