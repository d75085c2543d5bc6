//! Builtin types' methods called through the object model, with results as CPython 3.14 gives them.
//!
//! A row of [`ROWS`] is a receiver, a method, its arguments and the `repr` of what comes out (or the exception and
//! its message); values are written in the small notation that [`value`] reads.

use dx_object::args::Args;
use dx_object::ops::int_of;
use dx_object::types::bytes;
use dx_object::{Interpreter, Options, Thread, Value};

/// Reads `12`, `1.5`, `'text'`, `b'bytes'`, `None`, `[a, b]`, `(a, b)`, `{k: v}`, `{a}`.
struct Reader<'a> {
    thread: &'a Thread,
    text: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn skip(&mut self) {
        while self.text.get(self.at).is_some_and(|byte| matches!(byte, b' ' | b',')) {
            self.at += 1;
        }
    }

    fn quoted(&mut self) -> Vec<u8> {
        let start = self.at + 1;
        let length = self.text[start..].iter().position(|&byte| byte == b'\'').expect("a closing quote");
        self.at = start + length + 1;
        self.text[start..start + length].to_vec()
    }

    fn items(&mut self, close: u8) -> Vec<Value> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.text[self.at] == close {
                self.at += 1;
                return items;
            }
            // Everything made here is kept by the interpreter, so a plain vector may hold it.
            let item = self.value();
            items.push(self.thread.keep(item));
        }
    }

    fn value(&mut self) -> Value {
        self.skip();
        let thread = self.thread;
        match self.text[self.at] {
            b'\'' => thread.str_from_wtf8(&self.quoted()),
            b'b' if self.text.get(self.at + 1) == Some(&b'\'') => {
                self.at += 1;
                let data = self.quoted();
                bytes::build(thread, data.len(), |slots| slots.copy_from_slice(&data)).expect("bytes")
            }
            b'[' => thread.list(&self.items(b']')).expect("a list"),
            b'(' => thread.tuple(&self.items(b')')),
            b'{' => {
                let items = self.items(b'}');
                thread.set(&items).expect("a set")
            }
            _ => {
                let rest = &self.text[self.at..];
                let length = rest.iter().position(|byte| b" ,])}".contains(byte)).unwrap_or(rest.len());
                self.at += length;
                let word = std::str::from_utf8(&rest[..length]).expect("text");
                match word {
                    "None" => Value::NONE,
                    "True" => Value::TRUE,
                    "False" => Value::FALSE,
                    _ => match word.parse::<i64>() {
                        Ok(number) => thread.int(number),
                        Err(_) => thread.float(word.parse().expect("a number")),
                    },
                }
            }
        }
    }
}

fn value(thread: &Thread, text: &str) -> Value {
    let value = Reader { thread, text: text.as_bytes(), at: 0 }.value();
    thread.keep(value)
}

/// `repr` of the result, or the exception's class and message.
fn outcome(thread: &Thread, result: Result<Value, dx_object::Raised>) -> String {
    match result.and_then(|value| thread.repr(value)).and_then(|shown| thread.to_text(shown)) {
        Ok(shown) => shown,
        Err(_) => {
            let exception = thread.keep(thread.take_exception());
            let class = thread.type_of(exception).name_str();
            let message = thread.to_text(exception).expect("a message");
            format!("{class}: {message}")
        }
    }
}

const ROWS: &str = include_str!("data/builtin_types.tsv");

#[test]
fn methods_answer_as_cpython() {
    let thread = Interpreter::start(Options::default()).expect("an interpreter");
    let mut wrong = Vec::new();
    let mut rows = 0;
    for line in ROWS.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let [receiver, method, arguments, wanted] = fields[..] else {
            panic!("a row has four fields: {line}")
        };
        let receiver = value(&thread, receiver);
        let name = thread.intern(method);
        let arguments: Vec<Value> =
            Reader { thread: &thread, text: format!("({arguments})").as_bytes(), at: 0 }
                .value()
                .tuple_items()
                .expect("arguments")
                .iter()
                .map(|&argument| thread.keep(argument))
                .collect();
        let result = thread.get_attr(receiver, name).and_then(|found| {
            let found = thread.keep(found);
            if thread.is_callable(found) { thread.call_args(found, Args::new(&arguments)) } else { Ok(found) }
        });
        let got = outcome(&thread, result);
        rows += 1;
        if got != wanted {
            wrong.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(rows > 0 && int_of(Value::ONE).to_i64() == Some(1));
    assert!(wrong.is_empty(), "{} of {rows} rows differ:\n{}", wrong.len(), wrong.join("\n"));
}
