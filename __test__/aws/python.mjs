// Where the project's own Python is.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** The folder that holds the package `aws`. */
export const testFolder = join(root, '__test__');

/** The Python of the virtual environment that set-up makes. */
export const python = join(root, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
