//! The lines that a runner reads and writes (README, "What a runner speaks").

use libsafe::{Address, Detail, Error};
use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{:02x}", byte).unwrap();
        text
    })
}

pub fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).expect("hex digits")).collect()
}

pub fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut coded, byte| {
        if byte.is_ascii_alphanumeric() || b"/:.,-_~".contains(&byte) {
            coded.push(byte as char);
        } else {
            write!(coded, "%{:02X}", byte).unwrap();
        }
        coded
    })
}

pub fn plain(coded: &str) -> String {
    let (mut bytes, mut at) = (Vec::new(), 0);
    while at < coded.len() {
        if coded.as_bytes()[at] == b'%' {
            bytes.extend(from_hex(&coded[at + 1..at + 3]));
            at += 3;
        } else {
            bytes.push(coded.as_bytes()[at]);
            at += 1;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// What is asked.
pub struct Request {
    pub number: String,
    pub operation: String,
    arguments: HashMap<String, String>,
}

impl Request {
    pub fn parse(line: &str) -> Request {
        let mut words = line.split(' ').map(str::to_string);
        let number = words.next().unwrap_or_default();
        let operation = words.next().unwrap_or_default();
        let pair = |word: String| word.split_once('=').map(|(key, value)| (key.to_string(), plain(value)));
        Request { number, operation, arguments: words.filter_map(pair).collect() }
    }

    pub fn maybe(&self, key: &str) -> Option<&str> {
        self.arguments.get(key).map(String::as_str)
    }

    pub fn text(&self, key: &str) -> &str {
        self.maybe(key).unwrap_or_else(|| panic!("{} has no {}", self.operation, key))
    }

    pub fn number(&self, key: &str) -> Option<u64> {
        self.maybe(key).map(|text| text.parse().expect("a number"))
    }

    pub fn flag(&self, key: &str) -> bool {
        self.maybe(key) == Some("1")
    }

    pub fn bytes(&self, key: &str) -> Vec<u8> {
        match self.text(key).split_at(2) {
            ("x:", digits) => from_hex(digits),
            (_, path) => fs::read(path).expect("a file of the driver"),
        }
    }

    pub fn array<const N: usize>(&self, bytes: &[u8]) -> Result<[u8; N], Error> {
        let wrong = |_| failure("SAFE_INVALID_ARGUMENT", -3000, "an array has another length in Rust");
        bytes.try_into().map_err(wrong)
    }

    pub fn address(&self, key: &str) -> Result<Address, Error> {
        self.array(&from_hex(self.text(key)))
    }

    /// Bytes in the middle of a larger buffer, and where they are.
    pub fn view(&self, key: &str) -> (Vec<u8>, std::ops::Range<usize>) {
        let before = self.number("before").unwrap_or(0) as usize;
        let data = self.bytes(key);
        let range = before..before + data.len();
        let mut memory = vec![0xaa; before];
        memory.extend(data);
        memory.resize(memory.len() + self.number("after").unwrap_or(0) as usize, 0xbb);
        (memory, range)
    }
}

/// What Rust says by its types: the same as a failure.
pub fn failure(name: &str, code: i32, message: &str) -> Error {
    Error { code, name: name.to_string(), message: message.to_string(), details: Vec::new() }
}

/// What is answered.
#[derive(Default)]
pub struct Answer(String);

static FILES: AtomicU64 = AtomicU64::new(0);

impl Answer {
    pub fn text(mut self, key: &str, value: &str) -> Answer {
        write!(self.0, " {}={}", key, percent(value)).unwrap();
        self
    }

    pub fn maybe(self, key: &str, value: Option<String>) -> Answer {
        match value {
            Some(value) => self.text(key, &value),
            None => self,
        }
    }

    pub fn number(self, key: &str, value: u64) -> Answer {
        self.text(key, &value.to_string())
    }

    pub fn bytes(self, key: &str, data: &[u8]) -> Answer {
        if data.len() <= 1024 {
            return self.text(key, &format!("x:{}", hex(data)));
        }
        let folder = std::env::args().nth(1).unwrap_or_else(|| ".".into());
        let path = format!("{}/out-{}", folder, FILES.fetch_add(1, Ordering::Relaxed));
        fs::write(&path, data).expect("room for a file");
        self.text(key, &format!("f:{}", path))
    }

    pub fn chunks(self, key: &str, chunks: impl Iterator<Item = (Address, u64)>) -> Answer {
        let list: Vec<String> = chunks.map(|(address, size)| format!("{}:{}", hex(&address), size)).collect();
        self.text(key, &list.join(","))
    }

    fn failure(error: &Error) -> Answer {
        let told = Answer::default().text("name", &error.name).text("message", &error.message);
        let told = told.number("retryable", error.is_retryable().into());
        error.details.iter().fold(told, |told, (name, detail)| match detail {
            Detail::Number(number) => told.number(&format!("detail.{}", name), *number),
            Detail::Text(text) => told.text(&format!("detail.{}", name), text),
        })
    }

    pub fn line(number: &str, result: Result<Answer, Error>) -> String {
        match result {
            Ok(answer) => format!("{} ok{}", number, answer.0),
            Err(error) => format!("{} error{}", number, Answer::failure(&error).0),
        }
    }
}
