'use strict';

// A source for the tests: fields of one answer, which is asked for once for all of them.

const { trouble } = require('../error.js');
const { textsOf } = require('./fields.js');

const GET = { service: 'kms', target: 'TrentService.GetShared' };

/** @type {WeakMap<import('../aws/call.js').Aws, Map<string, Promise<Record<string, string>>>>} */
const asked = new WeakMap();

/** @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const { id, field } = textsOf(fields, ['id', 'field']);
  return {
    describe: () => ({ place: `shared ${id}`, context: '', action: GET }),
    open: async (/** @type {import('../aws/call.js').Aws} */ aws, /** @type {import('../patience.js').Patience} */ patience) => {
      const content = await patience.within(contentOf(aws, id, patience), () => trouble('UNREACHABLE', 'no answer in time'));
      return Buffer.from(content[field] ?? '');
    },
  };
};

/**
 * @param {import('../aws/call.js').Aws} aws
 * @param {string} id
 * @param {import('../patience.js').Patience} patience
 */
const contentOf = (aws, id, patience) => {
  const known = asked.get(aws) ?? new Map();
  asked.set(aws, known);
  if (!known.has(id)) {
    const call = { ...GET, partition: 'aws', region: 'eu-central-1', body: { id }, read: ({ Fields }) => Fields };
    known.set(id, aws(call, patience));
    known.get(id).catch(() => known.delete(id));
  }
  return known.get(id);
};
