'use strict';

const { secret } = require('secret-baker');

exports.handler = async () => ({ length: (await secret('DB_PASSWORD')).length });
