'use strict';

const { bundleFile } = require('./bundle-file.js');

/** @import { Package, Service } from './framework.js' */

/** What a bake takes its secrets from belongs to the repository. */
const LOCKS = 'secret-baker.lock*.json';

/**
 * Puts the file last in every list of patterns, so that none of the user's takes it out, and keeps the locks out. May be repeated.
 * @param {Service} service changed
 */
const includeInArtefacts = (service) => {
  const file = bundleFile();
  service.package ??= {};
  pushLast(service.package, `!${LOCKS}`);
  pushLast(service.package, file);
  for (const own of Object.values(service.functions ?? {})) {
    if (!own?.package?.patterns && !own?.package?.include) continue;
    pushLast(own.package, `!${otherwise(LOCKS)}`);
    pushLast(own.package, otherwise(file));
  }
  // Layers take the service's patterns too, and never get a bundle, nor one that a killed run has left below.
  for (const layer of Object.values(service.layers ?? {})) {
    if (!layer) continue;
    layer.package ??= {};
    pushLast(layer.package, `!**/${LOCKS}`);
    pushLast(layer.package, `!**/${file}`);
  }
};

/**
 * Another pattern for the same file. The framework joins the service's and the function's patterns and drops what it has seen, keeping
 * the first: with the same text the function's own `!**` would come after it and win.
 * @param {string} file
 */
const otherwise = (file) => `${file.slice(0, -1)}[${file.slice(-1)}]`;

/**
 * @param {Package} owner
 * @param {string} pattern
 */
const pushLast = (owner, pattern) => {
  owner.patterns = [...(owner.patterns ?? []).filter((other) => other !== pattern), pattern];
};

module.exports = { includeInArtefacts };
