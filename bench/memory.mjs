// How much memory this process has used at most.

import { readFileSync } from 'node:fs';

/**
 * @returns {number} Bytes. Where the kernel tells, since this program was started: `maxRSS` counts what the process
 *     that started it used.
 */
export function peakMemory() {
  try {
    const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    if (peak) return Number(peak[1]) * 1024;
  } catch {
    // Not Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
