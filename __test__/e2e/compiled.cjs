// Loads the frameworks' own code in compiled form, as Node.js itself can from 22 on: they are started some hundred times, and a
// third of that time is the compiler's. Neither our plugin nor a service is kept.

const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

const root = path.resolve(__dirname, '../..');
const frameworks = path.join(root, '__test__/frameworks') + path.sep;
const cache = path.join(root, 'node_modules/.cache/compiled', process.version);
/** @type {[string, vm.Script][]} */
const fresh = [];

const loader = /** @type {any} */ (Module);
const compile = loader.prototype._compile;

/**
 * @this {any} the module
 * @param {string} content
 * @param {string} filename
 * @param {unknown[]} rest
 */
function compileOrLoad(content, filename, ...rest) {
  const script = filename.startsWith(frameworks) && filename.endsWith('.js') && scriptOf(content, filename);
  if (!script) return compile.call(this, content, filename, ...rest);
  const require = Object.assign((/** @type {string} */ id) => this.require(id), {
    resolve: Object.assign(
      (/** @type {string} */ id, /** @type {any} */ options) => loader._resolveFilename(id, this, false, options),
      {
        paths: (/** @type {string} */ id) => loader._resolveLookupPaths(id, this),
      },
    ),
    main: process.mainModule,
    extensions: loader._extensions,
    cache: loader._cache,
  });
  return script.runInThisContext().call(this.exports, this.exports, require, this, filename, path.dirname(filename));
}

if (loader.enableCompileCache) loader.enableCompileCache(cache);
else loader.prototype._compile = compileOrLoad;

/**
 * @param {string} content
 * @param {string} filename
 * @returns {vm.Script | undefined} undefined for what is no CommonJS
 */
function scriptOf(content, filename) {
  const file = path.join(cache, createHash('sha1').update(filename).update(`${content.length}`).digest('hex'));
  const cachedData = read(file);
  const importModuleDynamically = vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  try {
    const script = new vm.Script(Module.wrap(content.replace(/^#!.*/, '')), { filename, cachedData, importModuleDynamically });
    if (!cachedData || script.cachedDataRejected) fresh.push([file, script]);
    return script;
  } catch {
    return undefined;
  }
}

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

// At the end, when the functions that were called are compiled too.
process.on('exit', () => {
  if (fresh.length > 0) fs.mkdirSync(cache, { recursive: true });
  for (const [file, script] of fresh) {
    // Other processes read and write the same.
    const own = `${file}.${process.pid}`;
    fs.writeFileSync(own, script.createCachedData());
    fs.renameSync(own, file);
  }
});
