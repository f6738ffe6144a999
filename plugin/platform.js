'use strict';

/**
 * What a binary must fit.
 * @typedef {object} Machine
 * @property {string} platform as in `process.platform`
 * @property {string} arch as in `process.arch`
 * @property {string} [glibc] its version; on Linux without one: musl
 */

/** @returns {Machine} that of this process: its Node decides, not what else is installed */
const thisMachine = () => {
  const { platform, arch } = process;
  const glibc = platform === 'linux' ? glibcVersion() : undefined;
  return { platform, arch, ...(glibc !== undefined && { glibc }) };
};

/**
 * The last part of the names of a binary and its package, as napi makes them.
 * @param {Machine} machine
 * @returns {string} such as `linux-x64-gnu`
 */
const platformOf = ({ platform, arch, glibc }) => {
  if (platform === 'linux') return `linux-${arch}-${glibc === undefined ? 'musl' : 'gnu'}`;
  return platform === 'win32' ? `win32-${arch}-msvc` : `${platform}-${arch}`;
};

/**
 * A machine in words.
 * @param {Machine} machine
 * @returns {string}
 */
const machineWords = ({ platform, arch, glibc }) => {
  const libc = glibc === undefined ? 'musl' : `glibc ${glibc}`;
  return platform === 'linux' ? `linux ${arch} with ${libc}` : `${platform} ${arch}`;
};

/** @returns {string | undefined} */
const glibcVersion = () => {
  const report = /** @type {any} */ (process.report);
  const before = report.excludeNetwork;
  // Else it looks up the name of each host that there is a connection to.
  report.excludeNetwork = true;
  try {
    return report.getReport().header.glibcVersionRuntime;
  } finally {
    report.excludeNetwork = before;
  }
};

module.exports = { machineWords, platformOf, thisMachine };
