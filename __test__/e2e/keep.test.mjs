// `--no-secret-baker-cleanup` is accepted by every command, in each spelling, and the file stays.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { FILE, frameworks, plainWith, until } from './harness.mjs';
import { freePorts } from './offline.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  await standIn.putSecret('/keep/one', 'one');
});
after(() => standIn.stop());

const SPELLINGS = ['--no-secret-baker-cleanup', '--secret-baker-cleanup=false'];
// In this order: a function is deployed alone only into a stack that is there.
const COMMANDS = [['package'], ['invoke', 'local', '-f', 'hello'], ['deploy'], ['deploy', 'function', '-f', 'hello', '--force']];
const OFFLINE = [['offline'], ['offline', 'start']];

for (const framework of frameworks) {
  describe(`the option on ${framework}`, () => {
    const env = () => ({ AWS_ENDPOINT_URL: standIn.endpoint });

    it(`keeps the file with ${COMMANDS.map((words) => words.join(' ')).join(', ')}`, async (t) => {
      const service = plainWith(t, framework, {
        service: `keep-${framework}`,
        custom: { secretBaker: ['/keep/one'] },
        functions: { hello: { handler: 'handler.hello' } },
      });
      for (const words of COMMANDS) {
        for (const spelling of SPELLINGS) {
          const { code, output } = await service.run([...words, spelling], { env: env() });
          assert.equal(code, 0, output);
          assert.equal(service.has(FILE), true, `${words.join(' ')} ${spelling}`);
          rmSync(join(service.dir, FILE));
        }
        const { code, output } = await service.run([...words, '--secret-baker-cleanup'], { env: env() });
        assert.equal(code, 0, output);
        assert.equal(service.has(FILE), false, words.join(' '));
      }
    });

    for (const words of OFFLINE) {
      it(`keeps the file with ${words.join(' ')}`, async (t) => {
        const service = plainWith(t, framework, {
          plugins: ['./.point-at-stand-in.js', 'serverless-secret-baker', 'serverless-offline'],
          custom: { secretBaker: ['/keep/one'] },
          functions: { hello: { handler: 'handler.hello', events: [{ httpApi: 'GET /hello' }] } },
        });
        for (const spelling of SPELLINGS) {
          const { args } = await freePorts();
          const { child, said, ended } = service.start([...words, ...args, spelling], { env: env() });
          await until('the server', () => said.output.includes('Server ready') || child.exitCode !== null);
          child.kill('SIGINT');
          const { code, output } = await ended;
          assert.equal(code, 0, output);
          assert.equal(service.has(FILE), true, output);
          rmSync(join(service.dir, FILE));
        }
      });
    }
  });
}
