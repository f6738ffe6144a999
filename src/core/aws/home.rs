//! Which AWS is meant, as far as that can be told without credentials and without a call.

use aws_config::BehaviorVersion;
use aws_config::meta::region::ProvideRegion as _;
use aws_config::profile::region::ProfileFileRegionProvider;

use super::connection::Connection;
use super::credentials::{Endpoints, loaded, no_files};
use super::endpoint::Service;
use crate::contract;

/// Where a connection leads.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Home {
    /// The region of whatever names none itself. `None`: nobody has set one.
    pub region: Option<String>,
    /// Whether one of the services is asked at a host that is none of AWS, such as an emulator's.
    pub is_emulator: bool,
}

impl Connection {
    /// Where it leads for some services. Reads the environment and the shared files at most.
    pub async fn home(&self, services: &[Service]) -> Home {
        let found = if self.has_identity() {
            None
        } else {
            Some(self.endpoints_found().await)
        };
        let endpoint = |service: &Service| match self.endpoints.get(service.host) {
            Some(url) => Some(url.clone()),
            None => found.as_ref().and_then(|found| found.of(*service)),
        };
        Home {
            region: match &self.region {
                Some(region) => Some(region.clone()),
                None => self.region_found().await,
            },
            is_emulator: services
                .iter()
                .filter_map(endpoint)
                .any(|url| is_stranger(&url)),
        }
    }

    /// Whether the caller knows whose keys it has, usable or not: then no shared file is read.
    fn has_identity(&self) -> bool {
        self.keys.is_some() || self.lack.is_some()
    }

    /// Whether keys of the environment keep the shared files out, as they do where credentials are looked for.
    fn reads_files(&self) -> bool {
        self.profile.is_some() || variable("AWS_ACCESS_KEY_ID").is_none()
    }

    async fn region_found(&self) -> Option<String> {
        let of_environment = ["AWS_REGION", "AWS_DEFAULT_REGION"];
        let found = of_environment.into_iter().find_map(variable);
        if found.is_some() || self.has_identity() || !self.reads_files() {
            return found;
        }
        let mut provider = ProfileFileRegionProvider::builder();
        if let Some(profile) = &self.profile {
            provider = provider.profile_name(profile);
        }
        let region = provider.build().region().await;
        region.map(|region| region.to_string())
    }

    async fn endpoints_found(&self) -> Endpoints {
        // With a region no machine is asked for one.
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .no_credentials()
            .region("us-east-1");
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        if !self.reads_files() {
            loader = loader.profile_files(no_files());
        }
        Endpoints(loaded(loader).await)
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn is_stranger(url: &str) -> bool {
    let url = url::Url::parse(url).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    !host.is_some_and(contract::is_host_of_aws)
}
