//! Every kernel against CPython's own answers, which `generate.py` wrote into `data/`.

use dx_text::codec::{self, Codec, ErrorPolicy};
use dx_text::format::{
    Amount, Defaults, FieldName, FormatError, IntForm, NameStep, Numbering, PercentPiece, PercentTemplate,
    Piece, Spec, Template,
};
use dx_text::int::{IntError, ParsedInt};
use dx_text::search::{self, Side, Unit};
use dx_text::{bytes, escape, float, format, int, repr, unicode, wtf8};

/// A row's inputs and its result, each unescaped; fields with `|` between items stay lists.
struct Row {
    line: String,
    inputs: Vec<Vec<u8>>,
    wanted: String,
}

fn unescape(field: &str) -> Vec<u8> {
    let mut out = Vec::new();
    escape::decode_unicode_escape(field.as_bytes(), 0, &|_| None, &mut out)
        .expect("test data is well escaped");
    out
}

/// The bytes of a text that holds one byte a character.
fn narrow(text: &[u8]) -> Vec<u8> {
    wtf8::code_points(text).map(|(_, point)| u8::try_from(point).expect("a byte")).collect()
}

fn escaped(text: &[u8]) -> String {
    String::from_utf8(escape::encode_unicode_escape(text)).expect("ascii").replace('|', "\\x7c")
}

fn escaped_bytes(data: &[u8]) -> String {
    let mut text = Vec::new();
    data.iter().for_each(|&byte| wtf8::push(&mut text, byte.into()));
    escaped(&text)
}

fn list(text: &[u8], ranges: impl Iterator<Item = std::ops::Range<usize>>) -> String {
    ranges.map(|range| escaped(&text[range])).collect::<Vec<_>>().join("|")
}

fn reversed(
    ranges: impl Iterator<Item = std::ops::Range<usize>>,
) -> impl Iterator<Item = std::ops::Range<usize>> {
    let mut all: Vec<_> = ranges.collect();
    all.reverse();
    all.into_iter()
}

fn text_of(input: &[u8]) -> &str {
    std::str::from_utf8(input).expect("a plain field")
}

fn number(input: &[u8]) -> i64 {
    text_of(input).parse().expect("a number")
}

fn hex_float(input: &[u8]) -> f64 {
    float::from_hex(input).expect("a float")
}

fn truth(value: bool) -> String {
    if value { "True".to_owned() } else { "False".to_owned() }
}

fn limit(count: i64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

fn message(error: FormatError) -> String {
    let (FormatError::Value(text) | FormatError::Type(text) | FormatError::Overflow(text)) = error;
    format!("!{}", escaped(text.as_bytes()))
}

fn check(data: &str, answer: impl Fn(&str, &[Vec<u8>]) -> String) {
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in data.lines() {
        let mut fields = line.split('\t');
        let name = fields.next().unwrap_or_default();
        let mut inputs: Vec<&str> = fields.collect();
        let wanted = inputs.pop().expect("a result").to_owned();
        let row = Row { line: line.to_owned(), inputs: inputs.into_iter().map(unescape).collect(), wanted };
        let got = answer(name, &row.inputs);
        rows += 1;
        if got != row.wanted {
            wrong.push(format!("{}\n     got {got}", row.line));
        }
    }
    assert!(rows > 0, "no test data");
    assert!(
        wrong.is_empty(),
        "{} of {rows} rows differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(25)].join("\n")
    );
}

#[test]
fn floats() {
    check(include_str!("data/float.tsv"), |name, inputs| {
        let value = hex_float(&inputs[0]);
        let mut out = String::new();
        match name {
            "repr" => float::push_repr(&mut out, value),
            "hex" => float::push_hex(&mut out, value),
            _ if inputs[1].is_empty() => float::push_repr(&mut out, value),
            _ => {
                let mut bytes = Vec::new();
                let done = Spec::parse(&inputs[1], Defaults::FLOAT)
                    .and_then(|spec| format::format_float(&mut bytes, value, &spec));
                return done.map_or_else(message, |()| escaped(&bytes));
            }
        }
        out
    });
}

#[test]
fn floats_from_text() {
    let show = |value: f64| {
        let mut out = String::new();
        float::push_hex(&mut out, value);
        out
    };
    check(include_str!("data/float_parse.tsv"), |_, inputs| match float::parse(&inputs[0]) {
        Some(value) => show(value),
        None => {
            let mut shown = Vec::new();
            repr::push_str(&mut shown, &inputs[0]);
            format!("!could not convert string to float: {}", escaped(&shown))
        }
    });
    check(include_str!("data/float_hex.tsv"), |_, inputs| match float::from_hex(&inputs[0]) {
        Ok(value) => show(value),
        Err(float::HexError::Invalid) => "!invalid hexadecimal floating-point string".to_owned(),
        Err(float::HexError::Overflow) => "!hexadecimal value too large to represent as a float".to_owned(),
    });
}

/// The decimal form of digits in any radix, by schoolbook multiplication.
fn decimal(digits: &str, radix: u32) -> String {
    let mut decimal = vec![0u32];
    for digit in digits.chars() {
        let mut carry = digit.to_digit(radix).expect("a digit of the radix");
        for place in &mut decimal {
            let value = *place * radix + carry;
            (*place, carry) = (value % 10, value / 10);
        }
        while carry > 0 {
            decimal.push(carry % 10);
            carry /= 10;
        }
    }
    decimal.iter().rev().map(u32::to_string).collect()
}

#[test]
fn integers() {
    check(include_str!("data/int.tsv"), |name, inputs| match name {
        "parse" => match int::parse(&inputs[0], number(&inputs[1]) as u32, 4300) {
            Ok(ParsedInt::Small(value)) => {
                let mut out = Vec::new();
                int::push_decimal(&mut out, value);
                escaped(&out)
            }
            Ok(ParsedInt::Large { negative, radix, digits }) => {
                format!("{}{}", if negative { "-" } else { "" }, decimal(&digits, radix))
            }
            Err(IntError::Invalid) => "!invalid".to_owned(),
            Err(IntError::TooManyDigits(_)) => "!digits".to_owned(),
        },
        _ => {
            let value = number(&inputs[0]);
            let mut out = Vec::new();
            if inputs[1].is_empty() {
                int::push_decimal(&mut out, value);
                return escaped(&out);
            }
            let done = Spec::parse(&inputs[1], Defaults::INT).and_then(|spec| {
                match format::int_form(&spec)? {
                    IntForm::Digits(radix) => {
                        let mut digits = Vec::new();
                        int::push_radix(&mut digits, value.unsigned_abs(), radix);
                        format::format_int(&mut out, value < 0, text_of(&digits), &spec);
                    }
                    IntForm::Character => match u32::try_from(value) {
                        Ok(point @ 0..0x11_0000) => format::format_character(&mut out, point, &spec),
                        _ => {
                            let text = "%c arg not in range(0x110000)";
                            return Err(FormatError::Overflow(text.to_owned()));
                        }
                    },
                    IntForm::Float => format::format_float(&mut out, value as f64, &spec)?,
                }
                Ok(())
            });
            done.map_or_else(message, |()| escaped(&out))
        }
    });
}

#[test]
fn complex_numbers() {
    check(include_str!("data/complex.tsv"), |_, inputs| {
        let mut out = Vec::new();
        let done = Spec::parse(&inputs[2], Defaults::COMPLEX).and_then(|spec| {
            format::format_complex(&mut out, hex_float(&inputs[0]), hex_float(&inputs[1]), &spec)
        });
        done.map_or_else(message, |()| escaped(&out))
    });
}

#[test]
fn strings() {
    check(include_str!("data/str.tsv"), |name, inputs| {
        let text = inputs[0].as_slice();
        let mut out = Vec::new();
        match name {
            "upper" => escaped(&unicode::upper(text)),
            "lower" => escaped(&unicode::lower(text)),
            "title" => escaped(&unicode::title(text)),
            "capitalize" => escaped(&unicode::capitalize(text)),
            "swapcase" => escaped(&unicode::swapcase(text)),
            "casefold" => escaped(&unicode::casefold(text)),
            "isalpha" => truth(unicode::all_alpha(text)),
            "isalnum" => truth(unicode::all_alphanumeric(text)),
            "isdecimal" => truth(unicode::all_decimal(text)),
            "isdigit" => truth(unicode::all_digit(text)),
            "isnumeric" => truth(unicode::all_numeric(text)),
            "isspace" => truth(unicode::all_space(text)),
            "isprintable" => truth(unicode::all_printable(text)),
            "isidentifier" => truth(unicode::is_identifier(text)),
            "islower" => truth(unicode::has_only_lower(text)),
            "isupper" => truth(unicode::has_only_upper(text)),
            "istitle" => truth(unicode::is_title_case(text)),
            "repr" => {
                repr::push_str(&mut out, text);
                escaped(&out)
            }
            "ascii" => {
                repr::push_ascii(&mut out, text);
                escaped(&out)
            }
            "format" => {
                let done = Spec::parse(&inputs[1], Defaults::STR)
                    .and_then(|spec| format::format_str(&mut out, text, &spec));
                done.map_or_else(message, |()| escaped(&out))
            }
            "splitlines" => list(text, search::lines(text, Unit::Character, number(&inputs[1]) == 1)),
            "split" => list(text, search::split_whitespace(text, Unit::Character, limit(number(&inputs[1])))),
            "rsplit" => {
                let parts = search::right_split_whitespace(text, Unit::Character, limit(number(&inputs[1])));
                list(text, reversed(parts))
            }
            "split_at" => list(text, search::split(text, &inputs[1], limit(number(&inputs[2])))),
            "rsplit_at" => {
                list(text, reversed(search::right_split(text, &inputs[1], limit(number(&inputs[2])))))
            }
            "strip" | "lstrip" | "rstrip" | "strip_set" | "lstrip_set" | "rstrip_set" => {
                let side = match name.as_bytes()[0] {
                    b'l' => Side::Left,
                    b'r' => Side::Right,
                    _ => Side::Both,
                };
                let range = match inputs.get(1) {
                    Some(set) => search::strip_set(text, set, Unit::Character, side),
                    None => search::strip_whitespace(text, Unit::Character, side),
                };
                escaped(&text[range])
            }
            "replace" => {
                let count = limit(number(&inputs[3]));
                let replaced = search::replace(text, &inputs[1], &inputs[2], Unit::Character, count);
                escaped(replaced.as_deref().unwrap_or(text))
            }
            "expandtabs" => escaped(&bytes::expand_tabs(text, limit(number(&inputs[1])), Unit::Character)),
            other => panic!("no kernel for {other}"),
        }
    });
}

#[test]
fn byte_strings() {
    check(include_str!("data/bytes.tsv"), |name, inputs| {
        let data = if name == "fromhex" { inputs[0].clone() } else { narrow(&inputs[0]) };
        let data = data.as_slice();
        let items = |ranges: &mut dyn Iterator<Item = std::ops::Range<usize>>| {
            let shown: Vec<String> = ranges.map(|range| escaped_bytes(&data[range])).collect();
            shown.join("|")
        };
        match name {
            "title" => escaped_bytes(&bytes::title(data)),
            "capitalize" => escaped_bytes(&bytes::capitalize(data)),
            "swapcase" => escaped_bytes(&bytes::swapcase(data)),
            "istitle" => truth(bytes::is_title(data)),
            "strip" => escaped_bytes(&data[search::strip_whitespace(data, Unit::Byte, Side::Both)]),
            "split" => items(&mut search::split_whitespace(data, Unit::Byte, usize::MAX)),
            "rsplit" => items(&mut reversed(search::right_split_whitespace(data, Unit::Byte, usize::MAX))),
            "splitlines" => items(&mut search::lines(data, Unit::Byte, false)),
            "repr" => {
                let mut out = Vec::new();
                repr::push_bytes(&mut out, data);
                escaped(&out)
            }
            "hex" => escaped(bytes::hex(data, Some(inputs[1][0]), number(&inputs[2])).as_bytes()),
            "fromhex" => match bytes::from_hex(data) {
                Ok(out) => escaped_bytes(&out),
                Err(bytes::HexError::Odd) => {
                    "!fromhex() arg must contain an even number of hexadecimal digits".to_owned()
                }
                Err(bytes::HexError::At(at)) => {
                    format!("!non-hexadecimal number found in fromhex() arg at position {at}")
                }
            },
            "replace" => {
                let (old, new) = (narrow(&inputs[1]), narrow(&inputs[2]));
                let replaced = search::replace(data, &old, &new, Unit::Byte, usize::MAX);
                escaped_bytes(replaced.as_deref().unwrap_or(data))
            }
            other => panic!("no kernel for {other}"),
        }
    });
}

#[test]
fn codecs() {
    check(include_str!("data/decode.tsv"), |name, inputs| {
        let codec = Codec::from_name(name).expect("a codec");
        let policy = ErrorPolicy::from_name(text_of(&inputs[0])).expect("a policy");
        match codec::decode(codec, &narrow(&inputs[1]), policy) {
            Ok(text) => escaped(&text),
            Err(error) => format!("!{}-{} {}", error.start, error.end, error.reason),
        }
    });
    check(include_str!("data/encode.tsv"), |name, inputs| {
        let codec = Codec::from_name(name).expect("a codec");
        let policy = ErrorPolicy::from_name(text_of(&inputs[0])).expect("a policy");
        let text = inputs[1].as_slice();
        match codec::encode(codec, text, policy) {
            Ok(data) => escaped_bytes(&data),
            Err(error) => {
                let (start, end) = (wtf8::count(&text[..error.start]), wtf8::count(&text[..error.end]));
                format!("!{start}-{end} {}", error.reason)
            }
        }
    });
}

#[test]
fn escapes() {
    check(include_str!("data/escape.tsv"), |name, inputs| {
        let mut out = Vec::new();
        let names = |name: &str| (name == "EURO SIGN").then_some(0x20ac);
        let done = match name {
            "unicode_escape" => escape::decode_unicode_escape(&narrow(&inputs[0]), 0, &names, &mut out),
            "raw_unicode_escape" => escape::decode_raw_unicode_escape(&narrow(&inputs[0]), 0, &mut out),
            "encode_unicode_escape" => return escaped_bytes(&escape::encode_unicode_escape(&inputs[0])),
            _ => return escaped_bytes(&escape::encode_raw_unicode_escape(&inputs[0])),
        };
        match done {
            Ok(()) => escaped(&out),
            Err(error) => {
                format!("!{}-{} {}", error.start, error.end, escaped(error.reason.as_bytes()))
            }
        }
    });
}

/// `template % value` for a template with one conversion.
fn percent(
    template: &[u8],
    convert: impl Fn(&mut Vec<u8>, &format::Directive),
) -> Result<Vec<u8>, FormatError> {
    let mut out = Vec::new();
    for piece in PercentTemplate::new(template) {
        match piece? {
            PercentPiece::Text(range) => out.extend_from_slice(&template[range]),
            PercentPiece::Conversion(directive) => {
                assert_ne!(directive.width, Amount::Argument);
                match u8::try_from(directive.conversion).unwrap_or(0) {
                    b'd' | b'i' | b'u' | b'x' | b'X' | b'o' | b'e' | b'E' | b'f' | b'F' | b'g' | b'G'
                    | b's' => {
                        convert(&mut out, &directive);
                    }
                    _ => return Err(directive.unsupported(template)),
                }
            }
        }
    }
    Ok(out)
}

#[test]
fn percent_formatting() {
    check(include_str!("data/percent.tsv"), |name, inputs| {
        let done = percent(&inputs[0], |out, directive| match name {
            "int" => {
                let value = number(&inputs[1]);
                let radix = match directive.conversion {
                    0x78 | 0x58 => 16,
                    0x6f => 8,
                    _ => 10,
                };
                let mut digits = Vec::new();
                int::push_radix(&mut digits, value.unsigned_abs(), radix);
                format::percent_integer(out, value < 0, text_of(&digits), directive);
            }
            "float" => format::percent_float(out, hex_float(&inputs[1]), directive),
            "str" => format::percent_text(out, &inputs[1], directive),
            _ => {}
        });
        done.map_or_else(message, |text| escaped(&text))
    });
}

#[test]
fn templates() {
    check(include_str!("data/template.tsv"), |name, inputs| {
        let text = inputs[0].as_slice();
        let part = |mark: char, text: &[u8]| format!("{mark}{}", escaped(text));
        let parts: Result<Vec<String>, FormatError> = if name == "template" {
            Template::new(text)
                .filter(|piece| !matches!(piece, Ok(Piece::Text(range)) if range.is_empty()))
                .map(|piece| {
                    Ok(match piece? {
                        Piece::Text(range) => part('T', &text[range]),
                        Piece::Field(field) => {
                            let mut conversion = Vec::new();
                            field.conversion.iter().for_each(|&point| wtf8::push(&mut conversion, point));
                            let (name, spec) = (escaped(&text[field.name]), escaped(&text[field.spec]));
                            format!("F{name};{};{spec}", escaped(&conversion))
                        }
                    })
                })
                .collect()
        } else {
            FieldName::parse(text, &mut Numbering::Undecided).and_then(|(first, steps)| {
                let first = match first {
                    FieldName::Index(index) => format!("I{index}"),
                    FieldName::Key(key) => part('K', key),
                };
                let rest = steps.map(|step| {
                    Ok(match step? {
                        NameStep::Attribute(name) => part('A', name),
                        NameStep::Index(index) => format!("I{index}"),
                        NameStep::Key(key) => part('K', key),
                    })
                });
                std::iter::once(Ok(first)).chain(rest).collect()
            })
        };
        parts.map_or_else(message, |parts| parts.join("|"))
    });
}

/// The checksum of zip files, as `zlib.crc32` computes it.
fn checksum(data: &[u8]) -> u32 {
    !data.iter().fold(!0u32, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| sum >> 1 ^ (0xedb8_8320 & (sum & 1).wrapping_neg()))
    })
}

#[test]
fn all_of_unicode() {
    let characters: Vec<Vec<u8>> = (0..0x11_0000)
        .map(|point| {
            let mut text = Vec::new();
            wtf8::push(&mut text, point);
            text
        })
        .collect();
    let mapped = |case: fn(&[u8]) -> Vec<u8>| {
        let all: Vec<Vec<u8>> = characters.iter().map(|text| case(text)).collect();
        checksum(&all.join(&b'\n')).to_string()
    };
    let asked = |question: fn(&[u8]) -> bool| {
        let all: Vec<u8> = characters.iter().map(|text| u8::from(question(text))).collect();
        checksum(&all).to_string()
    };
    check(include_str!("data/unicode.tsv"), |name, _| match name {
        "upper" => mapped(unicode::upper),
        "lower" => mapped(unicode::lower),
        "title" => mapped(unicode::title),
        "capitalize" => mapped(unicode::capitalize),
        "swapcase" => mapped(unicode::swapcase),
        "casefold" => mapped(unicode::casefold),
        "isalpha" => asked(unicode::all_alpha),
        "isalnum" => asked(unicode::all_alphanumeric),
        "isdecimal" => asked(unicode::all_decimal),
        "isdigit" => asked(unicode::all_digit),
        "isnumeric" => asked(unicode::all_numeric),
        "isspace" => asked(unicode::all_space),
        "isprintable" => asked(unicode::all_printable),
        "isidentifier" => asked(unicode::is_identifier),
        "islower" => asked(unicode::has_only_lower),
        "isupper" => asked(unicode::has_only_upper),
        "istitle" => asked(unicode::is_title_case),
        other => panic!("no kernel for {other}"),
    });
}
