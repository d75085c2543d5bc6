//! Strings and bytes: escapes decoded, warnings and errors as CPython words them.

use super::name;

/// Something wrong in a literal: where in its text, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Flaw {
    /// Byte offset in the text that was decoded.
    pub(crate) at: usize,
    pub(crate) message: String,
    pub(crate) warning: bool,
}

/// How the text of a literal is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Str,
    Bytes,
    /// Text between the fields of an f-string or t-string: `{{` and `}}` stand for one brace.
    Middle,
}

/// Decodes the text between the quotes. The result is UTF-8 with surrogates as characters, or the bytes.
pub(crate) fn decode(text: &str, form: Form, raw: bool, flaws: &mut Vec<Flaw>) -> Vec<u8> {
    let mut decoder =
        Decoder { text, form, at: 0, out: Vec::with_capacity(text.len()), flaws, warned: false };
    if form == Form::Bytes
        && let Some(at) = text.bytes().position(|byte| !byte.is_ascii())
    {
        decoder.flaw(at, "bytes can only contain ASCII literal characters".to_owned());
        return decoder.out;
    }
    if raw && form != Form::Middle {
        return text.as_bytes().to_vec();
    }
    decoder.run(raw);
    decoder.out
}

struct Decoder<'a> {
    text: &'a str,
    form: Form,
    at: usize,
    out: Vec<u8>,
    flaws: &'a mut Vec<Flaw>,
    /// CPython warns of the first invalid escape of a literal only.
    warned: bool,
}

impl Decoder<'_> {
    fn run(&mut self, raw: bool) {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let stop = match self.form {
                Form::Middle => memchr::memchr3(b'\\', b'{', b'}', &bytes[self.at..]),
                Form::Str | Form::Bytes => memchr::memchr(b'\\', &bytes[self.at..]),
            };
            let end = stop.map_or(bytes.len(), |offset| self.at + offset);
            self.out.extend_from_slice(&bytes[self.at..end]);
            self.at = end;
            match bytes.get(self.at) {
                None => {}
                Some(b'\\') if raw => {
                    self.out.push(b'\\');
                    self.at += 1;
                }
                Some(b'\\') => self.escape(),
                Some(brace) => {
                    self.out.push(*brace);
                    self.at += 1 + usize::from(bytes.get(self.at + 1) == Some(brace));
                    // To CPython's tokenizer a doubled brace ends one piece of text and begins another.
                    self.warned = false;
                }
            }
        }
    }

    /// At a backslash.
    fn escape(&mut self) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let Some(&letter) = bytes.get(start + 1) else {
            // Only text before a field can end in one; it stands for itself.
            self.out.push(b'\\');
            self.at += 1;
            self.warn(start, "{", "an invalid escape sequence");
            return;
        };
        self.at = start + 2;
        match letter {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => self.out.push(letter),
            b'a' => self.out.push(7),
            b'b' => self.out.push(8),
            b'f' => self.out.push(12),
            b'n' => self.out.push(b'\n'),
            b'r' => self.out.push(b'\r'),
            b't' => self.out.push(b'\t'),
            b'v' => self.out.push(11),
            b'0'..=b'7' => self.octal(start),
            b'x' if self.form == Form::Bytes => self.hex_byte(start),
            b'x' => self.hex(start, 2, "truncated \\xXX escape"),
            b'u' if self.form != Form::Bytes => self.hex(start, 4, "truncated \\uXXXX escape"),
            b'U' if self.form != Form::Bytes => self.hex(start, 8, "truncated \\UXXXXXXXX escape"),
            b'N' if self.form != Form::Bytes => self.named(start),
            _ => self.invalid(start),
        }
    }

    /// A backslash before something that is no escape: both stay, with a warning.
    fn invalid(&mut self, start: usize) {
        let letter = self.text[start + 1..].chars().next().unwrap_or_default();
        self.out.push(b'\\');
        self.at = start + 1;
        if !matches!(letter, '{' | '}') {
            let mut buffer = [0; 4];
            self.out.extend_from_slice(letter.encode_utf8(&mut buffer).as_bytes());
            self.at += letter.len_utf8();
        }
        // CPython has replaced what is not ASCII before it looks for escapes.
        if letter.is_ascii() {
            self.warn(start, &letter.to_string(), "an invalid escape sequence");
        }
    }

    fn warn(&mut self, start: usize, escape: &str, what: &str) {
        if !std::mem::replace(&mut self.warned, true) {
            let message = format!(
                "\"\\{escape}\" is {what}. Such sequences will not work in the future. \
                 Did you mean \"\\\\{escape}\"? A raw string is also an option."
            );
            self.flaws.push(Flaw { at: start, message, warning: true });
        }
    }

    fn flaw(&mut self, at: usize, message: String) {
        // CPython stops at the first error of a literal.
        if self.flaws.iter().all(|flaw| flaw.warning) {
            self.flaws.push(Flaw { at, message, warning: false });
        }
    }

    fn octal(&mut self, start: usize) {
        let digits = self.text.as_bytes()[start + 1..]
            .iter()
            .take(3)
            .take_while(|byte| (b'0'..=b'7').contains(*byte))
            .count();
        self.at = start + 1 + digits;
        let text = &self.text[start + 1..self.at];
        let value = u32::from_str_radix(text, 8).unwrap_or_default();
        if value > 0o377 {
            self.warn(start, text, "an invalid octal escape sequence");
        }
        if self.form == Form::Bytes {
            self.out.push(value as u8);
        } else {
            self.push_code(value);
        }
    }

    fn hex_byte(&mut self, start: usize) {
        let digits = self.text.get(start + 2..start + 4).filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                self.out.push(byte);
                self.at = start + 4;
            }
            None => self.flaw(start, format!("(value error) invalid \\x escape at position {start}")),
        }
    }

    fn hex(&mut self, start: usize, len: usize, truncated: &str) {
        let rest = &self.text.as_bytes()[start + 2..];
        let digits = rest.iter().take(len).take_while(|byte| byte.is_ascii_hexdigit()).count();
        self.at = start + 2 + digits;
        if digits < len {
            return self.unicode_error(start, truncated);
        }
        match u32::from_str_radix(&self.text[start + 2..self.at], 16) {
            Ok(code) if code <= 0x10_ffff => self.push_code(code),
            _ => self.unicode_error(start, "illegal Unicode character"),
        }
    }

    fn named(&mut self, start: usize) {
        let rest = &self.text[start + 2..];
        let Some(body) = rest.strip_prefix('{') else {
            return self.unicode_error(start, "malformed \\N character escape");
        };
        let Some(len) = body.find('}') else {
            self.at = self.text.len();
            return self.unicode_error(start, "malformed \\N character escape");
        };
        self.at = start + 3 + len;
        if len == 0 {
            return self.unicode_error(start, "malformed \\N character escape");
        }
        self.at += 1;
        match name::lookup(&body[..len]) {
            Some(found) => self.push_code(u32::from(found)),
            None => self.unicode_error(start, "unknown Unicode character name"),
        }
    }

    /// Positions in the message are those of CPython's buffer, where a character beyond ASCII takes ten bytes.
    fn unicode_error(&mut self, start: usize, why: &str) {
        let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 10 }).sum::<usize>();
        let first = width(&self.text[..start]);
        let last = first + width(&self.text[start..self.at]).saturating_sub(1);
        let place = if first == last { format!("{first}") } else { format!("{first}-{last}") };
        let bytes = if first == last { "byte" } else { "bytes" };
        let message =
            format!("(unicode error) 'unicodeescape' codec can't decode {bytes} in position {place}: {why}");
        self.flaw(start, message);
    }

    fn push_code(&mut self, code: u32) {
        match char::from_u32(code) {
            Some(c) => {
                let mut buffer = [0; 4];
                self.out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            }
            // A surrogate, as its three bytes.
            None => self.out.extend_from_slice(&[
                0xe0 | (code >> 12) as u8,
                0x80 | (code >> 6 & 0x3f) as u8,
                0x80 | (code & 0x3f) as u8,
            ]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(text: &str) -> (Vec<u8>, Vec<String>) {
        let mut flaws = Vec::new();
        let out = decode(text, Form::Str, false, &mut flaws);
        (out, flaws.into_iter().map(|flaw| flaw.message).collect())
    }

    #[test]
    fn escapes_decode() {
        assert_eq!(string(r"a\n\t\\\'\x41\101\u00e9\N{EURO SIGN}").0, "a\n\t\\'AAé€".as_bytes());
        assert_eq!(string(r"\ud800\udc00").0, b"\xed\xa0\x80\xed\xb0\x80");
        assert_eq!(string("a\\\nb").0, b"ab");
        assert_eq!(string(r"\d\q").0, br"\d\q");
        assert_eq!(string(r"\777").0, "ǿ".as_bytes());
        let mut flaws = Vec::new();
        assert_eq!(decode(r"\xff\400\u1", Form::Bytes, false, &mut flaws), b"\xff\0\\u1");
        assert_eq!(decode(r"\N{{}}\{", Form::Middle, true, &mut flaws), br"\N{}\{");
        assert_eq!(decode(r"{{\{", Form::Middle, false, &mut Vec::new()), br"{\{");
    }

    #[test]
    fn errors_have_cpythons_words() {
        let unicode = "(unicode error) 'unicodeescape' codec can't decode bytes in position ";
        for (text, why) in [
            (r"\x4", "0-2: truncated \\xXX escape"),
            (r"é\x4", "10-12: truncated \\xXX escape"),
            (r"\u12", "0-3: truncated \\uXXXX escape"),
            (r"\U00110000", "0-9: illegal Unicode character"),
            (r"\N{foo}", "0-6: unknown Unicode character name"),
            (r"\N", "0-1: malformed \\N character escape"),
            (r"\N{}", "0-2: malformed \\N character escape"),
            (r"abc\N{DIGIT ONE", "3-14: malformed \\N character escape"),
        ] {
            assert_eq!(string(text).1, [format!("{unicode}{why}")], "{text}");
        }
        let mut flaws = Vec::new();
        decode(r"a\x4", Form::Bytes, false, &mut flaws);
        decode("é", Form::Bytes, true, &mut Vec::new());
        assert_eq!(flaws[0].message, "(value error) invalid \\x escape at position 1");
    }

    #[test]
    fn the_first_invalid_escape_warns() {
        assert_eq!(
            string(r"\d\e").1,
            ["\"\\d\" is an invalid escape sequence. Such sequences will not work in the future. \
              Did you mean \"\\\\d\"? A raw string is also an option."]
        );
    }
}
