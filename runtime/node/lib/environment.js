'use strict';

const { trouble } = require('./error.js');
const { all, explained, namesOf } = require('./vault.js');

/** @type {T.LoadEnv} */
const loadEnv = async ({ only, prefix = '', override = false } = {}) => {
  const { env } = process;
  const wanted = namesOf({ only }).filter((name) => override || env[prefix + name] === undefined);
  const values = await all({ only: wanted });
  for (const name of wanted) {
    // The system would cut it off or drop it without a word.
    const fits = !/^$|[=\0]/.test(prefix + name) && !values[name]?.includes('\0');
    if (!fits) throw explained(trouble('NOT_TEXT', 'no environment variable can have its name or value'), name);
  }
  for (const name of wanted) env[prefix + name] = values[name];
  return wanted.map((name) => prefix + name);
};

module.exports = { loadEnv };
