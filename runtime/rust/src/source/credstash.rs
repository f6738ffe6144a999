//! credstash: a data key of KMS, of which one half decrypts and the other authenticates.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use hmac::{Hmac, KeyInit as _, Mac as _};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};
use zeroize::Zeroizing;

use super::ciphertext::blob;
use super::data_key::{DataKey, data_key};
use super::fields::{Fields, contents, context, invalid, text};
use super::sealed::{Description, Opened, Progress, Sealed, Source};
use crate::arn::is_region;
use crate::aws::Aws;
use crate::contract::{Code, partition_of};
use crate::counter_mode;
use crate::error::Problem;
use crate::kms::{self, Context, Question};

/// credstash.
pub(super) struct Credstash;

/// A version of a credential.
struct Credential {
    key: Vec<u8>,
    contents: Vec<u8>,
    hmac: Vec<u8>,
    digest: Digest,
    context: Context,
    region: String,
    name: String,
    version: String,
}

#[derive(Clone, Copy)]
enum Digest {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

impl Source for Credstash {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        let key = blob(fields, "key")?;
        let contents = contents(fields, "contents")?;
        let hmac = text(fields, "hmac").map(hexadecimal)?;
        let hmac =
            hmac.ok_or_else(|| invalid("has an `hmac` that is not lowercase hexadecimal"))?;
        let digest = Digest::named(text(fields, "digest")?)?;
        let context = context(fields)?;
        let region = text(fields, "region")?;
        if !is_region(region) {
            return Err(invalid("has a `region` that is none"));
        }
        let (name, version) = (text(fields, "name")?, text(fields, "version")?);
        if hmac.len() != digest.length() {
            return Err(invalid(
                "has an `hmac` that has not the length of its `digest`",
            ));
        }
        Ok(Box::new(Credential {
            key,
            contents,
            hmac,
            digest,
            context,
            region: region.into(),
            name: name.into(),
            version: version.into(),
        }))
    }
}

impl Sealed for Credential {
    fn describe(&self) -> Description {
        Description {
            place: vec![
                ("credential", self.name.clone()),
                ("version", self.version.clone()),
                ("region", self.region.clone()),
            ],
            context: kms::shown(&self.context),
            operation: kms::DECRYPT,
        }
    }

    fn open<'a>(
        &'a self,
        aws: &'a Arc<Aws>,
        _fresh: bool,
        progress: &'a mut Progress,
    ) -> BoxFuture<'a, Opened> {
        async {
            let question = Question {
                partition: partition_of(&self.region),
                region: &self.region,
                ciphertext: &self.key,
                context: &self.context,
                key: None,
            };
            let keys: DataKey<64> = data_key(kms::decrypt(aws, &question, &progress.last).await)?;
            self.decrypted(&keys)
        }
        .boxed()
    }
}

impl Credential {
    /// # Errors
    /// `Tampered`, before anything is decrypted.
    fn decrypted(&self, keys: &[u8; 64]) -> Opened {
        let (key, second) = keys.split_first_chunk().expect("64 bytes are more than 32");
        if !self
            .digest
            .authenticates(second, &self.contents, &self.hmac)
        {
            return Err(Problem::new(Code::Tampered, "its HMAC is wrong"));
        }
        let mut plaintext = Zeroizing::new(self.contents.clone());
        counter_mode::apply(key, &mut plaintext);
        Ok(plaintext)
    }
}

impl Digest {
    /// # Errors
    /// `UnknownCiphertext`.
    fn named(name: &str) -> Result<Self, Problem> {
        Ok(match name {
            "MD5" => Self::Md5,
            "SHA" | "SHA1" => Self::Sha1,
            "SHA224" => Self::Sha224,
            "SHA256" => Self::Sha256,
            "SHA384" => Self::Sha384,
            "SHA512" => Self::Sha512,
            _ => {
                let reason = format!("it is authenticated by a digest that is not known, {name}");
                return Err(Problem::new(Code::UnknownCiphertext, reason));
            }
        })
    }

    /// In bytes.
    fn length(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Whether the HMAC of the bytes under the key is this one. It is compared in constant time.
    fn authenticates(self, key: &[u8], bytes: &[u8], hmac: &[u8]) -> bool {
        macro_rules! is_right {
            ($digest:ty) => {
                Hmac::<$digest>::new_from_slice(key)
                    .is_ok_and(|mac| mac.chain_update(bytes).verify_slice(hmac).is_ok())
            };
        }
        match self {
            Self::Md5 => is_right!(Md5),
            Self::Sha1 => is_right!(Sha1),
            Self::Sha224 => is_right!(Sha224),
            Self::Sha256 => is_right!(Sha256),
            Self::Sha384 => is_right!(Sha384),
            Self::Sha512 => is_right!(Sha512),
        }
    }
}

/// The bytes of lowercase hexadecimal digits, two a byte.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
            _ => None,
        })
        .collect()
}
