use std::sync::{Arc, Mutex};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared, join};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::fields::{Fields, bytes, text};
use super::sealed::Opened;
use super::*;
use crate::aws::{Aws, Configured, Patience};
use crate::environment::Environment;
use crate::kms::{self, Context, Question};
use crate::support::opening::Environment as Variables;
use crate::support::{Fake, Fault, vectors};

fn parsed(entry: &Value) -> Result<Box<dyn Sealed>, Problem> {
    Sources::default().parse(entry)
}

fn problem(entry: &Value) -> Problem {
    match parsed(entry) {
        Ok(_) => panic!("it is taken for an entry: {entry}"),
        Err(problem) => problem,
    }
}

const ARN: &str = "arn:aws:ssm:eu-central-1:123456789012:parameter/a";

#[test]
fn an_entry_without_a_source_is_parameter_stores() {
    let entry = parsed(&json!({"ciphertext": "AQIC", "arn": ARN, "version": 1})).unwrap();
    let described = entry.describe();
    assert_eq!(
        described.place(),
        format!("parameter {ARN}, region eu-central-1")
    );
    assert_eq!(described.context, format!("PARAMETER_ARN={ARN}"));
}

#[test]
fn a_source_that_is_not_among_the_named_ones_is_unknown_whatever_it_is() {
    for source in [
        json!("ssm"),
        json!(""),
        json!(null),
        json!(5),
        json!(["ssm"]),
        json!({}),
    ] {
        let problem = problem(&json!({"source": source, "ciphertext": "AQIC", "arn": ARN}));
        assert_eq!(problem.code, Code::UnknownSource);
        assert_eq!(problem.reason, source.to_string());
    }
}

#[test]
fn what_is_no_object_is_no_entry() {
    for entry in [json!(null), json!("AQIC"), json!([]), json!(1)] {
        let problem = problem(&entry);
        assert_eq!(problem.code, Code::BundleInvalid);
        assert_eq!(problem.reason, "its entry is not an object");
    }
}

/// The words are its own: those of its operation, and of what it is bound to.
#[test]
fn a_problem_is_told_in_words_of_its_entry() {
    let entry = parsed(&json!({"ciphertext": "AQIC", "arn": ARN})).unwrap();
    let said = |code| entry.describe().fill(Problem::new(code, "")).to_string();
    let denied = said(Code::AccessDenied);
    assert!(denied.starts_with("KMS denies kms:Decrypt; "), "{denied}");
    let context = format!("for the encryption context `PARAMETER_ARN={ARN}`");
    assert!(denied.contains(&context), "{denied}");
    for code in [
        Code::Throttled,
        Code::Unreachable,
        Code::ServiceError,
        Code::WrongContext,
    ] {
        assert!(!said(code).contains(['{', '}']), "{}", said(code));
    }
}

/// A source whose entries have one data key, which is decrypted by one call for all that ask at once, in the region of
/// the function.
#[derive(Default)]
struct Sharing(Arc<Mutex<Option<WeakShared<Asking>>>>);

type Asking = BoxFuture<'static, Result<Arc<Zeroizing<Vec<u8>>>, Problem>>;

struct Part {
    under_way: Arc<Mutex<Option<WeakShared<Asking>>>>,
    data_key: Vec<u8>,
    arn: String,
    at: usize,
}

impl Source for Sharing {
    fn parse(&self, fields: &Fields) -> Result<Box<dyn Sealed>, Problem> {
        Ok(Box::new(Part {
            under_way: Arc::clone(&self.0),
            data_key: bytes("ciphertext", text(fields, "ciphertext")?)?,
            arn: text(fields, "arn")?.to_owned(),
            at: text(fields, "at")?.parse().unwrap(),
        }))
    }
}

impl Part {
    fn asking(&self, aws: &Arc<Aws>) -> Shared<Asking> {
        let mut under_way = self.under_way.lock().unwrap();
        let known = under_way.as_ref().and_then(WeakShared::upgrade);
        known.unwrap_or_else(|| {
            let (aws, ciphertext) = (Arc::clone(aws), self.data_key.clone());
            let region = aws.environment.text("AWS_REGION").unwrap_or_default();
            let context = Context::from([("PARAMETER_ARN".to_owned(), self.arn.clone())]);
            let call = async move {
                let question = Question {
                    partition: "aws",
                    region: &region,
                    ciphertext: &ciphertext,
                    context: &context,
                    key: None,
                };
                kms::decrypt(&aws, &question, &mut None).await.map(Arc::new)
            };
            let asking = call.boxed().shared();
            *under_way = asking.downgrade();
            asking
        })
    }
}

impl Sealed for Part {
    fn describe(&self) -> Description {
        Description {
            place: vec![("part", self.at.to_string())],
            context: String::new(),
            operation: kms::DECRYPT,
        }
    }

    fn open<'a>(&'a self, aws: &'a Arc<Aws>, _: &'a mut Progress) -> BoxFuture<'a, Opened> {
        async move {
            let data_key = self.asking(aws).await?;
            Ok(Zeroizing::new(vec![data_key[self.at]]))
        }
        .boxed()
    }
}

#[tokio::test]
async fn entries_of_a_source_may_share_one_call_and_its_failure() {
    let (rule, entry) = vectors::standard("/shared", "ab");
    let fake = Fake::answering(&[rule], "InvalidCiphertextException");
    let variables = Variables::with_credentials();
    variables.set("AWS_ENDPOINT_URL_KMS", fake.url());
    variables.set("AWS_REGION", "eu-central-1");
    let environment = Environment::new(variables.reader());
    let aws = Aws::new(environment, Configured::default(), Patience::default());
    let aws = Arc::new(aws);
    let sources = Sources {
        named: BTreeMap::from([("sharing", Box::<Sharing>::default() as Box<dyn Source>)]),
        ..Sources::default()
    };
    let part = |at: &str| {
        let fields = json!({"source": "sharing", "ciphertext": entry["ciphertext"], "arn": entry["arn"], "at": at});
        sources.parse(&fields).unwrap()
    };
    let (a, b) = (part("0"), part("1"));
    let (mut first, mut second) = (Progress::default(), Progress::default());
    let both = join(a.open(&aws, &mut first), b.open(&aws, &mut second)).await;
    assert_eq!(
        (both.0.unwrap().as_slice(), both.1.unwrap().as_slice()),
        (&b"a"[..], &b"b"[..])
    );
    assert_eq!(fake.calls().len(), 1);
    fake.faults([Fault::Error(400, "DisabledException", "")]);
    let both = join(a.open(&aws, &mut first), b.open(&aws, &mut second)).await;
    for outcome in [both.0, both.1] {
        assert_eq!(outcome.unwrap_err().code, Code::KeyUnusable);
    }
    assert_eq!(fake.calls().len(), 2);
}
