'use strict';

const { secret } = require('secret-baker');

exports.handler = async () => ({ length: (await secret('API_TOKEN')).length });
