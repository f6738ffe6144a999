// Two stages packaged at once in one folder: each artefact has its own stage's secrets, or a run stops before it bakes.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { bundleOf, FILE, plainWith } from './harness.mjs';

/** @type {import('../aws/stand-in.mjs').StandIn} */
let standIn;
before(async () => {
  standIn = await startStandIn();
  for (const stage of ['a', 'b']) await standIn.putSecret(`/stages/${stage}`, `of ${stage}`);
});
after(() => standIn.stop());

/** @type {[import('./harness.mjs').Framework, number][]} */
const rounds = [
  ['v3', 20],
  ['osls4', 5],
];

describe('two stages at once in one folder', () => {
  for (const [framework, times] of rounds) {
    it(`on ${framework}, ${times} times`, async (t) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the framework
      const custom = { secretBaker: { SECRET: '/stages/${sls:stage}' } };
      const service = plainWith(t, framework, { custom });
      let refused = 0;
      for (let round = 0; round < times; round += 1) {
        await standIn.reset();
        // Slow enough that the first is still at it when the second comes.
        await standIn.faults([{ target: 'AmazonSSM.*', latency_ms: 1000 }]);
        const runs = ['a', 'b'].map(async (stage) => {
          const out = `../out-${round}-${stage}`;
          // Sometimes they meet at once, sometimes one is well on its way.
          if (stage === 'b') await new Promise((resolve) => setTimeout(resolve, round * 120));
          const ended = await service.run(['package', '--stage', stage, '--package', out], {
            env: { AWS_ENDPOINT_URL: standIn.endpoint },
          });
          return { stage, zip: join(service.dir, out, 'plain.zip'), out, ...ended };
        });
        const ended = await Promise.all(runs);
        const asked = new Set((await standIn.calls()).flatMap(({ names }) => names));
        assert.ok(
          ended.some(({ code }) => code === 0),
          ended.map(({ output }) => output).join('\n'),
        );
        for (const { stage, code, output, out, zip } of ended) {
          if (code === 0) {
            const bundle = await bundleOf(await service.zip(`${out}/plain.zip`));
            assert.match(bundle.SECRET?.arn ?? '', new RegExp(`/stages/${stage}$`));
          } else {
            refused += 1;
            assert.match(output, /another run is packaging \S+\n\s*hint: wait until it ends, or package from another copy/);
            assert.equal(asked.has(`/stages/${stage}`), false, 'it baked');
            assert.equal(existsSync(zip), false);
          }
        }
        assert.equal(service.has(FILE), false);
      }
      assert.ok(refused > 0, 'they never met');
      t.diagnostic(`${framework}: ${refused} of ${times * 2} runs were refused`);
    });
  }
});
