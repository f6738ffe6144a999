use serde_json::json;

use super::*;
use crate::config::entry::{Field, Keys};
use crate::config::place::Place;
use crate::config::written::Written;

const TOY: [Keys; 1] = [Keys {
    own: "toy",
    fields: &[Field::text("toy", ""), CONTEXT_FIELD],
    named: true,
    scheme: None,
    shows: |_, _| None,
}];

fn read(context: &Value, written: &Value) -> Result<Option<Value>, Vec<String>> {
    let item = json!({"name": "A", "toy": "x", "context": context});
    let written = json!({"name": "A", "toy": "x", "context": written});
    let entry = Entry::item(
        0,
        Place::from("x[0]"),
        &item,
        Written::from(Some(&written)),
        &TOY,
    );
    let mut entry = entry.map_err(|problems| told(&problems))?;
    let context = of(&mut entry);
    let problems = entry.into_problems();
    if problems.is_empty() {
        Ok(context.map(Value::Object))
    } else {
        Err(told(&problems))
    }
}

fn told(problems: &[crate::failure::Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn texts_are_taken_and_an_empty_context_is_none() {
    let context = json!({"service": "billing", "any": "words with spaces"});
    assert_eq!(read(&context, &context), Ok(Some(context.clone())));
    assert_eq!(read(&json!({}), &json!({})), Ok(None));
    let of_stage = json!({"stage": "${sls:stage}"});
    assert_eq!(
        read(&json!({"stage": "dev"}), &of_stage),
        Ok(Some(json!({"stage": "dev"})))
    );
}

#[test]
fn what_is_no_text_and_what_may_be_a_secret_is_refused() {
    for context in [json!("a"), json!(["a"]), json!({"a": 1}), json!(null)] {
        let problems = read(&context, &context).unwrap_err();
        assert_eq!(
            problems,
            ["x[0].context: must be an object of texts, such as `{ service: billing }`"],
            "{context}"
        );
    }
    let key = read(&json!({"hun ter2": "a"}), &json!("${file(a.txt)}")).unwrap_err();
    assert!(!key.concat().contains("hun"), "{key:?}");
    for written in ["${ssm:/app/db}", "${env:PASSWORD}"] {
        let problems = read(&json!({"a": "hun ter2"}), &json!({"a": written})).unwrap_err();
        let text = problems.concat();
        assert!(text.starts_with("x[0].context: "), "{text}");
        assert!(text.contains(written) && !text.contains("hun"), "{text}");
    }
}
