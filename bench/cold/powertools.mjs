import { getParametersByName } from '@aws-lambda-powertools/parameters/ssm';

const names = String(process.env.NAMES).split(',');
const wanted = Object.fromEntries(names.map((name) => [`/cold/${name}`, {}]));

export const handler = async () => {
  const opened = await getParametersByName(wanted, { decrypt: true });
  return names.map((name) => opened[`/cold/${name}`]);
};
