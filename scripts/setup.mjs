// `npm run setup`: all set-up and nothing else. The other commands do what they need by themselves.

import { setUp, steps } from './steps.mjs';

const asked = process.argv.slice(2);
await setUp(asked.length > 0 ? asked : Object.keys(steps));
console.log('set-up: done');
