//! Pieces of a file behind a URL that is signed already, such as a function's code: by HTTP's range requests, never all of it.

use std::ops::Range;
use std::sync::Arc;

use url::Url;

use super::Aws;
use super::calls::Calls;
use super::connection::Link;
use super::endpoint;
use super::outage::Outage;
use super::plain_call::{Came, Plain};
use super::trouble::Trouble;
use crate::contract::REPLY_BYTES;
use crate::failure::Failure;
use crate::failure::shown::Shown;

/// Of one request: half of what an answer may have.
const AT_ONCE: u64 = REPLY_BYTES as u64 / 2;

/// A piece that has come.
#[derive(Debug)]
pub struct Piece {
    /// Where in the file it begins.
    pub at: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// How long the whole file is.
    pub size: u64,
}

/// Why a piece does not come. The URL is a key to the file: its server alone is shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// The server refuses it.
    #[error("{server} answers HTTP {status}")]
    Refused {
        /// The server.
        server: Shown,
        /// Of HTTP.
        status: u16,
    },
    /// It answers with something else than what it was asked for: with the whole file, where that is large.
    #[error("{server} does not answer with the range that it was asked for")]
    NoRange {
        /// The server.
        server: Shown,
    },
    /// The URL came over TLS, and leads out of it.
    #[error("{server} would be asked over plain HTTP")]
    Insecure {
        /// The server.
        server: Shown,
    },
    /// Nothing comes.
    #[error("{server} cannot be read: {said}")]
    Nothing {
        /// The server.
        server: Shown,
        /// In words.
        said: Shown,
    },
}

/// A file behind a URL.
pub struct Ranges {
    calls: Arc<Calls>,
    link: Link,
    url: Url,
}

impl Ranges {
    /// Makes no call. Its calls go at the pace of those that have told the URL.
    ///
    /// # Errors
    /// There is no way to AWS.
    pub async fn of(aws: &Aws, calls: &Arc<Calls>, url: Url) -> Result<Self, Failure> {
        Ok(Self {
            calls: Arc::clone(calls),
            link: aws.link().await?.clone(),
            url,
        })
    }

    /// What ends the file: so many bytes, or all that there are. Of a server that knows no ranges the whole file, where that is short.
    ///
    /// # Errors
    /// They do not come.
    pub async fn end(&self, length: u64) -> Result<Piece, NotFetched> {
        let came = self.get(&format!("bytes=-{length}")).await?;
        if came.status == 200 {
            let size = came.body.len() as u64;
            let (at, bytes) = (0, came.body);
            return Ok(Piece { at, bytes, size });
        }
        let piece = piece(came).filter(|piece| piece.at + piece.bytes.len() as u64 == piece.size);
        piece.ok_or_else(|| self.no_range())
    }

    /// These bytes of a file that has `size` ones.
    ///
    /// # Errors
    /// They do not come.
    pub async fn bytes(&self, wanted: Range<u64>, size: u64) -> Result<Vec<u8>, NotFetched> {
        let mut bytes = Vec::new();
        let mut at = wanted.start;
        while at < wanted.end {
            let next = wanted.end.min(at + AT_ONCE);
            let came = self.get(&format!("bytes={at}-{}", next - 1)).await?;
            let piece = piece(came).filter(|piece| piece.at == at && piece.size == size);
            let piece = piece.filter(|piece| piece.bytes.len() as u64 == next - at);
            bytes.extend(piece.ok_or_else(|| self.no_range())?.bytes);
            at = next;
        }
        Ok(bytes)
    }

    async fn get(&self, range: &str) -> Result<Came, NotFetched> {
        if !is_as_safe(&self.url, self.calls.address()) {
            return Err(NotFetched::Insecure {
                server: self.server(),
            });
        }
        let send = || async {
            let came = self.link.send(Plain {
                method: "GET",
                url: self.url.clone(),
                headers: vec![("range".into(), range.to_owned())],
                body: Vec::new(),
            });
            match came.await? {
                failed if failed.status >= 500 => Err(Trouble::answered(None, None, failed.status)),
                came => Ok(came),
            }
        };
        match self.calls.make(send).await {
            Ok(came) if [200, 206].contains(&came.status) => Ok(came),
            Ok(came) => Err(NotFetched::Refused {
                server: self.server(),
                status: came.status,
            }),
            Err(trouble) => Err(NotFetched::Nothing {
                server: self.server(),
                said: said(trouble).into(),
            }),
        }
    }

    fn no_range(&self) -> NotFetched {
        NotFetched::NoRange {
            server: self.server(),
        }
    }

    fn server(&self) -> Shown {
        endpoint::shown(&self.url[..url::Position::BeforePath])
    }
}

/// Whether a URL is no less safe than the service that told it, which the settings allow.
fn is_as_safe(url: &Url, service: &str) -> bool {
    url.scheme() == "https" || service.starts_with("http://")
}

fn said(trouble: Trouble) -> String {
    match trouble {
        Trouble::Refused(refused) => refused.said,
        Trouble::Outage(Outage::Credentials { code, .. }) => code,
        Trouble::Outage(
            Outage::Throttled { said }
            | Outage::Broken { said, .. }
            | Outage::Proxy { said }
            | Outage::Unmade { said }
            | Outage::TimedOut { said }
            | Outage::Untrusted { said },
        ) => said,
    }
}

/// `None`: it is no piece, or not the one that its header tells.
fn piece(came: Came) -> Option<Piece> {
    let mut headers = came.headers.iter();
    let header = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-range"));
    let (range, size) = header?.1.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (at, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    let size = size.parse().ok()?;
    let length = last.checked_sub(at)?.checked_add(1)?;
    let fits = came.status == 206 && came.body.len() as u64 == length && last < size;
    fits.then_some(Piece {
        at,
        bytes: came.body,
        size,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn came(status: u16, range: &str, body: &[u8]) -> Came {
        Came {
            status,
            headers: vec![("Content-Range".into(), range.into())],
            body: body.to_vec(),
        }
    }

    #[test]
    fn a_piece_is_what_its_header_tells() {
        let piece = piece(came(206, "bytes 2-4/9", b"abc")).unwrap();
        assert_eq!(
            (piece.at, &piece.bytes[..], piece.size),
            (2, &b"abc"[..], 9)
        );
    }

    #[test]
    fn what_is_another_piece_than_told_is_none() {
        for (status, range, body) in [
            (200, "bytes 2-4/9", &b"abc"[..]),
            (206, "bytes 2-4/9", b"ab"),
            (206, "bytes 2-4/4", b"abc"),
            (206, "bytes 4-2/9", b""),
            (206, "bytes 2-4/*", b"abc"),
            (206, "bytes 0-18446744073709551615/9", b""),
            (206, "items 2-4/9", b"abc"),
        ] {
            assert!(piece(came(status, range, body)).is_none(), "{range}");
        }
    }

    #[test]
    fn plain_http_is_asked_only_where_the_service_itself_is() {
        let safe = |url: &str, service| is_as_safe(&Url::parse(url).unwrap(), service);
        let (aws, emulator) = (
            "https://lambda.eu-central-1.amazonaws.com",
            "http://127.0.0.1:1",
        );
        assert!(safe("https://bucket.test/x", aws));
        assert!(!safe("http://bucket.test/x", aws));
        assert!(safe("http://127.0.0.1:2/x", emulator));
        assert!(safe("https://bucket.test/x", emulator));
    }
}
