import middy from '@middy/core';
import ssm from '@middy/ssm';

const names = String(process.env.NAMES).split(',');
const fetchData = Object.fromEntries(names.map((name) => [name, `/cold/${name}`]));

export const handler = middy(async (/** @type {unknown} */ _event, /** @type {any} */ context) =>
  names.map((name) => context[name]),
).use(ssm({ fetchData, setToContext: true }));
