import baker = require('secret-baker');

import 'secret-baker/env';
import { secret } from 'secret-baker';

export const opened: Promise<[string, string]> = Promise.all([secret('A'), baker.secret('B')]);
export const code: baker.SecretBakerErrorCode = 'SECRET_BAKER_THROTTLED';
// @ts-expect-error there is no default
baker.default;
