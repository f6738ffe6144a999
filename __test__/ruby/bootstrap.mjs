// What Lambda's Ruby runtime does with a handler, in a Ruby that is compiled to WebAssembly, so that no machine needs one.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { DefaultRubyVM } from '@ruby/wasm-wasi/dist/node';

const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const ruby = createRequire(import.meta.url).resolve('@ruby/3.4-wasm-wasi/dist/ruby+stdlib.wasm');
const { vm } = await DefaultRubyVM(await /** @type {any} */ (globalThis).WebAssembly.compile(readFileSync(ruby)), {
  env: /** @type {any} */ (process.env),
});
const [file, method] = String(process.env._HANDLER).split('.');
const code = readFileSync(join(process.env.LAMBDA_TASK_ROOT ?? '.', `${file}.rb`), 'utf8');
// Lambda's locale is UTF-8; WebAssembly has none.
vm.eval('ENV.singleton_class.prepend(Module.new { def fetch(...) = super.dup.force_encoding("UTF-8") })');
vm.eval(code);
for (;;) {
  const invocation = await fetch(`${api}/next`);
  const id = invocation.headers.get('lambda-runtime-aws-request-id');
  const event = JSON.stringify(await invocation.text());
  const body = vm.eval(`require "json"; JSON.generate(${method}(event: JSON.parse(${event}), context: nil))`).toString();
  await fetch(`${api}/${id}/response`, { method: 'POST', body });
}
