use super::*;

fn read(text: &str) -> Option<String> {
    match pieces(text)[..] {
        [Piece::Variable(variable)] => parameter(variable),
        ref other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn the_path_that_a_variable_reads_is_told() {
    for (text, path) in [
        ("${ssm:/shop/db/password}", Some("/shop/db/password")),
        ("${ssm:/shop/db~true}", Some("/shop/db")),
        (
            "${ssm:/shop/${sls:stage}/db}",
            Some("/shop/${sls:stage}/db"),
        ),
        ("${ssm(raw):/shop/db}", Some("/shop/db")),
        (
            "${ssm(us-east-1):/shop/db}",
            Some("arn:aws:ssm:us-east-1:ACCOUNT:parameter/shop/db"),
        ),
        (
            "${ssm:us-east-1:/shop/db}",
            Some("arn:aws:ssm:us-east-1:ACCOUNT:parameter/shop/db"),
        ),
        ("${aws:ssm:/shop/db}", Some("/shop/db")),
        ("${env:X, ssm:/shop/db}", Some("/shop/db")),
        ("${ssm:/shop/${env:X}/db}", None),
        ("${ssm:/sh op}", None),
        ("${vault:secret/db}", None),
    ] {
        assert_eq!(read(text).as_deref(), path, "{text}");
    }
}
