const { secrets } = require('../../runtime/node/dist');
const names = process.argv.slice(2);

secrets({ only: names }).then((opened) => {
  for (const name of names) console.log(opened[name]);
});
