import { secret, secrets } from 'secret-baker';

export const main = async (): Promise<string> => (await secret('A')) + ((await secrets()).B ?? '');
