import api from './index.js';

await api.loadEnv();
