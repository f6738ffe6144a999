// What builds for Linux: cargo-zigbuild with zig, both in the Python environment. zig has every glibc's symbols, so that what is built
// on a new Linux runs on an old one.

import { delimiter, join } from 'node:path';
import { python } from '../__test__/aws/python.mjs';

/** The oldest glibc that what we ship needs: that of Amazon Linux 2. */
export const GLIBC = '2.17';

/** @returns {NodeJS.ProcessEnv} in which cargo finds both */
export function withZig() {
  return { ...process.env, PATH: `${join(python, '..')}${delimiter}${process.env.PATH}` };
}
