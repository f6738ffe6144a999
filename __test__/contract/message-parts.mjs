// An Encryption SDK message taken apart, and put together again with whatever was changed in between.

/**
 * @typedef {object} Parts
 * @property {Buffer} version with the type of version 1
 * @property {Buffer} suite
 * @property {Buffer} id
 * @property {Buffer} count of the pairs; empty in an empty context
 * @property {[Buffer, Buffer][]} pairs
 * @property {[Buffer, Buffer, Buffer][]} dataKeys
 * @property {Buffer} contentType
 * @property {Buffer} reserved with the length of an IV, in version 1
 * @property {Buffer} frameLength
 * @property {Buffer} commitment
 * @property {Buffer} headerTag with its IV, in version 1
 * @property {Buffer[]} body frames, or a single block
 * @property {Buffer} footer
 */

export const number = (/** @type {number} */ value, /** @type {number} */ size) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
};
const field = (/** @type {Buffer} */ bytes) => Buffer.concat([number(bytes.length & 0xffff, 2), bytes]);

/** @param {Buffer} message that is right */
export function apart(message) {
  let at = 0;
  const take = (/** @type {number} */ size) => {
    at += size;
    return message.subarray(at - size, at);
  };
  const counted = () => take(take(2).readUInt16BE());
  const second = message[0] === 2;
  const version = take(second ? 1 : 2);
  const suite = take(2);
  const id = take(second ? 32 : 16);
  const length = take(2).readUInt16BE();
  const count = length > 0 ? take(2) : Buffer.alloc(0);
  const pairs = Array.from({ length: length > 0 ? count.readUInt16BE() : 0 }, () => pair(counted(), counted()));
  const dataKeys = Array.from({ length: take(2).readUInt16BE() }, () => triple(counted(), counted(), counted()));
  const contentType = take(1);
  const reserved = take(second ? 0 : 5);
  const frameLength = take(4);
  const commitment = take(second ? 32 : 0);
  const headerTag = take(second ? 16 : 28);
  const body = bodyOf(take, () => message.readUInt32BE(at), frameLength.readUInt32BE());
  const footer = take(message.length - at);
  return { version, suite, id, count, pairs, dataKeys, contentType, reserved, frameLength, commitment, headerTag, body, footer };
}

const pair = (/** @type {Buffer} */ key, /** @type {Buffer} */ value) => /** @type {[Buffer, Buffer]} */ ([key, value]);
const triple = (/** @type {Buffer[]} */ ...parts) => /** @type {[Buffer, Buffer, Buffer]} */ (parts);

/**
 * @param {(size: number) => Buffer} take
 * @param {() => number} ahead
 * @param {number} frameLength
 */
function bodyOf(take, ahead, frameLength) {
  if (frameLength === 0) {
    const start = take(20);
    return [Buffer.concat([start, take(start.readUInt32BE(16) + 16)])];
  }
  const frames = [];
  while (ahead() !== 0xffffffff) frames.push(take(4 + 12 + frameLength + 16));
  const start = take(24);
  frames.push(Buffer.concat([start, take(start.readUInt32BE(20) + 16)]));
  return frames;
}

/** @param {Parts} parts */
export function together(parts) {
  const context = Buffer.concat([parts.count, ...parts.pairs.flat().map(field)]);
  return Buffer.concat([
    parts.version,
    parts.suite,
    parts.id,
    field(context),
    number(parts.dataKeys.length & 0xffff, 2),
    ...parts.dataKeys.flat().map(field),
    parts.contentType,
    parts.reserved,
    parts.frameLength,
    parts.commitment,
    parts.headerTag,
    ...parts.body,
    parts.footer,
  ]);
}
