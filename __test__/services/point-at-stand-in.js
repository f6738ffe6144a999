'use strict';

// The AWS SDK v2 of serverless 3 and osls 3 reads no AWS_ENDPOINT_URL. osls 4 has no such SDK and needs nothing.
module.exports = class PointAtStandIn {
  constructor(serverless) {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    let sdk;
    try {
      ({ sdk } = serverless.getProvider('aws'));
    } catch {
      return;
    }
    if (endpoint) sdk?.config.update({ endpoint, s3ForcePathStyle: true });
  }
};
