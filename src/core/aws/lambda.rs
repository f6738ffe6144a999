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
use crate::contract::SEALED_VARIABLE;
use crate::failure::Failure;

/// Tells where a function's code lies.
pub const GET_FUNCTION: &str = "lambda:GetFunction";

/// A deployed function, as far as it carries secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployed {
    /// Where its code lies.
    pub place: Place,
    /// The ARN of the caller's own key that its zip is encrypted under.
    pub key: Option<String>,
    /// Its environment variables that hold sealed secrets, each with what stands behind the mark; or why Lambda does not tell them.
    pub sealed: Result<Vec<(String, String)>, String>,
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

    /// What a function carries, by its name or ARN.
    ///
    /// # Errors
    /// `ResourceNotFoundException`: there is none of that name; any other trouble of the call.
    pub async fn function(&self, function: &str) -> Result<Deployed, Trouble> {
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
fn read(answer: &Value) -> Option<Deployed> {
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
    let sealed = sealed(answer.pointer("/Configuration/Environment"));
    Some(Deployed { place, key, sealed })
}

/// All other variables may hold plaintexts: nothing of them is kept.
fn sealed(environment: Option<&Value>) -> Result<Vec<(String, String)>, String> {
    let Some(environment) = environment else {
        return Ok(Vec::new());
    };
    if let Some(error) = environment.get("Error").filter(|error| !error.is_null()) {
        let text = |field: &str| error.get(field).and_then(Value::as_str).unwrap_or_default();
        return Err(format!("{}: {}", text("ErrorCode"), text("Message")));
    }
    let variables = environment.get("Variables").and_then(Value::as_object);
    let variables = variables.into_iter().flatten();
    let sealed = variables.filter_map(|(name, value)| {
        let rest = value.as_str()?.strip_prefix(SEALED_VARIABLE)?;
        Some((name.clone(), rest.to_owned()))
    });
    Ok(sealed.collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn code_is_a_zip_an_image_or_untold() {
        let place = |code: Value| read(&json!({ "Code": code })).map(|deployed| deployed.place);
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

    #[test]
    fn of_the_environment_only_what_is_sealed_is_kept() {
        let of = |environment: Value| {
            let answer = json!({"Code": {}, "Configuration": {"Environment": environment}});
            read(&answer).unwrap().sealed
        };
        let variables = json!({"PLAIN": "hunter2", "DB": "secret-baker:{}", "NUMBER": 1});
        let sealed = vec![("DB".to_owned(), "{}".to_owned())];
        assert_eq!(of(json!({ "Variables": variables })), Ok(sealed));
        assert_eq!(of(json!(null)), Ok(Vec::new()));
        let error = json!({"ErrorCode": "AccessDeniedException", "Message": "no"});
        let denied = Err("AccessDeniedException: no".to_owned());
        assert_eq!(of(json!({ "Error": error })), denied);
    }
}
