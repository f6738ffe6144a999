import { App, Stack } from 'aws-cdk-lib';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';

const stack = new Stack(new App({ outdir: 'cdk.out' }), 'shop');

new NodejsFunction(stack, 'api', {
  entry: 'handler.js',
  runtime: Runtime.NODEJS_22_X,
  bundling: {
    commandHooks: {
      beforeBundling: () => [],
      beforeInstall: () => [],
      afterBundling: (_, output) => [`cd "${output}" && secret-baker bake . --function api`],
    },
  },
});
stack.node.root.synth();
