const { secret } = require('secret-baker');

exports.hello = async () => {
  const password = await secret('DB_PASSWORD');
  return { statusCode: 200, body: `the password begins with ${password.slice(0, 3)}` };
};
