//! Strings: characters, offsets, appends.

use crate::interpreter::{Interpreter, Options};

#[test]
fn characters_of_mixed_text() {
    let thread = Interpreter::start(Options::default()).unwrap();
    let text: String = (0..500).map(|index| if index % 3 == 0 { '\u{20ac}' } else { 'x' }).collect();
    let string = thread.str(&text).as_str().unwrap();
    assert_eq!((string.len(), string.is_ascii()), (500, false));
    for index in 0..500 {
        let expected: String = text.chars().skip(index).take(1).collect();
        assert_eq!(string.char_at(&thread, index).str_bytes().unwrap(), expected.as_bytes());
    }
    let part = string.substring(&thread, 100, 131);
    let expected: String = text.chars().skip(100).take(31).collect();
    assert_eq!(part.str_bytes().unwrap(), expected.as_bytes());
}

#[test]
fn appends_share_a_buffer_and_never_change_older_strings() {
    let thread = Interpreter::start(Options::default()).unwrap();
    let piece = thread.str("piece of text ").as_str().unwrap();
    let mut all = thread.str("").as_str().unwrap();
    let mut middle = None;
    for round in 0..2000 {
        all = super::concat(&thread, all, piece).unwrap().as_str().unwrap();
        if round == 999 {
            middle = Some(all);
        }
    }
    let middle = middle.unwrap();
    let other = super::concat(&thread, middle, thread.str("!").as_str().unwrap()).unwrap();
    assert_eq!(all.bytes(), "piece of text ".repeat(2000).as_bytes());
    assert_eq!(middle.bytes(), "piece of text ".repeat(1000).as_bytes());
    assert_eq!(other.str_bytes().unwrap(), format!("{}!", "piece of text ".repeat(1000)).as_bytes());
}

#[test]
fn interned_strings_are_one_object() {
    let thread = Interpreter::start(Options::default()).unwrap();
    let one = thread.intern("some_name");
    let two = thread.str("some_name");
    assert_ne!(one, two);
    assert_eq!(thread.intern_str(two.as_str().unwrap()), one);
    assert_eq!(thread.str("a"), thread.str("a"));
}
