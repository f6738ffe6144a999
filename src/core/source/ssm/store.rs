//! Writing a parameter: `DescribeParameters` tells what is there, without its value; `PutParameter` writes a new version.

use serde_json::{Value, json};

use super::Ssm;
use super::fetch::{API, SECURE_STRING};
use super::name::{Parameter, Prefix};
use super::want::{Reference, Want};
use crate::aws::Aws;
use crate::aws::account::{self, Account};
use crate::aws::json_call::JsonService;
use crate::aws::trouble::Trouble;
use crate::failure::Failure;
use crate::failure::shown::Shown;
use crate::source::store::{
    About, Doing, Draft, Named, NotStored, Order, StillPinned, Stored, Target, Wiped, another_key,
    check_key, fits, ordered, text,
};

const KEEPER: &str = "Parameter Store";
/// That of the advanced tier, which Intelligent-Tiering chooses above 4 KB.
const MOST: usize = 8192;
const LABEL_RULE: &str = "1 to 100 letters, digits, `_`, `.` and `-`, of which the first is no digit and which do not begin with `aws` or `ssm`";

impl Ssm {
    pub(super) fn all_targets(&self) -> Vec<Target> {
        let of = |reference: &Reference| Target {
            index: reference.index,
            named: match &reference.want {
                Want::One { name, .. } => Named::One(name.clone()),
                Want::Below(_) => Named::Below(reference.path.clone()),
            },
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
        let place = Spot::of(reference, order.name, home)?;
        checked(&place, order)?;
        let put = Put {
            service: JsonService::of(aws, API, &place.account.region).await?,
            order,
            place,
            ssm: self,
        };
        Box::pin(put.draft(aws)).await
    }

    /// Entries that mean one version of this parameter; `label` hangs on the newest one.
    fn pins(&self, place: &Spot, version: &str, label: Option<&str>) -> Vec<StillPinned> {
        let of_it = self.references.iter().filter_map(|one| {
            let Want::One { parameter, .. } = &one.want else {
                return None;
            };
            let home = place.home.as_str();
            let is_it = parameter.stem() == place.stem()
                && parameter.region().unwrap_or(home) == place.account.region;
            let selector = parameter.selector().filter(|_| is_it)?;
            if selector == version || Some(selector) == label {
                return None;
            }
            let is_number = selector.bytes().all(|b| b.is_ascii_digit());
            let (name, region) = (&place.name, &place.account.region);
            let remedy = if is_number {
                format!("write version {version} there")
            } else {
                format!("aws ssm label-parameter-version --name={name} --parameter-version {version} --labels {selector} --region {region}")
            };
            Some(StillPinned {
                place: one.place.clone(),
                pin: selector.into(),
                remedy: remedy.into(),
            })
        });
        of_it.collect()
    }
}

/// Which parameter is meant.
#[derive(Clone)]
struct Spot {
    /// The secret, as messages name it.
    secret: Shown,
    /// Without ARN and selector: the only way in which it can be written.
    name: String,
    /// As it may be shown.
    shown: Shown,
    account: Account,
    home: String,
    /// The account that an ARN names.
    of_arn: Option<String>,
}

impl Spot {
    fn of(reference: &Reference, typed: &str, home: &str) -> Result<Self, Failure> {
        let (secret, name, shown, region, of_arn) = match &reference.want {
            Want::One { name, parameter } => {
                let shown = if reference.path.is_public() {
                    Shown::of(&parameter.name())
                } else {
                    reference.path.shown().clone()
                };
                let of_arn = account::in_arn(parameter.bare()).and_then(|account| account.id);
                let region = parameter.region().unwrap_or(home);
                (
                    name.shown().clone(),
                    parameter.name(),
                    shown,
                    region,
                    of_arn,
                )
            }
            Want::Below(prefix) => {
                let name = below(prefix, typed)?;
                (Shown::of(typed), name, Shown::of(typed), home, None)
            }
        };
        Ok(Self {
            secret,
            name,
            shown,
            account: Account {
                region: region.to_owned(),
                id: of_arn.clone(),
            },
            home: home.to_owned(),
            of_arn,
        })
    }

    fn stem(&self) -> &str {
        self.name.trim_start_matches('/')
    }

    fn about<'v>(&self, doing: &str, action: &'static str, value: &'v [u8]) -> About<'v> {
        About {
            name: self.secret.clone(),
            doing: format!("{doing} `{}`", self.shown),
            account: self.account.clone(),
            action,
            value,
        }
    }
}

/// The name of a parameter below a prefix, as it was typed.
fn below(prefix: &Prefix, typed: &str) -> Result<String, NotStored> {
    let parsed = Parameter::parse(typed);
    let is_below = typed.len() > prefix.path().len() && typed.starts_with(prefix.path());
    match parsed {
        Ok(parameter) if parameter.selector().is_none() && is_below => Ok(parameter.name()),
        _ => Err(NotStored::Elsewhere {
            name: Shown::of(typed),
            source_name: "a parameter of such a name",
            instead: "name it by its whole path, such as /app/prod/db-password",
        }),
    }
}

/// What can be refused without a call.
fn checked(place: &Spot, order: Order<'_>) -> Result<(), NotStored> {
    text(&place.secret, order.value, KEEPER)?;
    fits(&place.secret, order.value, KEEPER, MOST)?;
    match &order.wishes.label {
        Some(label) if !is_label(label) => Err(NotStored::BadLabel {
            name: place.secret.clone(),
            label: Shown::of(label),
            rule: LABEL_RULE,
        }),
        _ => Ok(()),
    }
}

fn is_label(label: &str) -> bool {
    let of_one = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let lower = label.to_ascii_lowercase();
    (1..=100).contains(&label.len())
        && label.chars().all(of_one)
        && !label.starts_with(|c: char| c.is_ascii_digit())
        && !lower.starts_with("aws")
        && !lower.starts_with("ssm")
}

/// The parameter that is there.
struct Present {
    kind: String,
    key: Option<String>,
}

struct Put<'a> {
    service: JsonService,
    order: Order<'a>,
    place: Spot,
    ssm: &'a Ssm,
}

impl<'a> Put<'a> {
    async fn draft(mut self, aws: &'a Aws) -> Result<Draft<'a>, Failure> {
        self.is_of_this_account(aws).await?;
        let present = self.present().await?;
        if let Some(Present { kind, .. }) = present.as_ref().filter(|one| one.kind != SECURE_STRING)
        {
            return Err(NotStored::PlainParameter {
                name: self.place.secret.clone(),
                path: self.place.shown.clone(),
                kind: Shown::of(kind),
                account: self.place.account.clone(),
            }
            .into());
        }
        let present_key = present.as_ref().and_then(|one| one.key.as_deref());
        let (key, another) = self.key(present_key)?;
        let (name, region) = (&self.place.secret, &self.place.account.region);
        let is_present = another.is_none() && present_key.is_some();
        let unseen = Box::pin(check_key(aws, name, region, &key, is_present)).await?;
        let another = match another {
            Some(present) => another_key(aws, name, region, present, &key).await?,
            None => None,
        };
        let may_leave = self.order.wishes.skip_unchanged && another.is_none();
        let doing = match present {
            None => Doing::Create,
            Some(_) if may_leave && self.is_same().await? => Doing::Leave,
            Some(_) => Doing::Change,
        };
        let to = format!("parameter `{}` in {}", self.place.shown, self.place.account);
        Ok(Draft {
            to: to.into(),
            doing,
            notices: unseen.into_iter().chain(another).collect(),
            file: None,
            write: Box::new(move || Box::pin(self.write(key, doing))),
        })
    }

    /// The key to encrypt under, and the present one where another was chosen.
    fn key<'p>(&self, present: Option<&'p str>) -> Result<(String, Option<&'p str>), NotStored> {
        match (self.order.wishes.key.as_deref(), present) {
            (Some(chosen), present) => Ok((chosen.to_owned(), present)),
            (None, Some(key)) => Ok((key.to_owned(), None)),
            (None, None) => Err(NotStored::NoKey {
                name: self.place.secret.clone(),
                what: format!("parameter `{}`", self.place.shown).into(),
            }),
        }
    }

    /// A name alone is looked for in the account of the credentials: one that an ARN names must be that one.
    async fn is_of_this_account(&mut self, aws: &Aws) -> Result<(), NotStored> {
        let Some(of_arn) = &self.place.of_arn else {
            return Ok(());
        };
        let account = aws.account().await;
        if account.as_ref() == Some(of_arn) {
            return Ok(());
        }
        Err(NotStored::OtherAccount {
            name: self.place.secret.clone(),
            path: self.place.shown.clone(),
            account,
        })
    }

    async fn call(&self, action: &'static str, body: &Value) -> Result<Value, Trouble> {
        self.service.call(action, body).await
    }

    async fn present(&self) -> Result<Option<Present>, Failure> {
        let request = json!({
            "ParameterFilters": [{ "Key": "Name", "Option": "Equals", "Values": [self.place.name] }],
            "MaxResults": 50,
        });
        let about = || {
            let action = "ssm:DescribeParameters";
            self.place.about("describing parameter", action, b"")
        };
        let mut request = request;
        // Pages may be empty, and another follow.
        for _ in 0..20 {
            let answer = match self.call("DescribeParameters", &request).await {
                Ok(answer) => answer,
                Err(trouble) => return Err(about().failure(&self.service.calls, trouble).await),
            };
            let parameters = answer.get("Parameters").and_then(Value::as_array);
            let text = |one: &Value, key: &str| one.get(key)?.as_str().map(str::to_owned);
            let found = parameters.into_iter().flatten().find(|one| {
                text(one, "Name")
                    .is_some_and(|name| name.trim_start_matches('/') == self.place.stem())
            });
            if let Some(found) = found {
                let kind = text(found, "Type").ok_or_else(|| self.odd("the parameter's type"))?;
                let key = text(found, "KeyId");
                return Ok(Some(Present { kind, key }));
            }
            match answer.get("NextToken") {
                Some(Value::String(token)) => request["NextToken"] = token.as_str().into(),
                _ => return Ok(None),
            }
        }
        Err(self.odd("whether there is such a parameter").into())
    }

    fn odd(&self, what: &'static str) -> NotStored {
        NotStored::Odd {
            name: self.place.secret.clone(),
            keeper: KEEPER,
            what,
        }
    }

    /// The only time that a value is asked for: the caller's own right to decrypt decides.
    async fn is_same(&self) -> Result<bool, Failure> {
        let request = json!({ "Name": self.place.name, "WithDecryption": true });
        let about = self
            .place
            .about("reading parameter", "ssm:GetParameter", b"");
        match self.call("GetParameter", &request).await {
            Ok(answer) => {
                let answer = Wiped(answer);
                let value = answer.pointer("/Parameter/Value").and_then(Value::as_str);
                let value = value.ok_or_else(|| self.odd("the present value"))?;
                Ok(value.as_bytes() == self.order.value)
            }
            Err(Trouble::Refused(refused)) => Err(about.incomparable(&refused).into()),
            Err(trouble) => Err(about.failure(&self.service.calls, trouble).await),
        }
    }

    async fn write(self, key: String, doing: Doing) -> Result<Stored, Failure> {
        let mut stored = Stored::default();
        if doing == Doing::Leave {
            return Ok(stored);
        }
        let value = text(&self.place.secret, self.order.value, KEEPER)?;
        let request = Wiped(json!({
            "Name": self.place.name,
            "Value": value,
            "Type": SECURE_STRING,
            "KeyId": key,
            "Tier": "Intelligent-Tiering",
            "Overwrite": doing == Doing::Change,
        }));
        let about = self
            .place
            .about("writing parameter", "ssm:PutParameter", self.order.value);
        let answer = match self.call("PutParameter", &request).await {
            Ok(answer) => answer,
            Err(trouble) => return Err(about.failure(&self.service.calls, trouble).await),
        };
        let version = answer.get("Version").and_then(Value::as_u64);
        let version = version.ok_or_else(|| self.odd("the new version, which is written"))?;
        let label = self.order.wishes.label.as_deref();
        let label = match label {
            Some(label) => match self.label(version, label).await {
                Ok(()) => Some(label),
                // What is written is written: it is told, and so is this.
                Err(failure) => {
                    stored.notices.push(format!(
                        "version {version} is written, and has no label: {failure}"
                    ));
                    None
                }
            },
            None => None,
        };
        let version = version.to_string();
        stored.pins = self.ssm.pins(&self.place, &version, label);
        stored.version = Some(version);
        Ok(stored)
    }

    async fn label(&self, version: u64, label: &str) -> Result<(), Failure> {
        let request = json!({
            "Name": self.place.name,
            "ParameterVersion": version,
            "Labels": [label],
        });
        let action = "ssm:LabelParameterVersion";
        let about = self.place.about("labelling parameter", action, b"");
        let answer = match self.call("LabelParameterVersion", &request).await {
            Ok(answer) => answer,
            Err(trouble) => return Err(about.failure(&self.service.calls, trouble).await),
        };
        let invalid = answer.get("InvalidLabels").and_then(Value::as_array);
        if invalid.is_some_and(|labels| !labels.is_empty()) {
            return Err(NotStored::BadLabel {
                name: self.place.secret.clone(),
                label: Shown::of(label),
                rule: LABEL_RULE,
            }
            .into());
        }
        Ok(())
    }
}
