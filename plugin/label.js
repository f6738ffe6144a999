'use strict';

/** @import { Provider, Serverless } from './framework.js' */

/** The commands whose artefacts are deployed; `iam` moves no label, and writes a policy for who does. */
const DEPLOYING = ['package', 'deploy', 'deploy function', 'secret-baker iam'];
/** The longest staging label of Secrets Manager. */
const LONGEST = 256;

/**
 * What a source may call the deployment where it keeps what was deployed: a staging label of Secrets Manager.
 * @param {Serverless} serverless
 * @param {Provider | undefined} provider
 * @returns {string | undefined} undefined for a command that deploys nothing, or where nobody knows service and stage
 */
const deploymentLabel = ({ processedInput, service }, provider) => {
  const stage = provider?.getStage?.();
  if (!DEPLOYING.includes((processedInput?.commands ?? []).join(' ')) || !service.service || !stage) return undefined;
  return `secret-baker-${service.service}-${stage}`.replace(/[^\w.+=@/-]/g, '-').slice(0, LONGEST);
};

module.exports = { deploymentLabel };
