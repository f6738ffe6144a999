use super::*;

/// A proxy that answers each request with these bytes; its address.
async fn answering(answer: &'static [u8]) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 1024];
            let length = stream.read(&mut request).await.unwrap();
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            assert!(
                request.starts_with("CONNECT ssm.example.com:443 HTTP/1.1\r\n"),
                "{request}"
            );
            assert!(
                request.contains("Proxy-Authorization: Basic dTpQQVNTV09SRA==\r\n"),
                "{request}"
            );
            stream.write_all(answer).await.unwrap();
        }
    });
    format!("http://u:PASSWORD@{address}")
}

async fn refusal(proxy: &str) -> Option<Verdict> {
    let proxy = Proxy::of("https://ssm.example.com", Some(proxy)).unwrap();
    assert!(!proxy.shown().as_str().contains("PASSWORD"));
    proxy.refusal("https://ssm.example.com").await
}

#[tokio::test]
async fn the_status_of_a_refusal_is_told() {
    for (answer, status, said) in [
        (
            &b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"[..],
            Some(407),
            "answers with HTTP status 407",
        ),
        (
            b"HTTP/1.0 403 \r\n\r\n",
            Some(403),
            "answers with HTTP status 403",
        ),
        (b"SSH-2.0-OpenSSH\r\n", None, "answers what is no HTTP"),
        (b"", None, "answers what is no HTTP"),
    ] {
        let verdict = refusal(&answering(answer).await).await.unwrap();
        assert_eq!((verdict.status, verdict.said.as_str()), (status, said));
    }
    assert_eq!(
        refusal(&answering(b"HTTP/1.1 200 OK\r\n\r\n").await).await,
        None
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let silent = format!("http://{}", listener.local_addr().unwrap());
    let forwards = Proxy::of("http://ssm.example.com", Some(&silent)).unwrap();
    assert_eq!(forwards.refusal("http://ssm.example.com").await, None);
    let nobody = refusal("http://u:PASSWORD@127.0.0.1:1").await.unwrap();
    assert!(
        nobody.said.as_str().starts_with("cannot be reached: "),
        "{nobody:?}"
    );
}
