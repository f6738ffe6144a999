'use strict';

// Node's own agents know proxies from this version on.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
exports.supported = major > 24 || (major === 24 && minor >= 5);

// The variable that names a proxy for this URL, as Node reads them; a function in a VPC often has one that it forgot. Plain HTTP
// goes through none.
/** @param {URL} url */
exports.proxyVariable = ({ protocol, hostname, port }) => {
  const variable = ['https_proxy', 'HTTPS_PROXY'].find((each) => process.env[each]);
  const { no_proxy, NO_PROXY } = process.env;
  const excepted = (no_proxy || NO_PROXY || '').toLowerCase().split(/[\s,]+/);
  const own = port || '443';
  const isExcepted = (/** @type {string} */ entry) => {
    const [, host = '', only = own] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    const domain = host.replace(/^\*?\.?/, '.');
    return (
      host !== '' && only === own && (host === '*' || host === hostname || (/^[*.]/.test(host) && hostname.endsWith(domain)))
    );
  };
  return protocol !== 'https:' || excepted.some(isExcepted) ? undefined : variable;
};
