// Loaded before a framework, it tells at the end which files of the plugin were loaded, and from where.

const fs = require('node:fs');

process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file.includes('secret-baker'));
  fs.writeFileSync(String(process.env.LOADED_FILES), JSON.stringify(files));
});
