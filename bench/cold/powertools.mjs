import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';

const names = process.argv.slice(2);
const wanted = Object.fromEntries(names.map((name) => [`/cold/${name}`, {}]));
const opened = await getParametersByName(wanted, { decrypt: true });
for (const name of names) console.log(opened[`/cold/${name}`]);
