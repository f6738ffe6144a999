use super::*;

#[test]
fn the_name_tells_the_format() {
    for (path, format) in [
        ("a.yaml", Format::Yaml),
        ("secrets/a.enc.yml", Format::Yaml),
        ("a.json", Format::Json),
        (".env", Format::Dotenv),
        ("a/prod.env", Format::Dotenv),
        ("a.ini", Format::Ini),
        ("a.pem", Format::Binary),
        ("a.yaml/key", Format::Binary),
        ("a.YAML", Format::Binary),
        ("key", Format::Binary),
        ("", Format::Binary),
    ] {
        assert_eq!(Format::of(path), format, "{path}");
    }
}
