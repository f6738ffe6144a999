//! A file that was encrypted under a data key of KMS as serverless-secrets did in 2016. It is taken so that it can be left behind:
//! nothing proves that the file was not changed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::blob;
use super::input_file::{self, Unread};
use super::joint::{Answer, Batch, BoxFuture, Deployment, Progress, Sealed, Source, entry_of};
use super::key_arn::KeyArn;
use super::permission::{Permission, to_open};
use super::shell_word;
use super::store::{Draft, Named, Order, Target, elsewhere};
use super::survey::{Survey, Wish};
use crate::aws::Aws;
use crate::config::Text;
use crate::config::entry::{Entry, Field, Keys, NAME};
use crate::config::place::Place;
use crate::contract::CIPHERTEXT_BYTES;
use crate::failure::shown::Shown;
use crate::failure::{Caller, Code, Explain, Failure, Problem};

const KMS_FILE: &str = "kmsfile";
/// What each of its texts begins with.
const SCHEME: &str = "kmsfile::";

/// The files that a config asks for.
#[derive(Debug)]
pub struct KmsFile {
    deployment: Deployment,
    wanted: Vec<Wanted>,
}

/// One entry of the config, understood.
#[derive(Debug)]
struct Wanted {
    index: usize,
    place: Place,
    name: Text,
    key: KeyArn,
    data_key: String,
    file: String,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
enum BadKmsFile {
    /// It is not the text of 2016.
    #[error(
        "is no text `{SCHEME}<key ARN>::<data key in base64>::<file>`, and may be a secret, so it is not shown"
    )]
    Scheme,
    /// Its file tells nothing.
    #[error("`{file}` is empty")]
    Empty {
        /// As the config names it.
        file: Shown,
    },
}

impl Explain for BadKmsFile {
    fn code(&self) -> Code {
        match self {
            Self::Scheme => Code::ConfigInvalid,
            Self::Empty { .. } => Code::FileInvalid,
        }
    }

    fn hint(&self, _: &Caller) -> Option<String> {
        match self {
            Self::Scheme => Some(
                "write it as it was; a new secret is better kept as a SecureString parameter"
                    .into(),
            ),
            Self::Empty { .. } => None,
        }
    }
}

impl KmsFile {
    /// Takes files from the deployment's folder.
    #[must_use]
    pub fn new(deployment: &Deployment) -> Self {
        Self {
            deployment: deployment.clone(),
            wanted: Vec::new(),
        }
    }

    fn sealed(&self, wanted: &Wanted) -> Result<Sealed, Problem> {
        let contents = input_file::read(
            &self.deployment.folder,
            &Text::public(&wanted.file),
            CIPHERTEXT_BYTES,
        );
        let contents = contents.map_err(|why: Unread| Problem::at(&wanted.place, why))?;
        let file = Shown::of(&wanted.file);
        if contents.is_empty() {
            return Err(Problem::at(&wanted.place, BadKmsFile::Empty { file }));
        }
        let fields = [
            ("key", wanted.data_key.clone().into()),
            ("contents", STANDARD.encode(contents).into()),
            ("arn", wanted.key.as_str().into()),
        ];
        Ok(Sealed {
            name: wanted.name.clone(),
            from: file,
            version: None,
            entry: entry_of(KMS_FILE, fields),
        })
    }
}

/// What stands in its entries.
const FIELDS: &[Field] = &[Field::text(
    KMS_FILE,
    "A file of 2016, as kmsfile::KEY ARN::DATA KEY::FILE",
)];

impl Source for KmsFile {
    fn keys(&self) -> Keys {
        Keys {
            own: KMS_FILE,
            fields: FIELDS,
            named: true,
            scheme: Some(SCHEME),
            shows: |_, _| None,
        }
    }

    fn take(&mut self, entry: &mut Entry<'_>) -> Option<Text> {
        let name = entry.name();
        entry.must_have(NAME);
        // A text of this form is no secret, wherever it comes from, and what has another is never shown.
        let text = entry.text(KMS_FILE, |text, _| {
            let parts = parts(text).map(|_| Text::public(text));
            parts.ok_or(BadKmsFile::Scheme)
        })?;
        let (key, data_key, file) = parts(text.value())?;
        let name = name?;
        self.wanted.push(Wanted {
            index: entry.index,
            place: entry.place_of(KMS_FILE),
            name: name.clone(),
            key,
            data_key,
            file,
        });
        Some(name)
    }

    fn seal<'a>(
        &'a self,
        _: &'a Aws,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Batch, Failure>> {
        Box::pin(async move {
            let answer = |wanted: &Wanted| Answer {
                index: wanted.index,
                outcome: self
                    .sealed(wanted)
                    .map_or_else(|why| Err(vec![why]), |one| Ok(vec![one])),
            };
            let batch = Batch {
                answers: self.wanted.iter().map(answer).collect(),
                notices: self.wanted.iter().map(notice).collect(),
            };
            progress(self.wanted.len(), self.wanted.len());
            Ok(batch)
        })
    }

    fn targets(&self) -> Vec<Target> {
        let of = |one: &Wanted| Target {
            index: one.index,
            named: Named::One(one.name.clone()),
        };
        self.wanted.iter().map(of).collect()
    }

    fn store<'a>(
        &'a self,
        _: &'a Aws,
        order: Order<'a>,
    ) -> BoxFuture<'a, Result<Draft<'a>, Failure>> {
        elsewhere(
            order,
            "a file of kmsfile",
            "nothing proves that such a file was not changed: keep the secret as `kms` in the config, or in Parameter Store",
        )
    }

    fn survey<'a>(
        &'a self,
        _: &'a Aws,
        _: Wish<'a>,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Vec<Survey>, Failure>> {
        let told = self.wanted.iter().map(|wanted| {
            let keys = self
                .sealed(wanted)
                .map(|_| vec![wanted.key.as_str().to_owned()]);
            let of = (&wanted.name, &Shown::of(&wanted.file));
            Survey::here((wanted.index, &wanted.place), KMS_FILE, of, keys)
        });
        let told = told.collect();
        progress(self.wanted.len(), self.wanted.len());
        Box::pin(std::future::ready(Ok(told)))
    }

    fn permissions(&self, told: &[&Survey]) -> Vec<Permission> {
        told.iter()
            .map(|told| to_open(told, "OpenFiles", None))
            .collect()
    }
}

/// The key, the data key and the file of `kmsfile::<ARN>::<base64>::<file>`. `None`: the text is something else.
fn parts(text: &str) -> Option<(KeyArn, String, String)> {
    let mut parts = text.strip_prefix(SCHEME)?.splitn(3, "::");
    let key = KeyArn::of(parts.next()?)?;
    let data_key = parts.next()?;
    let file = parts.next().filter(|file| !file.trim().is_empty())?;
    blob::check(data_key).ok()?;
    Some((key, data_key.to_owned(), file.to_owned()))
}

/// What the user should know of it, and the command that makes a parameter of it without printing the secret.
fn notice(wanted: &Wanted) -> String {
    let (name, file) = (wanted.name.shown(), Shown::of(&wanted.file));
    let (region, key) = (wanted.key.region(), wanted.key.as_str());
    let parameter = "/path/to/parameter";
    let data_key = format!(
        "aws kms decrypt --region {region} --ciphertext-blob {} --query Plaintext --output text | base64 -d | od -An -v -tx1 | tr -d ' \\n'",
        wanted.data_key
    );
    let opened = format!(
        "openssl enc -d -aes-256-ctr -K \"$({data_key})\" -iv 00000000000000000000000000000001 -in {}",
        shell_word::of(file.as_str())
    );
    format!(
        "secret `{name}`: nothing proves that `{file}` is what was encrypted once; seal it anew by `{opened} | aws ssm put-parameter --region {region} --name {parameter} --type SecureString --key-id {} --tier Intelligent-Tiering --value file:///dev/stdin`, and write `{parameter}` in the config",
        shell_word::of(key)
    )
}

#[cfg(test)]
mod tests;
