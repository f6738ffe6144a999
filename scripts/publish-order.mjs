// Who comes first: npm installs the newest plugin at once, so what it asks for must be there before.

/** A file's name, and where it goes. @type {[RegExp, 'npm' | 'PyPI' | 'crates.io'][]} */
const ORDER = [
  [/^serverless-secret-baker-[a-z].*\.tgz$/, 'npm'],
  [/^serverless-secret-baker-\d.*\.tgz$/, 'npm'],
  [/^secret-baker-.*\.tgz$/, 'npm'],
  [/^secret_baker-.*\.(whl|tar\.gz)$/, 'PyPI'],
  [/^secret-baker-.*\.crate$/, 'crates.io'],
];

/**
 * @param {string[]} names of all files of a release
 * @returns {{name: string, to: string}[]} Those that are published, in their order
 */
export function publishOrder(names) {
  return ORDER.flatMap(([pattern, to]) => names.filter((name) => pattern.test(name)).map((name) => ({ name, to })));
}
