// The hash that the SDK's signer wants.

import { createHash, createHmac } from 'node:crypto';

export class Sha256 {
  /** @param {any} [secret] */
  constructor(secret) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret);
  }

  /** @param {any} chunk */
  update(chunk) {
    this.hash.update(chunk);
  }

  async digest() {
    return new Uint8Array(this.hash.digest());
  }

  reset() {}
}
