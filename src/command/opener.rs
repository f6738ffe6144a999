//! Opening secrets on this machine, by the caller's own rights: a bundle, and the opener of functions with the way to AWS that the core
//! has, or with the local file's own KMS.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use secret_baker::transport::{Request, Response, Transport};
use secret_baker::{Error, Secrets};
use secret_baker_core::aws::endpoint::{KMS, SECRETS_MANAGER, Service as AwsService};
use secret_baker_core::aws::outage::Outage;
use secret_baker_core::aws::plain_call::{Came, Loopback, Plain};
use secret_baker_core::aws::trouble::Trouble;
use secret_baker_core::aws::{Aws, Keys, Link};
use secret_baker_core::bundle::Bundle;
use secret_baker_core::failure::{Caller, Code, Explain, Failure};
use secret_baker_core::local::Values;
use secret_baker_core::local::kms::Kms;
use secret_baker_core::{Baked, open_locally};
use secret_baker_launcher::failures::Failures;
use url::Url;
use zeroize::Zeroizing;

use crate::service::Service;

/// As long as a call of a bake may take: a proxy is on the way here, and nobody's invocation waits.
const ATTEMPT: Duration = Duration::from_secs(15);
const CALL: Duration = Duration::from_mins(1);

/// Why secrets are not opened.
pub enum Refused {
    /// Before anything was to be opened.
    Failed(Failure),
    /// In the opener's own sentences.
    Told(Failures),
}

impl<E: Into<Failure>> From<E> for Refused {
    fn from(failure: E) -> Self {
        Self::Failed(failure.into())
    }
}

/// That of the opener.
#[must_use]
pub fn not_opened(error: Error) -> Refused {
    Refused::Told(error.into())
}

/// Nothing names a local file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no file of local values is named")]
pub struct NoLocalFile;

impl Explain for NoLocalFile {
    fn code(&self) -> Code {
        Code::LocalValues
    }

    fn hint(&self, caller: &Caller) -> Option<String> {
        let setting = match caller.local_values.as_str() {
            "" => "`options.local`",
            setting => setting,
        };
        Some(format!("name it by {setting} or SECRET_BAKER_LOCAL"))
    }
}

/// What opens bundles.
pub struct Opening {
    variables: BTreeMap<&'static str, String>,
    transport: Transport,
}

impl Opening {
    /// With the credentials, the endpoints, the proxy and the certificates of the core. Calls no service.
    ///
    /// # Errors
    /// There is no way to AWS, or an endpoint that cannot be used.
    pub async fn over(aws: &Aws) -> Result<Self, Failure> {
        let link = aws.link().await?;
        let mut variables = of_keys(link.keys().await?, &link.region);
        for (variable, service) in [
            ("AWS_ENDPOINT_URL_KMS", KMS),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", SECRETS_MANAGER),
        ] {
            variables.extend(endpoint_of(link, service)?.map(|url| (variable, url)));
        }
        let mut switch = |name, is_on: bool| variables.insert(name, is_on.to_string());
        switch("AWS_USE_FIPS_ENDPOINT", link.variants.fips);
        switch("AWS_USE_DUALSTACK_ENDPOINT", link.variants.dual_stack);
        switch(
            "SECRET_BAKER_ALLOW_INSECURE_ENDPOINT",
            link.allow_insecure_endpoint,
        );
        Ok(Self {
            variables,
            transport: transport(link.clone()),
        })
    }

    /// With the KMS on loopback that has sealed local values. It has no proxy: its URL is as secret as they are.
    ///
    /// # Errors
    /// There can be no HTTP client.
    pub fn locally(kms: &Kms, region: &str) -> Result<Self, Failure> {
        let keys = Keys {
            access_key_id: "SECRETBAKERLOCAL".into(),
            secret_access_key: "made-up-by-secret-baker-for-local-values".into(),
            session_token: None,
        };
        let mut variables = of_keys(keys, region);
        variables.insert("AWS_ENDPOINT_URL_KMS", kms.endpoint().to_owned());
        Ok(Self {
            variables,
            transport: over_loopback(Loopback::new()?),
        })
    }

    /// A bundle, to be opened; messages call it `file`. Calls nothing yet.
    ///
    /// # Errors
    /// It is none, in the opener's words.
    pub fn secrets(&self, bundle: &Bundle, file: &str) -> Result<Secrets, Refused> {
        let variables = self.variables.clone();
        let read = move |name: &str| variables.get(name).map(OsString::from);
        let builder = Secrets::builder()
            .bundle_bytes(bundle.bytes(), file)
            .environment(read)
            .attempt_timeout(ATTEMPT)
            .call_timeout(CALL)
            .transport(Arc::clone(&self.transport));
        builder.open().map_err(not_opened)
    }
}

fn endpoint_of(link: &Link, service: AwsService) -> Result<Option<String>, Failure> {
    Ok(link.endpoint(service)?)
}

fn of_keys(keys: Keys, region: &str) -> BTreeMap<&'static str, String> {
    let mut variables = BTreeMap::new();
    variables.extend([
        ("AWS_ACCESS_KEY_ID", keys.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", keys.secret_access_key),
        ("AWS_REGION", region.to_owned()),
    ]);
    variables.extend(keys.session_token.map(|token| ("AWS_SESSION_TOKEN", token)));
    variables
}

fn transport(link: Link) -> Transport {
    Arc::new(move |request| {
        let link = link.clone();
        Box::pin(async move { send(&link, request).await })
    })
}

async fn send(link: &Link, request: Request) -> Result<Response, String> {
    let plain = plain(request)?;
    let shown = plain.url.clone();
    match link.send(plain).await {
        Ok(came) => Ok(response(came)),
        Err(trouble) => Err(why(link, &shown, trouble).await),
    }
}

fn over_loopback(loopback: Loopback) -> Transport {
    Arc::new(move |request| {
        let loopback = loopback.clone();
        Box::pin(async move {
            let came = loopback.send(plain(request)?).await;
            came.map(response).map_err(said)
        })
    })
}

fn plain(request: Request) -> Result<Plain, String> {
    let Request { url, headers, body } = request;
    Ok(Plain {
        method: "POST",
        url: Url::parse(&url).map_err(|_| "its address is no URL".to_owned())?,
        headers,
        body,
    })
}

fn response(came: Came) -> Response {
    Response {
        status: came.status,
        headers: came.headers,
        body: Zeroizing::new(came.body),
    }
}

/// In words, and what the proxy says that lets nobody through.
async fn why(link: &Link, url: &Url, trouble: Trouble) -> String {
    if let Trouble::Outage(outage) = &trouble
        && let Some(proxy) = link.proxy_to(url.as_str())
        && outage.may_be_the_proxys()
        && let Some(verdict) = proxy.refusal(url.as_str()).await
    {
        return format!("the proxy {} {}", proxy.shown(), verdict.said);
    }
    said(trouble)
}

fn said(trouble: Trouble) -> String {
    match trouble {
        Trouble::Refused(refused) => refused.said,
        Trouble::Outage(
            Outage::Throttled { said }
            | Outage::Broken { said, .. }
            | Outage::TimedOut { said }
            | Outage::Unmade { said }
            | Outage::Untrusted { said }
            | Outage::Proxy { said },
        ) => said,
        Trouble::Outage(Outage::Credentials { code, .. }) => code,
    }
}

/// A bundle of the local file's values, and what opens it while its KMS lives.
///
/// # Errors
/// Nothing names the file, it gives no values, or a secret has none.
pub fn locally(service: &Service) -> Result<(Baked, Opening, Kms), Failure> {
    let variable = std::env::var("SECRET_BAKER_LOCAL").ok();
    let named = variable.filter(|file| !file.is_empty());
    let file = named.as_ref().or(service.options.local.as_ref());
    let values = Values {
        file: file.ok_or(NoLocalFile)?,
        region: service.connection.region.as_deref(),
        variables: &|name| std::env::var_os(name),
    };
    let local = open_locally(service.request(), &service.caller, values)?;
    let opening = Opening::locally(&local.kms, &local.region)?;
    Ok((local.baked, opening, local.kms))
}
