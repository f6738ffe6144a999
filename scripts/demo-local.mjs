// The demo without AWS: values of a file that a team commits, sealed for each member's own key, opened by a handler on this machine.

import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { root } from '../__test__/aws/python.mjs';
import { DemoService, run, say } from './demo-service.mjs';
import { sealForAge } from './sops-file.mjs';

const SEALED = 'secrets.local.yaml';
const PASSWORD = 'opened without AWS';

/** No account, no credentials, no region: what a machine may have of its own is put aside. */
const NO_AWS = {
  ...Object.fromEntries(
    Object.keys(process.env)
      .filter((name) => name.startsWith('AWS_'))
      .map((name) => [name, undefined]),
  ),
  AWS_SHARED_CREDENTIALS_FILE: join(root, 'no-such-file'),
  AWS_CONFIG_FILE: join(root, 'no-such-file'),
  AWS_EC2_METADATA_DISABLED: 'true',
};

/**
 * @param {string} example the folder of a service
 * @returns {Promise<boolean>} whether all went well
 */
export async function demo(example) {
  const service = new DemoService(example);
  return run(
    () => sealAndInvoke(service),
    () => service.remove(),
  );
}

/** @param {DemoService} service */
async function sealAndInvoke(service) {
  say('1. An age key of this demo alone; an SSH key that you have would do');
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const keys = join(service.parent, 'keys.txt');
  writeFileSync(keys, `# public key: ${recipient}\n${identity}\n`, { mode: 0o600 });
  console.log(recipient);

  say(`2. ${SEALED}: a SOPS file for that key, which git may have (sops itself writes it by \`sops encrypt\`)`);
  const names = Object.keys(service.secrets());
  const values = Object.fromEntries(names.map((name) => [name, name === 'DB_PASSWORD' ? PASSWORD : `the local ${name}`]));
  writeFileSync(join(service.dir, SEALED), await sealForAge(values, [recipient]));
  const sealed = readFileSync(join(service.dir, SEALED), 'utf8');
  for (const line of sealed.split('\n').slice(0, names.length))
    console.log(line.length > 100 ? `${line.slice(0, 100)}...` : line);
  if (Object.values(values).some((value) => sealed.includes(value))) throw new Error('a value stands in the file as it is');

  say(
    '3. The framework runs the handler on this machine, without AWS: the plugin seals the values anew, and opens them for the handler alone',
  );
  await mkdir(join(service.dir, 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'runtime/node/dist'), join(service.dir, 'node_modules/secret-baker'), 'dir');
  const before = service.list();
  const command = ['invoke', 'local', '-f', 'hello', '--secret-baker-local', SEALED, '--verbose'];
  const { ended, output } = await service.serverless(command, { ...NO_AWS, SOPS_AGE_KEY_FILE: keys });
  if (!ended) return false;
  if (!output.includes(`the password begins with ${PASSWORD.slice(0, 3)}`)) throw new Error('the secret did not open');

  say('4. What is deployed never has them');
  const refused = await service.serverless(['package', '--secret-baker-local', SEALED], NO_AWS);
  if (refused.ended) throw new Error('local values were packaged');

  say('5. The folder, before and after');
  const after = service.list();
  console.log(`before  ${before}\nafter   ${after}`);
  if (before !== after) throw new Error('something was left behind');
  say('Done: a handler has opened a secret, and there was no AWS.');
  return true;
}
