// For which machine a binary is, by its own header.

/** Names of processors as in the names of the packages. @type {Record<number, string>} */
const ELF = { 62: 'x64', 183: 'arm64' };
/** @type {Record<number, string>} */
const MACH_O = { 16777223: 'x64', 16777228: 'arm64' };
/** @type {Record<number, string>} */
const PE = { 34404: 'x64', 43620: 'arm64' };

/**
 * @param {Buffer} bytes
 * @returns {string} Such as `linux-x64-gnu` or `darwin-arm64`, as the packages are called; else what it is not
 */
export function machineOf(bytes) {
  if (bytes.length < 64) return 'no binary';
  if (bytes.readUInt32BE(0) === 0x7f454c46) {
    return `linux-${ELF[bytes.readUInt16LE(18)] ?? 'other'}-${bytes.includes('libc.so.6\0') ? 'gnu' : 'musl'}`;
  }
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return `darwin-${MACH_O[bytes.readUInt32LE(4)] ?? 'other'}`;
  if (bytes.toString('latin1', 0, 2) !== 'MZ') return 'no binary';
  const header = bytes.readUInt32LE(60);
  if (header + 6 > bytes.length || bytes.toString('latin1', header, header + 4) !== 'PE\0\0') return 'no binary';
  return `win32-${PE[bytes.readUInt16LE(header + 4)] ?? 'other'}-msvc`;
}
