// Where the project's own Pythons are.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder that holds the package `aws`. */
export const testFolder = join(root, '__test__');

/** The Python of the virtual environment that set-up makes. */
export const python = programOf('.venv', 'python');

/** The Python that has the SAM CLI, whose packages are not those of the stand-in; and the program itself. */
export const samPython = programOf('.venv-sam', 'python');
export const sam = programOf('.venv-sam', 'sam');

/** @param {string} environment @param {string} name */
function programOf(environment, name) {
  return join(root, environment, process.platform === 'win32' ? `Scripts/${name}.exe` : `bin/${name}`);
}
