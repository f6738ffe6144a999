//! Writing a secret: `CreateSecret`, or `PutSecretValue`, which makes a version that is the current one from then on. A field is put into
//! the value that is there, which the caller must be allowed to read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::SecretsManager;
use super::describe::{ACTION, API};
use super::want::{CURRENT, Pin, Reference};
use crate::aws::Aws;
use crate::aws::account::{self, Account};
use crate::aws::json_call::JsonService;
use crate::aws::trouble::Trouble;
use crate::edit::{self, NoEdit, Step};
use crate::failure::Failure;
use crate::failure::internal::Internal;
use crate::failure::shown::Shown;
use crate::source::store::{
    About, Doing, Draft, Named, NotStored, Order, StillPinned, Stored, Target, Wiped, check_key,
    fits, ordered, text,
};

const KEEPER: &str = "Secrets Manager";
const MOST: usize = 65_536;
const LABEL_RULE: &str = "1 to 256 characters, of which the first are not `AWS`";

impl SecretsManager {
    pub(super) fn all_targets(&self) -> Vec<Target> {
        let of = |reference: &Reference| Target {
            index: reference.index,
            named: Named::One(reference.name.clone()),
        };
        self.references.iter().map(of).collect()
    }

    pub(super) async fn draft<'a>(
        &'a self,
        aws: &'a Aws,
        order: Order<'a>,
    ) -> Result<Draft<'a>, Failure> {
        let references = self.references.iter();
        let reference = ordered(references.map(|one| (one.index, one)), order)?;
        let home = aws.region().await?;
        let (region, id) = reference.ask(home);
        let name = reference.name.shown();
        fits(name, order.value, KEEPER, MOST)?;
        if reference.field.is_some() {
            text(name, order.value, KEEPER)?;
        }
        if let Some(label) = order
            .wishes
            .label
            .as_deref()
            .filter(|label| !is_label(label))
        {
            return Err(NotStored::BadLabel {
                name: name.clone(),
                label: Shown::of(label),
                rule: LABEL_RULE,
            }
            .into());
        }
        let put = Put {
            service: JsonService::of(aws, API, region).await?,
            account: account::in_arn(id).unwrap_or_else(|| Account {
                region: region.to_owned(),
                id: None,
            }),
            id,
            order,
            reference,
            all: self,
        };
        Box::pin(put.draft(aws)).await
    }
}

fn is_label(label: &str) -> bool {
    (1..=256).contains(&label.chars().count()) && !label.starts_with("AWS")
}

/// The value that is to be written. No `Debug`.
enum New {
    Text(Zeroizing<String>),
    Binary(Zeroizing<String>),
}

struct Put<'a> {
    service: JsonService,
    account: Account,
    id: &'a str,
    order: Order<'a>,
    reference: &'a Reference,
    all: &'a SecretsManager,
}

impl<'a> Put<'a> {
    fn name(&self) -> Shown {
        self.reference.name.shown().clone()
    }

    fn about<'v>(&self, doing: &str, action: &'static str, value: &'v [u8]) -> About<'v> {
        About {
            name: self.name(),
            doing: format!("{doing} `{}`", self.reference.secret.shown()),
            account: self.account.clone(),
            action,
            value,
        }
    }

    async fn draft(self, aws: &'a Aws) -> Result<Draft<'a>, Failure> {
        let is_there = self.is_there().await?;
        let notice = if is_there {
            if self.order.wishes.key.is_some() {
                return Err(NotStored::KeyIsGiven {
                    name: self.name(),
                    why: "the secret has a key of its own, which `aws secretsmanager update-secret` changes",
                }
                .into());
            }
            None
        } else {
            self.may_be_created()?;
            let key = self.order.wishes.key.as_deref().unwrap_or_default();
            Box::pin(check_key(
                aws,
                &self.name(),
                &self.account.region,
                key,
                false,
            ))
            .await?
        };
        let needs_present = self.reference.field.is_some() || self.order.wishes.skip_unchanged;
        let present = if is_there && needs_present {
            Some(self.present().await?)
        } else {
            None
        };
        let new = self.new_value(present.as_ref())?;
        let is_same = self.order.wishes.skip_unchanged
            && match (&new, present.as_deref()) {
                (New::Text(new), Some(Value::String(old))) => **new == *old,
                (New::Binary(new), Some(Value::Object(old))) => {
                    old.get("SecretBinary").and_then(Value::as_str) == Some(new.as_str())
                }
                _ => false,
            };
        let doing = match (is_there, is_same) {
            (false, _) => Doing::Create,
            (true, true) => Doing::Leave,
            (true, false) => Doing::Change,
        };
        let field = self.reference.field.as_ref();
        let field = field.map_or_else(String::new, |field| {
            format!("field `{}` of ", field.shown())
        });
        let to = format!(
            "{field}secret `{}` in {}",
            self.reference.secret.shown(),
            self.account
        );
        Ok(Draft {
            to: to.into(),
            doing,
            notices: notice.into_iter().collect(),
            file: None,
            write: Box::new(move || Box::pin(self.write(new, doing))),
        })
    }

    async fn is_there(&self) -> Result<bool, Failure> {
        let request = json!({ "SecretId": self.id });
        let about = self.about("describing secret", ACTION, b"");
        match self.service.call("DescribeSecret", &request).await {
            Ok(answer) if answer.get("DeletedDate").is_some_and(|date| !date.is_null()) => {
                Err(NotStored::Absent {
                    name: self.name(),
                    what: format!("secret `{}` any more", self.reference.secret.shown()).into(),
                    account: self.account.clone(),
                    why: "it is scheduled for deletion: `aws secretsmanager restore-secret` brings it back",
                }
                .into())
            }
            Ok(_) => Ok(true),
            Err(Trouble::Refused(refused)) if refused.code == "ResourceNotFoundException" => {
                Ok(false)
            }
            Err(trouble) => Err(about.failure(&self.service.calls, trouble).await),
        }
    }

    fn may_be_created(&self) -> Result<(), NotStored> {
        let what = format!("secret `{}`", self.reference.secret.shown()).into();
        if self.id.starts_with("arn:") {
            return Err(NotStored::Absent {
                name: self.name(),
                what,
                account: self.account.clone(),
                why: "one that is named by its ARN is not created: AWS chooses its end",
            });
        }
        if self.order.wishes.key.is_none() {
            return Err(NotStored::NoKey {
                name: self.name(),
                what,
            });
        }
        Ok(())
    }

    /// The current value: a text as such, bytes as the object that the service answers.
    async fn present(&self) -> Result<Wiped, Failure> {
        let request = json!({ "SecretId": self.id, "VersionStage": CURRENT });
        let about = self.about("reading secret", "secretsmanager:GetSecretValue", b"");
        match self.service.call("GetSecretValue", &request).await {
            Ok(mut answer) => Ok(Wiped(match answer.get_mut("SecretString") {
                Some(text @ Value::String(_)) => text.take(),
                _ => answer,
            })),
            Err(Trouble::Refused(refused)) if self.reference.field.is_none() => {
                Err(about.incomparable(&refused).into())
            }
            Err(trouble) => Err(about.failure(&self.service.calls, trouble).await),
        }
    }

    fn new_value(&self, present: Option<&Wiped>) -> Result<New, NotStored> {
        let Some(field) = &self.reference.field else {
            return Ok(match std::str::from_utf8(self.order.value) {
                Ok(text) => New::Text(Zeroizing::new(text.to_owned())),
                Err(_) => New::Binary(Zeroizing::new(STANDARD.encode(self.order.value))),
            });
        };
        let value = text(&self.name(), self.order.value, KEEPER)?;
        let no_fields = |why: String| NotStored::NoFields {
            name: self.name(),
            what: format!("secret `{}`", self.reference.secret.shown()).into(),
            why: why.into(),
            field: field.shown().clone(),
        };
        let present = match present.map(|value| &value.0) {
            None => "{}",
            Some(Value::String(text)) => text.as_str(),
            Some(_) => return Err(no_fields("has bytes for its value".into())),
        };
        if !is_json_object(present) {
            return Err(no_fields("has a value that is no JSON object".into()));
        }
        let field = field.value();
        let way = |steps: &[Step]| matches!(steps, [Step::Key(only)] if only == field);
        let new = match edit::replace(present, way, value) {
            Err(NoEdit::Missing) => edit::insert(present, field, value, true),
            done => done,
        };
        let new = new.map_err(|why| no_fields(format!("cannot be changed: {why}")))?;
        fits(&self.name(), new.as_bytes(), KEEPER, MOST)?;
        Ok(New::Text(new))
    }

    async fn write(self, new: New, doing: Doing) -> Result<Stored, Failure> {
        let mut stored = Stored::default();
        if doing == Doing::Leave {
            return Ok(stored);
        }
        let is_new = doing == Doing::Create;
        let label = self.order.wishes.label.as_deref();
        // A repeated attempt makes no second version by it.
        let mut request = json!({ "ClientRequestToken": token()? });
        match &new {
            New::Text(text) => request["SecretString"] = text.as_str().into(),
            New::Binary(bytes) => request["SecretBinary"] = bytes.as_str().into(),
        }
        let (action, doing, allowed) = if is_new {
            request["Name"] = self.id.into();
            request["KmsKeyId"] = self.order.wishes.key.as_deref().into();
            (
                "CreateSecret",
                "creating secret",
                "secretsmanager:CreateSecret",
            )
        } else {
            request["SecretId"] = self.id.into();
            if let Some(label) = label {
                request["VersionStages"] = json!([CURRENT, label]);
            }
            (
                "PutSecretValue",
                "writing secret",
                "secretsmanager:PutSecretValue",
            )
        };
        let request = Wiped(request);
        // With a field, the whole value is sent.
        let sent = match &new {
            New::Text(text) => text.as_bytes(),
            New::Binary(_) => self.order.value,
        };
        let about = self.about(doing, allowed, sent);
        let answer = match self.service.call(action, &request).await {
            Ok(answer) => answer,
            Err(trouble) => return Err(about.failure(&self.service.calls, trouble).await),
        };
        let version = answer.get("VersionId").and_then(Value::as_str);
        let version = version.ok_or_else(|| NotStored::Odd {
            name: self.name(),
            keeper: KEEPER,
            what: "the new version, which is written",
        })?;
        if let Some(label) = label.filter(|_| is_new)
            && let Err(failure) = self.label(version, label).await
        {
            let notice = format!("version {version} is written, and has no label: {failure}");
            stored.notices.push(notice);
        }
        stored.pins = self.pins(version, label);
        stored.version = Some(version.to_owned());
        Ok(stored)
    }

    async fn label(&self, version: &str, label: &str) -> Result<(), Failure> {
        let request = json!({
            "SecretId": self.id,
            "VersionStage": label,
            "MoveToVersionId": version,
        });
        let action = "secretsmanager:UpdateSecretVersionStage";
        let about = self.about("labelling secret", action, b"");
        match self
            .service
            .call("UpdateSecretVersionStage", &request)
            .await
        {
            Ok(_) => Ok(()),
            Err(trouble) => Err(about.failure(&self.service.calls, trouble).await),
        }
    }

    /// Entries that mean one version of this secret.
    fn pins(&self, version: &str, label: Option<&str>) -> Vec<StillPinned> {
        let of_it = self.all.references.iter().filter(|one| {
            one.secret.value() == self.id && one.ask(&self.account.region).0 == self.account.region
        });
        let pinned = of_it.filter_map(|one| {
            let (pin, remedy) = match &one.pin {
                Pin::Current => return None,
                Pin::Id(id) => (id, format!("write `versionId: {version}` there")),
                Pin::Stage(stage) if Some(stage.value()) == label || stage.value() == CURRENT => return None,
                Pin::Stage(stage) => (stage, "set it with --label of this name, or move the label by `aws secretsmanager update-secret-version-stage`".to_owned()),
            };
            Some(StillPinned {
                place: one.place.clone(),
                pin: pin.shown().clone(),
                remedy: remedy.into(),
            })
        });
        pinned.collect()
    }
}

/// Not by what reads YAML alone: whoever reads this secret reads JSON.
fn is_json_object(text: &str) -> bool {
    text.trim_start().starts_with('{')
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// 32 hexadecimal digits, by which Secrets Manager knows an attempt again. It becomes the version's id.
fn token() -> Result<String, Internal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| Internal {
        said: format!("the system gives no random bytes: {error}").into(),
    })?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
