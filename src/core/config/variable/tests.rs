use super::*;

fn variable(text: &str) -> Variable<'_> {
    match pieces(text)[..] {
        [Piece::Variable(variable)] => variable,
        ref other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_text_falls_into_literals_and_variables() {
    let seen: Vec<_> = pieces("/a/${sls:stage}/${env:X, '}'}${file(./x.yml):a.b}z")
        .into_iter()
        .map(|piece| match piece {
            Piece::Literal(text) => format!("={text}"),
            Piece::Variable(variable) => variable.0.to_owned(),
        })
        .collect();
    assert_eq!(
        seen,
        [
            "=/a/",
            "sls:stage",
            "=/",
            "env:X, '}'",
            "file(./x.yml):a.b",
            "=z"
        ]
    );
    assert_eq!(pieces("${env:IT'S}x").len(), 2);
    assert_eq!(
        pieces("${env:open"),
        [Piece::Variable(Variable("env:open"))]
    );
}

#[test]
fn what_the_framework_leaves_alone_is_literal() {
    for text in [
        "/a",
        "${AWS::Region}",
        "/${Name}/b",
        "\\${env:X}",
        "$",
        "${",
        "${}",
        "{a:b}",
    ] {
        assert_eq!(pieces(text), [Piece::Literal(text)], "{text}");
    }
}

#[test]
fn stores_of_secrets_are_known_however_they_are_addressed() {
    for text in [
        "${ssm:/a}",
        "${SSM:/a}",
        "${ssm(eu-west-1):/a}",
        "${ssm(eu-west-1, raw):/a/${sls:stage}}",
        "${ssm:us-east-1:/a~true}",
        "${aws:ssm:/a}",
        "${aws:secretsmanager:a}",
        "${secretsmanager:a}",
        "${aws-secrets:a}",
        "${awsSecrets:a}",
        "${vault:a}",
        "${hcvault(x):a}",
        "${doppler:A}",
        "${op://a/b}",
        "${1password:a}",
        "${sops:a}",
        "${credstash:a}",
        "${env:A, ssm:/a}",
        "${env:A, ${ssm:/a}}",
        "${file(./${ssm:/a}.yml):b}",
        "${ssm:/a, 'fallback'}",
    ] {
        let variable = variable(text);
        assert!(variable.is_secret() && !variable.is_literal(), "{text}");
    }
    for text in [
        "${env:SSM}",
        "${param:x}",
        "${opt:stage, 'dev'}",
        "${file(./ssm.yml):a}",
        "${cf:stack.Output}",
        "${s3:a/b}",
    ] {
        let variable = variable(text);
        assert!(!variable.is_secret() && !variable.is_literal(), "{text}");
    }
    for text in [
        "${sls:stage}",
        "${self:service}",
        "${aws:accountId}",
        "${aws:region}",
        "${self:custom.a, 'b'}",
    ] {
        let variable = variable(text);
        assert!(!variable.is_secret() && variable.is_literal(), "{text}");
    }
    assert!(!variable("${self:custom.${env:A}}").is_literal());
}
