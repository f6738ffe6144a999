//! The server.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::http::{self, Request};
use super::{PLAINTEXT, signature, vectors};

/// What happens to a call instead of its answer.
#[derive(Debug, Clone)]
pub enum Fault {
    /// None: it is answered.
    None,
    /// The service's error of that name, with a message.
    Error(u16, &'static str, &'static str),
    /// The same after that time, without a message.
    LateError(Duration, u16, &'static str),
    /// Any answer. `<text>` in it becomes the plaintext of the tests, `<base64>` the same in base64.
    Raw(u16, &'static str),
    /// The connection is closed before there is an answer.
    Close,
    /// The connection is reset before there is an answer.
    Reset,
    /// The connection is closed just before the end of the answer.
    Truncate,
    /// There is never an answer.
    Hang,
    /// There is one after that time.
    Late(Duration),
    /// It is answered, and then the connection is closed without a word.
    CloseAfterwards,
}

/// A call as it arrived.
#[derive(Debug, Clone)]
pub struct Call {
    pub service: String,
    pub target: String,
    pub region: String,
    pub access_key: String,
    pub token: String,
    pub date: String,
    pub body: Value,
    /// The connection's number.
    pub connection: usize,
}

#[derive(Default)]
struct State {
    rules: Vec<Value>,
    calls: Vec<Call>,
    faults: VecDeque<Fault>,
    always: Option<Fault>,
    /// Answers to come for a container's credentials; the last one stays.
    credentials: VecDeque<(u16, String)>,
    /// The `Authorization` headers with which they were fetched.
    tokens: Vec<String>,
    /// Rules that come before the others.
    own: Vec<Value>,
    /// The error of a call without a rule.
    otherwise: String,
    under_way: usize,
    most_at_once: usize,
    connections: usize,
    /// What its clock shows more than this machine's, in seconds, and how much more after each answer.
    clock: (i64, i64),
    /// Those that are open, by their numbers.
    streams: BTreeMap<usize, TcpStream>,
}

#[derive(Clone)]
pub struct Fake {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Fake {
    /// One that has nothing yet, and says of any call that its ciphertext is invalid.
    pub fn new() -> Self {
        Self::answering(&[], "InvalidCiphertextException")
    }

    /// What AWS is in a table of the vectors.
    pub fn of(table: &vectors::Table) -> Self {
        Self::answering(&table.calls, &table.otherwise)
    }

    /// What AWS is in the table of environment variables.
    pub fn of_variables(table: &vectors::VariableTable) -> Self {
        Self::answering(&table.calls, &table.otherwise)
    }

    pub fn answering(rules: &[Value], otherwise: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let state = State {
            rules: rules.to_vec(),
            otherwise: otherwise.into(),
            ..State::default()
        };
        let fake = Self {
            port: listener.local_addr().unwrap().port(),
            state: Arc::new(Mutex::new(state)),
        };
        let served = fake.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let fake = served.clone();
                thread::spawn(move || fake.serve(stream));
            }
        });
        fake
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Keeps one more secret; returns its entry.
    pub fn put(&self, path: &str, plaintext: &str) -> Value {
        let (rule, entry) = vectors::standard(path, plaintext);
        self.state().rules.push(rule);
        entry
    }

    /// Exchanges the rule of the same request.
    pub fn replace(&self, rule: &Value) {
        let mut state = self.state();
        state.rules.retain(|old| old["request"] != rule["request"]);
        state.rules.push(rule.clone());
    }

    /// What happens to the next calls, one after the other.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state().faults.extend(faults);
    }

    /// What happens to all calls that no other fault meets.
    pub fn always(&self, fault: Fault) {
        self.state().always = Some(fault);
    }

    /// Rules of one case, which come before those of all.
    pub fn own(&self, rules: &[Value]) {
        self.state().own = rules.to_vec();
    }

    pub fn credentials(&self, answers: impl IntoIterator<Item = (u16, String)>) {
        self.state().credentials.extend(answers);
    }

    /// Its answers have a `Date` that is off by so many seconds.
    pub fn clock(&self, off: i64) {
        self.state().clock = (off, 0);
    }

    /// And by as many more after each.
    pub fn clock_that_runs(&self, off: i64) {
        self.state().clock = (off, off);
    }

    fn date(&self) -> String {
        let mut state = self.state();
        let (off, more) = state.clock;
        state.clock = (off + more, more);
        let now = aws_smithy_types::DateTime::from(SystemTime::now()).secs() + off;
        let date = aws_smithy_types::DateTime::from_secs(now);
        let date = date
            .fmt(aws_smithy_types::date_time::Format::HttpDate)
            .unwrap();
        format!("date: {date}\r\n")
    }

    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    pub fn tokens(&self) -> Vec<String> {
        self.state().tokens.clone()
    }

    pub fn most_at_once(&self) -> usize {
        self.state().most_at_once
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Closes all connections, as KMS does while a process is frozen.
    pub fn hang_up(&self) {
        for stream in self.state().streams.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    fn serve(&self, stream: TcpStream) {
        let connection = self.connected();
        let kept = stream.try_clone().unwrap();
        self.state().streams.insert(connection, kept);
        let writer = stream.try_clone().unwrap();
        self.serve_connection(connection, stream, writer);
        self.state().streams.remove(&connection);
    }

    pub fn serve_parts(&self, reader: impl Read, writer: impl Write) {
        self.serve_connection(self.connected(), reader, writer);
    }

    fn connected(&self) -> usize {
        let mut state = self.state();
        state.connections += 1;
        state.connections
    }

    fn serve_connection(&self, connection: usize, reader: impl Read, mut writer: impl Write) {
        let mut reader = BufReader::new(reader);
        while let Some(request) = Request::read(&mut reader) {
            let stays = if request.method == "GET" {
                self.answer_credentials(&request, &mut writer)
            } else {
                self.answer_call(&request, connection, &mut writer)
            };
            if !stays {
                return;
            }
        }
    }

    fn answer_credentials(&self, request: &Request, writer: &mut impl Write) -> bool {
        let (status, body) = {
            let mut state = self.state();
            state.tokens.push(request.header("authorization").into());
            let next = state
                .credentials
                .pop_front()
                .unwrap_or((500, String::new()));
            if state.credentials.is_empty() {
                state.credentials.push_back(next.clone());
            }
            next
        };
        http::answer(writer, status, "", &body).is_ok()
    }

    /// Returns whether the connection stays.
    fn answer_call(&self, request: &Request, connection: usize, writer: &mut impl Write) -> bool {
        let fault = {
            let mut state = self.state();
            state.under_way += 1;
            state.most_at_once = state.most_at_once.max(state.under_way);
            let next = state.faults.pop_front();
            next.or_else(|| state.always.clone()).unwrap_or(Fault::None)
        };
        let (status, body) = self.called(request, connection);
        if let Fault::Late(time) | Fault::LateError(time, ..) = fault {
            thread::sleep(time);
        }
        self.state().under_way -= 1;
        let typed = &format!(
            "content-type: application/x-amz-json-1.1\r\n{}",
            self.date()
        );
        match fault {
            Fault::None | Fault::Late(_) => http::answer(writer, status, typed, &body).is_ok(),
            Fault::Error(status, name, message) => {
                let body = json!({"__type": format!("com.amazonaws#{name}"), "message": message});
                http::answer(writer, status, typed, &body.to_string()).is_ok()
            }
            Fault::LateError(_, status, name) => {
                let body = json!({ "__type": name }).to_string();
                http::answer(writer, status, typed, &body).is_ok()
            }
            Fault::Raw(status, body) => {
                let body = body
                    .replace("<text>", PLAINTEXT)
                    .replace("<base64>", &STANDARD.encode(PLAINTEXT));
                http::answer(writer, status, "", &body).is_ok()
            }
            Fault::Close => false,
            Fault::Reset => {
                if let Some(stream) = self.state().streams.remove(&connection) {
                    reset_when_closed(stream);
                }
                false
            }
            Fault::Truncate => {
                let _ = write!(
                    writer,
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}",
                    body.len(),
                    &body[..body.len() - 4]
                );
                let _ = writer.flush();
                false
            }
            Fault::Hang => {
                thread::sleep(Duration::from_mins(1));
                false
            }
            Fault::CloseAfterwards => {
                let _ = http::answer(writer, status, typed, &body);
                false
            }
        }
    }

    /// What the first rule says that is of this call.
    fn called(&self, request: &Request, connection: usize) -> (u16, String) {
        let error = |name: &str| (400, json!({"__type": name}).to_string());
        let Some(signed) = signature::check(request) else {
            return error("MissingAuthenticationTokenException");
        };
        let call = Call {
            service: signed.service,
            target: request.header("x-amz-target").into(),
            region: signed.region,
            access_key: signed.access_key,
            token: request.header("x-amz-security-token").into(),
            date: request.header("x-amz-date").into(),
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
            connection,
        };
        let mut state = self.state();
        state.calls.push(call.clone());
        if !signed.is_valid {
            return error("InvalidSignatureException");
        }
        if request.header("content-type") != "application/x-amz-json-1.1" {
            return error("UnknownOperationException");
        }
        let mut rules = state.own.iter().chain(&state.rules);
        let Some(rule) = rules.find(|rule| call.fits(rule)) else {
            return error(&state.otherwise);
        };
        match rule["error"].as_str() {
            Some(name) => error(name),
            None => (200, rule["answer"].to_string()),
        }
    }
}

impl Call {
    /// Whether a rule is of this call.
    fn fits(&self, rule: &Value) -> bool {
        rule["service"] == self.service
            && rule["target"] == self.target
            && rule["region"] == self.region
            && rule["request"] == self.body
    }
}

/// Makes the close a reset. The standard library cannot yet.
fn reset_when_closed(stream: TcpStream) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .unwrap();
    let _inside = runtime.enter();
    stream.set_nonblocking(true).unwrap();
    let stream = tokio::net::TcpStream::from_std(stream).unwrap();
    stream.set_zero_linger().unwrap();
}
