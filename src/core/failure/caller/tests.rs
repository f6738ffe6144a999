use super::*;

/// The words of the plugin, as plugin/caller.js has them.
pub(crate) fn of_the_plugin() -> Caller {
    Caller {
        program: "serverless secret-baker".into(),
        secrets: "custom.secretBaker".into(),
        functions: "functions".into(),
        secrets_of_function: "secretBaker".into(),
        list_of_secrets: "secretBaker: [MY_SECRET]".into(),
        turn_off: "secretBakerOptions: { enabled: false }".into(),
        baker: "the plugin".into(),
        write_it_out: "write it out, or use the framework's own variables, such as `${aws:region}` and `${aws:accountId}`".into(),
        region: "provider.region, --region, custom.secretBakerOptions.region or AWS_REGION".into(),
        region_given: "custom.secretBakerOptions.region, --region or provider.region, whichever is set".into(),
        endpoint: "custom.secretBakerOptions.endpoint".into(),
        local_values: "custom.secretBakerOptions.local".into(),
        allow_insecure_endpoint: "set custom.secretBakerOptions.allowInsecureEndpoint: true".into(),
        certificates: "AWS_CA_BUNDLE, NODE_EXTRA_CA_CERTS, `ca` and `cafile`".into(),
        launcher: "install its package, serverless-secret-baker-launcher, again: `npm ci`; in a clone of the repository, `npm run build:launcher` makes one".into(),
        own_artefact: ": `package: { individually: true }`".into(),
        own_context: ": provider.ecr.images.NAME.path".into(),
        remote_artefact: "name a local file: fetch it before, and the framework uploads it with its secrets; a function that needs no secrets says so with `secretBaker: []`".into(),
        no_artefact: "build it first, or check package.artifact and the plugins that package".into(),
        package_again: "package again with this plugin, without a tool that changes the artefact after it".into(),
        package_alone: ": the framework itself keeps the artefacts of all runs in one place".into(),
    }
}
