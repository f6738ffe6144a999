//! Reading an answer, whole.

use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::{Body as _, Incoming};
use hyper::header::{CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use zeroize::Zeroizing;

use super::broken::{Broken, of_answer, told};
use crate::aws::reply::Reply;
use crate::contract::limit;

/// Room for the usual answer: KMS's plaintexts have at most 4096 bytes.
const USUAL_ANSWER: usize = 16 * 1024;

/// # Errors
/// Why it is no answer, or not a whole one.
pub(super) async fn read(response: Response<Incoming>) -> Result<Reply, Broken> {
    let broken = |reason| Broken::new(reason, of_answer(true));
    let status = response.status().as_u16();
    let header = |name| {
        let mut values = response.headers().get_all(name).iter();
        // Of two, none is the right one.
        let value = values.next().filter(|_| values.next().is_none())?;
        Some(value.to_str().ok()?.to_owned())
    };
    let (error, date) = (header("x-amzn-errortype"), header("date"));
    if !is_framed_once(response.headers()) {
        return Err(broken(
            "its length is told twice, or in a way that is not known".into(),
        ));
    }
    let mut incoming = response.into_body();
    if incoming.size_hint().lower() > limit::REPLY_BYTES as u64 {
        return Err(broken("the answer is too long".into()));
    }
    let mut body = Zeroizing::new(Vec::with_capacity(USUAL_ANSWER));
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| broken(told(&error)))?;
        let Some(part) = frame.data_ref() else {
            continue;
        };
        if body.len() + part.len() > limit::REPLY_BYTES {
            return Err(broken("the answer is too long".into()));
        }
        append(&mut body, part);
    }
    Ok(Reply {
        status,
        error,
        date,
        body,
    })
}

/// Parsers differ on what is told twice.
fn is_framed_once(headers: &HeaderMap) -> bool {
    let lengths = || headers.get_all(CONTENT_LENGTH).iter();
    let codings = || headers.get_all(TRANSFER_ENCODING).iter();
    let is_known = |coding: &HeaderValue| {
        let known = [&b"chunked"[..], b"identity"];
        known
            .iter()
            .any(|known| coding.as_bytes().eq_ignore_ascii_case(known))
    };
    let is_number = |length: &HeaderValue| length.as_bytes().iter().all(u8::is_ascii_digit);
    lengths().count() + codings().count() <= 1
        && lengths().all(is_number)
        && codings().all(is_known)
}

/// A vector that grows by itself would leave a copy behind that is not zeroed.
fn append(body: &mut Zeroizing<Vec<u8>>, data: &[u8]) {
    if body.len() + data.len() > body.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * (body.len() + data.len())));
        larger.extend_from_slice(body);
        *body = larger;
    }
    body.extend_from_slice(data);
}
