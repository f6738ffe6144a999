// All forms in which a function in Python takes its secrets, in the bootstrap of each version that Lambda has: what is printed or
// logged, as text and as JSON, shows none.

import { after, before, describe, it } from 'node:test';
import { startStandIn } from '../aws/stand-in.mjs';
import { pythonClients } from './clients.mjs';
import { answersTwice } from './forms.mjs';
import { baked, pythonTask } from './task.mjs';

/** @import { StandIn } from '../aws/stand-in.mjs' */

const values = { ONE: 'plaintext of ONE ☃', TWO: 'plaintext of TWO ☃' };

const PRINTING = `import logging
from secret_baker import SecretBakerError, secret, secrets
logger = logging.getLogger()
logger.setLevel("DEBUG")
def hello(event, context):
    every = secrets()
    print(every, repr(every), [every], f"{every!r}")
    for log in (logger.debug, logger.info, logger.warning, logger.error, logger.critical):
        log("%s %r", every, {"every": every})
        log(every, extra={"every": every})
    try:
        secret("NONE")
    except SecretBakerError as error:
        print(error, repr(error))
        logger.exception("not opened: %s", error)
    return {"ONE": every["ONE"], "TWO": every["TWO"]}
`;

/** @type {Record<string, {code: string, env?: NodeJS.ProcessEnv}>} whose handler answers with `values` */
const forms = {
  'load_env while the module is imported': {
    code: `import os
from secret_baker import load_env
load_env()
ONE, TWO = os.environ["ONE"], os.environ["TWO"]
def hello(event, context):
    return {"ONE": ONE, "TWO": TWO}
`,
  },
  'asyncio in the handler': {
    code: `import asyncio
from secret_baker import secret_async, secrets_async
async def opened():
    one, every = await asyncio.gather(secret_async("ONE"), secrets_async(only=["ONE", "TWO"]))
    return {"ONE": one, "TWO": every["TWO"]}
def hello(event, context):
    return asyncio.run(opened())
`,
  },
  'all that is printed, as text': { code: PRINTING },
  'all that is printed, as JSON': { code: PRINTING, env: { AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: 'DEBUG' } },
};

/** @type {StandIn} */
let standIn;
/** @type {Record<string, string>} */
let bundle;
before(async () => {
  standIn = await startStandIn();
  bundle = await baked(standIn, values);
});
after(() => standIn.stop());

for (const client of pythonClients) {
  describe(client.name, { skip: client.skip }, () => {
    for (const [form, { code, env = {} }] of Object.entries(forms)) {
      it(`${form}: two invocations, a call for each secret, and no plaintext is printed`, async (t) => {
        const folder = pythonTask(t, { 'handler.py': code, ...bundle });
        await answersTwice(t, client, standIn, { folder, env, values });
      });
    }
  });
}
