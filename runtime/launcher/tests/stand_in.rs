//! End to end: secrets in the project's stand-in for AWS, baked as it returns them, opened by the launcher.
//!
//! It needs the stand-in's Python environment (`npm run setup`): `cargo test --test stand_in -- --ignored`

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

struct StandIn {
    process: Child,
    endpoint: String,
    tls_endpoint: String,
    authority: String,
}

impl StandIn {
    fn start() -> Self {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../__test__");
        let python: PathBuf = tests.join("../.venv/bin/python");
        let mut python = Command::new(python);
        let started = python
            .args(["-m", "aws", "--tls"])
            .current_dir(tests)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut process =
            started.expect("the stand-in needs its Python environment: run `npm run setup` first");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        Self {
            process,
            endpoint: text("endpoint"),
            tls_endpoint: text("tlsEndpoint"),
            authority: text("ca"),
        }
    }

    fn call(&self, target: &str, body: &Value) -> Value {
        let address = self
            .endpoint
            .strip_prefix("http://")
            .unwrap()
            .trim_end_matches('/');
        let service = if target.starts_with("AmazonSSM") {
            "ssm"
        } else {
            "kms"
        };
        let mut stream = TcpStream::connect(address).unwrap();
        let body = body.to_string();
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/x-amz-json-1.1\r\nx-amz-target: {target}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/eu-central-1/{service}/aws4_request, SignedHeaders=host, Signature=0\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    /// Stores a secret and returns its entry in the bundle, as the plugin would bake it.
    fn baked(&self, key: &Value, name: &str, value: &str, tier: &str) -> Value {
        let body = json!({"Name": name, "Value": value, "Type": "SecureString", "Tier": tier, "KeyId": key});
        self.call("AmazonSSM.PutParameter", &body);
        let got = self.call(
            "AmazonSSM.GetParameter",
            &json!({"Name": name, "WithDecryption": false}),
        );
        let parameter = &got["Parameter"];
        json!({"ciphertext": parameter["Value"], "arn": parameter["ARN"], "version": parameter["Version"]})
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        // It ends, and tidies up, when its standard input does.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

#[test]
#[ignore = "needs the stand-in's Python environment"]
fn both_tiers_open_over_http_and_over_tls() {
    let aws = StandIn::start();
    let key = &aws.call("TrentService.CreateKey", &json!({}))["KeyMetadata"]["KeyId"];
    let bundle = json!({
        "STANDARD": aws.baked(key, "/app/standard", "of the standard tier", "Standard"),
        "ADVANCED": aws.baked(key, "/app/advanced", &"of the advanced tier ".repeat(250), "Advanced"),
    });
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("secret-baker-secrets.json"),
        bundle.to_string(),
    )
    .unwrap();
    for endpoint in [&aws.endpoint, &aws.tls_endpoint] {
        let mut launcher = Command::new(env!("CARGO_BIN_EXE_secret-baker-launcher"));
        launcher
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LAMBDA_TASK_ROOT", folder.path());
        launcher
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_CA_BUNDLE", &aws.authority);
        launcher
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env(
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            );
        let Output { stdout, stderr, .. } = launcher
            .args(["sh", "-c", "echo \"$STANDARD|$ADVANCED\""])
            .output()
            .unwrap();
        let expected = format!(
            "of the standard tier|{}\n",
            "of the advanced tier ".repeat(250)
        );
        assert_eq!(
            String::from_utf8(stdout).unwrap(),
            expected,
            "{}",
            String::from_utf8_lossy(&stderr)
        );
    }
}
