// Numbers as the tables show them.

/** @param {number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** @param {number} value milliseconds */
export function ms(value) {
  return `${rounded(value)} ms`;
}

/** @param {number} bytes */
export function mb(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** @param {number} ratio */
export function times(ratio) {
  return `${rounded(ratio)} x`;
}

/** Three figures or so. @param {number} value */
function rounded(value) {
  const size = Math.abs(value);
  if (size < 10) return value.toFixed(size < 1 ? 2 : 1);
  return Math.round(value).toLocaleString('en-US');
}

/**
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 * @returns {string} a table in Markdown; all columns but the first are figures
 */
export function table(head, rows) {
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
