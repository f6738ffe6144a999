//! Signing a call with Signature Version 4.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http_body_util::Full;
use hyper::Request;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST};

use super::call::Call;
use super::endpoint::Endpoint;
use super::refusal::Refusal;
use crate::contract::Code;
use crate::error::Problem;

/// The request of a call, signed as of that time.
///
/// # Errors
/// `Credentials` if nothing can be signed with them.
pub(super) fn signed(
    call: &Call<'_>,
    endpoint: &Endpoint,
    credentials: &Credentials,
    time: SystemTime,
) -> Result<Request<Full<Bytes>>, Refusal> {
    let unusable = |_| {
        let reason = "a request cannot be signed with them";
        Refusal::of(Problem::new(Code::Credentials, reason))
    };
    let mut request = Request::post(&endpoint.path)
        .header(HOST, &endpoint.authority)
        .header(CONTENT_TYPE, "application/x-amz-json-1.1")
        .header("x-amz-target", call.operation.target)
        .body(Full::new(call.body.clone()))
        .expect("the parts are those of a URL");
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(call.region)
        .name(call.operation.service.id)
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .expect("all that is required is given")
        .into();
    let url = format!("http://{}{}", endpoint.authority, endpoint.path);
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()));
    let signable = SignableRequest::new("POST", url, headers, SignableBody::Bytes(&call.body))
        .map_err(unusable)?;
    let (instructions, _) = sign(signable, &parameters).map_err(unusable)?.into_parts();
    instructions.apply_to_request_http1x(&mut request);
    Ok(request)
}
