'use strict';

/** The name of the bundle's file. The contract is read where it is needed: loading the plugin stays cheap. */
const bundleFile = () => require('../runtime/contract.json').file;

module.exports = { bundleFile };
