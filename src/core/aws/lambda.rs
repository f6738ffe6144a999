//! Lambda: where the code of a deployed function lies.

use std::sync::Arc;

use serde_json::Value;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::Aws;
use super::calls::Calls;
use super::endpoint::LAMBDA;
use super::json_call;
use super::outage::{Broken, Outage};
use super::signed_call::{Ask, SignedService};
use super::trouble::Trouble;
use crate::failure::Failure;

/// Tells where a function's code lies.
pub const GET_FUNCTION: &str = "lambda:GetFunction";

/// A deployed function's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// Where it lies.
    pub place: Place,
    /// The ARN of the caller's own key that its zip is encrypted under.
    pub key: Option<String>,
}

/// Where code lies.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// In a zip. The URL is a key to it for ten minutes.
    Zip(Url),
    /// In a container image.
    Image,
    /// Lambda does not say.
    Untold,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Zip(_) => "Zip",
            Self::Image => "Image",
            Self::Untold => "Untold",
        })
    }
}

/// Lambda in one region.
pub struct Lambda {
    service: SignedService<Value>,
}

impl Lambda {
    /// Makes no call.
    ///
    /// # Errors
    /// There is no way to AWS, or no address that can be used with these settings.
    pub async fn of(aws: &Aws) -> Result<Self, Failure> {
        let region = aws.region().await?;
        let service = SignedService::of(aws, LAMBDA, region, json_call::read).await?;
        Ok(Self { service })
    }

    /// Its calls, which tell where it is.
    #[must_use]
    pub fn calls(&self) -> &Arc<Calls> {
        &self.service.calls
    }

    /// The code of a function, by its name or ARN.
    ///
    /// # Errors
    /// `ResourceNotFoundException`: there is none of that name; any other trouble of the call.
    pub async fn code(&self, function: &str) -> Result<Code, Trouble> {
        let name: String = byte_serialize(function.as_bytes()).collect();
        let ask = Ask {
            method: "GET",
            path: format!("/2015-03-31/functions/{name}"),
            headers: Vec::new(),
            body: String::new(),
        };
        let answer = self.service.call(ask).await?;
        read(&answer).ok_or_else(|| {
            Trouble::Outage(Outage::Broken {
                why: Broken::Answer,
                said: "what came back does not tell a function's code".into(),
            })
        })
    }
}

/// `None`: it tells no code.
fn read(answer: &Value) -> Option<Code> {
    let code = answer.get("Code")?.as_object()?;
    let text = |field: &str| code.get(field).and_then(Value::as_str);
    let place = match (text("ImageUri"), text("Location")) {
        (Some(_), _) => Place::Image,
        (None, Some(url)) => {
            let url = Url::parse(url).ok()?;
            let is_web = ["https", "http"].contains(&url.scheme()) && url.has_host();
            Place::Zip(is_web.then_some(url)?)
        }
        (None, None) => Place::Untold,
    };
    let key = text("SourceKMSKeyArn").map(str::to_owned);
    Some(Code { place, key })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn code_is_a_zip_an_image_or_untold() {
        let place = |code: Value| read(&json!({ "Code": code })).map(|code| code.place);
        let url = "https://bucket.test/code?X-Amz-Signature=secret";
        let zip = place(json!({ "Location": url })).unwrap();
        assert_eq!(zip, Place::Zip(Url::parse(url).unwrap()));
        assert!(!format!("{zip:?}").contains("secret"));
        assert_eq!(place(json!({ "ImageUri": "a:b" })), Some(Place::Image));
        assert_eq!(
            place(json!({ "SourceKMSKeyArn": "k" })),
            Some(Place::Untold)
        );
        for none in [
            json!({ "Location": "file:///etc/passwd" }),
            json!({ "Location": "x" }),
            json!([]),
        ] {
            assert_eq!(place(none), None);
        }
    }
}
