'use strict';

const { decrypt } = require('../aws/kms.js');
const { trouble } = require('../error.js');

/**
 * A data key that KMS opens, in memory of its own: whoever asked wipes it. Throws Trouble, TAMPERED for one of another length.
 * @param {import('../aws/call.js').Aws} aws
 * @param {import('../aws/kms.js').Sealed} sealed
 * @param {number} size in bytes
 * @param {import('../patience.js').Patience} patience
 */
exports.openDataKey = async (aws, sealed, size, patience) => {
  const dataKey = await decrypt(aws, sealed, patience);
  if (dataKey.length === size) return dataKey;
  dataKey.fill(0);
  throw trouble('TAMPERED', `its data key has ${dataKey.length} bytes, not ${size}`);
};
