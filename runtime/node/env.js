'use strict';

// `require` cannot wait for KMS.
throw new TypeError(
  "secret-baker/env can only be imported: write `import 'secret-baker/env'` in an ES module, start with `node --import secret-baker/env`, or await loadEnv() before what reads the variables",
);
