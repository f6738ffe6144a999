//! Describing a call of `kms:Decrypt`, and signing it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};
use serde::Serialize;

use super::{Endpoint, Refusal};
use crate::error::Problem;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    ciphertext_blob: String,
    encryption_context: &'a BTreeMap<String, String>,
}

/// One call, to be signed anew for each attempt.
pub(super) struct Call {
    pub(super) endpoint: Endpoint,
    pub(super) region: String,
    body: Bytes,
}

impl Call {
    pub(super) fn new(
        endpoint: Endpoint,
        region: &str,
        ciphertext: &[u8],
        context: &BTreeMap<String, String>,
    ) -> Self {
        let body = Body {
            ciphertext_blob: STANDARD.encode(ciphertext),
            encryption_context: context,
        };
        let body = serde_json::to_vec(&body).expect("a map of strings is always JSON");
        Self {
            endpoint,
            region: region.into(),
            body: body.into(),
        }
    }

    /// The request, signed with Signature Version 4 as of now.
    ///
    /// # Errors
    /// `Credentials` if nothing can be signed with them.
    pub(super) fn signed(
        &self,
        credentials: &Credentials,
    ) -> Result<Request<Full<Bytes>>, Refusal> {
        let unusable = |_| {
            Refusal::of(Problem::credentials(
                "a request cannot be signed with the credentials",
                "set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN anew",
            ))
        };
        let mut request = Request::post(&self.endpoint.path)
            .header(HOST, &self.endpoint.authority)
            .header(CONTENT_TYPE, "application/x-amz-json-1.1")
            .header("x-amz-target", "TrentService.Decrypt")
            .body(Full::new(self.body.clone()))
            .expect("the parts are those of a URL");
        let identity = credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("kms")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("all that is required is given")
            .into();
        let url = format!("http://{}{}", self.endpoint.authority, self.endpoint.path);
        let headers = request
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
        let signable = SignableRequest::new("POST", url, headers, SignableBody::Bytes(&self.body))
            .map_err(unusable)?;
        let (instructions, _) = sign(signable, &parameters).map_err(unusable)?.into_parts();
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }
}
