//! Round trips, and arbitrary input to everything that parses: no kernel may panic on what a user typed.

use dx_text::codec::{self, Codec, ErrorPolicy};
use dx_text::format::{Defaults, FieldName, IntForm, Numbering, PercentTemplate, Spec, Template};
use dx_text::int::ParsedInt;
use dx_text::search::{self, Side, Unit};
use dx_text::{bytes, escape, float, format, int, repr, unicode, wtf8};
use proptest::prelude::*;

fn text_of(points: &[u32]) -> Vec<u8> {
    let mut text = Vec::new();
    points.iter().for_each(|&point| wtf8::push(&mut text, point));
    text
}

/// Texts with many of the characters that matter to somebody, single surrogates included.
fn any_text() -> impl Strategy<Value = Vec<u8>> {
    let point = prop_oneof![
        4 => 0u32..0x80,
        1 => 0x80u32..0x11_0000,
        1 => prop_oneof![Just(0x3a3), Just(0xdf), Just(0x2028), Just(0xd800), Just(0xdcff), Just(0xa0), Just(0x663)],
    ];
    proptest::collection::vec(point, 0..24).prop_map(|points| text_of(&points))
}

proptest! {
    #[test]
    fn floats_come_back(bits in any::<u64>()) {
        let value = f64::from_bits(bits);
        prop_assume!(!value.is_nan());
        let (mut shown, mut hex) = (String::new(), String::new());
        float::push_repr(&mut shown, value);
        float::push_hex(&mut hex, value);
        prop_assert_eq!(float::parse(shown.as_bytes()).map(f64::to_bits), Some(bits));
        prop_assert_eq!(float::from_hex(hex.as_bytes()).map(f64::to_bits), Ok(bits));
    }

    #[test]
    fn integers_come_back(value in any::<i64>(), radix in 2u32..=36) {
        let mut shown = Vec::new();
        int::push_decimal(&mut shown, value);
        prop_assert_eq!(String::from_utf8(shown).unwrap(), value.to_string());
        let mut digits = Vec::new();
        int::push_radix(&mut digits, value.unsigned_abs() >> 1, radix);
        let back = int::parse(&digits, radix, 0);
        prop_assert_eq!(back, Ok(ParsedInt::Small((value.unsigned_abs() >> 1) as i64)));
    }

    #[test]
    fn texts_survive_codecs(text in any_text()) {
        for codec in ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"] {
            let codec = Codec::from_name(codec).unwrap();
            if let Ok(data) = codec::encode(codec, &text, ErrorPolicy::Strict) {
                prop_assert_eq!(&codec::decode(codec, &data, ErrorPolicy::Strict).unwrap(), &text);
            } else {
                prop_assert!(wtf8::has_surrogate(&text));
            }
        }
        let escaped = escape::encode_unicode_escape(&text);
        let mut back = Vec::new();
        prop_assert!(escape::decode_unicode_escape(&escaped, 0, &|_| None, &mut back).is_ok());
        prop_assert_eq!(back, text);
    }

    #[test]
    fn bytes_survive_surrogateescape(data in any::<Vec<u8>>()) {
        let text = codec::decode(Codec::Utf8, &data, ErrorPolicy::SurrogateEscape).unwrap();
        prop_assert_eq!(codec::encode(Codec::Utf8, &text, ErrorPolicy::SurrogateEscape).unwrap(), data);
    }

    #[test]
    fn parts_join_again(text in any_text(), separator in any_text(), limit in 0usize..4) {
        prop_assume!(!separator.is_empty());
        let parts: Vec<&[u8]> = search::split(&text, &separator, limit).map(|range| &text[range]).collect();
        prop_assert!(parts.len() <= limit + 1);
        prop_assert_eq!(parts.join(separator.as_slice()), text.clone());
        if let &[byte] = separator.as_slice() {
            let by_byte: Vec<&[u8]> =
                search::split_byte(&text, byte, limit).map(|range| &text[range]).collect();
            prop_assert_eq!(by_byte, parts);
        }
        let mut parts: Vec<&[u8]> =
            search::right_split(&text, &separator, limit).map(|range| &text[range]).collect();
        parts.reverse();
        prop_assert_eq!(parts.join(separator.as_slice()), text.clone());
        let lines: Vec<&[u8]> = search::lines(&text, Unit::Character, true).map(|range| &text[range]).collect();
        prop_assert_eq!(lines.concat(), text.clone());
        let kept = search::strip_set(&text, &separator, Unit::Character, Side::Both);
        prop_assert!(std::str::from_utf8(&text).is_err() || std::str::from_utf8(&text[kept]).is_ok());
        let words: usize = search::split_whitespace(&text, Unit::Character, usize::MAX).count();
        prop_assert_eq!(words, search::right_split_whitespace(&text, Unit::Character, usize::MAX).count());
    }

    #[test]
    fn replaced_there_and_back(text in any_text()) {
        let once = search::replace(&text, b"a", b"<<>>", Unit::Character, usize::MAX).unwrap_or(text.clone());
        prop_assume!(search::find(&text, b"<<>>").is_none() && search::find(&text, b"<").is_none());
        let back = search::replace(&once, b"<<>>", b"a", Unit::Character, usize::MAX).unwrap_or(once);
        prop_assert_eq!(back, text);
    }

    #[test]
    fn any_input_is_taken(text in any_text(), data in any::<Vec<u8>>(), value in any::<f64>()) {
        for input in [&text, &data] {
            let _ = float::parse(input);
            let _ = float::from_hex(input);
            let _ = int::parse(input, 0, 10);
            let _ = bytes::from_hex(input);
            let _ = escape::decode_bytes_escape(input);
            let _ = escape::decode_raw_unicode_escape(input, 0, &mut Vec::new());
            let _ = escape::decode_unicode_escape(input, 0, &|_| None, &mut Vec::new());
            let _ = PercentTemplate::new(input).count();
            let _ = Template::new(input).count();
            if let Ok((_, steps)) = FieldName::parse(input, &mut Numbering::Undecided) {
                let _ = steps.count();
            }
            for case in [unicode::upper, unicode::lower, unicode::title, unicode::swapcase, unicode::casefold] {
                let _ = case(input);
            }
            let mut out = Vec::new();
            repr::push_str(&mut out, input);
            repr::push_bytes(&mut out, input);
            let mut spec_text = input.clone();
            spec_text.truncate(6);
            for defaults in [Defaults::STR, Defaults::INT, Defaults::FLOAT, Defaults::COMPLEX] {
                let Ok(spec) = Spec::parse(&spec_text, defaults) else { continue };
                if spec.width.unwrap_or(0).max(spec.precision.unwrap_or(0)) > 100_000 {
                    continue;
                }
                let _ = format::format_str(&mut out, input, &spec);
                let _ = format::format_float(&mut out, value, &spec);
                let _ = format::format_complex(&mut out, value, -value, &spec);
                if let Ok(IntForm::Digits(_)) = format::int_form(&spec) {
                    format::format_int(&mut out, true, "123456", &spec);
                }
            }
        }
    }
}
