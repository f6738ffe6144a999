import { secret } from '../../runtime/node/dist/index.mjs';

const names = String(process.env.NAMES).split(',');

export const handler = async () => Promise.all(names.map((name) => secret(name)));
