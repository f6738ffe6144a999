'use strict';

exports.hello = async () => ({ ok: true });
