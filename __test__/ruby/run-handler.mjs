// What Lambda's Ruby runtime does with a handler, once: in a Ruby that is compiled to WebAssembly, so that no machine needs one.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DefaultRubyVM } from '@ruby/wasm-wasi/dist/node';

const ruby = createRequire(import.meta.url).resolve('@ruby/3.4-wasm-wasi/dist/ruby+stdlib.wasm');
const { vm } = await DefaultRubyVM(await /** @type {any} */ (globalThis).WebAssembly.compile(readFileSync(ruby)), {
  env: /** @type {any} */ (process.env),
});
const [file, method] = String(process.env._HANDLER).split('.');
const code = readFileSync(join(process.env.LAMBDA_TASK_ROOT ?? '.', `${file}.rb`), 'utf8');
// Lambda's locale is UTF-8; WebAssembly has none.
vm.eval('ENV.singleton_class.prepend(Module.new { def fetch(...) = super.dup.force_encoding("UTF-8") })');
vm.eval(code);
console.log(vm.eval(`require "json"; JSON.generate(${method}(event: {}, context: nil))`).toString());
