//! Describing a call of `kms:Decrypt`, and signing it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
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

use super::{Endpoint, Question, Refusal};
use crate::contract::Code;
use crate::error::Problem;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Body<'a> {
    ciphertext_blob: String,
    encryption_context: &'a BTreeMap<String, String>,
}

/// One call, to be signed anew for each attempt.
pub(super) struct Call<'a> {
    pub(super) endpoint: Endpoint,
    question: &'a Question<'a>,
    body: Bytes,
    is_renewed: AtomicBool,
    is_corrected: AtomicBool,
}

impl<'a> Call<'a> {
    pub(super) fn new(endpoint: Endpoint, question: &'a Question<'a>) -> Self {
        let body = Body {
            ciphertext_blob: STANDARD.encode(question.ciphertext),
            encryption_context: question.context,
        };
        let body = serde_json::to_vec(&body).expect("a map of strings is always JSON");
        Self {
            endpoint,
            question,
            body: body.into(),
            is_renewed: AtomicBool::default(),
            is_corrected: AtomicBool::default(),
        }
    }

    pub(super) fn region(&self) -> &str {
        &self.question.parameter.region
    }

    pub(super) fn key(&self) -> Option<&str> {
        self.question.key
    }

    /// Whether it may be tried at once with other credentials: the first time.
    pub(super) fn may_renew(&self) -> bool {
        !self.is_renewed.swap(true, Ordering::Relaxed)
    }

    /// Whether it may be tried at once with another time: the first time.
    pub(super) fn may_correct(&self) -> bool {
        !self.is_corrected.swap(true, Ordering::Relaxed)
    }

    /// The request, signed with Signature Version 4 as of that time.
    ///
    /// # Errors
    /// `Credentials` if nothing can be signed with them.
    pub(super) fn signed(
        &self,
        credentials: &Credentials,
        time: SystemTime,
    ) -> Result<Request<Full<Bytes>>, Refusal> {
        let unusable = |_| {
            let reason = "a request cannot be signed with them";
            Refusal::of(Problem::new(Code::Credentials, reason))
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
            .region(self.region())
            .name("kms")
            .time(time)
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
