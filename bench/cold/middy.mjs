import middy from '@middy/core';
import ssm from '@middy/ssm';

const names = process.argv.slice(2);
const fetchData = Object.fromEntries(names.map((name) => [name, `/cold/${name}`]));
const handler = middy(async (/** @type {unknown} */ _event, /** @type {any} */ context) => {
  for (const name of names) console.log(context[name]);
}).use(ssm({ fetchData, setToContext: true }));

await handler({}, {});
