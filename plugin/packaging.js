'use strict';

const path = require('node:path');

/** @import { Package, Service } from './framework.js' */

const FILE = 'secret-baker-secrets.json';

// Means the same file. The framework joins the service's and the function's patterns and drops what it has seen, keeping
// the first: with the same text the function's own `!**` would come after it and win.
const FILE_OF_FUNCTION = 'secret-baker-secrets.jso[n]';

/**
 * Puts the file last in every list of patterns, so that none of the user's takes it out. May be repeated.
 * @param {Service} service changed
 */
const includeInArtefacts = (service) => {
  service.package ??= {};
  pushLast(service.package, FILE);
  for (const { package: own } of Object.values(service.functions ?? {})) {
    if (own?.patterns || own?.include) pushLast(own, FILE_OF_FUNCTION);
  }
};

/**
 * @param {Package} owner
 * @param {string} pattern
 */
const pushLast = (owner, pattern) => {
  owner.patterns = [...(owner.patterns ?? []).filter((other) => other !== pattern), pattern];
};

/**
 * The build contexts of the images that the framework builds. Relative ones start from the service's folder.
 * @param {Service} service
 * @param {string} serviceDir absolute
 * @returns {string[]} absolute
 */
const imageFolders = ({ provider }, serviceDir) => {
  const images = Object.values(provider?.ecr?.images ?? {});
  const contexts = images.map((image) => image?.path).filter((context) => typeof context === 'string');
  return [...new Set(contexts.map((context) => path.resolve(serviceDir, context)))];
};

module.exports = { imageFolders, includeInArtefacts };
