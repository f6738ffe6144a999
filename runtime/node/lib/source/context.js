'use strict';

const { trouble } = require('../error.js');
const { isObject } = require('../json.js');
const { shown } = require('../shown.js');

/** @typedef {Record<string, string>} Context of an encryption */

/**
 * The field `context`, of which none is an empty one. Throws Trouble BUNDLE_INVALID.
 * @param {Record<string, any>} fields
 * @returns {Context}
 */
exports.contextOf = (fields) => {
  if (!Object.hasOwn(fields, 'context')) return {};
  const { context } = fields;
  if (isObject(context) && Object.values(context).every((value) => typeof value === 'string')) return context;
  throw trouble('BUNDLE_INVALID', 'its `context` is not an object of texts');
};

/** As sentences name it. @param {Context} context */
exports.contextWords = (context) =>
  shown(
    Object.entries(context)
      .map(([key, value]) => `${key}=${value}`)
      .join(', '),
  );
