'use strict';

// A source for the tests: fields of one answer, which is asked for once for all of them.

const { trouble } = require('../../lib/error.js');
const { textsOf } = require('../../lib/source/fields.js');

/**
 * @typedef {import('../../lib/aws/call.js').Aws} Aws
 * @typedef {import('../../lib/patience.js').Patience} Patience
 */

/** @type {import('../../lib/aws/call.js').Action} */
const GET = { service: 'kms', target: 'TrentService.GetShared' };

/** @type {WeakMap<Aws, Map<string, Promise<Record<string, string>>>>} */
const asked = new WeakMap();

/** @param {Record<string, any>} fields */
exports.parse = (fields) => {
  const { id, field } = textsOf(fields, ['id', 'field']);
  return {
    describe: () => ({ place: `shared ${id}`, context: '', action: GET }),
    open: async (/** @type {Aws} */ aws, /** @type {Patience} */ patience) => {
      const content = await patience.within(contentOf(aws, id, patience), () => trouble('UNREACHABLE', 'no answer in time'));
      return Buffer.from(content[field] ?? '');
    },
  };
};

/** @param {Aws} aws @param {string} id @param {Patience} patience */
const contentOf = (aws, id, patience) => {
  const known = asked.get(aws) ?? new Map();
  asked.set(aws, known);
  const flight = known.get(id) ?? fetchContent(aws, id, patience);
  known.set(id, flight);
  flight.catch(() => known.delete(id));
  return flight;
};

/** @param {Aws} aws @param {string} id @param {Patience} patience @returns {Promise<Record<string, string>>} */
const fetchContent = (aws, id, patience) => {
  const read = (/** @type {any} */ { Fields }) => Fields;
  return aws({ ...GET, partition: 'aws', region: 'eu-central-1', body: { id }, read }, patience);
};
