// Loaded before a framework, it tells at the end which modules were loaded, and from where.

const fs = require('node:fs');

process.on('exit', () => fs.writeFileSync(String(process.env.LOADED_FILES), JSON.stringify(Object.keys(require.cache))));
