//! A new ciphertext for an entry that has one: `kms:Encrypt`, with the entry's key and context. Whoever asked puts it into the config.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{CONTEXT, Kms, SCHEME};
use crate::aws::Aws;
use crate::aws::account::{self, Account};
use crate::aws::json_call::JsonService;
use crate::aws::kms::API;
use crate::aws::trouble::Trouble;
use crate::config::place::Place;
use crate::failure::Failure;
use crate::failure::shown::Shown;
use crate::source::joint::Sealed;
use crate::source::key_arn::KeyArn;
use crate::source::store::{
    About, Doing, Draft, Named, NotStored, Order, Stored, Target, Wiped, check_key, fits, ordered,
};

const KEEPER: &str = "KMS itself";
const MOST: usize = 4096;

impl Kms {
    pub(super) fn all_targets(&self) -> Vec<Target> {
        let of = |(index, _, sealed): &(usize, Place, Sealed)| Target {
            index: *index,
            named: Named::One(sealed.name.clone()),
        };
        self.taken.iter().map(of).collect()
    }

    pub(super) async fn draft<'a>(
        &'a self,
        aws: &'a Aws,
        order: Order<'a>,
    ) -> Result<Draft<'a>, Failure> {
        let all = self.taken.iter().zip(&self.keys);
        let all = all.map(|((index, _, sealed), key)| (*index, (sealed, key)));
        let (sealed, key) = ordered(all, order)?;
        let name = sealed.name.shown();
        fits(name, order.value, KEEPER, MOST)?;
        let wishes = order.wishes;
        if wishes
            .key
            .as_ref()
            .is_some_and(|wanted| wanted != key.as_str())
        {
            let why = "the entry names its key itself";
            let name = name.clone();
            return Err(NotStored::KeyIsGiven { name, why }.into());
        }
        if wishes.label.is_some() {
            let (name, keeper) = (name.clone(), "a ciphertext of the config");
            return Err(NotStored::NoLabels { name, keeper }.into());
        }
        let notice = Box::pin(check_key(aws, name, key.region(), key.as_str(), true)).await?;
        let encrypt = Encrypt {
            service: JsonService::of(aws, API, key.region()).await?,
            order,
            sealed,
            key,
            names_key: self.with_key.contains(&order.index),
        };
        let doing = if wishes.skip_unchanged && encrypt.is_same().await? {
            Doing::Leave
        } else {
            Doing::Change
        };
        Ok(Draft {
            to: format!("a ciphertext of the config, under {}", key.as_str()).into(),
            doing,
            notices: notice.into_iter().collect(),
            file: None,
            write: Box::new(move || Box::pin(encrypt.write(doing))),
        })
    }
}

struct Encrypt<'a> {
    service: JsonService,
    order: Order<'a>,
    sealed: &'a Sealed,
    key: &'a KeyArn,
    /// Whether the text in the config does.
    names_key: bool,
}

impl<'a> Encrypt<'a> {
    fn name(&self) -> Shown {
        self.sealed.name.shown().clone()
    }

    fn about(&self, doing: &str, action: &'static str) -> About<'a> {
        About {
            name: self.name(),
            doing: format!("{doing} under {}", self.key.as_str()),
            account: account::in_arn(self.key.as_str()).unwrap_or_else(|| Account {
                region: self.key.region().to_owned(),
                id: None,
            }),
            action,
            value: self.order.value,
        }
    }

    fn request(&self, what: &str, text: &str) -> Wiped {
        let mut request = json!({ "KeyId": self.key.as_str(), what: text });
        if let Some(context) = self.sealed.entry.get(CONTEXT) {
            request["EncryptionContext"] = context.clone();
        }
        Wiped(request)
    }

    async fn is_same(&self) -> Result<bool, Failure> {
        let present = self.sealed.entry.get("ciphertext").and_then(Value::as_str);
        let request = self.request("CiphertextBlob", present.unwrap_or_default());
        let about = self.about("decrypting", "kms:Decrypt");
        match self.service.call("Decrypt", &request).await {
            Ok(answer) => {
                let answer = Wiped(answer);
                let plain = answer.get("Plaintext").and_then(Value::as_str);
                let ours = Wiped(Value::String(STANDARD.encode(self.order.value)));
                Ok(plain.is_some() && plain == ours.as_str())
            }
            Err(Trouble::Refused(refused)) => Err(about.incomparable(&refused).into()),
            Err(trouble) => Err(about.failure(&self.service.calls, trouble).await),
        }
    }

    async fn write(self, doing: Doing) -> Result<Stored, Failure> {
        if doing == Doing::Leave {
            return Ok(Stored::default());
        }
        let plain = Wiped(Value::String(STANDARD.encode(self.order.value)));
        let request = self.request("Plaintext", plain.as_str().unwrap_or_default());
        let about = self.about("encrypting", "kms:Encrypt");
        let answer = match self.service.call("Encrypt", &request).await {
            Ok(answer) => answer,
            Err(trouble) => return Err(about.failure(&self.service.calls, trouble).await),
        };
        let blob = answer.get("CiphertextBlob").and_then(Value::as_str);
        let blob = blob.filter(|blob| super::blob::check(blob).is_ok());
        let blob = blob.ok_or_else(|| NotStored::Odd {
            name: self.name(),
            keeper: "KMS",
            what: "a ciphertext",
        })?;
        let text = if self.names_key {
            format!("{SCHEME}{}::{blob}", self.key.as_str())
        } else {
            blob.to_owned()
        };
        Ok(Stored {
            text: Some(text),
            ..Stored::default()
        })
    }
}
