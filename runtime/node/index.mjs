import api from './index.js';

export const { SecretBakerError, configure, loadEnv, secret, secretBytes, secrets, secretsMiddleware, withSecrets } = api;
