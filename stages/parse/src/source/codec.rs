//! Encodings by the names that Python knows them by.
//!
//! ASCII, Latin-1 and UTF-7 are decoded here; the tables of all others come from `encoding_rs`, whose labels are those
//! of the web: where the web is more lenient than Python (undefined bytes of code pages), Python's answer is given.

use encoding_rs::Encoding;

/// Why bytes do not decode: the text after CPython's `'NAME' codec can't decode`.
pub(crate) struct Refused(pub(crate) String);

/// A decoder.
#[derive(Clone, Copy)]
pub(crate) enum Codec {
    Utf8,
    Ascii,
    Latin1,
    Utf7,
    Table(&'static Encoding),
}

/// Names of Python that are no label of the web.
const ALIASES: &[(&str, &str)] = &[
    ("cp949", "euc-kr"),
    ("uhc", "euc-kr"),
    ("euckr", "euc-kr"),
    ("korean", "euc-kr"),
    ("eucjp", "euc-jp"),
    ("ujis", "euc-jp"),
    ("cp932", "shift_jis"),
    ("ms932", "shift_jis"),
    ("sjis", "shift_jis"),
    ("shiftjis", "shift_jis"),
    ("cp936", "gbk"),
    ("gb18030-2000", "gb18030"),
    ("cp950", "big5"),
    ("big5-hkscs", "big5-hkscs"),
    ("mac-roman", "macintosh"),
    ("macroman", "macintosh"),
    ("mac-cyrillic", "x-mac-cyrillic"),
    ("latin2", "iso-8859-2"),
    ("l2", "iso-8859-2"),
    ("latin9", "iso-8859-15"),
    ("l9", "iso-8859-15"),
    ("latin-9", "iso-8859-15"),
];

impl Codec {
    /// The codec of a name as Python normalises it: case and `_` against `-` do not matter.
    pub(crate) fn by_name(name: &str) -> Option<Codec> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        match name.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "utf-8-sig" | "cp65001" => return Some(Codec::Utf8),
            "ascii" | "us-ascii" | "646" | "ansi-x3.4-1968" | "ansi-x3.4-1986" => return Some(Codec::Ascii),
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "8859" | "cp819"
            | "iso8859" => return Some(Codec::Latin1),
            "utf-7" | "utf7" | "u7" | "unicode-1-1-utf-7" => return Some(Codec::Utf7),
            _ => {}
        }
        let label =
            ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, label)| label);
        let dashed = label.strip_prefix("cp125").map(|digit| format!("windows-125{digit}"));
        let encoding = Encoding::for_label(dashed.as_deref().unwrap_or(label).as_bytes())?;
        // UTF-16 cannot carry a cookie in ASCII; the web's "replacement" is no encoding.
        (encoding.is_ascii_compatible()
            && encoding != encoding_rs::REPLACEMENT
            && encoding != encoding_rs::X_USER_DEFINED)
            .then_some(Codec::Table(encoding))
    }

    /// Decodes everything, or says which byte does not decode.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<String, Refused> {
        match self {
            Codec::Utf8 => std::str::from_utf8(bytes)
                .map(str::to_owned)
                .map_err(|error| byte_refused("utf-8", bytes, error.valid_up_to(), "invalid start byte")),
            Codec::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
                None => Ok(String::from_utf8_lossy(bytes).into_owned()),
                Some(at) => Err(byte_refused("ascii", bytes, at, "ordinal not in range(128)")),
            },
            Codec::Latin1 => Ok(bytes.iter().copied().map(char::from).collect()),
            Codec::Utf7 => utf7(bytes),
            Codec::Table(encoding) => table(encoding, bytes),
        }
    }
}

fn byte_refused(codec: &str, bytes: &[u8], at: usize, why: &str) -> Refused {
    let byte = bytes.get(at).copied().unwrap_or_default();
    Refused(format!("'{codec}' codec can't decode byte 0x{byte:02x} in position {at}: {why}"))
}

fn table(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Refused> {
    let name = encoding.name().to_ascii_lowercase();
    let codec = if encoding.is_single_byte() { "charmap".to_owned() } else { name.replace('-', "_") };
    if encoding.is_single_byte() && name.starts_with("windows-") {
        // The web maps what a code page leaves undefined to control characters.
        let undefined = |byte: u8| {
            let text = encoding.decode_without_bom_handling(&[byte]).0.into_owned();
            text.chars().any(|c| ('\u{80}'..='\u{9f}').contains(&c))
        };
        let mut known = [None; 128];
        for (at, byte) in bytes.iter().enumerate().filter(|(_, byte)| !byte.is_ascii()) {
            if *known[usize::from(byte & 0x7f)].get_or_insert_with(|| undefined(*byte)) {
                return Err(byte_refused(&codec, bytes, at, "character maps to <undefined>"));
            }
        }
    }
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text.into_owned());
    }
    // The decoder does not say where: the longest prefix that decodes ends there.
    let (mut good, mut bad) = (0, bytes.len());
    while bad - good > 1 {
        let middle = good.midpoint(bad);
        match encoding.decode_without_bom_handling_and_without_replacement(&bytes[..middle]) {
            Some(_) => good = middle,
            None => bad = middle,
        }
    }
    let why = if encoding.is_single_byte() {
        "character maps to <undefined>"
    } else {
        "illegal multibyte sequence"
    };
    Err(byte_refused(&codec, bytes, good, why))
}

/// RFC 2152: `+` opens a run of base64 that holds UTF-16, `-` closes it, `+-` is a plus.
fn utf7(bytes: &[u8]) -> Result<String, Refused> {
    let mut out = String::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte >= 0x80 {
            return Err(byte_refused("utf7", bytes, at, "unexpected special character"));
        }
        at += 1;
        if byte != b'+' {
            out.push(char::from(byte));
            continue;
        }
        if bytes.get(at) == Some(&b'-') {
            out.push('+');
            at += 1;
            continue;
        }
        let run = bytes[at..].iter().take_while(|byte| base64(**byte).is_some()).count();
        let (mut units, mut held, mut bits) = (Vec::new(), 0u32, 0);
        for digit in bytes[at..at + run].iter().filter_map(|byte| base64(*byte)) {
            held = held << 6 | u32::from(digit);
            bits += 6;
            if bits >= 16 {
                bits -= 16;
                units.push((held >> bits) as u16);
                held &= (1 << bits) - 1;
            }
        }
        if run == 0 || bits >= 6 || held != 0 {
            return Err(byte_refused("utf7", bytes, at - 1, "ill-formed sequence"));
        }
        let text = String::from_utf16(&units);
        out.push_str(&text.map_err(|_| byte_refused("utf7", bytes, at, "illegal surrogate"))?);
        at += run + usize::from(bytes.get(at + run) == Some(&b'-'));
    }
    Ok(out)
}

fn base64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Codec;

    fn decode(name: &str, bytes: &[u8]) -> Result<String, String> {
        Codec::by_name(name).ok_or("no codec".to_owned())?.decode(bytes).map_err(|refused| refused.0)
    }

    #[test]
    fn names_and_bytes_decode_as_python_does() {
        assert_eq!(decode("Latin_1", b"\xe9").as_deref(), Ok("é"));
        assert_eq!(decode("iso-8859-15", b"\xa4").as_deref(), Ok("€"));
        assert_eq!(decode("cp1252", b"\x80").as_deref(), Ok("€"));
        assert_eq!(decode("koi8-r", b"\xc1").as_deref(), Ok("а"));
        assert_eq!(decode("shift_jis", b"\x82\xa0").as_deref(), Ok("あ"));
        assert_eq!(decode("euc_jp", b"\xa4\xa2").as_deref(), Ok("あ"));
        assert_eq!(decode("big5", b"\xa4\xa4").as_deref(), Ok("中"));
        assert_eq!(decode("cp949", b"\xb0\xa1").as_deref(), Ok("가"));
        assert_eq!(decode("utf-7", b"a+ZeVnLIqe-+-").as_deref(), Ok("a日本語+"));
        assert_eq!(
            decode("cp1252", b"\"\x81").unwrap_err(),
            "'charmap' codec can't decode byte 0x81 in position 1: character maps to <undefined>"
        );
        assert_eq!(
            decode("ascii", b"a\xc3").unwrap_err(),
            "'ascii' codec can't decode byte 0xc3 in position 1: ordinal not in range(128)"
        );
        assert!(decode("uft-8", b"").is_err());
        assert!(decode("utf-16", b"").is_err());
    }
}
