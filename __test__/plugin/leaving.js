'use strict';

// A process for cleanup.test.js to end. It says on stdout how far it has come.
const { fakeService } = require('./fake-serverless.js');

const { dir, stage, keep, others } = JSON.parse(process.argv[2] ?? '');
const service = fakeService({
  dir,
  options: { 'secret-baker-cleanup': !keep },
  core: { hangs: stage === 'fetching' },
  serverless: { devmodeEnabled: stage === 'dev' },
});
const alive = setInterval(() => {}, 1000);
/** @param {string} text */
const say = (text) => process.stdout.write(`${text}\n`);

// A listener that ends the command in its own time, as serverless-offline does.
const later = () => clearInterval(alive);
if (others) for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, later);

const bake = service.run('after:package:cleanup');
if (stage === 'fetching') setImmediate(say, 'fetching');
else bake.then(() => say('written'));
if (stage === 'exit') bake.then(() => process.exit(5));
if (stage === 'dev') bake.then(() => service.run('finalize')).then(() => process.exit(5));
bake.catch((error) => {
  say(error.code);
  process.exitCode = 7;
});
