//! `str.encode`, and what it shares with `bytes.decode` and `str(data, encoding)`: names of codecs and errors.

use dx_text::codec::{self, Codec, DecodeError, EncodeError, Endian, ErrorPolicy};
use dx_text::{escape, wtf8};

use super::this;
use crate::args::{Args, Signature};
use crate::error::{PyResult, Raised};
use crate::gc::Gc;
use crate::ids;
use crate::thread::Thread;
use crate::types::str::{StrObject, from_wtf8};
use crate::types::support::type_name;
use crate::value::Value;

/// A codec with what `Codec` leaves to its callers.
enum Named {
    Plain(Codec),
    /// With a byte order mark: UTF-16 and UTF-32 in native order.
    Marked(Codec),
    Utf8Signature,
    UnicodeEscape,
    RawUnicodeEscape,
}

fn codec_named(name: &str) -> Option<Named> {
    let normal: String =
        name.chars().map(|c| if c == '_' || c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect();
    Some(match normal.as_str() {
        "utf-16" | "utf16" | "u16" => Named::Marked(Codec::Utf16(Endian::Little)),
        "utf-32" | "utf32" | "u32" => Named::Marked(Codec::Utf32(Endian::Little)),
        "utf-8-sig" => Named::Utf8Signature,
        "unicode-escape" | "unicodeescape" => Named::UnicodeEscape,
        "raw-unicode-escape" | "rawunicodeescape" => Named::RawUnicodeEscape,
        plain => Named::Plain(Codec::from_name(plain)?),
    })
}

#[cold]
fn unknown_codec(thread: &Thread, name: &str) -> Raised {
    thread.lookup_error(format_args!("unknown encoding: {name}"))
}

fn policy(thread: &Thread, name: &str) -> PyResult<ErrorPolicy> {
    ErrorPolicy::from_name(name)
        .ok_or_else(|| thread.lookup_error(format_args!("unknown error handler name '{name}'")))
}

/// Raises UnicodeEncodeError with its five arguments.
fn encode_error(thread: &Thread, name: &str, text: Gc<StrObject>, error: EncodeError) -> Raised {
    let start = wtf8::count(&text.bytes()[..error.start]) as i64;
    let end = wtf8::count(&text.bytes()[..error.end]) as i64;
    let arguments =
        [thread.str(name), text.value(), Value::small(start), Value::small(end), thread.str(error.reason)];
    thread.raise_args(ids::UNICODE_ENCODE_ERROR, &arguments)
}

/// Raises UnicodeDecodeError with its five arguments.
fn decode_error(thread: &Thread, name: &str, data: &[u8], error: DecodeError) -> Raised {
    let arguments = [
        thread.str(name),
        thread.bytes(data).unwrap_or(Value::NONE),
        Value::small(error.start as i64),
        Value::small(error.end as i64),
        thread.str(error.reason),
    ];
    thread.raise_args(ids::UNICODE_DECODE_ERROR, &arguments)
}

/// The bytes of `text` in the named encoding.
pub(crate) fn encode_text(
    thread: &Thread,
    text: Gc<StrObject>,
    encoding: &str,
    errors: &str,
) -> PyResult<Value> {
    let Some(named) = codec_named(encoding) else { return Err(unknown_codec(thread, encoding)) };
    if text.is_ascii() && matches!(named, Named::Plain(Codec::Utf8 | Codec::Ascii | Codec::Latin1)) {
        return thread.bytes(text.bytes());
    }
    let policy = policy(thread, errors)?;
    let run = |codec: Codec, name: &str| {
        codec::encode(codec, text.bytes(), policy).map_err(|error| encode_error(thread, name, text, error))
    };
    let data = match named {
        Named::Plain(codec) => run(codec, codec.name())?,
        Named::Marked(codec) => {
            let (mark, name): (&[u8], &str) = match codec {
                Codec::Utf16(_) => (&[0xff, 0xfe], "utf-16"),
                _ => (&[0xff, 0xfe, 0, 0], "utf-32"),
            };
            [mark, &run(codec, name)?].concat()
        }
        Named::Utf8Signature => [b"\xef\xbb\xbf", run(Codec::Utf8, "utf-8")?.as_slice()].concat(),
        Named::UnicodeEscape => escape::encode_unicode_escape(text.bytes()),
        Named::RawUnicodeEscape => escape::encode_raw_unicode_escape(text.bytes()),
    };
    thread.bytes(&data)
}

/// The text of `data` in the named encoding.
pub(crate) fn decode_bytes(thread: &Thread, data: &[u8], encoding: &str, errors: &str) -> PyResult<Value> {
    if data.is_empty() && encoding.is_empty() {
        return Ok(thread.empty_str());
    }
    let Some(named) = codec_named(encoding) else { return Err(unknown_codec(thread, encoding)) };
    let run = |codec: Codec, data: &[u8]| {
        // Nothing goes wrong in valid UTF-8, whose policy then need not exist.
        if codec == Codec::Utf8 && std::str::from_utf8(data).is_ok() {
            return Ok(from_wtf8(thread, data).value());
        }
        let policy = policy(thread, errors)?;
        let text = codec::decode(codec, data, policy)
            .map_err(|error| decode_error(thread, codec.name(), data, error))?;
        Ok(from_wtf8(thread, &text).value())
    };
    let mut text = Vec::new();
    match named {
        Named::Plain(codec) => run(codec, data),
        Named::Marked(Codec::Utf16(_)) => match data {
            [0xfe, 0xff, rest @ ..] => run(Codec::Utf16(Endian::Big), rest),
            [0xff, 0xfe, rest @ ..] => run(Codec::Utf16(Endian::Little), rest),
            _ => run(Codec::Utf16(Endian::Little), data),
        },
        Named::Marked(_) => match data {
            [0, 0, 0xfe, 0xff, rest @ ..] => run(Codec::Utf32(Endian::Big), rest),
            [0xff, 0xfe, 0, 0, rest @ ..] => run(Codec::Utf32(Endian::Little), rest),
            _ => run(Codec::Utf32(Endian::Little), data),
        },
        Named::Utf8Signature => run(Codec::Utf8, data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data)),
        Named::UnicodeEscape => escape::decode_unicode_escape(data, 0, &|_| None, &mut text)
            .map_err(|error| decode_error(thread, "unicodeescape", data, error))
            .map(|()| from_wtf8(thread, &text).value()),
        Named::RawUnicodeEscape => escape::decode_raw_unicode_escape(data, 0, &mut text)
            .map_err(|error| decode_error(thread, "rawunicodeescape", data, error))
            .map(|()| from_wtf8(thread, &text).value()),
    }
}

/// The names of encoding and error handler, with their defaults.
pub(crate) fn names_of<const N: usize>(
    thread: &Thread,
    function: &str,
    values: [(Value, &str, &str); N],
) -> PyResult<[String; N]> {
    let mut names = [const { String::new() }; N];
    for (name, (value, parameter, default)) in names.iter_mut().zip(values) {
        *name = match value.bound() {
            None => default.to_owned(),
            Some(given) => match given.as_str() {
                Some(text) => text.to_lossy().into_owned(),
                None => {
                    let given = type_name(thread, given);
                    return Err(thread.type_error(format_args!(
                        "{function}() argument '{parameter}' must be str, not {given}"
                    )));
                }
            },
        };
    }
    Ok(names)
}

pub(super) fn encode(thread: &Thread, args: Args<'_>) -> PyResult<Value> {
    static SIGNATURE: Signature = Signature {
        function: "encode",
        parameters: &["encoding", "errors"],
        positional_only: 0,
        positional: 2,
        required: 0,
    };
    let string = this(thread, args)?;
    let [encoding, errors] = SIGNATURE.bind(thread, args.rest())?;
    if encoding.is_unbound() && errors.is_unbound() {
        return encode_text(thread, string, "utf-8", "strict");
    }
    let [encoding, errors] =
        names_of(thread, "encode", [(encoding, "encoding", "utf-8"), (errors, "errors", "strict")])?;
    encode_text(thread, string, &encoding, &errors)
}
