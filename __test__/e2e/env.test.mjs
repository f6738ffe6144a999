// Secrets as environment variables: the launcher starts the function, and the code reads process.env. No library, no plaintext
// in the template.

import assert from 'node:assert/strict';
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { launcherProgram, noLauncher } from '../launcher.mjs';
import { frameworks, plainWith } from './harness.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
const VALUES = { PASSWORD: 'Grüße ☃ of the launcher', TOKEN: 'token of the launcher', LONG: 'long '.repeat(1200) };
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/env/password', VALUES.PASSWORD);
  await standIn.putSecret('/env/token', VALUES.TOKEN);
  await standIn.putSecret('/env/long', VALUES.LONG, { tier: 'Advanced' });
});
after(() => standIn.stop());

const secretBaker = { PASSWORD: '/env/password', TOKEN: '/env/token', LONG: '/env/long' };
const HANDLER = `exports.hello = async () => {
  const { PASSWORD, TOKEN, LONG, SLASHED, WRAPPED, AWS_LAMBDA_EXEC_WRAPPER, SECRET_BAKER_NEXT_WRAPPER } = process.env;
  return { PASSWORD, TOKEN, LONG, SLASHED, WRAPPED, wrapper: AWS_LAMBDA_EXEC_WRAPPER, next: SECRET_BAKER_NEXT_WRAPPER };
};
`;
const WRAPPER = '#!/bin/sh\nWRAPPED="by $PASSWORD" exec "$@"\n';

it('the launcher has at most 4 MB and needs no newer glibc than 2.17, so Amazon Linux 2 and 2023 start it', {
  skip: noLauncher,
}, () => {
  const program = launcherProgram();
  assert.ok(program.length <= 4e6, `${program.length} bytes`);
  const needed = [...program.toString('latin1').matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
  assert.ok(needed.length > 0);
  assert.ok(Math.max(...needed) <= 17, `GLIBC_2.${Math.max(...needed)}`);
});

for (const framework of frameworks) {
  describe(`custom.secretBakerOptions.env on ${framework}`, { skip: noLauncher }, () => {
    /** @param {string[]} args @param {import('./harness.mjs').Service} service */
    const run = (service, ...args) => service.run(args, { env: { AWS_ENDPOINT_URL: standIn.endpoint } });

    // osls 3 deploys as serverless 3 does, and a deployment takes its time.
    if (framework !== 'osls3') {
      it('a deployed function reads its secrets from process.env, and one with a wrapper keeps it', async (t) => {
        const functions = {
          all: { handler: 'handler.hello' },
          few: { handler: 'handler.hello', environment: { AWS_LAMBDA_EXEC_WRAPPER: '/var/task/wrap.sh' } },
          none: { handler: 'handler.hello' },
        };
        const custom = {
          secretBaker: { ...secretBaker, '/env/token': '/env/token' },
          secretBakerOptions: { env: { all: ['*', '/env/token=SLASHED'], few: ['PASSWORD'], none: [] } },
        };
        const service = plainWith(
          t,
          framework,
          { service: `env-${framework}`, custom, functions },
          { 'handler.js': HANDLER, 'wrap.sh': WRAPPER },
        );
        // The framework keeps the mode of a file in the zip.
        chmodSync(join(service.dir, 'wrap.sh'), 0o755);
        const deployed = await run(service, 'deploy');
        assert.equal(deployed.code, 0, deployed.output);
        const invoked = async (/** @type {string} */ name) => {
          const { code, output, stdout } = await run(service, 'invoke', '-f', name);
          assert.equal(code, 0, output);
          return JSON.parse(stdout);
        };
        const all = await invoked('all');
        assert.deepEqual(
          Object.keys(VALUES).map((name) => all[name]),
          Object.values(VALUES),
        );
        assert.equal(all.SLASHED, VALUES.TOKEN);
        const { wrapper, ...few } = await invoked('few');
        assert.deepEqual(few, { PASSWORD: VALUES.PASSWORD, WRAPPED: `by ${VALUES.PASSWORD}` });
        assert.match(wrapper, /\/wrap\.sh$/);
        assert.deepEqual(await invoked('none'), {});
        const folder = join(service.dir, '.serverless');
        const written = ['cloudformation-template-update-stack.json', 'serverless-state.json', `env-${framework}.zip`];
        const texts = written.map((name) => readFileSync(join(folder, name), 'utf8')).join() + deployed.output;
        for (const value of Object.values(VALUES)) assert.equal(texts.includes(value), false);
        await run(service, 'remove');
      });
    }

    it('what cannot or must not be a variable is told before anything is packaged', async (t) => {
      const custom = {
        secretBaker: { PATH: '/env/password', 'a-b': '/env/token', '/env/long': '/env/long', FINE: '/env/token' },
        secretBakerOptions: { env: true },
      };
      const { code, output } = await run(plainWith(t, framework, { custom }), 'package');
      assert.equal(code, 1, output);
      assert.match(
        output,
        /custom\.secretBakerOptions\.env: the secret `PATH` cannot be the environment variable `PATH`: that one belongs to the runtime/,
      );
      assert.match(
        output,
        /the secret `a-b` cannot be the environment variable `a-b`: a variable's name has only letters, digits/,
      );
      assert.match(output, /the secret `\/env\/long` cannot be the environment variable `\/env\/long`/);
      assert.match(output, /hint: name the variable that it becomes: `env: \['\*', 'NAME=VARIABLE'\]`/);
      const names = { secretBaker, secretBakerOptions: { env: ['PASWORD'] } };
      const typed = await run(plainWith(t, framework, { custom: names }), 'package');
      assert.match(
        typed.output,
        /custom\.secretBakerOptions\.env: function `hello` carries no secret `PASWORD`, did you mean `PASSWORD`\?/,
      );
    });

    it('a processor for which there is no launcher is told', async (t) => {
      const custom = { secretBaker, secretBakerOptions: { env: true } };
      const functions = { hello: { handler: 'handler.hello', architecture: 'arm64' } };
      const { code, output } = await run(plainWith(t, framework, { custom, functions }), 'package');
      if (code === 0) return t.skip('this clone has a launcher for arm64');
      assert.match(output, /the package serverless-secret-baker-launcher@\S+ is not installed: it has the launcher for arm64/);
      assert.match(output, /hint: npm install --save-dev --include=optional serverless-secret-baker@\d/);
    });
  });
}
