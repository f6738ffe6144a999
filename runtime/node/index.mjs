import api from './index.js';

export const {
  SecretBakerError,
  configure,
  loadEnv,
  secret,
  secretBytes,
  secretBytesFromEnv,
  secretFromEnv,
  secrets,
  secretsMiddleware,
  withSecrets,
} = api;
